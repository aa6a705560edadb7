"""The addresses of /api/v1, each once: what it tells, who may ask, what a question may say, how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stamm.api import foretelling, parameters, questions, segments
from stamm.api.parameters import Asked, Parameter
from stamm.api.questions import Ask
from stamm.people import Scope

BASE = "/api/v1"


@dataclass(frozen=True)
class Place:
    """An address below /api/v1, and the tool that assistants have for it; `scope` says which token it takes."""

    path: str
    tool: str
    ask: Ask
    scope: Scope = Scope.READ
    takes: tuple[Parameter, ...] = ()
    #: whether the answer is a table, which can also be written as CSV and Parquet
    table: bool = False
    #: whether with that key it names customers to those who may know them, and leaves them out for others
    names: Callable[[str], bool] = lambda _: False
    #: whether its texts are in the language of whoever reads
    spoken: bool = False
    #: a question that it answers whatever the data are; without one, its path
    example: str = ""

    def tells_customers(self, key: str) -> bool:
        """Whether with that key it says who customers are, to those who may know."""
        return self.scope is Scope.CUSTOMERS or self.names(key)

    def discloses(self, asked: Asked) -> bool:
        """Whether the answer says who customers are."""
        return asked.names_customers and self.tells_customers(asked.key)

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
_OVER_TIME = (parameters.START, parameters.END, parameters.GRAIN, parameters.SNAPSHOT)
_FORETOLD = (parameters.SETTINGS, parameters.AS_OF, parameters.SNAPSHOT, parameters.TABLE)
#: parameters that are given, so that few customers are enough
_GIVEN = "param=model%3Dbg_nbd&param=parameters%3Dr%3D1,alpha%3D30,a%3D1,b%3D2"
_DEFINED = (parameters.SETTINGS, parameters.SNAPSHOT)

PLACES = (
    Place("/data", "data", questions.data, takes=(parameters.SNAPSHOT,)),
    Place("/metrics", "list_metrics", questions.metrics, takes=(parameters.SNAPSHOT,)),
    Place("/metrics/{key}", "describe_metric", questions.metric, takes=_DEFINED, example="/metrics/order_count"),
    Place(
        "/metrics/{key}/rows",
        "ask_metric",
        questions.metric_rows,
        takes=parameters.METRIC,
        table=True,
        example="/metrics/order_count/rows?grain=quarter&format=csv",
    ),
    Place(
        "/metrics/{key}/explain",
        "explain_metric",
        questions.explained,
        takes=_ONE,
        example="/metrics/average_order_value/explain",
    ),
    Place(
        "/metrics/{key}/customers",
        "customers_behind_metric",
        questions.metric_customers,
        Scope.CUSTOMERS,
        takes=(*_ONE, parameters.PART, *parameters.PAGES),
        table=True,
        example="/metrics/customer_retention_rate/customers?limit=10",
    ),
    Place(
        "/compare/{key}",
        "compare_definitions",
        questions.compared,
        takes=_COMPARED,
        spoken=True,
        names=lambda _: True,
        example="/compare/churn",
    ),
    Place("/analyses", "list_analyses", questions.analyses, takes=(parameters.SNAPSHOT,)),
    Place(
        "/analyses/{key}", "describe_analysis", questions.analysis, takes=_DEFINED, example="/analyses/retention_table"
    ),
    Place(
        "/analyses/{key}/rows",
        "analyse",
        questions.analysis_rows,
        takes=(*parameters.ANALYSIS, parameters.TABLE),
        table=True,
        names=questions.names_customers,
        example="/analyses/lifecycle/rows",
    ),
    Place(
        "/analyses/{key}/customers",
        "customers_behind_row",
        questions.analysis_customers,
        Scope.CUSTOMERS,
        takes=(*parameters.ANALYSIS, parameters.ROW, *parameters.PAGES),
        table=True,
        example="/analyses/funnel/customers?param=steps=order+>+order&who=step=1&limit=10",
    ),
    Place(
        "/segments",
        "list_segments",
        segments.segments,
        takes=(parameters.ON, parameters.RULE, parameters.SNAPSHOT),
    ),
    Place("/segments/personas", "list_personas", segments.personas, takes=(parameters.ON, parameters.SNAPSHOT)),
    Place(
        "/segments/{key}",
        "describe_segment",
        segments.segment,
        takes=(parameters.ON, parameters.SNAPSHOT),
        example="/segments/no_second_order",
    ),
    Place(
        "/segments/{key}/sizes",
        "segment_over_time",
        segments.segment_sizes,
        takes=_OVER_TIME,
        example="/segments/no_second_order/sizes?grain=quarter",
    ),
    Place(
        "/segments/{key}/overlaps",
        "segment_overlaps",
        segments.segment_overlaps,
        takes=(parameters.ON, parameters.SNAPSHOT),
        example="/segments/no_second_order/overlaps",
    ),
    Place(
        "/segments/{key}/members",
        "customers_in_segment",
        segments.segment_members,
        Scope.CUSTOMERS,
        takes=(parameters.ON, parameters.SNAPSHOT, *parameters.PAGES),
        table=True,
        example="/segments/no_second_order/members?limit=10",
    ),
    Place("/predictions", "list_predictions", foretelling.predictions, takes=(parameters.SNAPSHOT,)),
    Place(
        "/predictions/{key}",
        "describe_prediction",
        foretelling.prediction,
        takes=_DEFINED,
        example="/predictions/churn_risk",
    ),
    Place(
        "/predictions/{key}/rows",
        "predict",
        foretelling.prediction_rows,
        Scope.CUSTOMERS,
        takes=_FORETOLD,
        table=True,
        example=f"/predictions/expected_orders/rows?{_GIVEN}",
    ),
    Place(
        "/predictions/{key}/report",
        "trust_prediction",
        foretelling.prediction_report,
        takes=_FORETOLD,
        table=True,
        example=f"/predictions/no_order_risk/report?{_GIVEN}",
    ),
    Place(
        "/predictions/{key}/check",
        "check_prediction",
        foretelling.prediction_check,
        takes=_FORETOLD,
        table=True,
        example="/predictions/no_order_risk/check",
    ),
)
