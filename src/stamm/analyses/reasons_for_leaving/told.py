"""What is known of why spells ended: of subscriptions, of surveys and of returns."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import Question
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.phrase import Phrase

_ = ibis._

#: sources beside the keys of questions, which hold no blank
END, RETURNED = "end of subscription", "return"
END_REASONS = {
    "voluntary": Phrase("by their own choice", "aus eigenem Entschluss"),
    "delinquent": Phrase("not paid", "nicht bezahlt"),
    "changed": Phrase("changed, such as paused", "geändert, etwa pausiert"),
}
SPELL = ("number", "group_value", "customer_id", "started_at")


def told_of(
    question: Question, ended: ir.Table, ends: Mapping[int, ir.TimestampScalar], survey: str, near_days: int
) -> ir.Table:
    """One row a spell, source and answer, which is null where somebody was asked and said nothing.

    `ended` has one row a spell; `ends` says up to when something may be known, by the number of the window.
    """
    organisation = question.organisation
    lapse = 0 if organisation.spell_rule == "subscriptions" else organisation.lapse_days
    until = ends[0]
    for number, end in ends.items():
        until = (_.number == number).ifelse(end, until)
    near = ibis.interval(hours=24 * near_days)
    ended = ended.mutate(
        known_at=until, since=_.ended_at - ibis.interval(hours=24 * lapse) - near, till=_.ended_at + near
    )
    found = []
    if organisation.spell_rule == "subscriptions":
        found.append(_of_subscriptions(question, ended))
    if question.covered(["responses"]):
        found.append(_of_surveys(question, ended, survey))
    if question.covered(["returns"]):
        found.append(_of_returns(question, ended))
    if not found:
        found.append(_rows(ended.filter(ibis.literal(False)), ibis.literal(""), ibis.null("string")))
    return functools.reduce(ir.Table.union, found).distinct()


def _rows(table: ir.Table, source: ir.Value, answer: ir.Value) -> ir.Table:
    return table.select(*SPELL, source=source, answer=answer)


def _of_subscriptions(question: Question, ended: ir.Table) -> ir.Table:
    last = question["subscriptions"].filter(Subscriptions().paying())
    last = last.select("end_reason", who=_.customer_id, left_at=_.ended_at)
    told = ended.inner_join(last, [ended.customer_id == last.who, ended.ended_at == last.left_at])
    return _rows(told, ibis.literal(END), _.end_reason)


def _of_surveys(question: Question, ended: ir.Table, survey: str) -> ir.Table:
    asked = question["responses"].filter(_.kind == "choice", _.customer_id.notnull())
    if survey:
        asked = asked.filter((_.survey == survey).coalesce(False))
    asked = asked.select("question", "asked_at", "answered_at", "choice", who=_.customer_id)
    told = ended.inner_join(
        asked, [ended.customer_id == asked.who, asked.asked_at >= ended.since, asked.asked_at <= ended.till]
    )
    told = told.filter(_.asked_at < _.known_at)
    return _rows(told, _.question, (_.answered_at < _.known_at).ifelse(_.choice, None))


def _of_returns(question: Question, ended: ir.Table) -> ir.Table:
    back = question["returns"].filter(_.customer_id.notnull())
    back = back.select("returned_at", "reason", who=_.customer_id)
    told = ended.inner_join(
        back, [ended.customer_id == back.who, back.returned_at >= ended.since, back.returned_at <= ended.till]
    )
    return _rows(told.filter(_.returned_at < _.known_at), ibis.literal(RETURNED), _.reason)
