"""Worked examples of every registry on every engine: what they promise, and all else as on DuckDB."""

from __future__ import annotations

from functools import cache
from operator import attrgetter

import pytest

from stamm.analyses import ANALYSES
from stamm.answers.examples import Case, Rows, cases
from stamm.engines.duckdb import DuckDB
from stamm.metrics import METRICS
from tests.engines.agreement import differences
from tests.engines.conftest import Place
from tests.thorough import one_in

ASKING = [case for case in cases() if case.asks]
#: one in so many runs each time, the others with the long tests, as all on Spark, which takes seconds to plan one
EACH = 12
OTHERS = [case for number, case in enumerate(ASKING) if number % EACH]
#: Spark is asked each metric and analysis of a whole shop (test_whole_catalogue): a few of their examples are enough
_OF_A_SHOP = [case for case in ASKING if case.word in (METRICS.word, ANALYSES.word)]
_OTHERS = [case for case in ASKING if case.word not in (METRICS.word, ANALYSES.word)]
ON_SPARK = [*one_in(24, _OF_A_SHOP), *one_in(4, _OTHERS)]


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
def test_a_fair_sample(case: Case, postgres: Place) -> None:
    check(case, postgres)


@pytest.mark.long
@pytest.mark.parametrize(
    "case", one_in(2, [case for number, case in enumerate(ASKING) if number % EACH]), ids=attrgetter("name")
)
def test_all_others(case: Case, postgres: Place) -> None:
    check(case, postgres)


@pytest.mark.long
@pytest.mark.parametrize("case", ON_SPARK, ids=attrgetter("name"))
def test_on_spark(case: Case, spark: Place) -> None:
    check(case, spark)
