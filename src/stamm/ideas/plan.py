"""A board of ideas as plain values: what it is called in each language, who may take part, and what appears at once."""

from __future__ import annotations

from typing import Literal

import msgspec

from stamm.intake.words import Told, plain
from stamm.lang.errors import UsageError

#: whoever has its link may read, suggest and comment, and votes once an address is confirmed; or customers alone
PUBLIC, MEMBERS = "public", "members"
OPEN_TO = (PUBLIC, MEMBERS)
LANGUAGES = ("de", "en")
MOST_NAME, MOST_INTRO = 80, 1_000


class BoardPlan(msgspec.Struct, frozen=True):
    """What a board of ideas is. `waits`: what customers post appears once somebody here has looked at it."""

    name: Told
    intro: Told = {}
    open_to: Literal["public", "members"] = "public"
    waits: bool = True

    @property
    def languages(self) -> tuple[str, ...]:
        """Those in which it has a name, its first one first."""
        return tuple(self.name)

    def written(self) -> str:
        """As it is kept."""
        return msgspec.json.encode(self).decode()


def plan_of(text: str) -> BoardPlan:
    """As it was kept."""
    return msgspec.json.decode(text, type=BoardPlan)


def checked(plan: BoardPlan) -> BoardPlan:
    """The same without signs that nobody sees; raises UsageError for what is no board."""
    name = {code: " ".join(plain(plan.name.get(code, "")).split()) for code in plan.name}
    name = {code: text for code, text in name.items() if text}
    intro = {code: text for code in name if (text := plain(plan.intro.get(code, "")).strip())}
    if not name or set(name) - set(LANGUAGES):
        raise UsageError("A board of ideas has a name, in German or in English.", remedy="Write one, or both.")
    if any(len(text) > MOST_NAME for text in name.values()):
        raise UsageError(f"The name of a board has at most {MOST_NAME} letters.", remedy="Write less.")
    if any(len(text) > MOST_INTRO for text in intro.values()):
        raise UsageError(f"What stands above the ideas has at most {MOST_INTRO:,} letters.", remedy="Write less.")
    if plan.open_to not in OPEN_TO:
        raise UsageError(f"A board is not open to {plan.open_to!r}.", remedy=f"Choose {' or '.join(OPEN_TO)}.")
    return BoardPlan(name, intro, plan.open_to, bool(plan.waits))
