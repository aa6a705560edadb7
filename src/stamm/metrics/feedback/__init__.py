"""Metrics of what customers say."""
