"""What is held of a person, and what goes with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from stamm.intake.words import said
from stamm.people.database import Run
from stamm.surveys.keeping import surveys
from stamm.surveys.sheets import Sheet, sheets_where

TABLE = "survey_sheet"
#: what people here did about answers, with notes
NOTES = "survey_follow_up"


def held_of(run: Run, customers: Collection[str]) -> list[dict[str, Any]]:
    """What somebody of these numbers was asked and has answered; with the words of the questions."""
    marks = ", ".join("?" * len(customers))
    known = {survey.id: survey for survey in surveys(run)}
    found = []
    for sheet in sheets_where(run, f"customer_id IN ({marks})", tuple(sorted(customers))):
        about = {"customer_id": sheet.customer, "survey": known[sheet.survey].plan.name, "asked_at": sheet.asked_at}
        answers = [
            {**about, "question": said(question.told, "en"), "answer": _told(sheet.answers[question.key])}
            for question in known[sheet.survey].plan.questions
            if question.key in sheet.answers
        ]
        found += answers or [{**about, "question": None, "answer": None}]
    return found


def notes_of(run: Run, customers: Collection[str]) -> list[dict[str, Any]]:
    """What people here did about the answers of somebody of these numbers, and noted."""
    marks = ", ".join("?" * len(customers))
    columns = ("customer_id", "what", "state", "whose", "told", "who", "at")
    named = ", ".join(f"{'s' if name == 'customer_id' else 'f'}.{name}" for name in columns)
    rows = run(
        f"SELECT {named} FROM survey_follow_up f JOIN survey_sheet s ON s.id = f.sheet_id "  # noqa: S608 - ours
        f"WHERE s.customer_id IN ({marks}) ORDER BY f.id",
        tuple(sorted(customers)),
    )
    return [dict(zip(columns, row, strict=True)) for row in rows]


def notes_naming(run: Run, names: Callable[[str], bool], but: Collection[int] = ()) -> list[int]:
    """The numbers of notes that name a person; those about the sheets `but` apart."""
    rows = run("SELECT id, sheet_id, told FROM survey_follow_up WHERE told <> ''", ())
    return [number for number, sheet, told in rows if sheet not in but and names(told)]


def of_them(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> list[Sheet]:
    """Sheets of a person, and those of others whose words name them."""
    return [
        sheet
        for sheet in sheets_where(run, "customer_id IS NOT NULL OR answers <> '{}'", ())
        if (sheet.customer is not None and is_theirs(sheet.customer)) or any(map(names, _texts(sheet)))
    ]


def naming(
    run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]
) -> list[tuple[str, tuple[int, ...]]]:
    """Sheets of others whose words name a person, and notes about such sheets that do: the table and the number."""
    whose = {sheet.id: sheet for sheet in sheets_where(run, "customer_id IS NOT NULL OR answers <> '{}'", ())}
    theirs = {number for number, sheet in whose.items() if sheet.customer is not None and is_theirs(sheet.customer)}
    told = [number for number, sheet in whose.items() if number not in theirs and any(map(names, _texts(sheet)))]
    noted = notes_naming(run, names, theirs)
    return [*((TABLE, (number,)) for number in told), *((NOTES, (number,)) for number in noted)]


def forget(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> int:
    """Erase their sheets with all that was noted about them, and in those of others the words that name them; how many
    it was. It may be done again."""
    found = of_them(run, is_theirs, names)
    for sheet in found:
        if sheet.customer is not None and is_theirs(sheet.customer):
            run("DELETE FROM survey_arrival WHERE sheet_id = ?", (sheet.id,))
            run("DELETE FROM survey_mail WHERE sheet_id = ?", (sheet.id,))
            run("DELETE FROM survey_follow_up WHERE sheet_id = ?", (sheet.id,))
            run("DELETE FROM survey_sheet WHERE id = ?", (sheet.id,))
        else:
            kept = {
                key: None if isinstance(given, str) and names(given) else given for key, given in sheet.answers.items()
            }
            run("UPDATE survey_sheet SET answers = ? WHERE id = ?", (json.dumps(kept, ensure_ascii=False), sheet.id))
    noted = notes_naming(run, names)
    for number in noted:
        run("UPDATE survey_follow_up SET told = '' WHERE id = ?", (number,))
    return len(found) + len(noted)


def _told(answer: Any) -> Any:
    return ", ".join(answer) if isinstance(answer, list) else answer


def _texts(sheet: Sheet) -> list[str]:
    return [given for given in sheet.answers.values() if isinstance(given, str)]
