"""stamm doctor: the surroundings of a project."""

from __future__ import annotations

import click

from stamm.cli.session import current
from stamm.cli.speaking import command

ILL = 1


@command(
    "doctor",
    step=7,
    about=(
        "Look at the surroundings: this machine, the settings and what each does, the data, the lock, the disk.",
        (
            "It says of each what is wrong with it and what to do. Works outside a project, too. Ends with 1 if "
            "something is wrong, else with 0."
        ),
    ),
    examples=(
        ("stamm doctor", "This machine and the project in this folder"),
        ("stamm --project shop doctor", "The project in the folder shop"),
    ),
)
def doctor() -> None:
    """Print the surroundings; exit 1 where something is wrong."""
    from stamm.cli.surroundings import print_surroundings

    if print_surroundings(current()):
        click.get_current_context().exit(ILL)
