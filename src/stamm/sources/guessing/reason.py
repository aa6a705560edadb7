"""Why something is proposed: one sentence with its figures, told later in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal

from stamm.lang.language import Language


class Share(float):
    """A number between 0 and 1 that is told as percent."""


@dataclass(frozen=True)
class Reason:
    """A sentence with gaps, and what stands in them; `doubtful` where somebody should look."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    doubtful: bool = False

    def doubted(self, doubtful: bool = True) -> Reason:
        """The same, marked for a look."""
        return replace(self, doubtful=self.doubtful or doubtful)

    def words(self, language: Language) -> str:
        """The sentence in a language: numbers grouped, shares as percent, lists with commas."""
        return language(self.text, **{name: _written(value, language) for name, value in self.values.items()})


def say(text: str, **values: object) -> Reason:
    """A reason, to be told later."""
    return Reason(text, values)


def _written(value: object, language: Language) -> str:
    if isinstance(value, Reason):
        return value.words(language)
    if isinstance(value, Share):
        return _percent(float(value), language)
    if isinstance(value, int):
        return language.number(value)
    if isinstance(value, (tuple, list)):
        return ", ".join(_written(one, language) for one in value)
    return str(value)


def _percent(share: float, language: Language) -> str:
    """Whole percents; nothing is told as all or none that is not."""
    exact = Decimal(repr(share))
    digits = 0 if 0.01 <= share <= 0.99 or share in (0, 1) else 1 if 0.001 <= share <= 0.999 else 2
    cut = exact.quantize(Decimal(1).scaleb(-digits - 2), ROUND_DOWN)
    least = Decimal(1).scaleb(-digits - 2)
    return language.percent(float(max(cut, least) if share > 0 else cut), digits)
