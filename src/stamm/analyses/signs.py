"""Signs of life: what somebody did, as a setting names it, and the rows that tell of it."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.analyses.kind import Known, Question
from stamm.analyses.reach import moment
from stamm.facts import FACTS
from stamm.facts.columns import day_column, moment_column
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import CANCELLED_ORDERS, CUSTOMERLESS_EVENTS, CUSTOMERLESS_ORDERS, CUSTOMERLESS_VISITS

_ = ibis._

ORDER, VISIT, EVENT, ACTIVITY = "order", "visit", "event", "activity"
PAGE = "page"
KINDS = (PAGE, "screen", "track")
VISITORS = "visitors"
PLAIN = (ORDER, VISIT, EVENT, *KINDS, ACTIVITY)
#: whom something can count
PEOPLE = {
    VISITORS: Phrase("visitors, known or not", "Besucher, bekannt oder nicht"),
    "customers": Phrase("customers alone", "nur Kunden"),
}
#: what signs are called where one is chosen
WORDS = {
    ORDER: Phrase("an order", "eine Bestellung"),
    VISIT: Phrase("a visit", "ein Besuch"),
    EVENT: Phrase("any event", "irgendein Ereignis"),
    PAGE: Phrase("a page seen", "eine Seite gesehen"),
    "screen": Phrase("a screen seen", "eine Ansicht gesehen"),
    "track": Phrase("something done", "etwas getan"),
    ACTIVITY: Phrase("an order or any event", "eine Bestellung oder irgendein Ereignis"),
}
#: a page's path that ends in it stands for all that begin so
ANY = "*"
#: what tells of events day by day
DAYS = "customer_days"
CUSTOMERLESS = {"identity": CUSTOMERLESS_EVENTS, "orders": CUSTOMERLESS_ORDERS, "sessions": CUSTOMERLESS_VISITS}


@dataclass(frozen=True)
class Sign:
    """A kind of sign of life: an order, a visit, an event (of a kind, by a name or a path), any order or event."""

    kind: str
    name: str = ""

    @classmethod
    def read(cls, text: str, setting: str) -> Sign:
        """A sign from `order`, `visit`, `track:Signed up`, `page:/cart` ...; raises UsageError naming the setting."""
        kind, colon, name = (word.strip() for word in text.partition(":"))
        if kind not in PLAIN or bool(colon) != bool(name) or (name and kind not in (EVENT, *KINDS)):
            raise UsageError(
                f"The parameter {setting} cannot be {text!r}.",
                remedy=f"Choose one of {', '.join(PLAIN)}, or an event such as track:Signed up or page:/cart.",
            )
        return cls(kind, name)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that tell of it."""
        known = {ORDER: ("orders",), VISIT: ("sessions",), ACTIVITY: ("identity", "orders")}
        return known.get(self.kind, ("identity",))

    @property
    def is_any_event(self) -> bool:
        """Whether every event is one, so that whoever knows the days of events knows when the first one was."""
        return self.kind in (EVENT, ACTIVITY) and not self.name

    def among(self, fact: str) -> Deferred:
        """Which rows of a fact are such a sign."""
        which = [ibis.literal(fact in self.facts)]
        if fact == "identity" and self.kind in KINDS:
            which.append(_.kind == self.kind)
        if fact == "identity" and self.name:
            which.append(self._named().coalesce(False))
        return functools.reduce(lambda one, other: one & other, which)

    def _named(self) -> Deferred:
        """Of a page, what begins with a slash is its path; all else is a name."""
        if self.kind != PAGE or not self.name.startswith("/"):
            return _.name == self.name
        return _.page.startswith(self.name.removesuffix(ANY)) if self.name.endswith(ANY) else _.page == self.name


def facts_of(signs: Collection[Sign]) -> tuple[str, ...]:
    """The facts that tell of any of these signs, sorted."""
    return tuple(sorted({fact for sign in signs for fact in sign.facts}))


def timed(fact: str, question: Known, *, by_day: bool = False, since: date | None = None) -> ir.Table:
    """The rows of a fact up to the question's as_of, with their moment `at` and local `day`.

    `times` says how often: with `by_day` one row may be all events that somebody had on a day, `at` the first of them.
    Where visits matter `since` a local day alone, those before it may be missing.
    """
    assert question.as_of is not None  # nothing is asked of facts that were never imported
    days = by_day and fact == "identity" and question.keeps(DAYS)
    fact, times = (DAYS, _.events) if days else (fact, ibis.literal(1))
    clock = FACTS[fact].clock
    told = question[fact] if since is None or fact != "sessions" else question.visits_since(fact, since)
    rows = told.mutate(at=_[moment_column(clock)], day=_[day_column(clock)], times=times.cast("int64"))
    return rows.filter(_.at < moment(question.as_of))


def standing(fact: str, question: Known, *, by_day: bool = False, since: date | None = None) -> ir.Table:
    """The rows of a fact that count: a cancelled order does not."""
    rows = timed(fact, question, by_day=by_day, since=since)
    return rows.filter(_.cancelled_at.isnull()) if fact == "orders" else rows


def personal(fact: str, question: Known, people: str, *, by_day: bool = False, since: date | None = None) -> ir.Table:
    """The rows of a fact that count and are somebody's.

    `person` is the visitor, as whoever they turned out to be, or the customer where customers alone are people.
    """
    rows = standing(fact, question, by_day=by_day, since=since)
    visitor = ibis.literal("customer:") + rows.customer_id if fact == "orders" else rows.visitor_id
    return rows.mutate(person=visitor if people == VISITORS else rows.customer_id).filter(_.person.notnull())


def left_out(question: Question, signs: Sequence[Sign], *, anonymous: bool) -> dict[str, int]:
    """Signs since the first window began that were passed over, by what they are.

    What nobody is known to have done is among them, unless `anonymous` visitors count themselves; so are
    cancelled orders.
    """
    since, passed = question.windows[0].start, dict[str, ir.Table]()
    for fact in facts_of(signs):
        among = functools.reduce(lambda one, other: one | other, (sign.among(fact) for sign in signs))
        if fact == "orders" or not anonymous:
            by_day = all(sign.is_any_event for sign in signs if fact in sign.facts)
            passed[CUSTOMERLESS[fact]] = standing(fact, question, by_day=by_day).filter(_.customer_id.isnull(), among)
        if fact == "orders":
            passed[CANCELLED_ORDERS] = timed(fact, question).filter(_.cancelled_at.notnull())
    return counted(question, {words: rows.filter(_.day >= since) for words, rows in passed.items()})


def counted(question: Question, tables: dict[str, ir.Table]) -> dict[str, int]:
    """How many `times` the rows of some tables stand for, of those that have any."""
    counts = {words: question.run(rows.aggregate(times=_.times.sum()))[0]["times"] for words, rows in tables.items()}
    return {words: count for words, count in counts.items() if count}
