"""One customer: all that is known to have happened, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.plan import Plan, kinds_of
from stamm.answers.world import END_OF_TIME, World
from stamm.facts import imported
from stamm.facts.elapsed import AFTER_ALL, BEFORE_ALL
from stamm.lang.formula import ratio

_ = ibis._

Row = Mapping[str, Any]
#: what is read of a customer besides what they looked at, which is a question of its own
SAID_AND_DONE = (
    "customers", "orders", "sent_back", "subscriptions", "messages", "responses", "tickets", "attendances", "points",
    "consents", "reactions", "predictions",
)  # fmt: skip
#: events of one customer that are looked at, the newest ones
MOST_EVENTS = 5_000


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
    def mean(self) -> float | None:
        """The mean gap in days; None before the second order."""
        found = ratio(sum(self.gaps), len(self.gaps))
        return None if found is None else float(found)

    @property
    def late(self) -> float | None:
        """How many mean gaps the customer has been silent for."""
        return float(ratio(self.silent_days, self.mean)) if self.mean else None


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
            table = self._sent_back() if key == "sent_back" else self._own(key)
            if key == "attendances":
                names = self._plan["gatherings"].select("gathering_id", gathering=_.name, begins_at=_.starts_at)
                table = table.left_join(names, "gathering_id").drop("gathering_id_right")
            rows = self.world.engine.run(table).to_pylist()
            found[key] = sorted(rows, key=lambda row: str(row.get(_CLOCK[key]) or ""))
        return found

    def _own(self, key: str) -> ir.Table:
        return self._plan[key].semi_join(self._who, "customer_id")

    def _sent_back(self) -> ir.Table:
        """What the customer sent back, from such returns and orders alone as can be theirs."""
        returns = self._plan["returns"]
        of_orders = returns.filter(_.customer_id.isnull()).semi_join(self._own("orders"), "order_id")
        theirs = self._read(self._own("returns").union(of_orders, distinct=False))
        orders = self._read(self._plan["orders"].semi_join(theirs, "order_id"))
        few = replace(self.world, given={"returns": theirs, "orders": orders})
        return Plan(few, (), None, self._plan.as_of)["sent_back"]

    def _read(self, table: ir.Table) -> ir.Table:
        """Few rows, read now: what is joined with them need not be read whole."""
        return ibis.memtable(self.world.engine.run(table))

    def as_of(self) -> datetime | None:
        """The end of what is known of orders."""
        return self.world.known_until(kinds_of(("orders",), self.world))

    # -- what they looked at -----------------------------------------------------------
    def visits(self) -> list[Visit]:
        """The customer's newest visits, also those made before anybody knew who it was; the newest first."""
        columns = ("happened_at", "kind", "name", "page", "title")
        own = self._own("events").select(*columns)
        rows = own.union(self._unnamed().select(*columns), distinct=False)
        rows = rows.filter(_.kind != "stay").order_by(_.happened_at.desc()).limit(MOST_EVENTS)
        return _visits(self.world.engine.run(rows).to_pylist(), self.world.organisation.session_minutes)

    def _unnamed(self) -> ir.Table:
        """Events of the customer's devices at the time when those were theirs, where nobody is named."""
        spans = self._read(
            self._own("owners").select(
                device=_.anonymous_id, begins=_.since_at.coalesce(BEFORE_ALL), ends=_.until_at.coalesce(AFTER_ALL)
            )
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
