"""Forms and what they received as plain rows, for tables, CSV and JSON: everywhere the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stamm.forms.confirming import Confirmation
from stamm.forms.keeping import Form
from stamm.forms.plan import Field
from stamm.forms.submissions import Submission
from stamm.intake.words import said

Record = dict[str, Any]
#: what stands before the fields of a form
FIRST = ("submission", "sent_at", "held", "customer_id", "confirmed_at")
LISTED = ("form", "key", "name", "use", "state", "closes_at", "quota", "counted", "held")


def record_of(form: Form, counted: int, held: int) -> Record:
    """One form, and how much it received."""
    plan = form.plan
    return {
        "form": form.id,
        "key": form.key,
        "name": plan.name,
        "use": plan.use,
        "state": form.state,
        "closes_at": plan.closes_at,
        "quota": plan.quota or None,
        "counted": counted,
        "held": held,
    }


def columns_of(fields: Sequence[Field]) -> tuple[str, ...]:
    """The columns of what a form received: its fields by their keys, behind what each has, no two the same."""
    taken, found = {*FIRST, *(field.key for field in fields if field.key not in FIRST)}, []
    for field in fields:
        name = field.key
        if name in FIRST:
            while name in taken:
                name += "_"
            taken.add(name)
        found.append(name)
    return (*FIRST, *found)


def submission_records(
    fields: Sequence[Field], sent: Sequence[Submission], ticked: Mapping[int, Confirmation], code: str
) -> list[Record]:
    """What a form received, in these words: an option as whoever chose it read it in that language.

    `ticked` says since when what was ticked is confirmed.
    """
    columns = columns_of(fields)[len(FIRST) :]
    confirmed = {number: each.confirmed_at for number, each in ticked.items()}
    return [
        {
            **dict(
                zip(
                    FIRST,
                    (each.id, each.sent_at, each.held or None, each.customer, confirmed.get(each.id)),
                    strict=True,
                )
            ),
            **{
                column: told(field, each.content.get(field.key), code)
                for column, field in zip(columns, fields, strict=True)
            },
        }
        for each in sent
    ]


def told(field: Field, given: Any, code: str) -> Any:
    """What was filled in, an option in words."""
    if field.kind == "choice":
        return next((said(each.told, code) for each in field.options if each.key == given), given)
    return given
