"""Whether the data agree with themselves: each check is one query that finds what does not."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from stamm.answers.plan import Plan, kinds_of
from stamm.answers.reach import covered
from stamm.answers.world import World
from stamm.facts import Imported, imported
from stamm.facts.columns import Column, moment_column
from stamm.lang.language import Language
from stamm.lang.window import windows

_ = ibis._
#: so many of what does not agree are named
SHOWN = 3


@dataclass(frozen=True)
class Check:
    """What is held against what: the sentence, the kinds it needs, and the rows that break it.

    `broken` gives a table with a column `place`: one row for each thing that does not agree.
    """

    sentence: str
    needs: tuple[str, ...]
    broken: Callable[[Plan], ir.Table]
    remedy: str
    #: fills `{kind}` in the sentence
    kind: str = ""

    def told(self, say: Language) -> str:
        """The sentence in the reader's language, with what the kind is called there."""
        kind = imported()[self.kind].de if self.kind and say.code == "de" else self.kind
        return say(self.sentence, kind=kind)

    def run(self, plan: Plan) -> tuple[int, str]:
        """How many things do not agree, and the first of them in words."""
        rows = self.broken(plan)
        (counted,) = plan.world.engine.run(rows.aggregate(found=_.count())).to_pylist()
        if not counted["found"]:
            return 0, ""
        first = plan.world.engine.run(rows.order_by("place").limit(SHOWN))["place"].to_pylist()
        more = " ..." if counted["found"] > SHOWN else ""
        return counted["found"], ", ".join(map(str, first)) + more


def plan_of(world: World) -> Plan | None:
    """A plan over the months that the spells cover, or over whatever is there."""
    kinds = kinds_of({"spells"}, world)
    known = kinds if all(kind in world.coverage for kind in kinds) else tuple(world.coverage)[:1]
    days = covered(world, known) if known else None
    until = world.known_until(known) if known else None
    if days is None or until is None:
        return None
    return Plan(world, windows(days.start, days.end, "month"), None, until)


def _doubled(kind: str) -> Callable[[Plan], ir.Table]:
    """Keys that stand in more than one row."""
    keys = imported()[kind].key_columns

    def broken(plan: Plan) -> ir.Table:
        counted = plan.world.engine.table(kind).group_by(*keys).aggregate(rows=_.count())
        return counted.filter(_.rows > 1).select(place=_[keys[0]])

    return broken


def _disordered(fact: type[Imported]) -> Callable[[Plan], ir.Table]:
    """Rows in which something comes before what it follows, or ends before it begins.

    What came as a bare date may be the day of what it follows, so less than a day before it is no fault.
    """
    late = [
        _[name] + ibis.interval(days=1) < _[column.follows] if column.follows else _[name] < _[column.ends]
        for name, column in moments_in_order(fact).items()
    ]
    wrong = functools.reduce(operator.or_, late)
    return lambda plan: plan.world.engine.table(fact.key).filter(wrong).select(place=_[fact.key_columns[0]])


def moments_in_order(fact: type[Imported]) -> dict[str, Column]:
    """Columns with a moment that comes after another of the same row."""
    return {name: column for name, column in fact.carried().items() if column.follows or column.ends}


def _from_the_future(fact: type[Imported]) -> Callable[[Plan], ir.Table]:
    clock, key = moment_column(fact.clock), fact.key_columns[0]
    return lambda plan: plan.world.engine.table(fact.key).filter(_[clock] > _.received_at).select(place=_[key])


def _sums_differ(plan: Plan) -> ir.Table:
    lines = plan.world.engine.table("order_lines").group_by("order_id").aggregate(lines=_.amount_minor.sum())
    orders = plan.world.engine.table("orders")
    return orders.inner_join(lines, "order_id").filter(_.amount_minor != _.lines).select(place=_.order_id)


def _without(kind: str, other: str, column: str) -> Callable[[Plan], ir.Table]:
    """Rows of a kind whose `column` names nothing in the other kind."""

    def broken(plan: Plan) -> ir.Table:
        mine, theirs = plan.world.engine.table(kind), plan.world.engine.table(other)
        named = mine.filter(_[column].notnull())
        return named.anti_join(theirs, column).select(place=_[column]).distinct()

    return broken


