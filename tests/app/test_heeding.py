"""What Python computes for seconds ends when the question is stopped, as a query does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from stamm.app.stopping import Stop
from stamm.lang.errors import StoppedError
from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from stamm.predictions.churn.cuts import Lessons
from stamm.predictions.churn.learning import boosted, hazard
from stamm.segments.personas.steady import grouped

MODEL = ParetoNbd(0.8, 40.0, 0.6, 150.0)
HISTORIES = Histories(np.array([0.0, 2.0, 5.0]), np.array([0.0, 50.0, 90.0]), np.full(3, 100.0), np.full(3, 40.0))
CHANCE = np.random.default_rng(5)
LESSONS = Lessons(CHANCE.normal(size=(600, 3)), CHANCE.random(600) < 0.5, np.arange(600))


@pytest.mark.parametrize(
    "work",
    [
        lambda: ParetoNbd.fit(HISTORIES),
        lambda: MODEL.order_by(HISTORIES, 0.5, 365),
        lambda: boosted(LESSONS),
        lambda: hazard(LESSONS),
        lambda: grouped(LESSONS.table, 3),
    ],
    ids=["fitting", "dates", "trees", "logistic regression", "personas"],
)
def test_work_ends_when_it_is_stopped(work: Callable[[], object]) -> None:
    stop = Stop()
    with stop.heeded():
        assert work() is not None
        stop.now()
        with pytest.raises(StoppedError):
            work()
    assert work() is not None, "another question is not stopped"
