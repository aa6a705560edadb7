"""One customer: all that is known to have happened, what it adds up to, and how others in the same position went on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.everybody import END_OF_TIME
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.world import World
from stamm.facts import imported
from stamm.facts.elapsed import AFTER_ALL, BEFORE_ALL, days_between
from stamm.lang.formula import ratio, share
from stamm.lang.interval import Bounds, wilson

_ = ibis._

Row = Mapping[str, Any]
#: what is read of a customer besides what they looked at, which is a question of its own
SAID_AND_DONE = (
    "customers", "orders", "sent_back", "subscriptions", "messages", "responses", "tickets", "attendances", "points",
    "consents", "reactions",
)  # fmt: skip
#: events of one customer that are looked at, the newest ones
MOST_EVENTS = 5_000
#: who is compared: customers with so many orders; how they went on in so many days
LEAST_ORDERS, AHEAD_DAYS = 3, 60
#: fewer in the same position tell nothing
LEAST_ALIKE = 20


@dataclass(frozen=True)
class Visit:
    """One stay: when it began (UTC), what was looked at, and what was done there by its name."""

    at: datetime
    pages: tuple[str, ...]
    done: tuple[str, ...]


@dataclass(frozen=True)
class Rhythm:
    """How a customer orders: days between one order and the next, and days since the last at the end of the data."""

    gaps: tuple[float, ...]
    silent_days: float

    @property
    def usual(self) -> float | None:
        """The median gap in days; None before the second order."""
        return float(median(self.gaps)) if self.gaps else None

    @property
    def mean(self) -> float | None:
        """The mean gap in days; None before the second order."""
        found = ratio(sum(self.gaps), len(self.gaps))
        return None if found is None else float(found)

    @property
    def late(self) -> float | None:
        """How many mean gaps the customer has been silent for."""
        return float(ratio(self.silent_days, self.mean)) if self.mean else None


@dataclass(frozen=True)
class Alike:
    """Of `n` others who were as late, `back` ordered again within so many days; with a Wilson interval."""

    n: int
    back: int
    #: how many mean gaps their silence had lasted
    times: float

    @property
    def share(self) -> float:
        """Who came back, of all in the same position."""
        return float(share(self.back, self.n))

    @property
    def bounds(self) -> Bounds:
        """The 95% interval of that share."""
        return wilson(self.back, self.n)


class OneCustomer:
    """Asks one world about one customer, by the number that stands for them now."""

    def __init__(self, world: World, customer: str) -> None:
        self.world, self.customer = world, customer
        self._plan = Plan(world, (), None, world.day_start(END_OF_TIME))
        #: no text becomes part of a statement: it is a table of one row
        self._who = ibis.memtable(pa.table({"customer_id": pa.array([customer], pa.string())}))

    def rows(self) -> dict[str, list[Row]]:
        """All rows of the customer by fact, in the order of their moments; money in the reported currency if it can."""
        found: dict[str, list[Row]] = {}
        for key in SAID_AND_DONE:
            table = self._plan[key].semi_join(self._who, "customer_id")
            if key == "attendances":
                names = self._plan["gatherings"].select("gathering_id", gathering=_.name, begins_at=_.starts_at)
                table = table.left_join(names, "gathering_id").drop("gathering_id_right")
            rows = self.world.engine.run(table).to_pylist()
            found[key] = sorted(rows, key=lambda row: str(row.get(_CLOCK[key]) or ""))
        return found

    def as_of(self) -> datetime | None:
        """The end of what is known of orders."""
        return self.world.known_until(kinds_of(("orders",), self.world))

    # -- what they looked at -----------------------------------------------------------
    def visits(self) -> list[Visit]:
        """The customer's newest visits, also those made before anybody knew who it was; the newest first."""
        columns = ("happened_at", "kind", "name", "page", "title")
        own = self._plan["events"].semi_join(self._who, "customer_id").select(*columns)
        rows = own.union(self._unnamed().select(*columns), distinct=False)
        rows = rows.filter(_.kind != "stay").order_by(_.happened_at.desc()).limit(MOST_EVENTS)
        return _visits(self.world.engine.run(rows).to_pylist(), self.world.organisation.session_minutes)

    def _unnamed(self) -> ir.Table:
        """Events of the customer's devices at the time when those were theirs, where nobody is named."""
        spans = self._plan["owners"].semi_join(self._who, "customer_id")
        spans = spans.select(
            device=_.anonymous_id, begins=_.since_at.coalesce(BEFORE_ALL), ends=_.until_at.coalesce(AFTER_ALL)
        )
        events = self._plan["events"].filter(_.customer_id.isnull())
        return events.inner_join(
            spans,
            [
                events.anonymous_id == spans.device,
                events.happened_at >= spans.begins,
                events.happened_at < spans.ends,
            ],
        )

    # -- others ------------------------------------------------------------------------
    def alike(self, rhythm: Rhythm) -> Alike | None:
        """How those went on who were once as late as this customer is now, by their own rhythm.

        Looked at is each other customer on the last day on which their silence, at least `LEAST_ORDERS` orders in, had
        reached as many of their mean gaps as this one's has now, at least `AHEAD_DAYS` before the end of the data;
        whoever always ordered before their silence got so far was never as late. None where the customer has too few
        orders, or too few were in the same position.
        """
        as_of, late = self.as_of(), rhythm.late
        if as_of is None or late is None or len(rhythm.gaps) + 1 < LEAST_ORDERS:
            return None
        plan = Plan(self.world, (), None, as_of)
        silences = plan["purchases"].filter(_.position >= LEAST_ORDERS, _.mean_gap_days > 0)
        silences = silences.anti_join(self._who, "customer_id").mutate(end=plan.rules.as_of)
        silences = silences.mutate(
            silence=days_between(_.ordered_at, _.next_at.coalesce(_.end)),
            known=days_between(_.ordered_at, _.end),
            reached=_.mean_gap_days * late,
        )
        silences = silences.filter(_.silence >= _.reached, _.known >= _.reached + AHEAD_DAYS)
        newest = ibis.window(group_by="customer_id", order_by=_.position.desc())
        last = silences.mutate(place=ibis.row_number().over(newest)).filter(_.place == 0)
        back = _.next_at.notnull() & (_.silence <= _.reached + AHEAD_DAYS)
        (told,) = self.world.engine.run(last.aggregate(n=_.count(), back=back.cast("int64").sum())).to_pylist()
        if told["n"] < LEAST_ALIKE:
            return None
        return Alike(told["n"], told["back"] or 0, late)


