"""All that is held of one person, in files that they can read and programs, too."""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stamm.app.leaving.beside import EXPORTS, INDEX
from stamm.app.leaving.erasing import arrived
from stamm.app.project import Project
from stamm.care.leaving import held_of
from stamm.delivery.leaving import mails_of
from stamm.facts import imported
from stamm.forms.leaving import files_held_of
from stamm.forms.leaving import held_of as sent_by_forms
from stamm.ideas.leaving import held_of as held_in_ideas
from stamm.lang.errors import InputError
from stamm.lang.inert import inert
from stamm.lang.language import Language
from stamm.store.durable import sync_file
from stamm.store.erasing.cells import Cells
from stamm.store.erasing.ledger import Ledger
from stamm.store.erasing.person import Finding, Person
from stamm.store.erasing.rows import Nameless
from stamm.store.erasing.veil import Cleaning
from stamm.store.layout import Layout
from stamm.store.snapshot import Snapshot
from stamm.surveys.leaving import held_of as held_in_sheets
from stamm.surveys.leaving import notes_of

Row = dict[str, Any]
#: everything, for programs
ALL = "everything.json"
ARRIVED = "arrived.json"
MAILS = "mails.csv"


@dataclass
class Held:
    """What is held of a person: rows by fact kind, superseded ones apart, and what has arrived and is no fact yet."""

    person: Person
    rows: dict[str, list[Row]] = field(default_factory=dict)
    superseded: dict[str, list[Row]] = field(default_factory=dict)
    arrived: list[Any] = field(default_factory=list)
    #: what people here wrote about them (`notes`, `tasks`, `owner`), what they answered (`surveys`) and what
    #: was noted about that (`survey_notes`), what they sent by forms (`forms`), and what they suggested, voted for
    #: and said (`ideas`)
    care: dict[str, list[Row]] = field(default_factory=dict)
    #: mails that were planned for them, and what became of each
    mails: list[Row] = field(default_factory=list)
    #: what they sent with requests, by what it is called
    files: dict[str, bytes] = field(default_factory=dict)
    #: cells in rows of others that name them, by fact kind
    named: dict[str, int] = field(default_factory=dict)


def held(project: Project, customer: str) -> Held:
    """All that is held of the customer of that number."""
    kinds, snapshot = imported(), project.lake().snapshot()
    person = Finding(snapshot, kinds).person([customer])
    ledger = Ledger(secrets.token_bytes(32))
    entry = person.erased(ledger, "", snapshot.written_at)
    cells = Cells(ledger.seeker([entry]), ledger.digests, person.pattern)
    nameless, found = Nameless(kinds, [person], cells), Held(person)
    for key, kind in sorted(kinds.items()):
        layout = Layout(kind)
        for table, into in ((layout.key, found.rows), (layout.history, found.superseded)):
            theirs, named = _rows(snapshot, table, nameless, layout)
            if theirs:
                into[key] = theirs
            if named:
                found.named[key] = found.named.get(key, 0) + named
    if project.has_log:
        with closing(project.log()) as log:
            waiting, failures = arrived(log, Cleaning(ledger.seeker([entry]), ledger.digests, ledger.numbers([entry])))
        bodies = [each.entry.body for each, _ in waiting] + [each.entry.body for each, _ in failures]
        found.arrived = [_value(body.decode("utf-8", "replace")) for body in bodies]
    if project.has_people:
        with closing(project.people()) as database, database.transaction() as run:
            found.care = held_of(run, found.person.customers)
            if sheets := held_in_sheets(run, found.person.customers):
                found.care["surveys"] = sheets
            if notes := notes_of(run, found.person.customers):
                found.care["survey_notes"] = notes
            if sent := sent_by_forms(run, found.person.customers, cells.names):
                found.care["forms"] = sent
                found.files = files_held_of(run, found.person.customers, cells.names)
            if posts := held_in_ideas(run, found.person.customers, cells.names):
                found.care["ideas"] = posts
            found.mails = mails_of(run, found.person.customers)
    return found


def _rows(snapshot: Snapshot, table: str, nameless: Nameless, layout: Layout) -> tuple[list[Row], int]:
    """The person's rows of a table, and how many cells in rows of others name them."""
    rows, named = [], 0
    for path in snapshot.paths(table):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                own = nameless.own(layout, batch)
                named += nameless.mentions(layout, batch.filter(pa.array(~own)))
                shown = [name for name in (*layout.carried, "source", "received_at") if name in batch.schema.names]
                rows += batch.filter(pa.array(own)).select(shown).to_pylist()
    return rows, named


