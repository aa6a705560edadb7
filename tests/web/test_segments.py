"""The page of segments: rules in the address, what is wrong with one, and the list to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RULE = "who ordered at least once and whose last order was at most 400 days ago"


@pytest.mark.usefixtures("project")
def test_a_rule_is_shown_added_to_and_taken_away(signed_in: Callable[[str], Any]) -> None:
    browser = signed_in("analyst")

    def get(path: str, **query: str) -> str:
        answer = browser.get(path, query)
        assert answer.status_code == 200
        return str(answer.content.decode())

    ready = get("/segments/")
    assert "who are among the 10% who paid most in the last 365 days" in ready
    assert "rule=who+did+not+order+at+least+once" in ready or "rule=who%20did%20not%20order" in ready
    page = get("/segments/", rule=RULE)
    assert f"Customers {RULE}." in page
    lines = get("/segments.csv", rule=RULE).splitlines()
    assert lines[0] == "customer_id,day"
    count = len(lines) - 1
    assert count > 0
    assert f"{count} of " in page
    assert "whose last order was at most 400 days ago" in page
    german = get("/segments/", rule="die nicht mindestens einmal bestellten oder deren Land bekannt ist")
    assert "Customers who did not order at least once or whose country is known." in german
    wrong = get("/segments/", rule="who orderd at least once")
    assert "is not understood" in wrong
    assert "who ordered at least once" in wrong
    assert "from 2" in get("/segments/", rule=RULE, day="1990-01-01")
    assert "is no day" in get("/segments/", rule=RULE, day="soon")
