"""A real PostgreSQL server on loopback: made for one run of tests, and surely gone afterwards."""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

PATIENCE_SECONDS = 60
_NUMBERS = itertools.count(1)
#: another process may take the free port that was found
ATTEMPTS = 3
DIES_WITH_PARENT = 1
OWNER = "owner"
#: who comes over the network has to know a password; who comes by the socket has not
ACCESS = ("--auth-local=trust", "--auth-host=scram-sha-256")
#: texts sort as in a German dictionary, unlike ids in Stamm
LOCALE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=de-DE")
#: the server is thrown away, so nothing of it has to survive a loss of power
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "40",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class Server:
    """A running server: the folder of its socket, and its port on 127.0.0.1."""

    folder: str
    port: int

    def address(self, database: str = "postgres", user: str = OWNER) -> str:
        """A database by the socket, as it may stand in stamm.toml."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}"

    @contextmanager
    def database(self, name: str = "") -> Iterator[Database]:
        """A new database, and a connection of its owner; gone afterwards with all that is connected to it."""
        name = name or f"shop{next(_NUMBERS)}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(self.address(name), autocommit=True) as connection:
                yield Database(self, name, connection)
        finally:
            with psycopg.connect(self.address(), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Database:
    """A database of a shop, and a connection that may write, to make what a test needs."""

    server: Server
    name: str
    connection: psycopg.Connection[Any]

    def address(self, user: str = OWNER) -> str:
        """As it stands in stamm.toml."""
        return self.server.address(self.name, user)

    def run(self, *statements: str) -> None:
        """Makes what a test needs."""
        for statement in statements:
            self.connection.execute(statement.encode())

    @contextmanager
    def away(self) -> Iterator[None]:
        """All others that are connected are thrown out, and nobody is let in, as if the server had ended."""
        mine = self.connection.info.backend_pid
        thrown_out = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"
        with psycopg.connect(self.server.address(), autocommit=True) as beside:
            beside.execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false".encode())
            beside.execute(thrown_out, (self.name, mine))
            try:
                yield
            finally:
                beside.execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true".encode())


def programs() -> Path | None:
    """Where the server's programs lie: on the path, or where Debian puts them; None where there are none."""
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    return next((place for place in places if (place / "postgres").exists() and (place / "initdb").exists()), None)


@contextmanager
def running(place: Path) -> Iterator[Server]:
    """A running server, made by the programs in `place`; it is gone afterwards, whatever happens."""
    # Not below a test's own folder: the server's account may not enter it, and a socket's path has to be short.
    folder = tempfile.mkdtemp(prefix="stamm-pg-")
    who = _account(folder)
    process: subprocess.Popen[bytes] | None = None
    try:
        initdb = [str(place / "initdb"), "-D", f"{folder}/data", "-U", OWNER, "--no-sync", *ACCESS, *LOCALE]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)
        for attempt in range(1, ATTEMPTS + 1):
            made = Server(folder, _free_port())
            process = _start(place, made, who)
            try:
                _wait_for(process, made)
                break
            except RuntimeError:
                if attempt == ATTEMPTS:
                    raise
        yield made
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _account(folder: str) -> dict[str, Any]:
    """As whom the server runs: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def _start(place: Path, made: Server, who: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = [str(place / "postgres"), "-D", f"{made.folder}/data", "-k", made.folder, "-p", str(made.port), *settings]
    with Path(made.folder, "log").open("wb") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=made.folder,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - it takes no lock
            **who,
        )


def _die_with_parent() -> None:
    """Where the test run is killed, no server stays behind."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGINT)


def _wait_for(process: subprocess.Popen[bytes], made: Server) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(made.address()).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    _stop(process)
    raise RuntimeError(f"PostgreSQL did not start:\n{Path(made.folder, 'log').read_text(errors='replace')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """At once: nothing of it is needed any more."""
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(sign)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                continue
