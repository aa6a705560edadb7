"""Taking a bundle in as the command line would, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from stamm.app import guessing
from stamm.app.booking import Booking
from stamm.app.bringing.bundles import Bundle
from stamm.app.bringing.guesses import Guesses, sections
from stamm.app.bringing.reported import reported
from stamm.app.bringing.work import Tell
from stamm.app.importing import Importing, ImportReport
from stamm.app.project import Project
from stamm.app.settings import SETTINGS, read_settings
from stamm.app.settling import settle_lapse, settle_rule
from stamm.lang.errors import BusyError, InputError, StammError, UsageError
from stamm.lang.language import Language
from stamm.sources.guessing import Proposal
from stamm.store.lock import exclusive
from stamm.store.taking_back import take_back

#: who else writes stamm.toml is waited for so long
SETTINGS_SECONDS = 10.0
Done = TypeVar("Done")


@dataclass(frozen=True)
class Taking:
    """Takes a bundle in, in the name of somebody, and writes the mappings that were proposed in their language."""

    directory: Path
    bundle: Bundle
    guesses: Guesses
    who: str
    language: Language

    def __call__(self, tell: Tell) -> dict[str, Any]:
        """All of it or nothing. Raises what an import raises, and UsageError for files that lack something."""
        project = Project.open(self.directory)
        before = project.lake().snapshot()
        first, subscribed = not before.rows("orders"), before.rows("subscriptions") > 0
        proposals = whole(self.guesses, self.bundle, project)
        texts = sections(proposals, self.language)
        if texts:
            file = project.directory / SETTINGS
            read_settings("\n".join([file.read_text(encoding="utf-8-sig"), *texts]), file)
        mappings = [proposal.mapping for proposal in proposals if proposal.mapping]
        report = _patiently(lambda: self._import(project, mappings, tell), tell)
        told = reported(report) | {"mappings": [mapping.name for mapping in mappings]}
        _note(project, "files_imported", self.bundle, self.who)
        try:
            if texts:
                with exclusive(project.directory / "stamm.lock", SETTINGS_SECONDS, None, "Settings are being changed"):
                    guessing.save(Project.open(self.directory), proposals, texts)
            told |= self._settle(Project.open(self.directory), report, first=first, subscribed=subscribed)
        except StammError as error:  # the facts are in for good, so the import is none that failed
            told |= {"unsettled": [error.what, error.where, error.remedy]}
        self.bundle.throw_files_away()
        self.guesses.forget(self.bundle)
        return told

    def _import(self, project: Project, mappings: list[Any], tell: Tell) -> ImportReport:
        every = (*project.settings.mappings, *mappings)
        importing = Importing(project.lake(), project.organisation, project.rejects_directory, every, tell, tell.waits)
        return importing.take(list(self.bundle.files), now=datetime.now(UTC))

    @staticmethod
    def _settle(project: Project, report: ImportReport, *, first: bool, subscribed: bool) -> dict[str, Any]:
        """After the first subscriptions, who is a customer; after the first orders, when one is gone."""
        if not subscribed and settle_rule(project)[1]:
            return {"ruled": True}
        if not any(row.fact == "orders" for row in report.rows):
            return {}
        _, proposal = settle_lapse(project)
        return {"lapse": {"days": proposal.lapse_days, "reasons": proposal.reasons}} if proposal and first else {}


def whole(guesses: Guesses, bundle: Bundle, project: Project) -> tuple[Proposal, ...]:
    """The proposals as they were chosen; raises where a file cannot be read or one of them lacks something."""
    guess = guesses.of(bundle, project)
    if guess.unreadable:
        raise guess.unreadable[0].error
    proposals = guess.chosen(bundle.state().choices)
    for proposal in proposals:
        if proposal.mapping is None:
            lacking = ", ".join(name for draft in proposal.drafts for name in draft.lacks())
            if not lacking:
                raise UsageError("Nothing is to be made of this file.", where=proposal.file, remedy="Leave it out.")
            raise InputError(
                f"The proposal for {proposal.file} lacks columns that are needed: {lacking}.",
                where=proposal.file,
                remedy="Choose a column for each of them.",
            )
    if not proposals and not guess.known:
        raise UsageError("There is no file here any more.", remedy="Bring it once more.")
    return proposals


def take_bundle_back(project: Project, bundle: Bundle, who: str) -> None:
    """Undo the import of a bundle as one piece; raises UsageError where it is none any more."""
    with bundle.held():
        state = bundle.state()
        number = state.report.get("snapshot")
        if state.phase != "done" or number is None:
            raise UsageError("There is nothing here that can be taken back.", remedy="Go back, and load the page anew.")
        with project.lake().writing() as writer:
            take_back(writer, number)
            writer.commit()
        Booking(project).leave_out_gone()
        bundle.write(replace(state, phase="back", ended=datetime.now(UTC).isoformat()))
    _note(project, "import_taken_back", bundle, who)


def _patiently(work: Callable[[], Done], tell: Tell) -> Done:
    """However long somebody else is writing, unless somebody asks to stop."""
    while True:
        try:
            return work()
        except BusyError:
            tell.waits(None)


def _note(project: Project, what: str, bundle: Bundle, who: str) -> None:
    project.note(what, bundle.name, now=datetime.now(UTC), who=who)
