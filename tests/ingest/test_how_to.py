"""The pages on a server, each run whole by a shell, on a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.reading import agrees, blocks

PLACE = Path(__file__).parents[2] / "docs" / "how-to"
PAGES = ("ask-over-http", "ask-with-an-assistant", "collect-events", "from-a-file-to-the-first-number", "sign-in")
MARK = "--- next step ---"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_what_it_says(name: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl; `make system` installs it")
    port = str(free_port())
    page = (PLACE / f"{name}.md").read_text(encoding="utf-8")
    page = page.replace("8711", port).replace("stamm serve", f"stamm serve --port {port}")
    steps = [step for block in blocks(page) for step in block.steps]
    for block in blocks(page):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding=block.encoding)
    for step in steps:  # a command of several lines goes on behind `> `
        while step.shown and step.shown[0].startswith("> "):
            step.command += "\n" + step.shown.pop(0)[2:]
    stamm = tmp_path / "bin" / "stamm"
    stamm.parent.mkdir()
    stamm.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stamm.cli.main "$@"\n')
    stamm.chmod(0o755)
    environment = {**os.environ, "PATH": f"{stamm.parent}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    for variable in ("LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR", "TZ"):
        environment.pop(variable, None)
    script = "set -m\nexec 2>&1\n" + "".join(f"{step.command}\necho\necho '{MARK}'\n" for step in steps)
    script = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n" + script
    done = subprocess.run(
        ["bash", "-c", script], check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240
    )
    printed = [part.strip("\n").splitlines() for part in done.stdout.replace(str(tmp_path), "~").split(MARK)]
    assert len(printed) == len(steps) + 1
    for step, found in zip(steps, printed, strict=False):
        assert agrees(step.shown, found), f"{step.command} prints:\n" + "\n".join(found)
