"""When two answers agree: counts, money, texts and moments exactly, real numbers to 1e-9."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from math import isclose, isnan
from typing import Any

from stamm.answers import Answer, Answers, TableAnswer
from stamm.lang.errors import CurrencyError, ScaleError, UsageError
from stamm.lang.window import Window

REAL = 1e-9


def differences(found: Iterable[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> list[str]:
    """What differs between rows, in any order, in the columns wanted; nothing where they agree."""
    names = sorted({name for row in wanted for name in row})
    ours = _in_order([{name: row[name] for name in names} for row in found] if names else list(found))
    theirs = _in_order(wanted)
    if len(ours) != len(theirs):
        return [f"{len(ours)} rows instead of {len(theirs)}", *(f"found {row}" for row in ours)]
    return [
        f"{name}: {mine[name]!r} instead of {other[name]!r} in {other}"
        for mine, other in zip(ours, theirs, strict=True)
        for name in names
        if not same(mine[name], other[name])
    ]


def same(mine: Any, other: Any) -> bool:
    """Whether two cells agree; a whole number may be written as a real one."""
    if isinstance(mine, float) or isinstance(other, float):
        if not (isinstance(mine, int | float) and isinstance(other, int | float)):
            return False
        return isclose(mine, other, rel_tol=REAL, abs_tol=1e-12) or (isnan(mine) and isnan(other))
    return bool(mine == other and isinstance(mine, bool) == isinstance(other, bool))


def _in_order(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows sorted by what is exact, then by the real numbers."""

    def place(row: Mapping[str, Any]) -> tuple[list[str], list[float]]:
        cells = [value for _, value in sorted(row.items())]
        reals = [value for value in cells if isinstance(value, float)]
        return [str(value) for value in cells if not isinstance(value, float)], reals

    return sorted(rows, key=place)


def told(answer: Answer | TableAnswer) -> dict[str, list[dict[str, Any]]]:
    """Every cell of an answer, by table."""
    if isinstance(answer, TableAnswer):
        return {
            name: [{field.name: _plain(getattr(row, field.name)) for field in fields(row)} for row in rows]
            for name, rows in answer.tables.items()
        }
    return {
        "rows": [
            {**{name: _plain(value) for name, value in vars(row).items() if name != "parts"}, **row.parts}
            for row in answer.rows
        ]
    }


def _plain(value: Any) -> Any:
    return str(astuple(value)) if isinstance(value, Window) else value


def asked(of: Answers, question: Callable[[Answers], Answer | TableAnswer]) -> Any:
    """What is answered: the cells, or the refusal."""
    try:
        return told(question(of))
    except (UsageError, CurrencyError, ScaleError) as error:
        return f"{type(error).__name__}: {error.what}"


def agree(ours: Answers, theirs: Answers, question: Callable[[Answers], Answer | TableAnswer], about: str) -> int:
    """Both answer the same; how many cells that were."""
    mine, other = asked(ours, question), asked(theirs, question)
    if isinstance(other, str) or isinstance(mine, str):
        assert mine == other, about
        return 0
    assert mine.keys() == other.keys()
    for name, rows in other.items():
        assert not differences(mine[name], rows), f"{about}, {name}"
    return sum(len(rows) for rows in other.values())
