"""What was foretold of one customer and kept: the newest of each kind, what it means, and what has come since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from stamm.answers.one_customer import Row
from stamm.facts.predictions import LEAVING, STAYING
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.predictions import PREDICTIONS
from stamm.predictions.next_order import NextOfEach, NextOrder


@dataclass(frozen=True)
class Expected:
    """One thing foretold: its key, its name and value, what that means, when and by what, and what has come since."""

    key: str
    name: str
    value: str
    means: str
    made: str
    since: str


def expected(
    rows: Mapping[str, Sequence[Row]], as_of: datetime, say: Language, organisation: Organisation
) -> tuple[Expected, ...]:
    """Of each kind and number of days ahead the newest that was kept, in the order of predictions."""
    newest: dict[tuple[str, int], Row] = {}
    for row in sorted(rows["predictions"], key=lambda row: (row["predicted_at"], row["model"])):
        newest[row["name"] or row["model"], row["horizon_days"] or 0] = row
    known = PREDICTIONS.keys()
    places = sorted(newest, key=lambda each: (known.index(each[0]) if each[0] in known else len(known), each))
    words = _Words(rows, as_of, say, organisation)
    return tuple(words.of(name, newest[name, days]) for name, days in places)


def expected_next(told: NextOfEach, customer_id: str, say: Language, organisation: Organisation) -> Expected | None:
    """When one customer is expected by what is known now; None for whoever never ordered."""
    days = told.of(customer_id)
    if days is None:
        return None
    on = told.known.bought.on
    value, low, high = days
    at = datetime.combine(on, time(), ZoneInfo(organisation.zone))
    words = _Words({}, at, say, organisation)
    made, title = say("as known at the start of {day}", day=say.day(on)), NextOrder.title(say.code)
    if value is None:
        rather = say("an order within {days} days is less likely than not", days=say.number(told.horizon))
        return Expected(NextOrder.key, title, say("not expected"), rather, made, "")
    row = {"predicted_at": at, "horizon_days": told.horizon, "value": value, "low": low, "high": high}
    return words.of(NextOrder.key, row, made)


@dataclass(frozen=True)
class _Words:
    rows: Mapping[str, Sequence[Row]]
    as_of: datetime
    say: Language
    organisation: Organisation

    def of(self, name: str, row: Row, made: str = "") -> Expected:
        say = self.say
        title = PREDICTIONS[name].title(say.code) if name in PREDICTIONS else name
        made = made or say("Foretold {day} by {model}", day=self._day(row["predicted_at"]), model=row["model"])
        return Expected(name, title, self._value(name, row), self._means(name, row), made, self._since(name, row))

    def _value(self, name: str, row: Row) -> str:
        say, value = self.say, row["value"]
        unit = PREDICTIONS[name].unit if name in PREDICTIONS else ""
        if unit == "share":
            return say.percent(value, 0)
        if unit == "money":
            return say.money(value, self.organisation.currency)
        if unit == "days":
            return self._after(row, value)
        return say.trimmed(value, 2)

    def _means(self, name: str, row: Row) -> str:
        say, days = self.say, self.say.number(row["horizon_days"] or 0)
        if name in LEAVING:
            return say("of customers like this one, so many leave within {days} days", days=days)
        if name == "no_order_risk":
            return say("of customers like this one, so many order nothing within {days} days", days=days)
        if name == "expected_orders":
            return say("days with an order within {days} days, a mean over customers like this one", days=days)
        if name == "value_ahead":
            return self._paid(
                row, say("paid within {days} days, a mean over customers like this one; later is worth less", days=days)
            )
        if name == STAYING:
            return self._paid(
                row,
                say("paid within {days} days if anything is ordered, a mean over customers like this one", days=days),
            )
        if name == "next_order":
            return say("by then an order is as likely as not; {between}", between=self._between(row))
        ahead = say("within {days} days", days=days) if row["horizon_days"] else say("without a number of days")
        if row["low"] is None or row["high"] is None:
            return ahead
        low, high = (say.trimmed(row[end], 2) for end in ("low", "high"))
        return f"{ahead}, {low} {say('to')} {high}"

    def _paid(self, row: Row, mean: str) -> str:
        """The mean, and between what amounts eight of ten such customers lie."""
        if row["low"] is None or row["high"] is None:
            return mean
        low, high = (self.say.money(row[end], self.organisation.currency) for end in ("low", "high"))
        return f"{mean}; {self.say('of ten one pays less than {low} and one more than {high}', low=low, high=high)}"

    def _between(self, row: Row) -> str:
        say = self.say
        if row["low"] is None:
            return say("how surely is not told")
        if row["high"] is None:
            return say("of ten such customers one has by {day}, and more than one never comes back",
                       day=self._after(row, row["low"]))  # fmt: skip
        low, high = self._after(row, row["low"]), self._after(row, row["high"])
        return say("of ten such customers one has by {low}, and nine by {high}", low=low, high=high)

    def _since(self, name: str, row: Row) -> str:
        """What came in the days it was told for, as far as they are over."""
        say, at = self.say, row["predicted_at"]
        if at >= self.as_of:
            return ""
        ends = at + timedelta(days=row["horizon_days"]) if row["horizon_days"] else self.as_of
        if name == "subscription_end_risk":
            return self._paid_on(at, min(ends, self.as_of), over=ends <= self.as_of)
        came = sum(
            row["cancelled_at"] is None and at <= row["ordered_at"] < min(ends, self.as_of)
            for row in self.rows["orders"]
        )
        if row["horizon_days"] and ends <= self.as_of:
            return say.counted(
                came, "Its days are over: {count} order came.", "Its days are over: {count} orders came."
            )
        return say.counted(came, "Since then {count} order came.", "Since then {count} orders came.")

    def _paid_on(self, at: datetime, until: datetime, *, over: bool) -> str:
        """Whether paying for subscriptions went on without a gap."""
        paid = [row for row in self.rows["subscriptions"] if row["status"] in ("active", "past_due")]
        reached = at
        for row in sorted(paid, key=lambda row: row["started_at"]):
            if row["started_at"] <= reached and (row["ended_at"] is None or row["ended_at"] > reached):
                reached = row["ended_at"] or until
        if reached < until:
            return self.say("Paying ended {day}.", day=self._day(reached))
        return self.say("Its days are over: paying went on.") if over else self.say("Since then paying goes on.")

    def _after(self, row: Row, days: float) -> str:
        """The last of so many days from the day on which it was told."""
        on = row["predicted_at"].astimezone(ZoneInfo(self.organisation.zone)).date()
        return self.say.day(on + timedelta(days=int(days) - 1))

    def _day(self, moment: datetime) -> str:
        return self.say.day(moment.astimezone(ZoneInfo(self.organisation.zone)).date())
