"""A real MariaDB server on loopback: made for one run of tests in a second, and surely gone afterwards."""

from __future__ import annotations

import ctypes
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
from pathlib import Path
from typing import Any

import pymysql

PATIENCE_SECONDS = 60
SQL = Path("/usr/share/mysql")
TABLES = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
BEGIN = "create database mysql;\nuse mysql;\nset @auth_root_socket=null;\n"
#: the server is thrown away, so nothing of it has to survive
SETTINGS = (
    "--no-defaults",
    "--innodb-log-file-size=8M",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
)
USER, PASSWORD = "stamm", "p@ss/word%1"


def program() -> str | None:
    """The server's program, with what it makes its first tables of; None where it is not installed."""
    found = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found if found and all((SQL / name).is_file() for name in TABLES) else None


class Maria:
    """A running server; its owner comes by the socket, `stamm` with a password."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        with socket.socket() as tried:
            tried.bind(("127.0.0.1", 0))
            self.port = int(tried.getsockname()[1])

    def owner(self, database: str | None = None) -> pymysql.Connection[Any]:
        """A connection that may do everything."""
        return pymysql.connect(unix_socket=f"{self.folder}/socket", user="root", database=database, autocommit=True)


@contextmanager
def running(place: str) -> Iterator[Maria]:
    """A running server; it is gone afterwards, whatever happens."""
    folder = tempfile.mkdtemp(prefix="stamm-maria-")
    made = Maria(folder)
    who: dict[str, Any] = {}
    if os.geteuid() == 0:  # it refuses to be root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    command = [place, *SETTINGS, f"--datadir={folder}/data"]
    process: subprocess.Popen[bytes] | None = None
    try:
        with Path(folder, "log").open("wb") as log:
            first = BEGIN.encode() + b"".join((SQL / name).read_bytes() for name in TABLES)
            Path(folder, "data").mkdir()
            if who:
                os.chown(f"{folder}/data", who["user"], who["group"])
            subprocess.run(
                [*command, "--bootstrap"], input=first, check=True, stdout=log, stderr=log, cwd=folder, **who
            )
            process = subprocess.Popen(
                [*command, f"--port={made.port}", f"--socket={folder}/socket", f"--pid-file={folder}/pid"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                start_new_session=True,
                preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL),  # noqa: PLW1509 - it takes no lock
                **who,
            )
        _wait_for(process, made)
        with made.owner() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE USER %s@'127.0.0.1' IDENTIFIED BY %s", (USER, PASSWORD))
            cursor.execute("GRANT SELECT ON *.* TO %s@'127.0.0.1'", (USER,))
        yield made
    finally:
        if process is not None:
            process.kill()
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(process: subprocess.Popen[bytes], made: Maria) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as knocking:
            if knocking.connect_ex(f"{made.folder}/socket") == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"MariaDB did not start:\n{Path(made.folder, 'log').read_text(errors='replace')[-4000:]}")
