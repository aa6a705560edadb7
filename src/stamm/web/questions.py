"""What an address asks of an analysis: days, a split, a filter and settings, named as the API names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, QueryDict

from stamm.analyses import ANALYSES, Analysis
from stamm.answers.table import TableAnswer
from stamm.facts import FACTS
from stamm.facts.filter import Condition, Filter, filter_of
from stamm.facts.named import columns_named
from stamm.lang.definition import written
from stamm.lang.errors import UsageError
from stamm.lang.window import Window
from stamm.people.roles import NAMES, Role
from stamm.reports.spans import usual_span
from stamm.web.desk import Opened
from stamm.web.settings_form import TAKEN

#: what an address says of a page beside the settings of an analysis
PAGE = frozenset({"more", "part", "table", "do", "kind", "what"})
MOST_WINDOWS = 1_000


@dataclass(frozen=True)
class Question:
    """A question of one analysis; it names what is kept of the answer. Without days it is about the usual ones."""

    key: str
    start: date | None
    end: date | None
    by: str
    where: Filter
    settings: tuple[tuple[str, object], ...]

    @classmethod
    def of(cls, key: str, given: QueryDict, role: Role, settings: Mapping[str, object] | None = None) -> Question:
        """As an address says it: `from`, `to`, or `window`, `by`, `where` and settings by their names.

        `settings` are those that a form has read already. Raises Http404 for an unknown analysis, UsageError for
        what cannot be read, and for what a role that sees no names may not ask about.
        """
        if key not in ANALYSES:
            raise Http404
        start, end = _days(given)
        if settings is None:
            said = given.dict()
            settings = {name: said[name] for name in said if name not in TAKEN | PAGE and str(said[name]).strip()}
        found = cls(
            key,
            start,
            end,
            given.get("by", ""),
            _filter((*given.getlist("where"), given.get("more", ""))),
            tuple(settings.items()),
        )
        _check_personal((found.by, *(each.dimension for each in found.where)), role)
        return found

    @property
    def analysis(self) -> Analysis:
        """The analysis with its settings; raises UsageError for those that it cannot have."""
        return ANALYSES[self.key](**dict(self.settings))

    @property
    def window(self) -> Window:
        """Its days, once they are known."""
        assert self.start is not None  # `settled` has seen to it
        assert self.end is not None
        return Window(self.start, self.end)

    def settled(self, opened: Opened) -> Question | None:
        """The same with days; None where the data cover none."""
        if self.start is not None and self.end is not None:
            return self
        usual = usual_span(self.analysis, opened.answers.world)
        if usual is None:
            return None
        return replace(self, start=self.start or usual.start, end=self.end or usual.end)

    def answer(self, opened: Opened) -> TableAnswer:
        """The answer, made once of a snapshot; the question has to be settled."""
        return opened.kept(("analysis", self), self.asked)

    def asked(self, opened: Opened) -> TableAnswer:
        """The answer, asked for now."""
        analysis, answers = self.analysis, opened.answers
        if len(analysis.windows(self.window)) > MOST_WINDOWS:
            raise UsageError(
                f"That would be more than {MOST_WINDOWS:,} windows.", remedy="Choose fewer days, or longer periods."
            )
        return answers.analyse(analysis, self.window, by=self.by or None, where=self.where)

    def address(self, **more: Any) -> str:
        """What leads back to it, behind the question mark; `more` is said besides, or instead."""
        said: dict[str, Any] = {
            "from": self.start or "",
            "to": self.end or "",
            "by": self.by,
            "where": [str(each) for each in self.where],
            **{name: written(value) for name, value in self.settings},
            **more,
        }
        return urlencode({name: value for name, value in said.items() if value not in ("", [])}, doseq=True)

    def without(self, condition: Condition) -> str:
        """The address of the same without one condition of its filter."""
        return replace(self, where=tuple(each for each in self.where if each != condition)).address()

    def kept_to(self, dimension: str, value: str) -> str:
        """The address of the same within one group of a dimension, not split by it any more."""
        condition = Condition(dimension, (value or None,))
        return replace(self, by="", where=filter_of((*self.where, condition))).address()

    @property
    def beside(self) -> list[tuple[str, str]]:
        """Its days, split and filter as an address says them, for a form of its settings."""
        return self.kept(*(name for name, _ in self.settings))

    def kept(self, *left: str) -> list[tuple[str, str]]:
        """Names and values of its address without some, for a form that changes those."""
        return [pair for pair in parse_qsl(self.address()) if pair[0] not in left]


def dimensions_for(analysis: Analysis, role: Role) -> tuple[str, ...]:
    """By what somebody of a role may split it."""
    customers = FACTS["customers"]
    names = customers.dimensions() if analysis.splits else ()
    return tuple(name for name in names if role in NAMES or not customers.columns()[name].personal)


def _days(given: QueryDict) -> tuple[date | None, date | None]:
    if name := given.get("window", ""):
        if given.get("from") or given.get("to"):
            raise UsageError("A window already says from when to when.", remedy="Leave out the days, or the window.")
        window = Window.parse(name)
        return window.start, window.end
    start, end = (_day(given.get(name, "")) for name in ("from", "to"))
    if start is not None and end is not None:
        Window(start, end)  # refuses what runs backwards
    return start, end


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", remedy="Write it as 2024-02-29.") from error


def _filter(texts: Iterable[str]) -> Filter:
    return filter_of([text for text in texts if text.strip()])


def _check_personal(dimensions: Iterable[str], role: Role) -> None:
    """Raises UsageError where a role that may not see names asks about what tells who somebody is, or about nothing."""
    for name in filter(None, dimensions):
        if any(column.personal for column in columns_named(name)) and role not in NAMES:
            raise UsageError(
                f"What is told by {name} may tell who somebody is.", remedy="Ask without it, or ask an owner for it."
            )
