"""The columns of a fact, filled by the rules of a mapping from the columns of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from operator import and_, mul, or_

import ibis
from ibis.common.deferred import Deferred

from stamm.engines.postgres.cells import BOUND, DECIMAL, Cells, Read
from stamm.engines.postgres.expressions import minor_units
from stamm.engines.postgres.steps import FACTOR, RULED, SCALED
from stamm.facts import imported
from stamm.facts.columns import Column
from stamm.facts.faults import NO_CURRENCY, NO_FLAG, NO_MINOR, NO_WHOLE, TOO_FINE, TOO_LARGE, none_of
from stamm.facts.mapping import Condition, FactMapping, Rule
from stamm.lang.money import exponent
from stamm.lang.window import day_start, zone_named

MINOR = "_minor"
YES, NO = ("true", "yes", "1", "t", "y"), ("false", "no", "0", "f", "n")
_TEXT, _WHOLE = "string", "int64"


class Filling:
    """Fills the columns of one fact from one table. Raises ProjectError for a rule that cannot be followed there.

    `currency` is that of money without a rule for it.
    """

    def __init__(self, mapping: FactMapping, cells: Cells, currency: str) -> None:
        self.mapping, self.cells = mapping, cells
        fact = imported()[mapping.fact]
        self.columns: dict[str, Column] = fact.carried() | {"received_at": fact.columns()["received_at"]}
        #: the fact's own column of each that the mapping names: `amount_minor` also where it says `amount`
        own = {name: name if name in self.columns else name + MINOR for name in mapping.columns}
        self.major = {own[name] for name in mapping.columns if own[name] != name}
        self.rules: dict[str, Rule] = {own[name]: rule for name, rule in mapping.columns.items()}
        self._told = {own[name]: ", ".join(rule.made_of) or name for name, rule in mapping.columns.items()}
        #: the currency where no rule says it
        self.assumed = None if "currency" in self.rules else currency
        #: minor units in a major one
        self._factor: int | Deferred = 10 ** exponent(currency)
        #: numbers that conditions ask for, by column: a row of which one cannot be told is not sound
        self.asked: dict[str, Read] = {}
        self.kept = self._holding(mapping.where)

    def told(self, name: str) -> str:
        """What a column of the fact is called in the table; its own name where nothing of the table fills it."""
        return self._told.get(name, name)

    def read(self) -> dict[str, Read]:
        """Each column in the type of the fact; where rows will be added up, real numbers as decimals."""
        found: dict[str, Read] = {}
        for name in sorted(self.rules, key=lambda name: name != "currency"):
            rule, column = self.rules[name], self.columns[name]
            if rule.row:
                raise self.cells.cannot(name, "rows of a table have no number, so name columns that tell them apart")
            if rule.through:
                raise self.cells.cannot(name, "`through` looks into files", "text")
            if column.type in {"whole", "real"}:
                found[name] = self._number(name, rule, column)
            elif column.type in {"moment", "day"}:
                found[name] = self._time(name, rule, column)
            elif column.type == "json":
                found[name] = self._object(name, rule)
            else:
                found[name] = self._word(name, rule, column)
        return {name: found[name] for name in self.columns if name in found}

    # -- words -----------------------------------------------------------------------
    def _word(self, name: str, rule: Rule, column: Column) -> Read:
        text, closed = self._text(rule), column.choices or column.type == "flag"
        word = self.cells.steps.name(RULED, text.upper() if name == "currency" else text.lower() if closed else text)
        given = word.notnull()
        if column.type == "flag":
            return Read(word.isin(YES), given, ((given & ~word.isin((*YES, *NO)), NO_FLAG),))
        if column.choices:
            return Read(word, given, ((given & ~word.isin(column.choices), none_of(column.choices)),))
        if name == "currency":
            self._factor = self.cells.steps.name(FACTOR, minor_units(word))
            return Read(word, given, ((given & self._factor.isnull(), NO_CURRENCY),))
        return Read(word, given)

    def _text(self, rule: Rule) -> Deferred:
        if rule.constant is not None:
            text = _literal(rule.constant, _TEXT)
        else:
            text, *others = (self.cells.text(name) for name in rule.columns)
            for other in others:
                text = text + rule.join + other
        if rule.words:
            words = ((text == word, _literal(new or None, _TEXT)) for word, new in rule.words.items())
            text = ibis.cases(*words, else_=text)
        if rule.where:
            text = self._holding(rule.where).ifelse(text, None)
        return text if rule.default is None else ibis.coalesce(text, rule.default)

    def _object(self, name: str, rule: Rule) -> Read:
        if len(rule.columns) != 1 or rule.words or rule.where or rule.default is not None:
            raise self.cells.cannot(name, "what a rule makes of texts may be no JSON", "jsonb")
        return self.cells.object(rule.columns[0], name)

    # -- moments and days ------------------------------------------------------------
    def _time(self, name: str, rule: Rule, column: Column) -> Read:
        def value_of(text: str) -> Deferred:
            return self._time_of(text, column)

        if rule.constant is not None:
            return self._completed(Read(value_of(rule.constant), _literal(True)), rule, value_of)
        if len(rule.columns) > 1:
            raise self.cells.cannot(name, "a moment cannot be put together from several columns", "timestamp")
        (one,) = rule.columns
        if column.type == "day":
            found = self.cells.day(one, name)
        else:
            found = self.cells.moment(one, rule.dates or self.mapping.writing.dates, name)
        return self._completed(self._worded(found, rule, value_of), rule, value_of)

    def _time_of(self, text: str, column: Column) -> Deferred:
        """A moment or a day as canonical files write it."""
        if column.type == "day":
            return _literal(date.fromisoformat(text), "date")
        if len(text) == len("2024-02-10"):
            return _moment(day_start(date.fromisoformat(text), self.cells.zone))
        moment = datetime.fromisoformat(text)
        return _moment(moment if moment.tzinfo else moment.replace(tzinfo=zone_named(self.cells.zone)))

    # -- numbers ---------------------------------------------------------------------
    def _number(self, name: str, rule: Rule, column: Column) -> Read:
        number = self._decimal(name, rule)
        value = self.cells.steps.name(RULED, -number.value if rule.negate else number.value)
        number = replace(number, value=value)
        if rule.product or rule.plus or rule.less:
            number = replace(number, faults=(*number.faults, (value.abs() >= BOUND, TOO_LARGE)))
        if name in self.major:
            return self._units(number, self._factor, TOO_FINE, rounded=rule.round)
        if column.type == "whole":
            return self._units(number, 1, NO_MINOR if column.money else NO_WHOLE, rounded=rule.round)
        return number if rule.take == "sum" else replace(number, value=value.cast("float64"))

    def _units(self, number: Read, factor: int | Deferred, too_fine: str, *, rounded: bool) -> Read:
        """Whole units, `factor` of them in one (null: none known); with `rounded`, halves go away from zero."""
        scaled = self.cells.steps.name(SCALED, number.value * factor)
        near = scaled.abs() <= BOUND
        whole = near.ifelse(scaled, ibis.null(DECIMAL)).round()
        faults = number.faults if rounded else (*number.faults, (whole != scaled, too_fine))
        return replace(number, value=whole.cast(_WHOLE), faults=(*faults, (~near, TOO_LARGE)))

    def _decimal(self, name: str, rule: Rule) -> Read:
        if rule.constant is not None:
            found = Read(_decimal_of(rule.constant), _literal(True))
        else:
            numbers = [self.cells.number(one, name) for one in (rule.product or rule.columns)]
            value, given = reduce(mul, (one.value for one in numbers)), reduce(and_, (one.given for one in numbers))
            faults = tuple(fault for one in numbers for fault in one.faults)
            found = self._worded(Read(value, given, faults), rule, _decimal_of)
        for names, sign in ((rule.plus, 1), (rule.less, -1)):
            for number in (self.cells.number(one, name) for one in names):
                value = found.value + number.value.coalesce(0) * sign
                found = replace(found, value=value, faults=(*found.faults, *number.faults))
        return self._completed(found, rule, _decimal_of)

    # -- the same for all types ------------------------------------------------------
    def _worded(self, found: Read, rule: Rule, value_of: Callable[[str], Deferred]) -> Read:
        """With other values for some words."""
        if not rule.words:
            return found
        text = self.cells.text(rule.columns[0])
        values = [(text == word, value_of(new)) for word, new in rule.words.items() if new]
        nothing = [word for word, new in rule.words.items() if not new]
        other = text.notin(list(rule.words))
        return replace(
            found,
            value=ibis.cases(*values, (other, found.value)),
            given=found.given & text.notin(nothing) if nothing else found.given,
            faults=tuple((rows & other, reason) for rows, reason in found.faults),
        )

    def _completed(self, found: Read, rule: Rule, value_of: Callable[[str], Deferred]) -> Read:
        """Only where the rule holds, and with its default elsewhere and for cells with nothing in them."""
        if rule.where:
            holds = self._holding(rule.where)
            faults = tuple((rows & holds, reason) for rows, reason in found.faults)
            found = replace(found, value=holds.ifelse(found.value, None), given=found.given & holds, faults=faults)
        if rule.default is not None:
            value = found.given.ifelse(found.value, value_of(rule.default))
            found = replace(found, value=value, given=_literal(True))
        return found

    def _holding(self, conditions: tuple[Condition, ...]) -> Deferred:
        """Whether all conditions hold or cannot be told."""
        held = [_literal(True)]
        for one in conditions:
            if one.test in {"above", "below"}:
                self.asked[one.column] = number = self.cells.number(one.column, one.test)
                limit = _decimal_of(one.values[0])
                holds = (number.value > limit if one.test == "above" else number.value < limit).fill_null(False)
                held.append((~holds if one.negated else holds) | number.faulty)
            else:
                holds = _holds(one, self.cells.text(one.column)).fill_null(False)
                held.append(~holds if one.negated else holds)
        return reduce(and_, held)


def _holds(one: Condition, text: Deferred) -> Deferred:
    if one.test == "empty":
        return text.isnull()
    if one.test == "is":
        return text.isin(one.values)
    return reduce(
        or_, (text.startswith(value) if one.test == "begins" else text.contains(value) for value in one.values)
    )


# -- values --------------------------------------------------------------------------------------------------
def _literal(value: object, type_: str | None = None) -> Deferred:
    return ibis.literal(value, type_)


def _moment(moment: datetime) -> Deferred:
    return ibis.timestamp(moment.astimezone(UTC).replace(tzinfo=None), timezone="UTC")


def _decimal_of(text: str) -> Deferred:
    return ibis.literal(Decimal(text), DECIMAL)
