"""How far a prediction is to be trusted, and how kept ones came out: sentences, tables and the reliability curve."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from markupsafe import Markup

from stamm.answers.table import TableAnswer
from stamm.charts.curves import Curve, Curves, curves_svg
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.lang.language import Language
from stamm.predictions.kind import RELIABILITY, Prediction
from stamm.predictions.report import FEATURES, GATES, KINDS, SPLIT
from stamm.reports.analyses import Table, table_of
from stamm.reports.exact import Told
from stamm.reports.marked import filled
from stamm.reports.trends import SIZES, picture

#: columns that only programs need, by table
KEYS_OF = {KINDS: (0, 2), FEATURES: (0,), GATES: (0,)}


@dataclass(frozen=True)
class Trust:
    """A report in words: what it was tried on, the curve, and its tables by name; `tried` where it could be."""

    sentence: str
    split: str
    charts: tuple[Markup, ...]
    tables: dict[str, Table]
    notes: tuple[str, ...]
    tried: bool


@dataclass(frozen=True)
class Out:
    """Kept predictions of one day held against what came: the line in words, and the curve where the days are over."""

    on: str
    model: str
    told: str
    came: str
    interval: str
    customers: str
    auc: str
    brier: str
    over: bool
    inside: bool
    charts: tuple[Markup, ...]
    tenths: Table | None


def trust_of(answer: TableAnswer, asked: Prediction, say: Language) -> Trust:
    """What a report says."""
    tables = {
        name: _without(table_of(answer, name, say), KEYS_OF.get(name, ()))
        for name, rows in answer.tables.items()
        if rows
    }
    notes = tuple(note.of(say.code) for note in answer.notes)
    if not answer.tables[SPLIT]:
        lacking = [row for row in answer.tables[GATES] if not row.met]
        sentence = say("It cannot be asked yet: there is too little of something.")
        return Trust(
            sentence if lacking else say("It can be asked, and could not be tried yet."),
            "",
            (),
            tables,
            notes,
            tried=False,
        )
    (split,) = answer.tables[SPLIT]
    told = Told(answer, split, say, SPLIT)
    days = {
        name: say.day(date.fromisoformat(getattr(split, name)))
        for name in ("tried_on", "known_on", "learned_from", "learned_until")
    }
    sentence = filled(
        say("On {day} it told {told} on average, and {came} came."),
        day=days["tried_on"], told=told("told"), came=told("came"),
    )  # fmt: skip
    learned = filled(
        say(
            "Tried on {customers} customers of {day}, of which nothing had been learned; by {known} the outcome was "
            "known. Learned from {first} to {last}."
        ),
        customers=told("customers"),
        day=days["tried_on"],
        known=days["known_on"],
        first=days["learned_from"],
        last=days["learned_until"],
    )
    return Trust(
        sentence, learned, charts_of(answer, answer.tables[RELIABILITY], asked, say), tables, notes, tried=True
    )


def _without(table: Table, places: Collection[int]) -> Table:
    """A table without the columns at these places."""

    def kept(cells: Sequence[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
        return tuple(cell for place, cell in enumerate(cells) if place not in places)

    lines = []
    for line in table.lines:
        (head, _), *cells = kept(((line.head, False), *line.cells))
        lines.append(replace(line, head=head, cells=tuple(cells)))
    return replace(table, heads=kept(table.heads), lines=tuple(lines))


def charts_of(answer: TableAnswer, parts: Sequence[Any], asked: Prediction, say: Language) -> tuple[Markup, ...]:
    """The reliability curve: what was told of each tenth, and what came, with its interval."""
    if len(parts) < 2:
        return ()
    came = Curve(say("came true"), [Point(part.came, part.low, part.high) for part in parts])
    told = Curve(say("told"), [Point(part.told) for part in parts])
    unit = asked.unit_of_outcome
    low, high = extent_of([*came.points, *told.points])
    under = say("tenths of the customers, by what was told of them")
    label = say("What was told of each tenth of the customers, and what came. The numbers are in the table below.")
    return tuple(
        picture(
            curves_svg(
                Curves(
                    came, [told], [str(part.tenth) for part in parts], under,
                    scale_of(max(low, 0.0), 1.0 if unit == "share" else high, unit, say, answer.currency),
                ),
                width, height, label=label, kind=kind,
            )
        )
        for kind, width, height in SIZES
    )  # fmt: skip


def came_out(answer: TableAnswer, asked: Prediction, rows: Sequence[Any], say: Language) -> list[Out]:
    """These rows of what was checked, in words."""
    return [_out(answer, asked, row, say) for row in rows]


def _out(answer: TableAnswer, asked: Prediction, row: Any, say: Language) -> Out:
    told = Told(answer, row, say)
    parts = [
        part for part in answer.tables[RELIABILITY] if (part.predicted_on, part.model) == (row.predicted_on, row.model)
    ]
    own = {**answer.tables, RELIABILITY: tuple(parts)}
    return Out(
        on=say.day(date.fromisoformat(row.predicted_on)),
        model=row.model,
        told=told("told"),
        came=told("came"),
        interval=told.interval(),
        customers=told("customers"),
        auc=told("auc"),
        brier=told("brier"),
        over=row.complete,
        inside=row.complete and row.low is not None and row.low <= row.told <= row.high,
        charts=charts_of(answer, parts, asked, say),
        tenths=_without(table_of(replace(answer, tables=own), RELIABILITY, say), (0, 1)) if parts else None,
    )
