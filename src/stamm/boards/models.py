"""What is kept of boards."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from stamm.boards.content import MOST_NAME, Content, content_of
from stamm.people.models import Person


class Board(models.Model):
    """A board as it is now. A deleted one stays, so that it can be brought back."""

    name: models.CharField[str, str] = models.CharField(max_length=MOST_NAME)
    maker: models.ForeignKey[Person, Person] = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    #: the roles that see it; its maker and owners always do
    shown_to: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    revision: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=1)
    written: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    changed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    deleted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        app_label = "boards"

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> Content:
        """All that it holds."""
        return content_of(self.written)


class Version(models.Model):
    """A board as it was in one revision, by whom it became so, and the code of what they did."""

    board: models.ForeignKey[Board, Board] = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="+")
    revision: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    written: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    who: models.CharField[str, str] = models.CharField(max_length=200)
    what: models.CharField[str, str] = models.CharField(max_length=20)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "boards"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["board", "revision"], name="boards_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.revision}"

    @property
    def content(self) -> Content:
        """All that it held."""
        return content_of(self.written)


class BoardLink(models.Model):
    """A link that shows one board and nothing else, to whoever has it; only the hash of it is kept."""

    board: models.ForeignKey[Board, Board] = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="+")
    hash: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    #: whom it was made for, in the words of whoever made it
    note: models.CharField[str, str] = models.CharField(max_length=120, blank=True)
    made_by: models.CharField[str, str] = models.CharField(max_length=254)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        app_label = "boards"

    def __str__(self) -> str:
        return self.note or f"{self.made_at:%Y-%m-%d %H:%M}"
