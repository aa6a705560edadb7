"""The shop in which one person stands everywhere, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stamm.app.project import Project
from tests.leaving import planted as p

FEW = ("customers", "events", "links", "orders", "posts", "responses")


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with a few kinds of facts, made once."""
    return p.planted(tmp_path_factory.mktemp("planted") / "shop", FEW).directory


@pytest.fixture
def project(planted: Path, tmp_path: Path) -> Project:
    """A copy of it that a test may change."""
    return Project.open(Path(shutil.copytree(planted, tmp_path / "shop")))
