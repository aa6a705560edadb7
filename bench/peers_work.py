"""What pandas, repeatradar and retentioneering are asked: `python -m bench.peers_work PEER QUESTION FOLDER GB`.

Runs in an environment of the peers' own (`requirements/peers.txt`), over the same rows as Parquet files, and reads
only the columns that it needs. Whoever takes more memory than is allowed ends with the exit code 9.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.measuring import measured, peak_gb, report

TOO_MUCH = 9
ZONE = "Europe/Berlin"
Rows = list[list[Any]]
SESSION = pd.Timedelta(minutes=30)
DAY = pd.Timedelta(hours=24)
STEPS = ("product", "Product Added", "Order Completed")


def _months(days: pd.Series) -> pd.Series:
    return days.dt.to_period("M").dt.start_time


def _day(moment: Any) -> str:
    return str(moment)[:10]


class Pandas:
    """The same answers as by hand in SQL, in the way pandas is usually written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _read(self, table: str, *columns: str) -> pd.DataFrame:
        return pd.read_parquet(self._folder / f"{table}.parquet", columns=list(columns))

    def daily_actives(self) -> Rows:
        events = self._read("events", "visitor_id", "happened_on")
        counts = events.groupby("happened_on")["visitor_id"].nunique()
        return [[_day(day), int(count)] for day, count in counts.items()]

    def cohorts(self) -> Rows:
        events = self._read("events", "customer_id", "happened_on").dropna(subset=["customer_id"])
        months = events.assign(month=_months(events["happened_on"]))[["customer_id", "month"]].drop_duplicates()
        months["cohort"] = months.groupby("customer_id")["month"].transform("min")
        later = 12 * (months["month"].dt.year - months["cohort"].dt.year)
        months["period"] = later + months["month"].dt.month - months["cohort"].dt.month
        counts = months.groupby(["cohort", "period"]).size()
        return [[_day(cohort), int(period), int(count)] for (cohort, period), count in counts.items()]

    def weekly_churn(self, lapse_hours: int, first: str, last: str) -> Rows:
        orders = self._read("orders", "customer_id", "ordered_at", "cancelled_at")
        orders = orders[orders["cancelled_at"].isna()].dropna(subset=["customer_id"])
        orders = orders.sort_values(["customer_id", "ordered_at"])
        lapse = pd.Timedelta(hours=lapse_hours)
        opens = (orders.groupby("customer_id")["ordered_at"].diff() <= lapse).eq(False)
        spans = orders.groupby(["customer_id", opens.cumsum().rename("number")])["ordered_at"].agg(["min", "max"])
        who = spans.index.get_level_values("customer_id").factorize()[0]
        began, ended = (moments.dt.tz_convert(None).to_numpy() for moments in (spans["min"], spans["max"] + lapse))
        rows: Rows = []
        for start in pd.date_range(first, last, freq="7D", tz=ZONE):
            opening, closing = start.to_datetime64(), (start + pd.DateOffset(days=7)).to_datetime64()
            was = who[(began < opening) & (ended >= opening)]
            still = who[(began < closing) & (ended >= closing)]
            rows.append([_day(start), len(np.unique(was)), len(np.setdiff1d(was, still))])
        return rows

    def funnel(self) -> Rows:
        events = self._read("events", "visitor_id", "happened_at", "event_id", "kind", "name")
        track = events["kind"].eq("track")
        events["step"] = np.select(
            [events["name"].eq(STEPS[0]), track & events["name"].eq(STEPS[1]), track & events["name"].eq(STEPS[2])],
            [1, 2, 3],
            0,
        )
        steps = events[events["step"] > 0].sort_values(["visitor_id", "happened_at", "event_id"])
        visitor, at = steps["visitor_id"], steps["happened_at"]
        began = at.where(steps["step"].eq(1)).groupby(visitor).ffill()
        second = steps["step"].eq(2) & (at <= began + DAY)
        led = began.where(second).groupby(visitor).cummax().groupby(visitor).ffill()
        third = steps["step"].eq(3) & (at <= led + DAY)
        reached = [visitor[which].nunique() for which in (steps["step"].eq(1), led.notna(), third)]
        return [[number, int(count)] for number, count in enumerate(reached, start=1)]

    def rfm(self) -> Rows:
        orders = self._read("orders", "order_id", "customer_id", "ordered_at", "amount_minor", "cancelled_at")
        orders = orders[orders["cancelled_at"].isna()]
        returns = self._read("returns", "order_id", "customer_id", "amount_minor")
        back = returns.merge(orders[["order_id", "customer_id"]], on="order_id", suffixes=("", "_ordered"))
        back["customer_id"] = back["customer_id"].fillna(back["customer_id_ordered"])
        bought = orders.groupby("customer_id").agg(
            r=("ordered_at", "max"), f=("order_id", "size"), m=("amount_minor", "sum")
        )
        returned = back.groupby("customer_id")["amount_minor"].sum()
        bought["m"] -= returned.reindex(bought.index).fillna(0).astype("int64")
        rows: Rows = []
        for name in "rfm":
            worse = bought[name].rank(method="min").astype("int64") - 1
            counts = (1 + 5 * worse // len(bought)).value_counts()
            rows.extend([name, int(score), int(count)] for score, count in counts.items())
        return rows

    def sessions(self) -> Rows:
        events = self._read("events", "visitor_id", "happened_at", "happened_on")
        events = events.sort_values(["visitor_id", "happened_at"])
        opens = (events.groupby("visitor_id")["happened_at"].diff() <= SESSION).eq(False)
        sessions = events.groupby(opens.cumsum()).agg(
            on=("happened_on", "min"), first=("happened_at", "min"), last=("happened_at", "max")
        )
        seconds = (sessions["last"] - sessions["first"]).dt.total_seconds()
        counts = seconds.groupby(_months(sessions["on"])).agg(["size", "sum"])
        return [[_day(month), int(row["size"]), round(row["sum"])] for month, row in counts.iterrows()]

    def customer_days(self) -> Rows:
        events = self._read("events", "visitor_id", "happened_on", "kind")
        events["views"] = events["kind"].isin(["page", "screen"])
        events["actions"] = events["kind"].eq("track")
        days = events.groupby(["visitor_id", "happened_on"]).agg(
            events=("kind", "size"), views=("views", "sum"), actions=("actions", "sum")
        )
        month = _months(days.index.get_level_values("happened_on").to_series(index=days.index))
        totals = days.groupby(month).agg(
            days=("events", "size"), events=("events", "sum"), views=("views", "sum"), actions=("actions", "sum")
        )
        return [[_day(when), *map(int, row)] for when, *row in totals.itertuples()]


class Repeatradar:
    """Its own cohorts: by month of the first event, then by periods of 30 days, months that have not happened at 0."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def cohorts(self) -> Rows:
        from repeatradar import generate_cohort_data  # noqa: PLC0415 - only this peer's process loads it

        events = pd.read_parquet(self._folder / "events.parquet", columns=["customer_id", "happened_at"])
        events = events.dropna(subset=["customer_id"])
        events["happened_at"] = events["happened_at"].dt.tz_convert(ZONE).dt.tz_localize(None)
        found = generate_cohort_data(events, "happened_at", "customer_id")
        return [[_day(cohort), *map(int, row)] for cohort, *row in found.itertuples()]


class Retentioneering:
    """Its own sessions, and its own funnel, which knows no time within which a step has to follow."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _stream(self) -> Any:
        from retentioneering import Eventstream  # noqa: PLC0415 - only this peer's process loads it

        events = pd.read_parquet(self._folder / "events.parquet", columns=["visitor_id", "name", "happened_at"])
        schema = {"path_cols": ["visitor_id"], "event_col": "name", "timestamp_col": "happened_at"}
        return Eventstream(events, schema)

    def sessions(self) -> Rows:
        split = self._stream().split_sessions(timeout="30m").to_dataframe()
        return [[int(split["session_id"].nunique())]]

    def funnel(self) -> Rows:
        steps = self._stream().funnel_data(steps=list(STEPS))["steps"]
        return [[number, int(step["unique_paths"])] for number, step in enumerate(steps, start=1)]


PEERS: dict[str, Callable[[Path], Any]] = {
    "pandas": Pandas,
    "repeatradar": Repeatradar,
    "retentioneering": Retentioneering,
}


def _within(gigabytes: float) -> None:
    """End the process as soon as it holds more than that."""

    def watch() -> None:
        while peak_gb() <= gigabytes:
            time.sleep(0.1)
        os._exit(TOO_MUCH)

    threading.Thread(target=watch, daemon=True).start()


def main(peer: str, question: str, folder: str, gigabytes: str, *more: str) -> None:
    """Answer one question in one peer's way, and say what it cost."""
    _within(float(gigabytes))
    ask = getattr(PEERS[peer](Path(folder)), question)
    words = [int(word) if word.isdigit() else word for word in more]
    report(*measured(lambda: ask(*words)))


if __name__ == "__main__":
    main(*sys.argv[1:])
