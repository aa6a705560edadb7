"""Stripe's webhooks: events, signed together with their time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stamm.sources.exports.values import text
from stamm.sources.hooks.kind import MISSING, OLD, WRONG, Hook, Refusal, same, signed, too_old
from stamm.sources.stripe.messages import Stripe


class StripeHook(Hook):
    """Stripe's events about customers, subscriptions, invoices and refunds."""

    key = "stripe"
    en = "Stripe"
    de = "Stripe"
    sentence_de = "Stripes Ereignisse zu Kunden, Abonnements, Rechnungen und Erstattungen."
    cited = "https://docs.stripe.com/webhooks/signature"
    source = Stripe

    def check(self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Refusal | None:
        parts = [part.strip().partition("=") for part in headers.get("stripe-signature", "").split(",")]
        times = [value for name, _, value in parts if name == "t"]
        given = [value for name, _, value in parts if name == "v1" and value]
        if len(times) != 1 or not given:
            return MISSING
        expected = signed(secret, times[0].encode("utf-8", "replace"), b".", body).hex()
        if not any(same(one, expected) for one in given):
            return WRONG
        return OLD if not times[0].isdecimal() or too_old(int(times[0]), now, self.tolerance) else None

    def message_id(self, headers: Mapping[str, str], value: Any) -> str | None:
        return text(value.get("id"))
