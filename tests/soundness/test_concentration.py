"""The Lorenz curve against the plain-Python oracle, and what holds of it whatever the data."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from stamm.analyses.concentration import TOTALS
from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle.concentration import curve, gini
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.world_rows import DAY
from tests.soundness.worlds import worlds
from tests.thorough import turns

QUICK = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)
ASKED = st.fixed_dictionaries(
    {
        "of": st.sampled_from(("contribution", "revenue")),
        "first": st.sampled_from(("best", "least")),
        "points": st.sampled_from((4, 5, 10, 20, 100)),
    }
)


@st.composite
def spans(draw: st.DrawFn, world: oracle.World) -> tuple[date, date]:
    """Days around some order."""
    days = sorted({oracle.local_day(world.zone, order["ordered_at"]) for order in world.orders}) or [date(2024, 2, 1)]
    first = draw(st.sampled_from(days)) - draw(st.sampled_from((0, 0, 1, 40))) * DAY
    return first, first + draw(st.sampled_from((1, 10, 90, 400))) * DAY


def check(world: oracle.World, span: tuple[date, date], asked: dict[str, object]) -> None:
    """Every point and the coefficient; the ends of the curve; and the metric that is one of its points."""
    facts = facts_of(world)
    try:
        answers = Answers(facts)
        answer = answers.analyse("concentration", Window(*span), settings=asked)
        best = [answers.ask("top_customer_share", [Window(*span)], settings=each).rows[0] for each in tops(asked)]
    finally:
        facts.engine.close()
    of, first, points = str(asked["of"]), str(asked["first"]), int(str(asked["points"]))
    if not answer.tables[TOTALS]:
        event(answer.rows[0].reason)
        assert all(row.value is None for row in answer.rows)
        return
    found = {row.percent: (row.customers, row.amount, row.value) for row in answer.rows}
    expected = curve(world, *span, of, first, points)
    assert {at: point[:2] for at, point in found.items()} == {at: point[:2] for at, point in expected.items()}
    for at, (_, _, value) in expected.items():
        assert found[at][2] == (None if value is None else pytest.approx(float(value), rel=1e-12))
    (total,) = answer.tables[TOTALS]
    unequal = gini(world, *span, of)
    assert total.gini == (None if unequal is None else pytest.approx(float(unequal), abs=1e-9))
    assert total.left == total.brought - total.lost
    assert answer.rows[-1].value == (1 if total.brought else None)
    for one, other in pairwise(answer.rows):
        assert one.amount <= other.amount
        assert one.customers <= other.customers
    everyone, quarter = best
    assert everyone.value == answer.rows[-1].value
    if first == "best" and points in (4, 20, 100):
        assert quarter.value == found[25][2]


def tops(asked: dict[str, object]) -> list[dict[str, object]]:
    return [{"of": asked["of"], "share": share} for share in (1, 0.25)]


@QUICK
@given(st.data(), worlds(), ASKED)
def test_random_curves(data: st.DataObject, world: oracle.World, asked: dict[str, object]) -> None:
    check(world, data.draw(spans(world)), asked)


@pytest.mark.long
@settings(max_examples=turns(20, 8), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), worlds(), ASKED)
def test_many_random_curves(data: st.DataObject, world: oracle.World, asked: dict[str, object]) -> None:
    check(world, data.draw(spans(world)), asked)
