"""Formulas: written once as `value`, run on numbers and on columns, and read back as a formula.

`share` and `ratio` are the only divisions. Both give no value where the denominator is zero or unknown.
A share is a part of a whole (shown in percent); a ratio is anything divided by anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import pandas as pd

Scalar = int | float | None
T = TypeVar("T")


class Expression:
    """A formula as a tree, made by calling `value` with names instead of numbers."""

    def __add__(self, other: Any) -> Expression:
        return Operation("+", self, wrap(other))

    def __radd__(self, other: Any) -> Expression:
        return Operation("+", wrap(other), self)

    def __sub__(self, other: Any) -> Expression:
        return Operation("-", self, wrap(other))

    def __rsub__(self, other: Any) -> Expression:
        return Operation("-", wrap(other), self)

    def __mul__(self, other: Any) -> Expression:
        return Operation("*", self, wrap(other))

    def __rmul__(self, other: Any) -> Expression:
        return Operation("*", wrap(other), self)


@dataclass(frozen=True, eq=False)
class Name(Expression):
    """A part or metric named in a formula."""

    name: str


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """A number written into a formula."""

    number: int | float


@dataclass(frozen=True, eq=False)
class Operation(Expression):
    """`left sign right`; the sign is one of + - * or, for share and ratio, /."""

    sign: str
    left: Expression
    right: Expression


def wrap(value: Any) -> Expression:
    """The value itself if it is an expression, else a constant."""
    return value if isinstance(value, Expression) else Constant(value)


def _divide(top: Any, bottom: Any) -> Any:
    if isinstance(top, Expression) or isinstance(bottom, Expression):
        return Operation("/", wrap(top), wrap(bottom))
    if isinstance(bottom, pd.Series):
        known = bottom.astype("Float64").mask(bottom == 0)
        return (pd.NA if top is None else top) / known
    if isinstance(top, pd.Series):
        return top.astype("Float64") / (pd.NA if bottom is None or bottom == 0 else bottom)
    if top is None or bottom is None or bottom == 0:
        return None
    return top / bottom


@overload
def share(part: Expression, whole: Expression) -> Expression: ...
@overload
def share(part: Any, whole: Any) -> Any: ...
def share(part: Any, whole: Any) -> Any:
    """`part` of `whole`; no value when the whole is zero or unknown."""
    return _divide(part, whole)


@overload
def ratio(top: Expression, bottom: Expression) -> Expression: ...
@overload
def ratio(top: Any, bottom: Any) -> Any: ...
def ratio(top: Any, bottom: Any) -> Any:
    """`top` per `bottom`; no value when the bottom is zero or unknown."""
    return _divide(top, bottom)


def names_in(expression: Expression) -> tuple[str, ...]:
    """Names in a formula, in the order of reading, each once."""
    if isinstance(expression, Name):
        return (expression.name,)
    if isinstance(expression, Operation):
        both = (*names_in(expression.left), *names_in(expression.right))
        return tuple(dict.fromkeys(both))
    return ()


def quotient_of(expression: Expression) -> tuple[Expression, Expression, Expression]:
    """(factor, numerator, denominator) of a formula of the form factor x (numerator / denominator).

    A formula without a division has denominator 1; one with several raises ValueError.
    """
    one: Expression = Constant(1)
    if isinstance(expression, Operation) and expression.sign == "/":
        if divides(expression.left) or divides(expression.right):
            raise ValueError("more than one division")
        return one, expression.left, expression.right
    if isinstance(expression, Operation) and expression.sign == "*":
        if isinstance(expression.left, Constant):
            factor, top, bottom = quotient_of(expression.right)
            if isinstance(factor, Constant):
                return Constant(expression.left.number * factor.number), top, bottom
        raise ValueError("more than one division or a product of parts")
    if divides(expression):
        raise ValueError("a division within a sum")
    return one, expression, one


def divides(expression: Expression) -> bool:
    """Whether a division occurs anywhere in the formula."""
    return isinstance(expression, Operation) and (
        expression.sign == "/" or divides(expression.left) or divides(expression.right)
    )


def weights_of(expression: Expression) -> dict[str, float]:
    """How much each name adds to a linear formula (`end - new` gives end: 1, new: -1).

    Raises ValueError where the formula is not linear in its names.
    """
    if isinstance(expression, Name):
        return {expression.name: 1.0}
    if isinstance(expression, Constant):
        return {}
    if not isinstance(expression, Operation) or expression.sign == "/":
        raise ValueError("not linear")
    if expression.sign == "*":
        if isinstance(expression.left, Constant):
            return _scaled(weights_of(expression.right), expression.left.number)
        raise ValueError("not linear")
    sign = 1.0 if expression.sign == "+" else -1.0
    total = dict(weights_of(expression.left))
    for name, weight in _scaled(weights_of(expression.right), sign).items():
        total[name] = total.get(name, 0.0) + weight
    return total


def _scaled(weights: Mapping[str, float], factor: float) -> dict[str, float]:
    return {name: weight * factor for name, weight in weights.items()}
