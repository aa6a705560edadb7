"""A server in a process of its own, as `stamm serve` starts it, killed and started again on the same data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from stamm.app.project import Project
from stamm.lang.organisation import Organisation
from stamm.people import Scope, create_key
from stamm.store.log import Counters

#: Debian's faketime, for programs of several threads; one place, where it is installed
LATER = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def clock(days_later: int) -> dict[str, str]:
    """What makes the clock of a process show a later day; only what it measures time by goes on as it does."""
    if not days_later:
        return {}
    (library,) = LATER
    return {"LD_PRELOAD": str(library), "FAKETIME": f"+{days_later}d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@dataclass
class Server:
    """A project with a key, and the process that serves it."""

    project: Project
    key: str
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @classmethod
    def of_new_project(cls, folder: Path, per_second: int = 1_000_000) -> Server:
        project = Project.create(folder / "shop", Organisation(currency="EUR", zone="UTC"))
        people = project.people()
        key, _ = create_key(people, "shop", Scope.WRITE, who="test", now=datetime.now(UTC), per_second=per_second)
        people.close()
        return cls(project, key)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *words: str, days_later: int = 0) -> Server:
        """Start it, on the port it had before if it had one; with its clock so many days ahead."""
        command = [sys.executable, "-m", "stamm.cli.main", "--project", str(self.project.directory), "serve"]
        words = ("--no-worker", "--port", str(self.port), *words)
        environment = {**os.environ, "LANG": "C.UTF-8", **clock(days_later)}
        log = (self.project.directory / "server.log").open("a")
        with log:
            self.process = subprocess.Popen(
                [*command, *words], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, (self.project.directory / "server.log").read_text()
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def end(self, how: signal.Signals = signal.SIGTERM) -> str:
        """End it; what it said last."""
        assert self.process is not None
        self.process.send_signal(how)
        said, _ = self.process.communicate(timeout=60)
        return said

    def work(self, *, days_later: int = 0) -> None:
        """Make facts of what has arrived, with a clock so many days ahead."""
        command = [sys.executable, "-m", "stamm.cli.main", "--project", str(self.project.directory), "work", "--once"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **clock(days_later)})

    def rows(self) -> dict[str, int]:
        """How many rows there are of each kind of facts, as they are now."""
        snapshot = self.project.lake().snapshot()
        return {kind: snapshot.dataset(kind).count_rows() for kind in ("customers", "events", "orders")}

    def post(self, events: list[dict[str, object]]) -> dict[str, object]:
        body = json.dumps({"batch": events, "writeKey": self.key}).encode()
        asked = urllib.request.Request(f"{self.address}/v1/batch", body)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            told: dict[str, object] = json.load(answer)
        return told

    def counters(self) -> Counters:
        log = self.project.log()
        found = log.counters().get("shop", Counters())
        log.close()
        return found

    def ids(self) -> list[str]:
        """Message ids in the log, sorted."""
        log = self.project.log()
        found = sorted(stored.entry.message_id for stored in log.read(limit=10**7))
        log.close()
        return found
