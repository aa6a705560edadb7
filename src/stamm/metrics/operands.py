"""What a metric is computed from: reductions over facts, and other metrics."""

from __future__ import annotations

from stamm.facts import FACTS
from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.lang.definition import Definition
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window
from stamm.metrics.kind import Metric, MetricHandle, Over


def operands_of(metric: Metric) -> tuple[dict[str, Reduction], dict[str, Over]]:
    """What a metric is computed from: reductions over facts, and other metrics."""
    reductions: dict[str, Reduction] = {}
    overs: dict[str, Over] = {}
    declared = metric.parts()
    for name, part in declared.items():
        handle: Definition | MetricHandle
        handle = FACTS[part.fact]() if part.fact in FACTS else MetricHandle(metric.catalogue[part.fact].key)
        found = part.bind(metric, handle)
        if isinstance(found, Over):
            overs[name] = found
        else:
            reductions[name] = found
    for name in metric.operands():
        if name not in declared:
            if name not in metric.catalogue:
                raise UsageError(f"{metric.key} names {name!r}, which is neither one of its parts nor a metric.")
            overs[name] = Over(name, _same)
    return reductions, overs


def _same(window: Window) -> tuple[Window, ...]:
    return (window,)


def inner_of(metric: Metric, over: Over) -> Metric:
    """The other metric that one is built on."""
    return metric.catalogue[over.metric]()


def facts_used(metric: Metric) -> frozenset[str]:
    """The facts a metric counts, those of the metrics it is built on included."""
    reductions, overs = operands_of(metric)
    inner = [facts_used(inner_of(metric, over)) for over in overs.values()]
    return frozenset({reduction.fact for reduction in reductions.values()}).union(*inner)


def counts_of(metric: Metric) -> list[Reduction]:
    """What a metric counts, and the metrics it is built on."""
    reductions, overs = operands_of(metric)
    return [
        *reductions.values(),
        *(each for over in overs.values() for each in counts_of(inner_of(metric, over))),
    ]


def counts_everybodys_orders(metric: Metric) -> bool:
    """Whether all that it counts are orders, whoever placed them: then none is left out for want of a customer."""
    reductions, overs = operands_of(metric)
    return all(
        each.fact == Orders.key and not each.person and "customer_id" not in each.identity
        for each in reductions.values()
    ) and all(counts_everybodys_orders(inner_of(metric, over)) for over in overs.values())


def words_of(metric: Metric) -> dict[str, Phrase]:
    """What each operand of `value` means: a part's words, or another metric's name."""
    parts = metric.parts()
    named = {name: parts[name] if name in parts else metric.catalogue[name] for name in metric.operands()}
    return {name: Phrase(each.en, each.de) for name, each in named.items()}
