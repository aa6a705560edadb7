"""The catalogue of metrics, one a file, by topic."""

from stamm.lang.registry import Registry
from stamm.metrics.catalogue import Catalogue, families, family
from stamm.metrics.kind import Metric, part

METRICS: Registry[Metric] = Registry(Metric, "stamm.metrics", "metric")
Metric.catalogue = METRICS

__all__ = ["METRICS", "Catalogue", "Metric", "families", "family", "part"]
