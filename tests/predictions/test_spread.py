"""Futures drawn from the models: right on average, and as wide as what came of customers made by the book."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from stamm.predictions.bought import Bought
from stamm.predictions.buying.bg_nbd import BgNbd
from stamm.predictions.buying.gamma_gamma import GammaGamma
from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.buying.mbg_nbd import MbgNbd
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from stamm.predictions.from_buying import Known
from stamm.predictions.spread import Spending, _quantile, spread
from stamm.predictions.value_ahead import ValueAhead
from stamm.predictions.value_if_staying import ValueIfStaying
from tests.predictions import buyers

PARETO = ParetoNbd(0.9, 40.0, 0.7, 200.0)
SPENT = GammaGamma(6.0, 4.0, 1500.0)
HISTORIES = Histories(*(np.array(each, dtype=float) for each in ([0, 3, 40], [0, 200, 395], [30, 300, 400], [1, 1, 1])))


@pytest.mark.parametrize(
    "model", [PARETO, BgNbd(0.8, 30, 0.8, 2.5), MbgNbd(0.8, 30, 0.8, 2.5)], ids=lambda model: model.title
)
def test_futures_are_those_of_the_closed_forms(model: BuyingModel) -> None:
    weights, orders = model.draw(HISTORIES, 90.0, 200_000, np.random.default_rng(3))
    alive = model.alive(HISTORIES)
    assert orders.min() == 1
    assert 1 - alive * weights.mean(axis=1) == pytest.approx(model.no_order_within(HISTORIES, 90.0), rel=5e-3)
    assert alive * (weights * orders).mean(axis=1) == pytest.approx(model.expected_orders(HISTORIES, 90.0), rel=2e-2)


def test_drawn_spending_is_what_is_expected() -> None:
    days, mean = np.array([0.0, 1.0, 30.0]), np.array([0.0, 9000.0, 2000.0])
    drawn = SPENT.draw(days, mean, np.full((3, 200_000), 2.0), np.random.default_rng(3))
    assert drawn.mean(axis=1) == pytest.approx(2 * SPENT.expected_value(days, mean), rel=2e-2)
    own = GammaGamma(6.0, 0.9, 1500.0).draw(days, mean, np.full((3, 1), 2.0), np.random.default_rng(3))
    assert own[:, 0].tolist() == [0, 18000, 4000], "the mean of all is infinite, so each has their own"


def test_quantiles_of_weights_by_hand() -> None:
    """Of 10, 20 and 30 with weights 1, 1 and 2 a quarter lies up to 10, half up to 20."""
    amounts, weights = np.array([[30.0, 10.0, 20.0]]), np.array([[2.0, 1.0, 1.0]])
    found = [_quantile(amounts, weights, np.array([share]))[0] for share in (0.2, 0.25, 0.3, 0.5, 0.51, 1.0)]
    assert found == [10, 10, 20, 20, 30, 30]


def known_of(made: buyers.Made, days: np.ndarray, mean: np.ndarray) -> Known:
    """Customers of whom only the histories and what a day was worth are known."""
    count = len(made.later)
    empty = Bought(date(2024, 1, 1), pa.array([""] * count), np.arange(count), np.zeros(count, int), np.zeros(count))
    histories, place = Histories.collapsed(made.histories.repeats, made.histories.last, made.histories.age)
    known = Known(empty, histories, place)
    vars(known)["paid"] = (days, mean)
    return known


def test_eight_in_ten_customers_made_by_the_book_fall_within() -> None:
    """Those who came back lie in the interval of who stays eight times in ten, a tenth below it and a tenth above.

    Of all, the interval of what is ahead has one in ten above it; below it lies nobody who may be silent.
    """
    chance = np.random.default_rng(11)
    made = buyers.pareto(PARETO, 8000, 90, seed=11)
    days = made.histories.repeats + 1
    nu = chance.gamma(SPENT.q, size=len(days)) / SPENT.v
    mean = chance.gamma(SPENT.p * days) / nu / days
    came = np.where(made.later > 0, chance.gamma(SPENT.p * np.maximum(made.later, 1)) / nu, 0.0)
    known, spending = known_of(made, days, mean), Spending(days, mean, SPENT)
    low, high = spread(PARETO, known, spending, 90, np.zeros(len(days)))
    stayed = made.later > 0
    assert np.mean(came[stayed] < low[stayed]) == pytest.approx(0.1, abs=0.02)
    assert np.mean(came[stayed] > high[stayed]) == pytest.approx(0.1, abs=0.02)
    silent = PARETO.no_order_within(known.histories, 90)[known.place]
    low, high = spread(PARETO, known, spending, 90, silent)
    assert np.all(low[silent >= 0.1] == 0)
    assert np.all(high[silent >= 0.9] == 0)
    likely = silent < 0.9
    assert np.mean(came[likely] > high[likely]) == pytest.approx(0.1, abs=0.02)


def test_staying_and_leaving_add_up_to_what_is_ahead() -> None:
    made = buyers.pareto(PARETO, 300, 90, seed=5)
    days = made.histories.repeats + 1
    known = known_of(made, days, 1000 + 100.0 * days)
    settings = {"worth": "own_mean", "discount": 0.3}
    ahead, staying = (kind(**settings).foretell(PARETO, known) for kind in (ValueAhead, ValueIfStaying))
    silent = PARETO.no_order_within(known.histories, 90)[known.place]
    assert ahead[0] == pytest.approx((1 - silent) * staying[0], abs=1)
    for value, low, high in (ahead, staying):
        assert np.all((low <= value) & (value <= high))
    assert np.all(staying[1] > 0), "who stays pays something"


def test_who_will_surely_not_come_would_order_once() -> None:
    """A chance of nothing but rounding has no ratio: then it is one order, of the customer's mean."""
    gone = Histories(np.array([400.0]), np.array([10.0]), np.array([3000.0]), np.ones(1))
    known = known_of(buyers.Made(gone, np.zeros(1)), np.array([401.0]), np.array([700.0]))
    value, _, _ = ValueIfStaying(worth="own_mean", discount=0.0).foretell(PARETO, known)
    assert value.tolist() == [700]
