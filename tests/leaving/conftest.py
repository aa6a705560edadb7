"""The shop in which one person stands everywhere, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stamm.app.project import Project
from tests.leaving import planted as p


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, made once."""
    return p.planted(tmp_path_factory.mktemp("planted") / "shop").directory


@pytest.fixture
def project(planted: Path, tmp_path: Path) -> Project:
    """A copy of it that a test may change."""
    return Project.open(Path(shutil.copytree(planted, tmp_path / "shop")))
