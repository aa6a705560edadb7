"""What is held of a person, and what goes with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from stamm.people.database import Run
from stamm.surveys.keeping import surveys
from stamm.surveys.plan import said
from stamm.surveys.sheets import Sheet, sheets_where

TABLE = "survey_sheet"


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


def of_them(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> list[Sheet]:
    """Sheets of a person, and those of others whose words name them."""
    return [
        sheet
        for sheet in sheets_where(run, "customer_id IS NOT NULL OR answers <> '{}'", ())
        if (sheet.customer is not None and is_theirs(sheet.customer)) or any(map(names, _texts(sheet)))
    ]


def forget(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> int:
    """Erase their sheets, and in those of others the words that name them; how many it was. It may be done again."""
    found = of_them(run, is_theirs, names)
    for sheet in found:
        if sheet.customer is not None and is_theirs(sheet.customer):
            run("DELETE FROM survey_arrival WHERE sheet_id = ?", (sheet.id,))
            run("DELETE FROM survey_mail WHERE sheet_id = ?", (sheet.id,))
            run("DELETE FROM survey_sheet WHERE id = ?", (sheet.id,))
        else:
            kept = {
                key: None if isinstance(given, str) and names(given) else given for key, given in sheet.answers.items()
            }
            run("UPDATE survey_sheet SET answers = ? WHERE id = ?", (json.dumps(kept, ensure_ascii=False), sheet.id))
    return len(found)


def _told(answer: Any) -> Any:
    return ", ".join(answer) if isinstance(answer, list) else answer


def _texts(sheet: Sheet) -> list[str]:
    return [given for given in sheet.answers.values() if isinstance(given, str)]
