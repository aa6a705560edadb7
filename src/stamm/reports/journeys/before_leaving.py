"""What changed before customers left, in words: each thing just before and earlier, beside those who stayed."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.analyses.before_leaving import BASIS, FELL, ROSE, Changed
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.marked import filled


@dataclass(frozen=True)
class Line:
    """One thing: means earlier and just before, of who left and who stayed; the difference; and what it says."""

    name: str
    left: tuple[str, str]
    stayed: tuple[str, str]
    difference: str
    interval: str
    verdict: str
    plain: bool
    who: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """A sentence, who is compared, the lines, and what nothing is known of."""

    sentence: str
    basis: str
    lines: tuple[Line, ...]
    untold: tuple[tuple[str, str], ...]


def changes_of(answer: TableAnswer, say: Language) -> Changes | None:
    """What changed; None where nothing can be compared."""
    rows = [row for row in answer.rows if row.difference is not None]
    if not rows:
        return None
    (basis,) = answer.tables[BASIS]
    told = Told(answer, basis, say, BASIS)
    return Changes(
        sentence=_sentence(answer, rows, say),
        basis=filled(
            say("{matched} of {left} who left, beside {stayed} who stayed; {days} days each."),
            matched=told("matched"),
            left=told("left"),
            stayed=told("stayed"),
            days=told("days"),
        ),
        lines=tuple(_line(answer, row, say) for row in rows),
        untold=tuple(
            (row.sign.of(say.code), why_not(row.reason, answer, say)) for row in answer.rows if row.difference is None
        ),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why nothing can be compared."""
    return why_not(answer.rows[0].reason, answer, say)


def _sentence(answer: TableAnswer, rows: list[Changed], say: Language) -> str:
    """What fell most clearly, else what rose, beside those who stayed."""
    for verdict, words in (
        (FELL, say("Fell before they left, beside those who stayed: {sign} ({difference} a customer).")),
        (ROSE, say("Rose before they left, beside those who stayed: {sign} ({difference} a customer).")),
    ):
        found = [row for row in rows if row.verdict == verdict]
        if found:
            most = max(found, key=lambda row: min(abs(row.low or 0), abs(row.high or 0)))
            return filled(words, sign=most.sign.of(say.code), difference=Told(answer, most, say)("difference"))
    return say("Nothing is shown to have changed otherwise than with those who stayed.")


def _line(answer: TableAnswer, row: Changed, say: Language) -> Line:
    told = Told(answer, row, say)
    verdict = row.verdict.of(say.code) if row.verdict else why_not(row.reason, answer, say)
    return Line(
        name=row.sign.of(say.code),
        left=(told("earlier"), told("near")),
        stayed=(told("earlier_stayed"), told("near_stayed")),
        difference=told("difference"),
        interval=told.interval(),
        verdict=verdict,
        plain=row.verdict not in (FELL, ROSE),
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )
