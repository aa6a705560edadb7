"""stamm serve: takes events in over HTTP, and keeps everything current."""

from __future__ import annotations

import os
from contextlib import nullcontext, suppress

import click

from stamm.cli.session import current
from stamm.cli.speaking import command, option
from stamm.lang.errors import UsageError


@command(
    "serve",
    step=12,
    about=(
        "Take events in over HTTP and keep everything current, as long as it runs.",
        (
            "Tracking clients made for Segment or PostHog send to it unchanged; `stamm keys create` makes the key they "
            "need. An event is acknowledged when it is on the disk, and counts once however often it is sent. "
            "Ctrl-C ends it, at any moment and without harm."
        ),
    ),
    examples=(
        ("stamm serve", "On this machine alone"),
        ("stamm serve --host 0.0.0.0 --port 80", "For others, behind a proxy that speaks HTTPS"),
    ),
)
@option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen; without it, this machine alone.")
@option("--port", type=click.IntRange(0, 65_535), default=8_711, metavar="NUMBER", help="The port; 0 takes a free one.")
@option("--no-worker", is_flag=True, help="Only take in; `stamm work` runs elsewhere.")
def serve(*, host: str, port: int, no_worker: bool) -> None:
    """Serve until the process is asked to end."""
    from stamm.cli.attached import worker_beside
    from stamm.ingest import Door, application
    from stamm.ingest.hooks import secrets_in
    from stamm.ingest.serving import serve as serve_until_ended

    say = current()
    project = say.project
    if project.reads_database:
        raise UsageError(
            "Facts in a shop's own database are read as they are; nothing of them is kept here.",
            remedy="Keep facts with an engine over imported data (`engine` in stamm.toml).",
        )

    def started(port: int) -> None:
        say.out.print(say("Taking events in at {address}", address=f"http://{host}:{port}"))
        say.out.file.flush()  # whoever reads a pipe wants to know now

    # the server has ended in order before it says how it was asked to
    with suppress(KeyboardInterrupt), nullcontext() if no_worker else worker_beside(say.directory):
        door = Door(project.log, project.people())
        serve_until_ended(application(door, hooks=secrets_in(os.environ)), host, port, started=started)
    say.out.print(say("Stopped. Everything acknowledged is on the disk."))
