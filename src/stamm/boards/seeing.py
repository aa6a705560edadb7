"""Who sees which board, and who may change it."""

from __future__ import annotations

from collections.abc import Sequence

from stamm.boards.models import Board, Version
from stamm.people.models import Person
from stamm.people.roles import Role

#: who makes boards, and changes those that they see
EDITORS = frozenset({Role.OWNER, Role.ANALYST})


def boards_of(person: Person) -> list[Board]:
    """The boards that somebody sees, by name."""
    found = Board.objects.filter(deleted_at=None).select_related("maker")
    return sorted(
        (board for board in found if sees(person, board)), key=lambda board: (board.name.casefold(), board.pk)
    )


def board_for(person: Person, number: int, *, deleted: bool = False) -> Board | None:
    """A board if the person sees it; with `deleted` also one that was deleted."""
    found = Board.objects.filter(pk=number).select_related("maker").first()
    if found is None or (found.deleted_at is not None and not deleted):
        return None
    return found if sees(person, found) else None


def sees(person: Person, board: Board) -> bool:
    """Whether somebody sees it: its maker does, owners do, and the roles that it is shown to."""
    return board.maker == person or person.may is Role.OWNER or person.role in board.shown_to


def may_change(person: Person, board: Board) -> bool:
    """Whether somebody may change what they see."""
    return person.may in EDITORS and sees(person, board)


def versions_of(board: Board, most: int = 50) -> Sequence[Version]:
    """Its versions, the newest first."""
    return list(Version.objects.filter(board=board).order_by("-revision")[:most])


def version_of(board: Board, revision: int) -> Version | None:
    """How it was in one revision."""
    return Version.objects.filter(board=board, revision=revision).first()
