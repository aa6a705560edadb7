"""The whole catalogue on a simulated shop with facts of every kind: on Spark as on DuckDB, also from what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner

from stamm.analyses import ANALYSES
from stamm.answers import Answers, World
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.engines.kind import Engine
from stamm.facts import imported
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS
from stamm.store.kept import KeptFiles
from tests.engines.agreement import agree
from tests.engines.conftest import Place

SPAN = Window(date(2025, 1, 1), date(2025, 7, 1))
MONTHS = windows(SPAN.start, SPAN.end, "month")
#: what needs no event where days and pieces of visits are kept
KEPT = ("visitors", "page_views", "visits", "session_duration", "bounce_rate", "pages_per_session")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small shop, and all that can be kept of it."""
    directory = tmp_path_factory.mktemp("catalogue") / "shop"
    days = ["--from", str(SPAN.start), "--to", str(SPAN.end)]
    for words in (
        ["init", str(directory), "--time-zone", "Europe/Berlin", "--currency", "EUR"],
        ["--project", str(directory), "simulate", "--customers", "200", *days],
        ["--project", str(directory), "refresh"],
    ):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, result.output
    return Project.open(directory)


@pytest.fixture
def theirs(shop: Project) -> Iterator[World]:
    """The shop on DuckDB; nothing is remembered from one test to the next."""
    world = replace(shop.world(), remembered=None)
    with closing(world.engine):
        yield world


def on_spark(spark: Place, shop: Project, *, without: frozenset[str] = frozenset(), kept: bool = False) -> Engine:
    """Spark over the shop's files but those of some kinds, with what is kept or without."""
    snapshot = shop.lake().snapshot()
    files = {kind: snapshot.files(kind) for kind in imported() if kind not in without}
    if kept:
        files |= {key: paths for key, (paths, _) in KeptFiles(snapshot, shop.organisation).usable().items()}
    assert spark.over_files is not None
    return spark.over_files(files, shop.lake_directory)


@pytest.mark.long
def test_every_metric(spark: Place, shop: Project, theirs: World) -> None:
    with closing(on_spark(spark, shop)) as engine:
        ours, other = Answers(replace(theirs, engine=engine, kept={})), Answers(replace(theirs, kept={}))
        for answers in (ours, other):
            answers.prepare([metric() for metric in METRICS], MONTHS)
        for metric in METRICS:
            agree(ours, other, lambda of, metric=metric: of.ask(metric, MONTHS), metric.key)
        # churn of six whole months is known only later, and the first of them begins with nobody
        late = ["lifetime_value_arpa_over_churn"]
        rows = {metric.key: other.ask(metric, MONTHS).rows for metric in METRICS}
        assert [key for key, found in rows.items() if all(row.value is None for row in found)] == late


@pytest.mark.long
def test_every_analysis(spark: Place, shop: Project, theirs: World) -> None:
    with closing(on_spark(spark, shop)) as engine:
        ours, other = Answers(replace(theirs, engine=engine, kept={})), Answers(replace(theirs, kept={}))
        for analysis in ANALYSES:
            cells = agree(ours, other, lambda of, analysis=analysis: of.analyse(analysis, SPAN), analysis.key)
            assert cells, analysis.key


@pytest.mark.long
def test_what_is_kept_is_read_there(spark: Place, shop: Project, theirs: World) -> None:
    """From files that `stamm refresh` made, without an event."""
    assert theirs.kept
    with closing(on_spark(spark, shop, without=frozenset({"events", "links"}), kept=True)) as engine:
        ours = Answers(replace(theirs, engine=engine))
        for key in KEPT:
            cells = agree(ours, Answers(theirs), lambda of, key=key: of.ask(key, MONTHS), key)
            assert cells == len(MONTHS)
            assert all(row.value for row in ours.ask(key, MONTHS).rows), key
