"""Surveys that come ready, in both languages; each is where one's own begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from stamm.intake.words import Told
from stamm.lang.errors import UsageError
from stamm.surveys.plan import END, Branch, Option, Page, Plan, Question

_THANKS = {"de": "Danke. Wir lesen jede Antwort.", "en": "Thank you. We read every answer."}
_OPTIONAL = {"de": "Freiwillig.", "en": "Optional."}
_REASON = {
    "de": "Was ist der wichtigste Grund für Ihre Antwort?",
    "en": "What is the main reason for your answer?",
}


def _why(told: Told) -> Question:
    return Question("why", "text", told, hint=_OPTIONAL)


_RECOMMEND = Question(
    "recommend",
    "nps",
    {
        "de": "Wie wahrscheinlich ist es, dass Sie uns Freunden oder Kollegen empfehlen?",
        "en": "How likely are you to recommend us to a friend or colleague?",
    },
    low={"de": "0: sehr unwahrscheinlich", "en": "0: not at all likely"},
    high={"de": "10: äußerst wahrscheinlich", "en": "10: extremely likely"},
    required=True,
)
_CONTENT = Question(
    "content",
    "csat",
    {"de": "Wie zufrieden sind Sie mit Ihrem Einkauf?", "en": "How satisfied are you with your purchase?"},
    low={"de": "1: sehr unzufrieden", "en": "1: very dissatisfied"},
    high={"de": "5: sehr zufrieden", "en": "5: very satisfied"},
    required=True,
)
_EFFORT = Question(
    "effort",
    "ces",
    {"de": "Wie leicht war es, Ihr Anliegen zu erledigen?", "en": "How easy was it to get what you wanted?"},
    low={"de": "1: sehr schwer", "en": "1: very hard"},
    high={"de": "7: sehr leicht", "en": "7: very easy"},
    required=True,
)
_LEAVING = Question(
    "why_leaving",
    "choice",
    {"de": "Warum verlassen Sie uns?", "en": "Why are you leaving?"},
    hint={"de": "Wählen Sie alles, was zutrifft.", "en": "Choose all that apply."},
    options=(
        Option("price", {"de": "Zu teuer", "en": "Too expensive"}),
        Option("quality", {"de": "Die Qualität stimmte nicht", "en": "The quality was not right"}),
        Option("delivery", {"de": "Ärger mit der Lieferung", "en": "Trouble with delivery"}),
        Option("service", {"de": "Der Kundendienst half nicht", "en": "Support did not help"}),
        Option("range", {"de": "Mir fehlte etwas im Angebot", "en": "Something was missing from the range"}),
        Option("elsewhere", {"de": "Ich kaufe jetzt woanders", "en": "I buy elsewhere now"}),
        Option("need", {"de": "Ich brauche es nicht mehr", "en": "I no longer need it"}),
        Option("other", {"de": "Etwas anderes", "en": "Something else"}),
    ),
    several=True,
    required=True,
)
_AFTER_REASONS = (
    Branch("why_leaving", ("elsewhere",), "competitor"),
    Branch("why_leaving", ("need",), END),
    Branch("why_leaving", tuple(each.key for each in _LEAVING.options), "back"),
)
_ELSEWHERE = Question(
    "elsewhere",
    "text",
    {"de": "Was ist dort besser?", "en": "What is better there?"},
    hint=_OPTIONAL,
)
_BACK = Question(
    "come_back",
    "text",
    {"de": "Was müsste sich ändern, damit Sie wiederkommen?", "en": "What would have to change for you to come back?"},
    hint=_OPTIONAL,
)
_SORRY = {
    "de": "Schade, dass Sie gehen. Ihre Gründe helfen uns, besser zu werden.",
    "en": "We are sorry to see you go. Your reasons help us to become better.",
}

#: by their keys; `name` is replaced by whoever takes one
READY: Mapping[str, Plan] = {
    "nps": Plan("NPS", (Page("score", (_RECOMMEND, _why(_REASON))),), thanks=_THANKS),
    "csat": Plan("CSAT", (Page("score", (_CONTENT, _why(_REASON))),), thanks=_THANKS),
    "ces": Plan("CES", (Page("score", (_EFFORT, _why(_REASON))),), thanks=_THANKS),
    "exit": Plan(
        "Exit",
        (
            Page("reasons", (_LEAVING,), _AFTER_REASONS),
            Page("competitor", (_ELSEWHERE,)),
            Page("back", (_BACK,)),
        ),
        intro=_SORRY,
        thanks=_THANKS,
    ),
}


def ready(key: str, name: str, first: str = "en") -> Plan:
    """One of them under a name, its texts in that language first: what is chosen is called so in the facts.

    Raises UsageError where there is none of that key.
    """
    if key not in READY:
        raise UsageError(f"There is no ready survey {key!r}.", remedy=f"There are {', '.join(READY)}.")
    return msgspec.convert(_led(msgspec.to_builtins(replace(READY[key], name=name)), first), Plan)


def _led(value: Any, first: str) -> Any:
    """The same, where every text has that language first."""
    if isinstance(value, dict):
        known = {first: value[first]} if first in value else {}
        return {key: _led(each, first) for key, each in {**known, **value}.items()}
    return [_led(each, first) for each in value] if isinstance(value, (list, tuple)) else value
