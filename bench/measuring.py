"""Measuring: what a piece of work costs in a process of its own, and how two ways of doing it compare."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROUNDS = 3


@dataclass(frozen=True)
class Cost:
    """Seconds of processor of all threads, seconds on the clock, and the most memory held, in GB."""

    cpu: float
    seconds: float
    peak: float


def peak_gb() -> float:
    """The most memory this process has held since its program began (`ru_maxrss` begins at what its parent held)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024 / 1e9


def measured(work: Callable[[], Any]) -> tuple[Any, Cost]:
    """What the work gives, and what it cost in this process."""
    begun, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, Cost(time.process_time() - cpu, time.perf_counter() - begun, peak_gb())


def report(answer: Any, cost: Cost) -> None:
    """Tell the process that waits for it, on standard output."""
    json.dump({"answer": answer, "cost": asdict(cost)}, sys.stdout)


def apart(module: str, *words: object) -> tuple[Any, Cost]:
    """Run a module of the bench in a process of its own that ends with `report`."""
    line = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(line, stdout=subprocess.PIPE, check=True)
    told = json.loads(done.stdout)
    return told["answer"], Cost(**told["cost"])


def program(words: Sequence[object]) -> Cost:
    """Run a program: its whole cost, from start to end."""
    begun = time.perf_counter()
    process = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(map(str, words)))
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, usage.ru_maxrss * 1024 / 1e9)


def in_turn(ways: Sequence[Callable[[], tuple[Any, Cost]]], rounds: int = ROUNDS) -> list[tuple[Any, Cost]]:
    """Each way's answer and median cost, run in turn so that a busy machine burdens all alike."""
    runs = [[way() for way in ways] for _ in range(rounds)]
    return [(found[-1][0], median([cost for _, cost in found])) for found in zip(*runs, strict=True)]


def median(costs: Sequence[Cost]) -> Cost:
    """Medians of processor and clock, and the highest peak."""
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.seconds for cost in costs),
        max(cost.peak for cost in costs),
    )
