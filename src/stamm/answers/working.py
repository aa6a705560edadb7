"""How a number came about: the formula in words, with the real numbers, and the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stamm.answers.answer import Answer, Row
from stamm.lang.formula import Constant, Expression, Name, Operation
from stamm.lang.language import MINUS, Language
from stamm.metrics import Metric
from stamm.metrics.operands import words_of

_SIGNS = {"+": "+", "-": MINUS, "*": "\u00d7", "/": "/"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True)
class Working:
    """One line of text each: `still here / here = 600 / 1,000 = 60.0%`, and the tree for richer pictures."""

    tree: Expression
    words: Mapping[str, str]
    numbers: Mapping[str, str]
    result: str

    @property
    def in_words(self) -> str:
        """The formula with what each name means."""
        return line_of(self.tree, self.words)

    @property
    def in_numbers(self) -> str:
        """The formula with the numbers filled in."""
        return line_of(self.tree, self.numbers)

    @property
    def line(self) -> str:
        """Words, numbers and result in one line; a bare part is not repeated."""
        steps = [self.in_words, self.in_numbers, self.result]
        return " = ".join(dict.fromkeys(steps))


def operand_words(metric: Metric, language: Language) -> dict[str, str]:
    """What each operand of `value` means: a part's words, or another metric's name."""
    return {name: phrase.of(language.code) for name, phrase in words_of(metric).items()}


def unit_of(metric: Metric, name: str) -> str:
    """The unit of an operand or part."""
    declared = metric.parts()
    return declared[name].unit if name in declared else metric.catalogue[name].unit


def working_of(
    metric: Metric,
    parts: Mapping[str, float | int | None],
    value: float | int | None,
    language: Language,
    currency: str = "",
    digits: int | None = None,
) -> Working:
    """The working of one value from its operands (money in minor units where a currency is named)."""
    numbers = {name: language.value(parts.get(name), unit_of(metric, name), currency) for name in metric.operands()}
    result = language.value(value, metric.unit, currency, digits)
    tree = metric.formula()
    if isinstance(tree, Name):
        numbers = {tree.name: result}
    return Working(tree, operand_words(metric, language), numbers, result)


def working_of_row(answer: Answer, row: Row, language: Language, digits: int | None = None) -> Working:
    """The working of one row of an answer."""
    return working_of(answer.metric, row.parts, row.value, language, answer.currency, digits)


def line_of(tree: Expression, leaves: Mapping[str, str]) -> str:
    """A formula in one line, with brackets where they are needed."""
    if isinstance(tree, Name):
        return leaves.get(tree.name, tree.name)
    if isinstance(tree, Constant):
        return f"{tree.number:g}"
    assert isinstance(tree, Operation)  # there are three kinds of expression
    left = _bracketed(tree.left, leaves, _STRENGTH[tree.sign])
    right = _bracketed(tree.right, leaves, _STRENGTH[tree.sign] + (tree.sign in "-/"))
    return f"{left} {_SIGNS[tree.sign]} {right}"


def _bracketed(tree: Expression, leaves: Mapping[str, str], strength: int) -> str:
    text = line_of(tree, leaves)
    weak = isinstance(tree, Operation) and _STRENGTH[tree.sign] < strength
    return f"({text})" if weak else text
