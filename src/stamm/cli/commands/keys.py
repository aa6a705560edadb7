"""stamm keys: who may send and read."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from stamm.cli import printing
from stamm.cli.session import Session, current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError

if TYPE_CHECKING:
    from stamm.people import Database

#: as in stamm.people.keys, which is not loaded for help alone
SCOPES = ("write", "read", "customers")


@command(
    "keys",
    step=13,
    about=(
        "Make, list and revoke the keys with which programs send events and read numbers.",
        (
            "A key is shown once, when it is made; only its hash is kept. What it sends is told apart by its source: a "
            "new key for the same source goes on where the old one ended. `history` shows who did what: with keys, "
            "with customers' data, with backups."
        ),
    ),
    examples=(
        ("stamm keys create website", "A key with which the website sends events"),
        ("stamm keys create dashboard --scope read", "A key that reads numbers and /metrics, and sends nothing"),
        ("stamm keys create crm --scope customers", "A key that also reads who is behind a number"),
        ("stamm keys revoke 1", "Over at once; what it sent stays"),
    ),
)
@argument("action", "create, list, revoke or history.", type=click.Choice(("create", "list", "revoke", "history")))
@argument("name", "For create the source or reader, such as website; for revoke the key's number.", required=False)
@option("--scope", type=click.Choice(SCOPES), default="write", help="What a new key is good for.")
@option(
    "--per-second",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="How many events a second a new key may send (2,000), or questions ask (20); ten seconds may come at once.",
)
def keys(*, action: str, name: str | None, scope: str, per_second: int | None) -> None:
    """Do what is asked with keys."""
    say = current()
    database = say.project.people()
    try:
        if action == "list":
            _list(database, say)
        elif action == "history":
            _history(database, say)
        elif name is None:
            missing = say("{name} is missing.", name="NAME")
            raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm keys"))
        elif action == "create":
            _create(database, say, name, scope, per_second)
        else:
            _revoke(database, say, name)
    finally:
        database.close()


def _create(database: Database, say: Session, source: str, scope: str, per_second: int | None) -> None:
    from stamm.people import Scope, create_key

    secret, key = create_key(
        database, source, Scope(scope), who=getpass.getuser(), now=datetime.now(UTC), per_second=per_second
    )
    say.out.plain(secret)
    text = say("Key {number} for {source}. It is shown this once; keep it now.", number=key.id, source=source)
    say.err.print(text, style="quiet")


def _revoke(database: Database, say: Session, name: str) -> None:
    from stamm.people import revoke_key

    if not name.isdigit():
        raise UsageError(f"There is no key {name}.", remedy="`stamm keys list` shows all of them.")
    key = revoke_key(database, int(name), who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Key {number} for {source} is revoked.", number=key.id, source=key.source))


def _list(database: Database, say: Session) -> None:
    from stamm.people import keys
    from stamm.people.keys import SCOPES, uses

    headings = ("key", "begins with", "source", "scope", "a second", "made", "last used", "revoked")
    table = printing.table(*(say(heading) for heading in headings), right=(0, 4))
    used = uses(database)
    for key in keys(database):
        moments = (key.created_at, used.get(key.id), key.revoked_at)
        told = ("" if moment is None else say.language.moment(moment) for moment in moments)
        rate = say.language.number(key.per_second)
        table.add_row(str(key.id), key.start + "…", key.source, say(SCOPES[key.scope]), rate, *told)
    say.out.show(table)


def _history(database: Database, say: Session) -> None:
    from stamm.people import acts
    from stamm.people.acts import ACTS

    table = printing.table(*(say(heading) for heading in ("when (UTC)", "who", "what", "about")))
    for act in acts(database):
        table.add_row(say.language.moment(act.at), act.who, say(ACTS.get(act.what, act.what)), act.about)
    say.out.show(table)
