"""Questions whose answer is a table: one a file."""

from stamm.analyses.kind import Analysis, Found, Question
from stamm.lang.registry import Registry

ANALYSES: Registry[Analysis] = Registry(Analysis, "stamm.analyses", "analysis", plural="analyses")

__all__ = ["ANALYSES", "Analysis", "Found", "Question"]
