"""What a question may say: each parameter once, with its meaning, its form, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stamm.api.problems import Problem
from stamm.facts.filter import Condition, Filter, filter_of
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import GRAINS, Window
from stamm.people import Scope

#: days anybody can sensibly ask for
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
FORMATS = ("json", "csv", "parquet")
#: customers of one page, where nothing is said and at most
PAGE, MOST_ON_A_PAGE = 1_000, 10_000
#: where programs are used to put a token; an address is written down in many places, and so would the token be
_TOKENS = frozenset(
    ("token", "access_token", "auth", "authorization", "bearer", "key", "api_key", "apikey", "secret", "writekey")
)
_SECRET = re.compile(r"stamm_[a-z]_[\w-]{16,}")
Read = Callable[[str], Any]


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError
    return day


def _count(most: int) -> Read:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text[:12]) > most:
            raise ValueError
        return int(text)

    return read


def _one_of(choices: Sequence[str]) -> Read:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return read


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = (part.strip() for part in text.partition("="))
    if not sign or not name:
        raise ValueError
    return name, value


def _plain(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text


@dataclass(frozen=True)
class Parameter:
    """A parameter of the address: what it means, how it is written, an example; whether it may be given again."""

    name: str
    says: str
    read: Read
    schema: Mapping[str, Any]
    written: str
    many: bool = False

    @property
    def remedy(self) -> str:
        """What to do where it cannot be read."""
        return f"Write it as {self.written}."

    def value(self, texts: Sequence[str]) -> Any:
        """What was given; raises Problem naming it."""
        if len(texts) > 1 and not self.many:
            raise Problem("bad_question", f"{self.name} is given twice.", where=self.name, remedy="Give it once.")
        try:
            found = [self.read(text) for text in texts]
        except UsageError as error:
            raise Problem("bad_question", error.what, where=self.name, remedy=error.remedy) from error
        except ValueError as error:
            raise Problem(
                "bad_question", f"{self.name} cannot be that.", where=self.name, remedy=self.remedy
            ) from error
        return tuple(found) if self.many else found[0]


_TEXT = {"type": "string"}
START = Parameter(
    "from", "First day; without it, the first that the data cover.", _day, {**_TEXT, "format": "date"}, "2024-02-29"
)
END = Parameter(
    "to",
    "First day that no longer belongs to it; without it, all that the data cover.",
    _day,
    {**_TEXT, "format": "date"},
    "2024-02-29",
)
WINDOW = Parameter(
    "window",
    "One window by its name, instead of from and to: 2017, 2017-Q4, 2017-11, 2017-W46, 2017-11-24.",
    Window.parse,
    _TEXT,
    "2017-11",
)
GRAIN = Parameter("grain", "How windows are cut.", _one_of(GRAINS), {"enum": list(GRAINS)}, " or ".join(GRAINS))
BY = Parameter("by", "A dimension to split by, such as country.", _plain, _TEXT, "country")
WHERE = Parameter(
    "where",
    "Only where this holds: country=DE, channel=web,app (one of them), channel!=web (none), country= (unknown); "
    "segment=lapsed (who was in it as the window opened).",
    Condition.parse,
    {"type": "array", "items": _TEXT},
    "country=DE",
    many=True,
)
SETTINGS = Parameter(
    "param",
    "A parameter of the definition, name=value.",
    _pair,
    {"type": "array", "items": _TEXT},
    "name=value",
    many=True,
)
AS_OF = Parameter("as_of", "As it was known at the start of that day, or at that moment.", _plain, _TEXT, "2024-02-29")
ON = Parameter(
    "on",
    "At the start of that day; without it, when the data end.",
    _day,
    {**_TEXT, "format": "date"},
    "2024-02-29",
)
RULE = Parameter(
    "rule",
    "A rule of your own, a sentence in English or German or the same as JSON: of it alone is told how many are in it.",
    _plain,
    _TEXT,
    "who ordered at least 2 times in the last 90 days",
)
SNAPSHOT = Parameter(
    "snapshot",
    "Answer only from the snapshot of this number; where there is a newer one, 409.",
    _count(10**12),
    {"type": "integer", "minimum": 0},
    "12",
)
FORMAT = Parameter("format", "How the answer is written.", _one_of(FORMATS), {"enum": list(FORMATS)}, "csv")
TABLE = Parameter("table", "Which table, for csv and parquet: its name; without it, rows.", _plain, _TEXT, "rows")
ROW = Parameter(
    "who",
    "The row meant, by each of its key columns: cohort=2017-03.",
    _pair,
    {"type": "array", "items": _TEXT},
    "cohort=2017-03",
    many=True,
)
PART = Parameter("part", "Only customers whom this part of the formula counts.", _plain, _TEXT, "kept")
LIMIT = Parameter(
    "limit",
    "Customers on one page of JSON, 1,000 where nothing is said; csv and parquet have all.",
    _count(MOST_ON_A_PAGE),
    {"type": "integer", "minimum": 0, "maximum": MOST_ON_A_PAGE},
    f"a number up to {MOST_ON_A_PAGE}",
)
OFFSET = Parameter(
    "offset", "Customers to pass over, in the order of their ids.", _count(10**12), {"type": "integer"}, "1000"
)

DAYS = (START, END, WINDOW)
METRIC = (*DAYS, GRAIN, BY, WHERE, SETTINGS, AS_OF, SNAPSHOT)
ANALYSIS = (*DAYS, BY, WHERE, SETTINGS, AS_OF, SNAPSHOT)
PAGES = (LIMIT, OFFSET)


@dataclass(frozen=True)
class Asked:
    """What a question says, read: days, settings and the rest, each as what it means.

    `say` is the language of whoever reads the answer, `scope` what they may know.
    """

    key: str
    values: Mapping[str, Any]
    say: Language
    scope: Scope

    @classmethod
    def of(
        cls, key: str, given: Sequence[tuple[str, str]], takes: Sequence[Parameter], *, say: Language, scope: Scope
    ) -> Asked:
        """From names and texts; raises Problem for what is unknown, given twice or cannot be read."""
        refuse_tokens(given)
        known = {parameter.name: parameter for parameter in takes}
        texts: dict[str, list[str]] = {}
        for name, text in given:
            if name not in known:
                raise Problem(
                    "bad_question",
                    f"There is no parameter {name!r}.",
                    where=name,
                    remedy=f"Possible are: {', '.join(known)}." if known else "Ask without parameters.",
                )
            if "\0" in text:  # ends a text to some engines, and stands in none
                raise Problem("bad_question", f"{name} cannot be that.", where=name, remedy=known[name].remedy)
            texts.setdefault(name, []).append(text)
        return cls(key, {name: known[name].value(each) for name, each in texts.items()}, say, scope)

    def __getitem__(self, parameter: Parameter) -> Any:
        return self.values.get(parameter.name, () if parameter.many else None)

    @property
    def names_customers(self) -> bool:
        """Whether whoever asks may know who customers are."""
        return self.scope.covers(Scope.CUSTOMERS)

    @property
    def where(self) -> Filter:
        """What facts are kept to."""
        return filter_of(self[WHERE])

    def pairs(self, parameter: Parameter) -> dict[str, str]:
        """Names and values; raises Problem for a name given twice."""
        found: dict[str, str] = {}
        for name, value in self[parameter]:
            if name in found:
                raise Problem("bad_question", f"{name} is given twice.", where=parameter.name, remedy="Give it once.")
            found[name] = value
        return found


def refuse_tokens(given: Sequence[tuple[str, str]]) -> None:
    """Raise Problem where something in an address is, or looks like, a token."""
    for name, text in given:
        if name.lower() in _TOKENS or _SECRET.search(text) or _SECRET.search(name):
            raise Problem(
                "token_in_address",
                "A token in an address is written down wherever the address is.",
                remedy="Send it in the header Authorization, as Bearer; revoke this one, and make another.",
            )
