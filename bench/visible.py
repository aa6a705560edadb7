"""From POST to visible: a thousand events a second for five minutes, and how long each took until a metric counted it.

`stamm serve` runs with its worker, as anybody starts it. One sender posts ten batches a second on one connection and
waits for each answer; another process asks for page views, as the library does in a notebook: it opens the project anew
and asks, every half a second. An event is visible with the first answer that counts it; what it waited is counted from
the moment at which its batch was sent, and holds the time of the question itself.

`python -m bench.visible [SECONDS [EVENTS A SECOND]]` prints the delays; beside them, minute by minute, what the log and
the lake hold on the disk, which has to stop growing.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.collecting import request
from stamm.app.project import Project
from stamm.lang.organisation import Organisation
from stamm.library import open_project
from stamm.people import Scope, create_key

SECONDS, RATE, BATCHES = 300, 1_000, 10
#: seconds from POST to visible that 95 of 100 events may take at most
LIMIT = 5.0
#: how often it is asked, and how long after the last event
EVERY_SECONDS, PATIENCE_SECONDS = 0.5, 60.0


@dataclass(frozen=True)
class Served:
    """Where `stamm serve` listens, and its process."""

    port: int
    process: int

    def worked(self) -> float:
        """Seconds of processor that it has taken since its start, its worker, a process of its own, not included."""
        return time.clock_gettime((~self.process << 3) | 2)  # the clock that clock_getcpuclockid(3) names


@dataclass
class Seen:
    """What was sent, how many events in all and when, and what was counted when."""

    sent: list[tuple[int, float]] = field(default_factory=list)
    counted: list[tuple[int, float]] = field(default_factory=list)

    def delays(self) -> list[float]:
        """Seconds from POST to visible of each batch, ascending; without end where it was never seen."""
        counts = [count for count, _ in self.counted]
        places = [(bisect_left(counts, count), at) for count, at in self.sent]
        never = float("inf")
        return sorted(self.counted[place][1] - at if place < len(counts) else never for place, at in places)


@contextmanager
def serving(project: Project) -> Iterator[Served]:
    """`stamm serve` in a process of its own."""
    command = [sys.executable, "-m", "stamm.cli.main", "--project", str(project.directory), "serve", "--port", "0"]
    with (project.directory / "told").open("w") as told:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=told, text=True, env={**os.environ, "LANG": "C.UTF-8"}
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    while "http://" not in line:
        line = process.stdout.readline()
    threading.Thread(target=process.stdout.read, daemon=True).start()
    try:
        yield Served(int(line.strip().rstrip("/").rsplit(":", 1)[1]), process.pid)
    finally:
        process.terminate()
        process.wait()


def _event(number: int) -> dict[str, object]:
    return {
        "type": "page",
        "messageId": str(uuid.UUID(int=number)),
        "userId": f"customer {number % 1_000}",
        "name": "Tea",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "properties": {"path": f"/tea/{number % 97}"},
        "context": {"library": {"name": "bench", "version": "1"}, "locale": "de-DE"},
    }


async def _send(port: int, key: str, seconds: int, rate: int, seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun, size = time.monotonic(), rate // BATCHES
    for start in range(0, seconds * rate, size):
        await asyncio.sleep(max(0.0, begun + start / rate - time.monotonic()))
        batch = request("/v1/batch", {"batch": [_event(n) for n in range(start, start + size)]}, key)
        seen.sent.append((start + size, time.monotonic()))
        writer.write(batch)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head[:20], head
        await reader.readexactly(int(head.lower().split(b"content-length:")[1].split()[0]))
    writer.close()


def _count(directory: Path) -> int:
    today = datetime.now(UTC).date()
    span = (today - timedelta(days=1), today + timedelta(days=2))
    found = open_project(directory).metric("page_views", *map(str, span), grain="day").to_pandas()
    return int(found["value"].fillna(0).sum())


def _ask(directory: Path, wanted: int, until: float) -> None:
    """Tell each count, until it is all, or it is too late."""
    count = 0
    while count < wanted and time.monotonic() < until:
        begun = time.monotonic()
        count = _count(directory)
        json.dump([count, time.monotonic()], sys.stdout)
        sys.stdout.write("\n")
        sys.stdout.flush()
        time.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - begun)))


def visible(seconds: int = SECONDS, rate: int = RATE) -> Seen:
    """Send, and watch."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        project = Project.create(Path(folder) / "shop", Organisation(currency="EUR", zone="UTC"))
        people = project.people()
        key, _ = create_key(people, "bench", Scope.WRITE, who="bench", now=datetime.now(UTC), per_second=1_000_000)
        people.close()
        with serving(project) as served:
            sending = threading.Thread(target=lambda: asyncio.run(_send(served.port, key, seconds, rate, seen)))
            sending.start()
            words = [str(project.directory), str(seconds * rate), str(time.monotonic() + seconds + PATIENCE_SECONDS)]
            asking = subprocess.Popen(
                [sys.executable, "-m", "bench.visible", "ask", *words], stdout=subprocess.PIPE, text=True
            )
            assert asking.stdout is not None
            minute = time.monotonic()
            for line in asking.stdout:
                count, at = json.loads(line)
                seen.counted.append((max(count, seen.counted[-1][0] if seen.counted else 0), at))
                if at >= minute:
                    minute += 60
                    _say(f"{len(seen.sent)} batches sent, {count:,} events visible; {held(project)}")
            asking.wait()
            sending.join()
    return seen


def held(project: Project) -> str:
    """What lies on the disk."""
    files = [file for file in project.directory.rglob("*") if file.is_file()]
    log = sum(file.stat().st_size for file in files if file.parent == project.log_file.parent)
    data = [file for file in files if file.suffix == ".parquet"]
    return f"log {log / 1e6:,.0f} MB, {len(data):,} data files of {len(files):,}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def told(seen: Seen, rate: int) -> str:
    """The delays, in a sentence."""
    delays = seen.delays()
    middle, most = (delays[int(len(delays) * share)] for share in (0.5, 0.95))
    return (
        f"from POST to visible at {rate:,} events/s: median {middle:.1f} s, 95 of 100 within {most:.1f} s "
        f"(at most {LIMIT}), all within {delays[-1]:.1f} s"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        _ask(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    else:
        chosen = [int(word) for word in sys.argv[1:3]]
        _say(told(visible(*chosen), chosen[1] if chosen[1:] else RATE))
