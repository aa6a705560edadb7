"""Reducing: one query a fact and scope, for all parts, windows and groups."""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.answer import Cells
from stamm.answers.plan import Plan
from stamm.facts import FACTS, Derived, imported
from stamm.facts.kind import Imported, Reduction, Scope
from stamm.lang.errors import CurrencyError, ScaleError
from stamm.lang.reasons import CANCELLED_ORDERS, CUSTOMERLESS_FACTS, CUSTOMERLESS_ORDERS

_ = ibis._


def reduce_parts(plan: Plan, reductions: Mapping[str, Reduction]) -> dict[str, Cells]:
    """Values of each part by (window number, group); cells without rows are missing."""
    queries: dict[tuple[str, Scope], dict[str, Reduction]] = {}
    for name, asked in reductions.items():
        reduction = cheapest(plan, asked)
        scope = Scope("") if FACTS[reduction.fact].per_window else reduction.scope
        queries.setdefault((reduction.fact, scope), {})[name] = reduction
    cells: dict[str, Cells] = {name: {} for name in reductions}
    for (fact, scope), wanted in queries.items():
        for some in _at_once(wanted, plan.world.engine.most_distinct):
            _run(plan, fact, scope, some, cells)
    return cells


def _at_once(wanted: Mapping[str, Reduction], most_distinct: int | None) -> list[Mapping[str, Reduction]]:
    """What is asked in one query: everything, or apart from the rest so many distinct counts."""
    distinct = [name for name, reduction in wanted.items() if reduction.how == "distinct"]
    if most_distinct is None or len(distinct) <= most_distinct:
        return [wanted]
    rest = [name for name in wanted if name not in distinct]
    groups = [rest, *(distinct[at : at + most_distinct] for at in range(0, len(distinct), most_distinct))]
    return [{name: wanted[name] for name in names} for names in groups if names]


def cheapest(plan: Plan, reduction: Reduction) -> Reduction:
    """The reduction itself, or an equal one of a smaller fact: one that is kept, or the same rows narrower.

    Windows are whole local days, and a smaller fact knows the days apart; what it does not know apart is any
    attribute, so what is split or filtered is answered by the fact that was asked.
    """
    if plan.by is not None or plan.where or plan.members is not None:
        return reduction
    for fact, smaller in _smaller().get(reduction.identity, ()):
        if plan.keeps(fact):
            return smaller
    narrow = next((fact for fact in _narrower().get(reduction.fact, ()) if _tells(fact, reduction)), None)
    return reduction if narrow is None else replace(reduction, fact=narrow.key)


@functools.cache
def _narrower() -> dict[str, list[type[Derived]]]:
    """Facts with fewer columns by the fact whose rows they hold."""
    found: dict[str, list[type[Derived]]] = {}
    for fact in FACTS:
        if issubclass(fact, Derived) and fact.narrows:
            found.setdefault(fact.narrows, []).append(fact)
    return found


def _tells(fact: type[Derived], reduction: Reduction) -> bool:
    """Whether a fact has all columns that a reduction asks of."""
    columns = {name: column.arrow for name, column in fact.columns().items()}
    asked = [each for each in (reduction.column, reduction.where) if each is not None]
    try:
        ibis.table(ibis.Schema.from_pyarrow(pa.schema(columns))).bind(*asked)
    except AttributeError:
        return False
    return reduction.scope.clock in columns


@functools.cache
def _smaller() -> dict[str, list[tuple[str, Reduction]]]:
    """Facts and their reductions by the identity of the larger fact's reduction that they stand for."""
    found: dict[str, list[tuple[str, Reduction]]] = {}
    for fact in FACTS:
        if issubclass(fact, Derived):
            for larger, smaller in fact.stands_for():
                found.setdefault(larger.identity, []).append((fact.key, smaller))
    return found


def _run(plan: Plan, fact: str, scope: Scope, wanted: Mapping[str, Reduction], cells: dict[str, Cells]) -> None:
    table = plan.bound(fact, scope)
    for reduction in wanted.values():
        if reduction.scores:
            _refuse_several_scales(plan, fact, table, reduction)
    names = {name: f"part_{number}" for number, name in enumerate(wanted)}
    measures = {names[name]: _measure(reduction) for name, reduction in wanted.items()}
    money = {name: reduction for name, reduction in wanted.items() if reduction.money}
    for name, reduction in money.items():
        where = _.foreign if reduction.where is None else _.foreign & reduction.where
        measures[f"foreign_{names[name]}"] = _.count(where=where)
    rows = _counted(plan, table, wanted.values())
    result = plan.world.engine.run(rows.group_by("window_number", "group_value").aggregate(**measures))
    for row in result.to_pylist():
        if any(row[f"foreign_{names[name]}"] for name in money):
            raise _mixed(plan, fact, scope, table, tuple(money.values()))
        for name, reduction in wanted.items():
            value = row[names[name]]
            cells[name][row["window_number"], row["group_value"]] = reduction.empty if value is None else value


def _counted(plan: Plan, table: ir.Table, wanted: Collection[Reduction]) -> ir.Table:
    """The rows that any of the parts counts; a split keeps all of them, since they tell which groups there are."""
    wheres = [reduction.where for reduction in wanted if reduction.where is not None]
    if plan.by is not None or len(wheres) < len(wanted):
        return table
    return table.filter(functools.reduce(operator.or_, wheres))


