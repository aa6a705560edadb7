"""Addresses that carry what they lead to, signed: nobody makes one up, and the same one can be shown again."""

from __future__ import annotations

import hashlib
import hmac

_LONGEST = 160


def signed(told: str, secret: str, use: str) -> str:
    """What an address carries; `use` keeps one programme from taking the addresses of another."""
    signature = hmac.new(secret.encode(), f"{use}:{told}".encode(), hashlib.sha256).hexdigest()[:40]
    return f"{told}-{signature}"


def read_signed(token: str, secret: str, use: str) -> str | None:
    """What was signed; None where nobody here signed it."""
    told, _, _ = token.rpartition("-")
    if len(token) > _LONGEST or not hmac.compare_digest(signed(told, secret, use).encode(), token.encode()):
        return None
    return told
