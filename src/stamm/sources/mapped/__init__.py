"""Anybody's files by a mapping: raw rows in, facts out."""

from stamm.sources.mapped.file_mapping import FileMapping
from stamm.sources.mapped.source import Mapped

__all__ = ["FileMapping", "Mapped"]
