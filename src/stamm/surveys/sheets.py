"""A sheet: what one customer was asked and has answered, as it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.people.database import Run, as_moment

COLUMNS = (
    "id, survey_id, chance, customer_id, touchpoint, asked_at, changed_at, begun_at, finished_at, answers, moments, "
    "held, revision, told, facts"
)
#: since when a score is low, among the moments; no question has such a key
LOW_SINCE = "-low"
#: why it is not counted as asked: its mail was not sent yet, or is not going to be
PLANNED, UNSENT = "planned", "unsent"


@dataclass(frozen=True)
class Sheet:
    """One customer's answers, by the key of the question: a point, a list of options, a text, None where skipped.

    `moments` say when each was given as it stands, and under `LOW_SINCE` when the score became low. `held` is why it is
    not counted, empty where it is. `facts` are the keys of the rows that the facts may hold of it.
    """

    id: int
    survey: int
    chance: str
    customer: str | None
    touchpoint: str
    asked_at: datetime
    changed_at: datetime
    begun_at: datetime | None
    finished_at: datetime | None
    answers: Mapping[str, Any]
    moments: Mapping[str, datetime]
    held: str
    revision: int
    told: int
    facts: tuple[tuple[str, str], ...]


def sheets_where(run: Run, condition: str, values: tuple[object, ...], rest: str = "ORDER BY id") -> list[Sheet]:
    """Those of which that is so."""
    rows = run(f"SELECT {COLUMNS} FROM survey_sheet WHERE {condition} {rest}", values)  # noqa: S608 - ours
    return [_sheet(row) for row in rows]


def state_of(run: Run, survey: int) -> tuple[object, ...]:
    """What is another tuple after each change of a survey's sheets, without reading them."""
    (found,) = run(
        "SELECT count(*), count(customer_id), count(begun_at), count(finished_at), max(id), max(changed_at), "
        "sum(revision), sum(length(held)), sum(length(answers)) FROM survey_sheet WHERE survey_id = ?",
        (survey,),
    )
    return tuple(found)


def moments_written(moments: Mapping[str, datetime]) -> str:
    """As they are kept."""
    return json.dumps({key: at.isoformat() for key, at in moments.items()})


def _sheet(row: tuple[Any, ...]) -> Sheet:
    number, survey, chance, who, touchpoint, asked, changed, begun, finished, answers, moments, held, *rest = row
    revision, told, facts = rest
    return Sheet(
        number,
        survey,
        chance,
        who,
        touchpoint,
        as_moment(asked),
        as_moment(changed),
        as_moment(begun) if begun else None,
        as_moment(finished) if finished else None,
        json.loads(answers),
        {key: datetime.fromisoformat(at) for key, at in json.loads(moments).items()},
        held,
        revision,
        told,
        tuple((response, question) for response, question in json.loads(facts)),
    )
