"""A table read through a mapping gives the facts that its exported file gives when it is imported by that mapping."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamm.engines.postgres.address import Address
from stamm.engines.postgres.engine import Postgres
from stamm.facts import imported
from stamm.facts.mapping import parse_mapping
from stamm.lang.window import day_of, day_start
from stamm.sources.mapped import FileMapping, Mapped
from tests.engines.agreement import differences
from tests.engines.postgres import shops
from tests.engines.postgres.server import Database
from tests.sources.mapped.made import BERLIN

SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=5)
THOROUGH = settings(SLOW, max_examples=60)

Rows = list[dict[str, Any]]


def of_table(database: Database, fact: str, table: Mapping[str, Any]) -> tuple[Rows, int, int]:
    """Facts, how many are not sound, and how many rows were left out, as PostgreSQL finds them."""
    mapping = parse_mapping("shop", {fact: {"from": "orders", **table}}, file="stamm.toml")
    with closing(Postgres.over_shop(Address.parse(database.address()), {"shop": mapping}, BERLIN)) as engine:
        rows = engine.run(engine.table(fact)).to_pylist()
        survey = engine.survey(fact)
        assert survey.sound == len(rows)
        return rows, survey.unsound, sum(count for _, count in engine.left_out(fact))


def of_file(file: Path, fact: str, table: Mapping[str, Any]) -> tuple[Rows, int, int]:
    """The same, as an import of the file finds them; with what the store adds."""
    mapping = FileMapping.parse("shop", {fact: table}, file="stamm.toml")
    rows: Rows = []
    rejected = left_out = 0
    for chunk in Mapped(mapping, file.parent).read(file, organisation=BERLIN):
        rows += chunk.table.to_pylist()
        rejected, left_out = rejected + len(chunk.rejects), left_out + chunk.left_out
    kind = imported()[fact]
    for row in rows:
        for name, clock in kind.computed().items():
            at = row.get(clock)
            row[name] = at and (day_of(at, BERLIN.zone) if isinstance(at, datetime) else day_start(at, BERLIN.zone))
    return rows, rejected, left_out


def same(database: Database, folder: Path, found: list[shops.Row], fact: str, table: Mapping[str, Any]) -> None:
    """The facts are the same both ways. With `each`, a file tells rows without a key one by one, so they are not held
    against each other.
    """
    shops.fill(database, found)
    shops.export(found, folder / "orders.csv")
    ours, theirs = of_table(database, fact, table), of_file(folder / "orders.csv", fact, table)
    names = {name for row in theirs[0] for name in row}
    assert not differences([{name: row[name] for name in names} for row in ours[0]], theirs[0])
    assert ours[2] == theirs[2]
    if "each" not in table:
        assert ours[1] == theirs[1]


@SLOW
@given(found=shops.rows(), table=shops.orders())
def test_orders(found: list[shops.Row], table: dict[str, Any], database: Database, tmp_path: Path) -> None:
    same(database, tmp_path, found, "orders", table)


@SLOW
@given(found=shops.rows(), table=shops.brought_together())
def test_orders_of_several_rows(
    found: list[shops.Row], table: dict[str, Any], database: Database, tmp_path: Path
) -> None:
    same(database, tmp_path, found, "orders", table)


@SLOW
@given(found=shops.rows(), table=shops.answers())
def test_answers(found: list[shops.Row], table: dict[str, Any], database: Database, tmp_path: Path) -> None:
    same(database, tmp_path, found, "responses", table)


@pytest.mark.long
@THOROUGH
@given(
    found=shops.rows(),
    both=st.tuples(st.just("orders"), shops.orders() | shops.brought_together())
    | st.tuples(st.just("responses"), shops.answers()),
)
def test_at_length(
    found: list[shops.Row], both: tuple[str, dict[str, Any]], database: Database, tmp_path: Path
) -> None:
    same(database, tmp_path, found, *both)
