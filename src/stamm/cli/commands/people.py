"""stamm people: who may sign in, and as what."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

import click

from stamm.cli import printing
from stamm.cli.session import Session, current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError

ACTIONS = ("list", "invite", "role", "link", "remove")
#: as in stamm.people.roles, which is not loaded for help alone
ROLES = ("owner", "analyst", "support", "viewer")


@command(
    "people",
    step=13,
    about=(
        "Let people in, give them a role, make a link that signs one in, or let them out.",
        (
            "An owner may do everything; an analyst sees every number and takes lists of customers away; support sees "
            "every number and customers one by one; a viewer sees numbers, and nobody's name. `invite` and `link` "
            "print a link that is good once: nobody has a password until that person chooses one. `stamm keys history` "
            "shows who did what."
        ),
    ),
    examples=(
        ("stamm people invite anna@example.com --role analyst", "Somebody new; send her the link it prints"),
        ("stamm people link anna@example.com", "A new link for somebody who has forgotten the password"),
        ("stamm people role anna@example.com --role owner", "Another role, from now on"),
        ("stamm people remove anna@example.com", "Out at once, wherever signed in"),
    ),
)
@argument("action", "list, invite, role, link or remove.", type=click.Choice(ACTIONS))
@argument("email", "Whom it is about, by mail address.", required=False)
@option("--role", type=click.Choice(ROLES), default="viewer", help="For invite and role.")
@option("--name", default="", metavar="NAME", help="For invite: how the person is called.")
def people(*, action: str, email: str | None, role: str, name: str) -> None:
    """Do what is asked with people."""
    from stamm.app.framework import set_up

    say = current()
    set_up(say.project)
    if action == "list":
        _list(say)
    elif email is None:
        missing = say("{name} is missing.", name="EMAIL")
        raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm people"))
    else:
        {"invite": _invite, "role": _role, "link": _link, "remove": _remove}[action](say, email, role, name)


def _list(say: Session) -> None:
    from stamm.people.accounts import people as everybody

    headings = ("mail address", "name", "role", "password", "last here (UTC)")
    table = printing.table(*(say(heading) for heading in headings))
    for person in everybody():
        seen = "" if person.last_login is None else say.language.moment(person.last_login)
        password = say("chosen") if person.has_usable_password() else say("not yet")
        table.add_row(person.email, person.name, say(person.role), password, seen)
    say.out.show(table)


def _invite(say: Session, email: str, role: str, name: str) -> None:
    from stamm.people.accounts import invite
    from stamm.people.links import INVITED
    from stamm.people.roles import Role

    person = invite(email, Role(role), who=getpass.getuser(), now=datetime.now(UTC), name=name)
    days = INVITED.days
    _print_link(say, person.email, days=days)
    text = say(
        "{email} may come in as {role}, by this link, once, within {days} days.",
        email=person.email,
        role=say(role),
        days=days,
    )
    say.err.print(text, style="quiet")


def _role(say: Session, email: str, role: str, _: str) -> None:
    from stamm.people.accounts import change_role, person_called
    from stamm.people.roles import Role

    person = person_called(email)
    change_role(person, Role(role), who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("{email} is {role} now.", email=person.email, role=say(role)))


def _link(say: Session, email: str, _role: str, _name: str) -> None:
    _print_link(say, email, days=0)
    say.err.print(say("Good once, within 30 minutes; links made before are over."), style="quiet")


def _remove(say: Session, email: str, _role: str, _name: str) -> None:
    from stamm.people.accounts import person_called, remove

    person = person_called(email)
    remove(person, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("{email} is out.", email=person.email))


def _print_link(say: Session, email: str, *, days: int) -> None:
    """A link that is good for so many days, or for half an hour; its address is that of stamm.toml."""
    from stamm.people.accounts import person_called
    from stamm.people.links import INVITED, SOON, make_link

    good_for = INVITED if days else SOON
    token = make_link(person_called(email), who=getpass.getuser(), now=datetime.now(UTC), good_for=good_for)
    address = say.project.settings.address or "http://127.0.0.1:8711"
    say.out.plain(f"{address}/in/{token}/")
