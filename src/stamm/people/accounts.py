"""Accounts: who may come in, and as what. Every change is written into the record of acts, in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import QuerySet

from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.models import Person, SignInLink
from stamm.people.roles import Role


def people() -> QuerySet[Person]:
    """All who may come in, in the order of their addresses."""
    return Person.objects.filter(is_active=True).order_by("email")


def person_called(email: str) -> Person:
    """Somebody by address; raises UsageError where nobody has it."""
    found = people().filter(email=email.strip().lower()).first()
    if found is None:
        raise UsageError(f"Nobody here has the address {email}.", remedy="`stamm people list` shows everybody.")
    return found


def invite(email: str, role: Role, *, who: str, now: datetime, name: str = "") -> Person:
    """Somebody new, or somebody who had left, without a password: a link lets them in.

    Raises UsageError for what is no address, and for somebody who is here already.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise UsageError(f"{email!r} is no mail address.", remedy="Write it as anna@example.com.") from error
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(email=address).first()
        if person is not None and person.is_active:
            raise UsageError(
                f"{address} is here already.", remedy="Another role is given under People, or by `stamm people role`."
            )
        person = person or Person(email=address, joined_at=now)
        person.name, person.role, person.is_active = name or person.name, role.value, True
        person.set_unusable_password()
        person.save()
        acted(who, "person_invited", f"{address} {role.value}", now)
    return person


def change_role(person: Person, role: Role, *, who: str, now: datetime) -> None:
    """Another role from now on; raises UsageError where nobody would be owner any more."""
    with transaction.atomic():
        _keep_an_owner(person, leaving=role is not Role.OWNER)
        person.role = role.value
        person.save(update_fields=["role"])
        acted(who, "role_changed", f"{person.email} {role.value}", now)


def remove(person: Person, *, who: str, now: datetime) -> None:
    """Out at once, wherever signed in; raises UsageError where nobody would be owner any more."""
    with transaction.atomic():
        _keep_an_owner(person, leaving=True)
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        forget_links(person)
        acted(who, "person_removed", person.email, now)


def sign_out(person: Person, *, who: str, now: datetime) -> int:
    """End all sessions of a person, wherever signed in, and links not used; how many sessions there were."""
    running = Session.objects.filter(expire_date__gt=now).iterator()
    ended = [one.session_key for one in running if one.get_decoded().get(SESSION_KEY) == str(person.pk)]
    with transaction.atomic():
        Session.objects.filter(session_key__in=ended).delete()
        forget_links(person)
        acted(who, "signed_out", person.email, now)
    return len(ended)


def forget_links(person: Person) -> None:
    """No link that was made for a person is good any more."""
    SignInLink.objects.filter(person=person).delete()


def owner_to_let_in(*, who: str, now: datetime, anyway: bool = False) -> Person | None:
    """The owner who needs a link: at the first start somebody new, later the one owner who has no password yet.

    None where every owner can come in; `anyway` gives the first of them then.
    """
    if not people():
        return invite(f"{who.lower()}@localhost", Role.OWNER, who=who, now=now, name=who)
    owners = list(people().filter(role=Role.OWNER.value))
    locked_out = not any(owner.has_usable_password() for owner in owners)
    return owners[0] if owners and (locked_out or anyway) else None


def acted(who: str, what: str, about: str, now: datetime | None = None) -> None:
    """Write an act down, in the transaction that is open."""
    record(run, Act(now or datetime.now(UTC), who, what, about))


def _keep_an_owner(person: Person, *, leaving: bool) -> None:
    others = Person.objects.select_for_update().filter(role=Role.OWNER.value, is_active=True).exclude(pk=person.pk)
    if leaving and person.role == Role.OWNER.value and not others:
        raise UsageError(f"{person.email} is the only owner.", remedy="Make somebody else owner first.")


def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """A statement of a programme on Django's connection, in the transaction that is open (`people.database.Run`)."""
    given = [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value for value in values
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("?", "%s"), given)
        return cursor.fetchall() if cursor.description else []
