"""Why customers left, as they or their subscriptions say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import ibis
import ibis.expr.types as ir

from stamm.analyses.calendar import UNITS
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question, column, row
from stamm.analyses.reach import Reach, end_of, moment, reach
from stamm.analyses.reasons_for_leaving.examples import EXAMPLES
from stamm.analyses.reasons_for_leaving.told import END, END_REASONS, RETURNED, told_of
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.formula import share
from stamm.lang.interval import NOTHING, wilson
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window

_ = ibis._

NOBODY_LEFT, NOTHING_TOLD = "nobody_left", "nothing_told"
WHOLE = "whole"
GRAINS = {WHOLE: Phrase("not cut", "nicht geteilt"), **{name: UNITS[name] for name in ("month", "quarter", "year")}}
#: what is told by which source; a question of a survey is called by its key
SOURCES = {END: Phrase("end of the subscription", "Ende des Abonnements"), RETURNED: Phrase("return", "Rücksendung")}


@row
class Reason:
    """One reason: `n` of the `known` spells that ended in the window and of which this source says why.

    `untold` were asked, or ended, and nothing was said; they are not among the known.
    """

    window: Window = column("window", "Zeitraum", "window", key=True)
    group: str | None = column("group", "Gruppe", "text", key=True)
    source: str = column("told by", "woher man es weiß", "text", key=True)
    answer: str = column("answer", "Antwort", "text", key=True, detail=True)
    why: Phrase | None = column("why", "warum", "text")
    n: int | None = column("ended so", "so geendet", "count")
    known: int | None = column("of those told", "von bekannten", "count")
    share: float | None = column("share", "Anteil", "share")
    low: float | None = column("95% interval from", "95-%-Intervall von", "share")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "share")
    untold: int | None = column("asked, not told", "gefragt, nicht gesagt", "count")
    ended: int | None = column("ended in all", "insgesamt geendet", "count")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@dataclass(frozen=True)
class Counts:
    """Of each window, group and source: spells by answer, those told, those asked and untold; and all that ended."""

    answers: Sequence[Mapping[str, Any]]
    known: Mapping[tuple[int, str | None, str], tuple[int, int]]
    ended: Mapping[tuple[int, str | None], int]


class ReasonsForLeaving(Analysis):
    """Why customers left: how subscriptions ended, what was chosen in surveys and why things were sent back then.

    Looked at are the spells that ended in each window. A subscription says why it ended (`end_reason`) where spells
    are those of subscriptions. Choices in surveys count that were asked, and reasons of returns that came back, from
    `near_days` before the last sign of life on until `near_days` after the end, as far as they were known by the
    window's end; the last sign is the end of the subscription, or the order or event whose silence ended the spell.

    A share is of the spells of which that source says why: who was asked and did not answer, and subscriptions
    without a reason, are told apart and are not in n. Who gave several answers counts for each, so that shares may
    add up to more than one. Intervals are Wilson's.
    """

    en = "Why customers left"
    de = "Warum Kunden gingen"
    sentence_de = "Warum Kunden gingen: wie Abonnements endeten, was sie in Umfragen wählten und warum sie zurückgaben."
    tables: ClassVar = {ROWS: Reason}
    reasons: ClassVar = {
        NOBODY_LEFT: Phrase("nobody left", "niemand ist gegangen"),
        NOTHING_TOLD: Phrase("nobody says why", "niemand sagt, warum"),
    }
    examples = EXAMPLES

    grain = Setting(
        WHOLE,
        "How the days are cut into windows.",
        "Wie die Tage in Zeiträume geteilt werden.",
        choices=tuple(GRAINS),
        title=Phrase("Cut into", "Geteilt in"),
        words=GRAINS,
    )
    survey = Setting(
        "",
        "The survey that asks those who leave; without it, choices in any survey count.",
        "Die Umfrage, die Gehende befragt; ohne sie zählt die Auswahl in jeder Umfrage.",
        title=Phrase("Survey of those who leave", "Umfrage unter Gehenden"),
    )
    near_days = Setting(
        30,
        "How many days before the last sign of life and after the end somebody has to be asked.",
        "Wie viele Tage vor dem letzten Lebenszeichen und nach dem Ende jemand gefragt worden sein muss.",
        low=0,
        high=3650,
        title=Phrase("Days around the end", "Tage um das Ende"),
    )

    def facts(self) -> tuple[str, ...]:
        return ("spells",)

    def beside(self) -> tuple[str, ...]:
        return ("responses", "returns")

    def windows(self, span: Window) -> tuple[Window, ...]:
        return (span,) if self.grain == WHOLE else span.split(self.grain)

    def answer(self, question: Question) -> Found:
        known = [reach(question, self.facts(), window) for window in question.windows]
        if not any(each.known for each in known):
            return Found({ROWS: tuple(map(_none, question.windows, (each.reason for each in known)))})
        counts = self._counts(question)
        lines = [
            line
            for number, window in enumerate(question.windows)
            for line in self._lines(number, window, known[number], counts)
        ]
        return Found({ROWS: tuple(lines)})

    def customers(self, question: Question, row: Any) -> Behind:
        """Who gave this reason, and who gave another one to the same question."""
        if row.n is None:
            raise UsageError("Nothing is known of why somebody left, so that nobody can be named.")
        group = _.group_value.isnull() if row.group is None else _.group_value == row.group
        number = question.windows.index(row.window)
        rows = self._told(question).filter(group, _.number == number, _.source == row.source, _.answer.notnull())
        people = rows.group_by("customer_id").aggregate(this=(_.answer == row.answer).any())
        found = question.run(people)
        this, others = (
            sorted(each["customer_id"] for each in found if each["this"] is which) for which in (True, False)
        )
        return Behind(tuple(this), tuple(others))

    # -- how -------------------------------------------------------------------------
    def _ended(self, question: Question) -> ir.Table:
        """One row a spell that ended in a window: customer, group, the number of the window."""
        first, last = question.windows[0], question.windows[-1]
        zone = question.organisation.zone
        spells = question["spells"].filter(
            _.ended_at.notnull(), _.ended_at >= moment(first.starts_at(zone)), _.ended_at < end_of(question, last)
        )
        number: Any = ibis.literal(0, "int64")
        for place, window in enumerate(question.windows[1:], 1):
            number = (_.ended_at >= moment(window.starts_at(zone))).ifelse(place, number)
        spells = question.grouped(spells, "started_at")
        return spells.select("group_value", "customer_id", "started_at", "ended_at", number=number)

    def _told(self, question: Question) -> ir.Table:
        ends = {number: end_of(question, window) for number, window in enumerate(question.windows)}
        return told_of(question, self._ended(question), ends, self.survey, self.near_days)

    def _counts(self, question: Question) -> Counts:
        told = self._told(question)
        of = ["number", "group_value", "source"]
        answers = told.filter(_.answer.notnull()).group_by(*of, "answer").aggregate(n=_.count())
        spells = told.group_by(*of, "customer_id", "started_at").aggregate(said=_.answer.notnull().any())
        known = spells.group_by(*of).aggregate(said=_.count(where=_.said).coalesce(0), all=_.count())
        ended = self._ended(question).group_by("number", "group_value").aggregate(n=_.count())
        return Counts(
            answers=question.run(answers),
            known={
                (each["number"], each["group_value"], each["source"]): (each["said"], each["all"] - each["said"])
                for each in question.run(known)
            },
            ended={(each["number"], each["group_value"]): each["n"] for each in question.run(ended)},
        )

    def _lines(self, number: int, window: Window, known: Reach, counts: Counts) -> Iterator[Reason]:
        mine = [each for each in counts.answers if each["number"] == number]
        if not known.known or not mine:
            ended = [n for (of, _group), n in counts.ended.items() if of == number]
            yield _none(window, known.reason or (NOTHING_TOLD if ended else NOBODY_LEFT), sum(ended))
            return
        for each in sorted(mine, key=_in_order):
            group, source, answer, n = (each[name] for name in ("group_value", "source", "answer", "n"))
            told, untold = counts.known[number, group, source]
            low, high = wilson(n, told) if known.final else NOTHING
            yield Reason(
                window=window,
                group=group,
                source=source,
                answer=answer,
                why=END_REASONS.get(answer, Phrase(answer, answer)) if source == END else Phrase(answer, answer),
                n=n,
                known=told,
                share=share(n, told),
                low=low,
                high=high,
                untold=untold,
                ended=counts.ended[number, group],
                complete=known.final,
                reason=known.reason,
            )


def _in_order(found: Mapping[str, Any]) -> tuple[Any, ...]:
    group, source = found["group_value"], found["source"]
    return group is None, group or "", source != END, source == RETURNED, source, -found["n"], found["answer"]


def _none(window: Window, reason: str, ended: int | None = None) -> Reason:
    nothing: dict[str, Any] = dict.fromkeys(Reason.__dataclass_fields__)
    told = {"window": window, "source": "", "answer": "", "ended": ended, "complete": False, "reason": reason}
    return Reason(**{**nothing, **told})
