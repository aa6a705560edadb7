"""A fact in the making: rules for its columns, each with its reason, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass, field

from stamm.facts import imported
from stamm.facts.mapping import Condition, FactMapping, Rule, Writing
from stamm.sources.guessing.reason import Reason

MINOR = "_minor"


@dataclass
class Draft:
    """What a file's rows become: one fact kind. Reasons stand under the names of columns, `each` and `where`."""

    fact: str
    each: tuple[str, ...] = ()
    where: list[tuple[Condition, Reason]] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)
    #: columns that are needed and were not found, and what would do
    missing: dict[str, Reason] = field(default_factory=dict)
    #: what else there is to say of it
    about: list[Reason] = field(default_factory=list)

    def put(self, column: str, rule: Rule | None, reason: Reason | None = None) -> None:
        """Fill a column, where there is something to fill it with."""
        if rule is not None:
            self.rules[column] = rule
            if reason is not None:
                self.reasons[column] = reason

    def only(self, condition: Condition, reason: Reason) -> None:
        """Leave out the rows for which this does not hold."""
        self.where.append((condition, reason))

    def lacks(self) -> list[str]:
        """Columns that every row of the fact needs and nothing fills."""
        filled = {*self.rules, *(name + MINOR for name in self.rules)}
        fact = imported()[self.fact]
        lacking = [name for name, column in fact.carried().items() if column.required and name not in filled]
        one_of: tuple[str, ...] = getattr(fact, "one_of", ())
        return lacking + ([one_of[0]] if one_of and not filled.intersection(one_of) else [])

    def mapping(self, writing: Writing, origin: str = "") -> FactMapping:
        """The same as it stands in stamm.toml."""
        conditions = tuple(condition for condition, _ in self.where)
        order = list(imported()[self.fact].carried())
        names = sorted(self.rules, key=lambda name: order.index(name if name in order else name + MINOR))
        rules = {name: self.rules[name] for name in names}
        return FactMapping(self.fact, rules, conditions, self.each, origin, writing)
