"""Software for companies: accounts, sign-ups, trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from stamm.lang.example import rows
from stamm.sources.segment.message import Message
from stamm.sources.segment.people import customer
from stamm.sources.segment.problem import Problem
from stamm.sources.segment.semantic import Row, Semantic, Told
from stamm.sources.segment.values import text

_SPEC = "https://segment.com/docs/connections/spec/b2b-saas/"
_TRIAL = {
    "subscriptions.subscription_id": "`subscription_id`, else trial/ with `context.groupId` or `userId`",
    "subscriptions.started_at": "`trial_start_date`",
    "subscriptions.customer_id": "`userId`",
    "subscriptions.plan": "`trial_plan_name`",
    "subscriptions.mrr_minor": "0",
    "subscriptions.status": "trialing",
}


class AccountCreated(Semantic):
    """A company has opened an account: the company of the customer who did it."""

    de = "Konto eröffnet"
    sentence_de = "Ein Unternehmen hat ein Konto eröffnet: das Unternehmen des Kunden, der es war."
    names = ("Account Created",)
    spec = _SPEC + "#account-created"
    stays_event = True
    fills: ClassVar[Mapping[str, str]] = {"customers.company": "`account_name`"}
    examples = (
        Told(
            {"account_name": "Initech"},
            {
                "customers": rows("""
                    customer_id  valid_from        company
                    anna         2024-02-01T10:00  Initech
                """),
                "events": rows("""
                    event_id  customer_id  happened_at       kind   properties
                    web/m1    anna         2024-02-01T10:00  track  {"account_name":"Initech"}
                """),
            },
            beside={"context": {"groupId": "acct_123"}},
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        yield from customer(said, {"company": said.text("account_name")})


class SignedUp(Semantic):
    """Somebody has signed up: a customer."""

    de = "Registriert"
    sentence_de = "Jemand hat sich registriert: ein Kunde."
    names = ("Signed Up",)
    spec = _SPEC + "#signed-up"
    stays_event = True
    fills: ClassVar[Mapping[str, str]] = {
        "customers.name": "`first_name` and `last_name`",
        "customers.email": "`email`",
        "customers.phone": "`phone`",
        "customers.acquired_through": "`type`",
    }
    examples = (
        Told(
            {"type": "organic", "first_name": "Peter", "last_name": "Gibbons", "email": "p@initech.com"},
            {
                "customers": rows("""
                    customer_id  email          acquired_through
                    anna         p@initech.com  organic
                """),
                "events": rows("""
                    event_id
                    web/m1
                """),
            },
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        names = [name for name in (said.text("first_name"), said.text("last_name")) if name]
        yield from customer(
            said,
            {
                "name": " ".join(names) or None,
                "email": said.text("email"),
                "phone": said.text("phone"),
                "acquired_through": said.text("type"),
            },
        )


class TrialStarted(Semantic):
    """A trial has begun: a subscription that costs nothing yet."""

    de = "Probezeit begonnen"
    sentence_de = "Eine Probezeit hat begonnen: ein Abonnement, das noch nichts kostet."
    names = ("Trial Started",)
    spec = _SPEC + "#trial-started"
    stays_event = True
    fills: ClassVar[Mapping[str, str]] = {**_TRIAL, "subscriptions.started_at": "`trial_start_date`, else the event"}

    # when it is meant to end nobody knows to be so yet
    examples = (
        Told(
            {
                "trial_start_date": "2018-08-28T04:09:47Z",
                "trial_end_date": "2018-09-20T04:09:47Z",
                "trial_plan_name": "Business",
            },
            {
                "subscriptions": rows("""
                    subscription_id  started_at           customer_id  plan      mrr_minor  status    ended_at
                    trial/acct_123   2018-08-28T04:09:47  anna         Business  0          trialing  -
                """),
                "events": rows("""
                    event_id
                    web/m1
                """),
            },
            beside={"context": {"groupId": "acct_123"}},
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        started = said.moment("trial_start_date") or said.happened_at
        stretch = {"plan": said.text("trial_plan_name"), "mrr_minor": 0, "status": "trialing"}
        yield Row("subscriptions", {"subscription_id": _trial(said), "started_at": started, **said.who, **stretch})


class TrialEnded(Semantic):
    """A trial has ended."""

    de = "Probezeit beendet"
    sentence_de = "Eine Probezeit ist zu Ende."
    names = ("Trial Ended",)
    spec = _SPEC + "#trial-ended"
    stays_event = True
    fills: ClassVar[Mapping[str, str]] = {
        **_TRIAL,
        "subscriptions.ended_at": "`trial_end_date`, where that is not later, else the event",
    }

    # without its beginning nobody knows which trial it was; one that is broken off has ended when it is told
    examples = (
        Told(
            {"trial_start_date": "2024-01-01", "trial_end_date": "2024-01-31", "subscription_id": "s1"},
            {
                "subscriptions": rows("""
                    subscription_id  started_at  status    ended_at
                    s1               2024-01-01  trialing  2024-01-31
                """),
                "events": rows("""
                    event_id
                    web/m1
                """),
            },
        ),
        Told(
            {"trial_start_date": "2024-01-01", "trial_end_date": "2024-03-01"},
            {
                "subscriptions": rows("""
                    subscription_id  ended_at
                    trial/anna       2024-02-01T10:00
                """),
                "events": rows("""
                    event_id
                    web/m1
                """),
            },
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        started = said.moment("trial_start_date")
        if started is None:
            raise Problem("missing", "trial_start_date")
        ended = min(said.moment("trial_end_date") or said.happened_at, said.happened_at)
        stretch = {"plan": said.text("trial_plan_name"), "mrr_minor": 0, "status": "trialing", "ended_at": ended}
        yield Row("subscriptions", {"subscription_id": _trial(said), "started_at": started, **said.who, **stretch})


def _trial(said: Message) -> str:
    account = text(said.context, "groupId") or said.user or said.anonymous
    return said.text("subscription_id") or f"trial/{account}"
