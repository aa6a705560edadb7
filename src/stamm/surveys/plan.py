"""What is asked: pages of questions and the way between them, as plain values, without a database.

A text is said in one or more languages; whoever reads another gets the first. Pages follow each other; a page may send
those who gave an answer to a later one, or to the end. A question keeps its key, and with it its kind: that is how its
answers are told from others wherever they are measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
from msgspec.structs import replace

from stamm.intake.words import Told, plain
from stamm.lang.errors import UsageError
from stamm.surveys.colour import checked_colour
from stamm.surveys.origins import checked_origins

Kind = Literal["nps", "csat", "ces", "rating", "choice", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: kinds that are answered with a point of a scale, and the scale where nothing else is said
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
#: of these the scale is a part of what they mean
FIXED = ("nps", "ces")
#: where a page sends whoever is done
END = "end"
MOST_PAGES, MOST_QUESTIONS, MOST_OPTIONS, MOST_NAME, MOST_TEXT, MOST_POINTS = 20, 40, 30, 120, 600, 11
#: letters of an answer
MOST_ANSWER = 2_000
MOST_QUOTA, MOST_REST_DAYS = 10_000_000, 3_650
_KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


class Option(msgspec.Struct, frozen=True):
    """Something that can be chosen."""

    key: str
    told: Told


class Question(msgspec.Struct, frozen=True):
    """One question: its kind, its words, those at both ends of its scale, and what can be chosen."""

    key: str
    kind: Kind
    told: Told
    hint: Told = {}
    low: Told = {}
    high: Told = {}
    scale_min: int | None = None
    scale_max: int | None = None
    options: tuple[Option, ...] = ()
    several: bool = False
    required: bool = False

    @property
    def scale(self) -> tuple[int, int] | None:
        """Its lowest and its highest point; None where it has none."""
        if self.kind not in SCALES:
            return None
        low, high = SCALES[self.kind]
        if self.kind in FIXED:
            return low, high
        return low if self.scale_min is None else self.scale_min, high if self.scale_max is None else self.scale_max

    @property
    def means(self) -> tuple[object, ...]:
        """What may not become another under the same key."""
        return self.kind, self.scale


class Branch(msgspec.Struct, frozen=True):
    """Whoever gave one of these answers to a question goes to a later page; points and options as texts."""

    question: str
    answers: tuple[str, ...]
    to: str


class Page(msgspec.Struct, frozen=True):
    """What is asked at once, and where to go from there: the first branch that holds, else the next page."""

    key: str
    questions: tuple[Question, ...]
    branches: tuple[Branch, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """All that is set about a survey: `name` is what people here call it, the rest is what customers read.

    `closes_at` is in UTC, `quota` the most sheets that are taken (0: any number), `rest_days` how long nobody is asked
    again by any survey (0: no rest). `colour` (#rrggbb) is the shop's, empty for ours.
    `origins` are the sites whose pages may show it in a box; on no other page it is shown.
    """

    name: str
    pages: tuple[Page, ...]
    intro: Told = {}
    thanks: Told = {}
    closes_at: datetime | None = None
    quota: int = 0
    rest_days: int = 30
    colour: str = ""
    origins: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """All of them, in their order."""
        return tuple(question for page in self.pages for question in page.questions)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which everything is said, as the first question has them."""
        first = self.questions[0].told
        return tuple(code for code in first if all(code in each for each in _texts(self) if each))

    def question(self, key: str) -> Question | None:
        """One of them."""
        return next((each for each in self.questions if each.key == key), None)

    def place(self, page: str) -> int:
        """Which page that is, from 0; after the last one for the end."""
        return next((place for place, each in enumerate(self.pages) if each.key == page), len(self.pages))

    def way(self, answers: Mapping[str, Any]) -> tuple[Page, ...]:
        """The pages that somebody who answers so is shown, in their order."""
        found, place = [], 0
        while place < len(self.pages):
            page = self.pages[place]
            found.append(page)
            place = self._after(page, place, answers)
        return tuple(found)

    def _after(self, page: Page, place: int, answers: Mapping[str, Any]) -> int:
        for branch in page.branches:
            if set(branch.answers) & set(spelled(answers.get(branch.question))):
                return self.place(branch.to)
        return place + 1

    def written(self) -> str:
        """As it is kept."""
        return msgspec.json.encode(self).decode()


def plan_of(written: str) -> Plan:
    """What was kept, or written by hand as JSON; raises UsageError for what is no plan."""
    try:
        return msgspec.json.decode(written, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"This is no survey: {error}.", remedy="`stamm survey show 1 --format json` writes one as an example."
        ) from error


def spelled(answer: Any) -> tuple[str, ...]:
    """An answer as branches name it; nothing where it was skipped."""
    if answer is None:
        return ()
    return tuple(map(str, answer)) if isinstance(answer, list) else (str(answer),)


# -- checked -------------------------------------------------------------------------------------------------
def checked(plan: Plan, before: Plan | None = None) -> Plan:
    """The same in its one written form; raises UsageError for what cannot be asked.

    `before` is what was asked until now: where one of its questions stays, so does what it means.
    """
    name = " ".join("".join(sign for sign in plan.name if sign.isprintable()).split())
    if not 0 < len(name) <= MOST_NAME:
        raise UsageError(f"The name of a survey has 1 to {MOST_NAME} letters.", remedy="Write another one.")
    texts = {"intro": _told(plan.intro), "thanks": _told(plan.thanks)}
    plan = replace(plan, name=name, **texts)
    plan = replace(plan, colour=checked_colour(plan.colour), origins=checked_origins(plan.origins))
    plan = replace(plan, pages=tuple(_page(page) for page in plan.pages))
    if not (0 < len(plan.pages) <= MOST_PAGES and 0 < len(plan.questions) <= MOST_QUESTIONS):
        raise UsageError(
            f"A survey has 1 to {MOST_PAGES} pages and 1 to {MOST_QUESTIONS} questions.", remedy="Ask less at once."
        )
    _unique([page.key for page in plan.pages])
    _unique([question.key for question in plan.questions])
    for place, page in enumerate(plan.pages):
        _check_branches(plan, place, page)
    if not (0 <= plan.quota <= MOST_QUOTA and 0 <= plan.rest_days <= MOST_REST_DAYS):
        raise UsageError("A number of this survey is out of its bounds.", remedy="Write 0 where there is to be none.")
    if plan.closes_at is not None and plan.closes_at.tzinfo is None:
        raise UsageError("The moment of closing needs a time zone.", remedy="Write it as 2026-12-31T18:00:00Z.")
    for question in before.questions if before else ():
        now = plan.question(question.key)
        if now is not None and now.means != question.means:
            raise UsageError(
                f"The question {question.key!r} would mean something else.",
                remedy="Ask it under another key, so that its answers are not mixed with earlier ones.",
            )
    return plan


def _page(page: Page) -> Page:
    _check_key(page.key)
    if page.key == END or not page.questions:
        raise UsageError("A page has a key of its own and at least one question.", remedy="Add one, or leave it out.")
    return replace(page, questions=tuple(_question(each) for each in page.questions))


def _question(question: Question) -> Question:
    _check_key(question.key)
    texts = {name: _told(getattr(question, name)) for name in ("told", "hint", "low", "high")}
    options = tuple(replace(each, told=_told(each.told)) for each in question.options)
    made = replace(question, **texts, options=options)
    if not made.told:
        raise UsageError(f"The question {question.key!r} has no words.", remedy="Write them in at least one language.")
    if made.scale is not None and not 1 <= made.scale[1] - made.scale[0] < MOST_POINTS:
        raise UsageError(f"A scale has 2 to {MOST_POINTS} points.", remedy="Write its lowest and its highest point.")
    if (made.kind == "choice") != bool(options) or len(options) > MOST_OPTIONS or not all(o.told for o in options):
        raise UsageError(
            f"A choice has 1 to {MOST_OPTIONS} options, each with words, and no other kind has any.",
            remedy="Write them, or take another kind.",
        )
    for option in options:
        _check_key(option.key)
    _unique([option.key for option in options])
    return made


def _check_branches(plan: Plan, place: int, page: Page) -> None:
    """Raises UsageError for a branch that looks back, or at what is not asked up to here."""
    known = {question.key: question for each in plan.pages[: place + 1] for question in each.questions}
    for branch in page.branches:
        to, asked = plan.place(branch.to), known.get(branch.question)
        if to <= place or (to == len(plan.pages) and branch.to != END):
            raise UsageError(f"A page leads only to later ones, or to {END!r}.", remedy="Name another page.")
        if asked is None or not set(branch.answers) <= set(_answers(asked)) or not branch.answers:
            raise UsageError(
                f"Nobody can answer {branch.question!r} so up to there.",
                remedy="Name a question of this page or an earlier one, and answers that it has.",
            )


def _answers(question: Question) -> Iterator[str]:
    """All answers that it can have; none of a text."""
    if question.scale is not None:
        yield from map(str, range(question.scale[0], question.scale[1] + 1))
    yield from (option.key for option in question.options)


def _told(told: Told) -> Told:
    made = {code: plain(text).strip() for code, text in told.items()}
    if any(not _LANGUAGE.fullmatch(code) for code in made):
        raise UsageError("A language is written as de, en or pt-BR.", remedy="Write its code before the text.")
    if any(len(text) > MOST_TEXT for text in made.values()):
        raise UsageError(f"A text of a survey has at most {MOST_TEXT} letters.", remedy="Write less.")
    return {code: text for code, text in made.items() if text}


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise UsageError(
            f"{key[:50]!r} is no key.", remedy="Write small letters, digits and _, at most 40, such as why_leaving."
        )


def _unique(keys: list[str]) -> None:
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise UsageError(f"{min(twice)!r} is there twice.", remedy="Give each a key of its own.")


def _texts(plan: Plan) -> Iterator[Told]:
    yield from (plan.intro, plan.thanks)
    for question in plan.questions:
        yield from (question.told, question.hint, question.low, question.high)
        yield from (option.told for option in question.options)
