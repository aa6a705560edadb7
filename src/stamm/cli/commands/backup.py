"""stamm backup: the whole project in one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from stamm.cli.session import current
from stamm.cli.speaking import argument, command


@command(
    "backup",
    step=14,
    about=(
        "Write the whole project into one file, as it is at one moment, while others go on writing.",
        (
            "The newest snapshot, the log of what arrived, keys and settings, each with a digest; what was written is "
            "read once more. What can be made again (kept facts, answers) and what serves once (rejected rows, "
            "exports, reports) is not in it. Only you can read the file."
        ),
    ),
    examples=(
        ("stamm backup /backups/shop-2026-11-26.stamm", "A backup of the project in this folder"),
        ("stamm --project shop backup shop.stamm", "Of the project in the folder shop"),
    ),
)
@argument("file", "The file to write.", metavar="FILE")
def backup(file: str) -> None:
    """Write it and say what is in it."""
    from stamm.app.leaving.backing_up import back_up
    from stamm.cli.leaving import print_backed_up, progress

    say = current()
    project = say.project
    with progress(say) as told:
        done = back_up(project, Path(file).absolute(), now=datetime.now(UTC), progress=told)
    print_backed_up(done, say)
