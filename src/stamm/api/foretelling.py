"""Predictions as programs ask them: which there are, what one tells of everybody, and how far to trust it."""

from __future__ import annotations

from stamm.analyses import Analysis
from stamm.answers import TableAnswer, World
from stamm.answers.foretold import kept
from stamm.answers.records import Record
from stamm.api import definitions, parameters
from stamm.api.parameters import Asked
from stamm.api.questions import answers_of, as_known, named_so, span_asked
from stamm.lang.errors import UsageError
from stamm.predictions import PREDICTIONS, Prediction
from stamm.predictions.checked import Checked
from stamm.predictions.report import Report


def predictions(world: World, asked: Asked) -> Record:
    """All predictions, and what was kept of each."""
    del asked
    told = kept(world)
    return {
        "snapshot": world.snapshot,
        "predictions": [
            {
                **definitions.analysis_in_short(kind),
                "unit": kind.unit,
                "kept": [
                    {
                        "as_of": each.on,
                        "model": each.model,
                        "horizon_days": each.horizon_days,
                        "customers": each.customers,
                    }
                    for each in told
                    if each.key == kind.key
                ],
            }
            for kind in PREDICTIONS
        ],
    }


def prediction(world: World, asked: Asked) -> Record:
    """One prediction in full: parameters, columns, and what it needs at least."""
    found = _prediction(asked)
    gates = [{"key": gate.key, "of": definitions.both(gate.words), "least": gate.least} for gate in found.gates]
    return {
        "snapshot": world.snapshot,
        **definitions.analysis_in_full(found, world),
        "unit": found.unit,
        "gates": gates,
    }


def prediction_rows(world: World, asked: Asked) -> TableAnswer:
    """What is foretold of each customer; as `stamm predict` gives it."""
    return _answer(world, asked, _prediction(asked))


def prediction_report(world: World, asked: Asked) -> TableAnswer:
    """How far a prediction is to be trusted, tried on a day that it had not seen; as `stamm predict --report`."""
    return _answer(world, asked, Report(_prediction(asked)))


def prediction_check(world: World, asked: Asked) -> TableAnswer:
    """What was foretold and kept, held against what came; as `stamm predict --check`."""
    return _answer(world, asked, Checked(_prediction(asked)))


def _prediction(asked: Asked) -> Prediction:
    return named_so(PREDICTIONS, asked.key)(**asked.pairs(parameters.SETTINGS))


def _answer(world: World, asked: Asked, found: Analysis) -> TableAnswer:
    world = as_known(world, asked)
    answer = answers_of(world).analyse(found, span_asked(world, asked, found))
    if (table := asked[parameters.TABLE]) is not None and table not in answer.tables:
        names = ", ".join(answer.tables)
        raise UsageError(f"There is no table {table!r} in it.", where="table", remedy=f"There are {names}.")
    return answer
