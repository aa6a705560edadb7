"""Ctrl-C: a stop asked for, whatever the layer below makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stamm.cli.failing import FAULT, STOPPED, report_failure
from stamm.cli.session import Session
from stamm.lang.language import Language


@pytest.mark.parametrize(("words", "code"), [("Query interrupted", STOPPED), ("something else", FAULT)])
def test_a_query_that_was_interrupted_is_a_stop(words: str, code: int) -> None:
    assert report_failure(RuntimeError(words), Session(Path(), Language("en"))) == code
