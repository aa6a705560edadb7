"""A formula as a person writes it: fractions with a bar, for the page and for a screen reader."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from stamm.answers.working import Working
from stamm.lang.formula import Constant, Expression, Name, Operation
from stamm.lang.language import MINUS, Language

_SIGNS = {"+": "+", "-": MINUS, "*": "\u00d7"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 3}


def formula_markup(working: Working, language: Language) -> Markup:
    """Words = numbers = result; a bare part is not repeated."""
    words, numbers = _drawn(working.tree, working.words), _drawn(working.tree, working.numbers)
    result = Markup('<span class="result">{}</span>').format(working.result)
    steps = [words]
    if working.in_numbers not in (working.in_words, working.result):
        steps.append(Markup('<span class="eq">= {}</span>').format(numbers))
    steps.append(Markup('<span class="eq">= {}</span>').format(result))
    spoken = language(
        "{formula} is {result}", formula=_spoken(working.tree, working.numbers, language), result=working.result
    )
    if not isinstance(working.tree, Operation):
        spoken = f"{working.in_words}: {working.result}"
    return Markup('<p class="formula" role="math" aria-label="{}">{}</p>').format(spoken, Markup(" ").join(steps))


def _drawn(tree: Expression, leaves: Mapping[str, str]) -> Markup:
    if isinstance(tree, Operation) and tree.sign != "/":
        return Markup('<span class="terms">{}</span>').format(_terms(tree, leaves))
    return _terms(tree, leaves)


def _terms(tree: Expression, leaves: Mapping[str, str]) -> Markup:
    if isinstance(tree, Name):
        return Markup("<span>{}</span>").format(leaves.get(tree.name, tree.name))
    if isinstance(tree, Constant):
        return Markup("<span>{}</span>").format(f"{tree.number:g}")
    assert isinstance(tree, Operation)  # there are three kinds of expression
    if tree.sign == "/":
        top, bottom = _drawn(tree.left, leaves), _drawn(tree.right, leaves)
        return Markup('<span class="frac">{}{}</span>').format(_whole(top), _whole(bottom))
    left = _bracketed(tree.left, leaves, _STRENGTH[tree.sign])
    right = _bracketed(tree.right, leaves, _STRENGTH[tree.sign] + (tree.sign == "-"))
    return Markup("{} <span>{}</span> {}").format(left, _SIGNS[tree.sign], right)


def _whole(drawn: Markup) -> Markup:
    return Markup("<span>{}</span>").format(drawn)


def _bracketed(tree: Expression, leaves: Mapping[str, str], strength: int) -> Markup:
    drawn = _terms(tree, leaves)
    weak = isinstance(tree, Operation) and _STRENGTH[tree.sign] < strength
    return Markup('<span class="bracket">({})</span>').format(drawn) if weak else drawn


def _spoken(tree: Expression, leaves: Mapping[str, str], language: Language) -> str:
    if isinstance(tree, Name):
        return leaves.get(tree.name, tree.name)
    if isinstance(tree, Constant):
        return f"{tree.number:g}"
    assert isinstance(tree, Operation)  # there are three kinds of expression
    texts = {
        "/": language("{left} divided by {right}"),
        "*": language("{left} times {right}"),
        "+": language("{left} plus {right}"),
        "-": language("{left} minus {right}"),
    }
    left, right = _spoken(tree.left, leaves, language), _spoken(tree.right, leaves, language)
    return texts[tree.sign].format(left=left, right=right)
