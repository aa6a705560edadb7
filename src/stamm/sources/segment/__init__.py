"""Tracking calls in the format that Segment published, and PostHog's: one message in, rows of facts out."""

from stamm.sources.segment.message import Arrival
from stamm.sources.segment.problem import Problem
from stamm.sources.segment.reading import Read, read
from stamm.sources.segment.semantic import SEMANTICS, Row, Semantic

__all__ = ["SEMANTICS", "Arrival", "Problem", "Read", "Row", "Semantic", "read"]
