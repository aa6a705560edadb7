"""The rule of a segment as a sentence whose conditions are changed in place; the address says which rule it is.

Every change is an address with another rule, so that it works without script, and a link is the segment.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from stamm.answers.suggested import words_in
from stamm.lang.definition import Setting
from stamm.lang.definition import written as as_text
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.segments import OPERATORS
from stamm.segments.blanks import Blank, Part, Word, Words
from stamm.segments.editing import (
    WHOLE,
    Path,
    condition_of,
    part_at,
    path_to,
    pieces,
    put,
    swapped,
    turned,
    written_path,
)
from stamm.segments.kind import Operator
from stamm.segments.operators.in_segment import InSegment
from stamm.segments.rule import How, Is, Not, Rule, checked, joined
from stamm.segments.sentence import blanks_of, said, written
from stamm.segments.speech import Speech
from stamm.web.desk import Opened
from stamm.web.filters import Choice
from stamm.web.settings_form import Field

#: before the names of an operator's settings in an address
SETTING = "set-"


@dataclass(frozen=True)
class Slot:
    """A piece of the sentence, and where following it leads: to the form of a condition, or to another join."""

    kind: str
    words: str
    leads: str
    current: bool
    #: whether a space stands before it
    apart: bool


@dataclass(frozen=True)
class Sayable:
    """Something that can be said of customers, and the rule with it."""

    name: str
    told: str
    leads: str


@dataclass(frozen=True)
class Editor:
    """The form of one condition, and what else can be done with it."""

    name: str
    meaning: str
    path: str
    fields: tuple[Field, ...]
    opposite: str
    without: str
    both: str
    either: str


@dataclass(frozen=True)
class Builder:
    """A rule that is being built: in which language, on which day, and of which saved segment if of one."""

    rule: Rule
    speech: Speech
    day: str = ""
    key: str = ""

    def address(self, rule: Rule | None = None, **more: str) -> str:
        """The address of the page with a rule, by default this one."""
        said_ = {"rule": written(rule or self.rule, self.speech), "day": self.day, "of": self.key, **more}
        return f"{reverse('segments')}?{urlencode({name: text for name, text in said_.items() if text})}"

    def slots(self, current: Path | None) -> tuple[Slot, ...]:
        """The sentence, each condition leading to its form, each join to the other one."""
        found: list[Slot] = []
        opens = False
        for piece in pieces(self.rule, self.speech):
            leads = ""
            if piece.kind == "condition":
                leads = self.address(at=written_path(piece.path)) + "#edit"
            elif piece.kind == "join":
                leads = self._put(piece.path, swapped(part_at(self.rule, piece.path)))
            here = piece.kind == "condition" and piece.path == current
            found.append(Slot(piece.kind, piece.words, leads, here, apart=not opens and piece.words != ")"))
            opens = piece.words.endswith("(")
        return tuple(found)

    def editor(self, path: Path, opened: Opened, names: Sequence[str], say: Language) -> Editor:
        """The form of the condition at a path; `names` are segments that it may name."""
        part = part_at(self.rule, path)
        condition = condition_of(part)
        if condition is None:
            raise UsageError("There is no condition in this place.", remedy="Load the page anew.")
        operator = condition.operator
        fields = tuple(
            _field(blank, operator, self._suggested(operator, blank, opened, names), say)
            for blank in blanks_of(type(operator)).values()
        )
        here = written_path(path)
        without = put(self.rule, path, None)
        return Editor(
            name=operator.title(say.code),
            meaning=operator.sentence(say.code),
            path=here,
            fields=fields,
            opposite=self._put(path, turned(part)),
            without=self.address(without) if without else reverse("segments"),
            both=self.address(at=here, add="all") + "#add",
            either=self.address(at=here, add="any") + "#add",
        )

    def changed(self, path: Path, given: Mapping[str, str]) -> Rule:
        """The rule with what the form of a condition says; raises UsageError for what does not fit."""
        part = part_at(self.rule, path)
        condition = condition_of(part)
        if condition is None:
            raise UsageError("There is no condition in this place.", remedy="Load the page anew.")
        settings = dict(condition.operator.settings)
        for name, blank in blanks_of(type(condition.operator)).items():
            if (text := given.get(SETTING + name)) is not None:
                settings[name] = _read(blank, text.strip())
        other: Rule = Is(type(condition.operator)(**settings))
        found = put(self.rule, path, Not(other) if isinstance(part, Not) else other)
        assert found is not None  # something stands in its place
        return checked(found)

    def sayable(self, path: Path, how: How) -> tuple[Sayable, ...]:
        """All that can be said, each joined to the part at a path, and opened there."""
        part, found = part_at(self.rule, path), []
        for kind in OPERATORS:
            one = Is(kind())
            whole = put(self.rule, path, joined(how, (part, one)))
            assert whole is not None  # it is larger than before
            there = written_path(path_to(whole, one) or ())
            told = said(one.operator, self.speech)
            found.append(Sayable(kind.title(self.speech.code), told, f"{self.address(whole, at=there)}#edit"))
        return tuple(sorted(found, key=lambda each: each.name.casefold()))

    def _put(self, path: Path, part: Rule) -> str:
        whole = put(self.rule, path, part)
        assert whole is not None  # something stands in its place
        return self.address(whole)

    def _suggested(
        self, operator: Operator, blank: Blank[Any], opened: Opened, names: Sequence[str]
    ) -> Callable[[], Sequence[str]]:
        if isinstance(operator, InSegment):
            return lambda: names
        of = blank.of if isinstance(blank, Word | Words) else None
        if of is None:
            return lambda: ()
        fact, column = of[0], of[1] or str(operator.settings["field"])
        return lambda: opened.kept(
            ("words in", fact, column), lambda opened: words_in(opened.answers.world, fact, column)
        )


def first_sayable(speech: Speech, day: str) -> tuple[Sayable, ...]:
    """All that a rule can begin with."""
    told = [(kind.title(speech.code), Builder(Is(kind()), speech, day)) for kind in OPERATORS]
    return tuple(
        Sayable(name, written(made.rule, speech), made.address(at=WHOLE) + "#edit")
        for name, made in sorted(told, key=lambda pair: pair[0].casefold())
    )


def _field(blank: Blank[Any], operator: Operator, suggested: Callable[[], Sequence[str]], say: Language) -> Field:
    """One setting of a condition as it is filled in."""
    setting: Setting[Any] = blank
    value = operator.settings[setting.name]
    listed = setting.choices is not None
    words = {each: phrase.of(say.code) for each, phrase in setting.words.items()} if listed else {}
    choices = [Choice(as_text(each), words.get(each, str(each)), each == value) for each in setting.choices or ()]
    if not listed:
        choices = [Choice("", word, chosen=False) for word in suggested()]
    number = isinstance(value, int | float)
    percent = isinstance(blank, Part)
    return Field(
        name=SETTING + setting.name,
        label=setting.label(say.code) + (", %" if percent else ""),
        hint=setting.says(say.code),
        kind="choice" if listed else "number" if number else "text",
        value=as_text(round(100 * value, 6)) if percent else _shown(value),
        choices=tuple(choices),
        low=as_text(100 * setting.low if percent and setting.low else setting.low),
        high=as_text(100 * setting.high if percent and setting.high else setting.high),
        step="1" if isinstance(value, int) else "any",
        problem="",
        changed=False,
    )


def _shown(value: object) -> str:
    if not isinstance(value, tuple):
        return as_text(value)
    quoted = ('"' + each.replace('"', '""') + '"' if set(each) & {",", '"'} else each for each in value)
    return ", ".join(quoted)


def _read(blank: Blank[Any], text: str) -> object:
    """The value of a setting as its field says it; raises UsageError for what does not fit."""
    if isinstance(blank, Words):
        return blank.read(next(csv.reader([text], skipinitialspace=True), []))
    if isinstance(blank, Part):
        try:
            return blank.read(round(float(text) / 100, 9))
        except ValueError as error:
            raise UsageError(f"{text!r} is no number.", remedy="Write it in percent, such as 10.") from error
    return blank.read(text)
