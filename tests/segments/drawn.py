"""Random rules: every operator with settings that say something of the small worlds there are."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stamm.segments import OPERATORS
from stamm.segments.blanks import COMPARISONS
from stamm.segments.operators.lifecycle_stage import STAGES
from stamm.segments.operators.rfm_group import GROUPS
from stamm.segments.operators.stands import STATES

#: what a setting of that name may be drawn from
CELLS: dict[str, Any] = {
    "metric": st.sampled_from(("order_count", "average_order_value", "visits")),
    "field": st.sampled_from(("country", "country", "city")),
    "values": st.sampled_from((["DE"], ["AT", "CH"])),
    "letters": st.sampled_from(("D", "DE", "x")),
    "compare": st.sampled_from(tuple(COMPARISONS)),
    "times": st.integers(0, 3),
    "days": st.sampled_from((0, 1, 2, 7, 30, 90)),
    "ago": st.sampled_from((1, 2, 3, 10, 45)),
    "amount": st.sampled_from((0.0, 10.0, 20.5)),
    "part": st.sampled_from((0.1, 0.25, 0.5, 0.75)),
    "categories": st.sampled_from((["drinks"], ["dishes", "drinks"])),
    "page": st.sampled_from(("/", "/tea", "/*")),
    "name": st.sampled_from(("Order Completed", "Products Searched")),
    "score": st.sampled_from((0.0, 3.0, 6.0, 9.0)),
    "group": st.sampled_from(tuple(GROUPS)),
    "stage": st.sampled_from(tuple(STAGES)),
    "state": st.sampled_from(tuple(STATES)),
    "prediction": st.sampled_from(("churn_risk", "value_ahead")),
    "value": st.sampled_from((0.5, 12.25, -3.0)),
}


def operators(keys: list[str]) -> Any:
    """One operator, as JSON."""
    return st.sampled_from(keys).flatmap(
        lambda key: st.fixed_dictionaries({name: CELLS[name] for name in OPERATORS[key].settings_declared()}).map(
            lambda settings: {key: settings}
        )
    )


def rules(keys: list[str], most: int) -> Any:
    """Operators joined and turned around, as JSON."""
    return st.recursive(
        operators(keys),
        lambda below: st.one_of(
            below.map(lambda rule: {"not": rule}),
            st.lists(below, min_size=2, max_size=3).map(lambda each: {"all": each}),
            st.lists(below, min_size=2, max_size=3).map(lambda each: {"any": each}),
        ),
        max_leaves=most,
    )
