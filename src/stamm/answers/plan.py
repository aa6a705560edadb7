"""Plans: facts bound to windows, so that all parts of a fact are one query for all windows and groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.world import World
from stamm.facts import FACTS, behind, imported
from stamm.facts.columns import day_column, moment_column
from stamm.facts.elapsed import AFTER_ALL
from stamm.facts.filter import SEGMENT, Filter, all_hold, dimensions_of
from stamm.facts.kind import Derived, Imported, Kept, Scope
from stamm.lang.errors import UsageError
from stamm.lang.window import Window, day_of, day_start

_ = ibis._

RATE_DIGITS = Decimal("1E-12")
MOMENT = pa.timestamp("us", tz="UTC")
#: by what rows are told apart: nothing, a dimension, or several, each by itself
By = str | tuple[str, ...] | None
#: between a dimension and the value of a group, where there are several dimensions
IS = "="


class Rules:
    """The organisation's spell and session settings at one `as_of`."""

    def __init__(self, world: World, as_of: datetime) -> None:
        organisation = world.organisation
        self.spell_rule: str = organisation.spell_rule
        self.lapse_days = organisation.lapse_days
        self.session_minutes = organisation.session_minutes
        self.as_of = ibis.timestamp(as_of.astimezone(UTC).replace(tzinfo=None), timezone="UTC")


def kinds_of(keys: Iterable[str], world: World) -> tuple[str, ...]:
    """The imported kinds that facts are made from and that say how far the data reaches, sorted."""
    rules = Rules(world, datetime(2000, 1, 1, tzinfo=UTC))
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        fact = FACTS[waiting.pop()]
        if issubclass(fact, Derived):
            waiting.extend(fact.needs(rules))
        else:
            found.add(fact.key)
    return tuple(sorted(found))


def read_for(keys: Iterable[str], by: str | None, where: Filter, world: World) -> frozenset[str]:
    """The imported kinds that are read to answer from facts, those that only fill in attributes included."""
    rules = Rules(world, datetime(2000, 1, 1, tzinfo=UTC))
    told_apart = {by, *(each.dimension for each in where)} - {None, SEGMENT}
    found: set[str] = set()
    for key in keys:
        found |= {key} | behind(key, rules)
        if told_apart.difference(FACTS[key].dimensions()):
            found |= behind("customer_versions", rules)
    return frozenset(found & imported().keys())


def uses(keys: Iterable[str], wanted: str, world: World) -> bool:
    """Whether one of the facts is, or is made from, the fact `wanted`."""
    rules = Rules(world, datetime(2000, 1, 1, tzinfo=UTC))
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key == wanted:
            return True
        fact = FACTS[key]
        if issubclass(fact, Derived):
            waiting.extend(fact.needs(rules))
    return False


def check_dimensions(key: str, by: str | None, where: Filter) -> None:
    """Raises UsageError where a fact has not the dimension to split by, or one of those in the filter."""
    fact = FACTS[key]
    if any(each.dimension == SEGMENT for each in where):
        check_customers(key)
    where = tuple(each for each in where if each.dimension != SEGMENT)
    possible = dimensions_of(fact)
    if by is not None and by not in possible:
        remedy = f"Split by one of {', '.join(possible)}." if possible else "Ask without --by."
        raise UsageError(f"{fact.en} cannot be split by {by!r}: the fact has no such column.", remedy=remedy)
    for name in (each.dimension for each in where):
        if name not in possible:
            remedy = f"Filter by one of {', '.join(possible)}." if possible else "Ask without --where."
            raise UsageError(f"{fact.en} cannot be filtered by {name!r}: the fact has no such column.", remedy=remedy)


def check_customers(key: str) -> None:
    """Raises UsageError where a fact does not tell whose its rows are, so that none are a segment's."""
    fact = FACTS[key]
    if not fact.per_window and "customer_id" not in fact.columns():
        raise UsageError(f"{fact.en} cannot be kept to a segment: the fact has no customers.", remedy="Ask without it.")


