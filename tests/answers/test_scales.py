"""Scores on different scales are never averaged."""

from __future__ import annotations

from typing import Any

import pytest

from stamm.answers import Answers
from stamm.lang.errors import ScaleError
from stamm.lang.window import Window
from stamm.metrics import METRICS
from tests.answers.small import ask, values, world


def rating(
    number: int, answered_at: str, score: float, low: float | None = 1, high: float | None = 5
) -> dict[str, Any]:
    row = {"response_id": f"a{number}", "question": "stars", "kind": "rating", "asked_at": "2024-01-01"}
    return {**row, "answered_at": answered_at, "score": score, "scale_min": low, "scale_max": high}


FIVE = [rating(1, "2024-02-01", 4), rating(2, "2024-02-02", 5), rating(3, "2024-03-02", 1)]
OTHERS = [
    rating(4, "2024-02-03", 9, high=10),
    rating(5, "2024-03-03", 3, low=0),
    rating(6, "2024-04-03", 2, None, None),
]


def test_ratings_on_one_scale() -> None:
    assert values(ask(world({"responses": FIVE}), "rating_average", "2024-02", "2024-03", "2024-05")) == [4.5, 1, None]


def test_a_scale_nobody_tells_is_one_as_long_as_there_is_no_other() -> None:
    untold = [rating(1, "2024-02-01", 4, None, None), rating(2, "2024-02-02", 5, None, None)]
    assert values(ask(world({"responses": untold}), "rating_average", "2024-02")) == [4.5]
    with pytest.raises(ScaleError, match=r"1-5: 3, \?-\?: 1"):
        ask(world({"responses": [*FIVE, OTHERS[2]]}), "rating_average", "2024-03", "2024-04", "2024-Q1")


@pytest.mark.parametrize(
    ("other", "listed"),
    [(OTHERS[0], r"1-10: 1, 1-5: 2"), (OTHERS[1], r"0-5: 1, 1-5: 3")],
)
def test_two_scales_are_refused_with_each_and_how_many_ratings_are_on_it(other: dict[str, Any], listed: str) -> None:
    windows = ("2024-02",) if other is OTHERS[0] else ("2024-02", "2024-Q1")
    with pytest.raises(ScaleError, match=listed) as caught:
        ask(world({"responses": [*FIVE, other]}), "rating_average", *windows)
    assert "scale_to" in caught.value.remedy


def test_two_windows_on_two_scales_are_no_trend() -> None:
    of = world({"responses": [*FIVE, rating(4, "2024-05-01", 9, high=10)]})
    assert values(ask(of, "rating_average", "2024-05")) == [9]
    with pytest.raises(ScaleError):
        ask(of, "rating_average", "2024-02", "2024-05")


def test_other_questions_and_answers_not_yet_known_are_no_other_scale() -> None:
    content = {**rating(7, "2024-02-03", 9, high=10), "kind": "csat"}
    of = world({"responses": [*FIVE, content, rating(8, "2024-02-20", 9, high=10)]}, as_of="2024-02-10")
    assert values(ask(of, "rating_average", "2024-02")) == [4.5]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"scale_to": 5, "scale_from": 1}, [4.5, 1, None]),
        ({"scale_to": 10}, [9, None, None]),
        ({"scale_from": 0}, [None, 3, None]),
    ],
)
def test_a_scale_that_is_named(settings: dict[str, float], expected: list[float | None]) -> None:
    of = world({"responses": [*FIVE, *OTHERS]})
    assert values(ask(of, "rating_average", "2024-02", "2024-03", "2024-04", settings=settings)) == expected


def test_the_other_metrics_of_the_same_answers_are_not_refused() -> None:
    answers, windows = Answers(world({"responses": [*FIVE, *OTHERS]})), [Window.parse("2024-02")]
    answers.prepare([METRICS[key]() for key in ("rating_average", "response_rate", "feedback_count")], windows)
    assert answers.ask("feedback_count", windows).rows[0].value == 3
    with pytest.raises(ScaleError):
        answers.ask("rating_average", windows)
