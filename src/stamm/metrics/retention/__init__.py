"""Metrics of staying and leaving, and of buying again."""
