"""Who is one person: the same whatever comes first, taken back without a trace, and never because of a device."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stamm.answers.ask import Answers
from stamm.app.identifying import Identifying
from stamm.app.importing import Importing
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import held
from stamm.app.project import Project
from stamm.app.projecting.persons import Merge, owners
from stamm.lang.errors import UsageError
from stamm.lang.window import Window
from tests.projecting.dying import project_until
from tests.projecting.shops import arrive, message, project_all, rows, shop, track
from tests.thorough import one_in

SPAWN = multiprocessing.get_context("spawn")
LATER = datetime(2024, 2, 2, 8, tzinfo=UTC)
DAY = Window(date(2024, 2, 1), date(2024, 2, 2))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path / "shop")


def numbers(project: Project) -> tuple[Any, ...]:
    answers = Answers(project.world())
    return tuple(answers.ask(key, [DAY]).rows[0].value for key in ("orders", "customer_count", "visitors"))


# -- the graph -----------------------------------------------------------------------------------------------
def merged(*pairs: str) -> list[Merge]:
    """`a>b` at minute 0, the next a minute later."""
    at = datetime(2024, 2, 1, tzinfo=UTC)
    split = [pair.split(">") for pair in pairs]
    return [Merge(at + timedelta(minutes=number), former, customer) for number, (former, customer) in enumerate(split)]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (merged(), {}),
        (merged("a>b"), {"a": "b"}),
        (merged("a>b", "b>c"), {"a": "c", "b": "c"}),
        (merged("b>c", "a>b", "d>b"), {"a": "c", "b": "c", "d": "c"}),
        (merged("a>b", "a>c"), {"a": "c"}),  # the last word on a
        (merged("a>b", "b>a"), {"b": "a"}),  # in a circle the last word on anybody
        (merged("a>b", "b>c", "c>a"), {"b": "a", "c": "a"}),
        (merged("c>a", "d>a", "a>b", "b>c"), {"a": "c", "b": "c", "d": "c"}),
        (merged("a>b", "b>a", "x>y", "y>x"), {"b": "a", "y": "x"}),
    ],
)
def test_who_stands_for_whom(told: list[Merge], wanted: dict[str, str]) -> None:
    assert all(owners(order) == wanted for order in permutations(told))


IDS = st.sampled_from("abcd")


@given(st.lists(st.tuples(IDS, IDS), max_size=7))
def test_whatever_is_merged_somebody_stands_for_everybody(pairs: list[tuple[str, str]]) -> None:
    told = merged(*(f"{former}>{customer}" for former, customer in pairs))
    stands = owners(told)
    assert not set(stands) & set(stands.values())
    for merge in told:
        same = {stands.get(name, name) for name in (merge.former, merge.customer)}
        overruled = any(later > merge and later.former == merge.former for later in told)
        assert len(same) == 1 or overruled


@pytest.mark.long
@given(st.lists(st.tuples(IDS, IDS), min_size=2, max_size=6))
@example([("a", "b"), ("b", "a")])
@settings(max_examples=3, deadline=None)
def test_whatever_is_merged_everybody_is_known(pairs: list[tuple[str, str]]) -> None:
    told = [
        *(track("Order Completed", 0, user=name, order_id=name, subtotal=5) for name in "abcd"),
        *(message("alias", 1 + at, previousId=pair[0], userId=pair[1]) for at, pair in enumerate(pairs)),
    ]
    with TemporaryDirectory() as folder:
        project = shop(Path(folder) / "shop")
        arrive(project, told)
        project_all(project)
        identifying = Identifying(project)
        standing, found = identifying.merges(), {name: identifying.known(name) for name in "abcd"}
        assert numbers(project)[1] == len({each.customer for each in found.values()})
    stands = owners(standing)
    for name, each in found.items():
        assert each.customer == stands.get(name, name)
        assert each.is_circle == (each.customer in {merge.former for merge in standing})
    shown = {each.customer: each.merges for each in found.values()}
    assert sorted(merge for merges in shown.values() for merge in merges) == standing


def test_two_customers_in_a_ring_are_one(project: Project) -> None:
    arrive(
        project,
        [
            track("Order Completed", 1, user="cyc-a", order_id="o1", subtotal=5),
            track("Order Completed", 1, user="cyc-b", order_id="o2", subtotal=5),
            message("identify", 2, userId="cyc-b", traits={"email": "cyc@example.org"}),
            message("alias", 3, previousId="cyc-a", userId="cyc-b"),
            message("alias", 4, previousId="cyc-b", userId="cyc-a"),
        ],
    )
    project_all(project)
    assert numbers(project)[1] == 1
    for name in ("cyc-a", "cyc-b"):
        found = Identifying(project).known(name)
        assert (found.customer, found.is_circle, found.spans) == ("cyc-a", True, ())
        assert [merge.former for merge in found.merges] == ["cyc-a", "cyc-b"]
    for called in ("cyc-a", "cyc-b", "cyc@example.org"):
        person = held(project, Erasing(project).customer(called))
        assert len(person.rows["orders"]) == 2
        assert [row["email"] for row in person.rows["customers"]] == ["cyc@example.org"]


# -- in any order, with a crash between ----------------------------------------------------------------------
#: a device that turns out to be anna-before's, who is anna; a second device of anna's; anna is anne
CALLS = [
    message("identify", 1, anonymousId="phone", userId="anna-before"),
    message("alias", 2, previousId="anna-before", userId="anna"),
    message("identify", 2, anonymousId="phone", userId="ben"),
    message("alias", 4, previousId="anna", userId="anne"),
]
DONE = [
    message("page", 0, anonymousId="phone"),
    track("clicked", 1, user="anna-before"),
    track("Order Completed", 1, user="anna", order_id="o1", subtotal=5),
    track("clicked", 5, user="anne"),
]


def graph(project: Project) -> dict[str, Any]:
    """Who is who, and whose is what."""
    found = Identifying(project).known("anne")
    return {
        "merges": [(merge.former, merge.customer) for merge in found.merges],
        "spans": [(span.device, span.customer, span.since_at) for span in found.spans],
        "links": rows(project, "links", "anonymous_id", "linked_at", "customer_id"),
        "events": sorted(rows(project, "events", "happened_at", "customer_id", "anonymous_id"), key=str),
        "orders": rows(project, "orders", "order_id", "customer_id"),
    }


WANTED = {
    "merges": [("anna-before", "anna"), ("anna", "anne")],
    "spans": [("phone", "anne", None), ("phone", "ben", datetime(2024, 2, 1, 9, 2, tzinfo=UTC))],
    "links": [
        ("anna", "09:04", "anne"),
        ("anna-before", "09:02", "anne"),
        ("customer:anna", "09:04", "anne"),
        ("customer:anna-before", "09:02", "anna"),
        ("phone", "09:01", "anne"),
        ("phone", "09:02", "ben"),
    ],
    "events": [("09:00", None, "phone"), ("09:01", "anne", None), ("09:05", "anne", None)],
    "orders": [("o1", "anne")],
}


def check_orders(directory: Path, orders: Iterable[tuple[dict[str, Any], ...]], seed: int) -> None:
    """The same person graph, also where the worker is killed somewhere on the way."""
    chance = random.Random(seed)
    for number, order in enumerate(orders):
        project = shop(directory / str(number))
        arrive(project, [*DONE[:2], *order, *DONE[2:]])
        told = directory / f"told {number}"
        arguments = (str(project.directory), chance.randrange(1, 160), str(told), 1 + number % 3)
        process = SPAWN.Process(target=project_until, args=arguments)
        process.start()
        process.join(120)
        assert process.exitcode in (0, -signal.SIGKILL)
        project_all(project)
        assert graph(project) == WANTED, order


@pytest.mark.long
def test_calls_backwards_with_a_crash_between(tmp_path: Path) -> None:
    check_orders(tmp_path, [tuple(reversed(CALLS))], seed=1)


@pytest.mark.long
def test_calls_in_all_orders_with_a_crash_between(tmp_path: Path) -> None:
    check_orders(tmp_path, one_in(3, list(permutations(CALLS))), seed=2)


# -- merged and taken back -----------------------------------------------------------------------------------
def two_customers(project: Project) -> None:
    arrive(
        project,
        [
            track("Order Completed", 1, user="anna", order_id="o1", subtotal=5, products=[{"sku": "a", "price": 5}]),
            track("Order Completed", 2, user="anna-before", order_id="o2", subtotal=7),
            track("Order Refunded", 3, user="anna-before", order_id="o2", total=7),
            track("Email Opened", 4, user="anna-before", email_id="e1"),
            message("page", 5, userId="anna-before", anonymousId="phone"),
            message("page", 6, anonymousId="phone"),
        ],
    )
    project_all(project)


KINDS = ("orders", "order_lines", "returns", "messages", "events", "links")


def whose(project: Project) -> list[list[tuple[Any, ...]]]:
    return [rows(project, kind, "customer_id") for kind in KINDS]


@pytest.mark.long
def test_a_merge_moves_every_row_and_its_end_moves_it_back(project: Project) -> None:
    two_customers(project)
    before, identifying = whose(project), Identifying(project)
    assert numbers(project) == (2, 2, 1)
    changed = identifying.merge("anna-before", "anna", now=LATER)
    assert changed.rows == 5
    assert {name for kind in whose(project) for (name,) in kind} == {"anna", None}
    assert numbers(project) == (2, 1, 1)
    assert [span.customer for span in identifying.known("anna-before").spans] == ["anna"]
    changed = identifying.unmerge("anna-before", now=LATER + timedelta(minutes=1))
    assert changed.rows == 5
    assert whose(project)[:5] == before[:5]
    assert numbers(project) == (2, 2, 1)
    assert identifying.merges() == []
    identifying.merge("anna-before", "anna", now=LATER + timedelta(minutes=2))
    assert numbers(project) == (2, 1, 1)


def test_what_comes_after_a_merge_belongs_to_the_customer_until_it_is_taken_back(project: Project) -> None:
    two_customers(project)
    identifying = Identifying(project)
    identifying.merge("anna-before", "anna", now=LATER)
    arrive(project, [track("Order Completed", 9, user="anna-before", order_id="o3", subtotal=1)], first=20)
    project_all(project)
    assert rows(project, "orders", "order_id", "customer_id") == [("o1", "anna"), ("o2", "anna"), ("o3", "anna")]
    identifying.unmerge("anna-before", now=LATER + timedelta(minutes=1))
    assert rows(project, "orders", "customer_id") == [("anna",), ("anna-before",), ("anna-before",)]


def test_the_middle_of_a_chain_can_be_taken_out(project: Project) -> None:
    two_customers(project)
    arrive(project, [track("Order Completed", 9, user="a0", order_id="o3", subtotal=1)], first=20)
    project_all(project)
    identifying = Identifying(project)
    identifying.merge("a0", "anna-before", now=LATER)
    identifying.merge("anna-before", "anna", now=LATER + timedelta(minutes=1))
    assert rows(project, "orders", "customer_id") == [("anna",)] * 3
    identifying.unmerge("anna-before", now=LATER + timedelta(minutes=2))
    assert rows(project, "orders", "customer_id") == [("anna",), ("anna-before",), ("anna-before",)]
    identifying.unmerge("a0", now=LATER + timedelta(minutes=3))
    assert rows(project, "orders", "customer_id") == [("anna",), ("anna-before",), ("a0",)]


def test_what_others_import_is_put_right_by_the_worker(project: Project, tmp_path: Path) -> None:
    two_customers(project)
    Identifying(project).merge("anna-before", "anna", now=LATER)
    file = tmp_path / "orders.csv"
    file.write_text("order_id,customer_id,ordered_at,amount_minor\no9,anna-before,2024-02-01T08:00:00Z,100\n")
    Importing(project.lake(), project.organisation, project.rejects_directory).take([file], now=LATER)
    assert rows(project, "orders", "order_id", "customer_id")[-1] == ("o9", "anna-before")
    project_all(project)
    assert rows(project, "orders", "order_id", "customer_id")[-1] == ("o9", "anna")
    number = project.lake().snapshot().number
    project_all(project)
    assert project.lake().snapshot().number == number


def test_a_device_of_two_people_is_told_and_merges_nobody(project: Project) -> None:
    arrive(
        project,
        [
            message("page", 0, anonymousId="tablet"),
            message("identify", 1, anonymousId="tablet", userId="anna", traits={"country": "DE"}),
            message("page", 2, anonymousId="tablet"),
            message("identify", 3, anonymousId="tablet", userId="ben", traits={"country": "DE"}),
            message("page", 4, anonymousId="tablet"),
            message("identify", 5, anonymousId="phone", userId="ben"),
        ],
    )
    project_all(project)
    identifying = Identifying(project)
    assert identifying.merges() == []
    shared = [(span.device, span.customer, span.until_at is None) for span in identifying.shared()]
    assert shared == [("tablet", "anna", False), ("tablet", "ben", True)]
    assert identifying.known("ben").shared == ("tablet",)
    assert identifying.known("tablet").customer is None
    assert numbers(project)[2] == 2
    identifying.unmerge("tablet", "ben", now=LATER)
    assert identifying.shared() == ()
    assert numbers(project)[2] == 1
    assert [(span.device, span.customer) for span in identifying.known("anna").spans] == [("tablet", "anna")]


def test_what_makes_no_sense_is_refused(project: Project) -> None:
    two_customers(project)
    identifying = Identifying(project)
    for former, customer in (("anna-befor", "anna"), ("anna", "ana")):
        with pytest.raises(UsageError, match="Nobody is known as"):
            identifying.merge(former, customer, now=LATER)
    identifying.merge("anna-before", "anna", now=LATER)
    for former, customer in (("anna-before", "anna"), ("anna", "anna-before"), ("anna", "anna")):
        with pytest.raises(UsageError, match="one person already"):
            identifying.merge(former, customer, now=LATER)
    with pytest.raises(UsageError, match="No link says that anna is somebody else"):
        identifying.unmerge("anna", now=LATER)
    with pytest.raises(UsageError, match="No link says that anna-before is ben"):
        identifying.unmerge("anna-before", "ben", now=LATER)
    with pytest.raises(UsageError, match="Nobody is known as nobody"):
        identifying.known("nobody")
