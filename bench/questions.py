"""Seven questions, each asked of Stamm and of DuckDB by hand: `python -m bench.questions NAME HOW FOLDER`.

Both answers become the same plain rows, so that the bench can insist that they are equal before it compares costs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import ibis

from bench import by_hand
from bench.measuring import measured, report
from bench.world import YEARS, Made
from stamm.answers import Answers, World
from stamm.answers.plan import Plan
from stamm.app.project import Project
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS

_ = ibis._

LAKE, KEPT, HAND = "lake", "kept", "hand"
WAYS = (LAKE, KEPT, HAND)
#: plain rows: what is counted, by what
Rows = list[list[Any]]


@dataclass(frozen=True)
class Question:
    """What it is called, what Stamm is asked, and the query by hand.

    Where Stamm knows that a cell cannot be observed yet it has no row; the query by hand does not know.
    """

    what: str
    asked: Callable[[World], Rows]
    query: str


def _daily_actives(world: World) -> Rows:
    answer = Answers(world).ask("visitors", windows(*YEARS, "day"))
    return [[str(row.window.start), row.value] for row in answer.rows if row.value]


def _cohorts(world: World) -> Rows:
    settings = {"begins_with": "event", "periods": 23}
    answer = Answers(world).analyse("retention_table", Window(*YEARS), settings=settings)
    return [[str(row.cohort.start), row.period, row.returned] for row in answer.rows if row.returned]


def _weekly_churn(world: World) -> Rows:
    answer = Answers(world).ask("customer_churn_rate", windows(*YEARS, "week"))
    return [[str(row.window.start), row.parts["start"], row.parts["lost"]] for row in answer.rows if row.complete]


def _funnel(world: World) -> Rows:
    steps = "event:product > track:Product Added > track:Order Completed"
    answer = Answers(world).analyse("funnel", Window(*YEARS), settings={"steps": steps, "within_hours": 24.0})
    return [[row.step, row.reached] for row in answer.rows]


def _rfm(world: World) -> Rows:
    scores = Answers(world).analyse("rfm", Window(*YEARS)).tables["scores"]
    names = {"r": "by_recency", "f": "by_frequency", "m": "by_money"}
    counts = [[name, row.score, getattr(row, column)] for row in scores for name, column in names.items()]
    return [count for count in counts if count[-1]]


def _sessions(world: World) -> Rows:
    months = windows(*YEARS, "month")
    answers = Answers(world)
    answers.prepare([METRICS[key]() for key in ("visits", "session_duration")], months)
    counts, lengths = answers.ask("visits", months), answers.ask("session_duration", months)
    pairs = zip(counts.rows, lengths.rows, strict=True)
    return [[str(count.window.start), count.value, round(length.value * length.n)] for count, length in pairs]


def _customer_days(world: World) -> Rows:
    """There is no metric that is only this: the fact itself, each visitor's rows of a day added up."""
    plan = Plan(world, (), None, world.day_start(date(9999, 12, 30)))
    days = plan["customer_days"].group_by("visitor_id", "first_on")
    days = days.aggregate(**{name: _[name].sum() for name in ("events", "page_views", "actions")})
    months = days.group_by(month=_.first_on.truncate("M"))
    sums = {name: _[name].sum() for name in ("events", "page_views", "actions")}
    found = world.engine.run(months.aggregate(days=_.count(), **sums)).to_pylist()
    names = ("days", *sums)
    return sorted([str(row["month"])[:10], *(int(row[name]) for name in names)] for row in found)


QUESTIONS = {
    "daily_actives": Question("daily actives", _daily_actives, by_hand.DAILY_ACTIVES),
    "cohorts": Question("monthly cohort matrix", _cohorts, by_hand.COHORTS),
    "weekly_churn": Question("weekly churn", _weekly_churn, by_hand.WEEKLY_CHURN),
    "funnel": Question("three-step funnel", _funnel, by_hand.FUNNEL),
    "rfm": Question("recency, frequency, money", _rfm, by_hand.RFM),
    "sessions": Question("sessions", _sessions, by_hand.SESSIONS),
    "customer_days": Question("customer-day rollup", _customer_days, by_hand.CUSTOMER_DAYS),
}


def _by_hand(made: Made, question: Question) -> Callable[[], Rows]:
    connection = made.by_hand()
    hours = 24 * Project.open(made.shop).organisation.lapse_days
    span = {"first": YEARS[0], "last": YEARS[1] - timedelta(days=1), "hours": hours}
    query = question.query.format(**span) if "{" in question.query else question.query
    return lambda: _plain(connection.execute(query).fetchall())


def _plain(rows: Iterable[tuple[Any, ...]]) -> Rows:
    return [[value if isinstance(value, str) else _whole(value) for value in row] for row in rows]


def _whole(value: Any) -> Any:
    return round(value) if isinstance(value, int | float) else str(value)[:10]


def main(name: str, how: str, folder: str) -> None:
    """Answer one question one way, and say what it cost."""
    made, question = Made(Path(folder)), QUESTIONS[name]
    work = _by_hand(made, question) if how == HAND else partial(question.asked, made.world(kept=how == KEPT))
    report(*measured(work))


if __name__ == "__main__":
    main(*sys.argv[1:])
