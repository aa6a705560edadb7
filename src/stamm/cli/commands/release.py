"""stamm release: a restored project may send again."""

from __future__ import annotations

from datetime import UTC, datetime

from stamm.cli.session import current
from stamm.cli.speaking import command


@command(
    "release",
    step=16,
    about=(
        "Let a restored project send again.",
        (
            "A copy beside the project it was made of would send everything twice. So what was restored is held: it "
            "answers questions and takes facts in, and sends nothing to anybody, until it is released."
        ),
    ),
    examples=(
        ("stamm release", "Once the restored project is the only one"),
        ("stamm --project shop release", "Of the project in the folder shop"),
    ),
)
def release() -> None:
    """Take the mark away."""
    from stamm.app.leaving.restoring import release as let_go

    say = current()
    let_go(say.project, now=datetime.now(UTC))
    say.out.print(say("Released: this project may send again."))
