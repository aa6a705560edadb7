"""The features of subscribers as people say them, and the kinds that they are of."""

from __future__ import annotations

from stamm.lang.phrase import Phrase
from stamm.predictions.churn.words import Vocabulary

TENURE, BEFORE, PAYMENT, PRICE, USE, HELP = "tenure", "before", "payment", "price", "use", "help"
SUBSCRIBING = Vocabulary(
    kinds={
        PAYMENT: Phrase("payments that failed", "geplatzte Zahlungen"),
        TENURE: Phrase("how long subscribed", "wie lange abonniert"),
        BEFORE: Phrase("trials, pauses and returns", "Proben, Pausen, Rückkehr"),
        PRICE: Phrase("plan and price", "Tarif und Preis"),
        USE: Phrase("use", "Nutzung"),
        HELP: Phrase("tickets", "Tickets"),
    },
    leading={
        PAYMENT: "past_due_days",
        TENURE: "tenure",
        BEFORE: "pauses",
        PRICE: "price",
        USE: "active_28",
        HELP: "tickets_91",
    },
    of={
        PAYMENT: {
            "past_due": Phrase("payment is overdue", "Zahlung ist überfällig"),
            "past_due_days": Phrase("days overdue", "Tage überfällig"),
            "past_dues": Phrase("failed payments in 365 days", "geplatzte Zahlungen in 365 Tagen"),
        },
        TENURE: {
            "tenure": Phrase("days since paying began", "Tage seit Beginn des Zahlens"),
            "since_change": Phrase(
                "days since plan, price, status changed", "Tage seit Wechsel von Tarif, Preis, Status"
            ),
            "year_full": Phrase("a year is full in the days ahead", "ein Jahr wird in den Tagen voll"),
        },
        BEFORE: {
            "spans_before": Phrase("times subscribed before", "frühere Abonnements"),
            "pauses": Phrase("pauses so far", "Pausen bisher"),
            "trial": Phrase("began with a trial", "begann mit einer Probezeit"),
        },
        PRICE: {
            "price": Phrase("paid a month", "gezahlt im Monat"),
            "price_to_first": Phrase("price beside the first one", "Preis neben dem ersten"),
            "price_to_quarter": Phrase("price beside 91 days ago", "Preis neben dem vor 91 Tagen"),
            "subscriptions": Phrase("subscriptions that run", "laufende Abonnements"),
            "plan_ends": Phrase("ends a year on the same plan", "Enden im Jahr bei gleichem Tarif"),
        },
        USE: {
            "active_28": Phrase("days active in 28", "aktive Tage in 28"),
            "active_28_before": Phrase("days active in the 28 before", "aktive Tage in den 28 davor"),
            "active_change": Phrase("change over 28 days", "Änderung über 28 Tage"),
            "orders_91": Phrase("days with an order in 91", "Tage mit Bestellung in 91"),
        },
        HELP: {
            "tickets_91": Phrase("tickets in 91 days", "Tickets in 91 Tagen"),
            "tickets_open": Phrase("of them open", "davon offen"),
        },
    },
)
