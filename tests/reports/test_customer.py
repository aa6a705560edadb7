"""One customer in words: each kind of thing that happens has its line, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.answers.one_customer import SAID_AND_DONE, Visit, rhythm_of
from stamm.answers.silences import Alike
from stamm.facts import FACTS
from stamm.lang.language import Code, Language
from stamm.lang.organisation import Organisation
from stamm.reports.customer.expected import expected
from stamm.reports.customer.standing import Standing
from stamm.reports.customer.timeline import Timeline, shown

NEW_YEAR = datetime(2023, 12, 31, 23, 30, tzinfo=UTC)
AS_OF = datetime(2024, 3, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2024, 1, 1, 10, tzinfo=UTC) + timedelta(days=number)


def row(kind: str, /, **told: Any) -> dict[str, Any]:
    return {**dict.fromkeys(FACTS[kind].columns()), "foreign": False, "gathering": None, **told}


ROWS: dict[str, list[dict[str, Any]]] = {
    **{kind: [] for kind in SAID_AND_DONE},
    "orders": [
        row("orders", order_id="o1", ordered_at=NEW_YEAR, amount_minor=4480, channel="app", delivered_at=day(1)),
        row("orders", order_id="o2", ordered_at=day(2), amount_minor=500, cancelled_at=day(3)),
        row("orders", order_id="o3", ordered_at=day(9), amount_minor=700, currency="USD", foreign=True),
    ],
    "sent_back": [row("sent_back", order_id="o1", returned_at=day(4), amount_minor=1190, reason="wrong grind")],
    "subscriptions": [
        row("subscriptions", plan="M", status="past_due", started_at=day(5), ended_at=day(6), mrr_minor=900,
            end_reason="delinquent"),
    ],
    "messages": [
        row("messages", channel="email", campaign="Roasts", sent_at=day(7), delivered_at=day(7)),
        row("messages", channel="sms", sent_at=day(8), opened_at=day(8), clicked_at=day(8), unsubscribed_at=day(8)),
    ],
    "responses": [
        row("responses", kind="nps", question="q", asked_at=day(10), answered_at=day(11), score=4.0, scale_max=10.0,
            comment="Late", touchpoint="delivery"),
        row("responses", kind="choice", question="colour", asked_at=day(12)),
    ],
    "tickets": [
        row("tickets", ticket_id="8841", opened_at=day(13), topic="Delivery",
            first_reply_at=day(13) + timedelta(minutes=192), resolved_at=day(15) + timedelta(hours=22)),
    ],
    "attendances": [row("attendances", gathering_id="g1", registered_at=day(16), ends_at=day(17))],
    "points": [row("points", kind="redeemed", quantity=-60, posted_at=day(18))],
    "consents": [row("consents", purpose="calls", granted=False, recorded_at=day(19))],
    "reactions": [row("reactions", kind="like", happened_at=day(20))],
}  # fmt: skip
VISITS = [Visit(day(21), ("Tea", "Tea", "Cart"), ("Added",))]
TOLD: dict[Code, list[str]] = {
    "en": [
        "Visited, 3 pages: Tea, Cart", "Liked a post", "Objected to calls", "Points redeemed", "g1: not there",
        "Registered for g1", "Ticket 8841 resolved after 2 d 22 h",
        "Opened ticket 8841, Delivery: first reply after 3 h 12 min", "Asked colour, no answer",
        "Answered NPS, delivery: 4 of 10", "Order o3", "SMS opened and clicked", "Unsubscribed through SMS",
        "E-mail “Roasts” delivered, not opened", "Subscription M ended, not paid", "Subscription M: payment overdue",
        "Sent back from order o1", "Order o2 was cancelled", "Order o2", "Order o1 arrived", "Order o1, app",
    ],
    "de": [
        "Besuch, 3 Seiten: Tea, Cart", "Beitrag gemocht", "Abgelehnt: calls", "Punkte eingelöst", "g1: nicht da",
        "Angemeldet zu g1", "Ticket 8841 gelöst nach 2 T 22 h",
        "Ticket 8841 eröffnet, Delivery: erste Antwort nach 3 h 12 min", "Gefragt: colour, keine Antwort",
        "Antwort auf NPS, delivery: 4 von 10", "Bestellung o3", "SMS geöffnet und geklickt", "Abgemeldet über SMS",
        "E-Mail „Roasts“ zugestellt, nicht geöffnet", "Abonnement M endete, nicht bezahlt",
        "Abonnement M: Zahlung überfällig", "Zurückgesandt aus Bestellung o1", "Bestellung o2 wurde storniert",
        "Bestellung o2", "Bestellung o1 kam an", "Bestellung o1, app",
    ],
}  # fmt: skip


@pytest.mark.parametrize("code", TOLD)
def test_everything_that_happens_has_a_line(code: Code) -> None:
    entries = Timeline(Language(code), "EUR", AS_OF).entries(ROWS, VISITS)
    assert [entry.text for entry in entries] == TOLD[code]


@pytest.mark.parametrize("as_of", [day(17), None])
def test_nobody_was_missed_at_what_is_not_over(as_of: datetime | None) -> None:
    told = {entry.text for entry in Timeline(Language("en"), "EUR", as_of).entries(ROWS, VISITS)}
    assert "Registered for g1" in told
    assert "g1: not there" not in told


def test_amounts_quotations_and_local_days_stand_beside_them() -> None:
    say = Language("en")
    entries = Timeline(say, "EUR").entries(ROWS, VISITS)
    told = {entry.text: entry for entry in entries}
    named = ("Order o1, app", "Order o3", "Sent back from order o1", "Points redeemed")
    assert [told[name].amount for name in named] == ["€44.80", "$7.00", "−€11.90", "−60"]
    assert told["Sent back from order o1"].quote == "wrong grind"
    assert told["Answered NPS, delivery: 4 of 10"].quote == "Late"
    assert told["Visited, 3 pages: Tea, Cart"].quote == "Added"
    lines = shown(entries, "Europe/Berlin", say)
    assert (lines[-1].day, lines[-1].iso, lines[-1].year) == ("1 Jan", "2024-01-01", ""), "a new year in Berlin"
    utc = shown(entries, "UTC", say)
    assert (utc[-1].day, utc[-1].year, utc[0].year) == ("31 Dec", "2023", "2024")


def test_where_somebody_stands_is_said_in_words() -> None:
    priced = {**ROWS, "orders": [{**one, "foreign": False, "currency": None} for one in ROWS["orders"]]}
    rhythm = rhythm_of(priced["orders"], AS_OF)
    organisation = Organisation(zone="UTC", currency="EUR", lapse_days=90)
    standing = Standing(priced, rhythm, AS_OF, Language("en"), organisation, returns=True)
    numbers = {each.name: each for each in standing.numbers("c1")}
    assert (numbers["Orders"].value, numbers["Orders"].range) == ("2", "every 9.4 days, mean of 1 gap (9.4 to 9.4)")
    assert (numbers["Revenue so far"].value, numbers["Revenue so far"].range) == (
        "€39.90",
        "€51.80 less €11.90 paid back",
    )
    assert numbers["Days since the last order"].value == "50"
    assert (numbers["Last answer"].value, numbers["Last answer"].small) == ("4", "of 10")
    assert standing.silent() == "counts as lost from 9 April 2024, 90 days after the last order"
    assert standing.compared(Alike(412, 148, 2.2)).sentence == (
        "Of 412 other customers who were once as late, 148 ordered again within 60 days: 35.9% (31.4% to 40.7%). "
        "The other 264 did not."
    )
    drawn = standing.line()["wide"]
    assert drawn.count('class="c-dot"') == 2
    assert "counts as lost 9 Apr" in drawn
    foreign = Standing(ROWS, rhythm_of(ROWS["orders"], AS_OF), AS_OF, Language("de"), organisation, returns=True)
    assert {each.name: each.value for each in foreign.numbers("c1")}["Umsatz bisher"] == "kein Wert"
    nothing = Standing({**ROWS, "orders": []}, None, AS_OF, Language("en"), organisation, returns=True)
    assert (nothing.line(), nothing.silent(), nothing.numbers("c1")[0].range) == ({}, "", "none yet that stands")


def test_what_is_said_of_a_customer_is_what_was_reckoned() -> None:
    """Gaps of 2, 7 and 30 days: their mean is 13 (their median 7), and 19.58 days of silence are 1.5 times that."""
    at = [day(0), day(2), day(9), day(39)]
    rows = {
        **ROWS,
        "orders": [row("orders", order_id=str(n), ordered_at=each, amount_minor=1000) for n, each in enumerate(at)],
    }
    rows["sent_back"] = []
    rhythm = rhythm_of(rows["orders"], day(58) + timedelta(hours=14))
    organisation = Organisation(zone="UTC", currency="EUR", lapse_days=90)

    def told(code: Code, *, returns: bool) -> list[tuple[str, str, str]]:
        standing = Standing(rows, rhythm, day(58), Language(code), organisation, returns=returns)
        return [(each.name, each.value, each.range) for each in standing.numbers("c1")[:3]]

    assert told("en", returns=False) == [
        ("Orders", "4", "every 13 days, mean of 3 gaps (2 to 30)"),
        ("Gross revenue so far", "€40.00", "what was sent back is not known"),
        ("Days since the last order", "19", "1.5 times the mean gap"),
    ]
    assert told("de", returns=True)[1] == ("Umsatz bisher", "40,00\xa0€", "nichts zurückgesandt")
    (silent,) = Timeline(Language("en"), "EUR").silence(rhythm, day(58))
    assert silent.text == "19 days without an order. Mean gap 13 days, longest so far 30."


NEXT = (
    "by then an order is as likely as not; of ten such customers one has by 3 February 2024, and more than one never "
    "comes back"
)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "en",
            [
                ("Churn risk", "43%", "of customers like this one, so many leave within 30 days",
                 "Foretold 1 February 2024 by churn_risk:30d", "Since then 1 order came."),
                ("Churn risk", "25%", "of customers like this one, so many leave within 90 days",
                 "Foretold 1 January 2024 by churn_risk:90d", "Since then 2 orders came."),
                ("Expected orders", "0.4", "days with an order within 14 days, a mean over customers like this one",
                 "Foretold 1 January 2024 by expected_orders:pareto_nbd:14d", "Its days are over: 1 order came."),
                ("Next order", "10 February 2024",
                 NEXT,
                 "Foretold 1 February 2024 by next_order:pareto_nbd:365d", "Since then 1 order came."),
                ("Value ahead", "€12.35",
                 "paid within 90 days, a mean over customers like this one; later is worth less",
                 "Foretold 1 March 2024 by value_ahead:pareto_nbd:90d", ""),
                ("theirs", "0.5", "within 7 days, 0.25 to 0.75", "Foretold 1 January 2024 by theirs-2",
                 "Its days are over: 0 orders came."),
            ],
        ),
        ("de", [("Vorhergesagt am 1. Februar 2024 von churn_risk:30d", "Seitdem kam 1 Bestellung.")]),
    ],
)  # fmt: skip
def test_the_newest_of_each_prediction_says_what_came(code: Code, said: list[tuple[str, ...]]) -> None:
    """Orders of 9 January and 20 February stand, one of 3 January is cancelled; it is known until 1 March."""
    first, second = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)

    def kept(model: str, name: str, days: int, at: datetime, value: float, *ends: float | None) -> dict[str, Any]:
        told = dict(zip(("low", "high"), ends, strict=False))
        return row("predictions", model=model, name=name, horizon_days=days, predicted_at=at, value=value, **told)

    rows = {
        **ROWS,
        "orders": [
            row("orders", order_id="o1", ordered_at=day(2), cancelled_at=day(3)),
            row("orders", order_id="o2", ordered_at=day(8)),
            row("orders", order_id="o3", ordered_at=day(50)),
        ],
        "predictions": [
            kept("churn_risk:30d", "churn_risk", 30, second, 0.43),
            kept("churn_risk:30d", "churn_risk", 30, first, 0.9),
            kept("churn_risk:90d", "churn_risk", 90, first, 0.25),
            kept("expected_orders:pareto_nbd:14d", "expected_orders", 14, first, 0.4),
            kept("next_order:pareto_nbd:365d", "next_order", 365, second, 10.0, 3.0, None),
            kept("value_ahead:pareto_nbd:90d", "value_ahead", 90, AS_OF, 1234.6),
            kept("theirs-2", "theirs", 7, first, 0.5, 0.25, 0.75),
        ],
    }
    found = expected(rows, AS_OF, Language(code), Organisation(zone="UTC"))
    if code == "de":
        assert [(each.made, each.since) for each in found][:1] == said
    else:
        assert [(each.name, each.value, each.means, each.made, each.since) for each in found] == said


def test_what_is_said_otherwise_of_a_customer_stands_in_the_timeline() -> None:
    """From Kiel to Ulm and back; a row that does not say the city again changes nothing."""
    said = [
        row("customers", valid_from=day(1), name="Anna Alt", city="Kiel"),
        row("customers", valid_from=day(2), name="Anna Alt"),
        row("customers", valid_from=day(3), name="Anna Neu", city="Ulm", email="anna@example.org"),
        row("customers", valid_from=day(4), name="Anna Neu", city="Kiel", email="anna@example.org"),
    ]
    rows = {**{kind: [] for kind in SAID_AND_DONE}, "customers": said}
    found = Timeline(Language("en"), "EUR").entries(rows, [])
    assert [(entry.at, entry.group, entry.text) for entry in found] == [
        (day(4), "more", "City is now Kiel, before Ulm"),
        (day(3), "more", "Name is now Anna Neu, before Anna Alt"),
        (day(3), "more", "City is now Ulm, before Kiel"),
    ]
    assert Timeline(Language("de"), "EUR").entries(rows, [])[0].text == "Ort ist jetzt Kiel, vorher Ulm"
