"""Metrics of what customers are sent."""
