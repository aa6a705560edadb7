"""Names of columns made distinct: a mapping that names one must not be able to mean another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stamm.sources.kind import listed

#: columns that can be handled; a workbook has at most so many
MOST = 16_384
#: so many names are told, the rest is counted
_TOLD = 5


def told_apart(heading: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Distinct names without surrounding white space, and a sentence for each kind of change.

    Of `a, b, a` neither `a` keeps its name: they become `a (1)` and `a (2)`. A nameless one is called after its place.
    """
    plain = [name.strip() for name in heading]
    counts = Counter(plain)
    taken = {name for name, count in counts.items() if name and count == 1}
    seen: Counter[str] = Counter()
    names: list[str] = []
    for place, name in enumerate(plain, start=1):
        if name and counts[name] == 1:
            names.append(name)
            continue
        seen[name] += 1
        fresh = f"{name} ({seen[name]})" if name else f"column {place}"
        while fresh in taken:
            fresh += "'"
        taken.add(fresh)
        names.append(fresh)
    return tuple(names), tuple(_told(plain, names, counts))


def _told(plain: Sequence[str], names: Sequence[str], counts: Counter[str]) -> list[str]:
    told = []
    nameless = [fresh for name, fresh in zip(plain, names, strict=True) if not name]
    if nameless:
        told.append(f"without a name, called by their place here: {listed(nameless, _TOLD)}")
    doubled = [fresh for name, fresh in zip(plain, names, strict=True) if name and counts[name] > 1]
    if doubled:
        told.append(f"named alike in the heading, numbered here: {listed(doubled, _TOLD)}")
    return told
