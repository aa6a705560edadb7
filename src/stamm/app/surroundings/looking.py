"""Whose surroundings are looked at, and in which language they are told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stamm.app.project import Project
from stamm.app.retelling import told
from stamm.lang.errors import StammError
from stamm.lang.language import Language


@dataclass(frozen=True)
class Looking:
    """A folder that may hold a project, and a reader."""

    directory: Path
    language: Language

    def __call__(self, text: str, **values: object) -> str:
        """The text in the reader's language."""
        return self.language(text, **values)

    @cached_property
    def project(self) -> Project:
        """The project there; raises ProjectError where there is none or its settings are wrong."""
        return Project.open(self.directory)

    def told(self, error: StammError | OSError) -> str:
        """A failure in one line."""
        return told(error, self.language)
