"""stamm simulate: a world into a project, or nothing."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import Result

from stamm.answers import Answers
from stamm.app.project import Project
from stamm.facts import imported
from stamm.lang.window import Window
from stamm.metrics import METRICS
from stamm.sources.simulated import KINDS

Run = Callable[..., Result]
TINY = ("--customers", 40, "--from", "2025-01-01", "--to", "2025-04-01")


@pytest.fixture
def toy(tmp_path: Path, run: Run) -> Path:
    """An empty project."""
    place = tmp_path / "toy"
    assert run("init", place, "--time-zone", "Europe/Berlin", "--currency", "EUR").exit_code == 0
    return place


def test_a_world_comes_in_whole_and_is_marked(toy: Path, run: Run) -> None:
    result = run("simulate", *TINY, "--project", toy)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Simulated data\nSeed 1: 40 customers, 1 January 2025 to 31 March 2025\n")
    snapshot = Project.open(toy).lake().snapshot()
    assert set(snapshot.kinds()) == set(imported())
    for kind in imported():
        assert snapshot.sources(kind) == ("simulated",)
        assert [day.isoformat() for day in snapshot.coverage(kind) or ()] == ["2025-01-01", "2025-03-31"]
        assert snapshot.simulated(kind) is (snapshot.rows(kind) > 0)
    truth = pq.read_table(toy / "truth" / "customers.parquet")
    assert truth.num_rows == 40
    assert sum(truth["realised_orders"].to_pylist()) == snapshot.rows("orders")
    with (toy / "truth" / "campaigns.csv").open(encoding="utf-8", newline="") as file:
        assert [row["campaign"] for row in csv.DictReader(file)] == ["email-2025-01", "whatsapp-2025-02"]
    assert sorted(path.name for path in toy.iterdir()) == ["lake", "stamm.toml", "truth"]
    assert Project.open(toy).organisation.history == "complete"

    answer = run("metric", "order_count", "--window", "2025", "--format", "json", "--project", toy)
    assert json.loads(answer.stdout)["simulated"] is True
    assert (
        "Some of these facts are made up" in run("metric", "order_count", "--window", "2025", "--project", toy).stdout
    )


def test_the_same_again_does_nothing_and_another_is_refused(toy: Path, run: Run) -> None:
    assert run("simulate", *TINY, "--project", toy).exit_code == 0
    number = Project.open(toy).lake().snapshot().number
    again = run("simulate", *TINY, "--project", toy, "--language", "de")
    assert (again.exit_code, again.stdout) == (0, "Diese Welt ist schon da: nichts zu tun.\n")
    other = run("simulate", *TINY, "--seed", 2, "--project", toy)
    assert other.exit_code != 0
    assert "There is another simulated world in this project." in other.stderr
    assert Project.open(toy).lake().snapshot().number == number


def test_real_facts_are_left_alone_unless_told(tmp_path: Path, toy: Path, run: Run) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "order_id,customer_id,ordered_at,amount,currency\n1,anna,2025-01-05,20.00,EUR\n", encoding="utf-8"
    )
    assert run("import", orders, "--project", toy).exit_code == 0
    refused = run("simulate", *TINY, "--project", toy, "--language", "de")
    assert refused.exit_code != 0
    assert "In diesem Projekt sind echte Fakten" in refused.stderr
    assert "--mix" in refused.stderr
    assert not (toy / "truth").exists()
    assert Project.open(toy).lake().snapshot().kinds() == ("orders",)
    assert run("simulate", *TINY, "--mix", "--project", toy).exit_code == 0
    assert Project.open(toy).lake().snapshot().sources("orders") == ("orders.csv", "simulated")
    assert Project.open(toy).organisation.history == "cut"


def test_a_made_row_never_takes_the_place_of_another(tmp_path: Path, toy: Path, run: Run) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text("post_id,posted_at,network\nsim-n3,2025-01-05,own\n", encoding="utf-8")
    assert run("import", posts, "--project", toy).exit_code == 0
    refused = run("simulate", *TINY, "--mix", "--project", toy)
    assert refused.exit_code != 0
    assert "1 made rows of posts have the keys of rows that are there." in refused.stderr
    assert sorted(path.name for path in toy.iterdir()) == ["lake", "stamm.toml"]
    assert Project.open(toy).lake().snapshot().kinds() == ("posts",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "2190-01-01"), "would reach into the future"),
        (("--from", "2025-01-01", "--to", "2025-02-01"), "too short for a world"),
        (("--from", "soon"), "'soon' is no day."),
    ],
)
def test_what_cannot_be_made_is_said(toy: Path, run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("simulate", *words, "--customers", 5, "--project", toy)
    assert result.exit_code != 0
    assert said in result.stderr
    assert Project.open(toy).lake().snapshot().kinds() == ()


@pytest.mark.long
def test_every_metric_has_a_value_and_nothing_disagrees(toy: Path, run: Run) -> None:
    assert run("simulate", "--project", toy).exit_code == 0
    result = run("check", "--project", toy)
    assert result.exit_code == 0, result.output
    support, _ = result.stdout.split("Do the data agree with themselves?")
    lines = [line.split() for line in support.splitlines() if line.startswith("  ")]
    assert len(lines) > 40
    assert [words[0] for words in lines if len(words) < 4 or words[1:3] != ["Dec", "2025"]] == []


@pytest.mark.long
def test_what_is_made_up_around_orders_leaves_their_numbers_alone(shop_once: Path, tmp_path: Path, run: Run) -> None:
    place = tmp_path / "shop"
    shutil.copytree(shop_once, place)
    before, answers = Project.open(place).lake().snapshot(), Answers(Project.open(place).world())
    month = Window.parse("2024-02")
    answers.prepare([metric() for metric in METRICS], [month])
    known = {metric: answers.ask(metric(), [month]) for metric in METRICS}
    result = run("simulate", "--around", "--project", place)
    assert result.exit_code == 0, result.output
    assert "The orders are as they were, and so is every number made of them alone." in result.stdout
    after, world = Project.open(place).lake().snapshot(), Project.open(place).world()
    assert set(after.kinds()) == {*before.kinds(), *KINDS}
    assert world.simulated <= set(KINDS)
    for kind in after.kinds():
        assert after.coverage(kind) == before.coverage("orders")
    answers = Answers(world)
    answers.prepare([metric() for metric in METRICS], [month])
    for metric, answer in known.items():
        now = answers.ask(metric(), [month])
        if answer.rows[0].value is not None:
            assert (metric.key, now.simulated, now.rows) == (metric.key, False, answer.rows)
        else:
            # whoever attends is looked up beside the gathering, which is made up here, too
            read = {*now.kinds, "gatherings"} if "attendances" in now.kinds else set(now.kinds)
            assert (metric.key, now.simulated) == (metric.key, bool(read & world.simulated))
    again = run("simulate", "--around", "--project", place)
    assert (again.exit_code, again.stdout) == (0, "Facts around these orders are made up already: nothing to do.\n")


def test_around_takes_days_and_customers_from_the_orders(toy: Path, run: Run) -> None:
    refused = run("simulate", "--around", "--customers", 5, "--project", toy)
    assert refused.exit_code != 0
    assert "Leave out --customers." in refused.stderr
    empty = run("simulate", "--around", "--project", toy, "--language", "de")
    assert empty.exit_code != 0
    assert "Es gibt keine Bestellungen bekannter Kunden in EUR" in empty.stderr
