"""The whole way with real purchases: `python tools/demo.py [FOLDER]` (DEMO_DIR, else `demo`).

At its end the pages run in a browser where a person looks on. SERVE=0 leaves them out, SERVE=1 starts them anyway.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from stamm.cli.demo import pages, show, wants_pages


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0] if arguments else os.environ.get("DEMO_DIR") or "demo")
    show(folder)
    if wants_pages(os.environ, terminal=sys.stdout.isatty()):
        with suppress(KeyboardInterrupt):
            pages(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
