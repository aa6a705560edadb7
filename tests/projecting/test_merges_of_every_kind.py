"""A merge holds in every kind of facts that knows customers, and taking it back leaves all as it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stamm.answers.ask import Answers
from stamm.app.identifying import Identifying
from stamm.app.project import Project
from stamm.app.projecting.together import KEYED
from stamm.facts import Imported, imported
from stamm.lang.window import Window
from stamm.sources.segment.people import CUSTOMER
from tests.leaving import planted as p
from tests.projecting.shops import arrive, message, project_all, rows, shop, track

NOW = datetime(2024, 7, 1, tzinfo=UTC)
DAY = Window(date(2024, 2, 1), date(2024, 2, 2))
PEOPLE = ("old", "new", "other", "old")
KINDS = {key: kind for key, kind in imported().items() if "customer_id" in kind.carried()}


#: those of which the customer is a part of the key, one in which it is not, and links
FEW = (*KEYED, "orders", "links")


def state(project: Project, kinds: Iterable[str]) -> dict[str, list[Any]]:
    """All that the rows of each kind say, but for how they came."""
    found = {}
    for key, kind in ((key, KINDS[key]) for key in kinds):
        table = project.lake().snapshot().dataset(key).to_table().select(list(kind.carried())).to_pylist()
        told = [row for row in table if not str(row.get("anonymous_id")).startswith(CUSTOMER)]
        found[key] = sorted((tuple(row.values()) for row in told), key=repr)
    return found


def one(kind: type[Imported], number: int, who: str) -> dict[str, Any]:
    made = p.row(kind, number, who)
    return made | ({"anonymous_id": f"device-{number}"} if "anonymous_id" in made else {})


@pytest.mark.parametrize(("kinds", "turns"), [(FEW, 1), pytest.param(tuple(KINDS), 2, marks=pytest.mark.long)])
def test_no_row_is_left_with_the_former_id_and_each_gets_its_own_back(
    tmp_path: Path, kinds: tuple[str, ...], turns: int
) -> None:
    project = shop(tmp_path / "shop")
    for key, kind in ((key, KINDS[key]) for key in kinds):
        p.put(project, key, [one(kind, 2 * number, who) for number, who in enumerate(PEOPLE)])
        again = [one(kind, 0, "old")]  # said twice, so that there is something superseded
        p.put(project, key, again, at=p.RECEIVED + timedelta(days=1), source="again")
    before, identifying = state(project, kinds), Identifying(project)
    told = [{who for row in some for who in row if who in ("old", "new", "other")} for some in before.values()]
    assert told == [{"old", "new", "other"}] * len(kinds)
    for turn in range(turns):
        identifying.merge("old", "new", now=NOW + timedelta(hours=2 * turn))
        for key, some in state(project, kinds).items():
            assert len(some) == 4, key
            assert sum("new" in row for row in some) == 3, key
            assert not any("old" in row for row in some), key
        identifying.unmerge("old", now=NOW + timedelta(hours=2 * turn + 1))
        assert state(project, kinds) == before


# -- what is known of a customer -----------------------------------------------------------------------------
SAID = [
    message("identify", 1, userId="old", traits={"country": "DE", "email": "a@example.org", "pets": 1}),
    track("Order Completed", 2, user="old", order_id="o1", subtotal=5),
    message("identify", 3, userId="new", traits={"country": "AT", "pets": 2, "fish": True}),
    track("Order Completed", 4, user="new", order_id="o2", subtotal=7),
    message("identify", 5, userId="old", traits={"email": "b@example.org"}),
]
#: each id by itself, then both together: what is said later goes before, and what it does not say stays
OLD = [("09:01", "DE", "a@example.org", '{"pets":1}'), ("09:05", "DE", "b@example.org", '{"pets":1}')]
NEW = [("09:03", "AT", None, '{"fish":true,"pets":2}')]
BOTH = [
    ("09:01", "DE", "a@example.org", '{"pets":1}'),
    ("09:03", "AT", "a@example.org", '{"fish":true,"pets":2}'),
    ("09:05", "AT", "b@example.org", '{"fish":true,"pets":2}'),
]


def known(project: Project) -> list[tuple[Any, ...]]:
    return rows(project, "customers", "customer_id", "valid_from", "country", "email", "traits")


def of(customer: str, versions: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(customer, *version) for version in versions]


@pytest.mark.parametrize("first", [pytest.param(0, marks=pytest.mark.long), 2, pytest.param(5, marks=pytest.mark.long)])
def test_two_lives_of_a_customer_are_one(tmp_path: Path, first: int) -> None:
    """Whether the merge comes before, in the middle of, or after all that was said."""
    project = shop(tmp_path / "shop")
    alias = message("alias", 9, previousId="old", userId="new")
    for number, call in enumerate([*SAID[:first], alias, *SAID[first:]]):
        arrive(project, [call], first=number + 1)
        project_all(project)
    assert known(project) == of("new", BOTH)
    Identifying(project).unmerge("old", now=NOW)
    project_all(project)
    assert known(project) == of("new", NEW) + of("old", OLD)


def test_a_late_word_of_a_former_id_counts_from_its_own_moment(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    arrive(project, [*SAID, message("alias", 9, previousId="old", userId="new")])
    project_all(project)
    arrive(project, [message("identify", 4, userId="old", traits={"country": "CH"})], first=20)
    project_all(project)
    late = [("09:04", "CH", "a@example.org", BOTH[1][3]), ("09:05", "CH", *BOTH[2][2:])]
    assert known(project) == of("new", [*BOTH[:2], *late])
    number = project.lake().snapshot().number
    project_all(project)
    assert project.lake().snapshot().number == number, "nothing is left to be put right"


def test_a_number_sees_one_person_with_both_lives(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    arrive(project, SAID)
    project_all(project)
    Identifying(project).merge("old", "new", now=NOW)
    asked = Answers(project.world())
    assert asked.ask("customer_count", [DAY]).rows[0].value == 1
    countries = {line.group: line.value for line in asked.ask("order_count", [DAY], by="country").rows}
    assert countries == {"DE": 1, "AT": 1}
