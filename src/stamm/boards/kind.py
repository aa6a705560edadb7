"""What a kind of widget is: a definition that asks, and says what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from stamm.analyses import Analysis
from stamm.answers.answer import Answer
from stamm.answers.table import TableAnswer
from stamm.boards.asking import Asking
from stamm.boards.content import Placed
from stamm.boards.drawn import Drawn, Unknown
from stamm.lang.definition import Definition, Setting
from stamm.lang.phrase import Phrase
from stamm.lang.registry import Registry
from stamm.metrics import Metric
from stamm.reports.figures import Figure
from stamm.reports.trends import Trends

#: what a setting is chosen from: all metrics, the dimensions of the metric, all analyses, goals, segments; or written
Among = Literal["metrics", "dimensions", "analyses", "goals", "segments", "prose"]


class Choice(Setting[str]):
    """A setting that is chosen from what there is, or written in several lines."""

    def __init__(self, default: str, en: str, de: str, among: Among) -> None:
        super().__init__(default, en, de, title=Phrase(en, de))
        self.among: Among = among


class Widget(Definition):
    """A kind of widget. A subclass declares `de`, `sentence_de`, its settings, `draw`, and `rows` where it has any.

    Where it shows an analysis, it has the settings of that beside its own, and `asked` is the analysis under them.
    """

    abstract = True
    #: its width to begin with, in columns
    span: ClassVar[int] = 4

    def __init__(self, **settings: object) -> None:
        own = {name: value for name, value in settings.items() if name in self.settings_declared()}
        super().__init__(**own)
        kind = self.analysis_of(self.settings)
        others = {name: value for name, value in settings.items() if name not in own}
        if kind is None:
            super().__init__(**settings)  # refuses what it does not know
        self.asked: Analysis | None = None if kind is None else kind(**others)
        self.settings.update(others)

    @classmethod
    def analysis_of(cls, settings: Mapping[str, Any]) -> type[Analysis] | None:
        """The analysis that such a widget shows under its own settings, None where it shows none."""
        return None

    def checked(self, asking: Asking) -> None:
        """Raises UsageError for settings that cannot be; what only the data show is told by the widget itself."""

    def draw(self, asking: Asking) -> Drawn:
        """What it is made of; raises StammError where it cannot be."""
        raise NotImplementedError

    def rows(self, asking: Asking) -> Answer | TableAnswer | None:
        """The answer whose numbers it shows, None where it shows none."""
        return None


class OfMetric(Widget):
    """A kind of widget that shows one metric. Beside its own settings it has those of the metric, in `more`.

    Which these are depends on the metrics of a project, so that they are read when it asks.
    """

    abstract = True

    metric = Choice("customer_retention_rate", "Metric", "Kennzahl", among="metrics")

    def __init__(self, **settings: object) -> None:
        own = self.settings_declared()
        super().__init__(**{name: value for name, value in settings.items() if name in own})
        self.more = {name: value for name, value in settings.items() if name not in own}
        self.settings.update(self.more)

    def checked(self, asking: Asking) -> None:
        self.made(asking)

    def made(self, asking: Asking) -> Metric:
        """The metric under its settings; raises UsageError where there is none, or it has no such settings."""
        return asking.metric(self.metric, self.more)

    def figure(self, asking: Asking) -> tuple[Figure, Trends]:
        """The metric and what draws it; raises UsageError where there are no data."""
        return asking.figure(self.made(asking))

    def rows(self, asking: Asking) -> Answer:
        return asking.windows(self.made(asking))


WIDGETS = Registry(Widget, "stamm.boards.widgets", "widget")


def widget_of(placed: Placed) -> Widget:
    """The widget of a place; raises UsageError where there is no such kind any more, or settings of another time."""
    return WIDGETS[placed.kind](**placed.settings)


def unknown(title: str, why: str) -> Drawn:
    """A widget that says why it shows nothing."""
    return Drawn(title, "", (Unknown(why),))
