"""What is held of a person, and what goes with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from stamm.forms.confirming import confirmations_of
from stamm.forms.files import TABLE as FILES
from stamm.forms.files import file_of, files_of
from stamm.forms.keeping import all_fields, forms
from stamm.forms.submissions import Submission, delete_submission, submissions_where
from stamm.intake.words import said
from stamm.people.database import Run

TABLE = "form_submission"
TABLES = (TABLE, FILES)


def held_of(run: Run, customers: Collection[str], names: Callable[[str], bool]) -> list[dict[str, Any]]:
    """What somebody of these numbers sent, or of an address of theirs; with the words of the form."""
    known = {form.id: form.plan.name for form in forms(run)}
    asked = {form: all_fields(run, form) for form in known}
    found = []
    theirs = _of(run, lambda number: number in customers, names)
    ticked = confirmations_of(run, [sent.id for sent in theirs])
    for sent in theirs:
        about = {"customer_id": sent.customer, "form": known[sent.form], "sent_at": sent.sent_at, "email": sent.email}
        confirmed = ticked[sent.id].confirmed_at if sent.id in ticked else None
        found += [
            {
                **about,
                "field": said(field.told, "en"),
                "answer": sent.content[field.key],
                "confirmed_at": confirmed if field.kind == "consent" else None,
            }
            for field in asked[sent.form]
            if sent.content.get(field.key) not in (None, False)
        ]
    return found


def files_held_of(run: Run, customers: Collection[str], names: Callable[[str], bool]) -> dict[str, bytes]:
    """The files that somebody sent, by what they are called."""
    found = {}
    for sent in _of(run, lambda number: number in customers, names):
        for each in files_of(run, [sent.id]):
            kept = file_of(run, sent.form, each.id)
            if kept is not None:
                found[each.name] = kept[1]
    return found


def theirs_or_naming(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> int:
    """How many submissions are a person's, or name them in the words of others."""
    return len(_of(run, is_theirs, names)) + len(_naming(run, is_theirs, names, names))


def naming(
    run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool], may_name: Callable[[str], bool]
) -> list[tuple[str, tuple[int, ...]]]:
    """Submissions of others than a person (`is_theirs`, `names`) whose words `may_name` them: table and number."""
    return [(TABLE, (sent.id,)) for sent in _naming(run, is_theirs, names, may_name)]


def forget(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> int:
    """Erase what they sent, and in what others sent the words that name them; how many it was. May be done again."""
    own, others = _of(run, is_theirs, names), _naming(run, is_theirs, names, names)
    for sent in own:
        delete_submission(run, sent.id)
    for sent in others:
        kept = {
            key: None if isinstance(given, str) and given != sent.email and names(given) else given
            for key, given in sent.content.items()
        }
        run("UPDATE form_submission SET content = ? WHERE id = ?", (json.dumps(kept, ensure_ascii=False), sent.id))
    return len(own) + len(others)


def _of(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> list[Submission]:
    return [sent for sent in submissions_where(run, "id > 0", ()) if _is_of(sent, is_theirs, names)]


def _naming(
    run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool], may_name: Callable[[str], bool]
) -> list[Submission]:
    return [
        sent
        for sent in submissions_where(run, "id > 0", ())
        if not _is_of(sent, is_theirs, names)
        and any(isinstance(given, str) and may_name(given) for given in sent.content.values())
    ]


def _is_of(sent: Submission, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> bool:
    return (sent.customer is not None and is_theirs(sent.customer)) or names(sent.email)
