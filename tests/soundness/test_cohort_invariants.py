"""What holds of every retention table, whatever the data."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.analyses.retention_table import POOLED, RetentionTable
from stamm.answers import Answers, TableAnswer
from stamm.cli.main import cli
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.test_cohorts import DAY, settled, spans

QUICK = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)
PERIODS = st.sampled_from(("day", "week", "month", "step"))


def tables(world: oracle.World, span: Any, *asked: dict[str, Any]) -> list[TableAnswer]:
    facts = facts_of(world)
    try:
        return [Answers(facts).analyse(RetentionTable, Window(*span), settings=each) for each in asked]
    finally:
        facts.engine.close()


@QUICK
@given(st.data(), settled(), PERIODS, st.sampled_from((1, 2)))
def test_later_includes_now(data: st.DataObject, world: oracle.World, period: str, minimum: int) -> None:
    asked = {"period": period, "periods": 6, "cohort": "week", "minimum": minimum}
    now, later = tables(world, data.draw(spans(world)), asked, {**asked, "rule": "on_or_after"})
    before: Any = None
    for one, other in zip(now.rows, later.rows, strict=True):
        if one.returned is not None:
            assert one.returned <= other.returned
        if before is not None and before.cohort == other.cohort and other.returned is not None:
            assert other.returned <= before.returned
        before = other


@QUICK
@given(st.data(), settled(), PERIODS)
def test_the_pooled_value_lies_among_its_cells(data: st.DataObject, world: oracle.World, period: str) -> None:
    (answer,) = tables(world, data.draw(spans(world)), {"period": period, "periods": 6, "cohort": "day"})
    for pooled in answer.tables[POOLED]:
        cells = [row for row in answer.rows if row.period == pooled.period and row.complete]
        if cells:
            assert min(cell.value for cell in cells) <= pooled.value <= max(cell.value for cell in cells)
            assert pooled.returned == sum(cell.returned for cell in cells)


@QUICK
@given(st.data(), settled(), PERIODS, st.sampled_from(("first_ever", "first_in_range", "recurring")))
def test_what_is_final_stays(data: st.DataObject, world: oracle.World, period: str, entry: str) -> None:
    """An answer as of an earlier moment knows less, and nothing else."""
    span = data.draw(spans(world))
    asked = {"period": period, "periods": 5, "cohort": "day", "entry": entry}
    (late,) = tables(world, span, asked)
    cut = oracle.day_start(world.zone, span[0] + data.draw(st.sampled_from((1, 3, 8, 40))) * DAY)
    (early,) = tables(replace(world, as_of=min(cut, world.as_of)), span, asked)
    final = {(row.cohort, row.period): row for row in late.rows}
    for row in early.rows:
        if row.complete:
            assert row == final[row.cohort, row.period]


@QUICK
@given(st.data(), settled(), PERIODS, st.randoms(use_true_random=False))
def test_the_order_of_rows_plays_no_part(
    data: st.DataObject, world: oracle.World, period: str, chance: random.Random
) -> None:
    span, asked = data.draw(spans(world)), {"period": period, "begins_with": "activity", "cohort": "week"}
    (once,) = tables(world, span, asked)
    for rows in (world.orders, world.events, world.customers, world.links):
        chance.shuffle(rows)
    (again,) = tables(world, span, asked)
    assert once == replace(again, analysis=once.analysis)


def test_split_shuffled_and_repeated_imports_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    chance = random.Random(7)
    lines = [
        f"o{n},{chance.choice('abcdefg')},2024-{chance.randint(1, 6):02}-{chance.randint(1, 28):02}T10:00,10.00,EUR\n"
        for n in range(80)
    ]
    heading = "order_id,customer_id,ordered_at,amount,currency\n"
    (tmp_path / "orders.csv").write_text(heading + "".join(lines))
    shuffled = chance.sample(lines, len(lines))
    (tmp_path / "orders-1.csv").write_text(heading + "".join(shuffled[:50]))
    (tmp_path / "orders-2.csv").write_text(heading + "".join(shuffled[30:]))
    once = _asked(tmp_path / "once", [tmp_path / "orders.csv"])
    parts = [tmp_path / "orders-2.csv", tmp_path / "orders-1.csv", tmp_path / "orders-2.csv"]
    assert _asked(tmp_path / "parts", parts) == once
    assert sum(row["size"] for row in once["rows"] if row["period"] == 0) == len({line.split(",")[1] for line in lines})


def _asked(project: Path, files: list[Path]) -> Any:
    runner = CliRunner()
    assert runner.invoke(cli, ["init", str(project), "--time-zone", "Europe/Berlin"]).exit_code == 0
    for file in files:
        result = runner.invoke(cli, ["import", str(file), "--project", str(project), "--keep-settings"])
        assert result.exit_code == 0, result.output
    words = ["analyse", "retention_table", "--param", "rule=on_or_after", "--format", "json"]
    answer = json.loads(runner.invoke(cli, [*words, "--project", str(project)]).output)
    return {name: value for name, value in answer.items() if name != "snapshot"}
