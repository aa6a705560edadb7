"""`stamm.open`: the same numbers as the command line, as pandas, Arrow and Altair."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
import vl_convert
from click.testing import CliRunner

import stamm
from stamm.analyses import ANALYSES
from stamm.cli.main import cli
from stamm.lang.errors import ProjectError, UsageError
from stamm.lang.registry import Registry
from stamm.library import OpenProject
from stamm.metrics import METRICS

ORDERS = """\
order_id,customer_id,ordered_at,amount,currency,channel
o1,anna,2024-01-05T10:00,20.00,EUR,web
o2,anna,2024-02-05T10:00,30.00,EUR,web
o3,ben,2024-01-10T10:00,50.00,EUR,store
o4,ben,2024-03-20T10:00,40.00,EUR,web
o5,cleo,2024-01-20T10:00,15.00,EUR,web
o6,,2024-02-15T10:00,5.00,EUR,
o7,anna,2024-03-31T10:00,10.00,EUR,web
"""


def run(*words: object) -> str:
    result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="stamm")
    assert result.exit_code == 0, result.output
    return result.stdout


def drawn(chart: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    """The rows that a layer of a chart is drawn from."""
    rows: list[dict[str, Any]] = chart["datasets"][chart["layer"][layer]["data"]["name"]]
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("library")
    (place / "orders.csv").write_text(ORDERS, encoding="utf-8")
    shop = place / "shop"
    run("init", shop, "--time-zone", "Europe/Berlin", "--currency", "EUR", "--history", "complete")
    run("import", place / "orders.csv", "--project", shop)
    return shop


@pytest.fixture(scope="module")
def shop(folder: Path):
    with stamm.open(folder, language="en") as opened:
        yield opened


def test_a_metric_is_what_the_command_line_says(folder: Path, shop: OpenProject) -> None:
    asked = ("metric", "average_order_value", "--by", "channel", "--project", folder)
    rows = json.loads(run(*asked, "--format", "json"))["rows"]
    table = shop.metric("AOV", by="channel").to_arrow()
    names = ("channel", "value", "n", "low", "high", "complete")
    assert [{name: row[name] for name in names} for row in table.to_pylist()] == [
        {name: row[name] for name in names} for row in rows
    ]
    assert [row["window_start"].isoformat() for row in table.to_pylist()] == [row["window_start"] for row in rows]


def test_by_hand(shop: OpenProject) -> None:
    frame = shop.metric("average_order_value", "2024-01-01", date(2024, 4, 1)).to_pandas()
    assert frame["value"].tolist() == pytest.approx([(20_00 + 50_00 + 15_00) / 3, (30_00 + 5_00) / 2, 25_00])
    assert frame["n"].tolist() == [3, 2, 2]
    assert frame["n"].dtype == pd.Int64Dtype()
    assert str(frame["window_start"].dtype).startswith("datetime64")
    assert frame.attrs["currency"] == "EUR"
    assert frame.attrs["simulated"] is False


def test_an_analysis_is_what_the_command_line_says(folder: Path, shop: OpenProject) -> None:
    said = json.loads(
        run("analyse", "retention_table", "--param", "periods=2", "--project", folder, "--format", "json")
    )
    result = shop.analyse("retention_table", periods=2)
    for table in ("rows", "pooled"):
        values = [(row["period"], row["value"], row["size"]) for row in said[table]]
        assert [(r["period"], r["value"], r["size"]) for r in result.to_arrow(table).to_pylist()] == values
    # three began in January; anna was back in February, anna and ben in March
    assert result.to_pandas()["value"].tolist()[:3] == pytest.approx([1.0, 1 / 3, 2 / 3])
    with pytest.raises(UsageError, match="There is no table 'columns' in it"):
        result.to_arrow("columns")


def test_other_libraries_take_the_result_as_it_is(shop: OpenProject) -> None:
    result = shop.metric("order_count")
    assert pa.table(result).num_rows == len(result) == 3
    assert duckdb.from_arrow(pa.table(result)).sum("value").fetchone() == (7.0,)


def test_what_a_notebook_shows(shop: OpenProject) -> None:
    result = shop.metric("order_count", by="channel")
    page = result._repr_html_()
    assert "<h4>Orders</h4>" in page
    assert METRICS["order_count"].sentence() in page
    assert "orders without a customer" not in page
    assert "orders without a customer: 1" in shop.metric("purchase_frequency")._repr_html_()
    assert "Orders: 9 rows" in repr(result)
    assert "order_count" in shop.metrics
    assert "retention_table" in shop.analyses
    assert shop.explain("CRR").startswith("Customer retention rate: Of the customers here")
    assert repr(shop) == f"<Stamm: a project, snapshot {shop.snapshot}, 1 kinds of facts>"


def test_a_trend_holds_the_numbers_and_what_is_not_over_is_apart(folder: Path) -> None:
    with stamm.open(folder, as_of="2024-03-15", language="de") as shop:
        chart = shop.chart("average_order_value").to_dict()
    over, open_ = drawn(chart, 0), drawn(chart, 3)
    assert [(row["start"], row["value"]) for row in over] == [
        ("2024-01-01T00:00:00", pytest.approx(85 / 3)),
        ("2024-02-01T00:00:00", pytest.approx(17.5)),
    ]
    assert [row["start"] for row in open_] == []  # in March nothing was ordered by the 15th: no value
    assert chart["title"]["text"] == METRICS["average_order_value"].de
    assert chart["layer"][1]["encoding"]["y"]["axis"]["title"] == "EUR"
    assert chart["config"]["locale"]["number"]["decimal"] == ","
    assert vl_convert.vegalite_to_svg(chart).startswith("<svg")


def test_an_axis_that_does_not_begin_at_zero_says_so(shop: OpenProject) -> None:
    chart = shop.chart("customer_count", "2024-01-01", "2024-04-01").to_dict()
    assert [row["value"] for row in drawn(chart, 0)] == [3, 3, 3]
    axis = chart["layer"][1]["encoding"]["y"]
    assert (axis["scale"]["zero"], axis["axis"]["title"]) == (False, "not from 0")
    axis = shop.chart("order_count", by="channel").to_dict()["layer"][1]["encoding"]["y"]
    assert (axis["scale"]["zero"], axis["axis"]["title"]) == (True, None)


def test_a_heatmap_leaves_unknown_cells_empty(shop: OpenProject) -> None:
    chart = shop.chart("retention_table", periods=2).to_dict()
    frame, cells = drawn(chart, 0), drawn(chart, 1)
    assert len(frame) == 9  # three cohorts, periods 0 to 2
    assert {row["down"] for row in frame} == {"Jan 2024", "Feb 2024", "Mar 2024"}
    assert sorted((row["down"], row["across"], round(row["value"], 3)) for row in cells) == [
        ("Jan 2024", 0, 1.0),
        ("Jan 2024", 1, 0.333),
        ("Jan 2024", 2, 0.667),
    ]
    assert vl_convert.vegalite_to_svg(chart).startswith("<svg")


def test_errors_say_what_to_do(folder: Path, shop: OpenProject, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"There is no stamm\.toml"):
        stamm.open(tmp_path)
    with pytest.raises(UsageError, match="There is no metric named 'churn_rat'"):
        shop.metric("churn_rat")
    with pytest.raises(UsageError, match="'yesterday' is no day"):
        shop.metric("order_count", "yesterday")
    with pytest.raises(UsageError, match="'soon' is no moment"):
        stamm.open(folder, as_of="soon")
    with pytest.raises(UsageError, match="A window already says from when to when"):
        shop.metric("order_count", "2024-01-01", window="2024")
    with stamm.open(folder, language="de") as offen, pytest.raises(UsageError, match="'gestern' ist kein Tag"):
        offen.metric("order_count", "gestern")
    with pytest.raises(UsageError, match="missing: returns: There is no data yet to compute Revenue from"):
        shop.metric("revenue")


@pytest.mark.parametrize(("ask", "registry"), [(OpenProject.metric, METRICS), (OpenProject.analyse, ANALYSES)])
def test_no_setting_bears_the_name_of_a_parameter(ask: Callable[..., object], registry: Registry[Any]) -> None:
    taken = set(inspect.signature(ask).parameters) - {"settings"}
    assert {each.key for each in registry if taken & set(each.settings_declared())} == set()


def test_a_grain_reaches_the_analysis_that_has_one(shop: OpenProject) -> None:
    with pytest.raises(UsageError, match="retention_table has no parameter 'grain'"):
        shop.chart("retention_table", grain="week")
