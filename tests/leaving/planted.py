"""A shop in which one person stands in every table, every column of words, and everything that was made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from stamm.answers import Answers
from stamm.app.project import Project
from stamm.facts import Imported, imported
from stamm.lang.organisation import Organisation
from stamm.lang.window import windows

ID = "kundin-zyx-4711"
EMAIL = "Annegret.Mustermüller@Example.org"
PHONE = "+49 151 / 23 45 67 89"
NAME = "Annegret Mustermüller-Quast"
DEVICE = "device-annegret-1"
#: none of these may be found in any file afterwards, however it is written
TRACES = (
    "kundin-zyx-4711", "annegret", "mustermüller", "quast", "23456789", "0151-2345", "23 45 67 89", "device-annegret",
)  # fmt: skip
#: said of them in words of somebody else
MENTION = f"Grüße an {NAME} <{EMAIL.upper()}>, Tel. 0151-23456789, {ID}"
JANUARY = datetime(2024, 1, 10, 12, tzinfo=UTC)
RECEIVED = datetime(2024, 6, 1, tzinfo=UTC)
OTHERS = ("ben", "cleo")


def shop(directory: Path) -> Project:
    """A shop without facts."""
    return Project.create(directory, Organisation(zone="Europe/Berlin", history="complete"))


def put(
    project: Project, kind: str, rows: Iterable[Mapping[str, Any]], *, at: datetime = RECEIVED, source: str = "t"
) -> Any:
    """Take rows in; all carry the columns of the first one."""
    with project.lake().writing() as writer:
        counts = writer.put(kind, [table(kind, list(rows))], source=source, received_at=at)
        writer.commit()
    return counts


def table(kind: str, rows: list[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of their kind."""
    schema = imported()[kind].schema()
    return pa.table({name: pa.array([row[name] for row in rows], schema.field(name).type) for name in rows[0]})


def cell(kind: type[Imported], name: str, number: int, who: str | None, words: str) -> Any:
    """A sound cell of row `number`; words where the column takes any."""
    column = kind.columns()[name]
    shared = number // 2 if name in ("order_id", "post_id") else number
    named = {
        "customer_id": who,
        "anonymous_id": DEVICE if who == ID else f"device-{who}",
        "unlinked_at": None,
        "currency": "EUR",
    }
    if name in named:
        return named[name]
    if column.choices:
        return column.choices[number % len(column.choices)]
    if column.type == "text" and (name in kind.key_columns or name.endswith("_id")):
        return f"{words or name} {shared}"
    return {
        "moment": JANUARY + timedelta(days=number % 60, minutes=number),
        "day": date(2024, 1, 10),
        "whole": 100 + number,
        "real": 5.0,
        "flag": True,
        "json": json.dumps({"said": words, "link": f"https://shop/?mail={quote(words)}"}),
        "text": words or "word",
    }[column.type]


def row(kind: type[Imported], number: int, who: str | None, words: str = "") -> dict[str, Any]:
    """One row of a kind."""
    made = {name: cell(kind, name, number, who, words) for name in kind.carried()}
    if who == ID and "email" in made:
        made |= {"email": EMAIL, "phone": PHONE, "name": NAME}
    if who in OTHERS and "email" in made:
        made |= {"email": f"{who}@example.org", "phone": f"+49 40 111222{len(who)}", "name": f"{who} Beispiel"}
    return made


def planted(directory: Path, kinds: Iterable[str] = tuple(sorted(imported()))) -> Project:
    """The shop: of each kind rows of the person, of others, of others that speak of the person, and superseded ones."""
    project = shop(directory)
    for key in kinds:
        kind = imported()[key]
        rows = [row(kind, number, who) for number, who in enumerate((ID, *OTHERS, ID))]
        rows.append(row(kind, 4, "ben", MENTION))
        rows.append(row(kind, 5, ID, MENTION))
        if (
            "customer_id" in kind.carried()
            and "customer_id" not in kind.key_columns
            and not kind.columns()["customer_id"].required
        ):
            rows.append({**row(kind, 6, None, MENTION), **({"anonymous_id": DEVICE} if key == "events" else {})})
        put(project, key, rows, source=f"from {NAME}.csv")
        later = [name for name in kind.carried() if name in kind.key_columns or not kind.columns()[name].choices]
        put(
            project, key, [{name: one[name] for name in later} | _amended(kind, one) for one in rows],
            at=RECEIVED + timedelta(days=1), source="again",
        )  # fmt: skip
    return project


def _amended(kind: type[Imported], one: Mapping[str, Any]) -> dict[str, Any]:
    """What a second message says otherwise, so that the first one becomes history."""
    for name, column in kind.carried().items():
        if column.type in ("whole", "real") and name not in kind.key_columns:
            return {name: (one[name] or 0) + 1}
    for name, column in kind.carried().items():
        if column.type == "moment" and name not in (*kind.key_columns, kind.clock):
            return {name: one[name] + timedelta(minutes=1) if one[name] else None}
    return {}


# -- what is found afterwards --------------------------------------------------------------------------------
def traces(directory: Path, words: Iterable[str] = TRACES) -> list[str]:
    """Where any of the words still stands: in names and bytes of files, and in the values of Parquet files."""
    sought = [each.casefold() for each in words]
    found = []
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        for text in (str(path.relative_to(directory)), *_texts(path)):
            found += [f"{path.relative_to(directory)}: {each}" for each in sought if each in text.casefold()]
    return sorted(set(found))


def _texts(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    for encoding in ("utf-8", "latin-1", "utf-16-le"):
        yield content.decode(encoding, "replace")
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            yield str(file.metadata.to_dict())
            yield str(file.schema_arrow.metadata)
            yield "\n".join(map(str, file.read().to_pylist()))


def numbers(project: Project, *, keys: Iterable[str] | None = None) -> dict[str, list[Any]]:
    """Every metric's value and parts by month."""
    world = project.world()
    found = {}
    with closing(world.engine):
        asked = Answers(replace(world, remembered=None))
        for kind in project.metrics if keys is None else [project.metrics[key] for key in keys]:
            answer = asked.ask(kind, windows(date(2024, 1, 1), date(2024, 4, 1), "month"))
            found[kind.key] = [(line.value, dict(line.parts)) for line in answer.rows]
    return found
