"""People as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts of people; keys and the record of acts lie in the same database and are made by `open_database`."""

    name = "stamm.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
