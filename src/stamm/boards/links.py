"""Links that show one board and nothing else, to whoever has them, until they are revoked or over."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q, QuerySet

from stamm.boards.models import Board, BoardLink
from stamm.people.accounts import acted
from stamm.people.keys import hash_of
from stamm.people.models import Person

_SALT = "stamm.boards.links"


def make_board_link(board: Board, *, who: Person, now: datetime, note: str = "", until: datetime | None = None) -> str:
    """A new token for a board, good until a moment or until it is revoked; nobody can show it again."""
    token = Signer(salt=_SALT).sign(secrets.token_urlsafe(24))
    with transaction.atomic():
        BoardLink.objects.create(
            board=board, hash=hash_of(token), note=note.strip()[:120], made_by=who.email, made_at=now, expires_at=until
        )
        acted(who.email, "board_link_made", f"{board.pk} {board.name}", now)
    return token


def revoke_board_link(link: BoardLink, *, who: Person, now: datetime) -> None:
    """Over at once."""
    with transaction.atomic():
        if BoardLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
            acted(who.email, "board_link_revoked", f"{link.board.pk} {link.board.name}", now)


def links_of(board: Board, *, now: datetime) -> Sequence[BoardLink]:
    """The links that still show it, the newest first."""
    return list(_good(now).filter(board=board).order_by("-made_at", "-pk"))


def board_of_link(token: str, *, now: datetime) -> Board | None:
    """The board that a link shows; None where it is revoked, over, or nobody's.

    What nobody made never reaches the database.
    """
    try:
        Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    found = _good(now).filter(hash=hash_of(token), board__deleted_at=None).first()
    return None if found is None else found.board


def _good(now: datetime) -> QuerySet[BoardLink]:
    links = BoardLink.objects.select_related("board")
    return links.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
