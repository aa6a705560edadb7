"""A section of stamm.toml that names an origin: its name and its settings, before what they mean is looked at."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stamm.lang.errors import ProjectError

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def settings_of(
    section: str, name: str, table: object, file: Path, *, known: Collection[str], least: Mapping[str, int]
) -> tuple[Mapping[str, Any], str]:
    """The settings of `[section.name]`, and its place for errors.

    `known` are the keys there can be. Those in `least` are whole numbers, no smaller than it says; others are texts.
    Raises ProjectError with section, key and remedy.
    """
    if not isinstance(table, dict) or not _NAME.fullmatch(name):
        raise ProjectError(
            f"{name} in [{section}] must be a section with a plain name.",
            where=str(file),
            remedy=f"Write [{section}.NAME].",
        )
    place = f"{file}, [{section}.{name}]"
    for key, value in table.items():
        if key not in known:
            near = get_close_matches(key, known, n=1) or list(known)
            raise ProjectError(
                f"There is no setting {key!r} in [{section}].", where=place, remedy=f"Did you mean {' or '.join(near)}?"
            )
        if key in least:
            if not isinstance(value, int) or isinstance(value, bool) or value < least[key]:
                raise ProjectError(f"{key} must be a whole number from {least[key]} on.", where=place)
        elif not isinstance(value, str):
            raise ProjectError(f"{key} must be a text in quotation marks.", where=place)
    return table, place
