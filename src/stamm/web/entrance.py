"""What allauth asks us when somebody comes in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from stamm.people.accounts import acted
from stamm.people.models import Person


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves, and nothing is said in passing; who comes in is written down."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        acted(user.email, "signed_in", user.email)

    def add_message(self, *arguments: Any, **more: Any) -> None:
        """Pages say themselves what has happened."""
