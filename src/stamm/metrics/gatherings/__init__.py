"""Metrics of where customers meet."""
