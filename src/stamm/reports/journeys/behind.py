"""The customers behind one row of an analysis: which row it is, and what each of them is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stamm.analyses.kind import Behind
from stamm.analyses.worth.tables import Place as PlaceOfWorth
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.analyses import text_of
from stamm.reports.journeys.worth_map import place_words


@dataclass(frozen=True)
class Side:
    """Some of the customers behind a row, by what they are in it."""

    words: str
    customers: tuple[str, ...]
    count: str


def sides_of(answer: TableAnswer, behind: Behind, say: Language) -> tuple[Side, ...]:
    """Those behind a row, told apart by what they are in it; nobody is in two."""
    parts = [(words.of(say.code), who) for words, who in behind.parts]
    if not parts:
        yes, no = _words(answer.analysis.key, say)
        parts = [(yes, behind.counted), (no, behind.others)]
    return tuple(Side(words, who, say.number(len(who))) for words, who in parts)


def row_words(answer: TableAnswer, row: Any, say: Language) -> str:
    """Which row it is: step 2, page:/cart."""
    if isinstance(row, PlaceOfWorth):
        return place_words(answer, row, say)
    table = next(name for name, rows in answer.tables.items() if row in rows)
    told = [
        f"{column.words.of(say.code)} {text}" if column.unit == "count" else text
        for column in answer.keys_of(table).values()
        if (text := text_of(row, column, answer, say))
    ]
    return ", ".join(told)


def _words(key: str, say: Language) -> tuple[str, str]:
    known = {
        "funnel": (say("reached the step"), say("stopped before it")),
        "paths": (say("took this way"), say("came to the step and took others")),
        "rfm": (say("in the group"), say("in another group")),
        "worth": (say("in the group"), say("in another group")),
        "drivers": (say("with it"), say("without it")),
        "retention_table": (say("came back"), say("did not come back")),
    }
    return known.get(key, (say("counted"), say("not counted")))