def _returned_too_much(plan: Plan) -> ir.Table:
    keys = ("order_id", "line_id")
    back = plan.world.engine.table("returns").filter(_.line_id.notnull())
    back = back.group_by(*keys).aggregate(back=_.quantity.sum())
    sold = plan.world.engine.table("order_lines").select(*keys, "quantity")
    return sold.inner_join(back, keys).filter(_.back > _.quantity).select(place=_.order_id)


def _ledger_open(plan: Plan) -> ir.Table:
    """Months in which customers at the end are not those at the start, less the ended, plus the started."""
    spells, windows = plan["spells"], plan.windows
    rows = spells.inner_join(windows, [spells.started_at < windows.window_end])

    def here(moment: str) -> ir.BooleanValue:
        return (_.started_at < _[moment]) & (_.ended_at.isnull() | (_.ended_at >= _[moment]))

    counted = rows.group_by("window_start").aggregate(
        first=_.count(where=here("window_start")),
        last=_.count(where=here("window_end")),
        started=_.count(where=_.started_at >= _.window_start),
        ended=_.count(where=(_.ended_at >= _.window_start) & (_.ended_at < _.window_end)),
    )
    return counted.filter(_.last != _.first - _.ended + _.started).select(place=_.window_start)


def _overlapping(plan: Plan) -> ir.Table:
    """Customers with an e-mail address that another customer has at the same time."""
    customers = plan["customer_versions"].filter(_.email.notnull()).mutate(address=_.email.strip().lower())
    other = customers.select(other_id=_.customer_id, address=_.address, begins=_.valid_from, until=_.valid_until)
    both = customers.inner_join(other, [customers.address == other.address, customers.customer_id < other.other_id])
    together = both.filter(
        _.begins.coalesce(_.valid_from) < _.valid_until.coalesce(ibis.timestamp("9999-01-01", timezone="UTC")),
        _.valid_from < _.until.coalesce(ibis.timestamp("9999-01-01", timezone="UTC")),
    )
    return together.select(place=_.customer_id).distinct()


def all_checks() -> tuple[Check, ...]:
    """Every check, those on the numbers first."""
    again = "Correct the rows and import them again; the newer row replaces the older one."
    checks = [
        Check(
            "Customers at a month's end are those at its start, less the gone, plus the new and the returned",
            (),
            _ledger_open,
            "This is a fault in Stamm: please report it.",
        ),
        Check("The lines of an order add up to the order", ("orders", "order_lines"), _sums_differ, again),
        Check(
            "Every order has lines",
            ("orders", "order_lines"),
            _without("orders", "order_lines", "order_id"),
            "Import the missing lines; numbers by product leave these orders out.",
        ),
        Check(
            "Every line belongs to an order",
            ("orders", "order_lines"),
            _without("order_lines", "orders", "order_id"),
            "Import the missing orders; revenue counts orders, not lines.",
        ),
        Check(
            "Every return belongs to an order",
            ("orders", "returns"),
            _without("returns", "orders", "order_id"),
            "Import the missing orders; these returns lower the revenue of nothing that was sold.",
        ),
        Check("No more comes back than was sold", ("returns", "order_lines"), _returned_too_much, again),
        Check(
            "Everybody who ordered is a known customer",
            ("orders", "customers"),
            _without("orders", "customers", "customer_id"),
            "Import the missing customers; until then their attributes are unknown.",
        ),
        Check(
            "No two customers have the same e-mail address at one time",
            ("customers",),
            _overlapping,
            "If they are one person, import them under one customer_id.",
        ),
    ]
    for kind, fact in imported().items():
        if moments_in_order(fact):
            checks.append(
                Check("In {kind}, nothing comes before what it follows", (kind,), _disordered(fact), again, kind)
            )
        if not fact.planned:
            checks.append(Check("Nothing in {kind} lies in the future", (kind,), _from_the_future(fact), again, kind))
    checks += [
        Check("No two rows of {kind} have the same key", (kind,), _doubled(kind), again, kind) for kind in imported()
    ]
    return tuple(checks)
