"""Several processes write and read the same lake at once."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from parcels import current, new_lake
from writers import read_pairs, write_pairs


def test_writers_and_readers_at_once(tmp_path: Path) -> None:
    lake = new_lake(tmp_path)
    spawn = multiprocessing.get_context("spawn")
    writers, pairs = ("ann", "bob"), 4
    rows = len(writers) * pairs * 2
    processes = [spawn.Process(target=write_pairs, args=(str(lake.root), name, pairs)) for name in writers]
    processes.append(spawn.Process(target=read_pairs, args=(str(lake.root), rows)))
    for process in processes:
        process.start()
    read_pairs(str(lake.root), rows)
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * len(processes)
    assert len(current(lake)) == rows
    assert lake.snapshot().number == 1 + len(writers) * pairs
    assert lake.snapshot().sources("parcels") == writers
