"""What an address asks of a metric: windows, what they are compared with, a split, a filter and settings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from stamm.answers.answer import Answer
from stamm.answers.members import settled_in
from stamm.answers.side_by_side import side_by_side
from stamm.automations.alerts import GRAINS as ALERTED
from stamm.facts.filter import SEGMENT, Condition, Filter, filter_of
from stamm.lang.errors import UsageError
from stamm.metrics import Metric, family
from stamm.metrics.operands import operands_of
from stamm.people.roles import NAMES, Role
from stamm.reports.figures import BACK, Figures, Months
from stamm.reports.splits import dimensions_for, splits_by_segment
from stamm.saved.keeping import Segment
from stamm.web.desk import Opened
from stamm.web.filters import YEAR, Period
from stamm.web.reading import one_of
from stamm.web.segments import saved_now

#: what else an address of a page about a metric says; every other name is a setting of the metric
OURS = frozenset({"grain", "window", "against", "by", "where", "more", "part", "first", "name"})


@dataclass(frozen=True)
class MetricQuestion:
    """A question of one metric; settings are those that are unlike the usual, as they are written.

    Split by segments it is asked of all that are saved, whose keys, names and rules then belong to it.
    """

    key: str
    period: Period
    by: str
    where: Filter
    settings: tuple[tuple[str, str], ...]
    against: str
    segments: tuple[Segment, ...] = ()

    @classmethod
    def of(cls, key: str, given: QueryDict, opened: Opened, role: Role) -> MetricQuestion:
        """As an address says it: `where` may stand there more than once, and `more` is one condition more.

        Raises Http404 for an unknown metric; UsageError for what cannot be read, or may not be told apart by the role.
        """
        if key not in opened.answers.world.metrics:
            raise Http404
        period, kind = Period.of(given), opened.answers.world.metrics[key]
        said = {name: str(given[name]).strip() for name in given if name not in OURS}
        written = {name: text for name, text in said.items() if text}
        made, usual = kind(**written), kind()
        changed = {name: text for name, text in written.items() if made.settings[name] != usual.settings[name]}
        conditions = [text for text in (*given.getlist("where"), given.get("more", "")) if text.strip()]
        against = one_of(given, "against", (YEAR,)) if period.grain in BACK else ""
        by = given.get("by", "")
        where = settled_in(filter_of(conditions), opened.answers.world)
        segments = tuple(saved_now()) if by == SEGMENT else ()
        found = cls(key, period, by, where, tuple(sorted(changed.items())), against, segments)
        found._check(made, named=role in NAMES)
        return found

    def _check(self, made: Metric, *, named: bool) -> None:
        """Raises UsageError for what the metric cannot be told apart by, or not for somebody who may see no names."""
        possible = dimensions_for(made, personal=named)
        if self.by == SEGMENT and splits_by_segment(made):
            if not self.segments:
                raise UsageError("No segment is saved yet.", remedy="Save one on the page Segments.")
            possible = (*possible, SEGMENT)
        kept_to = (each.dimension for each in self.where if each.dimension != SEGMENT)
        for dimension in (*([self.by] if self.by else ()), *kept_to):
            if dimension not in possible:
                remedy = f"Split by one of {', '.join(possible)}." if possible else "Ask without --by."
                raise UsageError(f"{self.key} cannot be split by {dimension}.", remedy=remedy)

    def metric(self, opened: Opened) -> Metric:
        """The metric with its settings."""
        return opened.answers.world.metrics[self.key](**dict(self.settings))

    def figures(self, opened: Opened) -> Figures:
        """The metric and its family over the windows, made once of a snapshot."""
        return opened.kept(("metric figures", self), self._figures)

    def _figures(self, opened: Opened) -> Figures:
        return self._of(opened, {self.key, *self.kin(opened)})

    def _of(self, opened: Opened, keys: Collection[str]) -> Figures:
        return Figures(
            opened.answers,
            opened.project.organisation,
            self.period.until,
            self.where,
            keys=keys,
            grain=self.period.grain,
            back=BACK[self.period.grain] if self.against else 1,
            settings={self.key: dict(self.settings)},
        )

    def months(self, opened: Opened) -> Months | None:
        """The windows alone, which need not be counted."""
        return self._of(opened, ()).months

    def answer(self, opened: Opened) -> Answer | None:
        """The rows of the page, as `stamm metric` gives them; None where there are no facts."""
        months = self.figures(opened).months
        if months is None:
            return None
        if self.segments:
            names = [each.key for each in self.segments]
            return side_by_side(opened.answers, self.metric(opened), months.windows, names, by=None, where=self.where)
        return opened.answers.ask(self.metric(opened), months.windows, by=self.by or None, where=self.where)

    def kin(self, opened: Opened) -> tuple[str, ...]:
        """The keys of its family, itself among them."""
        metrics = opened.answers.world.metrics
        name = metrics[self.key].family
        return tuple(member.key for member in family(name, metrics)) if name else (self.key,)

    def counts_customers(self, opened: Opened) -> bool:
        """Whether somebody is behind it."""
        return any(part.person for part in operands_of(self.metric(opened))[0].values())

    # -- back into an address --------------------------------------------------------------------------------
    def pairs(self, months: Months | None = None, **changed: Any) -> list[tuple[str, str]]:
        """What an address says of it, without what is usual; `months` names the window that is shown.

        `changed` puts other texts in their places, None nothing; `where` may be several conditions.
        """
        window = months.now.name if months is not None else self.period.name
        found: dict[str, Any] = {
            "grain": self.period.grain,
            "window": window,
            "against": self.against,
            "by": self.by,
            "where": self.where,
            **dict(self.settings),
            **changed,
        }
        conditions = found.pop("where") or ()
        said = [(name, str(text)) for name, text in found.items() if text]
        return [*said, *(("where", str(condition)) for condition in conditions)]

    def query(self, months: Months | None = None, **changed: Any) -> str:
        """The same as text."""
        return urlencode(self.pairs(months, **changed))

    def alert_query(self) -> str:
        """What the address of a new alert says of it; empty where its windows are not watched."""
        if self.period.grain not in ALERTED:
            return ""
        settings = "\n".join(f"{name}={value}" for name, value in self.settings)
        said = [("metric", self.key), ("per", self.period.grain), ("how", "band"), ("side", "both"), ("one_in", "100")]
        kept = [("where", str(condition)) for condition in self.where]
        return urlencode([*said, *kept, *([("settings", settings)] if settings else [])])

    def others(self) -> list[tuple[str, str]]:
        """What an address says of it without its settings."""
        return [pair for pair in self.pairs() if pair not in self.settings]

    def within(self, condition: str) -> Filter:
        """Its filter and one condition more."""
        return filter_of((*self.where, Condition.parse(condition)))

    def without(self, condition: Condition) -> Filter:
        """Its filter without one condition."""
        return tuple(each for each in self.where if each != condition)
