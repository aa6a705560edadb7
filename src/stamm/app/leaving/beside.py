"""What lies beside the lake in a project's directory and may hold a person: made by Stamm, or put there by somebody."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from stamm.app.bringing.bundles import DIRECTORY as BROUGHT
from stamm.app.leaving.written import Place, Written
from stamm.app.project import Project
from stamm.app.simulating import TRUTH
from stamm.care.leaving import HELD, forget, of_them
from stamm.delivery.leaving import TABLE as MAILS
from stamm.delivery.leaving import count_mails, forget_mails
from stamm.forms import leaving as forms
from stamm.ideas import leaving as ideas
from stamm.store.durable import sync_file, write_atomically
from stamm.store.erasing.cells import Cells
from stamm.store.erasing.gate import CUSTOMER, DEVICE
from stamm.store.erasing.words import plain
from stamm.surveys import leaving as surveys

EXPORTS = "exports"
INDEX = "index.json"
#: what Stamm writes into a project's directory; all else there is somebody's own
OURS = ("lake", "log", "rejects", TRUTH, EXPORTS)
#: texts are looked through in pieces, each with the end of the one before
PIECE, OVERLAP = 2**20, 2**10


#: where the database of people says whose a row is, by a customer's number or an address
WHOSE = (
    *((table, CUSTOMER) for table in (*HELD, MAILS, surveys.TABLE, forms.TABLE, ideas.PEOPLE)),
    (forms.TABLE, "email"),
    (ideas.PEOPLE, "address"),
)


def whose_beside(project: Project, called: str) -> str | None:
    """The number or address, as it stands there, under which rows beside the lake are somebody's who is called so."""
    if not project.has_people:
        return None
    wanted = _spelled(called)
    with closing(project.people()) as database, database.transaction() as run:
        for table, column in WHOSE:
            for (text,) in run(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL", ()):  # noqa: S608 - ours
                if _spelled(text) == wanted:
                    return str(text)
    return None


def _spelled(called: str) -> str:
    return plain(called.strip()) if "@" in called else called


@dataclass(frozen=True)
class Beside:
    """Takes people out of files beside the lake; `is_theirs` tells whether a text is a number or device of theirs."""

    project: Project
    cells: Cells
    is_theirs: Callable[[str], bool]

    # -- made by Stamm ---------------------------------------------------------------
    def rejects(self) -> int:
        """Empty the cells of rejected rows that name them; returns how many rows those were."""
        count = 0
        for draft in self.project.rejects_directory.glob(".rejects-*.part"):  # of an import that was killed
            draft.unlink()
        for path in sorted(self.project.rejects_directory.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                lines = list(csv.reader(file))
            cleaned = [[self._without(cell) for cell in line] for line in lines]
            if cleaned != lines:
                count += sum(old != new for old, new in zip(lines, cleaned, strict=True))
                told = io.StringIO()
                csv.writer(told).writerows(cleaned)
                write_atomically(path, told.getvalue().encode(), mode=0o600)
        return count

    def fetched(self) -> None:
        """Remove copies of objects of a bucket that a worker left when it was killed."""
        shutil.rmtree(self.project.fetched_directory, ignore_errors=True)

    def _without(self, cell: str) -> str:
        return "" if self.is_theirs(cell.lstrip("'")) or self.cells.names(cell) else cell

    def exports(self) -> int:
        """Remove what was given out about them, as far as it lies here; returns how many exports those were."""
        gone = [path for path in sorted((self.project.directory / EXPORTS).glob("*")) if self._is_of_them(path)]
        for path in gone:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if gone:
            sync_file(gone[0].parent)
        return len(gone)

    def _is_of_them(self, export: Path) -> bool:
        if export.name.startswith("."):  # of an export that was killed
            return True
        try:
            if export.is_dir():
                told = json.loads((export / INDEX).read_bytes())
            else:
                with zipfile.ZipFile(export) as archive:
                    told = json.loads(archive.read(INDEX))
            return any(self.is_theirs(str(each)) for each in told["customers"])
        except (OSError, KeyError, ValueError, zipfile.BadZipFile):
            return False  # nothing that Stamm has made

    def truth(self) -> int:
        """Remove their rows from the truth of a simulated world; returns how many those were."""
        count = 0
        for path in sorted((self.project.directory / TRUTH).glob("*.parquet")):
            table = pq.read_table(path)
            keep = [not self._names(row) for row in table.to_pylist()]
            if not all(keep):
                count += keep.count(False)
                draft = path.with_name(f"{path.name}.tmp")
                pq.write_table(table.filter(keep), draft, compression="zstd")
                sync_file(draft)
                draft.replace(path)
                sync_file(path.parent)
        return count

    def _names(self, row: dict[str, object]) -> bool:
        if any(self.is_theirs(str(row[name])) for name in (CUSTOMER, DEVICE) if row.get(name) is not None):
            return True
        return any(isinstance(cell, str) and self.cells.names(cell) for cell in row.values())

    def written(self) -> int:
        """How much people wrote about them, or in words of others that name them."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database, database.transaction() as run:
            return len(of_them(run, self.is_theirs, self.cells.names))

    def care(self) -> int:
        """Remove what people wrote about them, or in words of others that name them; returns how much that was."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database:
            with database.transaction() as run:
                count = forget(run, self.is_theirs, self.cells.names)
            database.scrub(*HELD)
        return count

    def asked(self) -> int:
        """How many sheets of surveys are theirs, or name them in words of others."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database, database.transaction() as run:
            sheets = surveys.of_them(run, self.is_theirs, self.cells.names)
            theirs = {each.id for each in sheets if each.customer is not None and self.is_theirs(each.customer)}
            return len(sheets) + len(surveys.notes_naming(run, self.cells.names, theirs))

    def sheets(self) -> int:
        """Remove those sheets, and from those of others the words that name them; returns how many that was."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database:
            with database.transaction() as run:
                count = surveys.forget(run, self.is_theirs, self.cells.names)
            database.scrub(surveys.TABLE, surveys.NOTES)
        return count

    def submitted(self) -> int:
        """How much they sent by forms, or others in words that name them."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database, database.transaction() as run:
            return forms.theirs_or_naming(run, self.is_theirs, self.cells.names)

    def submissions(self) -> int:
        """Remove that, and from what others sent the words that name them; returns how much that was."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database:
            with database.transaction() as run:
                count = forms.forget(run, self.is_theirs, self.cells.names)
            database.scrub(*forms.TABLES)
        return count

    def suggested(self) -> int:
        """How much on boards of ideas is theirs, or names them in words of others."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database, database.transaction() as run:
            return ideas.count(run, self.is_theirs, self.cells.names)

    def ideas(self) -> int:
        """Remove that, and from the words of others those that name them; returns how much that was."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database:
            with database.transaction() as run:
                count = ideas.forget(run, self.is_theirs, self.cells.names)
            database.scrub(*ideas.TABLES)
        return count

    def mails_held(self) -> int:
        """How many mails were planned for them."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database, database.transaction() as run:
            return count_mails(run, self.is_theirs)

    def mails(self) -> int:
        """Make mails to them nobody's, of which none is sent any more; returns how many those were."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database:
            with database.transaction() as run:
                count = forget_mails(run, self.is_theirs)
            database.scrub(MAILS)
        return count

    def texts(self) -> int:
        """Take their names out of boards, goals, segments, all versions, and the acts; returns how many rows."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database:
            return Written(database, self.cells.renamed).erase(self.cells.names)

    def named_in_texts(self) -> int:
        """How many rows of those name them."""
        if not self.project.has_people:
            return 0
        with closing(self.project.people()) as database:
            return len(Written(database, self.cells.renamed).places(self.cells.names))

    def standing(self, doubtful: Callable[[str], bool]) -> list[Place]:
        """Where words stand that may mean them or somebody else, and that are left as they are."""
        if not self.project.has_people:
            return []

        def left(text: str) -> bool:
            return doubtful(text) and not self.cells.names(text)

        with closing(self.project.people()) as database:
            written = Written(database, self.cells.renamed)
            return [*written.places(left), *written.notes(self.is_theirs, self.cells.names, left)]

    def reports(self) -> int:
        """Remove reports that name them; returns how many those were."""
        gone = [path for path in sorted(self.project.directory.glob("*.html")) if _is_report(path)]
        gone = [path for path in gone if self._mentions(path)]
        for path in gone:
            path.unlink()
        if gone:
            sync_file(self.project.directory)
        return len(gone)

    # -- somebody's own --------------------------------------------------------------
    def foreign(self) -> list[Path]:
        """Texts in the project's directory that name them and that Stamm has not made: it does not touch those."""
        return [
            path
            for path in _files(self.project.directory)
            if not (path.suffix == ".html" and _is_report(path)) and self._mentions(path)
        ]

    def brought(self) -> list[Path]:
        """Files brought in the browser and not taken in yet that name them, or that are no text: those are passed on
        as they are, and what is taken in of them later is nobody's."""
        found = (path for path in sorted((self.project.directory / BROUGHT).glob("*/**/*")) if path.is_file())
        return [path for path in found if path.stat().st_size and (not _is_text(path) or self._mentions(path))]

    def _mentions(self, path: Path) -> bool:
        before = ""
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            while piece := file.read(PIECE):
                if self.cells.names(before + piece):
                    return True
                before = piece[-OVERLAP:]
        return False


def _files(directory: Path) -> Iterator[Path]:
    """Files that are not Stamm's, and hold text."""
    for path in sorted(directory.rglob("*")):
        place = path.relative_to(directory).parts
        own = place[0] not in OURS and not any(part.startswith(".") for part in place)
        if own and path.is_file() and _is_text(path):
            yield path


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return b'<meta name="generator" content="Stamm">' in file.read(2048)
