"""What people do, by hand: who did it, what has no name, and what is not known."""

from __future__ import annotations

import pytest

from stamm.analyses.what_people_do import EVENTS, WhatPeopleDo
from stamm.answers import Answers
from stamm.lang.errors import UsageError
from stamm.lang.reasons import NO_FACTS
from stamm.lang.window import Window
from tests.analyses.test_paths import seen
from tests.answers.small import known, world

FEBRUARY = Window.parse("2024-02")


def test_what_was_done_and_who_did_it() -> None:
    nameless = seen(9, "cleo", "10:00", "/tea", "track")
    of = Answers(world({"events": [*EVENTS, nameless], "customers": [known("anna", "2024-01-01", country="AT")]}))
    answer = of.analyse(WhatPeopleDo, FEBRUARY)
    assert [(row.sign, row.times) for row in answer.rows] == [
        ("page:/cart", 3), ("page:Welcome", 1), ("screen:Settings", 1), ("track:Pay", 1)
    ]  # fmt: skip
    behind = of.customers(answer, answer.rows[0])
    assert behind[:2] == (("anna",), ("ben",))
    split = of.analyse(WhatPeopleDo, FEBRUARY, by="country", settings={"top": 1})
    assert [(row.group, row.sign, row.times) for row in split.rows] == [
        ("AT", "page:/cart", 2),
        (None, "page:/cart", 1),
    ]


def test_nothing_is_known_without_events() -> None:
    of = Answers(world({}, coverage={}))
    answer = of.analyse(WhatPeopleDo, FEBRUARY)
    assert [(row.times, row.reason) for row in answer.rows] == [(None, NO_FACTS)]
    with pytest.raises(UsageError, match="nobody can be named"):
        of.customers(answer, answer.rows[0])
