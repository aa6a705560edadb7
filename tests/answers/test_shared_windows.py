"""A window's numbers are the same, whichever windows it is asked with and whatever was asked before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from stamm.answers import Answers
from stamm.engines.duckdb import DuckDB
from stamm.lang.errors import ScaleError, StammError, UsageError
from stamm.lang.window import windows
from stamm.metrics import METRICS, Metric
from tests.answers.anything import anything
from tests.answers.small import same, world
from tests.answers.test_scales import rating

MONTHS = windows(date(2024, 1, 1), date(2024, 5, 1), "month")


def told(answers: Answers, key: str, by: str | None) -> Any:
    """The answer, or why there is none."""
    try:
        return answers.ask(key, MONTHS, by=by)
    except StammError as error:
        return str(error)


def differing(keys: Sequence[str], by: str | None = None) -> list[str]:
    """The metrics of which asking in steps gives something else than asking at once."""
    at_once, in_steps = Answers(anything()), Answers(anything())
    metrics = [METRICS[key]() for key in keys]
    for some in (MONTHS[1:3], MONTHS[3:]):
        in_steps.prepare(metrics, some, by=by)
    for answers in (at_once, in_steps):
        answers.prepare(metrics, MONTHS, by=by)
    both = [(key, told(at_once, key, by), told(in_steps, key, by)) for key in keys]
    return [key for key, one, two in both if not (one == two if isinstance(one, str) else same(one, two))]


@pytest.mark.parametrize(("key", "by"), [("customer_retention_rate", None), ("gross_revenue", "country")])
def test_windows_that_are_known_change_nothing(key: str, by: str | None) -> None:
    assert differing([key], by) == []


@pytest.mark.long
def test_of_no_metric() -> None:
    assert differing([metric.key for metric in METRICS if not _needs_settings(metric)]) == []


def _needs_settings(metric: type[Metric]) -> bool:
    try:
        metric()
    except UsageError:
        return True
    return False


def test_what_is_known_is_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    run = DuckDB.run

    def counted(engine: DuckDB, expression: Any) -> pa.Table:
        found = run(engine, expression)
        asked.append(set(found.to_pydict().get("window_number", ())))
        return found

    answers = Answers(anything())
    answers.ask("page_views", MONTHS[1:])
    monkeypatch.setattr(DuckDB, "run", counted)
    answers.ask("page_views", MONTHS[:3])  # one of them is new
    assert [numbers for numbers in asked if numbers] == [{0}]
    asked.clear()
    assert len(answers.ask("page_views", MONTHS).rows) == len(MONTHS)
    assert asked == []


def test_whether_scores_are_on_one_scale_is_asked_of_all_windows() -> None:
    of = world({"responses": [rating(1, "2024-01-10", 4), rating(2, "2024-02-10", 9, high=10)]})
    answers = Answers(of)
    for month in MONTHS[:2]:
        answers.ask("rating_average", [month])
    with pytest.raises(ScaleError):
        answers.ask("rating_average", MONTHS[:2])
