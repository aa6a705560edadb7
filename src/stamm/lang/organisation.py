"""The organisation's settings that numbers depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SpellRule = Literal["orders", "subscriptions", "activity"]
History = Literal["cut", "complete"]
Keep = Literal["month", "week", "never"]


@dataclass(frozen=True)
class Organisation:
    """How one organisation cuts days, money, spells and sessions.

    `history`: `cut` where the facts begin in the middle of the organisation's life, `complete` where nothing
    came before. `lapse_days` is not used by the rule `subscriptions`. Defaults are those of facts.md.
    """

    name: str = ""
    zone: str = "UTC"
    currency: str = "EUR"
    language: str = ""
    history: History = "cut"
    spell_rule: SpellRule = "orders"
    lapse_days: int = 90
    session_minutes: int = 30
    #: how often predictions are kept by themselves, as of the first day of each
    keep_predictions: Keep = "month"
    #: by source: the time zone of an export that does not say in which its times are written
    time_zones: Mapping[str, str] = field(default_factory=dict)
    #: why the rule and lapse were chosen, shown beside numbers that depend on them
    reasons: Mapping[str, str] = field(default_factory=dict)
