"""Every prediction says what it is: both languages, unit, horizon, gates, columns, examples."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from stamm.analyses import ANALYSES
from stamm.analyses.kind import ROWS, ColumnUnit
from stamm.app.retelling import retell
from stamm.lang.errors import TooLittleError
from stamm.lang.language import Language
from stamm.metrics import METRICS
from stamm.metrics.kind import Unit
from stamm.predictions import PREDICTIONS, Prediction

EVERY = pytest.mark.parametrize("prediction", list(PREDICTIONS), ids=lambda prediction: prediction.key)
UNITS = {*get_args(Unit), *get_args(get_args(ColumnUnit)[1])}


@EVERY
def test_it_says_what_it_is(prediction: type[Prediction]) -> None:
    for language in ("en", "de"):
        sentence = prediction.sentence(language)
        assert re.fullmatch(r"[A-ZÄÖÜ].*[^.]\.", sentence)
        assert len(sentence) <= 140
    assert prediction.de
    assert prediction.de != prediction.en
    assert prediction.__module__.endswith("." + prediction.key), "the file is named after the prediction"
    assert prediction.unit in get_args(Unit)
    assert prediction.gates, "below some number of customers nothing is foretold"
    assert prediction.cited


@EVERY
def test_settings_and_gates_are_told_in_both_languages(prediction: type[Prediction]) -> None:
    assert "horizon" in prediction.settings_declared()
    for name, setting in prediction.settings_declared().items():
        assert setting.en.endswith("."), name
        assert setting.de.endswith("."), name
        assert setting.en != setting.de, name
    for gate in prediction.gates:
        assert gate.words.en != gate.words.de
        assert gate.least > 0
        with pytest.raises(TooLittleError) as refused:
            prediction().check_gates({each.key: 1 if each == gate else each.least for each in prediction.gates})
        german = Language("de")
        assert gate.words.de in retell(refused.value.what, german)
        assert retell(refused.value.remedy, german) != refused.value.remedy


@EVERY
def test_columns_have_short_words_in_both_languages(prediction: type[Prediction]) -> None:
    assert next(iter(prediction.tables)) == ROWS
    for table in prediction.tables:
        for column in prediction().columns(table):
            assert column.unit in UNITS
            assert column.words.en
            assert column.words.de
            assert len(column.words.de) <= 30
    names = {column.name for column in prediction().columns()}
    assert {"customer_id", "value", "low", "high"} <= names


@EVERY
def test_it_has_worked_examples(prediction: type[Prediction]) -> None:
    assert prediction.examples or prediction.learned, "what is learned has no parameters that could be given"
    for example in prediction.examples:
        assert set(example.gives[0]) <= {column.name for column in prediction().columns()}


def test_names_are_shared_with_nothing_else_that_can_be_explained() -> None:
    others = {name.lower() for each in [*ANALYSES, *METRICS] for name in (each.key, each.de, each.also) if name}
    own = [name.lower() for each in PREDICTIONS for name in (each.key, each.de)]
    assert not others.intersection(own)
    assert len(own) == len(set(own))


def test_marks_tell_predictions_of_one_moment_apart() -> None:
    made = [kind(horizon=days) for kind in PREDICTIONS for days in (30, 90)]
    made += [PREDICTIONS["no_order_risk"](model="bg_nbd"), PREDICTIONS["value_ahead"](worth="own_mean")]
    assert len({each.mark for each in made}) == len(made)
