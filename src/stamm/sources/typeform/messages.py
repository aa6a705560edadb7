"""What Typeform's interface and its webhooks say of answers.

- **Questions.** `nps` is asked from 0 to 10. What an `opinion_scale` or a `rating` measures, its reference says: one
  that begins with `csat` or `ces` is that, any other a rating. Their ends are known where the form's definition tells
  the steps.
- **Unanswered.** A webhook brings all questions of the form, so those without an answer are asked and not answered.
  The interface brings answers only.
- **Times.** A question was asked when the form was opened, and answered when it was sent.
- **Customers** are known by their e-mail address: a hidden field `email`, or an answer that is one; else by
  telephone, else by a hidden field `customer_id` or `user_id`.
- Several options chosen stand in one answer, with commas between. Payments, files and signatures are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from stamm.sources.exports import Documents, Known, Row, Rows, attempt
from stamm.sources.exports.values import Object, at, customer_of, first, listed, number, part, text

#: types of questions, and what kind of question each is
KINDS: Mapping[str, str] = {
    "nps": "nps",
    "opinion_scale": "rating",
    "rating": "rating",
    "number": "rating",
    "multiple_choice": "choice",
    "picture_choice": "choice",
    "dropdown": "choice",
    "ranking": "choice",
    "yes_no": "choice",
    "legal": "choice",
    "short_text": "text",
    "long_text": "text",
    "date": "text",
    "website": "text",
}
#: prefixes of references that say what a scale measures
MEASURES = ("csat", "ces", "nps")
#: the moment that stands where there was none
_NEVER = "0001-"


class Typeform(Documents):
    """Typeform's answers, as JSON of its interface or webhooks."""

    en = "Typeform"
    de = "Typeform"
    sentence_de = "Antworten aus Typeform, als JSON seiner Schnittstelle oder Webhooks."
    cited = "https://www.typeform.com/developers/webhooks/example-payload/"
    makes = ("responses",)
    envelopes = ("items",)
    called: ClassVar[Mapping[str, str]] = {
        "asked_at": "landed_at",
        "answered_at": "submitted_at",
        "response_id": "token",
    }

    def ours(self, value: Object) -> bool:
        return "form_response" in value or ("landed_at" in value and "token" in value)

    def responses(self, thing: Known[Object]) -> Rows:
        """The answers of one sheet, and the questions that were left out."""
        value = thing.content
        sheet = part(value, "form_response") if "form_response" in value else value
        answers = {_question(part(one, "field")): one for one in listed(sheet, "answers")}
        fields = {_question(field): field for field in _fields(listed(part(sheet, "definition"), "fields"))}
        asked = {**{name: part(one, "field") for name, one in answers.items()}, **fields}
        questions = {name: field for name, field in asked.items() if text(field.get("type")) in KINDS}
        if not questions:
            yield None
        for name, field in questions.items():
            yield attempt(_row, sheet, name, field, answers.get(name, {}), list(answers.values()))


def _fields(fields: list[Object]) -> Iterator[Object]:
    """All questions, those in groups too."""
    for field in fields:
        inside = listed(part(field, "properties"), "fields")
        yield from _fields(inside) if inside else (field,)


def _question(field: Object) -> str | None:
    return first(field.get("ref"), field.get("id"))


def _row(sheet: Object, name: str | None, field: Object, answer: Object, answers: list[Object]) -> Row:
    kind = _kind(name, text(field.get("type")) or "")
    low, high = _ends(field, kind)
    hidden, submitted = part(sheet, "hidden"), _moment(sheet, "submitted_at")
    return {
        "response_id": first(sheet.get("token"), sheet.get("response_id")),
        "question": name,
        "survey": first(at(sheet, "definition", "title"), sheet.get("form_id")),
        "kind": kind,
        "customer_id": customer_of(
            hidden.get("email") or _of(answers, "email"),
            hidden.get("phone") or _of(answers, "phone_number"),
            first(hidden.get("customer_id"), hidden.get("user_id")),
        ),
        "asked_at": first(_moment(sheet, "landed_at"), submitted),
        "answered_at": submitted if answer else None,
        "score": None if answer.get("number") is None else number(answer["number"], "number"),
        "scale_min": low,
        "scale_max": high,
        "choice": _chosen(answer),
        "comment": first(answer.get("text"), answer.get("date"), answer.get("url")),
        "touchpoint": hidden.get("touchpoint"),
    }


def _kind(name: str | None, type_: str) -> str:
    kind = KINDS[type_]
    return next((word for word in MEASURES if kind == "rating" and (name or "").lower().startswith(word)), kind)


def _ends(field: Object, kind: str) -> tuple[int | None, int | None]:
    """The lowest and the highest point of a scale, as far as they are known."""
    properties, type_ = part(field, "properties"), field.get("type")
    if kind == "nps":
        return 0, 10
    if type_ not in {"opinion_scale", "rating"} or properties.get("steps") is None:
        return None, None
    low = 1 if type_ == "rating" or properties.get("start_at_one") is True else 0
    return low, low + int(number(properties["steps"], "steps")) - 1


def _moment(sheet: Object, name: str) -> str | None:
    found = text(sheet.get(name))
    return None if found and found.startswith(_NEVER) else found


def _of(answers: list[Object], type_: str) -> Any:
    return next((one.get(type_) for one in answers if one.get("type") == type_), None)


def _chosen(answer: Object) -> str | None:
    """The options chosen; yes or no in English."""
    if isinstance(answer.get("boolean"), bool):
        return "yes" if answer["boolean"] else "no"
    several, single = part(answer, "choices"), part(answer, "choice")
    labels = several.get("labels")
    found = [one for one in labels if isinstance(one, str)] if isinstance(labels, list) else []
    return ", ".join([*found, *([other] if (other := text(several.get("other"))) else [])]) or first(
        single.get("label"), single.get("other")
    )
