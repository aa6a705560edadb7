"""What Prometheus is told: requests and how long they took, what became of events, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from stamm.store.log import GroupCommit, Log

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Measures:
    """The counters of one server. What the log counts is read from the log, so it goes on after a restart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "stamm_requests", "Requests by address and status.", ("place", "status"), registry=self.registry
        )
        self.refused = Counter("stamm_refused", "Requests not taken in, by code.", ("code",), registry=self.registry)
        self.faulty = Counter("stamm_faulty_events", "Events set aside, by code.", ("code",), registry=self.registry)
        self.seconds = Histogram(
            "stamm_request_seconds",
            "From the head of a request to its answer.",
            ("place",),
            buckets=_SECONDS,
            registry=self.registry,
        )

        self._answered: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def answered(self, place: str, status: int, seconds: float) -> None:
        """A request has been answered."""
        known = self._answered.get((place, status))
        if known is None:  # found by its labels once, which takes longer than counting
            known = self.requests.labels(place, status), self.seconds.labels(place)
            self._answered[place, status] = known
        requests, took = known
        requests.inc()
        took.observe(seconds)

    def watch(self, log: Log, writing: GroupCommit) -> None:
        """Show the state of a log, too."""
        self.registry.register(_OfLog(log, writing))


class _OfLog(Collector):
    def __init__(self, log: Log, writing: GroupCommit) -> None:
        self._log, self._writing = log, writing

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: the log is asked when somebody asks us."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Counters by source, and what waits."""
        events = CounterMetricFamily("stamm_events", "Events ever received, by source.", labels=("source", "outcome"))
        for source, counted in self._log.counters().items():
            for outcome in ("received", "accepted", "duplicate", "failed", "conflict"):
                events.add_metric((source, outcome), getattr(counted, outcome))
        yield events
        first, last = self._log.span()
        yield GaugeMetricFamily("stamm_log_entries", "Positions in the log that it still keeps.", last - first + 1)
        yield GaugeMetricFamily("stamm_log_waiting_bytes", "Received, not yet written.", self._writing.waiting_bytes)
        yield CounterMetricFamily("stamm_log_commits", "Transactions of the log.", self._writing.commits)
