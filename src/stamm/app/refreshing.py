"""Keeping what is derived current: what is missing is made, of what has changed only its days, of the rest nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.answers.ask import Answers
from stamm.answers.plan import Plan
from stamm.answers.world import World
from stamm.app.project import Project
from stamm.engines.duckdb import DuckDB
from stamm.engines.kind import Engine
from stamm.facts import FACTS, Kept
from stamm.facts.columns import day_column
from stamm.lang.errors import StammError, UsageError
from stamm.reports.today import answer_today
from stamm.store.durable import make_directory
from stamm.store.kept import KeptFiles, Part
from stamm.store.kept.files import DIRECTORY, Before
from stamm.store.kept.touched import CUSTOMER, touched_customers, touched_days
from stamm.store.lock import exclusive

_ = ibis._
_log = logging.getLogger(__name__)

LOCK = "refresh.lock"
#: held while files are made of one snapshot: who erases a person waits for it, so that none is made of before
MAKING = "making.lock"
#: later than every fact, so that all are known; a question may be asked as of any earlier moment
END_OF_TIME = date(9999, 12, 30)
#: where more days than this have changed, the month is made anew
MOST_OF_A_MONTH = 20
#: where more customers than this have changed, all are made anew
MOST_CUSTOMERS = 200_000


@dataclass(frozen=True)
class Made:
    """One file that was made: how many rows it has, and how many days or customers were made again (None: all)."""

    fact: str
    month: str | None
    rows: int
    days: int | None
    customers: int | None = None


@dataclass
class Refreshed:
    """What a refresh did at one snapshot."""

    snapshot: int
    made: list[Made] = field(default_factory=list)
    #: by fact: how many files were there already
    current: dict[str, int] = field(default_factory=dict)
    #: files removed that nothing needs any more
    swept: int = 0


#: what is being made: the fact, its month, how many files are done, and how many there are in all
Progress = Callable[[str, str | None, int, int], None]


class Refreshing:
    """Makes the files of all kept facts for the newest snapshot. May be stopped at any moment, and started again."""

    def __init__(self, project: Project, *, progress: Progress | None = None) -> None:
        if project.reads_database:
            raise UsageError(
                "Facts in a shop's own database are read as they are; nothing of them is kept here.",
                remedy="Keep facts with an engine over imported data (`engine` in stamm.toml).",
            )
        self.project, self._progress = project, progress
        self._lake = project.lake()

    @contextmanager
    def alone(self, wait_seconds: float = 10.0, on_wait: Callable[[int | None], None] | None = None) -> Iterator[None]:
        """One at a time; others wait, then get a BusyError that names this process."""
        root = self._lake.root
        make_directory(root / DIRECTORY, root)
        with exclusive(root / DIRECTORY / LOCK, wait_seconds, on_wait, "Kept facts are being made"):
            yield

    def newest(self) -> int:
        """The number of the newest snapshot."""
        return self._lake.snapshot().number

    def run(self, *, anew: bool = False) -> Refreshed:
        """Make what is missing, or (`anew`) everything from nothing; only within `alone`."""
        with making(self._lake.root):
            return self._run(anew=anew)

    def _run(self, *, anew: bool) -> Refreshed:
        files = KeptFiles(self._lake.snapshot(), self.project.organisation)
        files.clear_drafts()
        done = Refreshed(files.snapshot.number)
        parts = [part for fact in files.in_order() for part in files.parts(fact)]
        missing = [part for part in parts if anew or not part.is_there]
        done.current = {
            fact.key: sum(part.fact is fact and part not in missing for part in parts) for fact in files.in_order()
        }
        for number, part in enumerate(missing):
            if self._progress is not None:
                self._progress(part.fact.key, part.month, number, len(missing))
            done.made.append(self._make(files, part, anew=anew))
        done.swept = files.sweep()
        return done

    def _make(self, files: KeptFiles, part: Part, *, anew: bool) -> Made:
        fact = part.fact
        before = None if anew or not (fact.cut_by or fact.by_customer) else files.before(part)
        touched = None if before is None else _touched(files, before, part)
        with closing(self._engine(files, part)) as engine:
            plan = self._plan(files, fact, engine)
            of_these = plan if touched is None else self._plan(files, fact, _cut(engine, fact, touched))
            found = fact.derive(of_these, of_these).select(*fact.columns())
            # rows of a day beside each other: who counts people by day has fewer of them in mind at a time
            batches = engine.batches(found.order_by(fact.cut_by) if fact.cut_by else found)
            if before is not None and touched is not None:
                batches = chain(before.rows_but(fact.cut_by or CUSTOMER, touched), batches)
            rows = files.write(part, batches, None if fact.cut_by else _last_day(plan, fact))
        again = None if touched is None else len(touched)
        return Made(fact.key, part.month, rows, *((again, None) if fact.cut_by else (None, again)))

    def _plan(self, files: KeptFiles, fact: type[Kept], engine: Engine) -> Plan:
        known = dict.fromkeys(each.key for each in files.kept_behind(fact))
        world = World(engine, self.project.organisation, {}, kept=known)
        return Plan(world, (), None, world.day_start(END_OF_TIME))

    @staticmethod
    def _engine(files: KeptFiles, part: Part) -> DuckDB:
        """DuckDB over the files that a part is made from; kept facts among them were made before."""
        root = files.snapshot.root
        found = {kind: [str(root / kind / name) for name in names] for kind, names in part.inputs.items()}
        for fact in files.kept_behind(part.fact):
            parts = [each for each in files.parts(fact) if part.month in (None, each.month)]
            found[fact.key] = [str(each.path) for each in parts]
        return DuckDB.over_files(found, root)


def keep_today(project: Project) -> None:
    """Keep the answers that Today asks for of the newest snapshot, so that whoever comes first finds them."""
    world = project.world()
    with closing(world.engine):
        try:
            answer_today(Answers(world))
        except StammError as error:  # whoever asks is told
            _log.info("Today is not made ready: %s", type(error).__name__)


def kept_current(project: Project) -> tuple[int, int]:
    """How many files of kept facts the newest snapshot has under these settings, and how many it is to have."""
    if project.reads_database:
        return 0, 0
    files = KeptFiles(project.lake().snapshot(), project.organisation)
    parts = [part for fact in files.in_order() for part in files.parts(fact)]
    return sum(part.is_there for part in parts), len(parts)


@contextmanager
def making(root: Path, wait_seconds: float = 60.0) -> Iterator[None]:
    """Alone with the kept facts of a lake, for as long as files of one snapshot are made or removed."""
    make_directory(root / DIRECTORY, root)
    with exclusive(root / DIRECTORY / MAKING, wait_seconds, None, "Kept facts are being made"):
        yield


def _touched(files: KeptFiles, before: Before, part: Part) -> pa.Array | None:
    """The days, or the customers, that are to be made again; None where all are."""
    root = files.snapshot.root
    if part.fact.by_customer:
        customers = touched_customers(root, before, part)
        few = customers is not None and len(customers) <= MOST_CUSTOMERS
        return pa.array(sorted(customers), pa.string()) if customers is not None and few else None
    days = touched_days(root, before, part)
    return None if days is None or len(days) > MOST_OF_A_MONTH else pa.array(sorted(days), pa.date32())


class _Some:
    """An engine that shows of every fact only some rows."""

    def __init__(self, engine: Engine, shown: Callable[[str, ir.Table], ir.Table]) -> None:
        self._engine, self._shown = engine, shown

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def most_distinct(self) -> int | None:
        return self._engine.most_distinct

    def table(self, kind: str) -> ir.Table:
        return self._shown(kind, self._engine.table(kind))

    def held(self, expression: ir.Table) -> ir.Table:
        return self._engine.held(expression)

    def run(self, expression: ir.Table) -> pa.Table:
        return self._engine.run(expression)

    def interrupt(self, thread: int) -> None:
        self._engine.interrupt(thread)

    def close(self) -> None:
        self._engine.close()


def _cut(engine: Engine, fact: type[Kept], touched: pa.Array) -> Engine:
    """The engine, showing some local days alone, or some customers."""
    if fact.by_customer:
        customers = ibis.memtable(pa.table({CUSTOMER: touched}))
        return _Some(engine, lambda _kind, table: table.semi_join(customers, CUSTOMER))
    days = touched.to_pylist()

    def of_days(kind: str, table: ir.Table) -> ir.Table:
        made = FACTS[kind]
        day = made.cut_by if issubclass(made, Kept) else day_column(made.clock)
        return table.filter(table[day].isin(days))

    return _Some(engine, of_days)


def _last_day(plan: Plan, fact: type[Kept]) -> date | None:
    """The last local day that a fact made whole knows of."""
    found: list[date] = []
    for need in fact.needs(plan.rules):
        source = FACTS[need]
        day = source.cut_by if issubclass(source, Kept) else day_column(source.clock)
        rows = plan.world.engine.run(plan[need].aggregate(day=_[day].max())).to_pylist()
        found += [row["day"] for row in rows if row["day"] is not None]
    return max(found, default=None)
