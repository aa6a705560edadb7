"""How far predictions are to be trusted: tried on the past as a plain program would, and what moves a risk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stamm.analyses.worth import Worth
from stamm.answers import Answers
from stamm.answers.table import TableAnswer
from stamm.app.foretelling import keep_foretold
from stamm.app.project import Project
from stamm.lang.errors import UsageError
from stamm.lang.organisation import Organisation
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window
from stamm.predictions import PREDICTIONS, Prediction
from stamm.predictions.bought import came_of
from stamm.predictions.checked import Checked
from stamm.predictions.churn.features import Features, features
from stamm.predictions.churn.learning import Learned
from stamm.predictions.churn.moving import lost, moves
from stamm.predictions.churn.words import BUYING, RECENT, SILENCE
from stamm.predictions.churn_risk import ChurnRisk
from stamm.predictions.report import Enough, Report
from stamm.predictions.tried import Way, parts_of, quality_of
from stamm.predictions.value_at_risk import ValueAtRisk
from tests.answers.small import world
from tests.predictions.test_churn import MODEL, TWO, made, orders_of, seen

SPAN = Window(date(2023, 1, 1), date(2025, 1, 1))
GIVEN = {"model": "bg_nbd", "parameters": "r=1,alpha=30,a=1,b=2"}


def ask(asked: Prediction | Report | Checked, as_of: str = "2025-01-01", customers: int = 900) -> TableAnswer:
    few = made()[0] < f"c{customers:04}"
    rows = orders_of(tuple(column[few] for column in made()), as_of)  # type: ignore[arg-type]
    return Answers(world({"orders": rows}, as_of=as_of)).analyse(asked, SPAN)


# -- what came -----------------------------------------------------------------------------------------------
def test_what_came_by_hand() -> None:
    """Of those known on 1 March Anna alone comes back, on the 30th day after; Ben's order is of that very day."""
    found = came_of(seen(TWO, date(2024, 3, 2)), seen(TWO, date(2024, 4, 10)))
    assert found["orders"].tolist() == [1, 0]
    assert found["amount"].tolist() == [6000, 0]
    assert found["first"][0] == 29
    assert np.isnan(found["first"][1])
    gone = came_of(seen(TWO, date(2024, 4, 10)), seen(TWO, date(2024, 1, 1)))
    assert gone["orders"].tolist() == [0, 0], "who is not known later did nothing"


def test_tenths_and_quality_by_hand() -> None:
    told, came = np.array([0.1, 0.9, 0.4, 0.6]), np.array([0.0, 1.0, 1.0, 0.0])
    parts = list(parts_of(told, came, share=True))
    assert [(part.tenth, part.customers, part.told, part.came) for part in parts] == [
        (1, 1, 0.1, 0.0), (2, 1, 0.4, 1.0), (3, 1, 0.6, 0.0), (4, 1, 0.9, 1.0),
    ]  # fmt: skip
    found = quality_of(Way(Phrase("x", "y"), told, probable=True), came, probable=True)
    assert (found.auc, found.lift) == (0.75, 2.0)
    assert found.brier == pytest.approx((0.01 + 0.01 + 0.36 + 0.36) / 4)
    amounts = quality_of(Way(Phrase("x", "y"), told, probable=False), 100 * came, probable=False)
    assert (amounts.auc, amounts.lift, amounts.brier) == (0.75, 2.0, None)


def split_of(key: str) -> Any:
    (split,) = ask(Report(PREDICTIONS[key](horizon=60, **GIVEN, worth="own_mean"))).tables["split"]
    return split


# -- the report ----------------------------------------------------------------------------------------------
def test_it_is_tried_on_a_day_one_horizon_back() -> None:
    """What the report tells of that day is what was told then, and what came is counted as a plain program does."""
    days = 60
    asked = PREDICTIONS["no_order_risk"](horizon=days, **GIVEN)
    report, then = ask(Report(asked)), ask(asked, "2024-11-02")
    (split,) = report.tables["split"]
    assert (split.tried_on, split.known_on, split.customers) == ("2024-11-02", "2025-01-01", len(then.rows))
    assert split.told == pytest.approx(np.mean([row.value for row in then.rows]))
    who, on, _ = made()
    start = (date(2024, 11, 2) - date(1970, 1, 1)).days
    back = {str(each) for each in who[(on >= start) & (on < start + days)]}
    silent = [row.customer_id not in back for row in then.rows]
    assert split.came == pytest.approx(np.mean(silent))
    assert sum(part.customers for part in report.tables["reliability"]) == len(then.rows)
    own, since, nobody = report.rows
    assert own.brier == pytest.approx(
        np.mean([(row.value - gone) ** 2 for row, gone in zip(then.rows, silent, strict=True)])
    )
    assert nobody.brier == pytest.approx(np.mean(silent))
    assert since.brier is None
    assert next((row.parameter, row.estimate) for row in report.tables["model"]) == ("r", 1)


