"""How much of what is alike the long tests walk: a part, so that they end in time, or with THOROUGH=1 all of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

THOROUGH = os.environ.get("THOROUGH") == "1"

One = TypeVar("One")


def one_in(step: int, all_of_them: Sequence[One]) -> list[One]:
    """Each so-manieth of them, the first among them."""
    return list(all_of_them if THOROUGH else all_of_them[::step])


def turns(all_of_them: int, usual: int) -> int:
    """How often, or how many."""
    return all_of_them if THOROUGH else usual
