"""Stamm: who your regulars are, who is slipping away, and what to do about it."""

__version__ = "0.1.0.dev0"
