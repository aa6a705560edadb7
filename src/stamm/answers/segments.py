"""Segments asked of a world: who is in one on a day, how many of all that is, and who came and went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.analyses.kind import Known
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.reach import covered
from stamm.answers.reduce import other_currencies
from stamm.answers.world import END_OF_TIME, World
from stamm.facts import FACTS
from stamm.lang.errors import StammError, UsageError
from stamm.lang.formula import share
from stamm.lang.window import Window
from stamm.segments.inside import inside
from stamm.segments.named import Saved, resolved
from stamm.segments.rule import Rule, operators_in
from stamm.segments.then import NOT_OF_CUSTOMERS, Then

_ = ibis._

#: facts that do not say how far it is known who is a customer
_BESIDE = ("customers", *NOT_OF_CUSTOMERS)
WHO = "customer_id"


@dataclass(frozen=True)
class Size:
    """How many customers were in a segment when a day began, of how many there were."""

    on: date
    customers: int
    everybody: int

    @property
    def share(self) -> float | None:
        """Which part of all that is; None where there was nobody."""
        found: float | None = share(self.customers, self.everybody)
        return found


@dataclass(frozen=True)
class Moves:
    """Who was in a segment on one of two days, and on both: ids, sorted."""

    earlier: date
    later: date
    stayed: tuple[str, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class Overlap:
    """How many customers are in each of two segments, and in both, of all."""

    one: str
    other: str
    in_one: int
    in_other: int
    in_both: int

    @property
    def jaccard(self) -> float | None:
        """Which part of those in either is in both; None where nobody is in any."""
        found: float | None = share(self.in_both, self.in_one + self.in_other - self.in_both)
        return found


class Segments:
    """Asks one world about segments. `saved` are those that a rule may name beside the ready ones; else the world's."""

    def __init__(self, world: World, saved: Saved | None = None) -> None:
        self.world, self._saved = world, saved
        self._always = _Always(world)

    @cached_property
    def saved(self) -> Saved:
        """The segments that a rule may name beside the ready ones, by their keys."""
        return self.world.saved() if self._saved is None else self._saved

    # -- which days ------------------------------------------------------------------
    def known(self, *rules: Rule) -> Window:
        """The days that the facts of all these rules cover; raises UsageError where some were never taken in.

        A segment is told of the start of a day, so from the second of them until the end of it.
        """
        operators = [operator for rule in rules for operator in operators_in(resolved(rule, self.saved))]
        needed = {key for each in operators for key in kinds_of(each.facts, self.world)}
        beside = {key for each in operators for key in each.beside}
        if missing := sorted((needed | beside) - set(self.world.coverage)):
            names = ", ".join(FACTS[key].en for key in missing)
            raise UsageError(
                f"Nobody can be told apart by this: {names} were never taken in.",
                remedy="Bring some in with `stamm import`, or leave that out of the rule.",
            )
        kinds = tuple(sorted(needed)) or tuple(key for key in self.world.coverage if key not in _BESIDE)
        days = covered(self.world, kinds) if needed else self._all_days(kinds)
        if days is None and needed:
            raise UsageError(
                "The facts that this rule is about have no day in common.",
                remedy="Bring in the days that are missing with `stamm import`, or make two rules of it.",
            )
        if days is None:
            raise UsageError("There are no customers yet.", remedy="Bring some in with `stamm import`.")
        return days

    def day(self, asked: date | None, *rules: Rule) -> date:
        """The day asked for, by default the one after all that is known; raises UsageError for one that is not."""
        days = self.known(*rules)
        if asked is not None and not days.start < asked <= days.end:
            raise UsageError(
                f"Nothing is known of who was in it at the start of {asked}.",
                where="day",
                remedy=f"Name a day from {days.start + timedelta(days=1)} to {days.end}.",
            )
        return asked or days.end

    def looks_before(self, rule: Rule, on: date) -> date | None:
        """The first day that is known, where the rule looks at days before it and something may have been then."""
        if self.world.organisation.history == "complete":
            return None
        first = self.known(rule).start
        backs = [each.back_days for each in operators_in(resolved(rule, self.saved)) if each.facts]
        return first if any(back is None or on - timedelta(days=back) < first for back in backs) else None

    def _all_days(self, kinds: Sequence[str]) -> Window | None:
        """From the first to the last day of which anything is known."""
        spans = [span for span in (covered(self.world, (kind,)) for kind in kinds) if span is not None]
        if not spans:
            return None
        return Window(min(span.start for span in spans), max(span.end for span in spans))

    # -- asking ----------------------------------------------------------------------
    def members(self, rule: Rule, on: date) -> pa.Table:
        """Who was in it when the day began: `customer_id`, sorted."""
        rows = self._inside({"inside": rule}, on).filter(_.inside).select(WHO).order_by(WHO)
        return self.world.engine.run(rows)

    def members_of_each(self, rules: Mapping[str, Rule], on: date) -> dict[str, pa.ChunkedArray]:
        """The same of several, by their names: one query."""
        names = {f"rule_{number}": name for number, name in enumerate(rules)}
        rows = self.world.engine.run(
            self._inside({short: rules[name] for short, name in names.items()}, on).order_by(WHO)
        )
        return {name: rows.filter(rows[short])[WHO] for short, name in names.items()}

    def sizes(self, rules: Mapping[str, Rule], on: date) -> dict[str, Size]:
        """How many were in each when the day began: one query."""
        if not rules:
            return {}
        names = {f"rule_{number}": rule for number, rule in enumerate(rules.values())}
        counts = {name: _[name].ifelse(1, 0).sum().coalesce(0) for name in names}
        (row,) = self.world.engine.run(self._inside(names, on).aggregate(everybody=_.count(), **counts)).to_pylist()
        return {told: Size(on, int(row[name]), row["everybody"]) for told, name in zip(rules, names, strict=True)}

    def size(self, rule: Rule, on: date) -> Size:
        """How many were in it when the day began."""
        return self.sizes({"": rule}, on)[""]

    def told(self, rules: Mapping[str, Rule], on: date | None = None) -> tuple[dict[str, Size], StammError | None]:
        """How many are in each of which that is known, by default after all that it is about; and why not in others.

        All of one day are asked together.
        """
        days: dict[date, dict[str, Rule]] = {}
        problem: StammError | None = None
        for key, rule in rules.items():
            try:
                days.setdefault(self.day(on, rule), {})[key] = rule
            except StammError as error:
                problem = error
        found: dict[str, Size] = {}
        for day, some in days.items():
            try:
                found |= self.sizes(some, day)
            except StammError as error:
                problem = error
        return found, problem

    def over_time(self, rule: Rule, days: Sequence[date]) -> Iterator[tuple[Size, pa.ChunkedArray]]:
        """How many were in it when each of some days began, and who."""
        people = None
        if len(days) > 1:  # looked for once, and not on each day
            people = ibis.memtable(self.world.engine.run(self.then(max(days)).known_since()))
        for day in days:
            rows = self.world.engine.run(self._inside({"inside": rule}, day, people))
            who = rows.filter(rows["inside"])[WHO]
            yield Size(day, len(who), rows.num_rows), who

    def overlap(self, rules: Mapping[str, Rule], on: date) -> list[Overlap]:
        """How many each two of some segments have in common: one query."""
        return self._overlaps(rules, list(combinations(rules, 2)), on)

    def overlaps_of(self, key: str, rules: Mapping[str, Rule], on: date) -> list[Overlap]:
        """How many one of some segments has in common with each other of which that day is known: one query."""
        known = {key: rules[key], **{other: rule for other, rule in rules.items() if self._knows(rule, on)}}
        return self._overlaps(known, [(key, other) for other in known if other != key], on)

    def _knows(self, rule: Rule, on: date) -> bool:
        try:
            return self.day(on, rule) == on
        except StammError:
            return False

    def _overlaps(self, rules: Mapping[str, Rule], pairs: Sequence[tuple[str, str]], on: date) -> list[Overlap]:
        names = {key: f"rule_{number}" for number, key in enumerate(rules)}
        counts: dict[str, Any] = {name: _[name].ifelse(1, 0).sum().coalesce(0) for name in names.values()}
        for number, (one, other) in enumerate(pairs):
            both = _[names[one]] & _[names[other]]
            counts[f"both_{number}"] = both.ifelse(1, 0).sum().coalesce(0)
        rows = self._inside({names[key]: rule for key, rule in rules.items()}, on)
        (row,) = self.world.engine.run(rows.aggregate(**counts)).to_pylist()
        return [
            Overlap(one, other, int(row[names[one]]), int(row[names[other]]), int(row[f"both_{number}"]))
            for number, (one, other) in enumerate(pairs)
        ]

    def moves(self, rule: Rule, earlier: date, later: date) -> Moves:
        """Who stayed in it, entered and left between the starts of two days."""
        if earlier >= later:
            raise UsageError(
                f"{earlier} is not before {later}.", remedy="Name the earlier day first, and then the later one."
            )
        before = self._inside({"before": rule}, earlier).filter(_.before)
        now = self._inside({"now": rule}, later).filter(_.now).select(then=_.customer_id)
        both = before.outer_join(now, before.customer_id == now.then)
        found = self.world.engine.run(both.select(was=_.customer_id, is_now=_.then))
        were, are = ({who for who in found[name].to_pylist() if who is not None} for name in ("was", "is_now"))
        return Moves(earlier, later, tuple(sorted(were & are)), tuple(sorted(are - were)), tuple(sorted(were - are)))

    def then(self, on: date, people: ir.Table | None = None) -> Then:
        """What was known when the day began; `people` are all there were on a later one, where they are known."""
        return Then(self._always, on, self.world.coverage, people=people)

    def _inside(self, rules: Mapping[str, Rule], on: date, people: ir.Table | None = None) -> ir.Table:
        then = self.then(on, people)
        whole = {name: resolved(rule, self.saved) for name, rule in rules.items()}
        self.refuse_foreign_money(then, whole.values())
        return inside(then, whole)

    def refuse_foreign_money(self, then: Then, rules: Iterable[Rule]) -> None:
        """Raises CurrencyError where money would have to be added up that is in a currency without a rate."""
        adding = [each for rule in rules for each in operators_in(rule) if each.adds_money]
        needed = {key for each in adding for key in kinds_of(each.facts, self.world)}
        for key in sorted(key for key in needed if "currency" in FACTS[key].columns()):
            foreign = then.so_far(key).filter(_.foreign)
            if self.world.engine.run(foreign.aggregate(n=_.count()))["n"][0].as_py():
                raise other_currencies(self._always.plan, key, foreign)


class _Always(Known):
    """All facts there will ever be, so that whoever asks cuts them himself."""

    windows: tuple[Window, ...] = ()

    def __init__(self, world: World) -> None:
        self._world = world
        self.plan = Plan(world, (), None, world.day_start(END_OF_TIME))

    @property
    def organisation(self) -> Any:
        """The settings that numbers depend on."""
        return self._world.organisation

    @property
    def as_of(self) -> Any:
        """Later than every fact."""
        return self._world.day_start(END_OF_TIME)

    def __getitem__(self, fact: str) -> ir.Table:
        return self.plan[fact]

    def visits_since(self, fact: str, day: date) -> ir.Table:
        """All visits, those before that day as well."""
        return self[fact]

    def keeps(self, fact: str) -> bool:
        """Nothing that was made from facts of later days can be told of an earlier one."""
        return False

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The table with `group_value`, which says nothing: nobody splits it."""
        return self.plan.grouped(table, at)
