"""Scores, segments and moves against everybody compared with everybody, in random worlds with clock changes."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.analyses.rfm import AFTER, BEFORE, MAP, MOVES, SCORES, Rfm
from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle.rfm import measures, named, scores
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.test_cohorts import spans
from tests.soundness.worlds import worlds
from tests.thorough import turns

DAY = timedelta(days=1)


def check(world: oracle.World, span: tuple[date, date], earlier: date) -> None:
    """Sizes, money, what a score means, who is where, and who moved."""
    facts = facts_of(world)
    try:
        answers = Answers(facts)
        answer = answers.analyse(Rfm, Window(*span), settings={"earlier": str(earlier)})
        if answer.rows[0].customers is None:
            return
        now, known = scores(world, *span), measures(world, *span)
        inside = {who: named(*own) for who, own in now.items()}
        for row in answer.rows:
            people = [who for who, name in inside.items() if name == row.segment.en]
            assert (row.customers, row.revenue) == (len(people), sum(known[who][2] for who in people))
        biggest = max(answer.rows, key=lambda row: row.customers)
        behind = answers.customers(answer, biggest)
        assert set(behind.counted) == {who for who, name in inside.items() if name == biggest.segment.en}
        assert {*behind.counted, *behind.others} == set(inside)
        places = {who: (own[0], (own[1] + own[2] + 1) // 2) for who, own in now.items()}
        for row in answer.tables[MAP]:
            people = [who for who, place in places.items() if place == (row.recency, row.worth)]
            assert (row.customers, row.revenue) == (len(people), sum(known[who][2] for who in people))
        fullest = max(answer.tables[MAP], key=lambda row: row.customers)
        behind = answers.customers(answer, answer.row_named(answer.name_of(fullest, MAP)))
        assert set(behind.counted) == {w for w, place in places.items() if place == (fullest.recency, fullest.worth)}
        assert {*behind.counted, *behind.others} == set(inside)
    finally:
        facts.engine.close()
    for row in answer.tables[SCORES]:
        for place, found in enumerate((row.by_recency, row.by_frequency, row.by_money)):
            assert found == len([1 for own in now.values() if own[place] == row.score])
        spent = [known[who][2] for who, own in now.items() if own[2] == row.score]
        assert (row.money_from, row.money_to) == ((min(spent), max(spent)) if spent else (None, None))
    if answer.notes:
        return
    then = {who: named(*own) for who, own in scores(world, earlier - (span[1] - span[0]), earlier).items()}
    expected = Counter((then.get(who, BEFORE.en), inside.get(who, AFTER.en)) for who in {*then, *inside})
    assert {(move.before.en, move.after.en): move.customers for move in answer.tables[MOVES]} == expected
    for row in answer.rows:
        assert sum(move.customers for move in answer.tables[MOVES] if move.after == row.segment) == row.customers


@st.composite
def questions(draw: Any) -> tuple[oracle.World, tuple[date, date], date]:
    world = draw(worlds())
    span = draw(spans(world))
    return world, span, span[1] - draw(st.sampled_from((1, 2, 7, 30))) * DAY


QUICK = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@QUICK
@given(questions())
def test_random_scores(question: tuple[oracle.World, tuple[date, date], date]) -> None:
    check(*question)


@pytest.mark.long
@settings(max_examples=turns(10, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_many_random_scores(question: tuple[oracle.World, tuple[date, date], date]) -> None:
    check(*question)
