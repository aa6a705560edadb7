"""What is made before anybody comes is what pages ask where nobody chooses anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stamm.analyses import ANALYSES
from stamm.app.desk import Desk
from stamm.app.project import Project
from stamm.lang.errors import TooLittleError
from stamm.predictions.report import Enough, Report

#: pages by what is kept for them, as far as half a year of orders is enough
PAGES = {
    "retention_table": "/retention/",
    "lifecycle": "/lifecycle/",
    "survival": "/retention/how-long/",
    "drivers": "/drivers/",
    "before_leaving": "/before-leaving/",
    "enough": "/predictions/",
    "report": "/predictions/no_order_risk/",
}


@pytest.fixture(scope="module")
def made(project: Project) -> frozenset[str]:
    """Keys of what was asked for, and is on the disk."""
    from stamm.web.beforehand import usual

    opened, asked = Desk(project.directory).opened(), set[str]()
    for make in usual(opened):
        try:
            made = make(opened)
        except TooLittleError:  # half a year of orders is too little to learn from
            continue
        asked.add(made.analysis.key if hasattr(made, "analysis") else "metrics")
    return frozenset(asked)


@pytest.mark.parametrize("key", PAGES)
def test_a_page_finds_what_was_made(
    key: str, made: frozenset[str], signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key in made
    kinds = {each.key: each for each in (Report, Enough)}
    kind = kinds[key] if key in kinds else ANALYSES[key]

    def counted(*_asked: object) -> None:
        raise AssertionError(f"{key} is counted again")

    monkeypatch.setattr(kind, "answer", counted)
    from stamm.web import desk

    monkeypatch.setattr(desk, "_desks", {})  # nothing is held but what is on the disk
    assert signed_in("analyst").get(PAGES[key]).status_code == 200
