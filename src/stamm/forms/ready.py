"""Forms that come ready, one for each use, in both languages; each is where one's own begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from stamm.forms.plan import TOPIC, USES, Field, Option, Plan, Use
from stamm.lang.errors import UsageError

_NAME = Field("name", "name", {"de": "Name", "en": "Name"})
_EMAIL = Field("email", "email", {"de": "E-Mail-Adresse", "en": "E-mail address"}, required=True)
_PHONE = Field("phone", "phone", {"de": "Telefon", "en": "Telephone"})
_NEWS = Field(
    "newsletter",
    "consent",
    {
        "de": "Sie dürfen mir Neuigkeiten per E-Mail schicken. Das kann ich jederzeit widerrufen.",
        "en": "You may send me news by e-mail. I can take this back at any time.",
    },
    purpose="newsletter",
)
_THANKS = {"de": "Danke. Wir melden uns bei Ihnen.", "en": "Thank you. We will get back to you."}
READY: Mapping[Use, Plan] = {
    "lead": Plan(
        "",
        "lead",
        (
            replace(_NAME, required=True),
            _EMAIL,
            _PHONE,
            Field("company", "company", {"de": "Firma", "en": "Company"}),
            Field("wish", "text", {"de": "Womit können wir helfen?", "en": "How can we help?"}),
            _NEWS,
        ),
        {"de": "Lernen wir uns kennen", "en": "Get to know us"},
        button={"de": "Anfrage senden", "en": "Send request"},
        thanks=_THANKS,
    ),
    "registration": Plan(
        "",
        "registration",
        (
            replace(_NAME, required=True),
            _EMAIL,
            Field("birthday", "date", {"de": "Geburtstag", "en": "Birthday"}, {"de": "Freiwillig.", "en": "Optional."}),
            _NEWS,
        ),
        {"de": "Werden Sie Stammkunde", "en": "Become a regular"},
        button={"de": "Anmelden", "en": "Register"},
        thanks={"de": "Willkommen. Schön, dass Sie da sind.", "en": "Welcome. Good to have you with us."},
    ),
    "booking": Plan(
        "",
        "booking",
        (
            replace(_NAME, required=True),
            _EMAIL,
            _PHONE,
            Field("note", "text", {"de": "Was sollten wir wissen?", "en": "Anything we should know?"}),
            _NEWS,
        ),
        {"de": "Platz buchen", "en": "Book a place"},
        button={"de": "Platz buchen", "en": "Book a place"},
        thanks={"de": "Ihr Platz ist gebucht. Bis dann.", "en": "Your place is booked. See you there."},
        quota=20,
    ),
    "support": Plan(
        "",
        "support",
        (
            _NAME,
            _EMAIL,
            Field(
                TOPIC,
                "choice",
                {"de": "Worum geht es?", "en": "What is it about?"},
                required=True,
                options=(
                    Option("order", {"de": "Eine Bestellung", "en": "An order"}),
                    Option("product", {"de": "Ein Produkt", "en": "A product"}),
                    Option("invoice", {"de": "Eine Rechnung", "en": "An invoice"}),
                    Option("other", {"de": "Etwas anderes", "en": "Something else"}),
                ),
            ),
            Field("request", "text", {"de": "Ihr Anliegen", "en": "Your request"}, required=True),
            Field("files", "files", {"de": "Bilder oder PDF", "en": "Pictures or PDF"}),
        ),
        {"de": "Wie können wir helfen?", "en": "How can we help?"},
        button={"de": "Anfrage senden", "en": "Send request"},
        thanks=_THANKS,
    ),
}


def ready(use: str, name: str, now: datetime) -> Plan:
    """One of them under a name; a booking is in two weeks until somebody sets when.

    Raises UsageError where there is none for that use.
    """
    found = next((READY[each] for each in USES if each == use), None)
    if found is None:
        raise UsageError(f"There is no ready form {use!r}.", remedy=f"There are {', '.join(USES)}.")
    if found.use != "booking":
        return replace(found, name=name)
    starts = (now + timedelta(days=14)).replace(minute=0, second=0, microsecond=0)
    return replace(found, name=name, starts_at=starts, ends_at=starts + timedelta(hours=2))
