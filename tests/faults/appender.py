"""A program that appends to a log and tells of each message once it is acknowledged: `python appender.py FOLDER`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from stamm.store.log import Entry, sqlite

MESSAGES = 60
NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


def message(message_id: str) -> Entry:
    """A message of some length."""
    return Entry("shop", message_id, b"x" * 2_000, NOON)


def append_all(folder: Path, told: int | None = None) -> None:
    """Append every message, in groups of one to three, and trim now and then; `told` hears what is acknowledged."""
    log = sqlite.SqliteLog(folder / "log.sqlite")
    number = 0
    while number < MESSAGES:
        group = [f"m{each}" for each in range(number, min(number + 1 + number % 3, MESSAGES))]
        log.append([message(one) for one in group])
        if told is not None:
            os.write(told, "".join(f"{one}\n" for one in group).encode())
        number += len(group)
        if number % 20 == 0:
            log.trim(number // 4)
    log.close()


if __name__ == "__main__":
    if sys.argv[2:] == ["normal"]:
        sqlite.SETTINGS = tuple(setting.replace("FULL", "NORMAL") for setting in sqlite.SETTINGS)
    place = Path(sys.argv[1])
    handle = os.open(place / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    append_all(place, handle)
