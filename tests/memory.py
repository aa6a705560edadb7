"""How much memory a process has held."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mb() -> int:
    """The most memory this process has held since its program began, in MB.

    Not `ru_maxrss`: that one begins at what the process held from which this one was started.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found, status
    return int(found[1]) // 1024
