"""The settings of a definition in words."""

from __future__ import annotations

from typing import Any

from stamm.lang.definition import Definition, Setting
from stamm.lang.language import Language


def set_words(made: Definition, say: Language) -> tuple[tuple[str, str], ...]:
    """The settings that are not as they come: what each is called, and its value in words."""
    declared = made.settings_declared()
    return tuple(
        (declared[name].label(say.code), value_words(declared[name], value, say))
        for name, value in made.unusual.items()
    )


def value_words(setting: Setting[Any], value: object, say: Language) -> str:
    """A value of a setting."""
    if value in setting.words:
        return setting.words[value].of(say.code)
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return say.trimmed(value, 2) if isinstance(value, int | float) else str(value)
