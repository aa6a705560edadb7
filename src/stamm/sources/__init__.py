"""Where facts come from: each source turns rows of somebody's format into typed facts."""

from stamm.lang.registry import Registry
from stamm.sources.kind import Assumption, Chunk, Reject, Source

SOURCES: Registry[Source] = Registry(Source, "stamm.sources", "source")

__all__ = ["SOURCES", "Assumption", "Chunk", "Reject", "Source"]
