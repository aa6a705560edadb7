"""Segments within segments: each named one takes the place of its name, and none holds itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from stamm.lang.errors import UsageError
from stamm.segments.operators.in_segment import InSegment
from stamm.segments.ready import READY
from stamm.segments.rule import Rule, checked, operators_in, replaced

#: saved segments by their keys
Saved = Mapping[str, Rule]
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def key_of(name: str) -> str:
    """The key of a name: Slipping regulars -> slipping_regulars; that of a key is itself."""
    return re.sub(r"\W+", "_", name.casefold().translate(_SPELLED)).strip("_")


def named(name: str, saved: Saved) -> Rule:
    """The rule of a saved segment by its key or the name it has that from, or of a ready one by its key.

    Raises UsageError where there is none.
    """
    if (key := key_of(name)) in saved:
        return saved[key]
    if key in READY:
        return READY[key].rule
    raise UsageError(f"There is no segment named {name!r}.", remedy="`stamm segment` lists all there are.")


def resolved(rule: Rule, saved: Saved, of: str = "") -> Rule:
    """The rule with the rules of all segments that it names, itself the one with the key `of`.

    Raises UsageError for one that would hold itself.
    """
    return checked(_resolved(rule, saved, (of,) if of else ()))


def _resolved(rule: Rule, saved: Saved, within: tuple[str, ...]) -> Rule:
    def replace(operator: object) -> Rule | None:
        if not isinstance(operator, InSegment):
            return None
        name = operator.name
        if (key := key_of(name)) in within:
            raise UsageError(f"The segment {name!r} would be a part of itself.", remedy="Take it out of its own rule.")
        return _resolved(named(name, saved), saved, (*within, key))

    return replaced(rule, replace)


def names_in(rule: Rule) -> Iterator[str]:
    """The segments that a rule names itself."""
    return (operator.name for operator in operators_in(rule) if isinstance(operator, InSegment))
