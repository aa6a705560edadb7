"""The command `stamm`."""

from __future__ import annotations

import gc

from stamm.cli.group import Stamm

#: objects that come before the garbage collector looks for cycles among them, and how often it looks among the older:
#: a question is some hundred thousand small objects, of which hardly any is in a cycle
COLLECTED = (50_000, 20, 100)

cli = Stamm()


def main() -> None:
    """Run the command line; ends the process with an exit code."""
    gc.set_threshold(*COLLECTED)
    cli.main(prog_name="stamm")


if __name__ == "__main__":
    main()
