"""What a segment shares with others in words: how many are in both, which part of each, and of both together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from stamm.answers.segments import Overlap, Segments
from stamm.charts.bar import bar
from stamm.lang.formula import share
from stamm.lang.language import Language
from stamm.reports.exact import of_segment
from stamm.reports.marked import filled
from stamm.reports.segments import counted
from stamm.reports.trends import picture
from stamm.segments.operators.in_segment import InSegment
from stamm.segments.rule import Is, Rule, joined
from stamm.segments.sentence import written
from stamm.segments.speech import Speech


@dataclass(frozen=True)
class Shared:
    """Another segment with which some are shared; `both` is the rule of whoever is in both."""

    key: str
    title: str
    both: str
    in_other: str
    in_both: str
    of_this: str
    of_other: str
    jaccard: str
    drawn: Markup


@dataclass(frozen=True)
class OverlapsShown:
    """All segments beside one when a day began: those that share most first, with none, and of which none is known."""

    told: str
    on: date
    rows: tuple[Shared, ...]
    apart: tuple[tuple[str, str], ...]
    unknown: tuple[tuple[str, str], ...]


def overlaps_shown(
    asked: Segments, key: str, rules: Mapping[str, Rule], titles: Mapping[str, str], on: date | None, say: Language
) -> OverlapsShown:
    """The segment of a key beside all others; raises UsageError for a day of which it is not known."""
    day = asked.day(on, rules[key])
    found = asked.overlaps_of(key, rules, day)
    known = {each.other for each in found}
    size = asked.size(rules[key], day)
    speech = Speech(say.code, asked.world.organisation.currency)
    rows = sorted((each for each in found if each.in_both), key=lambda each: (-each.in_both, titles[each.other]))

    def named(others: Callable[[str], bool]) -> tuple[tuple[str, str], ...]:
        return tuple((other, titles[other]) for other in rules if other != key and others(other))

    shared = {each.other for each in rows}
    return OverlapsShown(
        told=filled(say("{count} customers at the start of {day}"), count=counted(key, size, say)[0], day=say.day(day)),
        on=day,
        rows=tuple(_shared(each, titles[each.other], day, speech, say) for each in rows),
        apart=named(lambda other: other in known - shared),
        unknown=named(lambda other: other not in known),
    )


def _shared(found: Overlap, title: str, day: date, speech: Speech, say: Language) -> Shared:
    both = joined("all", (Is(InSegment(name=found.one)), Is(InSegment(name=found.other))))
    parts = {
        "share_of_this": share(found.in_both, found.in_one),
        "share_of_other": share(found.in_both, found.in_other),
        "jaccard": found.jaccard,
    }

    def marked(column: str, number: float | None, text: str) -> str:
        return of_segment(f"{found.one} {found.other}", column, day, number, text)

    of_this, of_other, jaccard = (marked(column, part, say.value(part, "share")) for column, part in parts.items())
    return Shared(
        key=found.other,
        title=title,
        both=written(both, speech),
        in_other=marked("in_other", found.in_other, say.number(found.in_other)),
        in_both=marked("in_both", found.in_both, say.number(found.in_both)),
        of_this=of_this,
        of_other=of_other,
        jaccard=jaccard,
        drawn=picture(bar(parts["share_of_this"] or 0.0, 0.0, 1.0, "calm", str(of_this))),
    )
