"""How far the data reach and what of them is missing, source by source, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stamm.answers.arrivals import Gap, Source
from stamm.reports.wording import Words

#: gaps of a source that are told one by one, the newest first
MOST_GAPS = 3
#: days after which data that ended are old
OLD = 14


@dataclass(frozen=True)
class Fresh:
    """One source: what it brings, how far it reaches, and what is missing, if something is."""

    kind: str
    name: str
    reach: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Freshness:
    """A sentence on all sources, and a line each: those with something missing, and those without."""

    sentence: str
    lacking: tuple[Fresh, ...]
    whole: tuple[Fresh, ...]


def freshness_of(sources: Sequence[Source], words: Words, today: date) -> Freshness:
    """What came, in words; the sentence says plainly whether something is missing, and where all ended long ago."""
    told = [_fresh(source, words) for source in sources]
    lacking = [each for each in told if each.missing]
    say = words.language
    if not told:
        sentence = say("No source brings anything that happens on days.")
    elif not lacking and (today - (last := max(source.last for source in sources))).days > OLD:
        sentence = say("No source has a gap, but the newest data are of {day}: nothing came since.", day=say.day(last))
    elif not lacking:
        sentence = say.counted(
            len(told),
            "The one source has no gap, and is not late.",
            "None of the {count} sources has a gap, and none is late.",
        )
    else:
        sentence = say.counted(
            len(lacking),
            "Something is missing from one source; numbers of those days are too low.",
            "Something is missing from {count} sources; numbers of those days are too low.",
        )
    whole = [each for each in told if not each.missing]
    return Freshness(sentence, tuple(lacking), tuple(sorted(whole, key=lambda each: (each.kind, each.name))))


def _fresh(source: Source, words: Words) -> Fresh:
    say = words.language
    missing = [_gap(gap, words) for gap in reversed(source.gaps)]
    told = missing[:MOST_GAPS]
    if len(missing) > MOST_GAPS:
        told.append(say.counted(len(missing) - MOST_GAPS, "and one more gap", "and {count} more gaps"))
    if source.late is not None:
        usual = say.number(source.late.usual)
        told.insert(
            0, say("nothing since {day}, usually {rows} a day", day=say.short_day(source.late.first), rows=usual)
        )
    reach = say("{first} to {last}", first=say.short_day(source.first), last=say.short_day(source.last))
    return Fresh(words.kind_title(source.kind), source.name, reach, tuple(told))


def _gap(gap: Gap, words: Words) -> str:
    say, usual = words.language, words.language.number(gap.usual)
    if gap.first == gap.last:
        return say("nothing on {day}, usually {rows} a day", day=say.short_day(gap.first), rows=usual)
    first, last = say.short_day(gap.first), say.short_day(gap.last)
    return say("nothing from {first} to {last}, usually {rows} a day", first=first, last=last, rows=usual)
