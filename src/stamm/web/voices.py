"""What stands beside a customer's words: who that is, what they would bring if they stay, and how likely they go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from stamm.analyses.worth.tables import Customer
from stamm.lang.language import Language
from stamm.reports.marked import exactly
from stamm.surveys.following_up import Case
from stamm.surveys.keeping import Survey
from stamm.surveys.records import Record
from stamm.surveys.voices import BANDS, HIGH, LOW, MIDDLE, Voice, scored_question
from stamm.web.ahead import VALUED, everybody_valued
from stamm.web.customers import book
from stamm.web.desk import desk, soon

NEWEST, WORTH = "", "worth"
SORTS = (NEWEST, WORTH)
#: what a table of comments says besides
BESIDE = ("name", "risk", "value_if_staying_minor", "value_at_risk_minor")
#: and how each stands
FOLLOWED_UP = ("state", "looked_after_by", "customer_answered_at")


class OfCustomer(Protocol):
    """Something that a customer said: an answer to a survey, a vote for an idea."""

    @property
    def customer(self) -> str | None:
        """Whose it is; None for nobody known."""


@dataclass(frozen=True)
class Beside:
    """Who the customers of some voices are by now, by the numbers they answered under, and what they are worth.

    `worth` is None while everybody is being counted; who is not in it has no value that anybody knows.
    """

    numbers: Mapping[str, str]
    names: Mapping[str, str]
    worth: Mapping[str, Customer] | None

    def of(self, voice: OfCustomer) -> Customer | None:
        """What the customer of a voice is worth; None where it is not known."""
        return (self.worth or {}).get(self.numbers.get(voice.customer or "", ""))


def beside(voices: Collection[OfCustomer], *, wait: bool = False) -> Beside:
    """What is known of their customers; `wait` until it is counted."""
    asked = {each.customer for each in voices if each.customer is not None}
    known = book()
    lines = {each: known.line(each) if known is not None else None for each in asked}
    numbers = {each: line.customer_id if line is not None else each for each, line in lines.items()}
    names = {each: line.name or "" for each, line in lines.items() if line is not None}
    found = desk().kept(VALUED, everybody_valued) if wait else soon(VALUED, everybody_valued)
    if found is None:
        return Beside(numbers, names, None)
    return Beside(numbers, names, found[0].of_some(numbers.values()) if found[0] is not None else {})


def records_beside(records: Sequence[Record], about: Beside) -> list[Record]:
    """Comments as programs read them, with what is known of their customers; null where nothing is."""
    found = []
    for each in records:
        number = about.numbers.get(each["customer_id"] or "", "")
        row = (about.worth or {}).get(number)
        more = (
            about.names.get(each["customer_id"] or "") or None,
            *((None, None, None) if row is None else (row.risk, row.ahead, row.at_risk)),
        )
        found.append({**each, **dict(zip(BESIDE, more, strict=True))})
    return found


def voice_records(survey: Survey, voices: Iterable[Voice], cases: Mapping[int, Case]) -> list[dict[str, Any]]:
    """A row of each comment, and of each low score without one; how each stands besides."""
    scored, rows = scored_question(survey), []
    for voice in voices:
        case = cases.get(voice.sheet, Case())
        about = {"customer_id": voice.customer, "score": voice.score, "answered_at": voice.at}
        stands = (case.stands(voice), case.whose or None, case.answered_at(voice))
        told = [(question.key, text) for question, text in voice.comments] or [(scored.key if scored else "", "")]
        rows += [
            {
                **about,
                "question": key,
                "comment": text,
                "touchpoint": voice.touchpoint,
                **dict(zip(FOLLOWED_UP, stands, strict=True)),
            }
            for key, text in told
        ]
    return rows


def chosen(voices: Sequence[Voice], band: str, about: Beside | None = None) -> list[Voice]:
    """Those of a band, or all; the newest first, or with what they are worth those first who would bring most."""
    found = [each for each in voices if not band or each.band == band]
    if about is not None:
        found.sort(key=lambda each: -ahead if (ahead := _ahead(about.of(each))) is not None else 1)
    return found


def _ahead(row: Customer | None) -> int | None:
    return None if row is None else max(row.ahead, 0)


def band_words(kind: str, say: Language) -> dict[str, str]:
    """What the bands of a score are called."""
    if kind == "nps":
        return {LOW: say("Detractors"), MIDDLE: say("Passives"), HIGH: say("Promoters")}
    return {LOW: say("Low scores"), MIDDLE: say("Middle scores"), HIGH: say("High scores")}


def counts_of(voices: Collection[Voice]) -> dict[str, int]:
    """How many there are of each band."""
    return {band: sum(each.band == band for each in voices) for band in BANDS}


def worth_words(row: Customer | None, currency: str, say: Language) -> dict[str, Any] | None:
    """Value and risk in words; None where nothing is known."""
    if row is None:
        return None
    return {
        "ahead": exactly(row.ahead, say.money(row.ahead, currency)),
        "risk": exactly(row.risk, say.percent(row.risk, 0)),
        "at_risk": exactly(row.at_risk, say.money(row.at_risk, currency)),
    }
