"""What people write about customers, in both databases that can keep it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from stamm import care
from stamm.care.leaving import HELD, forget, held_of
from stamm.lang.errors import UsageError
from stamm.people import Database, open_database

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
INES, OLE = "ines@example.com", "ole@example.com"


@pytest.fixture
def database(place: tuple[Path, str]) -> Iterator[Database]:
    with closing(open_database(*place, care.TABLES)) as opened:
        yield opened


def test_notes_and_tasks_are_brought_back_within_a_day_and_gone_then(database: Database) -> None:
    with database.transaction() as run:
        late = care.write_note(run, "anna", "  late\r\ntwice ", who=INES, now=NOON)
        care.write_note(run, "before", "as a guest", who=OLE, now=NOON - DAY)
        assert [(note.told, note.who, note.at) for note in care.notes_of(run, ["anna", "before"])] == [
            ("late\ntwice", INES, NOON),
            ("as a guest", OLE, NOON - DAY),
        ]
        assert care.remove_note(run, late, who=OLE, now=NOON) == "anna"
        with pytest.raises(UsageError, match="gone"):
            care.remove_note(run, late, who=OLE, now=NOON)
        assert care.notes_of(run, ["anna"]) == []
        assert care.restore_note(run, late, who=OLE, now=NOON + DAY) == "anna"
        care.remove_note(run, late, who=OLE, now=NOON)
        other = care.write_note(run, "ben", "x", who=INES, now=NOON)
        care.remove_note(run, other, who=INES, now=NOON + 2 * DAY)
        with pytest.raises(UsageError, match="gone"):
            care.restore_note(run, late, who=OLE, now=NOON)
        assert held_of(run, ["anna"]) == {}, "nothing of it is kept"


def test_tasks_are_whose_they_are_and_the_one_due_soonest_comes_first(database: Database) -> None:
    with database.transaction() as run:
        told = {"any day": None, "soon": date(2024, 2, 3), "now": date(2024, 2, 1)}
        numbers = {
            words: care.make_task(run, "anna", words, whose=OLE, due_on=due, who=INES, now=NOON)
            for words, due in told.items()
        }
        care.make_task(run, "anna", "mine", whose=INES, due_on=None, who=INES, now=NOON)
        assert [task.told for task in care.tasks_for(run, OLE)] == ["now", "soon", "any day"]
        care.finish_task(run, numbers["now"], who=INES, now=NOON)
        care.finish_task(run, numbers["soon"], who=INES, now=NOON + DAY)
        with pytest.raises(UsageError, match="faster"):
            care.finish_task(run, numbers["now"], who=OLE, now=NOON)
        assert [task.told for task in care.tasks_for(run, OLE, done=True)] == ["soon", "now"]
        assert [task.told for task in care.tasks_of(run, ["anna"])] == ["any day", "mine", "soon", "now"]
        care.reopen_task(run, numbers["now"], who=OLE, now=NOON)
        care.remove_task(run, numbers["any day"], who=OLE, now=NOON)
        (open_one,) = care.tasks_for(run, OLE)
        assert (open_one.told, open_one.due_on, open_one.done_by) == ("now", date(2024, 2, 1), None)


def test_an_erased_person_takes_along_what_names_them_and_no_more(database: Database) -> None:
    with database.transaction() as run:
        care.write_note(run, "anna", "x", who=INES, now=NOON)
        care.write_note(run, "ben", "a friend of Anna Quast", who=INES, now=NOON)
        care.make_task(run, "ben", "call", whose=OLE, due_on=None, who=INES, now=NOON)
        care.set_owner(run, ["anna", "before"], OLE, who=INES, now=NOON)
        care.set_owner(run, ["ben"], OLE, who=INES, now=NOON)
        assert {name: len(rows) for name, rows in held_of(run, ["anna"]).items()} == {"notes": 1, "owner": 1}
        assert forget(run, lambda number: number == "anna", lambda text: "Quast" in text) == 3
        assert forget(run, lambda number: number == "anna", lambda text: "Quast" in text) == 0
    database.scrub(*HELD)
    with database.transaction() as run:
        assert [task.told for task in care.tasks_of(run, ["ben", "anna"])] == ["call"]
        assert care.notes_of(run, ["ben", "anna"]) == []
        assert care.owned_by(run, OLE) == ["ben"]
