"""What allauth asks us when somebody comes in."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from stamm.lang.language import Language
from stamm.people.accounts import acted
from stamm.people.models import Person
from stamm.web.speaking import language_of


class Entrance(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves, and nothing is said in passing; who comes in is written down."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def validation_error(self, code: str, *arguments: Any) -> Exception:
        """In our words where somebody cannot come in; who is known here is not told."""
        if code == "email_password_mismatch":
            say = Language(language_of(self.request))
            return ValidationError(say("Address and password do not belong together."), code=code)
        return cast(Exception, super().validation_error(code, *arguments))

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        acted(user.email, "signed_in", user.email)

    def add_message(self, *arguments: Any, **more: Any) -> None:
        """Pages say themselves what has happened."""
