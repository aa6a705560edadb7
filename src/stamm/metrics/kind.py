"""What a metric is: parts counted over facts, and a value computed from them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import ibis
from ibis.common.deferred import Deferred

from stamm.facts.filter import Filter
from stamm.facts.kind import Reduction
from stamm.lang.definition import Definition
from stamm.lang.example import Example
from stamm.lang.formula import Expression, Name, wrap
from stamm.lang.interval import Rule
from stamm.lang.registry import Registry
from stamm.lang.window import Window

_ = ibis._

Unit = Literal["share", "ratio", "count", "number", "money", "points", "seconds", "minutes", "hours", "days", "years"]
Better = Literal["higher", "lower", "neither"]
Pick = Callable[[Window], tuple[Window, ...]]


class WindowNames:
    """The window as a part sees it: its two moments, and other windows measured from it."""

    start: Deferred = _.window_start
    end: Deferred = _.window_end

    def trailing(self, days: int) -> Pick:
        """The `days` local days before the window's end."""
        return lambda window: (window.trailing(days),)

    def days(self) -> Pick:
        """Each local day of the window."""
        return lambda window: window.split("day")

    def whole_months(self, count: int) -> Pick:
        """The last `count` whole months that end at or before the window's end."""
        return lambda window: window.whole_before_end("month", count)


@dataclass(frozen=True)
class Over:
    """Another metric over other windows: `one` window, or the `mean`, `sum` or `mean_of_known` of several.

    A sum skips windows without a value and has none if all lack one, as does the mean of those known; a mean needs a
    value in each.
    """

    metric: str
    pick: Pick
    how: Literal["one", "mean", "sum", "mean_of_known"] = "one"

    @property
    def skips(self) -> bool:
        """Whether windows without a value are passed over."""
        return self.how in ("sum", "mean_of_known")


class MetricHandle:
    """A metric as a part of another sees it."""

    def __init__(self, key: str) -> None:
        self.key = key

    def over(self, pick: Pick) -> Over:
        """Its value over one other window."""
        return Over(self.key, pick)

    def mean_over(self, pick: Pick) -> Over:
        """The mean of its values over several windows; none unless each has one."""
        return Over(self.key, pick, "mean")

    def mean_of_known(self, pick: Pick) -> Over:
        """The mean of its values over those of several windows that have one; none if all lack one."""
        return Over(self.key, pick, "mean_of_known")

    def sum_over(self, pick: Pick) -> Over:
        """The sum of its values over several windows; those without a value are skipped."""
        return Over(self.key, pick, "sum")


@dataclass(frozen=True)
class Part:
    """A named operand: a reduction over the fact (or a metric) that its first parameter names."""

    function: Callable[..., Reduction | Over]
    en: str
    de: str
    unit: Unit

    @property
    def fact(self) -> str:
        """The key of the fact or metric the part asks."""
        return list(inspect.signature(self.function).parameters)[1]

    def words(self, language: str) -> str:
        """What the part counts, in that language."""
        return self.de if language == "de" else self.en

    def bind(self, metric: Metric, handle: Any) -> Reduction | Over:
        """The reduction for a metric with its settings."""
        takes_window = "window" in inspect.signature(self.function).parameters
        return self.function(metric, handle, WindowNames()) if takes_window else self.function(metric, handle)


def part(en: str, de: str, unit: Unit = "count") -> Callable[[Callable[..., Any]], Any]:
    """Marks a method of a metric as a part and says in both languages what it counts."""
    return lambda function: Part(function, en, de, unit)


class Metric(Definition):
    """A number about customers in a window.

    A subclass declares `de`, `sentence_de`, `unit`, `better`, its parts and `value`. `interval` names the rule
    and the parts it needs; `n` the part that counts the observations where no interval does.
    """

    abstract = True
    unit: ClassVar[Unit] = "share"
    better: ClassVar[Better] = "higher"
    family: ClassVar[str] = ""
    leads: ClassVar[bool] = False
    interval: ClassVar[Rule | None] = None
    n: ClassVar[str] = ""
    #: whether its values of windows that follow each other may be added, where its parts do not tell (`adds_up`)
    adds: ClassVar[bool] = False
    #: the facts that it is about, of all that its parts could count
    where: ClassVar[Filter] = ()
    #: where the metrics that it names are found
    catalogue: ClassVar[Registry[Metric]]
    examples: ClassVar[tuple[Example, ...]] = ()

    value: ClassVar[Callable[..., Any]]

    @classmethod
    def parts(cls) -> dict[str, Part]:
        """Declared parts by name."""
        found: dict[str, Part] = {}
        for parent in reversed(cls.__mro__):
            found.update({name: p for name, p in vars(parent).items() if isinstance(p, Part)})
        return found

    @classmethod
    def topic(cls) -> str:
        """The package the metric stands in, such as `retention`; a module without a package is its own topic."""
        return cls.__module__.split(".")[-2:][0]

    @classmethod
    def operands(cls) -> tuple[str, ...]:
        """Names `value` is computed from: parts, or keys of other metrics over the same window."""
        return tuple(inspect.signature(cls.value).parameters)[1:]

    def formula(self) -> Expression:
        """`value` as a tree of names."""
        return wrap(type(self).value(self, **{name: Name(name) for name in self.operands()}))

    @classmethod
    def counted_by(cls) -> str:
        """The part that is n, or nothing."""
        return cls.n or (cls.interval.n if cls.interval else "")
