"""The catalogue of metrics, one a file, by topic."""

from stamm.lang.registry import Registry
from stamm.metrics.kind import Metric, part

METRICS: Registry[Metric] = Registry(Metric, "stamm.metrics", "metric")


def family(name: str) -> tuple[type[Metric], ...]:
    """The members of a family, the default first; empty when there is none of that name."""
    members = [metric for metric in METRICS if metric.family == name]
    return tuple(sorted(members, key=lambda metric: (not metric.leads, metric.key)))


def families() -> tuple[str, ...]:
    """Names of all families with more than one member."""
    names = [metric.family for metric in METRICS if metric.family]
    return tuple(sorted({name for name in names if names.count(name) > 1}))


__all__ = ["METRICS", "Metric", "families", "family", "part"]
