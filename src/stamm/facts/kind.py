"""What a fact is: imported or derived, its columns, its clocks, and how its rows are counted.

A bound fact (an instance) is what a metric's part receives. Its columns are Ibis columns to come
(`Deferred`), its verbs give reductions; nothing is computed until `answers` plans all parts together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from inspect import isfunction
from typing import Any, ClassVar, Literal, Protocol, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.common.deferred import Deferred

from stamm.facts.columns import ARROW, Column, day_column, flag, moment, moment_column, text
from stamm.lang.definition import Definition
from stamm.lang.example import TableExample, VerbExample

_ = ibis._

How = Literal["count", "sum", "distinct", "most", "median"]
WINDOW = "window_number"
GROUP = "group_value"


@dataclass(frozen=True)
class Scope:
    """Which rows a window sees: those whose clock lies in it, or all up to its end."""

    clock: str
    so_far: bool = False


@dataclass(frozen=True)
class Reduction:
    """A filtered reduction over one fact, still to be planned.

    `empty` is the answer where the fact is covered but has no row: 0 for counts and sums.
    `person` marks counts of customers: rows without a customer are skipped and told.
    `money` marks sums of money: rows of a currency without a rate refuse the answer. `scores` marks sums of scores:
    rows on different scales refuse it.
    `back_days` is how far before the window's end it looks: where the data begin later, in mid-life, nobody can tell.
    """

    fact: str
    scope: Scope
    how: How
    column: Deferred | None = None
    where: Deferred | None = None
    person: bool = False
    money: bool = False
    scores: bool = False
    empty: int | None = 0
    back_days: int = 0

    @property
    def identity(self) -> str:
        """Equal for reductions that give equal numbers."""
        more = f"{self.money} {self.scores} {self.empty}"
        return f"{self.fact} {self.scope} {self.how} {self.column!r} {self.where!r} {more}"


class Windowing(Protocol):
    """What a fact derived a window at a time may ask of the plan."""

    @property
    def windows(self) -> ir.Table:
        """One row a window: window_number, window_start, window_end (moments, cut at as_of)."""

    def grouped(self, table: ir.Table, at: str) -> ir.Table:
        """The table with `group_value`: the customer's attribute at the moment in column `at`, or null."""


class FactTables(Protocol):
    """Tables of other facts by key, and the organisation's settings."""

    def __getitem__(self, key: str) -> ir.Table: ...

    @property
    def rules(self) -> SpellRules:
        """How spells and sessions are cut."""

    def keeps(self, key: str) -> bool:
        """Whether a fact is there already, so that to ask for it costs little."""


class SpellRules(Protocol):
    """The settings that derived facts depend on."""

    @property
    def spell_rule(self) -> str:
        """`orders`, `subscriptions` or `activity`."""

    @property
    def lapse_days(self) -> int:
        """Days of silence after which a customer has left."""

    @property
    def session_minutes(self) -> int:
        """Minutes of silence after which a new session begins."""

    @property
    def as_of(self) -> Any:
        """The moment (UTC) up to which all is known."""


class Fact(Definition):
    """Rows about customers, each placed in time by a clock."""

    abstract = True
    clock: ClassVar[str] = ""
    per_window: ClassVar[bool] = False
    examples: ClassVar[tuple[TableExample | VerbExample, ...]] = ()

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope or Scope(moment_column(self.clock))

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def name_in(cls, language: str) -> str:
        """The name shown to people; `title` may be one of its columns."""
        return cls.de if language == "de" else cls.en

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """All declared columns in the order of declaration."""
        found: dict[str, Column] = {}
        for parent in reversed(cls.__mro__):
            found.update({name: v for name, v in vars(parent).items() if isinstance(v, Column)})
        return found

    @classmethod
    def dimensions(cls) -> tuple[str, ...]:
        """Columns by which answers may be split."""
        return tuple(name for name, column in cls.columns().items() if column.dimension)

    @classmethod
    def verbs(cls) -> dict[str, Callable[..., Deferred | Reduction]]:
        """What can be said of the fact beyond what can be said of every fact, by name."""
        own = (parent for parent in reversed(cls.__mro__) if issubclass(parent, Fact) and parent not in _EVERY)
        return {
            name: value
            for parent in own
            for name, value in vars(parent).items()
            if isfunction(value) and not name.startswith("_")
        }

    # -- which rows ------------------------------------------------------------------
    def by(self, clock: Column | str) -> Self:
        """The same fact placed in time by another of its clocks."""
        name = clock if isinstance(clock, str) else clock.name
        return type(self)(replace(self.scope, clock=moment_column(name)))

    def so_far(self) -> Self:
        """All rows up to the window's end, not only those in the window."""
        return type(self)(replace(self.scope, so_far=True))

    # -- what is made of them --------------------------------------------------------
    def count(self, where: Deferred | None = None) -> Reduction:
        """How many rows."""
        return Reduction(self.key, self.scope, "count", where=where)

    def sum(self, column: Deferred, where: Deferred | None = None, *, empty: int | None = 0) -> Reduction:
        """Sum of a column; null cells count for nothing."""
        return Reduction(self.key, self.scope, "sum", column, where, empty=empty)

    def money(self, column: Deferred, where: Deferred | None = None) -> Reduction:
        """Sum of money in the reported currency, minor units."""
        return Reduction(self.key, self.scope, "sum", column, where, money=True)

    def scores(self, column: Deferred, where: Deferred | None = None) -> Reduction:
        """Sum of scores, all on one scale (`scale_min` to `scale_max`)."""
        return Reduction(self.key, self.scope, "sum", column, where, scores=True)

    def distinct(self, column: Deferred, where: Deferred | None = None) -> Reduction:
        """How many different values, null not counted."""
        return Reduction(self.key, self.scope, "distinct", column, where)

    def customers(self, where: Deferred | None = None) -> Reduction:
        """How many different customers; rows without a customer are skipped and told."""
        return Reduction(self.key, self.scope, "distinct", _.customer_id, where, person=True)

    def most(self, column: Deferred, where: Deferred | None = None) -> Reduction:
        """The largest value of a column; none without rows."""
        return Reduction(self.key, self.scope, "most", column, where, empty=None)

    def median(self, column: Deferred, where: Deferred | None = None) -> Reduction:
        """The middle value of a column, between the two middle ones of an even number; none without rows."""
        return Reduction(self.key, self.scope, "median", column, where, empty=None)


