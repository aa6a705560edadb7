"""Rules: operators joined by and, or and not, as nested as one likes; from JSON and back.

{"all": [{"ordered": {"times": 2, "days": 90}}, {"not": {"has_attribute": {"field": "country", "values": ["DE"]}}}]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stamm.lang.errors import UsageError
from stamm.segments import OPERATORS
from stamm.segments.kind import Operator

How = Literal["all", "any"]
#: rules within rules, operators in one rule, and letters of a rule
DEEPEST, MOST, LONGEST = 12, 60, 20_000


@dataclass(frozen=True)
class Is:
    """One operator with its settings."""

    operator: Operator

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Is) and self.written() == other.written()

    def __hash__(self) -> int:
        return hash(json.dumps(self.written(), sort_keys=True))

    def written(self) -> dict[str, Any]:
        """As JSON, with all of its settings."""
        cells = {name: list(v) if isinstance(v, tuple) else v for name, v in self.operator.settings.items()}
        return {self.operator.key: cells}


@dataclass(frozen=True)
class Not:
    """Whoever the rule is not so of."""

    rule: Rule

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {"not": self.rule.written()}


@dataclass(frozen=True)
class Join:
    """Rules that all hold, or of which any does."""

    how: How
    rules: tuple[Rule, ...]

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {self.how: [rule.written() for rule in self.rules]}


Rule = Is | Not | Join


def operators_in(rule: Rule) -> Iterator[Operator]:
    """All operators of a rule, from left to right."""
    if isinstance(rule, Is):
        yield rule.operator
    else:
        for each in (rule.rule,) if isinstance(rule, Not) else rule.rules:
            yield from operators_in(each)


def joined(how: How, rules: tuple[Rule, ...]) -> Rule:
    """Rules joined, those joined in the same way within them taken apart; one alone is itself."""
    flat: list[Rule] = []
    for rule in rules:
        flat.extend(rule.rules if isinstance(rule, Join) and rule.how == how else (rule,))
    return flat[0] if len(flat) == 1 else Join(how, tuple(flat))


def replaced(rule: Rule, replace: Callable[[Operator], Rule | None]) -> Rule:
    """The rule with what `replace` gives in the place of an operator, where it gives anything."""
    if isinstance(rule, Is):
        return replace(rule.operator) or rule
    if isinstance(rule, Not):
        return Not(replaced(rule.rule, replace))
    return joined(rule.how, tuple(replaced(each, replace) for each in rule.rules))


# -- reading -------------------------------------------------------------------------------------------------
def rule_of(written: object) -> Rule:
    """A rule from JSON, as text or already read.

    Raises UsageError that names the place, such as `rule.all[1].ordered`, and what to write there instead.
    """
    if isinstance(written, str):
        if len(written) > LONGEST:
            raise UsageError(f"A rule has at most {LONGEST:,} letters, not {len(written):,}.", where="rule")
        try:
            written = json.loads(written)
        except (ValueError, RecursionError) as error:
            raise UsageError(
                "This rule is no JSON.", where="rule", remedy='Write it like {"ordered": {"times": 2, "days": 90}}.'
            ) from error
    return checked(_read(written, "rule", DEEPEST))


def checked(rule: Rule) -> Rule:
    """The rule, if it is not too large to be read by anybody; raises UsageError."""
    if (count := sum(1 for _ in operators_in(rule))) > MOST:
        raise UsageError(
            f"A rule has at most {MOST} conditions, not {count}.",
            remedy="Save a part of it as a segment of its own, and name that.",
        )
    return rule


def _read(written: object, place: str, deepest: int) -> Rule:
    if not isinstance(written, Mapping) or len(written) != 1:
        raise UsageError(
            "Here should stand one of all, any, not, or an operator.",
            where=place,
            remedy='Write it like {"ordered": {"times": 2, "days": 90}}.',
        )
    if not deepest:
        raise UsageError(
            f"Rules stand in one another {DEEPEST} deep at most.",
            where=place,
            remedy="Save a part of it as a segment of its own, and name that.",
        )
    ((key, inside),) = written.items()
    below = f"{place}.{key}"
    if key == "not":
        return Not(_read(inside, below, deepest - 1))
    if key in ("all", "any"):
        if not isinstance(inside, list) or not inside:
            raise UsageError("Here should stand a list of rules.", where=below, remedy="Write one or more in [ ].")
        return joined(key, tuple(_read(each, f"{below}[{n}]", deepest - 1) for n, each in enumerate(inside)))
    return Is(_operator(key, inside, below))


def _operator(key: object, settings: object, place: str) -> Operator:
    if not isinstance(settings, Mapping):
        raise UsageError(
            "Here should stand the settings of the operator.", where=place, remedy="Write { } for those it has."
        )
    try:
        return OPERATORS[str(key)](**{str(name): value for name, value in settings.items()})
    except UsageError as error:
        raise UsageError(error.what, where=place, remedy=error.remedy) from error