def test_numbers_are_tried_too() -> None:
    more: dict[str, dict[str, object]] = {"expected_orders": {}, "value_ahead": {"worth": "own_mean"}, "next_order": {}}
    for key, settings in more.items():
        report = ask(Report(PREDICTIONS[key](horizon=60, **GIVEN, **settings)))
        assert 5 <= len(report.tables["reliability"]) <= 10, key
        assert report.tables["gates"], key
    staying = ask(Report(PREDICTIONS["value_if_staying"](horizon=60, **GIVEN, worth="own_mean")))
    assert 0 < staying.tables["split"][0].customers < split_of("value_ahead").customers, (
        "who ordered nothing did not stay"
    )
    own, before = ask(Report(PREDICTIONS["expected_orders"](horizon=60, **GIVEN))).rows
    assert own.auc > 0.6
    assert before.auc is not None


@pytest.mark.long
def test_the_report_of_churn_is_that_of_the_answer() -> None:
    asked = ChurnRisk(horizon=120)
    report, answer = ask(Report(asked)), ask(asked)
    assert report.rows == answer.tables["quality"]
    assert [part.came for part in report.tables["reliability"]] == [each.left for each in answer.tables["reliability"]]
    assert {row.feature for row in report.tables["features"]} == BUYING.names.keys()
    kinds = {row.feature: row.lost for row in report.tables["kinds"]}
    assert max(kinds, key=lambda kind: kinds[kind]) == SILENCE
    assert [row.lost for row in report.tables["features"]] == sorted(
        (row.lost for row in report.tables["features"]), reverse=True
    )


def test_where_it_cannot_be_tried_it_says_what_is_lacking() -> None:
    report = ask(Report(ChurnRisk()), "2023-07-01")
    assert report.rows == ()
    lacking = [row.gate for row in report.tables["gates"] if not row.met]
    assert "days" in lacking
    assert "It could not be tried" in report.notes[0].en
    assert ask(Enough(ChurnRisk()), "2023-07-01").rows == report.tables["gates"]


