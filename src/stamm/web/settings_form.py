"""The settings of a definition as a form: what can be set, what an address says of it, and what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from stamm.app.retelling import retell
from stamm.lang.definition import Definition, Setting, written
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES, Language
from stamm.lang.money import to_major, to_minor
from stamm.web.filters import Choice

D = TypeVar("D", bound=Definition)
Kind = Literal["choice", "number", "text"]
#: names that mean something else in the address of a page, so that no setting of an analysis may have them
TAKEN = frozenset({"from", "to", "window", "by", "where", "who", "offset", "csrfmiddlewaretoken"})


@dataclass(frozen=True)
class Field:
    """One setting: what stands beside it, what it means, its value, and why that does not fit where it does not.

    A `choice` has all `choices` there are, a `text` those that are suggested. A number lies from `low` to `high`,
    `step` apart, each of them empty where there is no bound.
    """

    name: str
    label: str
    hint: str
    kind: Kind
    value: str
    choices: tuple[Choice, ...]
    low: str
    high: str
    step: str
    problem: str
    changed: bool


@dataclass(frozen=True)
class SettingsForm(Generic[D]):
    """All settings of a definition: those that come `first`, and the rest.

    `made` is the definition under them, None where something does not fit; `problem` says what does not go together.
    `settings` are those that are not as they come, and `query` is how an address says them.
    """

    first: tuple[Field, ...]
    rest: tuple[Field, ...]
    made: D | None
    problem: str
    settings: Mapping[str, object]
    query: str

    @property
    def opened(self) -> bool:
        """Whether something among the rest was set, or does not fit."""
        return any(field.changed or field.problem for field in self.rest)

    @property
    def changed(self) -> int:
        """How many of the rest are not as they come."""
        return sum(field.changed for field in self.rest)


def settings_form(
    kind: type[D], given: Mapping[str, str], say: Language, first: Collection[str] = (), *, currency: str = ""
) -> SettingsForm[D]:
    """The form of a definition as an address (or a form that was sent) fills it.

    What is left empty is as it comes. Names that are no settings are passed over: they belong to the page. Where a
    currency is named, the field of an amount such as `price_minor` is called `price` and says it in whole money.
    """
    declared = kind.settings_declared()
    read: dict[str, Any] = {}
    fields: dict[str, Field] = {}
    for name, setting in declared.items():
        unit = currency if setting.money else ""
        whole = given.get(whole_name(setting)) if unit else None
        text = (given.get(name, "") if whole is None else whole).strip()
        problem = ""
        try:
            code = _code_of(setting, text) if whole is None else _minor(text, unit)
            value = setting.read(code) if text else setting.default
        except UsageError:
            value, problem = setting.default, _expected(setting, say, unit)
        if not problem and value != setting.default:
            read[name] = value
        shown = text if problem else _whole(value, unit) if unit else written(value)
        fields[name] = _field(setting, shown, problem, say, unit, changed=name in read)
    made, problem = _made(kind, read, say) if not any(field.problem for field in fields.values()) else (None, "")
    ahead = [name for name in first if name in fields] or list(fields)
    return SettingsForm(
        first=tuple(fields[name] for name in ahead),
        rest=tuple(field for name, field in fields.items() if name not in ahead),
        made=made,
        problem=problem,
        settings=read,
        query=urlencode({name: written(value) for name, value in read.items()}),
    )


def whole_name(setting: Setting[Any]) -> str:
    """The name of the field that says an amount in whole money."""
    return setting.name.removesuffix("_minor")


def _minor(text: str, currency: str) -> str:
    """An amount in whole money as programs write it; raises UsageError where it is none."""
    try:
        return str(to_minor(text, currency)) if text else ""
    except ValueError as error:
        raise UsageError(f"{text!r} is no amount of {currency}.") from error


def _whole(minor: float, currency: str) -> str:
    return f"{to_major(minor, currency):f}"


def _made(kind: type[D], settings: Mapping[str, object], say: Language) -> tuple[D | None, str]:
    """The definition, or why these settings do not go together."""
    try:
        return kind(**settings), ""
    except UsageError as error:
        return None, " ".join(retell(text, say) for text in (error.what, error.remedy) if text)


def _field(setting: Setting[Any], shown: str, problem: str, say: Language, currency: str, *, changed: bool) -> Field:
    kind = _kind_of(setting)
    worded = {written(value): phrase.of(say.code) for value, phrase in setting.words.items()}
    if setting.kind is bool:
        worded = {"true": say("yes"), "false": say("no")}
    elif setting.choices is not None:
        worded = {written(each): worded.get(written(each), str(each)) for each in setting.choices}
    return Field(
        name=whole_name(setting) if currency else setting.name,
        label=setting.label(say.code, currency),
        hint=setting.means(say.code) if currency else setting.says(say.code),
        kind=kind,
        value=worded.get(shown, shown) if kind == "text" else shown,
        choices=tuple(Choice(code, words, code == shown) for code, words in worded.items()),
        low=_bound(setting.low, currency),
        high=_bound(setting.high, currency),
        step=_whole(1, currency) if currency else "1" if setting.kind is int else "any",
        problem=problem,
        changed=changed,
    )


def _kind_of(setting: Setting[Any]) -> Kind:
    if setting.kind is bool or setting.choices is not None:
        return "choice"
    return "text" if setting.kind is str else "number"


def _code_of(setting: Setting[Any], text: str) -> str:
    """What somebody chose, as programs write it: a value may be named by its words in either language."""
    for value, phrase in setting.words.items():
        if text.casefold() in {phrase.of(code).casefold() for code in CODES}:
            return written(value)
    return text


def _bound(bound: float | None, currency: str) -> str:
    return written(bound) if bound is None or not currency else _whole(bound, currency)


def _expected(setting: Setting[Any], say: Language, currency: str) -> str:
    """What a setting has to be."""
    if currency:
        return say("Write an amount such as {amount}.", amount=say.money(500, currency))
    if _kind_of(setting) == "choice":
        return say("Choose one of the list.")
    if _kind_of(setting) == "text":
        return say("This text does not fit.")
    low, high = (None if bound is None else say.trimmed(bound, 2) for bound in (setting.low, setting.high))
    whole = setting.kind is int
    if low is None:
        return say("Write a whole number.") if whole else say("Write a number.")
    if high is None:
        return (
            say("Write a whole number, {low} or more.", low=low)
            if whole
            else say("Write a number, {low} or more.", low=low)
        )
    if whole:
        return say("Write a whole number from {low} to {high}.", low=low, high=high)
    return say("Write a number from {low} to {high}.", low=low, high=high)
