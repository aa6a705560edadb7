"""The timeline: everything that happened, the newest first, in a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stamm.answers.one_customer import Rhythm, Row, Visit
from stamm.lang.language import Language

#: what a timeline can be kept to; in English
GROUPS = {
    "orders": "Orders",
    "visits": "Visits",
    "messages": "Messages",
    "answers": "Answers",
    "service": "Service",
    "more": "More",
}
#: pages of a visit that are named
MOST_PAGES = 4
#: what was done, what was said, and what was seen or received
DID, SAID, SAW, SILENT = "did", "said", "", "gap"


@dataclass(frozen=True)
class Entry:
    """One line: when (UTC), of which group, how it is drawn, and in words; an amount and a quotation where there is."""

    at: datetime
    group: str
    looks: str
    text: str
    amount: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Shown:
    """An entry as it is shown: its local day, in short and by its ISO name; the year where it is another than above."""

    day: str
    iso: str
    year: str
    entry: Entry


class Timeline:
    """Makes lines of the rows of facts about one customer, as of a moment if one is known."""

    def __init__(self, say: Language, currency: str, as_of: datetime | None = None) -> None:
        self._say, self._currency, self._as_of = say, currency, as_of

    def entries(self, rows: Mapping[str, Sequence[Row]], visits: Sequence[Visit]) -> list[Entry]:
        """All entries, the newest first."""
        told: dict[str, Callable[[Row], Iterable[Entry]]] = {
            "orders": self._order,
            "sent_back": self._return,
            "subscriptions": self._subscription,
            "messages": self._message,
            "responses": self._response,
            "tickets": self._ticket,
            "attendances": self._attendance,
            "points": self._points,
            "consents": self._consent,
            "reactions": self._reaction,
        }
        found = [entry for key, tell in told.items() for row in rows[key] for entry in tell(row)]
        found += [self._visit(visit) for visit in visits]
        found += self._changes(rows["customers"])
        return sorted(found, key=lambda entry: entry.at, reverse=True)

    def silence(self, rhythm: Rhythm | None, as_of: datetime | None) -> list[Entry]:
        """The silence since the last order, where it is longer than the mean gap before."""
        if rhythm is None or as_of is None or rhythm.mean is None or rhythm.silent_days <= rhythm.mean:
            return []
        say = self._say
        text = say(
            "{days} days without an order. Mean gap {mean} days, longest so far {longest}.",
            days=say.number(int(rhythm.silent_days)), mean=say.trimmed(rhythm.mean, 1),
            longest=say.trimmed(max(rhythm.gaps), 1),
        )  # fmt: skip
        return [Entry(as_of - timedelta(microseconds=1), "orders", SILENT, text)]

    # -- who it is ---------------------------------------------------------------------
    def _changes(self, rows: Sequence[Row]) -> Iterator[Entry]:
        """What was said otherwise than before; what was not said again has not changed."""
        say, known = self._say, dict[str, str]()
        names = {
            "name": say("Name"), "email": say("Mail address"), "phone": say("Telephone"), "company": say("Company"),
            "city": say("City"), "country": say("Country"),
        }  # fmt: skip
        for row in rows:
            for key, name in names.items():
                before, after = known.get(key), row[key]
                if before is not None and after not in (None, before):
                    text = say("{what} is now {after}, before {before}", what=name, after=after, before=before)
                    yield Entry(row["valid_from"], "more", SAID, text)
                known |= {key: after} if after is not None else {}

    # -- what was bought ---------------------------------------------------------------
    def _order(self, row: Row) -> Iterator[Entry]:
        say, number = self._say, row["order_id"]
        text = say("Order {number}, {channel}", number=number, channel=row["channel"]) if row["channel"] else (
            say("Order {number}", number=number)
        )  # fmt: skip
        yield Entry(row["ordered_at"], "orders", DID, text, self._money(row, row["amount_minor"]))
        if row["delivered_at"] is not None:
            yield Entry(row["delivered_at"], "orders", SAW, say("Order {number} arrived", number=number))
        if row["cancelled_at"] is not None:
            yield Entry(row["cancelled_at"], "orders", SAW, say("Order {number} was cancelled", number=number))

    def _return(self, row: Row) -> Iterator[Entry]:
        say = self._say
        text = say("Sent back from order {number}", number=row["order_id"]) if row["order_id"] else say("Sent back")
        amount = self._money(row, -row["amount_minor"]) if row["amount_minor"] else ""
        yield Entry(row["returned_at"], "orders", SAW, text, amount, row["reason"] or "")

    def _subscription(self, row: Row) -> Iterator[Entry]:
        say, plan = self._say, row["plan"] or row["subscription_id"]
        statuses = {
            "trialing": say("on trial"), "active": say("paying"), "past_due": say("payment overdue"),
            "paused": say("paused"),
        }  # fmt: skip
        text = say("Subscription {plan}: {status}", plan=plan, status=statuses[row["status"]])
        yield Entry(row["started_at"], "orders", DID, text, self._money(row, row["mrr_minor"]))
        if row["ended_at"] is not None and row["end_reason"] != "changed":
            text = say("Subscription {plan} ended", plan=plan)
            if row["end_reason"] == "delinquent":
                text = say("Subscription {plan} ended, not paid", plan=plan)
            yield Entry(row["ended_at"], "orders", SAW, text)

    # -- what was received and said ----------------------------------------------------
    def _message(self, row: Row) -> Iterator[Entry]:
        say = self._say
        channels = {"email": say("E-mail"), "whatsapp": "WhatsApp", "sms": "SMS", "push": say("Push message")}
        channel = channels.get(row["channel"] or "", say("Message"))
        name = f"{channel} {say.quoted(row['campaign'])}" if row["campaign"] else channel
        yield Entry(row["sent_at"], "messages", SAW, f"{name} {self._became(row)}")
        if row["unsubscribed_at"] is not None:
            yield Entry(row["unsubscribed_at"], "messages", SAID, say("Unsubscribed through {message}", message=name))

    def _became(self, row: Row) -> str:
        say = self._say
        became = (
            ("bounced_at", say("bounced")),
            ("clicked_at", say("opened and clicked")),
            ("opened_at", say("opened")),
            ("delivered_at", say("delivered, not opened")),
        )
        return next((words for name, words in became if row[name] is not None), say("sent"))

    def _response(self, row: Row) -> Iterator[Entry]:
        say, name = self._say, self.asked(row)
        if row["answered_at"] is None:
            yield Entry(row["asked_at"], "answers", SAW, say("Asked {question}, no answer", question=name))
            return
        told = self.answer(row)
        text = say("Answered {question}: {answer}", question=name, answer=told) if told else (
            say("Answered {question}", question=name)
        )  # fmt: skip
        yield Entry(row["answered_at"], "answers", SAID, text, quote=row["comment"] or "")

    def asked(self, row: Row) -> str:
        """A question by the name that people know it by."""
        kinds = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
        name = kinds.get(row["kind"]) or row["survey"] or row["question"]
        return f"{name}, {row['touchpoint']}" if row["touchpoint"] else str(name)

    def answer(self, row: Row) -> str:
        """What was answered, as far as it is a number or a choice."""
        if row["score"] is None:
            return row["choice"] or ""
        score = self._say.trimmed(row["score"], 1)
        if row["scale_max"] is None:
            return score
        return self._say("{score} of {most}", score=score, most=self._say.trimmed(row["scale_max"], 1))

    def _ticket(self, row: Row) -> Iterator[Entry]:
        say, number = self._say, row["ticket_id"]
        text = say("Opened ticket {number}", number=number) + (f", {row['topic']}" if row["topic"] else "")
        if row["first_reply_at"] is not None:
            after = self._after(row["first_reply_at"] - row["opened_at"])
            text = say("{opened}: first reply after {time}", opened=text, time=after)
        yield Entry(row["opened_at"], "service", SAID, text)
        if row["reopened_at"] is not None:
            yield Entry(row["reopened_at"], "service", SAID, say("Opened ticket {number} again", number=number))
        if row["resolved_at"] is not None:
            after = self._after(row["resolved_at"] - row["opened_at"])
            yield Entry(
                row["resolved_at"],
                "service",
                SAW,
                say("Ticket {number} resolved after {time}", number=number, time=after),
            )

    # -- what else -----------------------------------------------------------------------
    def _visit(self, visit: Visit) -> Entry:
        say = self._say
        named = tuple(dict.fromkeys(page for page in visit.pages if page))
        text = say.counted(len(visit.pages), "Visited, {count} page", "Visited, {count} pages") if visit.pages else (
            say("Visited")
        )  # fmt: skip
        more = [*named[:MOST_PAGES], *(["…"] if len(named) > MOST_PAGES else [])]
        done = ", ".join(dict.fromkeys(name for name in visit.done if name))
        return Entry(visit.at, "visits", SAW, ": ".join(filter(None, (text, ", ".join(more)))), quote=done)

    def _attendance(self, row: Row) -> Iterator[Entry]:
        say, name = self._say, row["gathering"] or row["gathering_id"]
        if row["registered_at"] is not None:
            yield Entry(row["registered_at"], "more", SAID, say("Registered for {gathering}", gathering=name))
        if row["attended_at"] is not None:
            yield Entry(row["attended_at"], "more", DID, say("Came to {gathering}", gathering=name))
        elif row["registered_at"] is not None and self._as_of is not None and row["ends_at"] < self._as_of:
            yield Entry(row["ends_at"], "more", SAW, say("{gathering}: not there", gathering=name))

    def _points(self, row: Row) -> Iterator[Entry]:
        say = self._say
        kinds = {
            "earned": say("Points earned"), "redeemed": say("Points redeemed"), "expired": say("Points expired"),
            "reversed": say("Points booked back"),
        }  # fmt: skip
        number = say.number(row["quantity"], signed=True)
        yield Entry(row["posted_at"], "more", SAW, kinds[row["kind"]], number, row["reason"] or "")

    def _consent(self, row: Row) -> Iterator[Entry]:
        agreed, purpose = row["granted"], row["purpose"]
        text = self._say("Agreed to {purpose}", purpose=purpose) if agreed else (
            self._say("Objected to {purpose}", purpose=purpose)
        )  # fmt: skip
        yield Entry(row["recorded_at"], "more", SAID, text)

    def _reaction(self, row: Row) -> Iterator[Entry]:
        kinds = {
            "like": self._say("Liked a post"), "share": self._say("Shared a post"),
            "comment": self._say("Commented on a post"), "click": self._say("Clicked on a post"),
        }  # fmt: skip
        yield Entry(row["happened_at"], "more", SAID, kinds[row["kind"]])

    # -- words ---------------------------------------------------------------------------
    def _money(self, row: Row, minor: int) -> str:
        """In the reported currency; where there is no rate, in the row's own."""
        return self._say.money(minor, row["currency"] if row["foreign"] else self._currency)

    def _after(self, time: timedelta) -> str:
        minutes = max(0, int(time.total_seconds() // 60))
        days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
        if days:
            return self._say("{days} d {hours} h", days=days, hours=hours)
        return self._say("{hours} h {minutes} min", hours=hours, minutes=rest)


def shown(entries: Sequence[Entry], zone: str, say: Language) -> list[Shown]:
    """Entries with their local days, the year said where it changes."""
    found: list[Shown] = []
    last = None
    for entry in entries:
        day = entry.at.astimezone(ZoneInfo(zone)).date()
        year = "" if day.year == last else str(day.year)
        found.append(Shown(say.short_day(day).replace(f" {day.year}", ""), day.isoformat(), year, entry))
        last = day.year
    return found
