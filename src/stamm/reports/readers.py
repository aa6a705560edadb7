"""Who a report is written for."""

from typing import Literal

#: a manager wants to know what changed and why, an analyst how each number came about
Reader = Literal["manager", "analyst"]
READERS: tuple[Reader, ...] = ("manager", "analyst")
