"""Segments over HTTP: the numbers of the library, saved ones among them, and who is in one for those who may know."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from stamm.answers.segments import Segments
from stamm.app.project import Project
from stamm.people import Scope
from stamm.saved import keeping
from stamm.segments.ready import READY
from stamm.segments.sentence import read
from stamm.segments.speech import Speech
from tests.api.conftest import Asking

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
RULE = "who ordered at least 2 times in the last 90 days"


@pytest.mark.long
def test_segments_are_listed_counted_and_named(asking: Asking) -> None:
    with closing(Project.open(asking.folder).people()) as database, database.transaction() as run:
        keeping.save_segment(run, "Twice", read(RULE, Speech()), who="test", now=NOON)
    world = Project.open(asking.folder).world()
    with closing(world.engine):
        door = Segments(world)
        rule = read(RULE, Speech())
        on = door.day(None, rule)
        who = door.members(rule, on)["customer_id"].to_pylist()
        size = door.size(rule, on)
        moved = door.moves(rule, date(2024, 3, 1), date(2024, 4, 1))
        best = door.members(READY["best_tenth"].rule, on)["customer_id"].to_pylist()
    answer = asking.get("/segments", Scope.READ)
    assert answer.status_code == 200, answer.text
    listed = answer.json()["segments"]
    assert [each["key"] for each in listed] == ["twice", *READY]
    one = asking.get("/segments/twice", Scope.READ).json()
    assert (one["customers"], one["everybody"], one["day"]) == (size.customers, size.everybody, str(on))
    assert one["sentence"]["de"] == "Kunden, die in den letzten 90 Tagen mindestens 2-mal bestellten."
    assert {each["customers"] for each in listed} == {None}, "no day is named"
    sized = asking.get("/segments", Scope.READ, params={"on": str(on)}).json()["segments"]
    assert sized[0] == {name: value for name, value in one.items() if name != "snapshot"}
    page = asking.get("/segments/twice/members", Scope.CUSTOMERS, params={"limit": 2}).json()
    assert [row["customer_id"] for row in page["rows"]] == who[:2]
    rows = asking.get("/segments/twice/sizes", Scope.READ, params={"from": "2024-03-01", "to": "2024-04-01"}).json()[
        "rows"
    ]
    assert [row["day"] for row in rows] == ["2024-03-01", "2024-04-01"]
    assert (rows[1]["entered"], rows[1]["left"]) == (len(moved.entered), len(moved.left))
    assert rows[1]["customers"] == len(moved.stayed) + len(moved.entered)
    told = asking.get("/segments", Scope.READ, params={"rule": RULE}).json()["segments"]
    assert [(each["key"], each["saved"], each["customers"], each["day"]) for each in told] == [
        (None, False, size.customers, str(on))
    ]
    assert asking.get("/segments", Scope.READ, params={"rule": "who orderd"}).status_code == 400
    both, either = len(set(who) & set(best)), len(set(who) | set(best))
    answer = asking.get("/segments/twice/overlaps", Scope.READ).json()
    (row,) = (row for row in answer["rows"] if row["segment"] == "best_tenth")
    assert answer["day"] == str(on)
    assert {row["segment"] for row in answer["rows"]} == set(READY)
    assert row == {
        "segment": "best_tenth",
        "customers": len(who),
        "in_other": len(best),
        "in_both": both,
        "share_of_this": both / len(who),
        "share_of_other": both / len(best),
        "jaccard": both / either,
    }
    assert asking.get("/segments/nothing", Scope.READ).status_code == 404
    kept = asking.get("/metrics/order_count/rows", Scope.READ, params={"window": "2024-03", "where": "segment=twice"})
    assert kept.status_code == 200
    assert kept.json()["rows"][0]["value"] is not None


def test_personas_are_told_as_they_are_found(asking: Asking) -> None:
    told = asking.get("/segments/personas", Scope.READ).json()
    assert told["customers"] < 100
    assert told["why_none"]["de"] == "weniger als 100 Kunden bestellten"
    assert (told["personas"], told["since"], told["tried"]) == ([], None, [])
    assert asking.get("/segments/personas", Scope.READ, params={"on": "1999-01-01"}).status_code == 400