# -- written out ---------------------------------------------------------------------------------------------
def export_person(
    project: Project,
    customer: str,
    *,
    now: datetime,
    language: Language,
    place: Path | None = None,
    who: str | None = None,
) -> tuple[Path, Held]:
    """Write all that is held into a folder, or into a file where the place ends with .zip; whole, or not at all.

    Without a place, a folder below `exports` in the project, which goes when the person is erased. `who` asked for it.
    Raises InputError where something is there already.
    """
    found = held(project, customer)
    target = place or project.directory / EXPORTS / f"person-{now:%Y%m%d}-{secrets.token_hex(3)}"
    if target.exists():
        raise InputError("There is something already.", where=str(target), remedy="Name another place.")
    if place is None:
        target.parent.mkdir(mode=0o700, exist_ok=True)
    files = dict(_files(found, now, language))
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.suffix == ".zip":
            _zipped(draft, files)
        else:
            _in_folder(draft, files)
        counts = (sum(map(len, found.rows.values())), sum(map(len, found.superseded.values())), len(found.arrived))
        about = "rows {}, superseded {}, arrived {}".format(*counts)
        project.note("person_exported", about, now=now, who=who)  # before anybody has it
        draft.replace(target)
    except BaseException:
        shutil.rmtree(draft) if draft.is_dir() else draft.unlink(missing_ok=True)
        raise
    sync_file(target.parent)
    return target, found


def _in_folder(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(mode=0o700)
    for name, content in files.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    sync_file(folder)


def _zipped(path: Path, files: dict[str, bytes]) -> None:
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        file.flush()
        os.fsync(file.fileno())


def _files(found: Held, now: datetime, language: Language) -> Iterator[tuple[str, bytes]]:
    """Names and contents: a page to read, a table for each fact and each kind of what people wrote, everything for
    programs, and what it is about."""
    tables = {**found.rows, **{f"{kind}-superseded": rows for kind, rows in found.superseded.items()}}
    yield "index.html", _page(found, now, language).encode()
    for name, rows in sorted(tables.items()):
        yield f"{name}.csv", _csv(rows)
    for name, rows in found.care.items():
        yield f"{name}.csv", _csv(rows)
    yield from found.files.items()
    if found.mails:
        yield MAILS, _csv(found.mails)
    if found.arrived:
        yield ARRIVED, _json(found.arrived)
    everything = {
        "facts": found.rows, "superseded": found.superseded, "arrived": found.arrived, "care": found.care,
        "mails": found.mails,
    }  # fmt: skip
    yield ALL, _json({part: _parsed(value) for part, value in everything.items()})
    about = {"customers": sorted(found.person.customers), "made_at": now.isoformat(), "named_elsewhere": found.named}
    yield INDEX, _json(about)


def _csv(rows: list[Row]) -> bytes:
    told = io.StringIO()
    writer = csv.writer(told)
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(names)
    for row in rows:
        cells = (row.get(name) for name in names)
        writer.writerow([each.isoformat() if isinstance(each, (date, datetime)) else inert(each) for each in cells])
    return told.getvalue().encode("utf-8-sig")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=lambda each: each.isoformat()).encode()


def _parsed(value: Any) -> Any:
    """The same with JSON columns as objects."""
    if isinstance(value, dict):
        return {
            name: _value(each) if name in ("traits", "properties") and isinstance(each, str) else _parsed(each)
            for name, each in value.items()
        }
    return [_parsed(each) for each in value] if isinstance(value, list) else value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _page(found: Held, now: datetime, say: Language) -> str:
    kinds, number = imported(), say.number
    parts = []
    for kind in sorted({*found.rows, *found.superseded}):
        counts = (found.rows.get(kind, []), found.superseded.get(kind, []))
        links = (f'<a href="{kind}{end}.csv">{number(len(rows))}</a>' if rows else "0"
                 for rows, end in zip(counts, ("", "-superseded"), strict=True))  # fmt: skip
        fact = kinds[kind]
        cells = (escape(fact.de if say.code == "de" else fact.en), escape(fact.sentence(say.code)), *links)
        parts.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = (say("fact"), say("what it is"), say("rows"), say("superseded rows"))
    told = [
        say(
            "Made on {day}. Each number leads to a table; moments are in UTC, money is in minor units.",
            day=say.day(now),
        ),
        say(
            "Superseded rows are what was said earlier of the same thing. {file} holds all of it for programs.",
            file=ALL,
        ),
    ]
    if found.care:
        files = say.listed([f"{name}.csv" for name in found.care], say("and"))
        told.append(
            say(
                "What people here wrote about the person, or they answered, sent or suggested, stands in {files}.",
                files=files,
            )
        )
    if found.mails:
        told.append(say("Mails that were planned for the person stand in {file}.", file=MAILS))
    if found.arrived:
        count = number(len(found.arrived))
        told.append(
            say("Messages that have arrived and are no facts yet: {count}, in {file}.", count=count, file=ARRIVED)
        )
    if found.named:
        count = number(sum(found.named.values()))
        told.append(say("Cells in rows of others that name the person, and stay with those: {count}.", count=count))
    title = escape(say("What is held of customer {customer}", customer=", ".join(sorted(found.person.customers))))
    return (
        f'<!doctype html><html lang="{say.code}"><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:16px/1.5 system-ui;max-width:60em;margin:2em auto;padding:0 1em}"
        "td,th{text-align:left;padding:.3em 1em .3em 0;vertical-align:top}</style>"
        f"<h1>{title}</h1>{''.join(f'<p>{escape(text)}</p>' for text in told)}"
        f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>{''.join(parts)}</table></html>"
    )
