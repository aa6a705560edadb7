"""Why they left: how subscriptions ended, and what people chose when asked about the time they left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import Question, column, row
from stamm.facts.responses import Responses
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.formula import share
from stamm.lang.interval import NOTHING, wilson
from stamm.lang.phrase import Phrase

_ = ibis._

END = Phrase("end of the subscription", "Ende des Abonnements")
END_REASONS = {
    "voluntary": Phrase("by their own choice", "aus eigenem Entschluss"),
    "delinquent": Phrase("not paid", "nicht bezahlt"),
    "changed": Phrase("changed, such as paused", "geändert, etwa pausiert"),
    None: Phrase("not told", "nicht angegeben"),
}
SPELL = ["group_value", "customer_id", "started_at"]


@row
class Why:
    """One reason or answer: `spells` that ended so, of those of which something is known, `known`."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    asked: Phrase = column("told by", "woher man es weiß", "text", key=True)
    answer: Phrase = column("why", "warum", "text", key=True)
    spells: int = column("spells", "Kundenzeiten", "count")
    known: int = column("of those known", "von bekannten", "count")
    share: float | None = column("share", "Anteil", "share")
    low: float | None = column("95% interval from", "95-%-Intervall von", "share")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "share")


@dataclass(frozen=True)
class Reasons:
    """What is known of why spells ended; answers count if asked at most `near_days` from the end."""

    survey: str
    near_days: int

    def rows(self, question: Question, ended: ir.Table, end: ir.TimestampScalar, *, final: bool) -> Iterator[Why]:
        """Reasons of the ended spells first, then answers by question; the most frequent first.

        `ended` has one row a spell that had ended by the moment `end`.
        """
        if question.organisation.spell_rule == "subscriptions":
            yield from self._rows(question, self._end_reasons(question, ended), final)
        if question.covered(["responses"]):
            yield from self._rows(question, self._answers(question, ended, end), final)

    def _end_reasons(self, question: Question, ended: ir.Table) -> ir.Table:
        last = question["subscriptions"].filter(Subscriptions().paying())
        last = last.select("end_reason", who=_.customer_id, left_at=_.ended_at)
        told = ended.inner_join(last, [ended.customer_id == last.who, ended.ended_at == last.left_at])
        return told.select(*SPELL, question=ibis.null("string"), answer=_.end_reason)

    def _answers(self, question: Question, ended: ir.Table, end: ir.TimestampScalar) -> ir.Table:
        responses = Responses()
        chosen = question["responses"].filter(
            responses.answered(), responses.kind == "choice", responses.choice.notnull(), responses.answered_at < end
        )
        if self.survey:
            chosen = chosen.filter((_.survey == self.survey).coalesce(False))
        chosen = chosen.select("question", "asked_at", who=_.customer_id, answer=_.choice)
        near = ibis.interval(hours=24 * self.near_days)
        told = ended.inner_join(
            chosen,
            [
                ended.customer_id == chosen.who,
                chosen.asked_at >= ended.ended_at - near,
                chosen.asked_at <= ended.ended_at + near,
            ],
        )
        return told.select(*SPELL, "question", "answer")

    def _rows(self, question: Question, told: ir.Table, final: bool) -> Iterator[Why]:
        """Each spell once a question and answer; some give several answers."""
        told = told.distinct()
        known = told.select(*SPELL, "question").distinct().group_by("group_value", "question").aggregate(n=_.count())
        counts = told.group_by("group_value", "question", "answer").aggregate(n=_.count())
        totals = {(each["group_value"], each["question"]): each["n"] for each in question.run(known)}
        for each in sorted(question.run(counts), key=_in_order):
            total = totals[each["group_value"], each["question"]]
            low, high = wilson(each["n"], total) if final else NOTHING
            yield Why(
                group=each["group_value"],
                asked=END if each["question"] is None else _own_words(each["question"]),
                answer=END_REASONS[each["answer"]] if each["question"] is None else _own_words(each["answer"]),
                spells=each["n"],
                known=total,
                share=share(each["n"], total),
                low=low,
                high=high,
            )


def _own_words(text: str) -> Phrase:
    return Phrase(text, text)


def _in_order(found: Mapping[str, Any]) -> tuple[Any, ...]:
    group = found["group_value"]
    return group is None, group or "", found["question"] or "", -found["n"], found["answer"] or ""
