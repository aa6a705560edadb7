"""A real shop's year of order lines goes in within bounds of time and memory."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from parcels import T0

from stamm.store import Counts, Lake
from tests.memory import peak_mb

ROWS = 1_500_000


def lines(rows: int, more: int = 0) -> Iterator[pa.Table]:
    """Order lines of one year, ten an order."""
    step = 50_000
    for start in range(0, rows, step):
        place = np.arange(start, min(start + step, rows))
        order = place // 10
        moments = np.datetime64("2017-01-01", "us") + (order * 200_000_000).astype("timedelta64[us]")
        yield pa.table(
            {
                "order_id": order.astype(str),
                "line_id": (place % 10).astype(str),
                "customer_id": (order % 2469).astype(str),
                "ordered_at": pa.array(moments, pa.timestamp("us", "UTC")),
                "product_id": (place * 7919 % 90_000).astype(str),
                "category": np.char.add("category ", (place % 300).astype(str)),
                "quantity": (place % 5 + 1).astype(float),
                "amount_minor": place % 4000 + more,
                "currency": pa.repeat("USD", len(place)),
            }
        )


def _import(path: str, results: Any) -> None:
    lake = Lake.create(path, "Europe/Berlin")
    for number, more in enumerate((0, 0, 1)):
        started = time.monotonic()
        with lake.writing() as writer:
            counts = writer.put("order_lines", lines(ROWS, more), source="t", received_at=T0 + timedelta(days=number))
            writer.commit()
        results.put((counts, time.monotonic() - started, peak_mb()))
    started = time.monotonic()
    rows = lake.state_at("order_lines", T0).num_rows
    results.put((rows, time.monotonic() - started, peak_mb()))


@pytest.mark.long
def test_a_year_of_order_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    process = spawn.Process(target=_import, args=(str(tmp_path / "lake"), results))
    process.start()
    found = [results.get(timeout=600) for _ in range(4)]
    process.join()
    with capsys.disabled():
        for what, (_, seconds, peak) in zip(("new", "the same again", "all changed", "the past"), found, strict=True):
            print(f"\n{ROWS:,} lines, {what}: {seconds:.1f} s, peak {peak:,} MB", end="")  # noqa: T201 - measured is to be seen
    assert [counts for counts, _, _ in found] == [
        Counts(new=ROWS),
        Counts(unchanged=ROWS),
        Counts(changed=ROWS),
        ROWS,
    ]
    assert found[0][1] < 60
    assert max(peak for _, _, peak in found[:3]) < 1500
