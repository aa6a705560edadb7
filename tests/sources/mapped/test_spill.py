"""Rows put aside come back, all of them, those of one key together and in their order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from stamm.sources.mapped import spill
from stamm.sources.mapped.spill import PARTS, Spill, parts_of


@pytest.mark.parametrize("gathered", [1, 500, 1 << 25])
def test_every_row_comes_back_in_the_part_of_its_key(
    gathered: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "GATHERED", gathered)
    chance = np.random.default_rng(7)
    keys = pa.array([f"order {number}" for number in chance.integers(0, 2000, 5000)])
    parts = parts_of(keys)
    assert set(parts.tolist()) == set(range(PARTS)), "every part is tried"
    table = pa.table({"key": keys, "row": np.arange(5000)})
    with Spill(tmp_path) as aside:
        for start in range(0, 5000, 700):
            aside.put(table.slice(start, 700), parts[start : start + 700])
        came = [pa.concat_tables(part) for part in aside.parts()]
        assert list(tmp_path.iterdir()) == []
    assert len(came) == PARTS
    assert sorted(row for part in came for row in part.column("row").to_pylist()) == list(range(5000))
    for number, part in enumerate(came):
        assert part.column("row").to_pylist() == np.nonzero(parts == number)[0].tolist()


def test_tables_of_other_columns_do_not_mix(tmp_path: Path) -> None:
    with Spill(tmp_path) as aside:
        aside.put(pa.table({"a": ["x"]}), np.array([3]))
        aside.put(pa.table({"a": [1]}), np.array([3]))
        (part,) = aside.parts()
        assert [table.to_pylist() for table in part] == [[{"a": "x"}], [{"a": 1}]]


def test_nothing_put_aside(tmp_path: Path) -> None:
    with Spill(tmp_path) as aside:
        assert list(aside.parts()) == []


def test_the_part_of_a_key_is_the_same_in_every_run() -> None:
    assert parts_of(pa.array(["1001", "", None, "ä"])).tolist() == [1, 0, 0, 3]
