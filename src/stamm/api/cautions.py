"""What may not be concluded from an answer, in a sentence each: for assistants, which repeat what they are told."""

from __future__ import annotations

from stamm.answers import Answer, Row, TableAnswer
from stamm.lang import reasons
from stamm.lang.language import Language

#: windows named one by one; beyond that they are counted
NAMED = 12


def cautions(answer: Answer | TableAnswer, say: Language) -> list[str]:
    """Sentences on made data, windows that are not over, missing values, rows passed over, chance."""
    found = [say("Some of these facts are made up: this is no real number.")] if answer.simulated else []
    if isinstance(answer, Answer):
        found += _of_rows(answer, say)
    elif any(not getattr(row, "complete", True) for row in answer.rows):
        found.append(say("Rows that are not complete can still change, or begin before the data; do not compare them."))
    if answer.left_out:
        listed = ", ".join(f"{say(what)} ({say.number(count)})" for what, count in answer.left_out.items())
        found.append(say("Left out: {rows}.", rows=listed))
    found += [note.of(say.code) for note in getattr(answer, "notes", ())]
    if len([row for row in answer.rows if getattr(row, "low", None) is not None]) > 1:
        found.append(say("Where two intervals overlap, the difference may be chance alone."))
    return found


def _of_rows(answer: Answer, say: Language) -> list[str]:
    known = [row for row in answer.rows if row.value is not None and not row.complete]
    growing = [row for row in known if _is_open(row, answer)]
    cut = [row for row in known if not _is_open(row, answer)]
    found = []
    if growing:
        windows = _windows(growing, say)
        found.append(say("Not over yet, so it will change and must not be compared: {windows}.", windows=windows))
    if cut:
        windows = _windows(cut, say)
        found.append(say("Begins before the data, so it is of a part of its time alone: {windows}.", windows=windows))
    for reason in dict.fromkeys(row.reason for row in answer.rows if row.value is None):
        missing = _windows([row for row in answer.rows if row.value is None and row.reason == reason], say)
        told = _reason(reason, say)
        found.append(say("No value, which is not 0: {windows} ({reason}).", windows=missing, reason=told))
    return found


def _is_open(row: Row, answer: Answer) -> bool:
    return answer.as_of is not None and row.window.ends_at(answer.zone) > answer.as_of


def _windows(rows: list[Row], say: Language) -> str:
    named = list(dict.fromkeys(say.window(row.window, short=True) for row in rows))
    more = len(named) - NAMED
    return ", ".join(named[:NAMED]) + (f" ... (+{say.number(more)})" if more > 0 else "")


def _reason(code: str, say: Language) -> str:
    return {
        reasons.NO_FACTS: say("facts that it needs were never imported"),
        reasons.OUTSIDE: say("outside the days that the data cover"),
        reasons.NOT_BEGUN: say("not begun when the data end"),
        reasons.CUT_HISTORY: say("the data begin in mid-life, so that nobody knows yet who is a customer"),
        reasons.NO_MEMBERS: say("who was in the segment as it opened is not known"),
        reasons.LOOKS_BACK: say("it looks back to days before the data, which begin in mid-life"),
        reasons.ZERO: say("nothing to divide by"),
    }.get(code, code)
