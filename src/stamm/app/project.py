"""A project: a directory with stamm.toml, the lake, rates and rejected rows."""

from __future__ import annotations

import getpass
import hashlib
import os
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stamm.answers.remembered import Remembered, digest, program
from stamm.answers.world import Rate, World
from stamm.app.rates import read_rates
from stamm.app.settings import SETTINGS, Settings, changed_text, not_toml, read_settings, settings_text, write_whole
from stamm.automations import TABLES as AUTOMATIONS
from stamm.care import TABLES as CARE
from stamm.delivery.tables import TABLES as DELIVERY
from stamm.engines.chosen import engine_over, engine_over_shop, reads_database
from stamm.facts import imported
from stamm.forms import TABLES as FORMS
from stamm.goals import TABLES as GOALS
from stamm.ideas import TABLES as IDEAS
from stamm.jobs import TABLES as JOBS
from stamm.lang.errors import ProjectError
from stamm.lang.organisation import Organisation
from stamm.metrics import Catalogue
from stamm.origins.tables import TableSource
from stamm.people import Act, Database, open_database, record
from stamm.saved import TABLES as SAVED
from stamm.saved.keeping import Rules, segments
from stamm.segments.named import Saved
from stamm.store.erasing.ledger import FILE as ERASED
from stamm.store.erasing.veil import Veil
from stamm.store.kept import KeptFiles
from stamm.store.kept.files import DIRECTORY
from stamm.store.lake import Lake
from stamm.store.log import Log, open_log
from stamm.store.log.opened import SETTING
from stamm.store.manifest import path_of
from stamm.store.snapshot import Snapshot
from stamm.surveys import TABLES as SURVEYS

if TYPE_CHECKING:
    from stamm.engines.postgres.engine import Postgres


#: marks a project that was restored and sends nothing until it is released
HELD = "held.json"


