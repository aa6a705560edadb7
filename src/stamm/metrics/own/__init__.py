"""An organisation's own metrics: counts, sums, means and ratios told in stamm.toml."""

from stamm.metrics.own.reading import read_own

__all__ = ["read_own"]
