"""Signatures as Standard Webhooks describes them: https://www.standardwebhooks.com, version 1 (HMAC-SHA256).

A secret is made from the project's own key and a word of chance that is kept, so that neither the database nor a backup
of it is enough to sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"


def secret_from(project_secret: str, webhook: int, chance: str) -> str:
    """The secret of a webhook, 256 bits, as its receiver writes it down."""
    told = f"webhook:{webhook}:{chance}"
    return PREFIX + base64.b64encode(hmac.digest(project_secret.encode(), told.encode(), hashlib.sha256)).decode()


def signed(secret: str, message: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers with which a receiver knows the message, when it was sent, and that it came from here.

    The number of a message is the same at each repeat; `now` is the moment of this one.
    """
    at = int(now.timestamp())
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signature = base64.b64encode(hmac.digest(key, f"{message}.{at}.".encode() + body, hashlib.sha256)).decode()
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}
