"""Workbooks as people make them: a title, a date and an empty row before the names of the columns."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources.guessing import propose

SHOP = Organisation(zone="Europe/Berlin", currency="EUR")
ABOVE = (["Orders of the shop"], ["as of", date(2024, 3, 1)], [])
NAMES = ["Order number", "Customer number", "Order date", "Total"]


def workbook(folder: Path, above: tuple[list[object], ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (*above, NAMES):
        sheet.append(row)
    for number in range(1, 31):
        sheet.append([f"A-{number}", f"K-{number % 7}", date(2024, 1, number), 10 + number / 4])
    path = folder / "orders-of-january.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(("above", "heading"), [((), None), (ABOVE, 4), (ABOVE[:1], 2)])
def test_the_heading_is_found_below_titles(
    tmp_path: Path, above: tuple[list[object], ...], heading: int | None
) -> None:
    proposal = propose(workbook(tmp_path, above), SHOP)
    assert proposal.reading.heading == heading
    assert list(proposal.sample.columns) == NAMES
    assert proposal.sample.rows == 30
    orders = next(draft for draft in proposal.drafts if draft.fact == "orders")
    assert not orders.lacks()


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "orders.csv")
    with pytest.raises(InputError):
        propose(tmp_path / "orders.csv", SHOP)
