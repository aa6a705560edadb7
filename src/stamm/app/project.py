"""A project: a directory with stamm.toml, the lake, rates and rejected rows."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stamm.answers.world import Rate, World
from stamm.app.rates import read_rates
from stamm.engines.duckdb import DuckDB
from stamm.facts import imported
from stamm.lang.errors import ProjectError, UsageError
from stamm.lang.language import CODES
from stamm.lang.money import exponent
from stamm.lang.organisation import Organisation
from stamm.lang.window import zone_named
from stamm.store.lake import Lake

SETTINGS = "stamm.toml"
KNOWN: dict[str, dict[str, type]] = {
    "organisation": {"name": str, "time_zone": str, "currency": str, "language": str},
    "customers": {"history": str, "rule": str, "lapse_days": int, "reason_en": str, "reason_de": str},
    "web": {"session_minutes": int},
    "coverage": dict.fromkeys(imported(), str),
}


@dataclass(frozen=True)
class Project:
    """One organisation's directory and its settings."""

    directory: Path
    organisation: Organisation
    coverage: Mapping[str, tuple[date, date]]

    @property
    def lake_directory(self) -> Path:
        """Where the facts live."""
        return self.directory / "lake"

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
            settings = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ProjectError(f"It is not valid TOML: {error}.", where=str(file), remedy="Mend that line.") from error
        return cls(directory, *_read(settings, file))

    @classmethod
    def create(cls, directory: Path, organisation: Organisation) -> Project:
        """A new project; raises ProjectError where there is one already."""
        file = directory / SETTINGS
        if file.exists():
            raise ProjectError(f"{file} exists already.", remedy="Edit it, or choose another directory.")
        text = settings_text(organisation)
        _read(tomllib.loads(text), file)
        directory.mkdir(parents=True, exist_ok=True)
        write_whole(file, text)
        project = cls.open(directory)
        project.lake()
        return project

    def rewrite(self, organisation: Organisation) -> Project:
        """The project with other settings, written to stamm.toml."""
        write_whole(self.directory / SETTINGS, settings_text(organisation, self.coverage))
        return Project.open(self.directory)

    def lake(self) -> Lake:
        """The lake, made where there is none yet."""
        if (self.lake_directory / "manifests").is_dir():
            return Lake.open(self.lake_directory, zone=self.organisation.zone)
        return Lake.create(self.lake_directory, self.organisation.zone)

    def world(self, *, as_of: datetime | None = None) -> World:
        """The facts of the latest snapshot, ready to be asked."""
        snapshot = self.lake().snapshot()
        kinds = tuple(imported())
        covered = {kind: snapshot.coverage(kind) for kind in kinds}
        coverage = {kind: days for kind, days in covered.items() if days is not None}
        engine = DuckDB.over_files({kind: snapshot.files(kind) for kind in kinds}, self.lake_directory)
        return World(
            engine=engine,
            organisation=self.organisation,
            coverage={**coverage, **self.coverage},
            simulated=frozenset(kind for kind in kinds if snapshot.simulated(kind)),
            snapshot=snapshot.number,
            as_of=as_of,
            rates=self.rates(),
        )

    def rates(self) -> tuple[Rate, ...]:
        """Exchange rates from rates.csv (currency,day,rate): one unit in the reported currency from that day on."""
        file = self.directory / "rates.csv"
        if not file.is_file():
            return ()
        return read_rates(file, self.organisation.currency)


def write_whole(file: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    draft = file.with_name(file.name + ".new")
    with draft.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)


