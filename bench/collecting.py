"""Taking events in over HTTP, beside a bare Starlette handler that parses, groups and syncs an append to a file.

`python -m bench.collecting` prints the ratios; `python -m bench.collecting stamm|bare FOLDER` is one of the servers.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.measuring import ROUNDS
from stamm.ingest import Door, application
from stamm.ingest.serving import listening, serve
from stamm.people import Scope, create_key, open_database
from stamm.store.log import open_log

SENDERS = 16
BATCH = 100
#: requests of one measurement
SINGLES, BATCHES = 3_000, 400
#: the least share of the bare handler's throughput
LIMITS = {"singles": 0.6, "batches": 0.4}


# -- the servers ---------------------------------------------------------------------------------------------
def stamm(folder: Path) -> Starlette:
    """The door as `stamm serve` opens it; its key goes into a file."""
    people = open_database(folder / "stamm.sqlite")
    key, _ = create_key(people, "bench", Scope.WRITE, who="bench", now=datetime.now(UTC), per_second=1_000_000)
    (folder / "key").write_text(key)
    return application(Door(lambda: open_log(folder / "log" / "log.sqlite"), people))


def bare(folder: Path) -> Starlette:
    """What any handler has to do: parse, and answer when what came is on the disk."""
    (folder / "key").write_text("none")
    handle = os.open(folder / "appended", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    asked: SimpleQueue[tuple[bytes, asyncio.Future[None]]] = SimpleQueue()

    def write(loop: asyncio.AbstractEventLoop) -> None:
        while True:
            group = [asked.get()]
            while not asked.empty():
                group.append(asked.get())
            os.write(handle, b"\n".join(body for body, _ in group))
            os.fsync(handle)
            for _, done in group:
                loop.call_soon_threadsafe(done.set_result, None)

    async def take(request: Request) -> Response:
        body = await request.body()
        msgspec.json.decode(body)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if not threads:
            threads.append(threading.Thread(target=write, args=(asyncio.get_running_loop(),), daemon=True))
            threads[0].start()
        asked.put((body, done))
        await done
        return Response(b'{"success":true}', media_type="application/json")

    threads: list[threading.Thread] = []
    return Starlette(routes=[Route("/v1/track", take, methods=["POST"]), Route("/v1/batch", take, methods=["POST"])])


@contextmanager
def running(which: str) -> Iterator[tuple[int, str, int]]:
    """A server in a process of its own: its port, a key, and the number of the process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.collecting", which, folder]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), (Path(folder) / "key").read_text(), process.pid
        finally:
            process.kill()
            process.communicate()


# -- the load ------------------------------------------------------------------------------------------------
def request(place: str, content: object, key: str) -> bytes:
    body = json.dumps(content).encode()
    head = f"POST {place} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _event(number: int) -> dict[str, object]:
    return {
        "type": "track",
        "messageId": str(uuid.UUID(int=number)),
        "userId": f"customer {number % 1_000}",
        "event": "Product Viewed",
        "timestamp": "2024-02-01T10:00:00.000Z",
        "properties": {"product_id": f"p{number % 97}", "price": 19.99, "currency": "EUR", "category": "Tea"},
        "context": {"library": {"name": "bench", "version": "1"}, "locale": "de-DE"},
    }


async def _send(port: int, requests: list[bytes]) -> None:
    waiting = iter(requests)

    async def sender() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head[:20], head
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split()[0]))
        writer.close()

    await asyncio.gather(*(sender() for _ in range(SENDERS)))


@dataclass(frozen=True)
class Taken:
    """Events a second that a server acknowledges, and the microseconds of processor that each costs it."""

    per_second: float
    cpu: float


def throughput(which: str, kind: str) -> Taken:
    """What a server takes in; new events all of them."""
    with running(which) as (port, key, process):
        if kind == "singles":
            requests = [request("/v1/track", _event(number), key) for number in range(SINGLES)]
        else:
            groups = (range(start * BATCH, (start + 1) * BATCH) for start in range(BATCHES))
            requests = [request("/v1/batch", {"batch": [_event(n) for n in group]}, key) for group in groups]
        warm = [request("/v1/track", _event(10**9 + number), key) for number in range(50)]
        asyncio.run(_send(port, warm))
        events, cpu = len(requests) * (1 if kind == "singles" else BATCH), processor(process)
        begun = time.perf_counter()
        asyncio.run(_send(port, requests))
        return Taken(events / (time.perf_counter() - begun), (processor(process) - cpu) / events * 1e6)


def processor(process: int) -> float:
    """Seconds of processor of all threads of a process, so far."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Beside:
    """Medians of rounds in turn: both servers, the share of events a second, how many times the processor."""

    ours: Taken
    bare: Taken
    share: float
    times: float


def collecting(rounds: int = ROUNDS) -> dict[str, Beside]:
    """By kind of request."""
    found = {}
    for kind in LIMITS:
        pairs = [(throughput("stamm", kind), throughput("bare", kind)) for _ in range(rounds)]
        ours, bare = (
            Taken(statistics.median(one.per_second for one in side), statistics.median(one.cpu for one in side))
            for side in zip(*pairs, strict=True)
        )
        share = statistics.median(one.per_second / other.per_second for one, other in pairs)
        found[kind] = Beside(ours, bare, share, statistics.median(one.cpu / other.cpu for one, other in pairs))
    return found


def _say(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:]:
        serve({"stamm": stamm, "bare": bare}[sys.argv[1]](Path(sys.argv[2])), listening("127.0.0.1", 0), started=_say)
    for kind, beside in collecting().items():
        sys.stdout.write(
            f"{kind}: {beside.ours.per_second:,.0f} events/s, bare {beside.bare.per_second:,.0f}: {beside.share:.2f} "
            f"(at least {LIMITS[kind]}); {beside.ours.cpu:.1f} us of processor an event, bare {beside.bare.cpu:.1f}: "
            f"{beside.times:.2f} times\n"
        )
