"""What pages ask of a snapshot where nobody chooses anything, asked before anybody comes; kept on the disk alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from stamm.analyses import ANALYSES
from stamm.lang.language import Language
from stamm.predictions import PREDICTIONS
from stamm.predictions.value_at_risk import ValueAtRisk
from stamm.reports.figures import Figures
from stamm.reports.journeys.about import missing_for
from stamm.web.desk import Opened
from stamm.web.foretold import Foretelling, risk_by
from stamm.web.pages.paths import BRANCHES
from stamm.web.questions import Question

#: analyses that have a page, those first that are looked at oftenest, and the quick ones before the slow ones
FIRST = ("retention_table", "lifecycle", "rfm", "survival", "concentration", "worth")
THEN = ("drivers", "funnel", "before_leaving", "paths", "recommendations")
#: and what the page says of one where its address does not
SAID = {"paths": {"branches": BRANCHES}}


def usual(opened: Opened) -> Iterator[Callable[[Opened], object]]:
    """One question after the other, the slowest last: who is about to leave among the first, all metrics at the end."""
    yield from _analyses(opened, FIRST)
    yield from _leaving(opened)
    yield from _analyses(opened, THEN)
    yield from _trust(opened)
    yield _metrics


def _analyses(opened: Opened, keys: Iterable[str]) -> Iterator[Callable[[Opened], object]]:
    world = opened.answers.world
    for key in keys:
        said = ANALYSES[key]().knowing(world.metrics, world.coverage).said
        settings = {**said, **SAID.get(key, {})}
        question = Question(key, None, None, "", (), tuple(settings.items())).settled(opened)
        if question is not None and not missing_for(question.analysis, world, Language("en")):
            yield question.asked


def _leaving(opened: Opened) -> Iterator[Callable[[Opened], object]]:
    asked = Foretelling(ValueAtRisk.key, "", (("by", risk_by(opened)),))
    if _known(opened, asked):
        yield asked.made


def _trust(opened: Opened) -> Iterator[Callable[[Opened], object]]:
    """Whether the data suffice for each prediction, and how far it is to be trusted."""
    for side in ("enough", "report"):
        for kind in PREDICTIONS:
            if kind.checks and _known(opened, asked := Foretelling(kind.key, side)):
                yield asked.made


def _known(opened: Opened, asked: Foretelling) -> bool:
    return all(fact in opened.answers.world.coverage for fact in asked.prediction.facts())


def _metrics(opened: Opened) -> object:
    return Figures(opened.answers, opened.project.organisation, None).all
