"""Attendance."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.seats import Seats
from stamm.lang.example import given
from stamm.metrics.gatherings.registrations import SEATED
from stamm.metrics.kind import Metric, part


class AttendanceCount(Metric):
    """How often customers came to a gathering in the window.

    By the moment of coming, with those who had not registered. Who comes to two gatherings counts twice.
    """

    en = "Attendance"
    de = "Anwesenheit"
    sentence_de = "Wie oft Kunden im Zeitraum zu einem Treffen kamen."
    unit, better = "count", "higher"
    n = "attended"
    examples = (
        given(attended=5).gives(5),
        given(attended=0).gives(0),
        # anna, cleo, dora and emil to the tasting, anna to the webinar, which ends in March
        given(attendances=SEATED, window="2024-02", as_of="2024-03-10").gives(5),
    )

    @part("attendances", "Anwesenheiten")
    def attended(self, seats: Seats) -> Reduction:
        return seats.attendance()

    def value(self, attended: Any) -> Any:
        return attended
