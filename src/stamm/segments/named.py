"""Segments within segments: each named one takes the place of its name, and none holds itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stamm.lang.errors import UsageError
from stamm.segments.operators.in_segment import InSegment
from stamm.segments.ready import READY
from stamm.segments.rule import Rule, checked, operators_in, replaced

#: saved segments by name
Saved = Mapping[str, Rule]


def named(name: str, saved: Saved) -> Rule:
    """The rule of a saved segment, or of a ready one by its key; raises UsageError where there is none."""
    for key, rule in saved.items():
        if key.casefold() == name.casefold():
            return rule
    if name in READY:
        return READY[name].rule
    raise UsageError(f"There is no segment named {name!r}.", remedy="`stamm segment` lists all there are.")


def resolved(rule: Rule, saved: Saved) -> Rule:
    """The rule with the rules of all segments that it names; raises UsageError for one that would hold itself."""
    return checked(_resolved(rule, saved, ()))


def _resolved(rule: Rule, saved: Saved, within: tuple[str, ...]) -> Rule:
    def replace(operator: object) -> Rule | None:
        if not isinstance(operator, InSegment):
            return None
        name = operator.name
        if name.casefold() in within:
            raise UsageError(f"The segment {name!r} would be a part of itself.", remedy="Take it out of its own rule.")
        return _resolved(named(name, saved), saved, (*within, name.casefold()))

    return replaced(rule, replace)


def names_in(rule: Rule) -> Iterator[str]:
    """The segments that a rule names itself."""
    return (operator.name for operator in operators_in(rule) if isinstance(operator, InSegment))
