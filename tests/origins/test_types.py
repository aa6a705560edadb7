"""What stands in a database stands in the facts: to the last digit, at the right moment, and nothing for nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from stamm.origins.tables.cells import raw_of
from tests.origins.shops import Shop, counts, facts, importing, project_of

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SETTINGS = """
[database.orders]
address = "$SHOP"
table = "Odd ""Names"".Orders"
mapping = "orders"

[mapping.orders]
decimal = ","
dates = "%d.%m.%Y"

[mapping.orders.orders]
order_id = "Order No."
customer_id = "who"
ordered_at = "at"
amount = "total"
discount = "as text"
channel = "paid"
"""
#: by kind: the types that differ
TYPES = {
    "sqlite": ("text", "blob", "boolean"),
    "postgres": ("timestamptz", "bytea", "boolean"),
    "mariadb": ("datetime(6)", "varbinary(20)", "boolean"),
}


def test_numbers_moments_flags_and_bytes(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP", shop.address)
    quote = "`" if shop.kind == "mariadb" else '"'
    name = "Odd Orders; drop table x"
    moment, content, flag = TYPES[shop.kind]
    zone = "+00" if shop.kind == "postgres" else ""
    some = "'\\x00ff'" if shop.kind == "postgres" else "x'00ff'"
    shop.run(
        f"create table {quote}{name}{quote} ({quote}Order No.{quote} bigint, who {content}, at {moment}, "
        f"total numeric(20, 2), {quote}as text{quote} varchar(20), paid {flag})",
        f"insert into {quote}{name}{quote} values "
        f"(9007199254740993, {some}, '2024-03-31 01:30:00.250000{zone}', 12345678901.23, '1,50', true)",
        f"insert into {quote}{name}{quote} values (2, null, '2024-03-31 03:30:00{zone}', 0.1, null, null)",
    )
    settings = SETTINGS.replace('Odd ""Names"".Orders', name)
    if shop.kind == "sqlite":  # there a moment is a text, written as the mapping says
        settings = settings.replace('dates = "%d.%m.%Y"', "")
    project = project_of(tmp_path / "project", settings)
    assert counts(importing(project).take(["orders"], now=NOW)) == {"orders": (2, 0, 0, 0)}
    found = facts(
        project, "orders", "order_id", "customer_id", "ordered_at", "amount_minor", "discount_minor", "channel"
    )
    # in a database with time zones a moment is what it is; in others it is the organisation's local time
    early, late = ((1, 30), (3, 30)) if shop.kind == "postgres" else ((0, 30), (1, 30))
    truth = "true" if shop.kind == "postgres" else "1"
    assert found == [
        ("2", None, datetime(2024, 3, 31, *late, tzinfo=UTC), 10, None, None),
        (
            "9007199254740993",
            "00ff",
            datetime(2024, 3, 31, *early, microsecond=250_000, tzinfo=UTC),
            1_234_567_890_123,
            150,
            truth,
        ),
    ]


def test_json_comes_as_it_is(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP", shop.address)
    kind = {"postgres": "jsonb"}.get(shop.kind, "json")
    shop.run(
        f"create table events (event_id integer, customer_id varchar(9), happened_at timestamp null, kind varchar(9), "
        f"properties {kind})",
        """insert into events values (1, 'anna', '2024-02-10 14:30:00', 'track', '{"size": [1, "größer"]}')""",
    )
    project = project_of(tmp_path / "project", '[database.events]\naddress = "$SHOP"\ntable = "events"\n')
    assert counts(importing(project).take(["events"], now=NOW)) == {"events": (1, 0, 0, 0)}
    ((properties,),) = facts(project, "events", "properties")
    assert json.loads(properties) == {"size": [1, "größer"]}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        (5.0, "5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e300, "1e+300"),
        (float("nan"), "nan"),
        (Decimal("12.30"), "12.30"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "NaN"),
        (False, "false"),
        (memoryview(b"\x01\xff"), "01ff"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"a": "ä"}, '{"a": "ä"}'),
    ],
)
def test_a_cell(value: object, cell: str | None) -> None:
    raw = raw_of(["c"], [(value,)], 7)
    assert (raw.columns["c"].to_pylist(), raw.lines.tolist()) == ([cell], [7])
