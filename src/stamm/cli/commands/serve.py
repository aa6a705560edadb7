"""stamm serve: pages for people, events from programs, and everything kept current, in one command."""

from __future__ import annotations

import getpass
import os
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

import click

from stamm.cli.session import current
from stamm.cli.speaking import command, option
from stamm.lang.errors import UsageError


@command(
    "serve",
    step=12,
    about=(
        "Show the pages, take events in over HTTP, and keep everything current, as long as it runs.",
        "In an empty folder it begins a project; the pages ask for the rest, and lead to the first number.",
        (
            "People open its address in a browser; at the first start it prints a link that signs the owner in, once "
            "and within half an hour, and `stamm people` lets others in."
        ),
        ("Programs ask at /api/v1 for what `stamm metric` and `stamm analyse` tell, with a key that reads."),
        (
            "Tracking clients made for Segment or PostHog send to it unchanged; `stamm keys create` makes the key they "
            "need. An event is acknowledged when it is on the disk, and counts once however often it is sent. "
            "Ctrl-C ends it, at any moment and without harm."
        ),
    ),
    examples=(
        ("stamm serve", "On this machine alone"),
        ("stamm serve --link", "With a new link for the owner"),
        ("stamm serve --host 0.0.0.0 --port 80", "For others, behind a proxy that speaks HTTPS"),
    ),
)
@option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen; without it, this machine alone.")
@option("--port", type=click.IntRange(0, 65_535), default=8_711, metavar="NUMBER", help="The port; 0 takes a free one.")
@option("--no-worker", is_flag=True, help="Do not keep things current; `stamm work` runs elsewhere.")
@option("--link", is_flag=True, help="Print a link that signs the owner in, also where there is a password.")
def serve(*, host: str, port: int, no_worker: bool, link: bool) -> None:
    """Serve until the process is asked to end."""
    from stamm import api
    from stamm.app.bringing.work import working
    from stamm.app.framework import set_up
    from stamm.cli.attached import worker_beside
    from stamm.cli.beginning import begin_where_empty
    from stamm.cli.surfaces import Surface, Surfaces
    from stamm.ingest import Door, application, takes
    from stamm.ingest.hooks import secrets_in
    from stamm.ingest.records import tell
    from stamm.ingest.serving import heed_signals, listening
    from stamm.ingest.serving import serve as serve_until_ended

    say = current()
    begin_where_empty(say)
    project = say.project
    if project.reads_database:
        raise UsageError(
            "Facts in a shop's own database are read as they are; nothing of them is kept here.",
            remedy="Keep facts with an engine over imported data (`engine` in stamm.toml).",
        )
    sockets = listening(host, port)
    heed_signals()

    def started(port: int) -> None:
        address = f"http://{host}:{port}"
        say.out.print(say("Pages, and events taken in, at {address}", address=address))
        if invited is not None:
            email, token = invited
            minutes = round(SOON.total_seconds() / 60)
            say.out.print(say("Sign in as {email}, once, within {minutes} minutes:", email=email, minutes=minutes))
            say.out.plain(f"  {project.settings.address or address}/in/{token}/", style="name")
        say.out.file.flush()  # whoever reads a pipe wants to know now

    # whatever has begun has ended in order before it says how it was asked to
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        set_up(project, host)
        from stamm.people.links import SOON  # once Django is set up, and so the next
        from stamm.web.application import Web
        from stamm.web.beforehand import usual
        from stamm.web.desk import desk as desk_of_pages
        from stamm.web.pages.today import ready

        invited = link_for_owner(anyway=link)
        desk = desk_of_pages()
        ending.enter_context(working())
        ending.enter_context(desk.kept_current(first=ready, then=usual))
        if not no_worker:
            ending.enter_context(worker_beside(say.directory))
        door = Door(project.log, project.people())
        events = Surface(takes, application(door, hooks=secrets_in(os.environ)))
        turns, readers = api.Turns(desk), api.Readers(project.people())
        answers = Surface(api.takes, api.application(turns, readers, tell=tell))
        serve_until_ended(Surfaces(events, answers, others=Web()), sockets, started=started)
    say.out.print(say("Stopped. Everything acknowledged is on the disk."))


def link_for_owner(*, anyway: bool) -> tuple[str, str] | None:
    """Address and token for an owner who has no password yet, `anyway` for one who has; None where none is needed."""
    from stamm.people.accounts import owner_to_let_in
    from stamm.people.links import make_link

    who, now = getpass.getuser(), datetime.now(UTC)
    owner = owner_to_let_in(who=who, now=now, anyway=anyway)
    return None if owner is None else (owner.email, make_link(owner, who=who, now=now))
