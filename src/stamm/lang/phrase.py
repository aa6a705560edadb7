"""Short texts that a definition carries in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """A short text in both languages."""

    en: str
    de: str

    def of(self, language: str) -> str:
        """The text in that language."""
        return self.de if language == "de" else self.en
