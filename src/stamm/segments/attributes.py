"""Attributes of customers that rules may ask for, and what they are called in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Chosen

ATTRIBUTES: Mapping[str, Phrase] = {
    "country": Phrase("country", "Land"),
    "city": Phrase("city", "Stadt"),
    "language": Phrase("language", "Sprache"),
    "company": Phrase("company", "Firma"),
    "acquired_through": Phrase("origin", "Herkunft"),
    "persona": Phrase("persona", "Persona"),
}


def attribute() -> Chosen:
    """Which attribute is asked for."""
    return Chosen("country", ATTRIBUTES, "Which attribute.", "Welches Merkmal.", title=Phrase("attribute", "Merkmal"))