class Imported(Fact):
    """A fact kind that is taken in and stored."""

    abstract = True
    key_columns: ClassVar[tuple[str, ...]] = ()
    #: what may place a row in a window, the first one its month, too. Beside a moment its local day is kept
    #: (`ordered_at` -> `ordered_on`), beside a day its first instant (`incurred_on` -> `incurred_at`)
    clocks: ClassVar[tuple[str, ...]] = ()
    #: moments that come true when the row is there already, such as an answer or an end: they show how far the
    #: data reaches, and are empty while as_of lies before them
    reaches: ClassVar[tuple[str, ...]] = ()
    #: whether it knows of nothing but what came before its clock, so that one of the very moment as_of is known then
    foretold: ClassVar[bool] = False
    #: whether a row may be known before its clock: a gathering is, an order is not
    planned: ClassVar[bool] = False
    #: a row must carry at least one of these
    one_of: ClassVar[tuple[str, ...]] = ()

    source = text("which import or endpoint brought the row")
    received_at = moment("when the row was received", required=True)
    simulated = flag("made data", required=True)

    SYSTEM = ("source", "received_at", "simulated")

    @classmethod
    def carried(cls) -> dict[str, Column]:
        """Columns a source fills: all but those the store adds."""
        return {name: column for name, column in cls.columns().items() if name not in Imported.SYSTEM}

    @classmethod
    def computed(cls) -> dict[str, str]:
        """Columns the store keeps beside the clocks -> the clock: a moment's local day, a day's first instant."""
        own = cls.carried()
        both = [(name, clock) for clock in cls.clocks for name in (moment_column(clock), day_column(clock))]
        return {name: clock for name, clock in both if name not in own}

    @classmethod
    def schema(cls) -> pa.Schema:
        """The Arrow schema of the stored table: carried, system and computed columns, and `month`."""
        own = cls.carried()
        fields = [
            pa.field(name, column.arrow)
            for name, column in {**own, **{n: cls.columns()[n] for n in Imported.SYSTEM}}.items()
        ]
        fields += [pa.field(name, ARROW["day" if name == day_column(name) else "moment"]) for name in cls.computed()]
        fields.append(pa.field("month", pa.string()))
        return pa.schema(fields)


class Derived(Fact):
    """A fact computed from others, never imported.

    `needs` names the facts it is made from; `derive` makes it. With `per_window` it has one row a window
    and something (then the scope plays no part), and carries `window_number` and `group_value`.
    """

    abstract = True
    #: facts that fill in attributes but do not say how far the data reaches
    side_needs: ClassVar[tuple[str, ...]] = ()
    #: the fact whose rows these are, with fewer columns and for less: what asks only of these is asked here
    narrows: ClassVar[str] = ""

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        """Keys of the facts it is made from."""
        raise NotImplementedError

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        """The table; `windowing` is used by facts made per window only."""
        raise NotImplementedError

    @classmethod
    def stands_for(cls) -> Iterator[tuple[Reduction, Reduction]]:
        """Pairs of a reduction of a larger fact and one of this fact that is equal to it over whole local days."""
        return iter(())


class Kept(Derived):
    """A derived fact that may be kept in files, so that not every question makes it anew.

    What is kept is what `derive` gives, in the declared columns and no others. With `cut_by`, the rows of a
    local day are made from facts of that day alone: they are kept by month, and a change makes only its days
    again. Where a customer's rows are made from facts of that customer alone (`by_customer`), they are kept in one
    file, and a change makes only theirs again. Else all rows are made whenever something has changed; that suits few.
    """

    abstract = True
    #: the column with the local day
    cut_by: ClassVar[str] = ""
    by_customer: ClassVar[bool] = False
    #: settings of the organisation on which the rows depend
    depends_on: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def is_kept(cls, rules: SpellRules) -> bool:
        """Whether it is kept under these settings; else it is made at the question."""
        return True

    @classmethod
    def schema(cls) -> pa.Schema:
        """The Arrow schema of the files."""
        return pa.schema([pa.field(name, column.arrow) for name, column in cls.columns().items()])


_EVERY = (Fact, Imported, Derived, Kept)
