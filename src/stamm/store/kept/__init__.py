"""Kept facts: files made from a snapshot's files, each named by what it was made from."""

from stamm.store.kept.files import KeptFiles, Part

__all__ = ["KeptFiles", "Part"]
