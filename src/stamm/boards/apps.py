"""Boards as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """Boards, their versions, and the links they are shared by."""

    name = "stamm.boards"
    label = "boards"
    default_auto_field = "django.db.models.BigAutoField"
