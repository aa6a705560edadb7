"""stamm work: keeps everything current as long as it runs."""

from __future__ import annotations

import click

from stamm.cli.session import current
from stamm.cli.speaking import command, option


@command(
    "work",
    step=11,
    about=(
        "Keep everything that is derived current, as long as it runs.",
        (
            "Looks for new facts and other settings every few seconds and does what `stamm refresh` does. One worker "
            "a project; Ctrl-C ends it, at any moment and without harm."
        ),
    ),
    examples=(
        ("stamm work", "Until Ctrl-C"),
        ("stamm work --once", "Once, for a timer of the system"),
    ),
)
@option("--once", is_flag=True, help="Do what there is to do, and end.")
@option(
    "--every",
    "every_seconds",
    type=click.FloatRange(min=0.1),
    default=5.0,
    metavar="SECONDS",
    help="How long to wait between two looks.",
)
def work(*, once: bool, every_seconds: float) -> None:
    """Refresh whenever something has changed."""
    from stamm.app.refreshing import Refreshing, rounds
    from stamm.cli.keeping import print_round, progress, waiting

    say = current()
    try:
        with Refreshing(say.project).alone(on_wait=waiting(say)), progress(say) as told:
            for done in rounds(say.directory, every_seconds, told):
                print_round(done, say)
                if once:
                    return
    except KeyboardInterrupt:
        say.err.print(say("Stopped. Nothing was left half done."))
