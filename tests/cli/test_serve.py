"""stamm serve as a process: where it cannot listen it says so at once, and it ends in order at any moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from stamm.cli.main import cli
from stamm.lang.errors import AddressError

ORDERS = ("order_id,customer_id,ordered_at,amount", *(f"o{n},c{n % 9},2024-0{1 + n % 6}-11,{n}.50" for n in range(60)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    (folder / "orders.csv").write_text("\n".join(ORDERS) + "\n", encoding="utf-8")
    for words in (("init", str(folder)), ("import", str(folder / "orders.csv"), "--project", str(folder))):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output
    return folder


@contextmanager
def serving(shop: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that answers, and its address."""
    command = (sys.executable, "-m", "stamm.cli.main", "--project", str(shop), "serve", "--port", "0", *words)
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": ""},
    )
    try:
        assert process.stdout is not None
        # the worker beside it may have said what it did before
        line = next((line for line in process.stdout if "http://" in line), "")
        assert line, "it ended without an address"
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Error: Another program listens on this port already.", "Where: 127.0.0.1:", "What to do: End what")),
        ("de", ("Fehler: An diesem Port hört schon ein anderes Programm.", "Wo: 127.0.0.1:", "Abhilfe: Beenden Sie")),
    ],
)
def test_a_port_that_is_taken(shop: Path, language: str, said: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        words = ("serve", "--port", port, "--project", str(shop), "--language", language)
        ended = CliRunner().invoke(cli, words)
    assert ended.exit_code == AddressError.exit_code
    assert ended.stdout == ""
    for line, begin in zip(ended.stderr.splitlines(), said, strict=True):
        assert line.startswith(begin)


@pytest.mark.parametrize("host", ["nope.invalid", "192.0.2.1", "a" * 300])
def test_a_host_that_is_not_this_machine(shop: Path, host: str) -> None:
    ended = CliRunner().invoke(cli, ("serve", "--host", host, "--project", str(shop)))
    assert ended.exit_code == AddressError.exit_code
    assert ended.stderr.startswith("Error: This is no address of this machine.\nWhere: " + host)


@pytest.mark.parametrize(
    ("sign", "after"),
    [
        (signal.SIGTERM, None),
        *(pytest.param(signal.SIGTERM, after, marks=pytest.mark.long) for after in (0.0, 0.1, 0.3, 0.6, 1.2)),
        pytest.param(signal.SIGINT, None, marks=pytest.mark.long),
    ],
)
def test_it_ends_in_order_and_says_one_sentence(shop: Path, sign: signal.Signals, after: float | None) -> None:
    """So many seconds after it answers, or (None) while the worker beside it is at work."""
    lock = shop / "lake" / "kept" / "refresh.lock"
    lock.unlink(missing_ok=True)
    with serving(shop) as (process, address):
        assert urlopen(f"{address}/readyz").read() == b"ready\n"
        end = time.monotonic() + 30
        while after is None and not (lock.exists() and lock.read_text(encoding="ascii")):
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(after or 0.0)
        process.send_signal(sign)
        told, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert errors == ""
    assert told.splitlines()[-1] == "Stopped. Everything acknowledged is on the disk."
