"""What people do: which pages, screens and actions there are."""

from __future__ import annotations

from typing import Any, ClassVar

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question, column, row
from stamm.analyses.reach import known_until, moment, reach_within
from stamm.analyses.signs import KINDS, PAGE, standing
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.example import TableExample, rows
from stamm.lang.phrase import Phrase

_ = ibis._


@row
class Deed:
    """One thing that people do (in a group): how often, and how many people; `sign` is how settings write it."""

    rank: int = column("rank", "Rang", "count", key=True)
    group: str | None = column("group", "Gruppe", "text", key=True)
    kind: str = column("kind", "Art", "text", detail=True)
    name: str = column("name or path", "Name oder Pfad", "text", detail=True)
    sign: str = column("what", "was", "text")
    times: int | None = column("times", "Male", "count")
    visitors: int | None = column("visitors", "Besucher", "count")
    customers: int | None = column("customers among them", "Kunden darunter", "count")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


#: anna looks twice at the cart and pays; ben sees a page without a path; of a stay nothing is told
EVENTS = rows("""
    event_id  customer_id  anonymous_id  happened_at       kind    name      page
    e1        anna         -             2024-02-01T10:00  page    -         /cart
    e2        anna         -             2024-02-01T10:05  page    -         /cart
    e3        anna         -             2024-02-01T10:06  track   Pay       /cart
    e4        ben          -             2024-02-02T10:00  page    Welcome   -
    e5        -            phone         2024-02-02T11:00  page    -         /cart
    e6        ben          -             2024-02-03T10:00  screen  Settings  -
    e7        ben          -             2024-02-03T10:01  stay    -         /cart
    e8        ben          -             2024-03-01T10:00  track   Pay       -
""")


class WhatPeopleDo(Analysis):
    """Which pages and screens are seen and which actions done most, by how many people.

    A page is told by its path, else by its name; a screen and an action by their names, and none without. Of pages
    longer looked at (stays) nothing is told beside the page. `sign` is how a step of a funnel, a way or a sign of life
    is written. A visitor who turned out to be a customer is that customer. Of equally frequent ones the first by kind
    and name comes first.
    """

    en = "What people do"
    de = "Was Leute tun"
    sentence_de = (
        "Welche Seiten und Ansichten am häufigsten gesehen und welche Handlungen getan werden, von wie vielen."
    )
    tables: ClassVar = {ROWS: Deed}
    examples = (
        TableExample(
            facts={"events": EVENTS},
            context={"window": "2024-02", "as_of": "2024-04-01"},
            gives=rows("""
                rank  times  visitors  customers
                1     3      2         1
                2     1      1         1
                3     1      1         1
                4     1      1         1
            """),
        ),
        TableExample(
            facts={"events": EVENTS},
            context={"window": "2024-03", "as_of": "2024-03-15", "settings": {"top": 1}},
            gives=rows("""
                rank  times  visitors  complete  reason
                1     1      1         false     not_over
            """),
        ),
    )

    top = Setting(
        20,
        "How many lines the table has at most.",
        "Wie viele Zeilen die Tabelle höchstens hat.",
        low=1,
        high=1000,
        title=Phrase("Lines at most", "Zeilen höchstens"),
    )

    def facts(self) -> tuple[str, ...]:
        return ("identity",)

    def answer(self, question: Question) -> Found:
        known = reach_within(question, self.facts(), question.windows[0])
        if not known.known:
            return Found({ROWS: [Deed(1, None, "", "", "", None, None, None, False, known.reason)]})
        counts = self._deeds(question).group_by("group_value", "kind", "what")
        counts = counts.aggregate(times=_.count(), visitors=_.visitor_id.nunique(), customers=_.customer_id.nunique())
        order = ibis.window(group_by="group_value", order_by=[ibis.desc("times"), "kind", "what"])
        ranked = counts.mutate(rank=ibis.row_number().over(order) + 1)
        found = [
            Deed(
                rank=each["rank"],
                group=each["group_value"],
                kind=each["kind"],
                name=each["what"],
                sign=f"{each['kind']}:{each['what']}",
                times=each["times"],
                visitors=each["visitors"],
                customers=each["customers"],
                complete=known.final,
                reason=known.reason,
            )
            for each in question.run(ranked.filter(_.rank <= self.top))
        ]
        return Found({ROWS: sorted(found, key=lambda deed: (deed.group is None, deed.group or "", deed.rank))})

    def customers(self, question: Question, row: Any) -> Behind:
        """Who did it, and who did other things alone."""
        if row.times is None:
            raise UsageError("Nothing is known of what was done, so that nobody can be named.")
        same_group = _.group_value.isnull() if row.group is None else _.group_value == row.group
        deeds = self._deeds(question).filter(same_group, _.customer_id.notnull())
        deeds = deeds.mutate(did=(_.kind == row.kind) & (_.what == row.name))
        people = question.run(deeds.group_by("customer_id").aggregate(did=_.did.any()))
        did, others = (sorted(p["customer_id"] for p in people if p["did"] is which) for which in (True, False))
        return Behind(tuple(did), tuple(others))

    def _deeds(self, question: Question) -> ir.Table:
        """One row a thing done in the span: its `kind`, and `what` it was, by path or name."""
        (span,), zone = question.windows, question.organisation.zone
        until = known_until(question, self.facts())
        assert until is not None  # something is known of the span
        rows = standing("identity", question).filter(_.kind.isin(KINDS), _.at >= moment(span.starts_at(zone)))
        rows = rows.filter(_.at < moment(span.ends_at(zone)), _.at < moment(until))
        page, name = _.page.nullif(""), _.name.nullif("")
        rows = rows.mutate(what=(_.kind == PAGE).ifelse(page.coalesce(name), name)).filter(_.what.notnull())
        return question.grouped(rows.select("visitor_id", "customer_id", "at", "kind", "what"), "at")
