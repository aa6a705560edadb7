"""What an analysis is: a question whose answer is a table, or a few of them.

An analysis states Ibis queries over facts, so that all heavy work is the engine's, and arranges their small
results in plain Python. Of the world it knows only its `Question`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, Self, TypeVar, dataclass_transform

import ibis.expr.types as ir
import pyarrow as pa

from stamm.lang.definition import Definition
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.example import TableExample
from stamm.lang.organisation import Organisation
from stamm.lang.phrase import Phrase
from stamm.lang.registry import Registry
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric
from stamm.metrics.kind import Unit

T = TypeVar("T")

#: units of metrics, and what else stands in a table; `own` is the unit in the row's column `unit`
#: `difference` is one of two shares, told in percentage points
ColumnUnit = Unit | Literal["difference", "text", "window", "flag", "own"]
Weights = Mapping[str, float]
Customers = frozenset[str]
#: the main table of every answer
ROWS = "rows"


@dataclass(frozen=True)
class Column:
    """A column of a table: what it says in both languages, and its unit. Key columns tell the rows apart.

    A `detail` is for programs: where rows are lines for people, it is left out. A `personal` column names customers:
    who may not know who they are gets it empty.
    """

    name: str
    words: Phrase
    unit: ColumnUnit
    key: bool
    detail: bool
    personal: bool


def column(
    en: str, de: str, unit: ColumnUnit, *, key: bool = False, detail: bool = False, personal: bool = False
) -> Any:
    """Makes a field of a row a column of the table."""
    return field(metadata={"words": Phrase(en, de), "unit": unit, "key": key, "detail": detail, "personal": personal})


@dataclass_transform(frozen_default=True, field_specifiers=(column,))
def row(cls: type[T]) -> type[T]:
    """Makes a class the row of a table; each of its fields is a column."""
    return dataclass(frozen=True)(cls)


@dataclass(frozen=True)
class Matrix:
    """How rows are laid out for people: one column down, one across, one shown, and one beside the first.

    `to` names the column that holds the last of several values across; `total` the table with a last line for all.
    """

    down: str
    across: str
    shown: str
    beside: str = ""
    to: str = ""
    total: str = ""


class Fraction(NamedTuple):
    """How a value came about: two columns, and what each of them counts."""

    above: str
    above_words: Phrase
    below: str
    below_words: Phrase


class Behind(NamedTuple):
    """The customers behind a row, sorted: who counts in it, and who could have and does not.

    `parts` tells all of them apart by what they are in it, where that is more than a yes or no.
    """

    counted: tuple[str, ...]
    others: tuple[str, ...]
    parts: tuple[tuple[Phrase, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Found:
    """The rows of each table, and what has to be said about them.

    `left_out` counts rows of facts that were passed over, by what they are.
    """

    tables: Mapping[str, Sequence[Any]]
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Phrase, ...] = ()


class MetricRow(Protocol):
    """What is known of a metric in one window."""

    @property
    def window(self) -> Window: ...
    @property
    def value(self) -> float | None: ...
    @property
    def n(self) -> int | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def complete(self) -> bool: ...
    @property
    def reason(self) -> str: ...


class MetricRows(Protocol):
    """A metric over the windows of a question."""

    @property
    def rows(self) -> Sequence[MetricRow]:
        """One row a window."""

    @property
    def as_of(self) -> datetime | None:
        """The moment up to which its facts are known."""


class Known(Protocol):
    """What may be known of the world: facts, over some windows of days."""

    @property
    def windows(self) -> tuple[Window, ...]:
        """The span asked for, as the analysis cuts it."""

    @property
    def organisation(self) -> Organisation:
        """The settings that numbers depend on."""

    @property
    def as_of(self) -> datetime | None:
        """The moment (UTC) up to which all facts of the analysis are known; None where one was never imported."""

    def __getitem__(self, fact: str) -> ir.Table:
        """A fact's rows, imported or derived, money in the reported currency (`foreign` where there is no rate)."""

    def visits_since(self, fact: str, day: date) -> ir.Table:
        """The rows of `sessions` or `session_events`, of visits that begin on a local day or later.

        There may be rows of earlier visits, which are not whole: whoever asks leaves them out by `started_at`.
        """

    def keeps(self, fact: str) -> bool:
        """Whether a derived fact need not be made for this question, and tells apart all that it is filtered by."""

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The table with `group_value`: the customer's attribute at the moment in column `at`, or null.

        It keeps the rows whose customers lie within the filter, so every analysis that splits calls it, split or not.
        """


class Classes(Protocol):
    """Customers by classes: in one are those whom some metrics count alike."""

    def weighed(self, metric: Metric) -> tuple[Weights, Weights] | None:
        """How much each customer of a class adds above and below the line; None where nobody can be named."""

    def counted_as(self, metric: Metric) -> Mapping[Phrase, Customers]:
        """The classes of each count that a metric is made of, by what its customers were counted as."""

    def count(self, classes: Iterable[str]) -> int:
        """How many customers some classes have together."""

    def first(self, classes: Iterable[str]) -> tuple[str, ...]:
        """The first few of their customers, by their keys."""


class Question(Known, Protocol):
    """What an analysis is asked, and all it may ask of the world."""

    @property
    def by(self) -> str | None:
        """The dimension of customers by which the answer is split."""

    def covered(self, facts: Sequence[str]) -> tuple[date, date] | None:
        """First and last local day that all of these facts cover; None where one was never imported."""

    def whole(self, fact: str) -> ir.Table:
        """All rows of a fact, which says more of those whose rows of another are within the filter."""

    def run(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression."""

    def table(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression as columns, where there are many."""

    def foreign_money(self, fact: str) -> CurrencyError:
        """The refusal to add up money, naming what the fact holds in other currencies."""

    # -- of metrics ------------------------------------------------------------------
    def ask(self, metrics: Sequence[Metric]) -> Sequence[MetricRows]:
        """Metrics over the windows, asked together."""

    def alike(self, metrics: Sequence[Metric], window: Window) -> Classes:
        """The customers behind some metrics, those together whom all of them count alike."""


class Analysis(Definition):
    """A question whose answer is a table.

    A subclass declares `de`, `sentence_de`, the row types of its tables (`rows` first), the facts it reads and
    `answer`. Its settings are all it is told besides the span of days and the dimension to split by.
    """

    abstract = True
    tables: ClassVar[Mapping[str, type]]
    #: those of them whose rows have customers behind them
    named: ClassVar[tuple[str, ...]] = (ROWS,)
    matrix: ClassVar[Matrix | None] = None
    #: whether the answer can be split by a dimension of customers
    splits: ClassVar[bool] = True
    #: words for codes in a column `reason` that are the analysis's own
    reasons: ClassVar[Mapping[str, Phrase]] = {}
    examples: ClassVar[tuple[TableExample, ...]] = ()

    #: the metrics that its settings may name
    metrics: Registry[Metric] = METRICS

    def knowing(self, metrics: Registry[Metric], known: Collection[str] = ()) -> Self:
        """The same analysis where there are these metrics, an organisation's own among them, and these facts."""
        found = type(self)(**{**self.settings, **self.fitting(known)})
        found.metrics = metrics
        return found

    def fitting(self, known: Collection[str]) -> Mapping[str, object]:
        """The settings that fit, where these kinds of facts are all there is and its own have nothing to go by."""
        del known
        return {}

    def facts(self) -> tuple[str, ...]:
        """Keys of the facts it reads under its settings."""
        raise NotImplementedError

    def beside(self) -> tuple[str, ...]:
        """Keys of facts it reads where there are any; they do not say how far the answer reaches."""
        return ()

    def windows(self, span: Window) -> tuple[Window, ...]:
        """The span as the analysis cuts it; uncut unless it says otherwise."""
        return (span,)

    def answer(self, question: Question) -> Found:
        """The rows of its tables."""
        raise NotImplementedError

    def fraction(self) -> Fraction | None:
        """How the value of a row came about under these settings, where it is one number divided by another."""
        return None

    def customers(self, question: Question, row: Any) -> Behind:
        """The customers behind one row of its answer; raises UsageError where nobody can be named."""
        raise UsageError(f"{self.title()} does not count customers one by one, so that nobody can be named.")

    def unit_of(self, column: Column) -> ColumnUnit:
        """The unit of a column under these settings."""
        return column.unit

    def columns(self, table: str = ROWS) -> tuple[Column, ...]:
        """The columns of one of its tables."""
        found = (Column(each.name, **each.metadata) for each in fields(type(self).tables[table]))
        return tuple(replace(each, unit=self.unit_of(each)) for each in found)
