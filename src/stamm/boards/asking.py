"""How a widget asks: at one snapshot, kept to what its board is kept to, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from stamm.analyses import Analysis
from stamm.answers.answer import Answer
from stamm.answers.ask import Answers
from stamm.answers.members import settled
from stamm.answers.segments import Segments
from stamm.answers.table import TableAnswer
from stamm.boards.content import Kept
from stamm.boards.drawn import Unknown
from stamm.facts.filter import SEGMENT, filter_of
from stamm.facts.named import columns_named
from stamm.goals.keeping import Goal
from stamm.lang.definition import Definition
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.metrics import Metric
from stamm.reports.figures import Figure, Figures
from stamm.reports.journeys.about import missing_for
from stamm.reports.segment_sizes import SizesShown, sizes_shown
from stamm.reports.set_words import set_words
from stamm.reports.splits import dimensions_for
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings
from stamm.saved.keeping import Rules, Segment
from stamm.segments.impersonal import check_impersonal_rule
from stamm.segments.named import key_of, named, resolved
from stamm.segments.ready import READY
from stamm.segments.rule import Rule, rule_of


@dataclass(frozen=True)
class Aims:
    """Goals that are pursued, and the local day on which they are looked at."""

    goals: tuple[Goal, ...]
    day: date


class Asking:
    """What widgets of one board may ask, and the words for it.

    A board is looked at by whoever it is shared with, so that nothing on it is told apart by what may tell who
    somebody is.
    """

    def __init__(
        self,
        answers: Answers,
        organisation: Organisation,
        kept: Kept,
        say: Language,
        aims: Aims | None = None,
        saved: Sequence[Segment] = (),
    ) -> None:
        self.answers, self.organisation, self.kept, self.say = answers, organisation, kept, say
        #: goals and segments are read before anything is asked: whoever draws has no database of people
        self.aims, self.saved = aims, {each.key: each for each in saved}
        self.world = answers.world
        self.words = Words(say, self.world)
        self.segments = Segments(self.world, Rules(saved))
        self.where = settled(filter_of(kept.where), self.segments.saved)
        for condition in self.where:
            check_impersonal(condition.dimension)
            if condition.meant:
                check_impersonal_rule(rule_of(condition.meant))

    @property
    def until(self) -> Window | None:
        """The window looked at, where it is not the newest whole one."""
        return Window.parse(self.kept.window) if self.kept.window else None

    def segment(self, key: str) -> tuple[str, Rule]:
        """The name of a segment and its rule; raises UsageError where there is none, or it may tell who somebody is."""
        rule = named(key, self.segments.saved)
        check_impersonal_rule(resolved(rule, self.segments.saved))
        return self.named_segments()[key_of(key)], rule

    def sizes(self, key: str) -> tuple[str, SizesShown | None]:
        """The name of a segment, and how many it held window by window; raises UsageError as `segment` does."""
        title, rule = self.segment(key)
        on = self.until.end if self.until else None
        return title, sizes_shown(self.segments, rule, on, key, self.say, grain=self.kept.grain)

    def named_segments(self) -> dict[str, str]:
        """What segments are called, by their keys, the saved ones first."""
        ready = {key: each.title.of(self.say.code) for key, each in READY.items()}
        return {**{key: each.name for key, each in self.saved.items()}, **ready}

    def figures(self, *metrics: Metric, grain: str = "") -> Figures:
        """Metrics over the windows up to the one looked at, by the board's grain or another; raises UsageError."""
        return Figures(
            self.answers,
            self.organisation,
            self.until.end if self.until else None,
            self.where,
            keys=frozenset(metric.key for metric in metrics),
            grain=grain or self.kept.grain,
            settings={metric.key: metric.settings for metric in metrics},
        )

    def metric(self, key: str, settings: Mapping[str, object]) -> Metric:
        """A metric under its settings; raises UsageError where there is none of that name, and for other settings."""
        if key not in self.world.metrics:
            raise UsageError(f"There is no metric named {key!r} any more.", remedy="Choose another metric.")
        return self.world.metrics[key](**settings)

    def figure(self, metric: Metric) -> tuple[Figure, Trends]:
        """One metric and what draws it; raises UsageError where there are no data."""
        key, figures = metric.key, self.figures(metric)
        if figures.months is None:
            raise UsageError(
                f"There is no data yet to compute {key} from.", remedy="Bring some in with `stamm import`."
            )
        figure = figures[key]
        assert figure is not None  # it was asked for
        if figure.problem is not None:
            raise figure.problem
        return figure, Trends(Workings(figures, figures.months, self.words))

    def windows(self, metric: Metric, by: str = "") -> Answer:
        """A metric over all windows of the board."""
        _, trends = self.figure(metric)
        if by:
            check_dimension(metric, by)
        return self.answers.ask(metric, trends.workings.months.windows, by=by or None, where=self.where)

    def analysed(self, analysis: Analysis, grain: str = "") -> TableAnswer:
        """An analysis over the windows of the board, or of another grain, that are over.

        Cells that name customers are empty. Raises UsageError where there are no data.
        """
        figures, key = self.figures(grain=grain), analysis.key
        months, as_of = figures.months, figures.as_of
        if months is None:
            raise UsageError(
                f"There is no data yet to compute {key} from.", remedy="Bring some in with `stamm import`."
            )
        answers, end = self.answers, self.world.day_start(months.now.end)
        if self.until is not None and as_of is not None and end < as_of:
            answers = Answers(replace(self.world, as_of=end))
        answer = answers.analyse(analysis, Window(months.windows[0].start, months.now.end), where=self.where)
        tables = {
            name: tuple(replace(row, **dict.fromkeys(_personal(answer, name), ())) for row in rows)
            for name, rows in answer.tables.items()
        }
        return replace(answer, tables=tables)

    def about(self, *texts: str, of: Definition) -> str:
        """What a widget says of itself in a line, and how what it shows is set otherwise than it comes."""
        words = (f"{label}: {value}" for label, value in set_words(of, self.say))
        return " · ".join(text for text in (*texts, *words) if text)

    def address(self, metric: Metric, by: str = "") -> str:
        """What the address of the metric's page says of the same question."""
        said = {"grain": self.kept.grain, "window": self.kept.window, "by": by, **metric.said}
        pairs = [*((name, text) for name, text in said.items() if text != ""), *self._where()]
        return urlencode(pairs)

    def address_of(self, answer: TableAnswer) -> str:
        """What the address of the analysis' page says of the same; nothing where that page would know more by now."""
        if self.until is not None:
            return ""
        said = {"from": answer.span.start, "to": answer.span.end, **answer.analysis.said}
        return urlencode([*said.items(), *self._where()])

    def _where(self) -> list[tuple[str, str]]:
        return [("where", condition) for condition in self.kept.where]

    def nothing_of(self, analysis: Analysis, otherwise: str) -> Unknown:
        """Why an analysis has nothing to show: facts that were never imported, else what is said otherwise."""
        missing = missing_for(analysis, self.world, self.say)
        kinds = ", ".join(kind.name for kind in missing)
        return Unknown(self.say("Never imported: {kinds}.", kinds=kinds) if missing else otherwise)


def _personal(answer: TableAnswer, table: str) -> list[str]:
    return [column.name for column in answer.analysis.columns(table) if column.personal]


def check_dimension(metric: Metric, by: str) -> None:
    """Raises UsageError for what the metric cannot be told apart by on a board."""
    possible = dimensions_for(metric, personal=False)
    if by not in possible:
        remedy = f"Split by one of {', '.join(possible)}." if possible else "Choose another metric."
        raise UsageError(f"{metric.key} cannot be split by {by}.", remedy=remedy)


def check_impersonal(dimension: str) -> None:
    """Raises UsageError for a dimension that may tell who somebody is, and for one that there is not."""
    if dimension != SEGMENT and any(column.personal for column in columns_named(dimension)):
        raise UsageError(
            f"A board cannot be kept to {dimension}, which may tell who somebody is.",
            remedy="Choose another dimension; the page of a metric can be split by it.",
        )