# -- what moves a risk ---------------------------------------------------------------------------------------
class Straight:
    """A risk that is a straight line in two of the features."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def predict_proba(self, table: np.ndarray) -> np.ndarray:
        risk = 0.2 + table[:, self.names.index("since_last")] / 1000 - table[:, self.names.index("days_in_7")] / 100
        return np.column_stack([1 - risk, risk])


def known() -> Features:
    return features(seen(made(), date(2024, 7, 1)), MODEL, 60, 182)


def test_moves_are_what_the_middle_would_change() -> None:
    found = known()
    learned = Learned(Straight(found.names))
    since, week = found["since_last"], found["days_in_7"]
    for row, each in enumerate(moves(learned, found, [0, 1, 2])):
        effects = {move.kind: move.effect for move in each}
        assert effects[SILENCE] == pytest.approx((since[row] - np.median(since)) / 1000)
        assert effects[RECENT] == pytest.approx(-(week[row] - np.median(week)) / 100)
        assert all(effects[kind] == 0 for kind in effects.keys() - {SILENCE, RECENT})
        assert [abs(move.effect) for move in each] == sorted((abs(move.effect) for move in each), reverse=True)
        silence = next(move for move in each if move.kind == SILENCE)
        assert (silence.value, silence.usual) == (since[row], np.median(since))


def test_only_what_is_used_can_be_lost() -> None:
    found = known()
    left = found["since_last"] > np.median(found["since_last"])
    columns = [[found.names.index(name)] for name in ("since_last", "mean_amount")]
    used, unused = lost(Learned(Straight(found.names)), found, left, columns)
    assert used > 0.3
    assert unused == 0


def test_every_feature_has_a_name_and_a_kind() -> None:
    names = set(known().names)
    assert names == BUYING.names.keys() == BUYING.kind_of.keys()
    assert all(BUYING.kind_of[lead] == kind for kind, lead in BUYING.leading.items())


# -- value at risk -------------------------------------------------------------------------------------------
@pytest.mark.long
def test_value_at_risk_is_risk_times_what_they_would_bring() -> None:
    answer, risks = ask(ValueAtRisk(horizon=120, explained=20)), ask(ChurnRisk(horizon=120))
    told = {row.customer_id: row.value for row in risks.rows}
    assert {row.customer_id: row.risk for row in answer.rows} == told
    assert all(abs(row.value - row.risk * row.ahead) <= 1 for row in answer.rows)
    assert [row.value for row in answer.rows] == sorted((row.value for row in answer.rows), reverse=True)
    first = [row.customer_id for row in answer.rows[:20]]
    assert {each.customer_id for each in answer.tables["reasons"]} <= set(first)
    assert max(each.place for each in answer.tables["reasons"]) <= 3
    assert "Costs are not known" in answer.notes[0].en
    young = ask(ValueAtRisk(horizon=120, by="no_order_risk"))
    silent = {row.customer_id: row.value for row in ask(PREDICTIONS["no_order_risk"](horizon=120)).rows}
    assert all(row.risk == silent[row.customer_id] for row in young.rows)
    assert young.tables["reasons"] == ()


@pytest.mark.long
def test_it_is_the_number_that_worth_has() -> None:
    """With the risk and the value kept, and costs that some customers cause: one formula, told in two places."""
    orders = orders_of(made(), "2025-01-01")
    who = sorted({str(each["customer_id"]) for each in orders})
    costs = [
        {
            "cost_id": f"k{number}",
            "customer_id": customer,
            "incurred_on": "2024-06-01",
            "kind": "service",
            "amount_minor": 700 * number,
        }
        for number, customer in enumerate(who[:60])
    ]
    asked = (ChurnRisk(horizon=120), PREDICTIONS["value_if_staying"](horizon=120, worth="own_mean"))
    facts = {"orders": orders, "costs": costs}
    kept = [
        {
            "model": each.mark,
            "customer_id": row.customer_id,
            "predicted_at": "2025-01-01T00:00",
            "name": each.key,
            "horizon_days": 120,
            "value": row.value,
            "low": row.low,
            "high": row.high,
        }
        for each in asked
        for row in Answers(world(facts, as_of="2025-01-01")).analyse(each, SPAN).rows
    ]
    reach = dict.fromkeys(("orders", "returns", "messages", "costs", "predictions"), (SPAN.start, date(2025, 1, 1)))
    known = world({**facts, "predictions": kept}, as_of="2025-01-01", coverage=reach)
    risks = Answers(known).analyse(ValueAtRisk(horizon=120, explained=0), SPAN)
    worth = Answers(known).analyse(Worth(most=1000), Window(date(2024, 1, 2), date(2025, 1, 1)))
    told = {row.customer_id: (row.risk, row.ahead, row.value) for row in risks.rows}
    assert {row.customer_id: (row.risk, row.ahead, row.at_risk) for row in worth.tables["customers"]} == told
    assert min(ahead for _, ahead, _ in told.values()) < 0, "some cost more than they bring"
    assert not risks.notes[0].en.startswith("Costs are not known")


def test_what_they_would_bring_is_value_if_staying() -> None:
    answer = ask(ValueAtRisk(horizon=120, by="no_order_risk"))
    staying = ask(PREDICTIONS["value_if_staying"](horizon=120, worth="own_mean"))
    value = {row.customer_id: row.value for row in staying.rows}
    assert all(row.ahead == value[row.customer_id] for row in answer.rows)


def test_what_nobody_can_see_is_neither_kept_nor_checked(tmp_path: Path) -> None:
    for kind in (Report, Checked):
        with pytest.raises(UsageError, match="neither kept nor checked"):
            kind(ValueAtRisk())
    project = Project.create(tmp_path / "shop", Organisation())
    answer = ask(ValueAtRisk(by="no_order_risk"))
    with pytest.raises(UsageError, match="neither kept nor checked"):
        keep_foretold(project, answer, now=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=1))
