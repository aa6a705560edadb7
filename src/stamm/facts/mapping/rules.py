"""What a mapping says: rules for columns, conditions for rows, and how cells are written.

Everything here is frozen data without a file, an engine or a clock in it. `sources/mapped` follows it over the rows
of a file; an engine may follow it over the tables of a shop. A cell means its text without the white space around
it; a cell with nothing left is empty.

What is done with a row, in this order: `where` keeps it or leaves it out; each column of the fact is filled by its
`Rule`; with `each`, rows that are equal there become one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Take = Literal["agree", "sum", "lowest", "highest"]
Test = Literal["is", "begins", "contains", "above", "below", "empty"]

TAKES: tuple[Take, ...] = ("agree", "sum", "lowest", "highest")
TESTS: tuple[Test, ...] = ("is", "begins", "contains", "above", "below", "empty")
JOIN = "-"


@dataclass(frozen=True)
class Writing:
    """How cells are written, in a whole mapping. Cells that are numbers or moments by type need none of it.

    `decimal` is "." or ","; `thousands` is "", ".", ",", " " or "'". `dates` are formats such as `%d.%m.%Y %H:%M`,
    tried in turn; without any, moments and days are ISO 8601. `time_zone` is that of moments without one, `currency`
    that of money without a rule for `currency`; without them, the organisation's hold.
    """

    decimal: str = "."
    thousands: str = ""
    dates: tuple[str, ...] = ()
    time_zone: str = ""
    currency: str = ""

    def table(self) -> dict[str, Any]:
        """As it stands in stamm.toml: only what is not so anyway."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return given | ({"dates": _one_or_list(self.dates)} if self.dates else {})


@dataclass(frozen=True)
class Condition:
    """What must be so of a cell for its row, or for a rule, to count.

    `is`, `begins` and `contains`: one of `values`, upper and lower case told apart. `above` and `below`: the number in
    the cell is more or less than the one value (with a decimal point); an empty cell is neither, and one that is no
    number makes the row unsound. `empty`: nothing is in it. `negated` turns the answer around.
    """

    column: str
    test: Test
    values: tuple[str, ...] = ()
    negated: bool = False

    def table(self) -> dict[str, Any]:
        """As it stands in stamm.toml."""
        value: Any = True if self.test == "empty" else _one_or_list(self.values)
        if self.test in {"above", "below"}:
            value = float(value) if "." in value else int(value)
        return {"column": self.column, self.test: value} | ({"not": True} if self.negated else {})


@dataclass(frozen=True)
class Rule:
    """How one column of a fact is filled.

    The value is one of: the cell of `columns` (several are joined with `join` between them; with one of them empty,
    so is the value); the `product` of several; a `constant`; the number of the `row`. With `columns` and `row`, the
    number stands behind them, joined as well.

    Then, in this order: `words` puts another word for a cell (an empty one: nothing); it is read in the type of the
    fact's column, moments and days by `dates` where they are given (else by the mapping's); the numbers in `plus` are
    added and those in `less` taken off, empty ones aside; in rows for which not all of `where` holds, it is empty; an
    empty value becomes `default`; `negate` turns its sign around; `round` rounds money to whole minor units, halves
    away from zero.
    `constant`, `default` and the new `words` are as canonical files write them: decimal point, ISO 8601, true, false.

    With `through`, the name of another mapping, the cell is the number of an order, and the value the customer of that
    order as that mapping tells it; nothing where the order is unknown.

    With `each`, `take` says what becomes of several rows: they `agree` (empty cells aside), or their `sum`, the
    `lowest` or the `highest` of them counts. To be added up, a cell must be filled in every row, or in none.
    """

    columns: tuple[str, ...] = ()
    join: str = JOIN
    product: tuple[str, ...] = ()
    constant: str | None = None
    #: `True`: the line of the file (in workbooks and Parquet the number of the row); names of columns: 1, 2, 3 ...
    #: among the rows that are equal there, in their order, rows left out by `where` not counted
    row: bool | tuple[str, ...] = False
    words: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    plus: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    default: str | None = None
    negate: bool = False
    round: bool = False
    take: Take = "agree"
    through: str = ""

    @property
    def made_of(self) -> tuple[str, ...]:
        """The columns whose cells make the value, each once."""
        numbered = self.row if isinstance(self.row, tuple) else ()
        return tuple(dict.fromkeys((*self.columns, *self.product, *numbered, *self.plus, *self.less)))

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns it reads, each once."""
        return tuple(dict.fromkeys((*self.made_of, *(condition.column for condition in self.where))))

    def table(self) -> str | dict[str, Any]:
        """As it stands in stamm.toml: the name of a column where nothing else is said, else a table."""
        found: dict[str, Any] = {}
        if self.columns:
            found["column" if len(self.columns) == 1 else "columns"] = _one_or_list(self.columns)
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "columns" or value == one.default or value in ((), {}):
                continue
            if one.name == "where":
                found["where"] = [condition.table() for condition in self.where]
                continue
            short = one.name in {"row", "dates", "plus", "less"} and isinstance(value, tuple)
            found[one.name] = _one_or_list(value) if short else _plain(value)
        return self.columns[0] if list(found) == ["column"] else found


@dataclass(frozen=True)
class FactMapping:
    """How rows become one kind of fact.

    `columns` has a rule for each column filled, by its name in facts.md; money under its own name is whole minor units,
    and without `_minor` (`amount`) major units. All of `where` must hold. Rows equal in the columns `each` become one;
    one unsound row among them makes all of them unsound. `origin` is the sheet of a workbook or the table of a database
    (`from` in stamm.toml), empty where there is just one.
    """

    fact: str
    columns: Mapping[str, Rule]
    where: tuple[Condition, ...] = ()
    each: tuple[str, ...] = ()
    origin: str = ""
    writing: Writing = field(default_factory=Writing)

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns it reads, each once, in no particular order."""
        ruled = [name for rule in self.columns.values() for name in rule.needs]
        return tuple(dict.fromkeys((*self.each, *(one.column for one in self.where), *ruled)))

    def table(self) -> dict[str, Any]:
        """As it stands in stamm.toml, but for `writing`, which is said once for the whole mapping."""
        found: dict[str, Any] = {"from": self.origin} if self.origin else {}
        if self.each:
            found["each"] = _one_or_list(self.each)
        if self.where:
            found["where"] = [condition.table() for condition in self.where]
        return found | {name: rule.table() for name, rule in self.columns.items()}


def mapping_table(facts: Sequence[FactMapping]) -> dict[str, Any]:
    """The facts of one mapping as they stand in stamm.toml below `[mapping.NAME]`; `parse_mapping` reads it back."""
    return facts[0].writing.table() | {mapping.fact: mapping.table() for mapping in facts}


def _one_or_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value
