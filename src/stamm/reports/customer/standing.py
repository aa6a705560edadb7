"""Where a customer stands: the numbers, what they mean, and how others in the same position went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from stamm.answers.one_customer import Rhythm, Row, revenue_of
from stamm.answers.silences import AHEAD_DAYS, Alike
from stamm.charts.orders_line import OrdersLine
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.reports.customer.timeline import Timeline
from stamm.reports.exact import of_customer
from stamm.reports.marked import exactly, filled


@dataclass(frozen=True)
class Number:
    """One of the numbers at the head: its name, value, and what stands below; `worse` where that is a warning."""

    name: str
    value: str
    small: str
    range: str
    worse: bool = False


@dataclass(frozen=True)
class Compared:
    """A sentence on others in the same position, and its fraction: how many came back, of how many, as percent."""

    sentence: str
    back: str
    n: str
    share: str
    how: str


class Standing:
    """The words for one customer's rows, as of the end of what is known; `returns` where it is known what came back."""

    def __init__(
        self, rows: Mapping[str, Sequence[Row]], rhythm: Rhythm | None, as_of: datetime, say: Language,
        organisation: Organisation, *, returns: bool,
    ) -> None:  # fmt: skip
        self._rows, self._rhythm, self._as_of, self._say = rows, rhythm, as_of, say
        self._organisation, self._returns = organisation, returns

    def numbers(self, customer: str) -> tuple[Number, ...]:
        """Orders, revenue, silence, and the last answer of this customer; the last only where somebody answered."""
        answer = self._answer()
        return (self._orders(customer), self._revenue(customer), self._silence(), *((answer,) if answer else ()))

    def _orders(self, customer: str) -> Number:
        say, rhythm = self._say, self._rhythm
        if rhythm is None:
            return Number(
                say("Orders"), of_customer(customer, "orders", 0, say.number(0)), "", say("none yet that stands")
            )
        below = say("one so far")
        if rhythm.mean is not None:
            gaps = say.counted(len(rhythm.gaps), "{count} gap", "{count} gaps")
            span = f"{say.trimmed(min(rhythm.gaps), 1)} {say('to')} {say.trimmed(max(rhythm.gaps), 1)}"
            below = say("every {days} days, mean of {gaps} ({span})",
                        days=say.trimmed(rhythm.mean, 1), gaps=gaps, span=span)  # fmt: skip
        count = len(rhythm.gaps) + 1
        return Number(say("Orders"), of_customer(customer, "orders", count, say.number(count)), "", below)

    def _revenue(self, customer: str) -> Number:
        say, currency = self._say, self._organisation.currency
        revenue, paid, back = revenue_of(self._rows)
        name = say("Revenue so far") if self._returns else say("Gross revenue so far")
        if revenue is None:
            return Number(name, say("no value"), "", say("some amounts are in a currency without a rate"))
        below = say("nothing sent back") if self._returns else say("what was sent back is not known")
        if back:
            below = say("{paid} less {back} paid back", paid=say.money(paid, currency), back=say.money(back, currency))
        return Number(name, of_customer(customer, "revenue_minor", revenue, say.money(revenue, currency)), "", below)

    def _silence(self) -> Number:
        say, rhythm = self._say, self._rhythm
        name = say("Days since the last order")
        if rhythm is None:
            return Number(name, say("no value"), "", say("no order yet"))
        late = rhythm.late
        below = (
            say("{times} times the mean gap", times=say.number(late, 1))
            if late is not None
            else say("no gap known yet")
        )
        silent = exactly(rhythm.silent_days, say.number(int(rhythm.silent_days)))
        return Number(name, silent, "", below, worse=late is not None and late > 1)

    def _answer(self) -> Number | None:
        say = self._say
        answered = [
            row for row in self._rows["responses"] if row["answered_at"] is not None and row["score"] is not None
        ]
        if not answered:
            return None
        last, words = max(answered, key=lambda row: row["answered_at"]), Timeline(say, self._organisation.currency)
        most = ""
        if last["scale_max"] is not None:
            most = filled(say("of {most}"), most=exactly(last["scale_max"], say.trimmed(last["scale_max"], 1)))
        below = f"{words.asked(last)}, {self._day(last['answered_at'])}"
        return Number(say("Last answer"), exactly(last["score"], say.trimmed(last["score"], 1)), most, below)

    def line(self) -> dict[str, str]:
        """The orders on a line of time, wide and narrow; empty before the first."""
        rhythm, organisation = self._rhythm, self._organisation
        if rhythm is None:
            return {}
        orders = sorted(row["ordered_at"] for row in self._rows["orders"] if row["cancelled_at"] is None)
        lapses = orders[-1] + timedelta(days=organisation.lapse_days) if organisation.spell_rule == "orders" else None
        expected = orders[-1] + timedelta(days=rhythm.mean) if rhythm.mean else None
        say = self._say
        words = {
            "label": say.counted(
                len(orders), "{count} order until {day}", "{count} orders until {day}", day=self._day(orders[-1])
            ),
            "now": say("day {number}", number=say.number(int(rhythm.silent_days))),
            "expected": say("expected {day}", day=self._short(expected)) if expected else "",
            "lapses": say("counts as lost {day}", day=self._short(lapses)) if lapses else "",
        }
        line = OrdersLine(orders, self._as_of, expected, lapses, words, partial(say.month, short=True, year=False))
        return line.drawn()

    def silent(self) -> str:
        """What happens if the customer stays silent; empty where the rule knows no silence, or it has happened."""
        organisation, rhythm = self._organisation, self._rhythm
        if rhythm is None or organisation.spell_rule != "orders" or rhythm.silent_days >= organisation.lapse_days:
            return ""
        ends = self._as_of + timedelta(days=organisation.lapse_days - rhythm.silent_days)
        return self._say(
            "counts as lost from {day}, {days} days after the last order",
            day=self._day(ends), days=self._say.number(organisation.lapse_days),
        )  # fmt: skip

    def compared(self, alike: Alike) -> Compared:
        """How those went on who were once as late."""
        say, bounds = self._say, alike.bounds
        n, back, part = say.number(alike.n), say.number(alike.back), say.percent(alike.share)
        sentence = say(
            "Of {n} other customers who were once as late, {back} ordered again within {days} days: {share} "
            "({low} to {high}). The other {rest} did not.",
            n=n, back=back, days=AHEAD_DAYS, share=part,
            low=say.percent(bounds.low or 0), high=say.percent(bounds.high or 1), rest=say.number(alike.n - alike.back),
        )  # fmt: skip
        how = say(
            "Customers with three orders or more, on the last day on which their silence had reached {times} of their "
            "own mean gaps, at least {days} days before the end of the data. In brackets: the 95% interval (Wilson).",
            times=say.number(alike.times, 1), days=AHEAD_DAYS,
        )  # fmt: skip
        return Compared(sentence, back, n, part, how)

    def _day(self, moment: datetime) -> str:
        return self._say.day(moment.astimezone(ZoneInfo(self._organisation.zone)).date())

    def _short(self, moment: datetime) -> str:
        day = moment.astimezone(ZoneInfo(self._organisation.zone)).date()
        return self._say.short_day(day).replace(f" {day.year}", "")
