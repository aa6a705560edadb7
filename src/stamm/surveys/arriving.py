"""How much comes from one address: too much of it waits until somebody has looked, and is not counted meanwhile."""

from __future__ import annotations

from datetime import datetime

from stamm.intake.arriving import Arrivals
from stamm.intake.spam import FLOOD
from stamm.people.database import Run

_ARRIVALS = Arrivals("survey_arrival", "sheet_id", "survey_salt")


def note_arrival(run: Run, sheet: int, address: str, now: datetime) -> None:
    """Write down that a sheet was sent from there; where that was too much, all of that minute is held for review."""
    for number in _ARRIVALS.note(run, sheet, address, now):
        run(
            "UPDATE survey_sheet SET held = ?, told = 0, changed_at = ? WHERE held = '' AND id = ?",
            (FLOOD, now, number),
        )
