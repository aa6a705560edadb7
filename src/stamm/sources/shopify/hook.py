"""Shopify's webhooks: orders, refunds and customers as they change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stamm.sources.hooks.kind import MISSING, WRONG, Hook, Refusal, same, signed
from stamm.sources.shopify.messages import Shopify


class ShopifyHook(Hook):
    """Shopify's webhooks for orders, refunds and customers."""

    key = "shopify"
    en = "Shopify"
    de = "Shopify"
    sentence_de = "Shopifys Webhooks für Bestellungen, Erstattungen und Kunden."
    cited = "https://shopify.dev/docs/apps/build/webhooks/subscribe/https"
    source = Shopify

    def check(self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Refusal | None:
        given = headers.get("x-shopify-hmac-sha256")
        if not given:
            return MISSING
        return None if same(given, b64encode(signed(secret, body)).decode()) else WRONG

    def message_id(self, headers: Mapping[str, str], value: Any) -> str | None:
        return headers.get("x-shopify-webhook-id")
