"""Rules that everybody may see numbers of: they ask for nothing that may tell who somebody is."""

from __future__ import annotations

from stamm.facts import FACTS
from stamm.lang.errors import UsageError
from stamm.segments.rule import Rule, operators_in


def check_impersonal_rule(rule: Rule) -> None:
    """Raises UsageError for a rule that asks for an attribute such as a city; other segments in it are resolved."""
    columns = FACTS["customers"].columns()
    for operator in operators_in(rule):
        field = str(operator.settings.get("field", ""))
        if field in columns and columns[field].personal:
            raise UsageError(
                f"A segment of which everybody sees numbers cannot ask for {field}, which may tell who somebody is.",
                remedy="Choose another segment; its own page shows this one.",
            )
