"""Every worked example of every registry on every engine: what it promises, and all else as on DuckDB."""

from __future__ import annotations

from functools import cache
from operator import attrgetter

import pytest

from stamm.answers.examples import Case, Rows, cases
from stamm.engines.duckdb import DuckDB
from stamm.metrics import METRICS
from tests.engines.agreement import differences
from tests.engines.conftest import Place

ASKING = [case for case in cases() if case.asks]
#: one in so many runs each time, the others with the long tests
EACH = 12
OTHERS = [case for number, case in enumerate(ASKING) if number % EACH]
OF_METRICS = [case for case in OTHERS if case.word == METRICS.word]


def check(case: Case, place: Place) -> None:
    """The promise, and every column of the answer as DuckDB gives it."""
    found = case.found(place.over_stored)
    assert not differences(found, case.gives)
    assert not differences(found, on_duckdb(case.name))


@cache
def on_duckdb(name: str) -> Rows:
    """What DuckDB answers, once for all other engines."""
    (case,) = (case for case in ASKING if case.name == name)
    return case.found(DuckDB.over_tables)


@pytest.mark.parametrize("case", ASKING[::EACH], ids=attrgetter("name"))
def test_a_fair_sample(case: Case, place: Place) -> None:
    check(case, place)


@pytest.mark.long
@pytest.mark.parametrize("case", [case for case in OTHERS if case.word != METRICS.word], ids=attrgetter("name"))
def test_all_others(case: Case, place: Place) -> None:
    check(case, place)


@pytest.mark.long
@pytest.mark.parametrize("case", OF_METRICS, ids=attrgetter("name"))
def test_all_others_of_metrics(case: Case, postgres: Place) -> None:
    check(case, postgres)


@pytest.mark.long
@pytest.mark.parametrize("case", OF_METRICS[::3], ids=attrgetter("name"))
def test_some_of_metrics_on_spark(case: Case, spark: Place) -> None:
    """Spark takes seconds to plan one; it is asked every metric of a whole shop, see test_whole_catalogue."""
    check(case, spark)
