"""The three exports, each by the mapping that is proposed for it, without a line changed: the numbers by pandas."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from stamm.lang.organisation import Organisation
from stamm.sources.guessing import Proposal, propose_all
from stamm.sources.mapped import FileMapping, Mapped
from tests.exports import made

LONDON = Organisation(zone="Europe/London", currency="GBP")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("exports")
    made.write_all(place)
    return place


def facts(path: Path, proposals: list[Proposal], number: int = 0) -> dict[str, pd.DataFrame]:
    """The facts of one of the files; none of its rows is set aside."""
    mappings: list[FileMapping] = [proposal.mapping for proposal in proposals if proposal.mapping]
    assert len(mappings) == len(proposals)
    source = Mapped(mappings[number], path.parent, mappings)
    tables: dict[str, list[pa.Table]] = {}
    for chunk in source.read(path, organisation=LONDON):
        assert chunk.rejects == ()
        tables.setdefault(chunk.fact, []).extend([chunk.table] if chunk.table.num_rows else [])
    return {fact: pa.concat_tables(parts).to_pandas() for fact, parts in tables.items()}


# -- a German shop -------------------------------------------------------------------------------------------
def test_a_german_shop(folder: Path) -> None:
    path = folder / "bestellungen.csv"
    found = facts(path, propose_all([path], LONDON))
    assert list(found) == ["orders", "customers"]
    raw = pd.read_csv(path, sep=";", encoding="latin-1", decimal=",", thousands=".", dtype={"Kundennr.": str})
    orders = found["orders"].set_index("order_id").loc[raw["Bestellnr."]]
    goods = ((raw["Warenwert netto"] - raw["Rabatt"]) * 100).round().astype(int)
    assert orders["amount_minor"].tolist() == goods.tolist()
    assert orders["shipping_minor"].sum() == round(raw["Versandkosten"].sum() * 100)
    assert orders["tax_minor"].sum() == round(raw["MwSt."].sum() * 100)
    assert orders["customer_id"].tolist() == raw["Kundennr."].tolist()
    # of the hour that autumn brings twice the first counts
    local = pd.to_datetime(raw["Bestelldatum"], format="%d.%m.%Y %H:%M")
    at = local.dt.tz_localize("Europe/London", ambiguous=np.ones(len(local), dtype=bool))
    assert orders["ordered_at"].tolist() == at.tolist()
    assert orders["cancelled_at"].notna().tolist() == (raw["Status"] == "storniert").tolist()
    names = found["customers"].groupby("customer_id")["name"].first()
    assert names.to_dict() == raw.groupby("Kundennr.")["Kunde"].first().to_dict()


# -- invoices ------------------------------------------------------------------------------------------------
def oracle() -> pd.DataFrame:
    raw = pd.read_csv(BytesIO(made.as_csv(*made.invoices())), dtype={"Customer ID": str}, keep_default_na=False)
    raw["pence"] = (raw["Quantity"] * raw["Price"] * 100).round().astype(int)
    raw["goods"] = ~raw["StockCode"].isin(["POST", "DOT", "AMAZONFEE", "B"])
    return raw


@pytest.mark.parametrize("name", ["online_retail.csv", "online_retail.xlsx"])
def test_invoices_of_which_some_are_cancelled(folder: Path, name: str) -> None:
    path = folder / name
    found = facts(path, propose_all([path], LONDON))
    assert list(found) == ["orders", "order_lines", "returns", "customers"]
    raw = oracle()
    sold = raw[~raw["Invoice"].str.startswith(("C", "A")) & (raw["Quantity"] > 0)]
    amounts = sold[sold["goods"]].groupby("Invoice")["pence"].sum()
    orders = found["orders"].set_index("order_id")
    assert orders["amount_minor"].sum() == amounts.sum()
    assert orders["amount_minor"][amounts.index].to_dict() == amounts.to_dict()
    assert orders["shipping_minor"].sum() == sold[~sold["goods"]]["pence"].sum()
    assert len(orders) == sold["Invoice"].nunique()
    assert orders["customer_id"].nunique() == sold[sold["Customer ID"] != ""]["Customer ID"].nunique()
    lines = found["order_lines"]
    assert (len(lines), lines["quantity"].sum()) == (sold["goods"].sum(), sold[sold["goods"]]["Quantity"].sum())
    assert not lines.duplicated(["order_id", "line_id"]).any()
    back = raw[raw["Invoice"].str.startswith("C") & raw["goods"]]
    returns = found["returns"]
    assert (len(returns), returns["amount_minor"].sum()) == (len(back), -back["pence"].sum())
    assert returns["quantity"].sum() == -back["Quantity"].sum()
    assert "order_id" not in returns.columns
    lands = raw[raw["Customer ID"] != ""].groupby("Customer ID")["Country"].first()
    if name.endswith(".xlsx"):  # there the number is a number, and 12346.0 is written 12346
        lands.index = lands.index.str.removesuffix(".0")
    assert found["customers"].set_index("customer_id")["country"].to_dict() == lands.to_dict()


# -- a marketplace -------------------------------------------------------------------------------------------
def test_a_marketplace_with_reviews(folder: Path) -> None:
    paths = [folder / "items.csv", folder / "order_reviews.csv"]
    proposals = propose_all(paths, LONDON)
    found = facts(paths[0], proposals)
    assert list(found) == ["orders", "order_lines", "customers"]
    raw = pd.read_csv(paths[0])
    sums = (raw.groupby("order_id")[["price", "freight_value"]].sum() * 100).round().astype(int)
    orders = found["orders"].set_index("order_id").loc[sums.index]
    assert orders["amount_minor"].tolist() == sums["price"].tolist()
    assert orders["shipping_minor"].tolist() == sums["freight_value"].tolist()
    first = raw.groupby("order_id").first().loc[sums.index]
    assert orders["customer_id"].tolist() == first["customer_unique_id"].tolist()
    assert orders["cancelled_at"].notna().tolist() == first["order_status"].isin(["canceled", "unavailable"]).tolist()
    assert len(found["order_lines"]) == len(raw)

    answers = facts(paths[1], proposals, 1)["responses"]
    reviews = pd.read_csv(paths[1])
    assert len(answers) == len(reviews) == len(answers.drop_duplicates(["response_id", "question"]))
    assert reviews["review_id"].duplicated().any()  # so the number of the order is part of the key
    assert answers["score"].mean() == pytest.approx(reviews["review_score"].mean())
    assert set(zip(answers["kind"], answers["scale_min"], answers["scale_max"], strict=True)) == {("rating", 1.0, 5.0)}
    people = first["customer_unique_id"].to_dict()
    keys = reviews["review_id"] + "-" + reviews["order_id"]
    owners = dict(zip(keys, reviews["order_id"].map(people), strict=True))
    assert answers.set_index("response_id")["customer_id"].to_dict() == owners
