"""stamm refresh: what is derived from the facts is kept current."""

from __future__ import annotations

from stamm.cli.session import current
from stamm.cli.speaking import command, option


@command(
    "refresh",
    step=10,
    about=(
        "Keep at hand what is derived from the facts, so that questions are answered faster.",
        (
            "Makes what is missing, and of what has changed only its days. Numbers are the same without it. It may be "
            "stopped at any moment and started again. `stamm work` does it by itself. At its end the numbers of Today "
            "are counted, so that whoever opens the page first finds them."
        ),
    ),
    examples=(
        ("stamm import events.csv && stamm refresh", "After new facts"),
        ("stamm refresh --all", "Everything from nothing"),
    ),
)
@option("--all", "anew", is_flag=True, help="Make everything anew, whatever is there.")
def refresh(*, anew: bool) -> None:
    """Make what is missing and tell what was made."""
    from stamm.app.booking import Booking
    from stamm.app.refreshing import Refreshing, keep_today
    from stamm.cli.keeping import print_refreshed, progress, waiting

    say = current()
    with progress(say) as told:
        refreshing = Refreshing(say.project, progress=told)
        with refreshing.alone(on_wait=waiting(say)):
            done = refreshing.run(anew=anew)
            Booking(say.project).make()
        keep_today(say.project)
    print_refreshed(done, say)
