"""A project opened for reading: questions in, results out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import altair as alt

from stamm.analyses import ANALYSES, Analysis
from stamm.answers import Answers
from stamm.answers.reach import covered, kinds_needed
from stamm.answers.world import World, moment_of
from stamm.app.leaving.erasing import finish_begun
from stamm.app.project import Project
from stamm.facts.filter import Asked
from stamm.lang.errors import UsageError
from stamm.lang.language import Code, Language
from stamm.lang.window import Window, windows
from stamm.library.results import MetricResult, TableResult
from stamm.metrics import Metric

Day = date | str


def open_project(
    folder: str | Path = ".", *, as_of: date | datetime | str | None = None, language: Code | None = None
) -> OpenProject:
    """The project in a folder, at its newest snapshot, or as it was known at a moment.

    `as_of` is a moment, or a day, which stands for its local midnight. `language` is that of titles and notes: `en`
    or `de`, else the project's, else the environment's. Raises ProjectError where there is no project, LakeError
    where its data cannot be read.
    """
    project = Project.open(Path(folder))
    finish_begun(project)
    say = Language.chosen(language, project.organisation.language)
    moment = None if as_of is None else _moment(as_of, project.organisation.zone, say)
    return OpenProject(project.world(as_of=moment), say)


class OpenProject:
    """One snapshot of a project, ready to be asked; what is taken in later is seen after opening it again.

    Every question may raise UsageError (an unknown name, setting or dimension; days that run backwards) and
    CurrencyError (money of several currencies without rates).
    """

    def __init__(self, world: World, language: Language) -> None:
        self._world, self._language = world, language
        self._answers = Answers(world)

    # -- questions -------------------------------------------------------------------
    def metric(
        self,
        key: str,
        start: Day | None = None,
        end: Day | None = None,
        *,
        window: str | None = None,
        grain: str = "month",
        by: str | None = None,
        where: Asked = (),
        **settings: object,
    ) -> MetricResult:
        """A metric, by key or abbreviation, window by window; as `stamm metric` gives it.

        From `start` (in) to `end` (out), dates or ISO texts, cut by `grain`: day, week, month, quarter or year; one
        missing is as far as the data reach. Or `window` alone: one window by its name, such as `2024-Q1`. `by` is
        a dimension such as `country`; `where` keeps to some of them: `{"country": "DE", "channel": ["web", "app"]}`
        (None is unknown), or as `--where` says it, `"channel!=web"`; `settings` are the metric's own.
        """
        asked = self._world.metrics[key](**settings)
        days = self._days(asked, start, end, window)
        grid = (days,) if window is not None else windows(days.start, days.end, grain)
        return MetricResult(self._answers.ask(asked, grid, by=by, where=where), self._language)

    def analyse(
        self,
        key: str,
        start: Day | None = None,
        end: Day | None = None,
        *,
        window: str | None = None,
        by: str | None = None,
        where: Asked = (),
        **settings: object,
    ) -> TableResult:
        """An analysis over a span of days; as `stamm analyse` gives it. Days and settings as in `metric`."""
        asked = ANALYSES[key](**settings).knowing(self._world.metrics, self._world.coverage)
        days = self._days(asked, start, end, window)
        return TableResult(self._answers.analyse(asked, days, by=by, where=where), self._language)

    def chart(
        self,
        key: str,
        start: Day | None = None,
        end: Day | None = None,
        *,
        window: str | None = None,
        grain: str | None = None,
        by: str | None = None,
        where: Asked = (),
        **settings: object,
    ) -> alt.LayerChart:
        """The picture of a metric (its trend) or of an analysis that is a matrix (a heatmap), as an Altair chart."""
        if key in ANALYSES:
            own = settings if grain is None else {**settings, "grain": grain}
            return self.analyse(key, start, end, window=window, by=by, where=where, **own).chart()
        return self.metric(
            key, start, end, window=window, grain=grain or "month", by=by, where=where, **settings
        ).chart()

    # -- what there is ---------------------------------------------------------------
    @property
    def metrics(self) -> tuple[str, ...]:
        """Keys of all metrics, the organisation's own among them."""
        return self._world.metrics.keys()

    @property
    def analyses(self) -> tuple[str, ...]:
        """Keys of all analyses."""
        return ANALYSES.keys()

    def explain(self, key: str) -> str:
        """What a metric or an analysis means, in a sentence."""
        kind = ANALYSES[key] if key in ANALYSES else self._world.metrics[key]
        return f"{kind.title(self._language.code)}: {kind.sentence(self._language.code)}"

    @property
    def snapshot(self) -> int:
        """The number of the snapshot that all its numbers are of."""
        return self._world.snapshot

    # -- its end ---------------------------------------------------------------------
    def close(self) -> None:
        """Give back memory and files; results stay what they are."""
        self._world.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        name = self._world.organisation.name or "a project"
        return f"<Stamm: {name}, snapshot {self.snapshot}, {len(self._world.coverage)} kinds of facts>"

    # -- which days ------------------------------------------------------------------
    def _days(self, asked: Metric | Analysis, start: Day | None, end: Day | None, window: str | None) -> Window:
        say = self._language
        if window is not None:
            if start is not None or end is not None:
                raise UsageError(
                    say("A window already says from when to when."), remedy=say("Leave out the days, or the window.")
                )
            return Window.parse(window)
        first, until = _day(start, say), _day(end, say)
        if first is None or until is None:
            kinds = kinds_needed(asked, self._world)
            days = covered(self._world, kinds)
            if days is None:
                missing = ", ".join(kind for kind in kinds if kind not in self._world.coverage)
                raise UsageError(
                    say("There is no data yet to compute {name} from.", name=asked.title(say.code)),
                    where=say("missing: {kinds}", kinds=missing) if missing else "",
                    remedy=say("Bring some in with `stamm import`, or name the days."),
                )
            first, until = first or days.start, until or days.end
        return Window(first, until)


def _day(day: Day | None, say: Language) -> date | None:
    try:
        found = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError as error:
        raise UsageError(say("{word} is no day.", word=repr(day)), remedy=say("Write it as 2024-02-29.")) from error
    return found.date() if isinstance(found, datetime) else found


def _moment(moment: date | datetime | str, zone: str, say: Language) -> datetime:
    text = moment if isinstance(moment, str) else moment.isoformat()
    try:
        return moment_of(text, zone)
    except ValueError as error:
        remedy = say("Write a day such as 2024-02-29 (its midnight counts), or a moment such as 2024-02-29T12:00Z.")
        raise UsageError(say("{word} is no moment.", word=repr(text)), remedy=remedy) from error
