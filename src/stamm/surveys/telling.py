"""What is told to the facts: of each sheet a row a question, taken back where it is not asked or counted any more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.intake.words import said
from stamm.people.database import Run
from stamm.surveys.keeping import Survey, surveys
from stamm.surveys.plan import Question
from stamm.surveys.sheets import Sheet, sheets_where

#: the source of these rows
SOURCE = "surveys"
#: sheets that are told at once
AT_ONCE = 2_000


@dataclass(frozen=True)
class Row:
    """One row of `responses`; None of the values where it is taken back."""

    response_id: str
    question: str
    values: Mapping[str, Any] | None
    received_at: datetime

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.response_id, self.question


@dataclass(frozen=True)
class Untold:
    """A sheet that the facts do not hold as it is, and the rows that they are to be told."""

    sheet: Sheet
    rows: tuple[Row, ...]

    @property
    def there(self) -> list[tuple[str, str]]:
        """The keys of its rows afterwards."""
        return [row.key for row in self.rows if row.values is not None]


def untold(run: Run) -> list[Untold]:
    """What is to be told next, the oldest first; nothing where all is."""
    found = sheets_where(run, "told < revision", (AT_ONCE,), "ORDER BY id LIMIT ?")
    known = {survey.id: survey for survey in surveys(run)} if found else {}
    return [Untold(sheet, tuple(_rows(known[sheet.survey], sheet))) for sheet in found]


def note_telling(run: Run, telling: Untold) -> None:
    """Before it is told: from now on the facts may hold its rows, so that they are taken back whoever is cut off."""
    sheet = telling.sheet
    more = [key for key in telling.there if key not in sheet.facts]
    if more:
        run("UPDATE survey_sheet SET facts = ? WHERE id = ?", (json.dumps([*sheet.facts, *more]), sheet.id))


def mark_told(run: Run, told: Untold) -> None:
    """The facts hold it; where somebody has changed it meanwhile, it is told once more."""
    sheet = told.sheet
    run("UPDATE survey_sheet SET facts = ? WHERE id = ?", (json.dumps(told.there), sheet.id))
    run(
        "UPDATE survey_sheet SET told = revision WHERE id = ? AND revision = ? AND held = ?",
        (sheet.id, sheet.revision, sheet.held),
    )


def _rows(survey: Survey, sheet: Sheet) -> Iterator[Row]:
    made = {} if sheet.held else {row.key: row for row in _asked(survey, sheet)}
    yield from made.values()
    yield from (Row(*key, None, sheet.changed_at) for key in sheet.facts if key not in made)


def _asked(survey: Survey, sheet: Sheet) -> Iterator[Row]:
    """A row for each question that was put: those answered or skipped, and until then those of the first page."""
    first = {question.key for question in survey.plan.pages[0].questions}
    for question in survey.plan.questions:
        if question.key in sheet.answers or (not sheet.answers and question.key in first):
            yield from _of_question(survey, sheet, question)


def _of_question(survey: Survey, sheet: Sheet, question: Question) -> Iterator[Row]:
    answer, scale = sheet.answers.get(question.key), question.scale
    response = f"survey-{survey.id}-{sheet.id}"
    values = {
        "survey": survey.key,
        "kind": question.kind,
        "customer_id": sheet.customer,
        "asked_at": sheet.asked_at,
        "answered_at": None if answer is None else sheet.moments[question.key],
        "score": float(answer) if scale and answer is not None else None,
        "scale_min": float(scale[0]) if scale else None,
        "scale_max": float(scale[1]) if scale else None,
        "choice": None,
        "comment": answer if question.kind == "text" else None,
        "touchpoint": sheet.touchpoint,
    }
    if question.kind != "choice" or answer is None:
        yield Row(response, question.key, values, sheet.changed_at)
        return
    # who chose several has a row for each: the first under the sheet, so that it takes the place of "not answered"
    chosen = [option for option in question.options if option.key in answer]
    for place, option in enumerate(chosen):
        of_it = response if place == 0 else f"{response}-{option.key}"
        yield Row(of_it, question.key, {**values, "choice": said(option.told, "")}, sheet.changed_at)
