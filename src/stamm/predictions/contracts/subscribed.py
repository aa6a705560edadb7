"""Subscriptions as they were known at the start of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.drivers.before import Before
from stamm.analyses.kind import Question
from stamm.lang.window import Window, day_start

_ = ibis._

Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
#: seconds of a day, and the end of what still runs
DAY, NEVER = 86_400, 2**34
STATUSES = ("trialing", "active", "past_due", "paused")
TRIALING, ACTIVE, PAST_DUE, PAUSED = range(4)


@dataclass(frozen=True)
class Spans:
    """When customers pay, touching and overlapping stretches joined: one row a span, customers together, in order."""

    who: Wholes
    start: Wholes
    end: Wholes


@dataclass(frozen=True)
class Subscribed:
    """Stretches of subscriptions that had begun before `on`, one row each; what ends later still runs.

    Times are whole seconds since 1970, `at` is the start of the day. `who` and `plan` are places among `customers` and
    `plans`, which are the same for each day that is cut from one other.
    """

    on: date
    at: int
    zone: str
    customers: pa.Array
    plans: tuple[str, ...]
    who: Wholes
    start: Wholes
    end: Wholes
    mrr: Reals
    plan: Wholes
    status: Wholes

    @classmethod
    def of(cls, table: pa.Table, on: date, zone: str) -> Subscribed:
        """What rows of the fact, of known customers, tell at the start of a day."""
        who, customers = _coded(table["customer_id"])
        plan, plans = _coded(pc.fill_null(table["plan"], ""))
        status = pc.index_in(table["status"], value_set=pa.array(STATUSES)).to_numpy()
        return cls(
            on=on,
            at=NEVER,
            zone=zone,
            customers=customers,
            plans=tuple(plans.to_pylist()),
            who=who,
            start=_times(table["started_at"]),
            end=_times(table["ended_at"]),
            mrr=table["mrr_minor"].cast(pa.float64()).to_numpy(),
            plan=plan,
            status=status.astype(np.int64),
        ).before(on)

    def before(self, on: date) -> Subscribed:
        """What of this was known at the start of an earlier day."""
        at = _seconds(on, self.zone)
        begun = self.start < at
        columns = {name: getattr(self, name)[begun] for name in ("who", "start", "mrr", "plan", "status")}
        end = self.end[begun]
        return Subscribed(
            on=on, at=at, zone=self.zone, customers=self.customers, plans=self.plans,
            end=np.where(end < at, end, NEVER), **columns,
        )  # fmt: skip

    def since(self, tenure: float) -> date:
        """The local day on which somebody began to pay who has for so many days."""
        return datetime.fromtimestamp(self.at - round(tenure * DAY), UTC).astimezone(ZoneInfo(self.zone)).date()

    @property
    def paying(self) -> Flags:
        """Stretches that are paid or owed."""
        found: Flags = (self.status == ACTIVE) | (self.status == PAST_DUE)
        return found

    @property
    def running(self) -> Flags:
        """Stretches that are paid or owed, and run at the start of the day."""
        found: Flags = self.paying & (self.end == NEVER)
        return found

    def spans(self) -> Spans:
        """When each customer pays, as facts/spells.py has it for subscriptions."""
        paying = np.flatnonzero(self.paying)
        order = paying[np.lexsort((self.end[paying], self.start[paying], self.who[paying]))]
        who, start, end = self.who[order], self.start[order], self.end[order]
        lane = who * (NEVER + 1)  # keeps the times of one customer above all those of the one before
        covered = np.concatenate([[-1], np.maximum.accumulate(lane + end)[:-1]])[: len(who)]
        opens = np.flatnonzero(lane + start > covered)
        longest = np.maximum.reduceat(lane + end, opens) - lane[opens] if len(opens) else end[:0]
        return Spans(who[opens], start[opens], longest)

    def left_by(self, later: Subscribed) -> tuple[Wholes, Flags]:
        """Who pays at the start of this day, in order; whether that had ended by the start of a later one."""
        spans = later.spans()
        now = (spans.start < self.at) & (spans.end >= self.at)
        return spans.who[now], spans.end[now] < NEVER


def subscribed(question: Question, on: date) -> Subscribed:
    """What known customers had subscribed to by the start of a day.

    Raises CurrencyError where a price is in a currency without a rate.
    """
    rows = Before(question, Window(on, on + timedelta(days=1)), 1).so_far("subscriptions")
    columns = ("customer_id", "started_at", "ended_at", "mrr_minor", "plan", "status", "foreign")
    table = question.table(rows.select(*columns))
    if pc.any(table["foreign"]).as_py():
        raise question.foreign_money("subscriptions")
    return Subscribed.of(table, on, question.organisation.zone)


def _coded(column: pa.ChunkedArray) -> tuple[Wholes, pa.Array]:
    """The place of each value among the different ones, sorted; and these."""
    column = column.cast(pa.string())
    values = pc.unique(column)
    values = values.take(pc.sort_indices(values))
    return pc.index_in(column, value_set=values).to_numpy().astype(np.int64), values


def _times(column: pa.ChunkedArray) -> Wholes:
    micros = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    found: Wholes = pc.fill_null(micros, NEVER * 1_000_000).to_numpy().astype(np.int64) // 1_000_000
    return found


def _seconds(on: date, zone: str) -> int:
    return int(day_start(on, zone).timestamp())
