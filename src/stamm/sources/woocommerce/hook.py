"""WooCommerce's webhooks: orders and customers as they change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stamm.sources.hooks.kind import MISSING, WRONG, Hook, Refusal, same, signed
from stamm.sources.woocommerce.messages import WooCommerce


class WooCommerceHook(Hook):
    """WooCommerce's webhooks for orders and customers."""

    key = "woocommerce"
    en = "WooCommerce"
    de = "WooCommerce"
    sentence_de = "WooCommerces Webhooks für Bestellungen und Kunden."
    cited = "https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks"
    source = WooCommerce

    def tests_the_line(self, body: bytes) -> bool:
        """A webhook that is being saved asks, unsigned, whether anybody is here."""
        name, _, number = body.partition(b"=")
        return name == b"webhook_id" and number.isdigit()

    def check(self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Refusal | None:
        given = headers.get("x-wc-webhook-signature")
        if not given:
            return MISSING
        return None if same(given, b64encode(signed(secret, body)).decode()) else WRONG

    def message_id(self, headers: Mapping[str, str], value: Any) -> str | None:
        return headers.get("x-wc-webhook-delivery-id")
