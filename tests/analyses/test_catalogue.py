"""Every analysis says what it is: both languages, columns, settings, reasons and examples."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from itertools import pairwise
from typing import get_args

import pytest

from stamm.analyses import ANALYSES, Analysis
from stamm.analyses.kind import ROWS, ColumnUnit
from stamm.facts import FACTS
from stamm.metrics import METRICS
from stamm.metrics.kind import Unit

EVERY = pytest.mark.parametrize("analysis", list(ANALYSES), ids=lambda analysis: analysis.key)
LANGUAGES = ("en", "de")
UNITS = {*get_args(Unit), *get_args(get_args(ColumnUnit)[1])}


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_sentence_that_ends_in_a_full_stop(analysis: type[Analysis], language: str) -> None:
    sentence = analysis.sentence(language)
    assert re.fullmatch(r"[A-ZÄÖÜ].*[^.]\.", sentence)
    assert not re.search(r"\.\s+[A-ZÄÖÜ]", sentence), "the first paragraph is one sentence"
    assert len(sentence) <= 140


@EVERY
def test_names(analysis: type[Analysis]) -> None:
    assert analysis.de
    assert analysis.de != analysis.en
    assert analysis.__module__.endswith("." + analysis.key), "the file is named after the analysis"


@EVERY
def test_columns_have_short_words_in_both_languages(analysis: type[Analysis]) -> None:
    assert next(iter(analysis.tables)) == ROWS, "the main table comes first"
    for table, row in analysis.tables.items():
        assert is_dataclass(row), table
        columns = analysis().columns(table)
        assert any(column.key for column in columns), "key columns tell rows apart"
        for column in columns:
            assert column.unit in UNITS
            for language in LANGUAGES:
                words = column.words.of(language)
                assert words, column.name
                assert len(words) <= 30, words
                assert not words.endswith("."), words


@EVERY
def test_the_matrix_shows_columns_of_the_main_table(analysis: type[Analysis]) -> None:
    if analysis.matrix is not None:
        wanted = {analysis.matrix.down, analysis.matrix.across, analysis.matrix.shown}
        assert wanted <= {column.name for column in analysis().columns()}
        assert analysis.matrix.beside in {"", *(column.name for column in analysis().columns())}


@EVERY
def test_settings_and_reasons_are_told_in_both_languages(analysis: type[Analysis]) -> None:
    for name, setting in analysis.settings_declared().items():
        assert setting.en.endswith("."), name
        assert setting.de.endswith("."), name
        assert setting.en != setting.de, name
    for code, words in analysis.reasons.items():
        assert words.en != words.de, code


@EVERY
def test_it_has_worked_examples(analysis: type[Analysis]) -> None:
    assert analysis.examples, "facts in, rows out; small enough to check by hand"
    for example in analysis.examples:
        assert example.gives
        columns = analysis(**example.context.get("settings", {})).columns(example.context.get("table", ROWS))
        assert set(example.gives[0]) <= {column.name for column in columns}


@EVERY
def test_it_reads_facts_that_exist(analysis: type[Analysis]) -> None:
    assert set(analysis().facts()) <= set(FACTS.keys())


def test_names_are_shared_with_nothing_else_that_can_be_explained() -> None:
    definitions = [*ANALYSES, *METRICS]
    names = sorted({(name.lower(), d.key) for d in definitions for name in (d.key, d.de, d.also) if name})
    for (name, key), (following, other) in pairwise(names):
        assert name != following, f"{key} and {other} share the name {name!r}"
