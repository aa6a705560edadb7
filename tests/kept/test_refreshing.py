"""A refresh makes what is missing and no more; what is kept is what is derived."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.answers.plan import Plan
from stamm.answers.reduce import cheapest
from stamm.app.project import Project
from stamm.app.refreshing import Refreshed, Refreshing
from stamm.facts import FACTS, Kept, kept
from stamm.facts.identity import Identity
from stamm.facts.sessions import Sessions
from stamm.lang.errors import BusyError
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS
from stamm.metrics.operands import operands_of
from stamm.store.kept import KeptFiles
from stamm.store.kept import files as module
from stamm.store.lock import exclusive
from tests.kept.shops import answers, check_kept, event, put, refresh, shop

WINDOWS = windows(date(2024, 1, 1), date(2024, 4, 1), "month")
KEYS = ("conversions_per_visitor", "conversions_per_session", "page_views", "session_duration")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three months of three devices, refreshed."""
    project = shop(tmp_path_factory.mktemp("kept") / "shop")
    put(
        project,
        "events",
        [
            event(f"{device}{day}", datetime(2024, 1, 5, 12, tzinfo=UTC) + timedelta(days=day), None, device)
            for day in range(80)
            for device in ("phone", "tablet", "laptop")
        ],
    )
    refresh(project)
    return project


def made(done: Refreshed) -> dict[tuple[str, str | None], int | None]:
    """Which files were made, and of how many days again."""
    return {(each.fact, each.month): each.days for each in done.made}


def of_events() -> list[type[Kept]]:
    """The facts that are kept of a shop without orders."""
    return [fact for fact in kept() if not fact.by_customer]


@pytest.mark.long
def test_only_what_is_touched_is_made_again(filled: Project) -> None:
    assert refresh(filled).made == []
    # one more day: only that day, in its month
    put(filled, "events", [event("new", "2024-03-26T10:00", "anna", "phone")])
    one_day: dict[tuple[str, str | None], int | None] = {
        (fact.key, "2024-03" if fact.cut_by else None): 1 if fact.cut_by else None for fact in of_events()
    }
    assert {key for key, _ in one_day} == {"day_links", "device_days", "owners", "session_pieces"}
    assert made(refresh(filled)) == one_day
    check_kept(filled)
    # a late fact: its day, in another month; that others of the phone's days change hands makes nothing again
    put(filled, "events", [event("late", "2024-01-08T10:00", "ben", "phone")])
    assert made(refresh(filled)) == {key if key[1] is None else (key[0], "2024-01"): n for key, n in one_day.items()}
    check_kept(filled)
    # a correction rewrites a file of the lake with all its rows, and still only one day is different
    put(filled, "events", [event("phone10", "2024-01-15T12:00", None, "phone", "track")], minutes=5)
    assert made(refresh(filled)) == {key if key[1] is None else (key[0], "2024-01"): n for key, n in one_day.items()}
    check_kept(filled)
    # rows brought together in other files are the same rows
    with filled.lake().writing() as writer:
        writer.compact()
        writer.commit()
    assert {days for days in made(refresh(filled)).values() if days is not None} == {0}
    check_kept(filled)
    # a link, and one taken back
    link = {"anonymous_id": "tablet", "linked_at": datetime(2024, 2, 2, tzinfo=UTC), "customer_id": "cleo"}
    for taken_back in (None, datetime(2024, 2, 9, tzinfo=UTC)):
        put(filled, "links", [{**link, "unlinked_at": taken_back}], minutes=6 if taken_back else 5)
        assert made(refresh(filled))["device_days", "2024-02"] == 1
        check_kept(filled)
    assert answers(filled, WINDOWS, KEYS) == answers(filled, WINDOWS, KEYS, use_kept=False)


def test_the_rollup_is_asked_where_it_can_answer(filled: Project) -> None:
    put(filled, "events", [event("found", "2024-02-10T10:00", "ben", "laptop")])
    refresh(filled)
    world = filled.world()
    with closing(world.engine):
        window = (Window.parse("2024-02"),)
        plan = Plan(world, window, None, world.day_start(date(2024, 3, 1)))
        assert cheapest(plan, Identity().visitors()).fact == "customer_days"
        parts = [part for key in ("page_views", "visitors") for part in operands_of(METRICS[key]())[0].values()]
        assert {cheapest(plan, part).fact for part in parts} == {"customer_days"}
        assert cheapest(plan, Identity().visitors(Identity().name == "buy")).fact == "identity"
        assert cheapest(plan, Identity().so_far().visitors()).fact == "identity"
        # not within a day, and not split by what it does not know apart
        assert (
            cheapest(Plan(world, window, None, datetime(2024, 2, 9, 12, tzinfo=UTC)), Identity().visitors()).fact
            == "identity"
        )
        assert cheapest(Plan(world, window, "channel", plan.as_of), Identity().visitors()).fact == "identity"
        # the same rows with fewer columns, wherever these will do
        visits, landed = Sessions(), Sessions().entry_page == "/"
        assert cheapest(plan, visits.count(visits.brief(10))).fact == "session_spans"
        assert cheapest(plan, visits.sum(visits.seconds, landed)).fact == "sessions"
        assert cheapest(Plan(world, window, "channel", plan.as_of), visits.count()).fact == "sessions"
        # a link that came later than as_of is not known: spans are made anew, days are as they were
        early = Plan(world, window, None, world.day_start(date(2024, 1, 7)))
        assert early.keeps("device_days")
        assert not early["owners"].equals(world.engine.table("owners"))


