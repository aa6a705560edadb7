"""Jobs, in both databases that can keep them: four outcomes, leases, and one transaction of effect and end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Retry, Snooze, enqueue, looking, queue
from stamm.jobs.outcome import FIRST, LONGEST, pause
from stamm.lang.errors import UsageError
from stamm.people.database import Run
from tests.jobs.conftest import NOON, Place

Did = Callable[[], list[str]]


@dataclass
class Written(Kind):
    """Writes down that it was done, then comes out as it is told."""

    name = "written"
    title = "Written"
    most_tries = 3
    outcomes: list[Outcome | Exception] = field(default_factory=list)
    in_the_middle: Callable[[], object] = lambda: None
    over: list[str] = field(default_factory=list)

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        run("INSERT INTO did (key, at) VALUES (?, ?)", (job.key, now))
        self.in_the_middle()
        told = self.outcomes.pop(0) if self.outcomes else Done()
        if isinstance(told, Exception):
            raise told
        return told

    def failed(self, run: Run, job: Job, reason: str, now: datetime) -> None:
        self.over.append(f"{job.key}: {reason}")


@dataclass
class Sent(Kind):
    """Goes outside under its key."""

    name = "sent"
    title = "Sent"
    goes_outside = True
    sent: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    in_the_middle: Callable[[], object] = lambda: None

    def outside(self, job: Job, now: datetime) -> Outcome:
        self.sent.append(job.key)
        self.in_the_middle()
        return self.outcomes.pop(0) if self.outcomes else Done()


def put(place: Place, *keys: str, kind: str = "written", due: datetime = NOON) -> None:
    with place.open().transaction() as run:
        for key in keys:
            enqueue(run, kind, key, {"of": key}, due_at=due, now=place.clock.now)


def seen(place: Place, number: int = 1) -> looking.Seen:
    with place.open().transaction() as run:
        return looking.job_of(run, number)


def test_a_key_is_enqueued_once_also_after_it_was_done(place: Place, did: Did) -> None:
    with place.open().transaction() as run:
        assert enqueue(run, "written", "a", {}, due_at=NOON, now=NOON)
        assert not enqueue(run, "written", "a", {}, due_at=NOON, now=NOON)
    worker = place.worker(Written())
    assert worker.round() == 1
    put(place, "a")
    assert (worker.round(), did()) == (0, ["a"])


def test_what_is_enqueued_in_a_transaction_that_fails_was_never_enqueued(place: Place) -> None:
    with pytest.raises(ZeroDivisionError), place.open().transaction() as run:
        assert enqueue(run, "written", "a", {}, due_at=NOON, now=NOON) / 0
    assert place.worker(Written()).round() == 0


def test_nothing_is_done_before_it_is_due_and_the_one_due_longest_comes_first(place: Place) -> None:
    for key, minutes in (("c", 3), ("a", 1), ("b", 2), ("d", 4)):
        put(place, key, kind="sent", due=NOON + timedelta(minutes=minutes))
    kind = Sent()
    worker = place.worker(kind)
    assert worker.round() == 0
    place.clock.move(minutes=3)
    assert (worker.round(most=2), worker.round(most=2)) == (2, 1)
    assert kind.sent == ["a", "b", "c"]


def test_four_outcomes(place: Place, did: Did) -> None:
    put(place, "a")
    kind = Written([Snooze(NOON + timedelta(hours=1)), Retry("busy"), Retry("asked to wait", timedelta(days=1))])
    worker = place.worker(kind)
    worker.round()
    assert (seen(place).state, seen(place).due_at, seen(place).tries) == ("waiting", NOON + timedelta(hours=1), 0)
    place.clock.move(hours=1)
    worker.round()
    waits = seen(place).due_at - place.clock.now
    assert (seen(place).tries, seen(place).reason, FIRST / 2 <= waits <= FIRST) == (1, "busy", True)
    place.clock.move(minutes=1)
    worker.round()
    assert seen(place).due_at == place.clock.now + timedelta(days=1)
    place.clock.move(days=1)
    kind.outcomes = [Cancel("not wanted any more")]
    worker.round()
    assert (seen(place).state, seen(place).reason) == ("cancelled", "not wanted any more")
    place.clock.move(days=9)
    assert (worker.round(), len(did())) == (0, 4)


def test_what_raises_leaves_nothing_and_has_failed_after_its_last_try(place: Place, did: Did) -> None:
    put(place, "a")
    kind = Written([ValueError("Anna's address"), UsageError("no such board"), ValueError("again")])
    told: list[str] = []
    worker = place.worker(kind)
    worker.on_failure = lambda job, error: told.append(f"{job.key} {type(error).__name__}")
    for reason in ("ValueError", "no such board", "ValueError"):
        worker.round()
        assert seen(place).reason == reason, "what a stranger's error says is not kept"
        place.clock.move(hours=1)
    assert (seen(place).state, did(), kind.over) == ("failed", [], ["a: ValueError"])
    assert told == ["a ValueError", "a UsageError", "a ValueError"]
    assert worker.round() == 0


def test_somebody_tries_again_or_cancels_what_failed_and_it_is_written_down(place: Place, did: Did) -> None:
    put(place, "a", "b")
    worker = place.worker(Written([Retry("x")] * 6))
    for _ in range(3):
        worker.round()
        place.clock.move(hours=1)
    with place.open().transaction() as run:
        assert looking.counts(run) == {"failed": 2, "running": 0, "waiting": 0, "done": 0, "cancelled": 0}
        looking.retry_job(run, 1, who="ines@example.com", now=place.clock.now)
        looking.cancel_job(run, 2, who="ines@example.com", now=place.clock.now)
        with pytest.raises(UsageError, match="over, or running"):
            looking.retry_job(run, 2, who="ines@example.com", now=place.clock.now)
        with pytest.raises(UsageError, match="no job 3"):
            looking.cancel_job(run, 3, who="ines@example.com", now=place.clock.now)
        assert run("SELECT what, about FROM people_act ORDER BY id", ()) == [
            ("job_retried", "job 1"),
            ("job_cancelled", "job 2"),
        ]
    assert (worker.round(), seen(place).state, seen(place, 2).state) == (1, "done", "cancelled")


def test_a_lost_worker_holds_nothing_up_and_writes_nothing_when_it_comes_back(place: Place, did: Did) -> None:
    put(place, "a")
    second = place.worker(Written(), chance=2)

    def lost() -> None:
        place.clock.move(minutes=3)
        assert second.round() == 1

    first = place.worker(Slow(lost))
    put(place, "s", kind="slow")
    assert first.round() == 1, "the other kind is not its own"
    assert did() == ["a"]
    assert seen(place, 2).state == "done"


@dataclass
class Slow(Kind):
    """Takes longer outside than its lease, while somebody else works."""

    during: Callable[[], None]
    name = "slow"
    title = "Slow"
    goes_outside = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        self.during()
        return Done()


def test_of_a_job_whose_worker_was_lost_outside_there_is_one_repeat_with_its_key(place: Place) -> None:
    put(place, "a", kind="sent")
    kinds = [Sent(), Sent(), Sent()]
    workers = [place.worker(kind, chance=number) for number, kind in enumerate(kinds)]

    def taken_over_by(number: int) -> Callable[[], object]:
        def middle() -> None:
            place.clock.move(minutes=3)
            assert workers[number].round() == (1 if number == 1 else 0)

        return middle

    kinds[0].in_the_middle, kinds[1].in_the_middle = taken_over_by(1), taken_over_by(2)
    workers[0].round()
    assert [kind.sent for kind in kinds] == [["a"], ["a"], []], "no second repeat"
    assert (seen(place).state, seen(place).reason) == ("failed", queue.LOST)


def test_the_effect_of_a_worker_that_lost_its_lease_is_taken_back(place: Place, did: Did) -> None:
    put(place, "a")
    database, late = place.open(), place.open()
    with database.transaction() as run:
        (job,) = queue.claim(database, run, ["written"], lease="one", until=NOON, most=1, now=NOON)
    with late.transaction() as run:
        assert queue.claim(late, run, ["written"], lease="two", until=NOON + timedelta(1), most=1, now=NOON)

    def settle_late() -> None:
        with database.transaction() as run:
            run("INSERT INTO did (key, at) VALUES (?, ?)", (job.key, NOON))
            queue.settle(run, job, "one", Done(), most_tries=3, now=NOON, chance=Random(1))

    with pytest.raises(queue.LeaseLostError):
        settle_late()
    assert did() == []


def test_who_stops_gives_back_what_was_not_begun(place: Place, did: Did) -> None:
    put(place, "a", "b", "c")
    stops: list[bool] = []
    worker = place.worker(Written(in_the_middle=lambda: stops.append(True)))
    assert worker.round(stopping=lambda: bool(stops)) == 3
    assert (len(did()), place.worker(Written(), chance=2).round()) == (1, 2)


def test_a_heartbeat_keeps_what_takes_long(place: Place) -> None:
    put(place, "a", kind="sent")
    other = place.worker(Sent(), chance=2)
    kind = Sent()
    worker = place.worker(kind)
    worker.lease = timedelta(seconds=0.4)
    beaten = threading.Event()

    def middle() -> None:
        place.clock.move(seconds=0.3)
        assert beaten.wait(0.25) is False, "a beat comes each tenth of a second"
        place.clock.move(seconds=0.3)
        assert other.round() == 0

    kind.in_the_middle = middle
    assert worker.round() == 1
    assert seen(place).state == "done"


def test_eight_at_once_do_each_job_once(place: Place, did: Did) -> None:
    keys = [f"{number:03}" for number in range(120)]
    put(place, *keys)
    workers = [place.worker(Written(), chance=number) for number in range(8)]

    def work(number: int) -> None:
        while workers[number].round(most=3):
            continue

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert did() == keys


def test_what_is_over_is_forgotten_after_a_month_but_not_what_failed(place: Place) -> None:
    put(place, "a", "b")
    worker = place.worker(Written([Retry("x"), Done(), Retry("x"), Retry("x")]))
    for _ in range(3):
        worker.round()
        place.clock.move(hours=1)
    place.clock.move(days=31)
    worker.tidy()
    with place.open().transaction() as run:
        assert [(job.key, job.state) for state in looking.STATES for job in looking.jobs_in(run, state)] == [
            ("a", "failed")
        ]


def test_the_waits_double_up_to_a_longest_and_chance_takes_up_to_a_half() -> None:
    waits = [pause(tries, Random(3)) / pause(1, Random(3)) for tries in (1, 2, 3, 4)]
    assert waits == pytest.approx([1, 2, 4, 8])
    assert LONGEST / 2 <= pause(40, Random(4)) <= LONGEST
    assert len({pause(3, Random(seed)) for seed in range(20)}) == 20
