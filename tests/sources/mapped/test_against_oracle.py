"""Any mapping of invoice lines over random lines, cut into any pieces and shuffled: the facts of the plain oracle."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamm.facts import imported
from stamm.sources.checking import Raw
from stamm.sources.mapped import Mapped, spill
from stamm.sources.reading import Piece, Reading, Rows
from tests.sources.mapped import oracle
from tests.sources.mapped.made import BERLIN, mapping_of
from tests.sources.mapped.oracle import Choices, Line, Meant

NAMES = ("Nr", "Kunde", "Zeit", "Menge", "Preis")
INVOICES = st.sampled_from(["1", "2", "3", "4", "C1", "C2", ""])
PEOPLE = st.sampled_from(["", "", "anna", "anna", "ben"])
MOMENTS = st.sampled_from(
    [
        *["05.01.2024 10:00"] * 6,
        "05.01.2024 10:01",
        "04.01.2024 23:59",
        "27.10.2024 02:30",
        "31.03.2024 02:30",
        "30.02.2024 10:00",
        "2024-01-05 10:00",
        "",
    ]
)
QUANTITIES = st.sampled_from(["1", "2", "3", "7", "1", "0", "-1", "-2", "0,5", "2,25", "", "x", "1.5"])
PRICES = st.sampled_from(["1", "9,99", "0,1", "1000", "-3", "0,335", "1,005", "123456789,01", "", "?"])


@st.composite
def files(draw: st.DrawFn) -> tuple[list[Line], list[int]]:
    """Lines as they stand in a file, and where it is cut into pieces."""
    cells = st.tuples(INVOICES, PEOPLE, MOMENTS, QUANTITIES, PRICES)
    some = draw(st.lists(cells, max_size=25))
    lines = [Line(place, *row) for place, row in enumerate(some, start=2)]
    return lines, sorted(draw(st.lists(st.integers(0, len(lines)), max_size=4)))


CHOICES = st.builds(
    Choices,
    take=st.sampled_from(["agree", "lowest", "highest"]),
    rounded=st.booleans(),
    default=st.sampled_from([None, "0", "1.5"]),
    positive=st.booleans(),
)


def toml(choices: Choices) -> str:
    """The mapping that the oracle follows."""
    default = f", default = {choices.default}" if choices.default else ""
    positive = ', { column = "Menge", above = 0 }' if choices.positive else ""
    return f"""
    decimal = ","
    dates = "%d.%m.%Y %H:%M"
    currency = "EUR"
    [orders]
    each = "Nr"
    where = [{{ column = "Nr", begins = "C", not = true }}{positive}]
    order_id = "Nr"
    customer_id = "Kunde"
    ordered_at = {{ column = "Zeit", take = "{choices.take}" }}
    amount = {{ product = ["Menge", "Preis"], round = {str(choices.rounded).lower()}, take = "sum" }}
    tax = {{ column = "Menge"{default}, round = true, take = "sum" }}
    [order_lines]
    where = [{{ column = "Nr", begins = "C", not = true }}]
    order_id = "Nr"
    line_id = {{ row = "Nr" }}
    customer_id = "Kunde"
    ordered_at = "Zeit"
    quantity = "Menge"
    amount = {{ product = ["Menge", "Preis"], round = true }}
    [returns]
    where = [{{ column = "Nr", begins = "C" }}]
    return_id = {{ column = "Nr", row = true }}
    returned_at = "Zeit"
    quantity = {{ column = "Menge", negate = true }}
    amount = {{ product = ["Menge", "Preis"], negate = true, round = true }}
    """


class Cut(Rows):
    """Lines in the pieces into which somebody has cut them."""

    def __init__(self, lines: list[Line], cuts: list[int]) -> None:
        super().__init__("till.csv", Reading(), NAMES, len(lines))
        self.lines, self.cuts = lines, cuts

    @property
    def bytes_read(self) -> int:
        return 0

    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        for start, end in zip([0, *self.cuts], [*self.cuts, len(self.lines)], strict=True):
            part = self.lines[start:end]
            cells = {
                name: [(line.invoice, line.who, line.at, line.quantity, line.price)[place] for line in part]
                for place, name in enumerate(NAMES)
            }
            columns = {name: pa.array([cell or None for cell in cells[name]], pa.string()) for name in wanted}
            yield Piece(Raw(columns, np.array([line.number for line in part], dtype=np.int64)))


def taken(
    lines: list[Line], cuts: list[int], choices: Choices, fact: str
) -> tuple[list[tuple[object, ...]], set[int], int]:
    """Rows of one fact (key columns first), lines of rejects, rows left out."""
    mapping = mapping_of(toml(choices))
    (one,) = (found for found in mapping.facts if found.fact == fact)
    rows: list[tuple[object, ...]] = []
    rejected: set[int] = set()
    left_out = 0
    columns = [name for name in imported()[fact].carried() if name in {*one.columns, "amount_minor"}]
    with tempfile.TemporaryDirectory() as folder:
        source = Mapped(mapping, Path(folder))
        for chunk in source.facts(one, Cut(lines, cuts), organisation=BERLIN, beside=Path(folder)):
            rows += [tuple(row[name] for name in columns) for row in chunk.table.to_pylist()]
            rejected |= {reject.line for reject in chunk.rejects}
            left_out += chunk.left_out
    return rows, rejected, left_out


def judge(found: tuple[list[tuple[object, ...]], set[int], int], meant: Meant, keys: int) -> None:
    rows, rejected, left_out = found
    assert len(rows) == len({row[:keys] for row in rows})
    assert {row[:keys]: row[keys:] for row in rows} == meant.facts
    assert left_out == meant.left_out
    assert rejected <= meant.aside


@pytest.mark.long
@given(files(), CHOICES)
@settings(max_examples=120)
def test_orders_are_those_of_the_oracle(file: tuple[list[Line], list[int]], choices: Choices) -> None:
    lines, cuts = file
    with patch.object(spill, "GATHERED", 1):
        found = taken(lines, cuts, choices, "orders")
    meant = oracle.orders(lines, choices)
    judge(found, meant, 1)
    # one reject for each order set aside, and one for each line of which nobody knows the order
    told = [next(line.invoice for line in lines if line.number == number) for number in found[1]]
    aside = [line.invoice for line in lines if line.number in meant.aside]
    assert sorted(name for name in told if name) == sorted({name for name in aside if name})
    assert told.count("") == aside.count("")


@pytest.mark.long
@given(files(), CHOICES, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_orders_do_not_depend_on_the_order_of_the_lines(
    file: tuple[list[Line], list[int]], choices: Choices, chance
) -> None:
    lines, cuts = file
    shuffled = lines.copy()
    chance.shuffle(shuffled)
    there, here = (taken(some, cuts, choices, "orders") for some in (lines, shuffled))
    assert sorted(there[0], key=str) == sorted(here[0], key=str)
    assert len(there[1]) == len(here[1])


@pytest.mark.long
@given(files())
@settings(max_examples=80)
def test_lines_and_returns_are_those_of_the_oracle(file: tuple[list[Line], list[int]]) -> None:
    lines, cuts = file
    with patch.object(spill, "GATHERED", 1):
        sold = taken(lines, cuts, Choices(), "order_lines")
        back = taken(lines, cuts, Choices(), "returns")
    meant = oracle.order_lines(lines)
    judge(sold, meant, 2)
    assert sold[1] == meant.aside
    judge(back, oracle.returns(lines), 1)
    assert back[1] == oracle.returns(lines).aside


def test_the_worlds_hold_what_they_are_for() -> None:
    """Each way in which the oracle and the program could differ does come up."""
    lines = [
        Line(2, "1", "anna", "05.01.2024 10:00", "3", "0,335"),
        Line(3, "2", "", "05.01.2024 10:00", "1", "1"),
        Line(4, "1", "", "05.01.2024 10:01", "1", "1"),
    ]
    assert oracle.orders(lines, Choices(rounded=True)).facts.keys() == {("2",)}
    assert oracle.orders(lines, Choices(take="lowest")).facts.keys() == {("2",)}
    both = oracle.orders(lines, Choices(take="lowest", rounded=True))
    assert both.facts["1",][2] == 101 + 100
    for choices in (Choices(), Choices(rounded=True), Choices(take="lowest", rounded=True)):
        judge(taken(lines, [1, 2], choices, "orders"), oracle.orders(lines, choices), 1)
