"""What can be done to boards: each in one transaction, as a version; what others notice is also written as an act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from msgspec.structs import replace

from stamm.boards.content import Change, Content, MeanwhileError, checked_name
from stamm.boards.models import Board, BoardLink, Version
from stamm.people.accounts import acted
from stamm.people.models import Person
from stamm.people.roles import Role

#: versions of a board that are kept
MOST_VERSIONS = 200


def create_board(content: Content, *, who: Person, now: datetime) -> Board:
    """A new board, seen by its maker alone. Raises UsageError for a name that is none."""
    name = checked_name(content.name)
    with transaction.atomic():
        board = Board.objects.create(
            name=name, maker=who, shown_to=[], revision=1, written=content.written(), made_at=now, changed_at=now
        )
        _keep_version(board, who, "created", now)
        acted(who.email, "board_created", _about(board), now)
    return board


def duplicate_board(board: Board, name: str, *, who: Person, now: datetime) -> Board:
    """The same again, under another name, for oneself alone."""
    content = board.content
    widgets = tuple(replace(widget, changed=1) for widget in content.widgets)
    return create_board(Content(checked_name(name), content.kept, widgets, content.next), who=who, now=now)


def change_board(board: Board, change: Change, *, seen: int, who: Person, now: datetime) -> Board:
    """The board after a change by somebody who had seen revision `seen`.

    Raises MeanwhileError where the same was changed since, or the board is gone; UsageError for what cannot be.
    """
    with transaction.atomic():
        locked = _locked(board)
        before = locked.content
        after = change.of(before, min(seen, locked.revision), locked.revision + 1)
        if after == before:
            return locked
        locked.revision += 1
        locked.written, locked.name, locked.changed_at = after.written(), after.name, now
        locked.save(update_fields=["revision", "written", "name", "changed_at"])
        _keep_version(locked, who, change.what, now)
        Version.objects.filter(board=locked, revision__lte=locked.revision - MOST_VERSIONS).delete()
    return locked


def show_board(board: Board, roles: Iterable[Role], *, who: Person, now: datetime) -> None:
    """Show it to these roles, and to no others, beside its maker and the owners."""
    with transaction.atomic():
        locked = _locked(board)
        locked.shown_to = sorted(role.value for role in roles)
        locked.save(update_fields=["shown_to"])
        acted(who.email, "board_shown", f"{_about(locked)}: {', '.join(locked.shown_to) or '-'}", now)


def delete_board(board: Board, *, who: Person, now: datetime) -> None:
    """Away for everybody, its links for good; `restore_board` brings the board back."""
    with transaction.atomic():
        locked = _locked(board)
        locked.deleted_at = now
        locked.save(update_fields=["deleted_at"])
        BoardLink.objects.filter(board=locked, revoked_at=None).update(revoked_at=now)
        acted(who.email, "board_deleted", _about(locked), now)


def restore_board(board: Board, *, who: Person, now: datetime) -> None:
    """Back again after it was deleted."""
    with transaction.atomic():
        if Board.objects.filter(pk=board.pk).exclude(deleted_at=None).update(deleted_at=None):
            acted(who.email, "board_restored", _about(board), now)


def _locked(board: Board) -> Board:
    found = Board.objects.select_for_update().filter(pk=board.pk, deleted_at=None).first()
    if found is None:
        raise MeanwhileError("This board was deleted meanwhile.", remedy="Whoever deleted it can bring it back.")
    return found


def _keep_version(board: Board, who: Person, what: str, now: datetime) -> None:
    Version.objects.create(
        board=board, revision=board.revision, written=board.written, who=str(who)[:200], what=what, at=now
    )


def _about(board: Board) -> str:
    return f"{board.pk} {board.name}"
