"""Metrics of money."""
