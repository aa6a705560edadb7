"""What was foretold of customers, kept as facts with the moment as of which it was."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from stamm.answers.table import TableAnswer
from stamm.app.project import Project
from stamm.facts.predictions import Predictions
from stamm.lang.errors import UsageError
from stamm.lang.version import __version__
from stamm.lang.window import day_of, day_start
from stamm.predictions.kind import MODEL, Prediction

SOURCE = "stamm predict"


def keep_foretold(project: Project, answer: TableAnswer, *, now: datetime) -> int:
    """Writes a prediction to the lake; how many rows it has.

    Foretold again as of the same day, it takes the place of what was kept. A customer of whom nothing can be told has
    no row. Raises UsageError where the facts lie in a shop's own database.
    """
    asked = answer.analysis
    assert isinstance(asked, Prediction)
    asked.check_checked()
    assert answer.as_of is not None  # nothing is foretold without facts
    if project.reads_database:
        raise UsageError(
            "Predictions are kept in Stamm's own lake, and this project reads a shop's database.",
            remedy="Ask with --format csv, and keep the file.",
        )
    at = day_start(day_of(answer.as_of, answer.zone), answer.zone)
    told = [(row.customer_id, asked.told(row)) for row in answer.rows]
    kept = [(who, cells) for who, cells in told if cells["value"] is not None]
    columns = Predictions.columns()
    made = ",".join(f"{each.parameter}={each.estimate:.6g}" for each in answer.tables.get(MODEL, ()))
    cells = {
        "model": [asked.mark] * len(kept),
        "customer_id": [who for who, _ in kept],
        "predicted_at": [at] * len(kept),
        "name": [asked.key] * len(kept),
        "horizon_days": [asked.horizon] * len(kept),
        **{name: [each[name] for _, each in kept] for name in ("value", "low", "high")},
        "version": [f"{__version__} {made}".strip()] * len(kept),
    }
    table = pa.table({name: pa.array(values, columns[name].arrow) for name, values in cells.items()})
    with project.lake().writing() as writer:
        writer.put(Predictions.key, (table,), source=SOURCE, received_at=now, simulated=answer.simulated)
        writer.commit()
    return len(kept)
