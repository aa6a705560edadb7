"""Stamm: who your regulars are, who is slipping away, and what to do about it.

In a notebook, `stamm.open("shop")` gives a project's numbers as tables and charts: see `stamm.library`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stamm.lang.version import __version__

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from stamm.lang.language import Code
    from stamm.library import OpenProject

__all__ = ["__version__", "open"]


def open(  # noqa: A001 - said as `stamm.open`
    folder: str | Path = ".", *, as_of: date | datetime | str | None = None, language: Code | None = None
) -> OpenProject:
    """A project's numbers, for notebooks and programs; see `stamm.library.open_project`, which this is."""
    from stamm.library import open_project  # noqa: PLC0415 - `import stamm` stays instant

    return open_project(folder, as_of=as_of, language=language)
