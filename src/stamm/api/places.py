"""The addresses of /api/v1, each once: what it tells, who may ask, what a question may say, how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stamm.api import parameters, questions
from stamm.api.parameters import Asked, Parameter
from stamm.api.questions import Ask
from stamm.people import Scope

BASE = "/api/v1"


@dataclass(frozen=True)
class Place:
    """An address below /api/v1. `scope` says which token it takes; without one anybody may ask."""

    path: str
    ask: Ask
    scope: Scope = Scope.READ
    takes: tuple[Parameter, ...] = ()
    #: whether the answer is a table, which can also be written as CSV and Parquet
    table: bool = False
    #: whether with that key it names customers to those who may know them, and leaves them out for others
    names: Callable[[str], bool] = lambda _: False
    #: whether its texts are in the language of whoever reads
    spoken: bool = False

    def discloses(self, asked: Asked) -> bool:
        """Whether the answer says who customers are."""
        return asked.names_customers and (self.scope is Scope.CUSTOMERS or self.names(asked.key))

    @property
    def says(self) -> str:
        """What it tells, in a sentence."""
        return (self.ask.__doc__ or "").strip()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All that a question may say."""
        return (*self.takes, parameters.FORMAT) if self.table else self.takes


_ONE = (
    *parameters.DAYS,
    parameters.GRAIN,
    parameters.WHERE,
    parameters.SETTINGS,
    parameters.AS_OF,
    parameters.SNAPSHOT,
)
_COMPARED = (*parameters.DAYS, parameters.GRAIN, parameters.WHERE, parameters.AS_OF, parameters.SNAPSHOT)
_DEFINED = (parameters.SETTINGS, parameters.SNAPSHOT)

PLACES = (
    Place("/data", questions.data, takes=(parameters.SNAPSHOT,)),
    Place("/metrics", questions.metrics, takes=(parameters.SNAPSHOT,)),
    Place("/metrics/{key}", questions.metric, takes=_DEFINED),
    Place("/metrics/{key}/rows", questions.metric_rows, takes=parameters.METRIC, table=True),
    Place("/metrics/{key}/explain", questions.explained, takes=_ONE),
    Place(
        "/metrics/{key}/customers",
        questions.metric_customers,
        Scope.CUSTOMERS,
        takes=(*_ONE, parameters.PART, *parameters.PAGES),
        table=True,
    ),
    Place("/compare/{key}", questions.compared, takes=_COMPARED, spoken=True, names=lambda _: True),
    Place("/analyses", questions.analyses, takes=(parameters.SNAPSHOT,)),
    Place("/analyses/{key}", questions.analysis, takes=_DEFINED),
    Place(
        "/analyses/{key}/rows",
        questions.analysis_rows,
        takes=(*parameters.ANALYSIS, parameters.TABLE),
        table=True,
        names=questions.names_customers,
    ),
    Place(
        "/analyses/{key}/customers",
        questions.analysis_customers,
        Scope.CUSTOMERS,
        takes=(*parameters.ANALYSIS, parameters.ROW, *parameters.PAGES),
        table=True,
    ),
)
