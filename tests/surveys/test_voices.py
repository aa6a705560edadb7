"""The answers that somebody reads one by one, and what each of their scores says."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from stamm.analyses.worth import Told as Kept
from stamm.analyses.worth import Valued, Worth
from stamm.analyses.worth.judging import Judged
from stamm.intake.spam import FLOOD
from stamm.lang.phrase import Phrase
from stamm.people import Database
from stamm.surveys.keeping import survey_of
from stamm.surveys.plan import Kind, Question
from stamm.surveys.voices import band_of, voices_of
from tests.surveys.asked import NOON, opened, personal, send


@pytest.mark.parametrize(
    ("kind", "scale", "says"),
    [
        ("nps", (0, 10), "lllllllmmhh"),  # detractors to 6, promoters from 9
        ("csat", (1, 5), "llmhh"),  # satisfied are the top two
        ("csat", (1, 3), "lmh"),  # of fewer than four the top one
        ("ces", (1, 7), "lllmhhh"),  # easy from 5
        ("rating", (1, 10), "llmmmmmmhh"),
    ],
)
def test_what_a_point_says(kind: Kind, scale: tuple[int, int], says: str) -> None:
    question = Question("q", kind, {"en": "?"}, scale_min=scale[0], scale_max=scale[1])
    found = [band_of(question, point)[0] for point in range(scale[0], scale[1] + 1)]
    assert "".join(found) == says


def test_voices_are_what_was_written_and_low_scores_without_what_is_held(database: Database) -> None:
    """Anna wrote, ben is a detractor without a word, cleo a promoter without one, dora is held, emil never answered."""
    survey = opened(database)
    links = personal(database, survey, "anna", "ben", "cleo", "dora", "emil")
    for hours, (who, score, why) in enumerate(
        (("anna", "9", "good"), ("ben", "6", ""), ("cleo", "10", ""), ("dora", "0", "bad"))
    ):
        sheet = send(database, links[who], 1, recommend=score, why=why, at=NOON + timedelta(hours=hours))
        if who == "dora":
            with database.transaction() as run:
                run("UPDATE survey_sheet SET held = ? WHERE id = ?", (FLOOD, sheet.id))
    with database.transaction() as run:
        found = voices_of(run, survey_of(run, survey))
    told = [(each.customer, each.score, each.band, [told for _, told in each.comments], each.at) for each in found]
    assert told == [
        ("ben", 6, "low", [], NOON + timedelta(hours=1)),
        ("anna", 9, "high", ["good"], NOON),
    ]


def valued() -> Valued:
    """Three customers who brought 10, 50 and nothing; at twice the pace they would bring 20, 100 and nothing."""
    people = pa.table(
        {
            "customer_id": ["anna", "ben", "cleo"],
            "risk": [0.5, 0.1, 0.9],
            "brought": [1000.0, 5000.0, 0.0],
            "paid": [1000.0, 5000.0, 0.0],
            **{name: pa.nulls(3, pa.float64()) for name in ("staying", "low", "high")},
            "segment": pa.array(np.zeros(3, "int64")),
        }
    )
    worth = Worth()
    judged = Judged.of(people, worth.effort, 2.0, (Phrase("all", "alle"),))
    return Valued(worth, judged, Kept("no_order_risk", 90, NOON, NOON.date(), 3))


def test_what_some_customers_are_worth_is_what_each_is_asked_alone() -> None:
    found = valued().of_some(["ben", "anna", "nobody", "ben"])
    assert {name: (row.ahead, row.risk, row.at_risk) for name, row in found.items()} == {
        "anna": (2000, 0.5, 1000),
        "ben": (10000, 0.1, 1000),
    }
    assert all(valued().of(name) == row for name, row in found.items())
    assert valued().of_some([]) == {}
