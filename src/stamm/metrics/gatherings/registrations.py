"""Registrations."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.seats import Seats
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: anna and dora come to the tasting, ben registered for it and does not, cleo and emil walk in; the webinar runs into
#: March, and the tasting in April is still to come
SEATED = rows("""
    gathering_id  customer_id  ends_at           registered_at     attended_at       votes  submissions  comments
    tasting       anna         2024-02-10T20:00  2024-01-31T23:59  2024-02-10T18:00  2      -            1
    tasting       ben          2024-02-10T20:00  2024-02-01T00:00  -                 -      -            -
    tasting       cleo         2024-02-10T20:00  -                 2024-02-10T18:00  1      1            0
    tasting       dora         2024-02-10T20:00  2024-02-05T10:00  2024-02-10T18:30  -      -            -
    tasting       emil         2024-02-10T20:00  -                 2024-02-10T18:30  -      -            -
    webinar       anna         2024-03-01T00:00  2024-02-20T10:00  2024-02-29T23:00  4      -            -
    harvest       ben          2024-04-20T20:00  2024-02-29T23:59  -                 -      -            -
""")


class Registrations(Metric):
    """How often customers registered for a gathering in the window.

    By the moment of the registration, whenever the gathering is.
    """

    de = "Anmeldungen"
    sentence_de = "Wie oft sich Kunden im Zeitraum zu einem Treffen angemeldet haben."
    unit, better = "count", "higher"
    n = "registered"
    examples = (
        given(registered=4).gives(4),
        given(registered=0).gives(0),
        # ben and dora for the tasting, anna for the webinar, ben for April; anna's own was in January
        given(attendances=SEATED, window="2024-02", as_of="2024-03-10").gives(4),
    )

    @part("registrations", "Anmeldungen")
    def registered(self, seats: Seats) -> Reduction:
        return seats.registrations()

    def value(self, registered: Any) -> Any:
        return registered
