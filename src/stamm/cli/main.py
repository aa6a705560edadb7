"""The command `stamm`."""

from __future__ import annotations

from stamm.cli.group import Stamm

cli = Stamm()


def main() -> None:
    """Run the command line; ends the process with an exit code."""
    cli.main(prog_name="stamm")


if __name__ == "__main__":
    main()
