"""Five million events: the questions of the bench have the same answers on a Spark cluster as on DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from bench.measuring import program
from bench.questions import QUESTIONS
from bench.world import STAMM, YEARS, ZONE
from stamm.answers import World
from stamm.app.project import Project
from stamm.facts import imported
from stamm.lang.organisation import Organisation
from tests.engines.conftest import Place
from tests.thorough import turns

CUSTOMERS = turns(50_000, 10_000)
EVENTS = turns(5_000_000, 1_000_000)


@pytest.fixture(scope="module")
def both(spark: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """A simulated shop of two years on Spark and on DuckDB, of which nothing is kept or remembered."""
    directory = tmp_path_factory.mktemp("large") / "shop"
    project = Project.create(directory, Organisation(zone=ZONE, currency="EUR"))
    days = ("--from", YEARS[0], "--to", YEARS[1])
    program((*STAMM, "--project", directory, "simulate", "--customers", CUSTOMERS, *days, "--mix"))
    project = Project.open(directory)
    theirs = replace(project.world(), remembered=None, kept={})
    snapshot = project.lake().snapshot()
    assert spark.over_files is not None
    engine = spark.over_files({kind: snapshot.files(kind) for kind in imported()}, project.lake_directory)
    with closing(engine), closing(theirs.engine):
        yield replace(theirs, engine=engine), theirs


@pytest.mark.long
def test_the_world_is_large(both: tuple[World, World]) -> None:
    ours, theirs = both
    counts = [int(of.engine.run(of.engine.table("events").count().as_table())[0][0].as_py()) for of in (ours, theirs)]
    assert counts[0] == counts[1] > EVENTS


@pytest.mark.long
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_same_answer(name: str, both: tuple[World, World]) -> None:
    ours, theirs = (QUESTIONS[name].asked(of) for of in both)
    assert ours == theirs
    assert ours
