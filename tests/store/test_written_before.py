"""Lakes written by earlier versions, as they were written: still read, still written to.

`written_before/schema-N.zip` is the first lake of schema version N, from a time when there were eight kinds: in
Berlin, three orders (o2 cancelled later), two questions (one answered), a subscription that ended, a return of half of
o1, and a row of each other kind.
"""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from stamm.answers import Answers, World
from stamm.engines.duckdb import DuckDB
from stamm.facts import imported
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.store import Counts, Lake, manifest

WRITTEN = sorted((Path(__file__).parent / "written_before").glob("schema-*.zip"))
ONE_EACH = ("customers", "events", "links", "order_lines", "returns", "subscriptions")
KINDS = {"orders": 3, "responses": 2, **dict.fromkeys(ONE_EACH, 1)}
RECEIVED = datetime(2024, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(params=WRITTEN, ids=lambda path: path.stem)
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(tmp_path / "lake")
    return tmp_path / "lake"


def values(lake: Lake, *metrics: str) -> list[object]:
    """Values for February 2024."""
    snapshot = lake.snapshot()
    files = {kind: snapshot.files(kind) for kind in imported()}
    covered = {kind: days for kind in imported() if (days := snapshot.coverage(kind))}
    organisation = Organisation(zone="Europe/Berlin", history="complete")
    world = World(DuckDB.over_files(files, lake.root), organisation, covered)
    try:
        return [Answers(world).ask(metric, [Window.parse("2024-02")]).rows[0].value for metric in metrics]
    finally:
        world.engine.close()


def test_there_is_one_of_every_version() -> None:
    assert [path.stem for path in WRITTEN] == [f"schema-{number + 1}" for number in range(manifest.SCHEMA_VERSION)]


def test_it_is_read_as_ever(root: Path) -> None:
    lake = Lake.open(root, zone="Europe/Berlin")
    assert {kind: lake.snapshot().rows(kind) for kind in imported()} == dict.fromkeys(imported(), 0) | KINDS
    assert lake.snapshot().coverage("responses") == (date(2024, 2, 1), date(2024, 2, 3))
    # o1 was placed in February in Berlin, o2 is cancelled; anna promotes; the subscription has ended
    metrics = ("order_count", "revenue", "net_promoter_score", "monthly_recurring_revenue")
    assert values(lake, *metrics) == [1, 1500, 100, 0]
    assert lake.state_at("orders", datetime(2024, 3, 5, 13, tzinfo=UTC))["cancelled_at"].null_count == 3


def test_it_takes_in_kinds_that_came_later_and_more_of_the_old(root: Path) -> None:
    lake = Lake.open(root)
    with lake.writing() as writer:
        assert writer.seen("digest of orders 2024-03-05T12:00") == {"file": "orders.csv"}
        costs = {"cost_id": ["c1"], "incurred_on": [date(2024, 2, 1)], "kind": ["service"], "amount_minor": [500]}
        counts = writer.put("costs", [pa.table(costs)], source="costs.csv", received_at=RECEIVED)
        assert counts == Counts(new=1)
        change = pa.table({"order_id": ["o1"], "amount_minor": [4000]})
        assert writer.put("orders", [change], source="orders.csv", received_at=RECEIVED) == Counts(changed=1)
        writer.compact()
        writer.commit()
    again = Lake.open(root)
    assert again.snapshot().rows("costs") == 1
    assert values(again, "gross_revenue") == [4000]


def test_what_the_store_computes_was_computed_then(root: Path) -> None:
    """A column that a source carries may come later and is empty before; one beside a clock may not.

    Where a kind gets a clock, the schema version grows, and the migration computes what older files lack.
    """
    written = manifest.Manifest.from_json(manifest.read_raw(Lake.open(root).root))
    assert set(written.kinds) == set(KINDS)
    for kind in written.kinds:
        lacking = set(imported()[kind].computed()) - set(written.tables[kind].columns)
        assert not lacking, kind
