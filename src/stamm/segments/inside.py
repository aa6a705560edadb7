"""From rules to one expression: everybody there was at the start of a day, and whom each rule is so of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from stamm.segments.kind import Operator
from stamm.segments.rule import Is, Not, Rule, operators_in
from stamm.segments.then import Then

_ = ibis._


def inside(then: Then, rules: Mapping[str, Rule]) -> ir.Table:
    """One row a customer: `customer_id`, and for each rule a yes or no under its name.

    Whatever operators of all rules are told by the same rows is one pass over these.
    """
    tests = {test: f"test_{number}" for number, test in enumerate(_tests(rules.values()))}
    people = then.everybody().select(who=_.customer_id)
    for number, (rows, measures, holds) in enumerate(_passes(then, tests)):
        whose = f"whose_{number}"
        measured = rows.filter(_.customer_id.notnull()).group_by(**{whose: _.customer_id}).aggregate(**measures)
        people = people.left_join(measured, people.who == measured[whose])
        people = people.mutate(**{name: so.resolve(people[name]).coalesce(False) for name, so in holds.items()})
        people = people.drop(whose)
    return people.select(customer_id=_.who, **{name: _so(rule, tests, people) for name, rule in rules.items()})


def _tests(rules: Any) -> Sequence[Is]:
    return tuple(dict.fromkeys(Is(operator) for rule in rules for operator in operators_in(rule)))


def _passes(then: Then, tests: Mapping[Is, str]) -> Iterator[tuple[ir.Table, dict[str, Any], dict[str, Any]]]:
    """Rows, the measures to take of them, and when each test holds by its measure."""
    rows: dict[str, ir.Table] = {}
    measures: dict[str, dict[str, Any]] = {}
    holds: dict[str, dict[str, Any]] = {}
    for test, name in tests.items():
        shared, table, measure, so = test.operator.column(then)
        rows.setdefault(shared, table)
        measures.setdefault(shared, {})[name] = measure
        holds.setdefault(shared, {})[name] = so
    for shared, table in rows.items():
        yield table, measures[shared], holds[shared]


def _so(rule: Rule, tests: Mapping[Is, str], people: ir.Table) -> Any:
    if isinstance(rule, Is):
        return people[tests[rule]]
    if isinstance(rule, Not):
        return ~_so(rule.rule, tests, people)
    return reduce(and_ if rule.how == "all" else or_, (_so(each, tests, people) for each in rule.rules))


def facts_of(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of the facts that tell of a rule: those that say how far it is known, and those beside them."""
    operators: list[Operator] = list(operators_in(rule))
    return (
        tuple(sorted({key for each in operators for key in each.facts})),
        tuple(sorted({key for each in operators for key in each.beside})),
    )
