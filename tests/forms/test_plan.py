"""What a form may ask, and what it is for."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from stamm.forms.plan import USES, Field, Option, Plan, checked, plan_of
from stamm.forms.ready import READY, ready
from stamm.forms.records import FIRST, columns_of
from stamm.lang.errors import UsageError
from tests.forms.filled import NOON

LEAD = ready("lead", "Spring", NOON)
BOOKING = ready("booking", "Tasting", NOON)
EMAIL = LEAD.email


@pytest.mark.parametrize("use", USES)
def test_each_use_has_a_form_that_is_ready_in_both_languages(use: str) -> None:
    plan = checked(ready(use, "Spring", NOON))
    assert plan_of(plan.written()) == plan
    texts = [plan.title, plan.button, plan.thanks]
    texts += [told for field in plan.fields for told in (field.told, field.hint, *(o.told for o in field.options))]
    assert all(set(told) == {"de", "en"} for told in texts if told)


def test_no_form_that_is_ready_asks_for_consent_as_a_condition() -> None:
    fields = [field for plan in READY.values() for field in plan.fields if field.kind == "consent"]
    assert fields
    assert not any(field.required for field in fields)


@pytest.mark.parametrize(
    "change",
    [
        {"name": " \u202e"},
        {"title": {}},
        {"title": {"de": "x" * 1001}},
        {"title": {"<b>": "x"}},
        {"fields": ()},
        {"fields": (Field("name", "name", {"en": "Name"}),)},
        {"fields": (EMAIL, replace(EMAIL, key="other"))},
        {"fields": (EMAIL, Field("email", "text", {"en": "Twice"}))},
        {"fields": (EMAIL, Field("Not a key", "text", {"en": "x"}))},
        {"fields": (EMAIL, Field("x", "text", {}))},
        {"fields": (EMAIL, Field("x", "choice", {"en": "x"}))},
        {"fields": (EMAIL, Field("x", "text", {"en": "x"}, options=(Option("a", {"en": "a"}),)))},
        {"fields": (EMAIL, Field("x", "consent", {"en": "x"}))},
        {"fields": (EMAIL, Field("x", "consent", {"en": "x"}, purpose="news", required=True))},
        {"fields": (EMAIL, Field("x", "tick", {"en": "x"}, purpose="news"))},
        {"quota": -1},
        {"closes_at": NOON.replace(tzinfo=None)},
        {"closes_at": NOON.replace(year=1)},
        {"closes_at": NOON.replace(year=2200)},
        {"starts_at": NOON, "ends_at": NOON},
    ],
)
def test_what_cannot_be_asked_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        checked(replace(LEAD, **change))


def test_a_booking_has_a_beginning_and_a_later_end() -> None:
    assert checked(BOOKING) == BOOKING
    for change in ({"starts_at": None}, {"ends_at": None}, {"ends_at": BOOKING.starts_at}):
        with pytest.raises(UsageError):
            checked(replace(BOOKING, **change))


def test_once_open_a_form_stays_what_it_is_for_and_its_fields_mean_the_same() -> None:
    plan = Plan("Spring", "lead", (EMAIL, Field("x", "text", {"en": "x"})), {"en": "x"})
    for change in ({"use": "support"}, {"fields": (EMAIL, Field("x", "date", {"en": "x"}))}):
        checked(replace(plan, **change))
        with pytest.raises(UsageError):
            checked(replace(plan, **change), [plan])


def test_a_key_that_was_removed_comes_back_as_what_it_was() -> None:
    text = Plan("Spring", "lead", (EMAIL, Field("x", "text", {"en": "x"})), {"en": "x"})
    without = replace(text, fields=(EMAIL,))
    assert checked(text, [without, text]) == text
    with pytest.raises(UsageError, match="would mean something else"):
        checked(replace(text, fields=(EMAIL, Field("x", "date", {"en": "x"}))), [without, text])


def test_columns_have_names_of_their_own() -> None:
    keys = ("held", "held_", "name", "held__", "sent_at")
    columns = columns_of([Field(key, "text", {"en": key}) for key in keys])
    assert columns == (*FIRST, "held___", "held_", "name", "held__", "sent_at_")


@pytest.mark.parametrize("text", ["", "[]", '{"name": 1}', "[" * 10_000])
def test_what_is_no_form_is_told(text: str) -> None:
    with pytest.raises(UsageError):
        plan_of(text)
