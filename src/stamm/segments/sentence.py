"""Rules as sentences, in both languages: written so that they can be read aloud, and read back.

who ordered at least 2 times in the last 90 days and (whose country is DE or AT or who did not open a ticket ...)
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from stamm.lang.errors import UsageError
from stamm.lang.language import CODES
from stamm.segments import OPERATORS
from stamm.segments.blanks import BEGINNINGS, Blank
from stamm.segments.kind import Operator
from stamm.segments.rule import DEEPEST, LONGEST, Is, Join, Not, Rule, checked, joined, rule_of
from stamm.segments.speech import AND, NOT, OR, WHOM, Speech, plain

#: words of what is not understood that are compared with what could stand there
MOST_COMPARED = 8
_BLANK = re.compile(r"\{(\w+)\}")


# -- writing -------------------------------------------------------------------------------------------------
def written(rule: Rule, speech: Speech) -> str:
    """The rule as what follows "customers": who ordered at least once and whose country is DE."""
    if isinstance(rule, Is):
        return said(rule.operator, speech)
    if isinstance(rule, Not):
        if isinstance(rule.rule, Is):
            return said(rule.rule.operator, speech, denied=True)
        return f"{speech.say(NOT)} ({written(rule.rule, speech)})"
    sign = speech.say(AND if rule.how == "all" else OR)
    return f" {sign} ".join(
        f"({written(each, speech)})" if isinstance(each, Join) else written(each, speech) for each in rule.rules
    )


def sentence(rule: Rule, speech: Speech) -> str:
    """The rule as a sentence: Customers who ordered at least once."""
    words = written(rule, speech)
    begun = words.startswith((speech.say(NOT), "("))
    comma = "" if speech.code == "en" and not begun else ":" if begun else ","
    return f"{speech.say(WHOM).capitalize()}{comma} {words}."


def said(operator: Operator, speech: Speech, *, denied: bool = False) -> str:
    """An operator with its settings in their places."""
    told, blanks = speech.say(operator.denies if denied else operator.says), blanks_of(type(operator))
    words = []
    for token in told.split():
        name = _BLANK.fullmatch(token)
        words.append(
            token if name is None else blanks[name[1]].write(operator.settings[name[1]], speech, _reserved(speech.code))
        )
    return " ".join(filter(None, words))


def blanks_of(kind: type[Operator]) -> dict[str, Blank[object]]:
    """The settings of an operator that have their place in its sentence."""
    return {name: each for name, each in kind.settings_declared().items() if isinstance(each, Blank)}


@lru_cache
def _reserved(code: str) -> frozenset[str]:
    """Words with which sentences are made, and that mean something else in quotation marks alone."""
    templates = [(kind.says.of(code), kind.denies.of(code)) for kind in OPERATORS]
    words = {word.lower() for both in templates for each in both for word in each.split() if not _BLANK.match(word)}
    return frozenset(words | set(BEGINNINGS[code]))


# -- reading -------------------------------------------------------------------------------------------------
def read(text: str, speech: Speech) -> Rule:
    """The rule that a sentence says; "customers" and a full stop may be left out.

    Raises UsageError that names the place where it is not understood, and what could stand there.
    """
    if len(text) > LONGEST:
        raise UsageError(f"A rule has at most {LONGEST:,} letters, not {len(text):,}.", where="rule")
    return checked(_Reader(plain(text).strip().removesuffix("."), speech).whole())


def understood(text: str, speech: Speech) -> Rule:
    """The rule from JSON, or from a sentence in the language of whoever writes it, or in the other one."""
    if text.lstrip().startswith("{"):
        return rule_of(text)
    try:
        return read(text, speech)
    except UsageError:
        for code in CODES:
            if code != speech.code:
                with suppress(UsageError):
                    return read(text, Speech(code, speech.currency))
        raise


class _Reader:
    """Goes through a text once, from left to right."""

    def __init__(self, text: str, speech: Speech) -> None:
        self._text, self._speech, self._place = text, speech, 0

    def whole(self) -> Rule:
        self._skip(self._speech.say(WHOM) + r"\b\s*[,:]?")
        found = self._any(DEEPEST)
        self._skip(r"\s*")
        if self._place < len(self._text):
            joins = " / ".join(self._speech.say(each) for each in (AND, OR))
            raise self._lost(f"Go on with {joins}, or end here.")
        return found

    def _any(self, deepest: int) -> Rule:
        found = [self._all(deepest)]
        while self._word(OR.of(self._speech.code)):
            found.append(self._all(deepest))
        return joined("any", tuple(found))

    def _all(self, deepest: int) -> Rule:
        found = [self._one(deepest)]
        while self._word(AND.of(self._speech.code)):
            found.append(self._one(deepest))
        return joined("all", tuple(found))

    def _one(self, deepest: int) -> Rule:
        self._skip(r"\s*")
        start = self._place
        turned = self._skip(self._speech.say(NOT) + r"\s*(?=\()")
        if self._skip(r"\("):
            if not deepest:
                self._place = start
                raise self._lost("Save a part of it as a segment of its own, and name that.")
            found = self._any(deepest - 1)
            if not self._skip(r"\s*\)"):
                raise self._lost("Close the bracket with ).")
            return Not(found) if turned else found
        return self._test()

    def _test(self) -> Rule:
        rest = self._text[self._place :]
        fits = [(match, form) for form in _forms(self._speech) if (match := form.pattern.match(rest))]
        if not fits:
            raise self._lost(f"Write for example: {_nearest(rest, self._speech)}.")
        # of equal ones the one with more words of its own: `is known` is not the value known
        match, form = max(fits, key=lambda fit: (len(fit[0][0]), fit[1].own))
        blanks = blanks_of(form.kind)
        try:
            settings = {
                name: blanks[name].understand(words, self._speech) if words else blanks[name].read(0)
                for name, words in match.groupdict().items()
            }
            test = Is(form.kind(**settings))
        except UsageError as error:
            raise UsageError(error.what, where=self._where(), remedy=error.remedy) from error
        self._place += len(match[0])
        return Not(test) if form.denied else test

    def _word(self, word: str) -> bool:
        return self._skip(rf"\s*,?\s*{word}\b")

    def _skip(self, pattern: str) -> bool:
        match = re.compile(pattern, re.IGNORECASE).match(self._text, self._place)
        self._place = match.end() if match else self._place
        return match is not None

    def _where(self) -> str:
        return f"letter {self._place + 1}"

    def _lost(self, remedy: str) -> UsageError:
        near = self._text[self._place : self._place + 40]
        what = f"What begins with {near!r} is not understood." if near.strip() else "The rule ends too early."
        return UsageError(what, where=self._where(), remedy=remedy)


@dataclass(frozen=True)
class _Form:
    """One way of saying an operator."""

    kind: type[Operator]
    denied: bool
    pattern: re.Pattern[str]
    #: how many words of it are its own
    own: int


@lru_cache
def _forms(speech: Speech) -> tuple[_Form, ...]:
    return tuple(
        _form(kind, speech.say(told), denied, speech)
        for kind in OPERATORS
        for denied, told in ((False, kind.says), (True, kind.denies))
    )


def _form(kind: type[Operator], told: str, denied: bool, speech: Speech) -> _Form:
    blanks, pattern, own = blanks_of(kind), "", 0
    for token in told.split():
        name = _BLANK.fullmatch(token)
        space = r"\s+" if pattern else ""
        if name is None:
            pattern, own = pattern + space + re.escape(token), own + 1
        elif blanks[name[1]].optional:
            pattern += rf"(?:{space}(?P<{name[1]}>{blanks[name[1]].pattern(speech)}))?"
        else:
            pattern += rf"{space}(?P<{name[1]}>{blanks[name[1]].pattern(speech)})"
    return _Form(kind, denied, re.compile(pattern + r"(?=[\s,)]|$)", re.IGNORECASE), own)


def _nearest(text: str, speech: Speech) -> str:
    """What somebody may have meant: the operator with words that are most like theirs, as it is said."""
    words = text.lower().split()[:MOST_COMPARED]
    told = [said(kind(), speech, denied=denied) for kind in OPERATORS for denied in (False, True)]

    def likeness(each: str) -> tuple[float, int]:
        own = each.lower().split()
        return sum(max(SequenceMatcher(None, word, one).ratio() for one in own) for word in words), -len(own)

    return max(told, key=likeness)
