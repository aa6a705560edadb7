"""Which local days, or which customers, are different between two sets of files."""

# ruff: noqa: S608 - names in statements come from the schemas of fact kinds, values are escaped by `literal`

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from stamm.facts import imported
from stamm.store.kept.files import Before, Part
from stamm.store.layout import Layout, quoted
from stamm.store.relations import connect, listed, scan

CUSTOMER = "customer_id"


def touched_days(root: Path, before: Before, after: Part) -> set[date] | None:
    """The days whose facts are not the same in both; None where a file of before is gone, so that nobody can tell."""
    return _touched(root, before, after, None)


def touched_customers(root: Path, before: Before, after: Part) -> set[str] | None:
    """The customers whose facts are not the same in both; None where a file of before is gone."""
    return _touched(root, before, after, CUSTOMER)


def _touched(root: Path, before: Before, after: Part, column: str | None) -> set[Any] | None:
    """What stands in a column, or the first local day, of rows that are not the same in both.

    Files of a lake never change: what both name is the same. Rows that were only moved to another file are found
    again there, and touch nothing.
    """
    found: set[Any] = set()
    with tempfile.TemporaryDirectory() as spill:
        connection = connect(Path(spill))
        try:
            for kind, names in after.inputs.items():
                old, new = set(before.inputs.get(kind, ())), set(names)
                gone, come = ([root / kind / name for name in sorted(each)] for each in (old - new, new - old))
                if not all(path.is_file() for path in gone):
                    return None
                if gone or come:
                    layout = Layout(imported()[kind])
                    query = _different(layout, quoted(column or layout.first_day), gone, come)
                    found |= {each for (each,) in connection.execute(query).fetchall() if each is not None}
        finally:
            connection.close()
    return found


def _different(layout: Layout, key: str, gone: Sequence[Path], come: Sequence[Path]) -> str:
    """Keys of which the rows of some files do not add up to those of others, as told by a sum of their digests."""
    if not gone:
        return f"SELECT DISTINCT {key} FROM {scan(come, layout.telling)}"
    columns = listed(layout.telling.names)
    digests = " UNION ALL ".join(
        f"SELECT {key} AS key, {sign} AS sign, "
        f"hash({columns})::HUGEINT AS digest, hash('second', {columns})::HUGEINT AS other "
        f"FROM {scan(paths, layout.telling)}"
        for sign, paths in ((-1, gone), (1, come))
    )
    return (
        f"SELECT key FROM ({digests}) GROUP BY key "
        "HAVING sum(sign) <> 0 OR sum(sign * digest) <> 0 OR sum(sign * other) <> 0"
    )
