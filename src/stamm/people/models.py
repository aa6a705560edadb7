"""What is kept of people who sign in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from stamm.lang.language import CODES
from stamm.people.roles import Role

THEMES = ("light", "dark")


class People(BaseUserManager["Person"]):
    """Finds people by their address, however it is capitalised."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody who signs in. Nobody is deleted, so that the record of acts keeps its meaning."""

    email: models.EmailField[str, str] = models.EmailField(unique=True)
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    role: models.CharField[str, str] = models.CharField(
        max_length=10, choices=[(role.value, role.value) for role in Role]
    )
    #: empty: that of the browser
    language: models.CharField[str, str] = models.CharField(
        max_length=2, blank=True, choices=[(code, code) for code in CODES]
    )
    #: empty: that of the system
    theme: models.CharField[str, str] = models.CharField(
        max_length=5, blank=True, choices=[(theme, theme) for theme in THEMES]
    )
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    joined_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    objects: ClassVar[People] = People()

    class Meta:
        app_label = "people"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="people_person_role_known"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def may(self) -> Role:
        """The person's role."""
        return Role(self.role)


class SignInLink(models.Model):
    """A link that signs one person in, once, and soon or never; only the hash of it is kept."""

    person: models.ForeignKey[Person, Person] = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    hash: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    used_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        app_label = "people"

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
