"""Personas: groups that were planted are found, noise is none, and each is told by its rule and its traits."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from stamm.lang.phrase import Phrase
from stamm.segments.blanks import AT_LEAST, LESS
from stamm.segments.personas import MEASURES, Measured, alike, find
from stamm.segments.personas.finding import ALL_ALIKE, NONE_HOLDS, TOO_FEW, ranks
from stamm.segments.personas.rules import Bound, learned, rounded, who
from stamm.segments.personas.steady import found_again, gap, grouped, jaccards
from stamm.segments.personas.traits import bounds, names_of, trait_of

PLANTED = 100


def planted(seed: int = 1) -> tuple[Measured, np.ndarray]:
    """Three kinds of customers: many small orders with help, few large ones, and few small ones."""
    chance = np.random.default_rng(seed)
    kind = np.repeat([0, 1, 2], PLANTED)
    values = {
        "order_count": chance.poisson(np.array([12, 2, 1])[kind]) + 1.0,
        "average_order_value": np.round(np.exp(chance.normal(np.array([7.6, 9.2, 7.6])[kind], 0.3))),
        "visits": chance.poisson(np.array([30, 25, 3])[kind]) + 0.0,
        "tickets_opened": chance.poisson(np.array([2, 0.3, 0.1])[kind]) + 0.0,
    }
    return Measured(values, 365, "EUR"), kind


def test_planted_groups_are_found_and_told() -> None:
    measured, kind = planted()
    found = find(measured)
    assert found.held is found.tried[1]
    often, large, seldom = found.personas
    assert "Order often" in often.name.en
    assert "arge orders" in large.name.en
    assert "order seldom" in seldom.name.en.lower()
    places = found.places(measured)
    assert np.bincount(places).tolist() == [persona.customers for persona in found.personas]
    assert sum(persona.customers for persona in found.personas) == 3 * PLANTED, "everybody is in one of them"
    assert alike(kind, places) > 0.85


def test_noise_is_no_persona() -> None:
    chance = np.random.default_rng(3)
    noise = {metric: chance.permutation(300).astype(float) for metric in list(MEASURES)[:2]}
    found = find(Measured(noise, 365, "EUR"))
    assert any(replace(each, gap=1.0, error=0.0).holds for each in found.tried), "k-means cuts a square alike each time"
    assert found.reason == NONE_HOLDS
    assert not found.personas
    assert len(found.tried) == 6


def test_too_few_and_too_alike_are_refused() -> None:
    measured, _ = planted()
    few = replace(measured, values={metric: values[:99] for metric, values in measured.values.items()})
    assert find(few).reason == TOO_FEW
    alike = replace(measured, values={metric: np.ones(300) for metric in measured.values})
    assert find(alike).reason == ALL_ALIKE


def test_ranks_of_equal_ones_lie_in_the_middle() -> None:
    assert ranks(np.array([5.0, 1.0, 1.0, 9.0])).tolist() == [0.625, 0.25, 0.25, 0.875]


def test_a_trait_counts_pairs() -> None:
    # 3 and 5 against 1, 3 and 4: 3 is ahead of one and ties with one, 5 is ahead of all: 1.5 + 3 of 6
    values = np.array([3.0, 5.0, 1.0, 3.0, 4.0, math.nan])
    trait = trait_of(MEASURES["visits"], values, np.array([True, True, False, False, False, True]))
    assert (trait.inside, trait.outside, trait.n, trait.others) == (4.0, 3.0, 2, 3)
    assert trait.ahead == 4.5 / 6
    assert trait.words == MEASURES["visits"].more


@pytest.mark.parametrize(("ahead", "n", "others"), [(0.5, 20, 30), (0.75, 2, 3), (1.0, 10, 10), (0.0, 10, 40)])
def test_bounds_solve_the_equation_of_newcombe(ahead: float, n: int, others: int) -> None:
    low, high = bounds(ahead, n, others)
    assert 0 <= low <= ahead <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            star = (n + others) / 2 - 1
            variance = (
                bound * (1 - bound) * (1 + star * ((1 - bound) / (2 - bound) + bound / (1 + bound))) / (n * others)
            )
            assert (ahead - bound) ** 2 == pytest.approx(1.959963984540054**2 * variance, rel=1e-6)


def test_what_is_said_is_round_and_is_what_is_computed() -> None:
    assert rounded("order_count", 5.5, "EUR") == (6.0, 6.0)
    assert rounded("average_order_value", 4512.3, "EUR") == (45.0, 4500.0)
    assert rounded("average_order_value", 4512.3, "JPY") == (4500.0, 4500.0)
    assert rounded("product_return_rate", 0.0437, "EUR") == (0.04, 0.04)


def test_a_bound_that_tells_nobody_apart_is_left_out() -> None:
    labels = np.array([0] * 50 + [1] * 50)
    values = {"visits": np.repeat([1.0, 4.0], 50), "order_count": np.tile([1.0, 2.0], 50)}
    leaves = learned(values, labels, 2, "EUR")
    assert leaves == [((Bound("visits", LESS, 3.0, 3.0),),), ((Bound("visits", AT_LEAST, 3.0, 3.0),),)]
    assert who(leaves[1], values).tolist() == [False] * 50 + [True] * 50


def test_what_is_found_again() -> None:
    # 2 of 3 are in both, of 4 in either
    assert jaccards(np.array([True, True, True, False]), np.array([0, 0, 1, 0]), 2).tolist() == [2 / 4, 1 / 3]
    apart = np.concatenate([np.zeros((50, 1)), np.ones((50, 1))]) + np.linspace(0, 0.1, 100)[:, None]
    assert found_again(apart, grouped(apart, 2), 2) == 1.0


def test_two_of_the_same_name_are_told_apart() -> None:
    mine, theirs = np.array([True, True, False, False]), np.array([1.0, 2.0, 5.0, 6.0])
    one = [trait_of(MEASURES[key], theirs, mine) for key in ("order_count", "visits", "tickets_opened")]
    other = [*one[:2], trait_of(MEASURES["tickets_opened"], -theirs, mine)]
    names = names_of([one, other])
    assert names[0] == Phrase(
        "Order seldom, visit seldom, ask for no help", "Bestellen selten, besuchen selten, fragen nicht um Hilfe"
    )
    assert names[1].en.endswith("ask for help")
    assert [each.en.rpartition(" ")[2] for each in names_of([one, list(one), list(one)])] == ["help", "2", "3"]


def test_a_gap_is_what_shuffling_loses() -> None:
    line = np.linspace(0, 1, 60)
    # one measure alone stays what it is, and two that are one lose what they have in common
    assert gap(line[:, None], 3)[0] == pytest.approx(0, abs=0.01)
    both, error = gap(np.column_stack([line, line]), 3)
    assert both > 10 * error


def test_two_groupings_are_compared_by_pairs() -> None:
    # of 10 pairs 1 is together in both, 4 in the one and 2 in the other: by chance 4 x 2 / 10, at most (4 + 2) / 2
    assert alike(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2])) == pytest.approx((1 - 0.8) / (3 - 0.8))
    assert alike(np.array([0, 0, 1, 1]), np.array([5, 5, -1, -1])) == 1.0
