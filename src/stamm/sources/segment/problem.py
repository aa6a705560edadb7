"""Why a message is no fact: a code, the field it is about, and a sentence in words."""

from __future__ import annotations

#: what each code means, read after the name of the field
MEANINGS = {
    "no_json": "is not JSON as RFC 8259 writes it, encoded in UTF-8",
    "no_object": "is not a JSON object",
    "too_deep": "is nested too deeply",
    "no_text": "holds half of a character (a lone surrogate)",
    "no_number": "is not a number",
    "no_type": "is not one of track, identify, page, screen, group and alias",
    "no_customer": "is missing, and anonymousId too; a call says who it is about",
    "no_name": "is missing; a track call names its event",
    "no_id": "is missing or too long; it tells a message from all others",
    "no_moment": "is not a moment; write it as 2024-02-10T14:30:00Z",
    "out_of_range": "lies too far in the past or in the future",
    "missing": "is missing",
    "no_currency": "is not an ISO 4217 currency; write three capitals such as EUR",
    "too_fine": "has more digits after the point than its currency has",
    "too_large": "is too large",
    "negative": "is negative",
    "too_early": "lies before the moment that it follows",
}


class Problem(Exception):  # noqa: N818 - it is told to whoever looks after what failed, not raised at a person
    """A message that is no fact; `reason` is how it is kept: the code, then a colon and the field, if there is one."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field

    @property
    def reason(self) -> str:
        """What is kept with the message."""
        return f"{self.code}:{self.field}" if self.field else self.code


def sentence(reason: str) -> tuple[str, str]:
    """The field and the meaning of a reason as it is kept; of an unknown code the code itself."""
    code, _, field = reason.partition(":")
    return field, MEANINGS.get(code, code)
