"""Sign-in links: how somebody comes in who has no password yet, or has forgotten it.

A link is 192 bits of chance and a signature. The signature is looked at first, so that what nobody made never reaches
the database; what is kept there is a hash. It is good once, for one person, for a short while.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet

from stamm.people.accounts import acted, forget_links
from stamm.people.keys import hash_of
from stamm.people.models import Person, SignInLink

#: for the owner who has just started the server
SOON = timedelta(minutes=30)
#: for somebody who is invited and reads mail in the morning
INVITED = timedelta(days=3)
_SALT = "stamm.people.links"


def make_link(person: Person, *, who: str, now: datetime, good_for: timedelta = SOON) -> str:
    """A new token for a person; nobody can show it again. Links made earlier and not used are over."""
    token = Signer(salt=_SALT).sign(secrets.token_urlsafe(24))
    with transaction.atomic():
        forget_links(person)
        SignInLink.objects.create(person=person, hash=hash_of(token), made_at=now, expires_at=now + good_for)
        acted(who, "link_made", person.email, now)
    return token


def person_of(token: str, *, now: datetime) -> Person | None:
    """Whom the link would sign in; None where it is used, over, or nobody's."""
    found = _usable(token, now)
    return None if found is None else found.person


def use_link(token: str, *, now: datetime) -> Person | None:
    """Whom the link signs in, this once; None where it is used, over, or nobody's. Of two who use it at once, one."""
    found = _usable(token, now)
    if found is None:
        return None
    with transaction.atomic():
        if not SignInLink.objects.filter(pk=found.pk, used_at=None).update(used_at=now):
            return None
        acted(found.person.email, "link_used", found.person.email, now)
    return found.person


def _usable(token: str, now: datetime) -> SignInLink | None:
    try:
        Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    links: QuerySet[SignInLink] = SignInLink.objects.select_related("person")
    return links.filter(hash=hash_of(token), used_at=None, expires_at__gt=now, person__is_active=True).first()
