"""What the send door would say of many customers now, before anything is planned for them.

It is asked again when a mail goes out: this is for whoever chooses whom to write to, and wants to know how many.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from stamm.delivery.customer_door import NO_ADDRESS, SUPPRESSED, Whom, refusal
from stamm.delivery.customer_mail import unsubscribed_by
from stamm.delivery.restraint import Occasion
from stamm.delivery.suppression import mark_of, suppressed_marks
from stamm.lang.errors import UsageError
from stamm.people.database import Run
from stamm.store.erasing.words import Digests


def foreseen(
    run: Run, customers: Iterable[Whom], purpose: str, occasion: Occasion, digests: Digests
) -> list[tuple[Whom, str]]:
    """Each of them with why no mail would go to them, as the door says it; empty where one would.

    Quiet hours and limits put off and are not looked at.
    """
    marks, stopped = suppressed_marks(run), unsubscribed_by(run, purpose)

    def against(whom: Whom) -> str:
        try:
            mark = mark_of(digests, whom.address)
        except UsageError:
            return NO_ADDRESS
        if mark in marks:
            return SUPPRESSED
        said: list[datetime] = [stopped[number] for number in whom.numbers if number in stopped]
        return refusal(occasion, whom.consent, max(said, default=None))

    return [(whom, against(whom)) for whom in customers]
