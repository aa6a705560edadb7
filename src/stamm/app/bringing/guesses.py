"""What files of a bundle are: what reads them already, or a mapping proposed for them and changed by somebody."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from stamm.app import guessing
from stamm.app.bringing.bundles import Bundle
from stamm.app.guessing import Preview
from stamm.app.importing import Importing, ImportReport
from stamm.app.project import Project
from stamm.app.recognising import Recognising
from stamm.app.settings import SETTINGS
from stamm.lang.errors import BusyError, InputError, StammError
from stamm.lang.language import Language
from stamm.sources.guessing import Proposal, commented, propose_all
from stamm.sources.guessing.chosen import chosen
from stamm.sources.mapped import Mapped

#: bytes of files that are known already, up to which it is tried out what would become of them
TRIED_BYTES = 25 * 2**20
#: guesses that are kept at hand; they hold samples of the files
MOST_KEPT = 4


@dataclass(frozen=True)
class Known:
    """A file that needs no mapping, and what reads it: the mapping of stamm.toml, or a source."""

    file: Path
    mapping: str
    source: str
    source_de: str


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be read, and why."""

    file: Path
    error: StammError


@dataclass(frozen=True)
class Guess:
    """What a bundle's files are taken for; `proposals` are as they were proposed, before anybody chose."""

    known: tuple[Known, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    def chosen(self, choices: Mapping[str, Mapping[str, str]]) -> tuple[Proposal, ...]:
        """The proposals with what somebody chose in them, by the name of the file."""
        return tuple(chosen(proposal, choices.get(proposal.file, {})) for proposal in self.proposals)


def guess(bundle: Bundle, project: Project) -> Guess:
    """Look at the files. Raises nothing for a file that cannot be read: it is told."""
    recognising = Recognising(project.settings.mappings, None, project.lake_directory)
    known, unknown, unreadable = list[Known](), list[Path](), list[Unreadable]()
    for file in bundle.files:
        try:
            source = recognising.source_of(file)
            if source is not None:
                source.reads_as(file)  # a file named after no fact is known by its ending alone
        except InputError:
            source = None
        except StammError as error:
            unreadable.append(Unreadable(file, error))
            continue
        if source is None:
            unknown.append(file)
        else:
            mapping = source.mapping.name if isinstance(source, Mapped) else ""
            known.append(Known(file, mapping, type(source).title("en"), type(source).title("de")))
    proposals: list[Proposal] = []
    readable: list[Path] = []
    for file in unknown:
        try:
            proposals += propose_all([file], project.organisation)
            readable.append(file)
        except StammError as error:
            unreadable.append(Unreadable(file, error))
    if len(readable) > 1:
        proposals = propose_all(readable, project.organisation)
    taken = {mapping.name for mapping in project.settings.mappings}
    return Guess(tuple(known), tuple(_named(proposals, taken)), tuple(unreadable))


def _named(proposals: list[Proposal], taken: set[str]) -> list[Proposal]:
    """Under names that stamm.toml has not yet; a file that no pattern of a name tells goes by its own."""
    found = []
    for proposal in proposals:
        name, number = proposal.name, 2
        while name in taken:
            name, number = f"{proposal.name}_{number}", number + 1
        taken.add(name)
        found.append(replace(proposal, name=name))
    return found


class Guesses:
    """The last guesses of this process, since a look at a file takes a moment; what they hold is somebody's rows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[object, Guess] = {}

    def of(self, bundle: Bundle, project: Project) -> Guess:
        """What the files are, under the settings as they are now."""
        file = project.directory / SETTINGS
        what = (bundle.folder, file.stat().st_mtime_ns, bundle.files)
        with self._lock:
            found = self._kept.pop(what, None) or guess(bundle, project)
            self._kept[what] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            return found

    def forget(self, bundle: Bundle) -> None:
        """Nothing of its files is kept."""
        with self._lock:
            self._kept = {what: kept for what, kept in self._kept.items() if what[0] != bundle.folder}  # type: ignore[index]


# -- what would become of them -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tried:
    """What an import would do: of files with a proposal their first rows, of known ones everything, where it is tried.

    `busy`: somebody is writing, so known files were not tried; `large`: they are too large to be tried for a look.
    """

    previews: tuple[tuple[Proposal, tuple[Preview, ...]], ...] = ()
    report: ImportReport | None = None
    error: StammError | None = None
    busy: bool = False
    large: bool = False


def tried(guess: Guess, proposals: tuple[Proposal, ...], project: Project, now: datetime) -> Tried:
    """Try it, and leave everything as it is."""
    previews, error = list[tuple[Proposal, tuple[Preview, ...]]](), None
    try:
        found = guessing.previews(proposals, project.lake_directory)
        previews = [(proposal, tuple(made)) for proposal, made in found]
    except StammError as wrong:
        error = wrong
    files = [known.file for known in guess.known]
    if not files:
        return Tried(tuple(previews), error=error)
    if sum(file.stat().st_size for file in files) > TRIED_BYTES:
        return Tried(tuple(previews), error=error, large=True)
    try:
        return Tried(tuple(previews), _importing(project).rehearse(files, now=now), error)
    except BusyError:
        return Tried(tuple(previews), error=error, busy=True)
    except StammError as wrong:
        return Tried(tuple(previews), error=error or wrong)


def _importing(project: Project) -> Importing:
    return Importing(project.lake(), project.organisation, project.rejects_directory, project.settings.mappings)


# -- into stamm.toml ---------------------------------------------------------------------------------------------
def sections(proposals: tuple[Proposal, ...], language: Language) -> list[str]:
    """What stands in stamm.toml for them, as the command line would write it."""
    return [commented(proposal, language) for proposal in proposals]