def _measure(reduction: Reduction) -> object:
    if reduction.how == "count":
        return _.count(where=reduction.where)
    column = reduction.column
    assert column is not None  # only a count goes without a column
    if reduction.how == "sum":
        return column.sum(where=reduction.where)
    if reduction.how == "distinct":
        return column.nunique(where=reduction.where)
    if reduction.how == "median":
        return column.median(where=reduction.where)
    return column.max(where=reduction.where)


def _mixed(plan: Plan, fact: str, scope: Scope, table: ir.Table, money: Sequence[Reduction]) -> CurrencyError:
    """The refusal of these sums of money."""
    wheres = [reduction.where for reduction in money]
    if issubclass(FACTS[fact], Derived) and not FACTS[fact].per_window:
        # no key tells its rows apart, so none may stand beside two windows
        table = plan[fact] if scope.so_far else plan.seen(fact)
    if all(where is not None for where in wheres):
        table = table.filter(functools.reduce(operator.or_, wheres))
    return other_currencies(plan, fact, table)


def other_currencies(plan: Plan, fact: str, table: ir.Table) -> CurrencyError:
    """The refusal, naming each other currency and how many rows hold it (a row that several windows see, once).

    Of sums that tell no currency any more, those of the fact that they are made from.
    """
    teller = _telling_currency(plan, fact)
    rows = (table if teller == fact else plan[teller]).filter(_.foreign)
    if issubclass(kind := FACTS[teller], Imported):
        rows = rows.select("currency", *kind.key_columns).distinct()
    counted = plan.world.engine.run(rows.group_by("currency").aggregate(rows=_.count())).to_pylist()
    listed = ", ".join(sorted(f"{row['currency']}: {row['rows']}" for row in counted))
    return CurrencyError(
        f"{FACTS[teller].en} hold money that cannot be added to {plan.world.organisation.currency} "
        f"(rows by currency: {listed}).",
        where="currency",
        remedy="Put dated rates into rates.csv (currency,day,rate), "
        "or set `currency` in stamm.toml to the one you report in.",
    )


def _telling_currency(plan: Plan, fact: str) -> str:
    """The nearest fact with a currency, of a fact and those that it is made from."""
    waiting = [fact]
    while "currency" not in FACTS[waiting[0]].columns():
        made = FACTS[waiting.pop(0)]
        waiting += made.needs(plan.rules) if issubclass(made, Derived) else ()
    return waiting[0]


def _refuse_several_scales(plan: Plan, fact: str, table: ir.Table, reduction: Reduction) -> None:
    """Raise ScaleError where the scores to be added are on more than one scale, naming each and how many are on it."""
    rows = table if reduction.where is None else table.filter(reduction.where)
    rows = rows.select("scale_min", "scale_max", *imported()[fact].key_columns).distinct()
    found = plan.world.engine.run(rows.group_by("scale_min", "scale_max").aggregate(rows=_.count())).to_pylist()
    if len(found) < 2:
        return
    listed = sorted(f"{_end(row['scale_min'])}-{_end(row['scale_max'])}: {row['rows']}" for row in found)
    raise ScaleError(
        f"{FACTS[fact].en} hold scores on scales that cannot be averaged together "
        f"(rows by scale: {', '.join(listed)}).",
        where="scale_min, scale_max",
        remedy="Name the scale you mean, such as --param scale_from=1 --param scale_to=5.",
    )


def _end(point: float | None) -> str:
    return "?" if point is None else f"{point:g}"


def left_out(plan: Plan) -> dict[str, int]:
    """Orders passed over in the plan's windows: those without a customer, and cancelled ones."""
    counts = plan.seen("orders").aggregate(
        customerless=_.count(where=_.customer_id.isnull() & _.cancelled_at.isnull()),
        cancelled=_.count(where=_.cancelled_at.notnull()),
    )
    (row,) = plan.world.engine.run(counts).to_pylist()
    found = {CUSTOMERLESS_ORDERS: row["customerless"], CANCELLED_ORDERS: row["cancelled"]}
    if plan.members is not None:  # a cancelled one is one of the segment's, or is not asked about
        theirs = plan.bound("orders", Scope("ordered_at")).filter(_.cancelled_at.notnull())
        (row,) = plan.world.engine.run(theirs.aggregate(cancelled=_.order_id.nunique())).to_pylist()
        found[CANCELLED_ORDERS] = row["cancelled"]
    return {what: number for what, number in found.items() if number}


def without_customer(plan: Plan, reductions: Collection[Reduction]) -> dict[str, int]:
    """What a segment passes over in the plan's windows: rows that would count, and nobody can be told of.

    A row that several parts count is passed over once. Orders are counted apart.
    """
    wanted: dict[str, dict[Scope, list[Reduction]]] = {}
    for each in reductions:
        fact = FACTS[each.fact]
        if not fact.per_window and each.fact != "orders" and "customer_id" in fact.columns():
            wanted.setdefault(each.fact, {}).setdefault(each.scope, []).append(each)
    total = 0
    for key, scopes in wanted.items():
        found = [
            _counted(plan, plan.seen(key, scope), parts).filter(_.customer_id.isnull())
            for scope, parts in scopes.items()
        ]
        if len(found) > 1 and issubclass(kind := FACTS[key], Imported):
            found = [ibis.union(*(rows.select(*kind.key_columns) for rows in found), distinct=True)]
        for rows in found:
            total += plan.world.engine.run(rows.aggregate(nobodys=_.count()))["nobodys"][0].as_py()
    return {CUSTOMERLESS_FACTS: total} if total else {}
