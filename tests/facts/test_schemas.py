"""What holds for every fact kind."""

from __future__ import annotations

import pyarrow as pa
import pytest

from stamm.facts import FACTS, Derived, Imported, imported
from stamm.facts.customer_base import CustomerBase
from stamm.lang.errors import UsageError

KINDS = list(imported().values())
ALL = list(FACTS)


@pytest.mark.parametrize("fact", KINDS, ids=lambda fact: fact.key)
def test_imported_kinds(fact: type[Imported]) -> None:
    columns = fact.columns()
    assert fact.key_columns
    for name in fact.key_columns:
        assert columns[name].required, name
    assert fact.clocks[0] == fact.clock
    assert columns[fact.clock].required
    assert all(columns[clock].type == "moment" for clock in fact.clocks)
    names = fact.schema().names
    assert len(set(names)) == len(names)
    assert set(fact.day_columns().values()) <= set(names)
    assert names[-1] == "month"
    assert not set(Imported.SYSTEM) & set(fact.carried())


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.key)
def test_names_say_what_columns_hold(fact: type[Imported | Derived]) -> None:
    columns = fact.columns()
    for name, column in columns.items():
        assert name.endswith("_at") == (column.type == "moment") or name in ("valid_from", "valid_until"), name
        assert name.endswith("_on") == (column.type == "day"), name
        assert name.endswith("_minor") == column.money, name
        assert column.en or name in Imported.SYSTEM, name
        assert not column.dimension or column.type == "text", name
    if issubclass(fact, Imported) and any(column.money for column in columns.values()):
        assert "currency" in columns


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.key)
def test_both_languages(fact: type[Imported | Derived]) -> None:
    assert fact.de
    assert fact.sentence().endswith(".")
    assert fact.sentence("de").endswith(".")
    assert fact.sentence() != fact.sentence("de")


def test_stored_types() -> None:
    schema = imported()["orders"].schema()
    assert schema.field("ordered_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("ordered_on").type == pa.date32()
    assert schema.field("amount_minor").type == pa.int64()
    assert schema.field("simulated").type == pa.bool_()


def test_the_customer_base_knows_two_moments() -> None:
    with pytest.raises(UsageError, match=r"at window\.start and window\.end"):
        CustomerBase().here_at("noon")