class Plan:
    """Tables of facts for one list of windows, one `by`, one `as_of`, and one filter `where`.

    With several dimensions each row stands once in a group of each: `group_named` tells whose group it is.

    Where there are `members`, a window has only the facts of its own: `member_window` is its number, `member` an id.
    """

    def __init__(
        self,
        world: World,
        windows: tuple[Window, ...],
        by: By,
        as_of: datetime,
        where: Filter = (),
        members: pa.Table | None = None,
    ) -> None:
        self.members = None if members is None else ibis.memtable(members)
        self.world, self.by, self.as_of, self.where = world, by, as_of, where
        self.rules = Rules(world, as_of)
        self.asked = windows
        self._tables: dict[str, ir.Table] = {}
        #: dimensions of the filter by which something has been cut
        self.cut_by: set[str] = set()
        zone = world.organisation.zone
        day = day_of(as_of, zone)
        #: the local day that begins at as_of, where one does: then all days before it are known whole
        self._until = day if day_start(day, zone) == as_of else None
        self._spans = [
            (number, window, window.starts_at(zone), min(window.ends_at(zone), as_of))
            for number, window in enumerate(windows)
            if window.starts_at(zone) < as_of
        ]
        self.windows = ibis.memtable(
            pa.table(
                {
                    "window_number": pa.array([span[0] for span in self._spans], pa.int64()),
                    "window_start": pa.array([span[2] for span in self._spans], MOMENT),
                    "window_end": pa.array([span[3] for span in self._spans], MOMENT),
                }
            )
        )

    # -- facts -----------------------------------------------------------------------
    def __getitem__(self, key: str) -> ir.Table:
        if key in self.world.given:
            return self.world.given[key]
        if key not in self._tables:
            fact = FACTS[key]
            if issubclass(fact, Kept) and self._is_kept(fact):
                self._tables[key] = self._kept(fact)
            elif issubclass(fact, Kept):
                self._tables[key] = self.world.engine.held(fact.derive(self, self).select(*fact.columns()))
            elif issubclass(fact, Derived):
                self._tables[key] = fact.derive(self, self)
            elif issubclass(fact, Imported):
                self._tables[key] = self._in_one_currency(fact, self._known(fact, self.world.engine.table(key)))
        return self._tables[key]

    def visits_since(self, key: str, day: date) -> ir.Table:
        """Visits, or what happened in them, whole as far as they begin on a local day or later; of others perhaps some.

        Whether a visit goes on shows within the session's minutes, so nothing that lies further back is read.
        """
        if key in self.world.given:
            return self.world.given[key]
        zone, fact = self.world.organisation.zone, FACTS[key]
        assert issubclass(fact, Derived)  # visits are put together from what happened
        before = day_start(day, zone) - timedelta(minutes=self.rules.session_minutes)
        return fact.derive(_Since(self, fact, day_of(before, zone)), self)

    def keeps(self, key: str) -> bool:
        """Whether a fact need not be made from imported ones: it is kept, or all that it is made from is."""
        fact = FACTS[key]
        if key in self.world.given or not issubclass(fact, Derived):
            return False
        if issubclass(fact, Kept) and self._is_kept(fact):
            return True
        return all(self.keeps(need) for need in (*fact.needs(self.rules), *fact.side_needs))

    def _is_kept(self, fact: type[Kept]) -> bool:
        """Whether what is kept is what was known at as_of: days are whole, and none that a fact knows of is later."""
        if fact.key not in self.world.kept or self.world.given or self._until is None:
            return False
        last = self.world.kept[fact.key]
        return bool(fact.cut_by) or last is None or last < self._until

    def _kept(self, fact: type[Kept]) -> ir.Table:
        table = self.world.engine.table(fact.key)
        return table.filter(_[fact.cut_by] < ibis.date(self._until)) if fact.cut_by else table

    def _known(self, fact: type[Imported], table: ir.Table) -> ir.Table:
        """What was known at as_of: no row that happened later, and of the others nothing that came true later."""
        if not fact.planned:
            clock = _[moment_column(fact.clock)]
            table = table.filter(clock <= self.rules.as_of if fact.foretold else clock < self.rules.as_of)
        later = {name: (_[name] < self.rules.as_of).ifelse(_[name], None) for name in fact.reaches}
        return table.mutate(**later) if later else table

    def _in_one_currency(self, fact: type[Imported], table: ir.Table) -> ir.Table:
        """Money in the reported currency; `foreign` marks rows of a currency without a rate."""
        if "currency" not in fact.columns():
            return table
        own = self.world.organisation.currency
        other = (_.currency.coalesce(own) != own).name("foreign")
        if not self.world.rates:
            return table.mutate(other)
        rates = self._rates()
        day = day_column(fact.clock)
        priced = table.left_join(
            rates,
            [
                table.currency == rates.rate_currency,
                table[day] >= rates.rate_from,
                table[day] < rates.rate_until,
            ],
        )
        money = [name for name, column in fact.columns().items() if column.money]
        priced = priced.mutate(
            (_.currency.coalesce(own) != own).__and__(_.factor.isnull()).name("foreign"),
            **{
                name: _.factor.isnull().ifelse(
                    _[name], (_[name].cast("decimal(38, 9)") * _.factor).round().cast("int64")
                )
                for name in money
            },
        )
        return priced.drop("rate_currency", "rate_from", "rate_until", "factor")

    def _rates(self) -> ir.Table:
        ordered = sorted(self.world.rates, key=lambda rate: (rate.currency, rate.day))
        following = [*ordered[1:], None]
        until = [
            after.day if after is not None and after.currency == rate.currency else date.max
            for rate, after in zip(ordered, following, strict=True)
        ]
        return ibis.memtable(
            pa.table(
                {
                    "rate_currency": pa.array([rate.currency for rate in ordered], pa.string()),
                    "rate_from": pa.array([rate.day for rate in ordered], pa.date32()),
                    "rate_until": pa.array(until, pa.date32()),
                    "factor": pa.array([rate.factor.quantize(RATE_DIGITS) for rate in ordered], pa.decimal128(38, 12)),
                }
            )
        )

    # -- groups ----------------------------------------------------------------------
    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The rows within the filter, with `group_value`: the customer's attribute at the moment in column `at`.

        A dimension that the table itself has is the table's own. Null where nothing is known.
        """
        self.cut_by.update(each.dimension for each in self.where)
        table = self._of_members(table) if {"window_number", "customer_id"} <= set(table.columns) else table
        return self._cut(table, at, self.by, self.where, own=table.columns)

    def _of_members(self, table: ir.Table) -> ir.Table:
        """Rows beside windows without those of anybody who was not in the segment when the window opened."""
        if self.members is None:
            return table
        same = [table.window_number == self.members.member_window, table.customer_id == self.members.member]
        return table.semi_join(self.members, same)

    def _cut(self, table: ir.Table, at: str, by: By, where: Filter, own: Collection[str]) -> ir.Table:
        """The table cut by the filter and split by a dimension: its own column, else the customer's attribute."""
        asked = {each.dimension for each in where} | set(_each(by))
        if attributes := sorted(asked.difference(own)):
            versions = self["customer_versions"].select(
                version_of=_.customer_id,
                version_from=_.valid_from,
                version_until=_.valid_until.coalesce(AFTER_ALL),
                **{f"customer_{name}": _[name] for name in attributes},
            )
            table = table.left_join(
                versions,
                [
                    table.customer_id == versions.version_of,
                    table[at] >= versions.version_from,
                    table[at] < versions.version_until,
                ],
            ).drop("version_of", "version_from", "version_until")
        placed = {name: f"customer_{name}" if name in attributes else name for name in asked}
        if (kept := all_hold(where, lambda name: _[placed[name]])) is not None:
            table = table.filter(kept)
        if isinstance(by, tuple):
            table = table.cross_join(ibis.memtable(pa.table({"group_of": pa.array(by, pa.string())})))
            each = [(table.group_of == name, ibis.literal(IS) + table[placed[name]]) for name in by]
            value = table.group_of + ibis.cases(*each).coalesce("")
        else:
            value = ibis.null("string") if by is None else _[placed[by]]
        return table.mutate(group_value=value).drop(*(placed[name] for name in attributes))

    # -- windows ---------------------------------------------------------------------
    def bound(self, key: str, scope: Scope) -> ir.Table:
        """A fact's rows, each beside every window that sees it, with its group."""
        for by in _each(self.by) or (None,):
            check_dimensions(key, by, self.where)
        if self.members is not None:
            check_customers(key)
        fact, table = FACTS[key], self[key]
        if fact.per_window:
            return table
        clock, day = scope.clock, day_column(scope.clock)
        if scope.so_far:
            rows = table.inner_join(self.windows, [table[clock] < self.windows.window_end])
        elif day in table.columns:
            calendar = self._calendar()
            rows = table.inner_join(calendar, [table[day] == calendar.calendar_day]).filter(_[clock] < _.window_end)
        else:
            rows = table.inner_join(
                self.windows, [table[clock] >= self.windows.window_start, table[clock] < self.windows.window_end]
            )
        return self._cut(self._of_members(rows), clock, self.by, self.where, own=fact.dimensions())

    def seen(self, key: str, scope: Scope | None = None) -> ir.Table:
        """The rows of a fact, not of one made for each window, that any of the windows sees, each once.

        By the fact's own clock, or as a scope says. Of the filter it keeps to what can be told of the fact.
        """
        fact, table = FACTS[key], self[key]
        clock = scope.clock if scope else moment_column(fact.clock)
        day, rows = day_column(scope.clock if scope else fact.clock), table.filter(table[clock] < self.rules.as_of)
        if scope and scope.so_far:
            rows = rows.semi_join(self.windows, [rows[clock] < self.windows.window_end])
        elif day in table.columns:
            days = self._calendar().select("calendar_day").distinct()
            rows = rows.semi_join(days, rows[day] == days.calendar_day)
        else:
            within = [rows[clock] >= self.windows.window_start, rows[clock] < self.windows.window_end]
            rows = rows.semi_join(self.windows, within)
        told = tuple(each for each in self.where if each.dimension in dimensions_of(fact))
        return self._cut(rows, clock, None, told, own=fact.dimensions())

    def _calendar(self) -> ir.Table:
        """One row a local day and window that holds it: windows are whole days, so an equality join will do."""
        last = day_of(self.as_of, self.world.organisation.zone) + timedelta(days=1)
        days: list[date] = []
        numbers: list[int] = []
        starts: list[datetime] = []
        ends: list[datetime] = []
        for number, window, start, end in self._spans:
            length = (min(window.end, last) - window.start).days
            days.extend(window.start + timedelta(days=i) for i in range(length))
            numbers.extend([number] * length)
            starts.extend([start] * length)
            ends.extend([end] * length)
        return ibis.memtable(
            pa.table(
                {
                    "calendar_day": pa.array(days, pa.date32()),
                    "window_number": pa.array(numbers, pa.int64()),
                    "window_start": pa.array(starts, MOMENT),
                    "window_end": pa.array(ends, MOMENT),
                }
            )
        )


class _Since:
    """The tables of a plan, cut for one fact: what it is made from begins with a local day."""

    def __init__(self, plan: Plan, fact: type[Derived], day: date) -> None:
        self._plan, self._day, self._cut = plan, day, fact.needs(plan.rules)
        self.rules, self.keeps = plan.rules, plan.keeps

    def __getitem__(self, key: str) -> ir.Table:
        table = self._plan[key]
        return table.filter(table[day_column(FACTS[key].clock)] >= ibis.date(self._day)) if key in self._cut else table


def _each(by: By) -> tuple[str, ...]:
    if by is None:
        return ()
    return by if isinstance(by, tuple) else (by,)


def group_named(value: str) -> tuple[str, str | None]:
    """The dimension of a group and its value, of a plan with several dimensions."""
    by, known, found = value.partition(IS)
    return by, found if known else None


def imported_kinds() -> tuple[str, ...]:
    """Keys of all imported kinds."""
    return tuple(imported())
