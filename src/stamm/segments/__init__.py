"""Segments: customers chosen by a rule, as they were known on any day; one operator and one ready segment a file."""

from stamm.lang.registry import Registry
from stamm.segments.kind import Operator

OPERATORS: Registry[Operator] = Registry(Operator, "stamm.segments.operators", "operator")

__all__ = ["OPERATORS", "Operator"]
