"""A simulated world into a project: its facts into the lake, its truth beside it; all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from stamm.app.importing import Lake, OnWait, Progress, Writer
from stamm.lang.errors import InputError, UsageError
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_start
from stamm.sources.simulated import BLOCK, KINDS, Shop, around, blocks, campaign_truth, campaigns, shared

#: the source of all rows of a simulated world
SOURCE = "simulated"
TRUTH = "truth"
#: raised whenever the same seed gives other rows than before
READING = 1
_LZ4 = pa.ipc.IpcWriteOptions(compression="lz4")


class Snapshot(Protocol):
    """What is asked of a state of the lake."""

    def kinds(self) -> tuple[str, ...]: ...
    def sources(self, kind: str) -> tuple[str, ...]: ...
    def coverage(self, kind: str) -> tuple[date, date] | None: ...
    def dataset(self, kind: str) -> ds.Dataset: ...


class Readable(Lake, Protocol):
    """A lake that also tells what is in it."""

    def snapshot(self) -> Snapshot: ...


@dataclass(frozen=True)
class World:
    """What a simulation brought: rows by fact kind, and where the truth lies. `snapshot` is None where it was there."""

    rows: Mapping[str, int] = field(default_factory=dict)
    truth: Path | None = None
    snapshot: int | None = None


@dataclass(frozen=True)
class Simulating:
    """Makes a world and takes it in. Nothing of it stays unless all of it does."""

    lake: Readable
    directory: Path
    progress: Progress | None = None
    on_wait: OnWait | None = None

    def make(self, shop: Shop, *, now: datetime, mix: bool = False) -> World:
        """The world in the lake and its truth in the folder `truth`.

        Raises UsageError where other facts are there, unless they may be mixed; InputError where a made row would
        take the place of another.
        """
        if day_start(shop.until, shop.zone) > now:
            raise UsageError(
                f"A world up to {shop.until} would reach into the future.", remedy="Let it end today or before."
            )
        digest = sha256(repr((SOURCE, READING, shop)).encode()).hexdigest()
        with self.lake.writing(on_wait=self.on_wait) as writer:
            if writer.seen(digest) is not None:
                return World()
            self._refuse_others(mix=mix)
            with tempfile.TemporaryDirectory(prefix=".truth-", dir=self.directory) as folder, ExitStack() as open_:
                spools = self._made(shop, Path(folder), open_)
                rows = {
                    kind: self._put(writer, kind, spool.tables(), spool.rows, shop, now)
                    for kind, spool in sorted(spools.items())
                }
                writer.remember(digest, {"file": SOURCE, "at": now.isoformat()})
                truth = self.directory / TRUTH
                shutil.copytree(folder, truth)
                try:
                    snapshot = writer.commit().number
                except BaseException:
                    shutil.rmtree(truth)
                    raise
        return World(rows, truth, snapshot)

    def around(self, seed: int, organisation: Organisation, *, now: datetime) -> World:
        """Made facts of KINDS around the real orders that are there; the orders stay as they are.

        Raises UsageError where there are no orders, or other facts of these kinds.
        """
        with self.lake.writing(on_wait=self.on_wait) as writer:
            snapshot = self.lake.snapshot()
            there = {kind: snapshot.sources(kind) for kind in KINDS if snapshot.sources(kind)}
            if set(there.values()) == {(SOURCE,)}:
                return World()
            if there:
                raise UsageError(
                    f"There are real facts in this project already: {', '.join(there)}.",
                    remedy="Only where there are orders and none of these can they be made up.",
                )
            shop, orders = _orders(snapshot, seed, organisation)
            found = around(shop, orders)
            rows = {kind: self._put(writer, kind, (table,), table.num_rows, shop, now) for kind, table in found.items()}
            return World(rows, None, writer.commit().number)

    def _refuse_others(self, *, mix: bool) -> None:
        snapshot = self.lake.snapshot()
        sources = {source for kind in snapshot.kinds() for source in snapshot.sources(kind)}
        truth = self.directory / TRUTH
        if SOURCE in sources or truth.exists():
            raise UsageError(
                "There is another simulated world in this project.",
                where=str(truth),
                remedy="Begin a project of its own for this one with `stamm init`.",
            )
        if sources and not mix:
            raise UsageError(
                "There are real facts in this project, and made ones beside them would change its numbers.",
                where=", ".join(sorted(sources)[:5]),
                remedy="Begin another project with `stamm init`, or say --mix if that is what you want.",
            )

    # -- making ----------------------------------------------------------------------
    def _made(self, shop: Shop, folder: Path, open_: ExitStack) -> dict[str, _Spool]:
        """All rows by kind, put aside on the disk, and the truth in a folder."""
        spools: dict[str, _Spool] = {}
        truths: dict[str, _TruthFile] = {}
        for number, made in enumerate(chain([shared(shop)], blocks(shop))):
            for kind, table in made.facts.items():
                if kind not in spools:
                    spools[kind] = open_.enter_context(_spooled(self.lake.root))
                spools[kind].write(table)
            for name, table in made.truth.items():
                if name not in truths:
                    truths[name] = open_.enter_context(_TruthFile(folder / f"{name}.parquet", table.schema))
                truths[name].write(table)
            if self.progress:
                done = min(number * BLOCK, shop.customers)
                self.progress("customers", done, done, shop.customers)
        for truth in truths.values():
            truth.close()
        plan = campaigns(shop)
        members = pq.read_table(
            folder / "campaign_members.parquet", columns=["campaign", "held_out", "caused_order_id"]
        )
        pa.csv.write_csv(campaign_truth(plan, members), folder / "campaigns.csv")
        return spools

    def _put(self, writer: Writer, kind: str, tables: Iterable[pa.Table], rows: int, shop: Shop, now: datetime) -> int:
        done = 0

        def told(more: int) -> None:
            nonlocal done
            done += more
            if self.progress:
                self.progress(kind, done, done, rows)

        days = shop.covered
        counts = writer.put(kind, tables, source=SOURCE, received_at=now, simulated=True, covered=days, on_rows=told)
        if counts.new != rows:
            raise InputError(
                f"{rows - counts.new:,} made rows of {kind} have the keys of rows that are there.",
                remedy="Keys that begin with sim- are those of made rows. Begin another project for this world.",
            )
        return rows


def _orders(snapshot: Snapshot, seed: int, organisation: Organisation) -> tuple[Shop, pa.Table]:
    """The real orders of known customers that stand, in the organisation's currency; and their days as a shop's."""
    days = snapshot.coverage("orders")
    columns = ["order_id", "customer_id", "ordered_at", "amount_minor"]
    known = ds.field("customer_id").is_valid() & ds.field("cancelled_at").is_null() & ~ds.field("simulated")
    known &= ds.field("currency") == organisation.currency
    orders = snapshot.dataset("orders").to_table(columns=columns, filter=known).sort_by("order_id")
    if days is None or not orders.num_rows:
        raise UsageError(
            f"There are no orders of known customers in {organisation.currency} to make something up around.",
            remedy="Bring some in with `stamm import`.",
        )
    until = days[1] + timedelta(days=1)
    customers = pc.count_distinct(orders["customer_id"]).as_py()
    return Shop(seed, customers, days[0], until, organisation.zone, organisation.currency), orders


class _TruthFile(pq.ParquetWriter):  # type: ignore[misc]  # pyarrow has no types
    """A Parquet file in the making."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        plain = pa.schema([(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in schema])
        super().__init__(path, plain, compression="zstd")
        self.plain = plain

    def write(self, table: pa.Table) -> None:
        """Rows, words written out."""
        self.write_table(table.cast(self.plain))


class _Spool:
    """Tables of one kind, written one after the other and then read once."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.rows = file, 0
        self.writer: pa.RecordBatchStreamWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Append rows."""
        if self.writer is None:
            self.writer = pa.ipc.new_stream(self.file, table.schema, options=_LZ4)
        self.writer.write_table(table)
        self.rows += table.num_rows

    def tables(self) -> Iterator[pa.Table]:
        """All of it, in the order in which it came."""
        if self.writer is None:
            return
        self.writer.close()
        self.file.seek(0)
        for batch in pa.ipc.open_stream(self.file):
            yield pa.Table.from_batches([batch])


@contextmanager
def _spooled(folder: Path) -> Iterator[_Spool]:
    """A spool whose file has no name, so nothing is ever left of it."""
    with tempfile.TemporaryFile(dir=folder) as file:
        yield _Spool(file)
