"""Anybody's files by a mapping: raw rows in, facts out."""

from stamm.sources.mapped.file_mapping import FileMapping

__all__ = ["FileMapping"]