@dataclass(frozen=True)
class Project:
    """One organisation's directory and its settings."""

    directory: Path
    settings: Settings

    @property
    def organisation(self) -> Organisation:
        """The settings that numbers depend on."""
        return self.settings.organisation

    @property
    def metrics(self) -> Catalogue:
        """What can be asked by its key: the metrics that come with Stamm, and those of stamm.toml."""
        return self.settings.metrics

    @property
    def lake_directory(self) -> Path:
        """Where the facts live."""
        return self.directory / "lake"

    @property
    def log_file(self) -> Path:
        """Where what arrives is made durable first, unless a database is set for it."""
        return self.directory / "log" / "log.sqlite"

    @property
    def fetched_directory(self) -> Path:
        """Where objects of a bucket lie while they are taken in; nothing is in it otherwise."""
        return self.directory / ".fetched"

    @property
    def rejects_directory(self) -> Path:
        """Where rows that could not be taken in are set aside."""
        return self.directory / "rejects"

    @classmethod
    def open(cls, directory: Path) -> Project:
        """The project in a directory; raises ProjectError where there is none or its settings are wrong."""
        file = directory / SETTINGS
        if not file.is_file():
            raise ProjectError(
                f"There is no {SETTINGS} in {directory}.",
                remedy="Start a project with `stamm init`, or name its directory with --project.",
            )
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise not_toml(error, file) from error
        return cls(directory, read_settings(text, file))

    @classmethod
    def create(cls, directory: Path, organisation: Organisation) -> Project:
        """A new project; raises ProjectError where there is one already."""
        file = directory / SETTINGS
        if file.exists():
            raise ProjectError(f"{file} exists already.", remedy="Edit it, or choose another directory.")
        text = settings_text(organisation)
        read_settings(text, file)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(file, text)
        project = cls.open(directory)
        project.lake()
        return project

    def with_settings(self, organisation: Organisation) -> Project:
        """The project as if these settings stood in stamm.toml."""
        return replace(self, settings=replace(self.settings, organisation=organisation))

    def rewrite(self, organisation: Organisation) -> Project:
        """The project with these settings in stamm.toml; what stands there besides stays as it is, word for word."""
        file = self.directory / SETTINGS
        text = changed_text(file.read_text(encoding="utf-8-sig"), self.organisation, organisation)
        read_settings(text, file)
        write_whole(file, text)
        return Project.open(self.directory)

    def lake(self) -> Lake:
        """The lake, made where there is none yet."""
        if (self.lake_directory / "manifests").is_dir():
            return Lake.open(self.lake_directory, zone=self.organisation.zone)
        return Lake.create(self.lake_directory, self.organisation.zone)

    def log(self) -> Log:
        """The durable log of what arrives, made where there is none yet; close it after use."""
        log = open_log(self.log_file, self.log_address)
        log.veil = Veil(self.lake_directory)
        return log

    @property
    def has_erased(self) -> bool:
        """Whether anybody was ever erased, or a list for that is kept."""
        return (self.lake_directory / ERASED).is_file()

    @property
    def is_held(self) -> bool:
        """Whether it was restored and not released: whoever sends anything to anybody asks this first."""
        return (self.directory / HELD).exists()

    @property
    def has_log(self) -> bool:
        """Whether anything could have arrived in a log."""
        return self.log_file.is_file() or bool(self.log_address)

    @property
    def log_address(self) -> str:
        """The database that keeps the log; empty where it is the project's own file."""
        return os.environ.get(SETTING, "")

    @property
    def has_people(self) -> bool:
        """Whether anything could have been written by people here."""
        return self.people_file.is_file() or bool(self.log_address)

    @property
    def log_name(self) -> str:
        """What the lake calls the log that it was filled from."""
        address = self.log_address
        return f"postgresql:{hashlib.blake2b(address.encode(), digest_size=8).hexdigest()}" if address else "file"

    @property
    def people_file(self) -> Path:
        """Where people, keys and who did what are kept, unless a database is set for it."""
        return self.directory / "stamm.sqlite"

    def people(self) -> Database:
        """The database of keys, acts, programmes, and of what people wrote about customers; close it after use."""
        return open_database(
            self.people_file,
            self.log_address,
            (*CARE, *FORMS, *GOALS, *SAVED, *SURVEYS, *IDEAS, *JOBS, *DELIVERY, *AUTOMATIONS),
        )

    def saved(self) -> Saved:
        """The saved segments as they are now, by their keys."""
        if not self.has_people:
            return {}
        with closing(self.people()) as database, database.transaction() as run:
            return Rules(segments(run))

    def note(self, what: str, about: str, *, now: datetime, who: str | None = None) -> None:
        """Write into the record of acts what was done; nothing about a customer belongs there.

        `who` did it; without it, who runs this program. Raises ProjectError where it cannot be written.
        """
        with closing(self.people()) as database, database.transaction() as run:
            record(run, Act(now, who or _user(), what, about))

    def tables(self) -> dict[str, TableSource]:
        """The tables of databases that stamm.toml names, each a source by its name there."""
        mappings = {mapping.name: mapping for mapping in self.settings.mappings}
        return {
            one.name: TableSource(one, mappings.get(one.mapping or one.name), self.directory, self.lake_directory)
            for one in self.settings.tables
        }

    @property
    def reads_database(self) -> bool:
        """Whether the facts lie in a shop's own database, and nothing is imported."""
        return reads_database(self.settings.engine)

    def shop(self) -> Postgres:
        """The shop's own database, as it is now; raises EngineError where it cannot be reached."""
        mappings = {mapping.name: mapping.facts for mapping in self.settings.mappings}
        return engine_over_shop(self.settings.engine, mappings, self.organisation)

    def world(self, *, as_of: datetime | None = None) -> World:
        """The facts of the latest snapshot, ready to be asked."""
        return self.world_of_shop(self.shop(), as_of=as_of) if self.reads_database else self._world_of_lake(as_of)

    def world_of_shop(self, shop: Postgres, *, as_of: datetime | None = None) -> World:
        """The facts of a shop's database, ready to be asked."""
        return World(
            engine=shop,
            organisation=self.organisation,
            coverage=shop.covering(self.settings.coverage),
            unsound=shop.unsound,
            imports=False,
            snapshot=shop.snapshot,
            as_of=as_of,
            rates=self.rates(),
            metrics=self.metrics,
            saved=self.saved,
        )

    def _world_of_lake(self, as_of: datetime | None) -> World:
        snapshot = self.lake().snapshot()
        kinds = tuple(imported())
        covered = {kind: snapshot.coverage(kind) for kind in kinds}
        coverage = {kind: days for kind, days in covered.items() if days is not None}
        files = {kind: snapshot.files(kind) for kind in kinds}
        kept = KeptFiles(snapshot, self.organisation).usable()
        files |= {key: paths for key, (paths, _) in kept.items()}
        return World(
            engine=engine_over(self.settings.engine, files, self.lake_directory),
            organisation=self.organisation,
            coverage={**coverage, **self.settings.coverage},
            simulated=frozenset(kind for kind in kinds if snapshot.simulated(kind)),
            snapshot=snapshot.number,
            as_of=as_of,
            rates=self.rates(),
            remembered=self._remembered(snapshot),
            kept={key: until for key, (_, until) in kept.items()},
            metrics=self.metrics,
            saved=self.saved,
        )

    def _remembered(self, snapshot: Snapshot) -> Remembered:
        """What was computed before of this snapshot, under these settings and rates, by this program and engine."""
        file = path_of(snapshot.root, snapshot.number)
        manifest = hashlib.sha256(file.read_bytes()).hexdigest()
        settings = repr((self.settings.engine, self.organisation, self.settings.coverage, self.rates()))
        return Remembered(self.lake_directory / DIRECTORY / "answers", digest(program(), manifest, settings), file)

    def rates(self) -> tuple[Rate, ...]:
        """Exchange rates from rates.csv (currency,day,rate): one unit in the reported currency from that day on."""
        file = self.directory / "rates.csv"
        if not file.is_file():
            return ()
        return read_rates(file, self.organisation.currency)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container whoever runs it may have no name
        return str(os.getuid())
