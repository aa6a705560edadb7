"""Which local days are different between two sets of files of one month."""

# ruff: noqa: S608 - names in statements come from the schemas of fact kinds, values are escaped by `literal`

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from stamm.facts import imported
from stamm.store.kept.files import Before, Part
from stamm.store.layout import Layout, quoted
from stamm.store.relations import connect, listed, scan


def touched_days(root: Path, before: Before, after: Part) -> set[date] | None:
    """The days whose facts are not the same in both; None where a file of before is gone, so that nobody can tell.

    Files of a lake never change: what both name is the same. Rows that were only moved to another file are found
    again there, and touch nothing.
    """
    days: set[date] = set()
    with tempfile.TemporaryDirectory() as spill:
        connection = connect(Path(spill))
        try:
            for kind, names in after.inputs.items():
                old, new = set(before.inputs.get(kind, ())), set(names)
                gone, come = ([root / kind / name for name in sorted(each)] for each in (old - new, new - old))
                if not all(path.is_file() for path in gone):
                    return None
                if gone or come:
                    query = _different(Layout(imported()[kind]), gone, come)
                    days |= {day for (day,) in connection.execute(query).fetchall()}
        finally:
            connection.close()
    return days


def _different(layout: Layout, gone: Sequence[Path], come: Sequence[Path]) -> str:
    """Days on which the rows of some files do not add up to those of others, as told by a sum of their digests."""
    day = quoted(layout.first_day)
    if not gone:
        return f"SELECT DISTINCT {day} FROM {scan(come, layout.telling)}"
    columns = listed(layout.telling.names)
    digests = " UNION ALL ".join(
        f"SELECT {day} AS day, {sign} AS sign, "
        f"hash({columns})::HUGEINT AS digest, hash('second', {columns})::HUGEINT AS other "
        f"FROM {scan(paths, layout.telling)}"
        for sign, paths in ((-1, gone), (1, come))
    )
    return (
        f"SELECT day FROM ({digests}) GROUP BY day "
        "HAVING sum(sign) <> 0 OR sum(sign * digest) <> 0 OR sum(sign * other) <> 0"
    )
