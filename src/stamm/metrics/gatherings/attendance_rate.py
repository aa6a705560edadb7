"""Attendance rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.seats import Seats
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.gatherings.registrations import SEATED
from stamm.metrics.kind import Metric, part


class AttendanceRate(Metric):
    """Of those registered for the gatherings that ended in the window, the share who came.

    Who came without having registered is in neither number and stands beside them.
    """

    de = "Teilnahmequote"
    sentence_de = "Anteil der Angemeldeten, die kamen, bei Treffen, die im Zeitraum endeten."
    unit, better = "share", "higher"
    interval = Wilson("came", "registered")
    examples = (
        given(registered=3, came=2).gives(2 / 3),
        given(registered=0, came=0).gives(None),
        # anna and dora of anna, ben and dora; cleo and emil walked in, the webinar ends in March
        given(attendances=SEATED, window="2024-02", as_of="2024-03-10").gives(2 / 3),
    )

    @part("registered", "Angemeldete")
    def registered(self, seats: Seats) -> Reduction:
        return seats.count(seats.registered())

    @part("of them came", "davon gekommen")
    def came(self, seats: Seats) -> Reduction:
        return seats.count(seats.registered() & seats.attended())

    @part("came without having registered", "kamen unangemeldet")
    def walked_in(self, seats: Seats) -> Reduction:
        return seats.count(seats.walked_in())

    def value(self, registered: Any, came: Any) -> Any:
        return share(came, registered)
