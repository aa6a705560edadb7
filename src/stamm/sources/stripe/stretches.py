"""A subscription's states in time as stretches of the same plan, price and status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal
from typing import Any

from stamm.facts.faults import MISSING
from stamm.lang.money import exponent, is_currency, to_major
from stamm.sources.exports import Row
from stamm.sources.exports.values import FaultError, Object, at, first, listed, part, since_1970, text
from stamm.sources.stripe.recurring import monthly_major

#: states of Stripe in which nothing has begun
NEVER = frozenset({"incomplete", "incomplete_expired"})
_STATUS = {"unpaid": "past_due", "canceled": "active"}
_REASONS = {
    "cancellation_requested": "voluntary",
    "payment_failed": "delinquent",
    "payment_disputed": "delinquent",
}


@dataclass(frozen=True)
class State:
    """What a subscription is, as far as it matters; moments in ISO 8601, UTC."""

    began: str
    customer: str | None
    plan: str | None
    mrr: Decimal
    currency: str
    status: str
    trial_end: str | None = None
    ended_at: str | None = None
    reason: str | None = None

    @property
    def same(self) -> tuple[object, ...]:
        """What a stretch has in common."""
        return self.plan, self.mrr, self.currency, self.status


@dataclass(frozen=True)
class Told:
    """What an event says of a subscription: what it was, if that changed, and what it is from now on."""

    at: str
    was: State | None
    state: State | None


@dataclass(frozen=True)
class Stretch:
    """What is known of a stretch: what the subscription was in it, and when and why that ended."""

    state: State
    ended_at: str | None = None
    reason: str | None = None


def state_of(subscription: Object) -> State | None:
    """The state that an object tells of; None where nothing has begun.

    Raises FaultError where that cannot be told.
    """
    status = text(subscription.get("status")) or ""
    if status in NEVER:
        return None
    began = since_1970(subscription, "start_date") or since_1970(subscription, "created")
    if began is None:
        raise FaultError("start_date", MISSING)
    currency = (first(subscription.get("currency"), *_currencies(subscription)) or "").upper()
    digits = exponent(currency) if is_currency(currency) else 2
    paused = bool(subscription.get("pause_collection")) and status in {"active", "past_due"}
    reason = text(at(subscription, "cancellation_details", "reason"))
    ended = since_1970(subscription, "ended_at")
    return State(
        began=began,
        customer=identity(subscription.get("customer")),
        plan=_plan(subscription),
        mrr=monthly_major(subscription, currency, digits),
        currency=currency,
        status="paused" if paused else _STATUS.get(status, status),
        trial_end=since_1970(subscription, "trial_end"),
        ended_at=ended or (since_1970(subscription, "canceled_at") if status == "canceled" else None),
        reason=_REASONS.get(reason or ""),
    )


def before(subscription: Object, changed: Object) -> Object:
    """The object as it was before what an event says has changed."""
    found = dict(subscription)
    for name, value in changed.items():
        inner = found.get(name)
        both = isinstance(value, Mapping) and isinstance(inner, Mapping)
        found[name] = before(inner, value) if both else value  # type: ignore[arg-type]  # both are mappings
    return found


def listed_rows(number: str | None, state: State) -> Iterator[Row]:
    """The stretches of a subscription of which only its present state is known: a trial, and what came after it."""
    tried = state.status != "trialing" and state.trial_end is not None and state.began < state.trial_end
    if tried and state.trial_end and (state.ended_at is None or state.trial_end < state.ended_at):
        yield _row(number, state.began, Stretch(replace(state, status="trialing"), state.trial_end, "changed"))
        yield _row(number, state.trial_end, Stretch(state, state.ended_at, state.reason))
    else:
        yield _row(number, state.began, Stretch(state, state.ended_at, state.reason))


def told_rows(number: str, events: Iterable[Told], known: dict[str, Stretch]) -> Iterator[Row]:
    """The stretches that events make or end, whatever their order.

    `known` holds each stretch known so far by its beginning, and is brought up to date. What is not known of the time
    before the first event is taken to have been so since the subscription began.
    """
    for event in events:
        state, was = event.state, event.was
        if state is None:
            continue
        if was and was.same != state.same and state.began < event.at:
            since = max((start for start in known if start < event.at), default=state.began)
            rest = known.get(since, Stretch(state))
            known[since] = Stretch(was, event.at, "changed")
            yield _row(number, since, known[since])
            yield _begun(number, event.at, replace(rest, state=state), known)
        elif not known:
            yield _begun(number, state.began, Stretch(state), known)
        if state.ended_at:
            since = max((start for start in known if start <= state.ended_at), default=state.began)
            last = known[since].state if since in known else state
            known[since] = Stretch(last, max(state.ended_at, since), state.reason)
            yield _row(number, since, known[since])


def _begun(number: str, start: str, stretch: Stretch, known: dict[str, Stretch]) -> Row:
    """A stretch from a change on, which ends as the one did that it is the rest of.

    Where it is known already, how it ended is not touched.
    """
    if start in known:
        known[start] = replace(known[start], state=stretch.state)
        row = _row(number, start, stretch)
        return {name: cell for name, cell in row.items() if name not in {"ended_at", "end_reason"}}
    if not stretch.ended_at or stretch.ended_at <= start:
        stretch = Stretch(stretch.state, min((other for other in known if other > start), default=None), "changed")
    known[start] = stretch
    return _row(number, start, stretch)


def known_of(row: Mapping[str, Any]) -> tuple[str, Stretch]:
    """A stretch that came before, with its beginning."""
    began, ended = (row[name] and row[name].astimezone(UTC).isoformat() for name in ("started_at", "ended_at"))
    state = State(
        began=began,
        customer=row["customer_id"],
        plan=row["plan"],
        mrr=to_major(row["mrr_minor"], row["currency"]) if row["currency"] else Decimal(row["mrr_minor"]),
        currency=row["currency"] or "",
        status=row["status"],
    )
    return began, Stretch(state, ended, row["end_reason"])


def identity(value: Any) -> str | None:
    """The number of something, whether it stands there as a number or as an object."""
    return text(value.get("id")) if isinstance(value, Mapping) else text(value)


def _currencies(subscription: Object) -> list[Any]:
    return [part(item, "price").get("currency") for item in listed(part(subscription, "items"), "data")]


def _plan(subscription: Object) -> str | None:
    """What is subscribed to, several items with a plus between."""
    names = []
    for item in listed(part(subscription, "items"), "data"):
        price = part(item, "price") or part(item, "plan")
        names.append(
            first(price.get("nickname"), price.get("lookup_key"), at(price, "product", "name"), price.get("id"))
        )
    return " + ".join(name for name in names if name) or None


def _row(number: str | None, start: str, stretch: Stretch) -> Row:
    state = stretch.state
    return {
        "subscription_id": number,
        "started_at": start,
        "customer_id": state.customer,
        "plan": state.plan,
        "ended_at": stretch.ended_at,
        "mrr": state.mrr,
        "currency": state.currency,
        "status": state.status,
        "end_reason": stretch.reason if stretch.ended_at else None,
    }
