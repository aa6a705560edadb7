"""Which groups a change comes from, worked by hand."""

from __future__ import annotations

import pytest

from stamm.charts.bar import bar
from stamm.reports.contributions import contributions


def test_the_parts_add_up_to_the_change() -> None:
    """Before 90 of 100 by web and 80 of 100 by store, 85%; now 60 of 100 and 80 of 100, 70%: all of it is the web's."""
    found = contributions({"web": (90, 100), "store": (80, 100)}, {"web": (60, 100), "store": (80, 100)})
    assert found == pytest.approx({"web": -0.15, "store": 0.0})


def test_who_moves_between_groups_counts_too() -> None:
    """No group changes its own rate: 1.0 and 0.5. But of 100 and 100, 75%, it is 50 and 150, 62.5%.

    Web pulled (100 - 75) / 200 = 12.5 points up, now (50 - 37.5) / 200 = 6.25: it adds -6.25. Store pulled
    (50 - 75) / 200 = -12.5, now (75 - 112.5) / 200 = -18.75: it adds -6.25, too.
    """
    found = contributions({"web": (100, 100), "store": (50, 100)}, {"web": (50, 50), "store": (75, 150)})
    assert found == pytest.approx({"web": -0.0625, "store": -0.0625})


def test_a_group_that_comes_or_goes_has_its_part() -> None:
    """Before 50 of 100 of nobody knows; now 50 of 100 of them, and 100 of 100 of the app: 50% becomes 75%."""
    found = contributions({None: (50, 100)}, {None: (50, 100), "app": (100, 100)})
    assert found == pytest.approx({None: 0.0, "app": 0.25})
    assert sum(found.values()) == pytest.approx(0.25)


def test_nothing_is_explained_where_nobody_was_counted() -> None:
    assert contributions({}, {"web": (1, 1)}) == {}
    assert contributions({"web": (0, 0)}, {"web": (1, 1)}) == {}


def test_a_bar_begins_at_zero() -> None:
    """On an axis from -3 to 1 zero lies at three quarters; -1.5 begins at 37.5."""
    drawn = bar(-1.5, -3, 1, "worse", 'a "label"')
    assert 'x="37.5" y="2" width="37.5"' in drawn
    assert 'd="M75 0 V14"' in drawn
    assert "a &quot;label&quot;" in drawn
