"""What the pages write about themselves: one JSON object a line. Never an address, a name, or what was asked for."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime

#: places of an error that are told, the innermost last
PLACES = 8


class Told(logging.Handler):
    """Django's messages without their texts, for an address may be a sign-in link, and a text may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line to the error stream: for an error its kind and where in the program it was."""
        line: dict[str, object] = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "what": "page",
            "level": record.levelname.lower(),
            "about": record.name,
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            line["status"] = status
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-PLACES:]
            line["places"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
        with suppress(OSError):  # a full disk is no reason to answer otherwise
            sys.stderr.write(json.dumps(line) + "\n")
            sys.stderr.flush()
