"""Which metrics there are: those that come with Stamm, and an organisation's own beside them."""

from __future__ import annotations

from collections.abc import Iterable

from stamm.lang.registry import Registry
from stamm.metrics.kind import Metric


class Catalogue(Registry[Metric]):
    """The metrics of another registry, and some of one organisation's own.

    It is held by that organisation's project, so that several projects in one process know nothing of each other.
    """

    def __init__(self, known: Registry[Metric], own: Iterable[type[Metric]] = ()) -> None:
        super().__init__(known.kind, known.package, known.word, plural=known.plural)
        self._known, self.own = known, {metric.key: metric for metric in own}

    def _all(self) -> dict[str, type[Metric]]:
        return dict(sorted({**{metric.key: metric for metric in self._known}, **self.own}.items()))


def family(name: str, metrics: Registry[Metric] | None = None) -> tuple[type[Metric], ...]:
    """The members of a family, the default first; empty when there is none of that name."""
    members = [metric for metric in metrics or Metric.catalogue if metric.family == name]
    return tuple(sorted(members, key=lambda metric: (not metric.leads, metric.key)))


def families(metrics: Registry[Metric] | None = None) -> tuple[str, ...]:
    """Names of all families with more than one member."""
    names = [metric.family for metric in metrics or Metric.catalogue if metric.family]
    return tuple(sorted({name for name in names if names.count(name) > 1}))
