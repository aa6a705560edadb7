"""All that is held of somebody: every row that an erasure would take, in files that can be read."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import export_person, held
from stamm.app.project import Project
from stamm.facts import imported
from stamm.lang.errors import InputError
from stamm.lang.language import Language
from stamm.store.log import Entry
from tests.leaving import planted as p

NOW = datetime(2024, 7, 1, tzinfo=UTC)
EN = Language("en")


def test_everything_that_an_erasure_would_take_is_given_out(project: Project) -> None:
    with closing(project.log()) as log:
        bodies = (f'{{"userId": "{p.ID}"}}', '{"userId": "ben"}', f'{{"mail": "{p.EMAIL}"}}')
        log.append([Entry("key", f"m{n}", body.encode(), NOW) for n, body in enumerate(bodies)])
    place, found = export_person(project, p.ID, now=NOW, language=EN)
    told = Erasing(project).look(p.ID)
    assert {kind: len(rows) for kind, rows in found.rows.items()} == told.rows
    assert {kind: len(rows) for kind, rows in found.superseded.items()} == told.superseded
    assert place.parent == project.directory / "exports"
    everything = json.loads((place / "everything.json").read_text())
    assert len(everything["facts"]) == len(told.rows)
    assert everything["arrived"] == [{"userId": p.ID}, {"mail": p.EMAIL}]
    assert {row["customer_id"] for row in everything["facts"]["orders"]} == {p.ID}
    assert {type(row["traits"]) for row in everything["facts"]["customers"]} == {dict}, "JSON within is read"
    with (place / "customers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["email"] for row in rows] == [p.EMAIL] * 3
    assert {"valid_from", "birthday_on", "traits"} <= rows[0].keys()
    page = (place / "index.html").read_text()
    assert "What is held of customer kundin-zyx-4711" in page
    for link in place.glob("*.csv"):
        assert f'href="{link.name}"' in page
    for path in place.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_rows_of_others_that_name_the_person_are_counted_and_not_shown(project: Project) -> None:
    found = held(project, p.ID)
    assert found.named["responses"] >= 1
    assert {row["customer_id"] for rows in found.rows.values() for row in rows if row.get("customer_id")} == {p.ID}


def test_an_export_within_the_project_goes_with_the_person(project: Project, tmp_path: Path) -> None:
    export_person(project, p.ID, now=NOW, language=EN)
    export_person(project, p.ID, now=NOW, language=EN, place=project.directory / "exports" / "own.zip")
    kept, _ = export_person(project, "ben", now=NOW, language=EN)
    told = Erasing(project).erase(p.ID, now=NOW)
    assert told.exports == 2
    assert list((project.directory / "exports").iterdir()) == [kept]


def test_one_file_in_german(project: Project, tmp_path: Path) -> None:
    place, _ = export_person(project, p.ID, now=NOW, language=Language("de"), place=tmp_path / "sie.zip")
    with zipfile.ZipFile(place) as archive:
        assert archive.testzip() is None
        assert "Was über Kunde kundin-zyx-4711 gespeichert ist" in archive.read("index.html").decode()
        assert set(imported()) & {Path(name).stem for name in archive.namelist()} >= {"orders", "events", "customers"}
    with pytest.raises(InputError, match="There is something already"):
        export_person(project, p.ID, now=NOW, language=EN, place=place)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
