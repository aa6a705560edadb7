"""Metrics of what visitors do."""
