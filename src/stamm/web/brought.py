"""What a bundle's page tells, in the reader's words: what files are taken for, how far it is, what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.app.bringing.bundles import Bundle, State
from stamm.app.bringing.guesses import Guess, Tried
from stamm.app.bringing.reported import reported
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.facts import imported
from stamm.lang.errors import StammError
from stamm.lang.language import Language
from stamm.lang.window import zone_named
from stamm.reports.fact_columns import MINOR, column_name
from stamm.reports.first_rows import first_rows
from stamm.sources.guessing import Proposal
from stamm.web.mapping_form import FileForm, file_form

#: rows and faults of a preview that are shown
ROWS, FAULTS = 5, 5
#: the remark on files without a currency
_NO_CURRENCY = re.compile(r"there is no column currency: (.+) is taken as (\w+), the organisation's currency")


@dataclass(frozen=True)
class Problem:
    """What was wrong, where, and what to do."""

    what: str
    where: str
    remedy: str


@dataclass(frozen=True)
class Fault:
    """A row that is set aside: where it stands, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Sight:
    """The first rows of one fact as they would come in, and those that would not."""

    title: str
    names: tuple[str, ...]
    right: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[Fault, ...]
    aside: str


@dataclass(frozen=True)
class Looked:
    """All that is to be said before an import."""

    forms: tuple[FileForm, ...]
    known: tuple[tuple[str, str], ...]
    unreadable: tuple[tuple[str, Problem], ...]
    sights: tuple[Sight, ...]
    counts: tuple[tuple[str, ...], ...]
    problem: Problem | None
    note: str
    ready: bool


def looked_at(
    guess: Guess,
    proposals: tuple[Proposal, ...],
    attempt: Tried,
    choices: Mapping[str, Mapping[str, str]],
    project: Project,
    say: Language,
) -> Looked:
    """What files are taken for, what of them would come in, and whether it can begin."""
    zone = project.organisation.zone
    sights = [_sight(preview, zone, say) for _, previews in attempt.previews for preview in previews]
    report = attempt.report
    counts: Sequence[tuple[str, ...]] = ()
    if report is not None:
        told = reported(report)
        counts = _counts(told, say)
        sights += [_of(row.fact, row.first, zone, say) for row in report.rows if row.first is not None]
        faults = tuple(_fault(one, say) for one in told["first"])
        if faults:
            sights.append(Sight("", (), (), (), faults, _aside(report.rejected, say)))
    note = say("Somebody is writing just now, so it was not tried out what would come in.") if attempt.busy else ""
    note = (
        say("These files are too large to be tried out for a look; the import says what came in.")
        if attempt.large
        else note
    )
    if report is not None and report.known:
        note = " ".join(_known_before(known, say) for known in reported(report)["known"])
    lacking = [proposal for proposal in proposals if proposal.mapping is None]
    return Looked(
        forms=tuple(
            file_form(number, proposal, choices.get(proposal.file, {}), say)
            for number, proposal in enumerate(guess.proposals)
        ),
        known=tuple((known.file.name, _reader(known, say)) for known in guess.known),
        unreadable=tuple((one.file.name, problem(one.error, say)) for one in guess.unreadable),
        sights=tuple(sights),
        counts=tuple(counts),
        problem=problem(attempt.error, say) if attempt.error else None,
        note=note,
        ready=not lacking and not guess.unreadable and attempt.error is None,
    )


def _reader(known: Any, say: Language) -> str:
    if known.mapping:
        return say("read by the mapping {name} in stamm.toml", name=known.mapping)
    return say("read as it is: {source}", source=known.source_de if say.code == "de" else known.source)


def _sight(preview: Any, zone: str, say: Language) -> Sight:
    made = _of(preview.fact, preview.first, zone, say) if preview.first is not None else None
    faults = tuple(
        Fault(_place(one.file, one.line, say), retell(f"{one.column} {one.reason}".strip(), say))
        for one in preview.rejects[:FAULTS]
    )
    aside = _aside(len(preview.rejects), say) if preview.rejects else ""
    title = _title(preview.fact, say)
    return Sight(title, *((made.names, made.right, made.rows) if made else ((), (), ())), faults, aside)


def _of(fact: str, table: Any, zone: str, say: Language) -> Sight:
    found = first_rows(table.slice(0, ROWS), zone, say, spoken=True)
    names = tuple(column_name(fact, name, say) for name in found.names)
    return Sight(_title(fact, say), names, found.right, found.rows, (), "")


def _aside(count: int, say: Language) -> str:
    return say.counted(count, "{count} row is set aside", "{count} rows are set aside")


def _title(fact: str, say: Language) -> str:
    kind = imported()[fact]
    return kind.de if say.code == "de" else kind.en


def _place(file: str, line: int, say: Language) -> str:
    return say("{file}, line {line}", file=file, line=line)


def _fault(one: Mapping[str, Any], say: Language) -> Fault:
    return Fault(_place(one["file"], one["line"], say), retell(f"{one['column']} {one['reason']}".strip(), say))


def problem(error: StammError, say: Language) -> Problem:
    """An error in the reader's language."""
    return Problem(*(retell(text, say) for text in (error.what, error.where, error.remedy)))


def failure(state: State, say: Language) -> Problem:
    """Why it could not be taken in."""
    what, where, remedy = state.error
    return Problem(retell(what, say), where, retell(remedy, say))


def removed_words(rows: int, say: Language) -> str:
    """That the made-up shop is out."""
    return say.counted(rows, "The made-up shop is out: {count} row.", "The made-up shop is out: {count} rows.")


