"""Beyond the examples: money in several currencies, random worlds and a year of real purchases, equal everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.analyses import ANALYSES
from stamm.answers import Answers, World
from stamm.answers.examples import arrow_of
from stamm.answers.world import Rate
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.engines.duckdb import DuckDB
from stamm.facts import imported
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS
from tests.answers.small import order, world
from tests.engines.agreement import agree
from tests.engines.conftest import Place
from tests.soundness import oracle
from tests.soundness.test_against_oracle import KEYS, facts_of
from tests.soundness.test_cohorts import questions, settled, spans
from tests.soundness.worlds import windows_of
from tests.thorough import turns

#: slow to run, so the same few each time; what they find is shown as it was drawn
FEW = settings(
    max_examples=turns(4, 2),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
MONTHS = windows(date(2017, 1, 1), date(2018, 1, 1), "month")
#: of a year of real purchases one in so many on each engine, another on each; all of them are asked of a made-up shop
EACH, FIRST = turns(6, 12), {"PostgreSQL": 0, "Spark": 1}
ASKED = {None: [*METRICS], "persona": [*METRICS][::3]}


def on(place: Place, of: World, kinds: dict[str, Any]) -> World:
    """The same world on the other engine."""
    return replace(of, engine=place.over_stored(kinds))


def test_rates_of_exchange(place: Place) -> None:
    """Half a cent goes up, a trifle less goes down; a rate holds from its day on; all its digits count."""
    amounts = (1, 3, 5, 99, 1000, 123_456_789, 2**40, 0)
    orders = [
        order(f"{currency}{number}{day}", f"c{number}", day, amount, currency=currency)
        for currency in ("USD", "CHF", "JPY", None)
        for number, amount in enumerate(amounts)
        for day in ("2024-02-05", "2024-02-20", "2024-03-21")
    ]
    rates = [
        Rate("USD", date(2024, 1, 1), Decimal("0.5")),
        Rate("USD", date(2024, 2, 20), Decimal("0.123456789012")),
        Rate("CHF", date(2023, 1, 1), Decimal("1.000000000001")),
        Rate("JPY", date(2024, 2, 1), Decimal("0.499999700000")),
    ]
    of = world({"orders": orders}, rates=rates)
    ours = on(place, of, {"orders": arrow_of("orders", orders, "UTC")})
    months = [Window.parse(text) for text in ("2024-02", "2024-03", "2024")]
    for key in ("gross_revenue", "average_order_value"):
        assert agree(Answers(ours), Answers(of), lambda answers, key=key: answers.ask(key, months), key) == 3
    without = replace(of, rates=()), replace(ours, rates=())
    assert agree(Answers(without[1]), Answers(without[0]), lambda of: of.ask("gross_revenue", months), "refused") == 0


@pytest.mark.long
@FEW
@given(of=settled(), keys=st.lists(st.sampled_from(KEYS), min_size=8, max_size=8, unique=True))
def test_random_worlds(place: Place, of: oracle.World, keys: list[str]) -> None:
    spans_asked = sorted({span for group in windows_of(of).values() for span in group if span[0] < span[1]})
    asked_for = [Window(*span) for span in spans_asked]
    ours, theirs = _both(of, place)
    with closing(ours.world.engine), closing(theirs.world.engine):
        for answers in (ours, theirs):
            answers.prepare([METRICS[key]() for key in keys], asked_for)
        for key in keys:
            agree(ours, theirs, lambda answers, key=key: answers.ask(key, asked_for), key)


@pytest.mark.long
@FEW
@given(st.data(), settled(), questions(), st.sampled_from((None, "country")))
def test_random_retention_tables(
    place: Place, data: st.DataObject, of: oracle.World, wanted: Any, by: str | None
) -> None:
    span = Window(*data.draw(spans(of)))
    ours, theirs = _both(of, place)
    with closing(ours.world.engine), closing(theirs.world.engine):
        agree(ours, theirs, lambda it: it.analyse("retention_table", span, by=by, settings=vars(wanted)), str(wanted))


def _both(of: oracle.World, place: Place) -> tuple[Answers, Answers]:
    return Answers(facts_of(of, make=place.over_stored)), Answers(facts_of(of, make=DuckDB.over_tables))


@pytest.fixture(scope="module")
def households(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demo's households."""
    shop = tmp_path_factory.mktemp("households") / "shop"
    for words in (
        ["init", str(shop), "--time-zone", "America/New_York", "--currency", "USD"],
        ["import", "complete_journey", "--project", str(shop)],
    ):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, result.output
    return Project.open(shop)


@pytest.fixture(scope="module")
def a_year(households: Project) -> Iterator[dict[str | None, Answers]]:
    """What DuckDB answers of those metrics by month, and of a third of them by what is known of the households."""
    world = replace(households.world(), remembered=None)
    with closing(world.engine):
        answers = {by: Answers(world) for by in ASKED}
        for by, asked in ASKED.items():
            answers[by].prepare([metric() for first in FIRST.values() for metric in asked[first::EACH]], MONTHS, by=by)
        yield answers


@pytest.mark.long
def test_a_year_of_real_purchases(place: Place, households: Project, a_year: dict[str | None, Answers]) -> None:
    snapshot, first = households.lake().snapshot(), FIRST[place.name]
    if place.over_files is None:
        engine = place.over_tables({kind: snapshot.dataset(kind).to_table().drop(["month"]) for kind in imported()})
    else:
        engine = place.over_files({kind: snapshot.files(kind) for kind in imported()}, households.lake_directory)
    ours = replace(a_year[None].world, engine=engine)
    cells = 0
    for by, asked in ASKED.items():
        mine = Answers(ours)
        mine.prepare([metric() for metric in asked[first::EACH]], MONTHS, by=by)
        for metric in asked[first::EACH]:
            about = f"{metric.key} by {by}"
            cells += agree(mine, a_year[by], lambda of, metric=metric, by=by: of.ask(metric, MONTHS, by=by), about)
    year = Window(date(2017, 1, 1), date(2018, 1, 1))
    for analysis in list(ANALYSES)[first::EACH]:
        question = partial(Answers.analyse, analysis=analysis, span=year)
        cells += agree(Answers(ours), a_year[None], question, analysis.key)
    assert cells > len(METRICS)