def settings_text(organisation: Organisation, coverage: Mapping[str, tuple[date, date]] | None = None) -> str:
    """stamm.toml for these settings, with a comment at each."""
    reasons = "".join(f"reason_{code} = {_quoted(text)}\n" for code, text in sorted(organisation.reasons.items()))
    covered = "".join(f'{kind} = "{days[0]}/{days[1]}"\n' for kind, days in sorted((coverage or {}).items()))
    return f"""\
# Settings of this organisation. Every number depends on them; `stamm doctor` explains each.

[organisation]
name = {_quoted(organisation.name)}
time_zone = {_quoted(organisation.zone)}  # days and months are cut here
currency = {_quoted(organisation.currency)}  # money is reported in this one
language = {_quoted(organisation.language)}  # en, de, or empty: the reader's own

[customers]
rule = {_quoted(organisation.spell_rule)}  # who is a customer: orders, subscriptions or activity
lapse_days = {organisation.lapse_days}  # days of silence after which a customer has left
history = {_quoted(organisation.history)}  # cut: the data begin in mid-life; complete: nothing came before
{reasons}
[web]
session_minutes = {organisation.session_minutes}  # a longer pause begins a new visit

[coverage]
# first/last day a kind of fact is complete for, where the files cannot tell, such as
# returns = "2024-01-01/2024-12-31"
{covered}"""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


def _read(settings: Mapping[str, Any], file: Path) -> tuple[Organisation, dict[str, tuple[date, date]]]:
    for section, content in settings.items():
        _known(section, KNOWN, f"section [{section}]", file)
        if not isinstance(content, dict):
            raise ProjectError(f"{section} must be a section.", where=str(file), remedy=f"Write [{section}].")
        for name, value in content.items():
            _known(name, KNOWN[section], f"setting {name!r} in [{section}]", file)
            kind = KNOWN[section][name]
            if not isinstance(value, kind) or isinstance(value, bool):
                wanted = "a whole number" if kind is int else "a text in quotation marks"
                raise ProjectError(f"{name} in [{section}] must be {wanted}.", where=str(file))
    about, rule, web = (settings.get(section, {}) for section in ("organisation", "customers", "web"))
    fresh = Organisation()
    organisation = Organisation(
        name=about.get("name", ""),
        zone=about.get("time_zone", fresh.zone),
        currency=about.get("currency", fresh.currency),
        language=about.get("language", ""),
        history=_choice(rule.get("history", fresh.history), ("cut", "complete"), "history", file),
        spell_rule=_choice(rule.get("rule", fresh.spell_rule), ("orders", "subscriptions", "activity"), "rule", file),
        lapse_days=_positive(rule.get("lapse_days", fresh.lapse_days), "lapse_days", file),
        session_minutes=_positive(web.get("session_minutes", fresh.session_minutes), "session_minutes", file),
        reasons={code: rule[f"reason_{code}"] for code in CODES if rule.get(f"reason_{code}")},
    )
    try:
        zone_named(organisation.zone)
        exponent(organisation.currency)
    except UsageError as error:
        raise ProjectError(error.what, where=str(file), remedy=error.remedy) from error
    if organisation.language:
        _choice(organisation.language, CODES, "language", file)
    covered = {kind: _days(text, kind, file) for kind, text in settings.get("coverage", {}).items()}
    return organisation, covered


def _known(name: str, known: Mapping[str, Any], what: str, file: Path) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
        raise ProjectError(f"There is no {what}.", where=str(file), remedy=hint)


def _choice(value: str, choices: tuple[Any, ...], name: str, file: Path) -> Any:
    if value not in choices:
        raise ProjectError(f"{name} cannot be {value!r}.", where=str(file), remedy=f"Choose {', '.join(choices)}.")
    return value


def _positive(value: int, name: str, file: Path) -> int:
    if not 1 <= value <= 36_500:
        raise ProjectError(f"{name} must lie between 1 and 36,500, not at {value}.", where=str(file))
    return value


def _days(text: str, kind: str, file: Path) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(day) for day in text.split("/"))
        if first > last:
            raise ValueError
    except ValueError as error:
        raise ProjectError(
            f"The coverage of {kind} must be first/last day, not {text!r}.",
            where=str(file),
            remedy='Write for example "2024-01-01/2024-12-31".',
        ) from error
    return first, last
