"""The words beside a number: its change, interval, n, and why it is not there."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.answers.answer import Row
from stamm.answers.working import operand_words
from stamm.answers.world import World
from stamm.facts import FACTS
from stamm.lang.errors import CurrencyError, ScaleError, UsageError
from stamm.lang.formula import Expression, Operation, names_in
from stamm.lang.interval import AdjustedWald, Mean, Wilson
from stamm.lang.language import Language
from stamm.lang.reasons import CUT_HISTORY, LOOKS_BACK, NO_FACTS, NO_MEMBERS, NOT_BEGUN, OUTSIDE
from stamm.lang.window import Window
from stamm.metrics import Metric
from stamm.reports.change import Change, Judgement
from stamm.reports.figures import Figure
from stamm.reports.marked import exactly, filled

_LOOKS: dict[Judgement, str] = {"better": "better", "worse": "worse"}


@dataclass(frozen=True)
class ChangeWords:
    """`−1.2 points, worse` and `than in September`; the class for its looks and the direction of its arrow."""

    text: str
    beside: str
    looks: str
    arrow: str


class Words:
    """Words of one report in one language."""

    def __init__(self, language: Language, world: World) -> None:
        self.language, self.world = language, world

    def value(self, value: float | None, metric: Metric, currency: str, digits: int | None = None) -> str:
        """The value in its unit."""
        return self.language.value(value, metric.unit, currency, digits)

    def change(
        self, change: Change, metric: Metric, currency: str, before: Window, *, far: bool = False
    ) -> ChangeWords:
        """A change in words; `far` where the window before has to be named with its year."""
        say = self.language
        month = say.period(before, year=far)
        amount = self.amount(change, metric, currency)
        beside = say("against {month}", month=month)
        arrow = "up" if change.difference > 0 else "down"
        if change.judgement == "same":
            return ChangeWords(say("unchanged"), beside, "", "flat")
        if change.judgement == "unclear":
            return ChangeWords(filled(say("{change}, no clear change"), change=amount), beside, "", "flat")
        if change.judgement == "better":
            told = filled(say("{change}, better"), change=amount)
            return ChangeWords(told, say("than in {month}", month=month), "better", arrow)
        if change.judgement == "worse":
            told = filled(say("{change}, worse"), change=amount)
            return ChangeWords(told, say("than in {month}", month=month), "worse", arrow)
        return ChangeWords(amount, beside, "", arrow)

    def amount(self, change: Change, metric: Metric, currency: str) -> str:
        """How much it changed, signed: totals of money in percent, everything else in its unit."""
        if metric.unit == "money" and metric.interval is None and change.relative is not None:
            return exactly(change.relative, self.language.percent(change.relative, signed=True))
        return exactly(change.difference, self.language.change(change.difference, metric.unit, currency))

    def interval(self, low: float | None, high: float | None, metric: Metric, currency: str) -> str:
        """91.4% to 92.9%, or nothing."""
        if low is None or high is None:
            return ""
        low, high = (self.value(end, metric, currency) for end in (low, high))  # type: ignore[assignment]
        return f"{low} {self.language('to')} {high}"

    def no_interval(self, metric: Metric) -> str:
        """Why there is no interval beside a value."""
        say = self.language
        if metric.interval is not None:
            return say("too few observations for an interval")
        if metric.unit in ("count", "money") and _is_total(metric.formula()):
            return say("a total has no interval")
        return say("a number of this kind has no interval")

    def rule(self, metric: Metric) -> str:
        """The name of the interval's rule."""
        say = self.language
        names = {Wilson: say("Wilson"), AdjustedWald: say("adjusted Wald"), Mean: say("Student’s t")}
        return names.get(type(metric.interval), metric.interval.title if metric.interval else "")  # type: ignore[arg-type]

    def count(self, n: int | None) -> str:
        """n 4,812, or nothing."""
        return "" if n is None else f"n{chr(0xA0)}{self.language.number(n)}"

    def kinds(self, kinds: tuple[str, ...]) -> str:
        """Fact kinds as a list in a sentence."""
        names = [self.kind(kind) for kind in kinds]
        return self.language.listed(names, self.language("and"))

    def kind(self, key: str) -> str:
        """A fact kind inside a sentence."""
        name = self.kind_title(key)
        return name if self.language.code == "de" else name[:1].lower() + name[1:]

    def kind_title(self, key: str) -> str:
        """A fact kind as a heading. (A fact may have a column called `name`.)"""
        fact = FACTS[key]
        return fact.de if self.language.code == "de" else fact.en

    def dimension(self, name: str) -> str:
        """By what something is told apart, inside a sentence."""
        say = self.language
        names = {
            "language": say("language"),
            "country": say("country"),
            "city": say("city"),
            "acquired_through": say("how first won"),
            "company": say("company"),
            "persona": say("kind of customer"),
            "kind": say("kind"),
            "segment": say("segment"),
            "name": say("name"),
            "page": say("page"),
            "referrer": say("where from"),
            "medium": say("medium"),
            "campaign": say("campaign"),
            "channel": say("channel"),
            "entry_page": say("first page"),
            "exit_page": say("last page"),
            "variant": say("variant"),
            "purpose": say("purpose"),
            "network": say("network"),
            "survey": say("survey"),
            "choice": say("choice"),
            "touchpoint": say("touchpoint"),
            "topic": say("topic"),
            "product": say("product"),
            "category": say("category"),
        }
        return names.get(name, name.replace("_", " "))

    # -- no value ------------------------------------------------------------------------
    def reason(self, figure: Figure, row: Row | None) -> str:
        """Why there is no value, in a few plain words."""
        say = self.language
        if row is None or figure.answer is None:
            if isinstance(figure.problem, CurrencyError):
                return say("amounts in several currencies, without exchange rates")
            if isinstance(figure.problem, ScaleError):
                return say("scores on different scales, of which none is named")
            if isinstance(figure.problem, UsageError):
                return say("not told apart by what this report is kept to")
            return str(figure.problem or "")
        missing = tuple(kind for kind in figure.answer.kinds if kind not in self.world.coverage)
        if row.reason == NO_FACTS and missing:
            return say("not imported: {kinds}", kinds=self.kinds(missing))
        fixed = {
            NO_FACTS: say("there are no facts"),
            OUTSIDE: say("outside the time the data cover"),
            NOT_BEGUN: say("after the end of the data"),
            CUT_HISTORY: say("too soon after the data begin to know who was a customer"),
            NO_MEMBERS: say("who was in the segment as it opened is not known"),
            LOOKS_BACK: say("it looks back to days before the data, which begin in mid-life"),
        }
        return fixed.get(row.reason) or self._uncomputed(figure.metric, row)

    def _uncomputed(self, metric: Metric, row: Row) -> str:
        say, words = self.language, operand_words(metric, self.language)
        for name in _below(metric.formula()):
            if row.parts.get(name) == 0:
                return say("nothing to divide by: “{part}” is 0", part=words[name])
        unknown = [words[name] for name in metric.operands() if row.parts.get(name) is None]
        if unknown:
            return say("not known: {parts}", parts=say.listed(unknown, say("and")))
        return say("nothing to divide by")


def _is_total(tree: Expression) -> bool:
    """Whether nothing is divided or multiplied in it."""
    if not isinstance(tree, Operation):
        return True
    return tree.sign in "+-" and _is_total(tree.left) and _is_total(tree.right)


def _below(tree: Expression) -> tuple[str, ...]:
    """Names below a fraction bar."""
    if not isinstance(tree, Operation):
        return ()
    own = names_in(tree.right) if tree.sign == "/" else ()
    return (*own, *_below(tree.left), *_below(tree.right))