_CLOCK = {key: imported()[key].clock if key in imported() else "returned_at" for key in SAID_AND_DONE}


def rhythm_of(orders: Sequence[Row], as_of: datetime) -> Rhythm | None:
    """From the customer's standing orders; None without one."""
    at = sorted(row["ordered_at"] for row in orders if row["cancelled_at"] is None)
    if not at:
        return None
    gaps = tuple((later - earlier) / timedelta(days=1) for earlier, later in pairwise(at))
    return Rhythm(gaps, max(0.0, (as_of - at[-1]) / timedelta(days=1)))


def revenue_of(rows: Mapping[str, Sequence[Row]]) -> tuple[int | None, int, int]:
    """Revenue so far less what was sent back, what was paid, and what was paid back; None where some has no rate."""
    standing = [row for row in rows["orders"] if row["cancelled_at"] is None]
    paid = sum(row["amount_minor"] for row in standing)
    back = sum(row["amount_minor"] or 0 for row in rows["sent_back"])
    foreign = any(row["foreign"] for row in (*standing, *rows["sent_back"]))
    return None if foreign else paid - back, paid, back


def _visits(events: Sequence[Row], minutes: int) -> list[Visit]:
    """Visits from events, the newest first: one ends where nothing happens for so many minutes."""
    found: list[list[Row]] = []
    for event in sorted(events, key=lambda row: row["happened_at"]):
        if not found or event["happened_at"] - found[-1][-1]["happened_at"] > timedelta(minutes=minutes):
            found.append([])
        found[-1].append(event)
    return [
        Visit(
            visit[0]["happened_at"],
            tuple(
                row["title"] or row["page"] or row["name"] or "" for row in visit if row["kind"] in ("page", "screen")
            ),
            tuple(row["name"] or "" for row in visit if row["kind"] == "track"),
        )
        for visit in reversed(found)
    ]
