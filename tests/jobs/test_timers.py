"""Timers: due once at the local hour, whatever clocks and calendars do; moments worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stamm.jobs import Rhythm, set_timer
from stamm.jobs.looking import jobs_in, timers
from stamm.jobs.timers import fire, remove_timer
from stamm.lang.errors import UsageError
from tests.jobs.conftest import Place

BERLIN = "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "since", "moments"),
    [
        # 31 March 2024, clocks go from 02:00 to 03:00; 08:00 is 07:00 UTC before and 06:00 after
        (Rhythm("day", 8, 0, BERLIN), "2024-03-29T12:00", ["2024-03-30T07:00", "2024-03-31T06:00", "2024-04-01T06:00"]),
        # 27 October 2024, back from 03:00 to 02:00
        (Rhythm("day", 8, 0, BERLIN), "2024-10-25T12:00", ["2024-10-26T06:00", "2024-10-27T07:00", "2024-10-28T07:00"]),
        # 02:30 is not there on that day: an hour later by the clock, 03:30 summer time
        (
            Rhythm("day", 2, 30, BERLIN),
            "2024-03-29T12:00",
            ["2024-03-30T01:30", "2024-03-31T01:30", "2024-04-01T00:30"],
        ),
        # 02:30 is there twice: the first one, still summer time
        (
            Rhythm("day", 2, 30, BERLIN),
            "2024-10-25T12:00",
            ["2024-10-26T00:30", "2024-10-27T00:30", "2024-10-28T01:30"],
        ),
        # Mondays
        (Rhythm("week", 9, 0, BERLIN, 1), "2024-02-20T00:00", ["2024-02-26T08:00", "2024-03-04T08:00"]),
        # the last day of each month, a leap day among them
        (
            Rhythm("month", 18, 15, BERLIN, 31),
            "2024-01-01T00:00",
            ["2024-01-31T17:15", "2024-02-29T17:15", "2024-03-31T16:15", "2024-04-30T16:15"],
        ),
        (Rhythm("month", 0, 0, BERLIN, 29), "2023-02-01T00:00", ["2023-02-27T23:00", "2023-03-28T22:00"]),
        # half an hour of summer time, and a zone where a day ends before it does in UTC
        (Rhythm("day", 2, 15, "Australia/Lord_Howe"), "2024-10-05T00:00", ["2024-10-05T15:45", "2024-10-06T15:15"]),
        (Rhythm("day", 23, 59, "Pacific/Auckland"), "2024-01-01T10:58", ["2024-01-01T10:59", "2024-01-02T10:59"]),
    ],
)
def test_it_is_due_at_the_local_hour(rhythm: Rhythm, since: str, moments: list[str]) -> None:
    found, moment = [], utc(since)
    for _ in moments:
        moment, _ = rhythm.after(moment)
        found.append(moment)
    assert found == [utc(text) for text in moments]


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Africa/Casablanca", "Asia/Beirut", "Pacific/Apia"])
@pytest.mark.parametrize("hour", [0, 2, 8])
def test_over_years_each_local_day_has_it_once(zone: str, hour: int) -> None:
    rhythm, moment, days = Rhythm("day", hour, 30, zone), utc("2023-12-31T12:00"), []
    while len(days) < 3 * 366:
        following, day = rhythm.after(moment)
        assert following > moment
        local = following.astimezone(ZoneInfo(zone))
        assert local.date() == day
        assert (local.hour, local.minute) == (hour, 30) or local.utcoffset() != (
            local - timedelta(hours=24)
        ).utcoffset(), "another hour only where a clock was set forward"
        moment, days = following, [*days, day]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert date(2024, 2, 29) in days


def test_a_timer_becomes_a_job_once_each_time(place: Place) -> None:
    database = place.open()
    with database.transaction() as run:
        due = set_timer(
            run, "monday", "report", {"report": 7}, Rhythm("week", 9, 0, BERLIN), now=utc("2024-03-28T12:00")
        )
        assert due == utc("2024-04-01T07:00")
        assert fire(run, utc("2024-04-01T06:59")) == 0
        assert (fire(run, due), fire(run, due)) == (1, 0)
        (job,) = jobs_in(run, "waiting")
        assert (job.key, job.kind, job.due_at) == ("monday:2024-04-01", "report", due)
        assert [timer.due_at for timer in timers(run)] == [utc("2024-04-08T07:00")]


def test_a_clock_that_is_set_back_makes_none_twice(place: Place) -> None:
    with place.open().transaction() as run:
        rhythm = Rhythm("day", 2, 30, BERLIN)
        set_timer(run, "nightly", "report", {}, rhythm, now=utc("2024-10-26T12:00"))
        assert fire(run, utc("2024-10-27T00:30")) == 1
        assert fire(run, utc("2024-10-27T01:30")) == 0, "02:30 once more"
        assert fire(run, utc("2024-10-26T23:00")) == 0, "a clock that was wrong"
        # set anew by somebody whose clock is behind: due again, and the same job
        remove_timer(run, "nightly")
        set_timer(run, "nightly", "report", {}, rhythm, now=utc("2024-10-26T12:00"))
        assert fire(run, utc("2024-10-27T00:31")) == 0


def test_after_a_long_stop_only_the_last_time_is_made_up_for(place: Place) -> None:
    with place.open().transaction() as run:
        set_timer(run, "daily", "report", {}, Rhythm("day", 8, 0, BERLIN), now=utc("2024-02-26T12:00"))
        assert fire(run, utc("2024-03-01T06:59")) == 1
        assert [job.key for job in jobs_in(run, "waiting")] == ["daily:2024-02-29"]
        assert [timer.due_at for timer in timers(run)] == [utc("2024-03-01T07:00")]


def test_a_timer_set_again_in_the_same_rhythm_stays_due(place: Place) -> None:
    with place.open().transaction() as run:
        set_timer(run, "daily", "report", {}, Rhythm("day", 8, 0, BERLIN), now=utc("2024-02-26T12:00"))
        again = set_timer(run, "daily", "report", {"x": 1}, Rhythm("day", 8, 0, BERLIN), now=utc("2024-02-27T12:00"))
        assert again == utc("2024-02-27T07:00"), "what is due is not skipped"
        moved = set_timer(run, "daily", "report", {}, Rhythm("day", 9, 0, BERLIN), now=utc("2024-02-27T12:00"))
        assert moved == utc("2024-02-28T08:00")


def test_two_workers_who_see_it_due_make_one_job(place: Place) -> None:
    workers = [place.worker(chance=number) for number in range(2)]
    with workers[0].database.transaction() as run:
        set_timer(run, "daily", "report", {}, Rhythm("day", 8, 0, BERLIN), now=place.clock.now)
    place.clock.move(days=1)
    for worker in workers:
        worker.round()
    with workers[0].database.transaction() as run:
        assert len(jobs_in(run, "waiting")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        Rhythm("day", 24, 0, BERLIN),
        Rhythm("day", 8, 60, BERLIN),
        Rhythm("week", 8, 0, BERLIN, 8),
        Rhythm("month", 8, 0, BERLIN, 32),
        Rhythm("day", 8, 0, "Europe/Nowhere"),
        Rhythm("year", 8, 0, BERLIN),  # type: ignore[arg-type]
    ],
)
def test_what_there_is_not_is_refused(wrong: Rhythm) -> None:
    with pytest.raises(UsageError):
        wrong.checked()