def test_other_settings_and_other_definitions_have_other_files(
    filled: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(filled)
    assert KeptFiles(filled.lake().snapshot(), filled.organisation).usable().keys() == {
        fact.key for fact in of_events()
    }
    other = replace(filled.organisation, session_minutes=31)
    assert KeptFiles(filled.lake().snapshot(), other).usable().keys() == {"day_links", "device_days", "owners"}
    monkeypatch.setattr(module, "definitions", lambda: "others")
    files = KeptFiles(filled.lake().snapshot(), filled.organisation)
    assert files.usable() == {}
    assert all(files.before(part) is None for fact in kept() for part in files.parts(fact))


def test_facts_of_other_distributions_are_definitions_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(module.definitions.cache_clear)
    (tmp_path / "away").mkdir()
    alone, package = ModuleType("alone"), ModuleType("away")
    alone.__file__, package.__path__ = str(tmp_path / "alone.py"), [str(tmp_path / "away")]
    ours = FACTS.packages()
    found = set()
    for others in ((), (alone,), (package,), (alone, package)):
        monkeypatch.setattr(FACTS, "packages", lambda others=others: (*ours, *others))
        for words in ("one = 1", "one = 2"):
            (tmp_path / "alone.py").write_text(words)
            (tmp_path / "away" / "there.py").write_text(words)
            module.definitions.cache_clear()
            found.add(module.definitions())
    assert len(found) == 1 + 2 * 3


def test_old_files_go_once_nobody_can_be_reading_them(filled: Project) -> None:
    put(filled, "events", [event("sweep", "2024-02-20T10:00", None, "phone")])
    assert refresh(filled).swept == 0
    files = KeptFiles(filled.lake().snapshot(), filled.organisation)
    drafts = files.root / "day_links" / "2024-02-x.parquet.tmp"
    drafts.write_text("half")
    long_ago = time.time() - 7_200
    for path in files.root.glob("*/*.parquet"):
        os.utime(path, (long_ago, long_ago))
    assert refresh(filled).swept > 0
    assert sorted(files.root.glob("*/*")) == sorted(part.path for fact in kept() for part in files.parts(fact))


def test_one_at_a_time(filled: Project) -> None:
    with exclusive(filled.lake_directory / "kept" / "refresh.lock", 0.1, None):
        waiting = Refreshing(filled).alone(wait_seconds=0.1)
        with pytest.raises(BusyError, match=r"Kept facts are being made by process \d+; waited 0.1 seconds"):
            waiting.__enter__()


# -- whatever comes, in whatever order -----------------------------------------------------------------------
MOMENTS = st.sampled_from(
    [
        datetime(2024, 1, 31, 22, 59, tzinfo=UTC) + timedelta(minutes=step)
        for step in (-1440, -61, -30, -1, 0, 1, 2, 30, 61, 1440)
    ]
)
DEVICES, CUSTOMERS = st.sampled_from(("phone", "tablet")), st.sampled_from(("anna", "ben"))
EVENTS = st.builds(
    event,
    st.integers(0, 12),
    MOMENTS,
    st.none() | CUSTOMERS,
    DEVICES,
    st.sampled_from(("page", "track")),
)
LINKS = st.builds(
    lambda device, at, customer, back: {
        "anonymous_id": device, "linked_at": at, "customer_id": customer,
        "unlinked_at": at + timedelta(days=1) if back else None,
    },
    DEVICES, MOMENTS, CUSTOMERS, st.booleans(),
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.just("events"), st.lists(EVENTS, min_size=1, max_size=6, unique_by=lambda row: row["event_id"]))
    | st.tuples(
        st.just("links"),
        st.lists(LINKS, min_size=1, max_size=2, unique_by=lambda row: (row["anonymous_id"], row["linked_at"])),
    ),
    min_size=1,
    max_size=4,
)


def play(directory: Path, steps: list[tuple[str, list[dict[str, object]]]]) -> None:
    """Import and refresh step by step; at the end all is as derived, and as made from nothing."""
    project = shop(directory)
    for number, (kind, rows) in enumerate(steps):
        put(project, kind, rows, minutes=number)
        refresh(project)
    check_kept(project)
    spans = windows(date(2024, 1, 29), date(2024, 2, 4), "day")
    found = answers(project, spans, KEYS)
    assert found == answers(project, spans, KEYS, use_kept=False)
    refresh(project, anew=True)
    check_kept(project)
    assert found == answers(project, spans, KEYS)


@pytest.mark.long
@settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(steps=STEPS)
def test_step_by_step_is_as_made_from_nothing(
    steps: list[tuple[str, list[dict[str, object]]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    play(tmp_path_factory.mktemp("steps") / "shop", steps)


@pytest.mark.long
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_many_steps_are_as_made_from_nothing(
    steps: list[tuple[str, list[dict[str, object]]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    play(tmp_path_factory.mktemp("steps") / "shop", steps)
