"""Predictions that keep themselves: of each month or week once, as known at its start, and never where that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stamm.answers import Answers
from stamm.answers.examples import arrow_of
from stamm.app.keeping_predictions import NAME, begun, keep_due, plan
from stamm.app.project import Project
from stamm.jobs.timers import due_of
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.predictions import PREDICTIONS
from tests.answers.small import world
from tests.predictions.test_churn import made, orders_of

NOW = datetime(2024, 12, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "every", "first"),
    [("2024-12-18", "month", "2024-12-01"), ("2024-12-18", "week", "2024-12-16"), ("2024-12-16", "week", "2024-12-16")],
)
def test_months_and_weeks_begin(day: str, every: str, first: str) -> None:
    assert begun(date.fromisoformat(day), every) == date.fromisoformat(first)


@pytest.mark.long
def test_each_month_is_kept_once_as_known_at_its_start(tmp_path: Path) -> None:
    """Too few for churn_risk, all pay alike: no_order_risk is left; what came in December plays no part in it."""
    project = Project.create(tmp_path / "shop", Organisation(history="complete"))
    few = made()[0] < "c0150"
    rows = orders_of(tuple(column[few] for column in made()), "2024-12-19")  # type: ignore[arg-type]
    table = arrow_of("orders", rows, "UTC").select(
        ["order_id", "customer_id", "ordered_at", "amount_minor", "currency"]
    )
    with project.lake().writing() as writer:
        writer.put("orders", (table,), source="test", received_at=NOW, simulated=False)
        writer.commit()
    (kept,) = keep_due(project, now=NOW)
    assert kept[:2] == ("no_order_risk", date(2024, 12, 1))
    assert list(keep_due(project, now=NOW)) == [], "a look that is repeated finds it kept"
    told = project.lake().snapshot().dataset("predictions").to_table().to_pylist()
    then = world({"orders": [row for row in rows if str(row["ordered_at"]) < "2024-12-01"]}, as_of="2024-12-01")
    own = Answers(then).analyse(PREDICTIONS["no_order_risk"](), Window(date(2023, 1, 1), date(2024, 12, 1)))
    assert {row["customer_id"]: row["value"] for row in told} == pytest.approx(
        {row.customer_id: row.value for row in own.rows}
    )
    assert kept[2] == len(told) == len(own.rows)
    never = project.rewrite(replace(project.organisation, keep_predictions="never"))
    assert list(keep_due(never, now=NOW)) == []
    weekly = project.rewrite(replace(project.organisation, keep_predictions="week"))
    assert [each[:2] for each in keep_due(weekly, now=NOW)] == [("no_order_risk", date(2024, 12, 16))]
    assert Project.open(project.directory).organisation.keep_predictions == "week"


def test_it_is_looked_each_night(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))
    database = project.people()
    with database.transaction() as run:
        plan(run, project.organisation, now=NOW)
        assert due_of(run, NAME) == datetime(2024, 12, 21, 3, tzinfo=UTC)
        plan(run, replace(project.organisation, keep_predictions="never"), now=NOW)
        assert due_of(run, NAME) is None
    database.close()
