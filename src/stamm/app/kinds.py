"""The kinds of jobs that there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from stamm.jobs import Kind


class Made(Protocol):
    """A kind that is made for the project in a directory; it looks at the settings when it has something to do."""

    name: ClassVar[str]
    title: ClassVar[str]

    def __call__(self, directory: Path) -> Kind:
        """The kind for that project."""


KINDS: Sequence[Made] = ()


def kinds(directory: Path) -> Sequence[Kind]:
    """All of them for one project."""
    return tuple(make(directory) for make in KINDS)


def title_of(kind: str) -> str:
    """What a kind is called, in English; one that is not there any more by its code."""
    return next((one.title for one in KINDS if one.name == kind), kind)
