"""Goals as they are kept: nothing is written over, of two who change one is refused, of two who check in none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from stamm.app.leaving.written import Written
from stamm.goals import TABLES, keeping
from stamm.goals.aim import Aim, Step, checked, todos_of
from stamm.goals.keeping import MeanwhileError
from stamm.goals.reading import number_of, steps_of
from stamm.lang.errors import UsageError
from stamm.metrics import METRICS
from stamm.people import Database, acts, open_database

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
INES, OLE = "ines@example.com", "ole@example.com"
REVENUE = Aim("Spring", INES, "metric", date(2024, 4, 1), date(2024, 6, 30), 390_000_00.0, "revenue")


@pytest.fixture
def database(place: tuple[Path, str]) -> Iterator[Database]:
    with closing(open_database(*place, TABLES)) as opened:
        yield opened


def test_each_change_is_a_version_and_the_one_who_had_not_seen_the_last_is_refused(database: Database) -> None:
    with database.transaction() as run:
        goal = keeping.make_goal(run, REVENUE, who=INES, now=NOON)
        more = replace(REVENUE, target=400_000_00.0)
        assert keeping.change_goal(run, goal, more, seen=1, who=INES, now=NOON) == 2
        assert keeping.change_goal(run, goal, more, seen=2, who=INES, now=NOON) == 2, "the same is no change"
    with pytest.raises(MeanwhileError), database.transaction() as run:
        keeping.change_goal(run, goal, replace(REVENUE, due=date(2024, 7, 31)), seen=1, who=OLE, now=NOON)
    with database.transaction() as run:
        keeping.change_goal(run, goal, REVENUE, seen=2, who=OLE, now=NOON, what=keeping.BACK)
        keeping.archive_goal(run, goal, seen=3, who=OLE, now=NOON)
        assert (keeping.goals(run), keeping.goals(run, archived=True)[0].id) == ([], goal)
        with pytest.raises(UsageError, match="archived"):
            keeping.check_in(run, goal, "still?", who=OLE, now=NOON)
        keeping.restore_goal(run, goal, seen=4, who=OLE, now=NOON)
        told = [(each.revision, each.what, each.aim.target, each.who) for each in keeping.versions_of(run, goal)]
    assert told == [
        (5, "restored", 390_000_00.0, OLE),
        (4, "archived", 390_000_00.0, OLE),
        (3, "went_back", 390_000_00.0, OLE),
        (2, "changed", 400_000_00.0, INES),
        (1, "made", 390_000_00.0, INES),
    ]
    assert [act.what for act in acts(database)][:2] == ["goal_restored", "goal_archived"]


def test_two_who_check_in_at_once_are_both_heard_and_a_task_is_done_once(place: tuple[Path, str]) -> None:
    aim = Aim("Letter", INES, "tasks", date(2024, 1, 1), date(2024, 3, 1), tasks=todos_of(["write", "send"]))
    with closing(open_database(*place, TABLES)) as first, first.transaction() as run:
        goal = keeping.make_goal(run, checked(aim, METRICS), who=INES, now=NOON)
    ready = threading.Barrier(2)

    def say(who: str) -> None:
        with closing(open_database(*place, TABLES)) as own:
            ready.wait()
            for number in range(10):
                with own.transaction() as run:
                    keeping.check_in(run, goal, f"{who} {number}", who=who, now=NOON + timedelta(minutes=number))
                    keeping.mark(run, goal, 1, done=True, who=who, now=NOON)

    threads = [threading.Thread(target=say, args=(who,)) for who in (INES, OLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(open_database(*place, TABLES)) as after, after.transaction() as run:
        said = keeping.check_ins_of(run, goal)
        assert sorted(each.told for each in said if each.told) == sorted(
            f"{who} {number}" for who in (INES, OLE) for number in range(10)
        )
        assert len([each for each in said if each.done]) == 1
        assert keeping.goal_of(run, goal).done == {1}
        keeping.mark(run, goal, 1, done=False, who=OLE, now=NOON)
        assert keeping.goal_of(run, goal).done == set()
        assert len([each for each in keeping.check_ins_of(run, goal) if each.task == 1]) == 2, "what was said stays"


def test_goals_stand_below_each_other_and_never_below_themselves(database: Database) -> None:
    with database.transaction() as run:
        top = keeping.make_goal(run, REVENUE, who=INES, now=NOON)
        middle = keeping.make_goal(run, replace(REVENUE, parent=top), who=INES, now=NOON)
        low = keeping.make_goal(run, replace(REVENUE, parent=middle), who=INES, now=NOON)
        for number, parent in ((top, top), (top, low), (middle, low), (low, 99)):
            with pytest.raises(UsageError, match=r"above|below"):
                keeping.change_goal(run, number, replace(REVENUE, parent=parent), seen=1, who=INES, now=NOON)
        assert [goal.id for goal in keeping.below(keeping.goals(run), top)] == [middle]


def test_a_person_who_is_erased_goes_from_every_version_and_the_numbers_stay(database: Database) -> None:
    aim = replace(REVENUE, note="Anna Quast asked for it", owner="anna@quast.example")

    def names(text: str) -> bool:
        return "quast" in text.lower()

    with database.transaction() as run:
        goal = keeping.make_goal(run, aim, who=INES, now=NOON)
        keeping.change_goal(run, goal, replace(aim, target=1.0), seen=1, who=INES, now=NOON)
        keeping.check_in(run, goal, "Anna Quast is glad", value=5.0, known_on=date(2024, 4, 2), who=INES, now=NOON)
        keeping.check_in(run, goal, "going well", who=INES, now=NOON)
    written = Written(database, lambda _: "erased")
    assert {place.told("en") for place in written.places(names)} >= {"goal 1, version 2", "a check-in on goal 1"}
    assert (written.erase(names), written.erase(names)) == (3, 0)
    with database.transaction() as run:
        versions, said = keeping.versions_of(run, goal), keeping.check_ins_of(run, goal)
        assert [(each.aim.owner, each.aim.note, each.aim.target) for each in versions] == [
            ("", "", 1.0),
            ("", "", 39e6),
        ]
        assert [(each.told, each.value) for each in said] == [("going well", None), ("erased", 5.0)]
        assert keeping.change_goal(run, goal, replace(REVENUE, owner=OLE), seen=2, who=OLE, now=NOON) == 3


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"due": date(2024, 3, 31)}, "before the start"),
        ({"target": None}, "needs a target"),
        ({"metric": "customer_retention_rate"}, "do not add up"),
        ({"metric": "customer_retention_rate", "per": "quarter", "due": date(2024, 6, 29)}, "No whole quarter"),
        ({"where": ("city=Linz",)}, "cannot be kept"),
        ({"where": ("customer_id=c1",)}, "cannot be kept"),
        ({"settings": (("days", "60"),)}, "no parameter"),
        ({"metric": "no_such"}, "no metric"),
        ({"steps": (Step(date(2024, 7, 1), 5.0),)}, "not between"),
        ({"kind": "yes_no"}, "has no metric"),
        ({"name": " \u0007 "}, "needs a name"),
        ({"target": 1e300}, "too large"),
    ],
)
def test_what_cannot_be_aimed_at_is_told(changed: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        checked(replace(REVENUE, **changed), METRICS)


def test_a_task_whose_words_stay_keeps_its_number() -> None:
    before = todos_of(["write", "send", "write"])
    assert [(todo.number, todo.told) for todo in before] == [(1, "write"), (2, "send"), (3, "write")]
    after = todos_of(["print", "write", "", "send it"], before)
    assert [(todo.number, todo.told) for todo in after] == [(4, "print"), (1, "write"), (5, "send it")]


def test_numbers_are_read_as_they_are_written_in_each_language() -> None:
    assert (
        number_of("390,000.50", "money", "EUR", "en") == number_of("390.000,50 €", "money", "EUR", "de") == 39_000_050
    )
    assert number_of("94%", "share", "EUR", "en") == number_of("94,0 %", "share", "EUR", "de") == 0.94
    assert number_of("1200", "count", "EUR", "de") == number_of("1.200", "count", "EUR", "de") == 1200
    for text in ("", "many", "1e999", "1,2,3", "nan", "1_0"):
        with pytest.raises(UsageError, match="no number"):
            number_of(text, "count", "EUR", "en")
    (step,) = steps_of(["2024-W15 12,000", ""], "money", "EUR", "en")
    assert (step.day, step.value) == (date(2024, 4, 14), 1_200_000)
    with pytest.raises(UsageError, match="no step"):
        steps_of(["soon 5"], "count", "EUR", "en")
