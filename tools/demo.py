"""The whole way with real purchases: `python tools/demo.py [FOLDER]` (DEMO_DIR, else `demo`)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from stamm.cli.demo import show


def main(arguments: list[str]) -> int:
    show(Path(arguments[0] if arguments else os.environ.get("DEMO_DIR") or "demo"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
