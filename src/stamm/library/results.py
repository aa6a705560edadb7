"""Results: an answer as a table for pandas, Arrow and the page, and as a chart.

Shares are 0..1, money is in minor units of `currency`, days are dates; a cell without a value is null. What holds
for all rows (unit, currency, zone, as_of, snapshot, whether any of it is made data) stands in `about`, and in the
metadata of the Arrow table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape

import altair as alt
import pandas as pd
import pyarrow as pa

from stamm.analyses.kind import ROWS
from stamm.answers import Answer, TableAnswer
from stamm.answers.arrow import as_arrow
from stamm.answers.records import Record, about, records_of, table_records_of
from stamm.charts.notebook import Picture, heat_chart, trend_chart
from stamm.lang.errors import UsageError
from stamm.lang.language import Language

#: pandas' own types for what may be missing: whole numbers stay whole
_PANDAS = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.string(): pd.StringDtype()}
_SHOWN = 60


class Result(ABC):
    """An answer at hand, whatever becomes of the project it was asked of."""

    answer: Answer | TableAnswer
    language: Language

    @property
    @abstractmethod
    def title(self) -> str:
        """The name of what was asked."""

    @property
    @abstractmethod
    def sentence(self) -> str:
        """What it means."""

    @abstractmethod
    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table."""

    @abstractmethod
    def chart(self) -> alt.LayerChart:
        """The picture of it."""

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a data frame; `attrs` holds what holds for all rows."""
        frame: pd.DataFrame = self.to_arrow().to_pandas(types_mapper=_PANDAS.get, date_as_object=False)
        frame.attrs.update(self.about)
        return frame

    @property
    def about(self) -> Record:
        """What holds for all rows: unit, currency, zone, as_of, snapshot, simulated."""
        return about(self.answer)

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be known beside the numbers, one sentence each."""
        say = self.language
        found = [condition.told(say) for condition in self.answer.where]
        found += [f"{say(what)}: {say.number(count)}" for what, count in self.answer.left_out.items()]
        return (say("Simulated data"), *found) if self.answer.simulated else tuple(found)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """For polars, DuckDB and others that take Arrow as it is."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return len(self.answer.rows)

    def __repr__(self) -> str:
        return f"{self.title}: {len(self)} rows\n{self.to_pandas().to_string(max_rows=_SHOWN)}"

    def _repr_html_(self) -> str:
        """What a notebook shows: name, meaning, rows, notes."""
        rows = self.to_pandas().to_html(max_rows=_SHOWN, na_rep="", border=0, index=False)
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        listed = f"<ul>{notes}</ul>" if notes else ""
        return f"<h4>{escape(self.title)}</h4><p>{escape(self.sentence)}</p>{rows}{listed}"

    def _picture(self) -> Picture:
        notes = "; ".join(self.notes)
        return Picture(self.title, notes or self.sentence, self.language, self.answer.currency)


class MetricResult(Result):
    """A metric over windows: `window_start`, `window_end`, what it is split by, `value`, `parts.<name>`, `n`,
    `low`, `high` (95 %), `complete`.
    """

    def __init__(self, answer: Answer, language: Language) -> None:
        self.answer: Answer = answer
        self.language = language

    @property
    def title(self) -> str:
        return self.answer.metric.title(self.language.code)

    @property
    def sentence(self) -> str:
        return self.answer.metric.sentence(self.language.code)

    def to_arrow(self) -> pa.Table:
        return as_arrow(self.answer)

    def chart(self) -> alt.LayerChart:
        """The trend: intervals as a band, windows that are not over as hollow points that no line joins."""
        return trend_chart(records_of(self.answer), self._picture(), unit=self.answer.metric.unit, by=self.answer.by)


class TableResult(Result):
    """The tables of an analysis; `table` names the one meant where there are several."""

    def __init__(self, answer: TableAnswer, language: Language) -> None:
        self.answer: TableAnswer = answer
        self.language = language

    @property
    def title(self) -> str:
        return self.answer.analysis.title(self.language.code)

    @property
    def sentence(self) -> str:
        return self.answer.analysis.sentence(self.language.code)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables, the main one first."""
        return tuple(self.answer.tables)

    @property
    def notes(self) -> tuple[str, ...]:
        return (*super().notes, *(note.of(self.language.code) for note in self.answer.notes))

    def to_arrow(self, table: str = ROWS) -> pa.Table:
        if table not in self.answer.tables:
            raise UsageError(
                self.language("There is no table {name} in it.", name=repr(table)),
                remedy=self.language("There are {names}.", names=", ".join(self.tables)),
            )
        return as_arrow(self.answer, table)

    def to_pandas(self, table: str = ROWS) -> pd.DataFrame:
        frame: pd.DataFrame = self.to_arrow(table).to_pandas(types_mapper=_PANDAS.get, date_as_object=False)
        frame.attrs.update(self.about)
        return frame

    def chart(self) -> alt.LayerChart:
        """The heatmap of an analysis that is a matrix; raises UsageError for others."""
        matrix = self.answer.analysis.matrix
        if matrix is None:
            raise UsageError(
                self.language("{name} is no matrix, so there is no picture of it.", name=self.title),
                remedy=self.language("Take its rows with to_pandas()."),
            )
        words = {column.name: column.words.of(self.language.code) for column in self.answer.analysis.columns()}
        units = {column.name: column.unit for column in self.answer.analysis.columns()}
        return heat_chart(
            table_records_of(self.answer),
            self._picture(),
            down=(f"{matrix.down}_start" if units[matrix.down] == "window" else matrix.down, words[matrix.down]),
            across=(matrix.across, words[matrix.across]),
            shown=matrix.shown,
            unit=units[matrix.shown],
            by=self.answer.by,
        )
