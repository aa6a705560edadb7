"""The board to begin with: of what the data support, nothing that would stay empty."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.content import Content, Kept, Placed
from stamm.boards.kind import WIDGETS
from stamm.facts import FACTS
from stamm.lang.errors import StammError
from stamm.metrics import Metric
from stamm.reports.cards import candidates, headline_figures
from stamm.reports.figures import RETENTION
from stamm.reports.splits import dimensions_for

#: numbers at its head
NUMBERS = 3


def first_board(asking: Asking) -> Content:
    """Numbers that matter, how the first of them went, who it is made of, and whether customers stay."""
    say = asking.say
    metrics = asking.world.metrics
    figures = asking.figures(*(metrics[key]() for keys in candidates(asking.world) for key in keys))
    shown = headline_figures(figures, 6) if figures.months is not None else ()
    placed: list[tuple[str, dict[str, object], int]] = [
        ("number", {"metric": figure.metric.key}, 4) for figure in shown[:NUMBERS]
    ]
    if shown:
        first = figures[RETENTION]
        leading = first if first is not None and first.value is not None else shown[0]
        placed.append(("trend", {"metric": leading.metric.key}, 8))
        dimension = _dimension(asking, leading.metric)
        more = say("What to look for: a number outside its usual range, and the window in which that began.")
        bars: dict[str, object] = {"metric": leading.metric.key, "by": dimension}
        placed.append(("bars", bars, 4) if dimension else _text(more))
        begins: dict[str, object] = {} if "orders" in asking.world.coverage else {"begins_with": "visit"}
        placed.append(("heatmap", begins, 12))
    else:
        placed.append(
            _text(say("As soon as data are imported, widgets show them. Add a number, a trend or a table below."))
        )
    widgets = tuple(
        Placed(number, kind, WIDGETS[kind](**settings).settings, span=span)
        for number, (kind, settings, span) in enumerate(placed, start=1)
    )
    return Content(say("At a glance"), Kept(), widgets, next=len(widgets) + 1)


def _text(text: str) -> tuple[str, dict[str, object], int]:
    return "text", {"text": text}, 4


def _dimension(asking: Asking, metric: Metric) -> str:
    """The first dimension of customers by which there is more than one known group, or none."""
    own = FACTS["customers"].dimensions()
    for by in (name for name in own if name in dimensions_for(metric, personal=False)):
        try:
            answer = asking.windows(metric, by)
        except StammError:
            continue
        if len({row.group for row in answer.rows if row.group is not None and row.value is not None}) > 1:
            return by
    return ""
