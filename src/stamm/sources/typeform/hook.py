"""Typeform's webhooks: answers as they are sent."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stamm.sources.exports.values import text
from stamm.sources.hooks.kind import MISSING, WRONG, Hook, Refusal, same, signed
from stamm.sources.typeform.messages import Typeform


class TypeformHook(Hook):
    """Typeform's webhooks for answers."""

    key = "typeform"
    en = "Typeform"
    de = "Typeform"
    sentence_de = "Typeforms Webhooks für Antworten."
    cited = "https://www.typeform.com/developers/webhooks/secure-your-webhooks/"
    source = Typeform

    def check(self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Refusal | None:
        given = headers.get("typeform-signature")
        if not given:
            return MISSING
        return None if same(given, "sha256=" + b64encode(signed(secret, body)).decode()) else WRONG

    def message_id(self, headers: Mapping[str, str], value: Any) -> str | None:
        return text(value.get("event_id"))