# -- while it runs -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Underway:
    """How far an import is."""

    what: str
    rows: str
    elapsed: str
    #: 0 to 100, None where it cannot be told
    share: int | None
    #: all of it is read, and is being put in its place
    read: bool
    waiting: bool


def underway(state: State, now: datetime, say: Language) -> Underway:
    """How far it is, in words."""
    progress = state.progress
    seconds = (now - datetime.fromisoformat(state.begun)).total_seconds() if state.begun else 0.0
    facts = imported()
    what = _title(progress.what, say) if progress.what in facts else progress.what
    return Underway(
        what=what,
        rows=say.counted(progress.rows, "{count} row", "{count} rows"),
        elapsed=say.counted(round(seconds), "{count} second", "{count} seconds"),
        share=100 * progress.done // progress.whole if progress.done < progress.whole else None,
        read=progress.done >= progress.whole > 0,
        waiting=progress.waiting,
    )


# -- afterwards --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    counts: tuple[tuple[str, ...], ...]
    sentence: str
    known: tuple[str, ...]
    remarks: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    first: tuple[Fault, ...]
    rejected: str
    #: how it is counted, where that is not plain
    once: str
    #: the name of the list of all of them
    list_of_them: str
    mappings: tuple[str, ...]
    ruled: str
    lapse: str
    unsettled: Problem | None
    #: whether something came in that can be taken back
    changed: bool


def outcome(state: State, say: Language) -> Outcome:
    """What came in, what was set aside and why."""
    report = state.report
    rows = report.get("rows", ())
    new = sum(row["new"] for row in rows)
    of_facts = sum(row.get("rejected", 0) for row in rows)
    rejected = report.get("rejected", of_facts)
    lapse = report.get("lapse")
    unsettled = report.get("unsettled")
    return Outcome(
        counts=_counts(report, say),
        sentence=say.counted(new, "{count} fact is new.", "{count} facts are new."),
        known=tuple(_known_before(known, say) for known in report.get("known", ())),
        remarks=tuple(
            f"{file}: {_remark(told, say)}" for file, remarks in report.get("remarks", {}).items() for told in remarks
        ),
        reasons=tuple((retell(reason, say), say.number(count)) for reason, count in report.get("reasons", {}).items()),
        first=tuple(_fault(one, say) for one in report.get("first", ())),
        rejected=say.counted(rejected, "Set aside: {count} row", "Set aside: {count} rows") if rejected else "",
        once=say("A row of which several facts are made is counted once here, and above with each of them.")
        if of_facts > rejected
        else "",
        list_of_them=report.get("rejects", ""),
        mappings=tuple(report.get("mappings", ())),
        ruled=say("Whoever pays for a subscription: there are subscriptions, and no orders.")
        if report.get("ruled")
        else "",
        lapse=_gone_after(lapse, say) if lapse else "",
        unsettled=Problem(retell(unsettled[0], say), unsettled[1], retell(unsettled[2], say)) if unsettled else None,
        changed=report.get("snapshot") is not None,
    )


def _remark(told: str, say: Language) -> str:
    """A remark, in which columns are called as on this page."""
    if found := _NO_CURRENCY.fullmatch(told):
        names = [column_name("", name.removesuffix(MINOR), say) for name in found[1].split(", ")]
        return say(
            "No column says the currency. Read as {currency}, that of the organisation: {names}.",
            names=say.listed(names, say("and")),
            currency=found[2],
        )
    return retell(told, say)


def _gone_after(lapse: Mapping[str, Any], say: Language) -> str:
    return say.counted(
        lapse["days"],
        "After {count} day without an order: {reason}.",
        "After {count} days without an order: {reason}.",
        reason=lapse["reasons"][say.code],
    )


def _known_before(known: Mapping[str, str], say: Language) -> str:
    day = say.day(datetime.fromisoformat(known["at"]).date())
    return say("{file} was taken in before, on {day}: nothing to do.", file=known["file"], day=day)


def _counts(report: Mapping[str, Any], say: Language) -> tuple[tuple[str, ...], ...]:
    """A line for each file and fact: file, fact, read, new, changed, unchanged, set aside."""
    return tuple(
        (
            row["file"],
            _title(row["fact"], say),
            *(
                say.number(count)
                for count in (
                    row.get("read", row["new"]),
                    row["new"],
                    row.get("changed", 0),
                    row.get("unchanged", 0) + row.get("older", 0),
                    row.get("rejected", 0),
                )
            ),
        )
        for row in report.get("rows", ())
    )


# -- the list ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Lately:
    """One bundle in the list of what was brought."""

    name: str
    files: str
    who: str
    at: str
    phase: str
    told: str


def lately(found: Sequence[tuple[Bundle, State]], say: Language, zone: str) -> tuple[Lately, ...]:
    """The bundles there are, the newest first."""
    phases = {
        "here": say("not taken in yet"),
        "importing": say("being taken in"),
        "done": say("taken in"),
        "failed": say("could not be taken in"),
        "stopped": say("stopped"),
        "back": say("taken back"),
    }
    return tuple(
        Lately(
            bundle.name,
            ", ".join(state.names) if state.what == "files" else say("Made-up shop"),
            state.who,
            say.moment(state.came_at.astimezone(zone_named(zone))),
            phases[state.phase],
            outcome(state, say).sentence if state.phase == "done" else "",
        )
        for bundle, state in found
    )
