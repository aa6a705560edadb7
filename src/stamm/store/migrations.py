"""From one schema version of the lake to the next.

`MIGRATIONS[n]` turns the manifest of version n (plain values, as in its JSON file) into one of version
n + 1. It may write new files below the lake but never changes or deletes one: until the new manifest is
there, readers see the old state, and a migration that dies is simply started again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Migration = Callable[[Path, dict[str, Any]], dict[str, Any]]

MIGRATIONS: dict[int, Migration] = {}
