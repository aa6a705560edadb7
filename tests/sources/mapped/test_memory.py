"""Memory does not grow with the file: orders, lines and returns out of invoice lines that lie far apart."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pytest

ROOT = Path(__file__).parents[3]
LINES = 100_000
PROGRAM = """
import sys, tomllib
from pathlib import Path
from tests.memory import peak_mb
from stamm.lang.organisation import Organisation
from stamm.sources.mapped import FileMapping, Mapped

file = Path(sys.argv[1])
mapping = FileMapping.parse("till", tomllib.loads(sys.argv[2]), file="stamm.toml")
rows = {fact.fact: 0 for fact in mapping.facts}
for chunk in Mapped(mapping, file.parent).read(file, organisation=Organisation()):
    rows[chunk.fact] += chunk.table.num_rows
print(peak_mb(), *rows.values())
"""
MAPPING = """
delimiter = ";"
decimal = ","
dates = "%d.%m.%Y %H:%M"
[orders]
each = "Nr"
where = [{ column = "Nr", begins = "C", not = true }]
order_id = "Nr"
customer_id = "Kunde"
ordered_at = { column = "Zeit", take = "lowest" }
amount = { product = ["Menge", "Preis"], take = "sum" }
[order_lines]
where = [{ column = "Nr", begins = "C", not = true }]
order_id = "Nr"
line_id = { row = "Nr" }
ordered_at = "Zeit"
quantity = "Menge"
amount = { product = ["Menge", "Preis"] }
[returns]
where = [{ column = "Nr", begins = "C" }]
return_id = { column = "Nr", row = true }
returned_at = "Zeit"
quantity = "Menge"
"""


def invoices(file: Path, blocks: int) -> int:
    """Invoice lines in no order at all, about 5 MB a block; how many invoices they are of."""
    chance = np.random.default_rng(3)
    numbers = blocks * LINES // 4
    with file.open("wb") as stream:
        for block in range(blocks):
            nr = chance.integers(0, numbers, LINES)
            prefix = np.where(nr % 50 == 0, "C", "R")
            table = pa.table(
                {
                    "Nr": [f"{sign}{number:09d}" for sign, number in zip(prefix, nr, strict=True)],
                    "Kunde": [f"customer {number % 977}" for number in nr],
                    "Zeit": [f"{1 + number % 28:02d}.06.2024 {number % 24:02d}:15" for number in nr],
                    "Menge": chance.integers(1, 20, LINES),
                    "Preis": [f"{cents // 100},{cents % 100:02d}" for cents in chance.integers(1, 99_999, LINES)],
                }
            )
            arrow_csv.write_csv(
                table, stream, arrow_csv.WriteOptions(include_header=not block, delimiter=";", quoting_style="needed")
            )
    return numbers


@pytest.mark.long
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for blocks in (8, 40):
        file = tmp_path / f"till-{blocks}.csv"
        numbers = invoices(file, blocks)
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(PROGRAM), str(file), MAPPING],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        peak, orders, lines, returned = map(int, done.stdout.split())
        assert lines + returned == blocks * LINES
        assert 0.9 * numbers < orders < numbers  # nearly every number is drawn
        peaks.append(peak)
        file.unlink()
    small, large = peaks
    # five times the file: what grows is the keys of one part out of 64, some megabytes
    assert large < small + 60, f"{small} MB, then {large} MB"
    assert large < 600, f"{large} MB"
