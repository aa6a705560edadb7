"""What is told to the facts: who is a customer, who has a place, who asked for help, and what they confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from stamm.facts.sources import FORMS
from stamm.forms.confirming import Confirmation, confirmations_of
from stamm.forms.keeping import Form, forms
from stamm.forms.plan import BIRTHDAY, TOPIC
from stamm.forms.submissions import REMOVED, Submission, delete_submission, submissions_where
from stamm.intake.words import said
from stamm.people.database import Run

#: the source of these rows
SOURCE = FORMS
#: submissions that are told at once
AT_ONCE = 2_000
#: kinds of facts whose rows stay when a submission is taken back: the gathering is that of all who booked it
_SHARED = ("gatherings",)
#: attributes of a customer by the kind of the field
_ATTRIBUTES = ("name", "phone", "company")


@dataclass(frozen=True)
class Row:
    """One row of a fact: its kind, its key, and its other columns, None where it is taken back."""

    fact: str
    key: Mapping[str, Any]
    values: Mapping[str, Any] | None
    received_at: datetime


@dataclass(frozen=True)
class Untold:
    """A submission that the facts do not hold as it is, its form, and what was ticked where anything was."""

    form: Form
    submission: Submission
    confirmation: Confirmation | None

    def rows(self) -> list[Row]:
        """What the facts are to be told; raises AssertionError where nobody has said whose it is."""
        made = list(_rows(self)) if self.submission.is_counted else []
        keys = [(row.fact, _plain(row.key)) for row in made]
        gone = [each for each in self.submission.facts if (each[0], dict(each[1])) not in keys]
        return made + [Row(fact, _read(key), None, self.submission.changed_at) for fact, key in gone]

    @property
    def is_newly_confirmed(self) -> bool:
        """Whether it is about to become a consent."""
        confirmed = self.confirmation is not None and self.confirmation.confirmed_at is not None
        return self.submission.is_counted and confirmed and all(fact != "consents" for fact, _ in self.submission.facts)

    def there(self) -> list[tuple[str, dict[str, str]]]:
        """The keys of its rows afterwards, without those that all share."""
        return [
            (row.fact, _plain(row.key)) for row in self.rows() if row.values is not None and row.fact not in _SHARED
        ]


def untold(run: Run) -> list[Untold]:
    """What is to be told next, the oldest first; nothing where all is."""
    found = submissions_where(run, "told = 0", (AT_ONCE,), "ORDER BY id LIMIT ?")
    known = {form.id: form for form in forms(run)} if found else {}
    ticked = confirmations_of(run, [each.id for each in found])
    return [Untold(known[each.form], each, ticked.get(each.id)) for each in found]


def name_customers(run: Run, found: Mapping[int, tuple[str, bool]]) -> None:
    """Write down whose submissions these are, by their numbers, and whether nobody knew them; what is written stays."""
    for number, (customer, is_new) in found.items():
        run(
            "UPDATE form_submission SET customer_id = ?, is_new = ? WHERE id = ? AND customer_id IS NULL",
            (customer, int(is_new), number),
        )


def hand_on(run: Run) -> None:
    """What is known of somebody came with one submission: where that counts no more, the first that does tells it."""
    for gone in submissions_where(run, "told = 0 AND is_new = 1 AND held <> ''", ()):
        heirs = submissions_where(run, "customer_id = ? AND held = ''", (gone.customer,), "ORDER BY id LIMIT 1")
        if heirs:
            (heir,) = heirs
            run("UPDATE form_submission SET is_new = 0 WHERE id = ?", (gone.id,))
            run(
                "UPDATE form_submission SET is_new = 1, told = 0, changed_at = ? WHERE id = ?",
                (max(gone.changed_at, heir.changed_at), heir.id),
            )


def note_telling(run: Run, telling: Untold) -> None:
    """Before it is told: from now on the facts may hold its rows, so that they are taken back whoever is cut off."""
    sheet = telling.submission
    known = [(fact, dict(key)) for fact, key in sheet.facts]
    more = [each for each in telling.there() if each not in known]
    if more:
        run("UPDATE form_submission SET facts = ? WHERE id = ?", (json.dumps([*known, *more]), sheet.id))


def mark_told(run: Run, told: Untold) -> None:
    """The facts hold it; what was thrown away is gone; what was changed meanwhile is told once more."""
    sheet = told.submission
    run("UPDATE form_submission SET facts = ? WHERE id = ?", (json.dumps(told.there()), sheet.id))
    if sheet.held == REMOVED:
        delete_submission(run, sheet.id)
    else:
        run(
            "UPDATE form_submission SET told = 1 WHERE id = ? AND changed_at = ? AND held = ?",
            (sheet.id, sheet.changed_at, sheet.held),
        )


# -- rows ----------------------------------------------------------------------------------------------------
def _rows(each: Untold) -> Iterator[Row]:
    form, sent = each.form, each.submission
    assert sent.customer is not None
    plan, at, whose, number = form.plan, sent.changed_at, sent.customer, f"form-{form.id}-{sent.id}"
    if sent.is_new:
        since: dict[str, Any] = {"customer_id": whose, "valid_from": sent.sent_at}
        yield Row("customers", since, _attributes(form, sent), at)
    if plan.use in ("lead", "registration"):
        about: dict[str, Any] = {"customer_id": whose, "happened_at": sent.sent_at, "kind": "track", "name": plan.use}
        more: dict[str, Any] = {"channel": "web", "properties": json.dumps({"form": form.key})}
        yield Row("events", {"event_id": number}, {**about, **more}, at)
    if plan.use == "booking":
        gathering: dict[str, Any] = {"gathering_id": f"form-{form.id}"}
        yield Row(
            "gatherings", gathering, {"name": plan.name, "starts_at": plan.starts_at, "ends_at": plan.ends_at}, at
        )
        registered: dict[str, Any] = {"ends_at": plan.ends_at, "registered_at": sent.sent_at}
        yield Row("attendances", {**gathering, "customer_id": whose}, registered, at)
    if plan.use == "support":
        ticket: dict[str, Any] = {
            "customer_id": whose,
            "channel": "form",
            "opened_at": sent.sent_at,
            "topic": _topic(form, sent),
        }
        yield Row("tickets", {"ticket_id": number}, ticket, at)
    if each.confirmation is not None and each.confirmation.confirmed_at is not None:
        for ticked in each.confirmation.ticked:
            evidence = f"{form.key}, {sent.id}, confirmed by mail: {ticked.words}"
            consent: dict[str, Any] = {"customer_id": whose, "purpose": ticked.purpose, "granted": True}
            said_so = {"recorded_at": each.confirmation.confirmed_at, "evidence": evidence}
            yield Row("consents", {"consent_id": f"{number}-{ticked.key}"}, {**consent, **said_so}, at)


def _attributes(form: Form, sent: Submission) -> dict[str, Any]:
    """What is known of somebody new."""
    found: dict[str, Any] = {
        "first_seen_at": sent.sent_at,
        "email": sent.email,
        "language": sent.language or None,
        "acquired_through": form.key,
    }
    for field in form.plan.fields:
        given = sent.content.get(field.key)
        if field.kind in _ATTRIBUTES:
            found[field.kind] = given
        elif field.kind == "date" and field.key == BIRTHDAY and given:
            found["birthday_on"] = date.fromisoformat(given)
    return found


def _topic(form: Form, sent: Submission) -> str:
    """What a request is about: what was chosen, else the form's name."""
    chosen = sent.content.get(TOPIC)
    for field in form.plan.fields:
        if field.key == TOPIC and field.kind == "choice":
            return next((said(each.told, "") for each in field.options if each.key == chosen), form.plan.name)
    return form.plan.name


def _plain(key: Mapping[str, Any]) -> dict[str, str]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in key.items()}


def _read(key: Mapping[str, str]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(text) if name == "valid_from" else text for name, text in key.items()}
