"""What was known of all customers at the start of a day: nothing that came later can leak in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.analyses.drivers.before import Before
from stamm.analyses.kind import Known
from stamm.facts import FACTS, imported
from stamm.facts.columns import moment_column
from stamm.facts.kind import Scope
from stamm.facts.owners import owned
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window, moved

_ = ibis._

#: who is known by nothing but what they looked at is nobody's customer yet
NOT_OF_CUSTOMERS = ("events", "predictions")


class Then(Before):
    """Facts as they were known when a local day began.

    `kinds` are the facts that were ever imported. Days before are whole: the day before is 1 day ago. `people` are all
    there were on some later day, as `known_since` gives them, so that they need not be looked for again.
    """

    def __init__(
        self,
        question: Known,
        on: date,
        kinds: Iterable[str],
        look_back_days: int = 1,
        people: ir.Table | None = None,
    ) -> None:
        super().__init__(question, Window(on, on + timedelta(days=1)), look_back_days)
        self.on, self.kinds, self._people = on, frozenset(kinds), people
        self.organisation: Organisation = question.organisation

    @property
    def as_of(self) -> datetime:
        """The first moment of the day (UTC)."""
        return self._start

    def within(self, column: str, days: int) -> Deferred:
        """Rows whose local day is one of the last `days` before; with 0 all that have one."""
        return _[column] >= ibis.date(self.on - timedelta(days=days)) if days else _[column].notnull()

    def age(self, day: Deferred) -> Deferred:
        """How many days ago a local day was."""
        return -day.delta(ibis.date(self.on), unit="day")

    def whose_events(self, which: Deferred) -> ir.Table:
        """Such events, and whose each was as far as anybody knew: only they are looked up, so that it costs little."""
        return owned(self["events"].filter(which), self["owners"], "happened_at")

    def __getitem__(self, key: str) -> ir.Table:
        if key == "predictions" and key not in self._tables:
            # one that was made at this very moment knows of nothing later
            self._tables[key] = self._question[key].filter(_.predicted_at <= self.start)
        return super().__getitem__(key)

    # -- who there is ----------------------------------------------------------------
    def everybody(self) -> ir.Table:
        """One row a customer of whom anything was known: `customer_id`."""
        people = self.known_since() if self._people is None else self._people
        return people.filter(_.known_at < self.start).select("customer_id")

    def known_since(self) -> ir.Table:
        """One row a customer of whom anything was known: `customer_id`, and the moment `known_at` since when."""
        kinds = [key for key, kind in imported().items() if "customer_id" in kind.carried() and key in self.kinds]
        rows = [self._known_since(key) for key in kinds if key not in NOT_OF_CUSTOMERS]
        if len(rows) == 1:
            return rows[0]
        return ibis.union(*rows).group_by("customer_id").aggregate(known_at=_.known_at.min())

    def _known_since(self, key: str) -> ir.Table:
        clock = "valid_from" if key == "customers" else moment_column(FACTS[key].clock)
        rows = self._question[key].filter(_.customer_id.notnull(), _[clock] < self.start)
        return rows.group_by("customer_id").aggregate(known_at=_[clock].min())

    def described(self) -> ir.Table:
        """One row a customer: what was said of them last."""
        said = self._question["customers"].filter(_.customer_id.notnull(), _.valid_from < self.start)
        latest = ibis.window(group_by="customer_id", order_by=_.valid_from.desc())
        return said.mutate(place=ibis.row_number().over(latest)).filter(_.place == 0)

    # -- for metrics -----------------------------------------------------------------
    def one_by_one(self, days: int) -> OneByOne:
        """The same over the last `days` before, in which each customer is a group of their own."""
        return OneByOne(self._question, self.on, self.kinds, days)

    # -- for analyses ----------------------------------------------------------------
    def over(self, *spans: Window) -> Past:
        """The same as an analysis asks of it, over some days before."""
        return Past(self, spans)

    def last_whole(self, grain: str) -> Window:
        """The last whole calendar window before."""
        first = moved(self.on, grain, 0)
        return Window(moved(first, grain, -1), first)


class OneByOne(Then):
    """Facts as they were known then, of which what is made a window and group at a time is made for each customer."""

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The table with `group_value`, which is whose row it is."""
        return table.mutate(group_value=_.customer_id)

    def counted(self, key: str, scope: Scope) -> ir.Table:
        """The rows of a fact that the days see, whose each is, and the two moments of the days."""
        if FACTS[key].per_window:
            return self[key].mutate(customer_id=_.group_value)
        clock = _[scope.clock]
        rows = self[key].filter(clock < self.start)
        rows = rows if scope.so_far else rows.filter(clock >= self.since)
        return rows.mutate(window_start=self.since, window_end=self.start)


class Past:
    """What an analysis may know of that day (`analyses.kind.Known`)."""

    by: str | None = None

    def __init__(self, then: Then, spans: tuple[Window, ...]) -> None:
        self._then, self.windows = then, spans

    @property
    def organisation(self) -> Organisation:
        """The settings that numbers depend on."""
        return self._then.organisation

    @property
    def as_of(self) -> datetime | None:
        """The start of the day (UTC)."""
        return self._then.as_of

    def __getitem__(self, fact: str) -> ir.Table:
        return self._then[fact]

    def visits_since(self, fact: str, day: date) -> ir.Table:
        """All visits, those before that day as well."""
        return self[fact]

    def keeps(self, fact: str) -> bool:
        """Whether a derived fact is there already."""
        return self._then.keeps(fact)

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The table with `group_value`."""
        return self._then.grouped(table, at)
