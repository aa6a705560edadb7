"""Zendesk's webhooks: events about tickets, signed together with their time."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stamm.sources.exports.values import text
from stamm.sources.hooks.kind import MISSING, OLD, WRONG, Hook, Refusal, same, signed, too_old
from stamm.sources.zendesk.messages import Zendesk


class ZendeskHook(Hook):
    """Zendesk's events about tickets."""

    key = "zendesk"
    en = "Zendesk"
    de = "Zendesk"
    sentence_de = "Zendesks Ereignisse zu Tickets."
    cited = "https://developer.zendesk.com/documentation/webhooks/verifying/"
    source = Zendesk

    def check(self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Refusal | None:
        given, time = headers.get("x-zendesk-webhook-signature"), headers.get("x-zendesk-webhook-signature-timestamp")
        if not given or not time:
            return MISSING
        if not same(given, b64encode(signed(secret, time.encode("utf-8", "replace"), body)).decode()):
            return WRONG
        try:
            at = datetime.fromisoformat(time)
        except ValueError:
            return OLD
        return OLD if too_old((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp(), now, self.tolerance) else None

    def message_id(self, headers: Mapping[str, str], value: Any) -> str | None:
        return text(value.get("id"))
