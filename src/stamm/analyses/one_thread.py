"""Algebra on one thread: as quick for so little, the same everywhere, and others have work to do, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it trees and algebra keep to one thread."""
    import sklearn.ensemble  # noqa: F401, PLC0415 - a limit holds for what is loaded
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - only where something is learned

    with threadpool_limits(1):
        yield
