"""The kinds of jobs that there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stamm.app.keeping_predictions import PredictionsKept
from stamm.app.reporting import letter_kind
from stamm.automations.going_out import ReportDue, ReportLetter
from stamm.jobs import Kind

_TITLES = {kind.name: kind.title for kind in (ReportDue, ReportLetter, PredictionsKept)}


def kinds(directory: Path) -> Sequence[Kind]:
    """All of them for the project in a directory; each looks at its settings when it has something to do."""
    return (ReportDue(), letter_kind(directory), PredictionsKept(directory))


def title_of(kind: str) -> str:
    """What a kind is called, in English; one that is not there any more by its code."""
    return _TITLES.get(kind, kind)
