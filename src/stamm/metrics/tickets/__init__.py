"""Metrics of what customers ask of customer service."""
