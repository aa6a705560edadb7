"""What every capability is: one small declarative object in one file."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase

T = TypeVar("T")


def key_of(class_name: str) -> str:
    """`CustomerRetentionRate` -> `customer_retention_rate`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", class_name).lower()


def title_of(key: str) -> str:
    """`customer_retention_rate` -> `Customer retention rate`."""
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


#: whole numbers below this are the same on every engine, and in JSON
MOST_WHOLE = 2**53
MINOR = Phrase("minor units", "kleinste Einheit")
IN_MINOR = Phrase("In minor units: 500 are 5.00.", "In kleinster Einheit: 500 sind 5,00.")
_READERS: dict[type, Callable[[str], Any]] = {
    int: int,
    float: float,
    str: str,
    bool: {"true": True, "yes": True, "false": False, "no": False}.__getitem__,
}


class Setting(Generic[T]):
    """A typed parameter of a definition: default, bounds or choices, and a sentence in both languages.

    `title` is what stands beside it in a form. `words` are what values are called: all there are where they are
    `choices`, else those worth naming. `money` is an amount in minor units, its name ends in `_minor`; people write it
    in whole money.
    """

    def __init__(  # noqa: PLR0913 - each is one thing to declare, and only the first three must be
        self,
        default: T,
        en: str,
        de: str,
        *,
        kind: type | None = None,
        low: float | None = None,
        high: float | None = None,
        choices: tuple[T, ...] | None = None,
        title: Phrase | None = None,
        words: Mapping[T, Phrase] | None = None,
        money: bool = False,
    ) -> None:
        self.default = default
        self.en, self.de = en, de
        self.kind: type = kind or type(default)
        self.low, self.high, self.choices = low, high, choices
        self.title, self.words, self.money = title, dict(words or {}), money
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Setting[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Setting[T] | T:
        if instance is None:
            return self
        value: T = vars(instance)["settings"][self.name]
        return value

    def label(self, language: str, currency: str = "") -> str:
        """What stands beside it in a form; an amount has its unit with it, minor ones where no currency is named."""
        title = self.title.of(language) if self.title else title_of(self.name)
        return f"{title} ({currency or MINOR.of(language)})" if self.money else title

    def means(self, language: str) -> str:
        """What it means, in a sentence."""
        return self.de if language == "de" else self.en

    def says(self, language: str) -> str:
        """What it means, and in which unit an amount is written."""
        return f"{self.means(language)} {IN_MINOR.of(language)}" if self.money else self.means(language)

    def read(self, value: object) -> T:
        """The setting from what a person wrote; raises UsageError naming the remedy."""
        if value is None and self.default is None:
            return self.default
        try:
            read: Any = _READERS[self.kind](value) if isinstance(value, str) else value
            if self.kind is float and isinstance(read, int) and not isinstance(read, bool):
                read = float(read)
            if type(read) is not self.kind:
                raise ValueError
        except (ValueError, KeyError) as error:
            kind = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}[self.kind]
            raise UsageError(f"The parameter {self.name} must be {kind}, not {value!r}.") from error
        return self._within(read)

    def _within(self, read: Any) -> T:
        below = self.low is not None and read < self.low
        above = self.high is not None and read > self.high
        if isinstance(read, float) and not isfinite(read):
            raise UsageError(f"The parameter {self.name} must be a finite number, not {read}.")
        if (below or above) and self.low is not None and self.high is not None:
            raise UsageError(f"The parameter {self.name} must lie between {self.low} and {self.high}, not at {read}.")
        if below:
            raise UsageError(f"The parameter {self.name} must be at least {self.low}, not {read}.")
        if above:
            raise UsageError(f"The parameter {self.name} must be at most {self.high}, not {read}.")
        if self.kind is int and abs(read) >= MOST_WHOLE:
            low, high = 1 - MOST_WHOLE, MOST_WHOLE - 1
            raise UsageError(f"The parameter {self.name} must lie between {low} and {high}, not at {read}.")
        if self.choices is not None and read not in self.choices:
            known = ", ".join(str(choice) for choice in self.choices)
            raise UsageError(f"The parameter {self.name} must be one of {known}, not {read!r}.")
        result: T = read
        return result


def written(value: object) -> str:
    """A value as an address and a field write it; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


class Definition:
    """Something with a key, names and sentences in both languages, settings and examples.

    The first line of the docstring is the English sentence. Subclasses declare `de` (the German name) and
    `sentence_de`; `also` holds a common abbreviation.
    """

    key: ClassVar[str]
    en: ClassVar[str]
    de: ClassVar[str] = ""
    sentence_de: ClassVar[str] = ""
    also: ClassVar[str] = ""
    cited: ClassVar[str] = ""
    abstract: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.abstract = vars(cls).get("abstract", False)
        if "key" not in vars(cls):
            cls.key = key_of(cls.__name__)
        if "en" not in vars(cls):
            cls.en = title_of(cls.key)

    def __init__(self, **settings: object) -> None:
        known = type(self).settings_declared()
        for name in settings:
            if name not in known:
                names = ", ".join(known) or "none"
                raise UsageError(f"{self.key} has no parameter {name!r}.", remedy=f"Its parameters: {names}.")
        self.settings: dict[str, Any] = {
            name: setting.read(settings[name]) if name in settings else setting.default
            for name, setting in known.items()
        }

    @classmethod
    def settings_declared(cls) -> dict[str, Setting[Any]]:
        """The typed settings of this definition, in the order of their declaration."""
        found: dict[str, Setting[Any]] = {}
        for parent in reversed(cls.__mro__):
            found.update({name: v for name, v in vars(parent).items() if isinstance(v, Setting)})
        return found

    @classmethod
    def sentence(cls, language: str = "en") -> str:
        """What it means to a shop owner, one sentence."""
        if language == "de":
            return cls.sentence_de
        return inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")

    @classmethod
    def remarks(cls) -> str:
        """The docstring after its first paragraph."""
        paragraphs = inspect.cleandoc(cls.__doc__ or "").split("\n\n")
        return "\n\n".join(paragraphs[1:])

    @classmethod
    def title(cls, language: str = "en") -> str:
        """The name shown to people."""
        return cls.de if language == "de" else cls.en

    @property
    def unusual(self) -> dict[str, Any]:
        """The settings that are not as they come."""
        declared = self.settings_declared()
        return {name: value for name, value in self.settings.items() if value != declared[name].default}

    @property
    def said(self) -> dict[str, str]:
        """The same as an address writes them."""
        return {name: written(value) for name, value in self.unusual.items()}

    @property
    def address(self) -> str:
        """How numbers on a page name it: its key, and of one that is about a prediction, that with its own."""
        return self.key

    def having(self, settings: Mapping[str, object]) -> Self:
        """The same definition with other settings."""
        return type(self)(**{**self.settings, **settings})
