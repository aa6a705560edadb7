"""The writing rules, one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from parcels import T0, after, batch, batches, current, new_lake, put, row, whole_row

from stamm.lang.errors import InputError, UsageError
from stamm.store import Counts, Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return new_lake(tmp_path)


def superseded(lake: Lake) -> list[dict[str, Any]]:
    """All messages in the history."""
    files = lake.snapshot().history_files("parcels")
    return [one for file in files for one in pq.read_table(file, partitioning=None).to_pylist()]


def test_a_row_gets_its_local_days_and_its_month_in_the_zone(lake: Lake) -> None:
    put(lake, whole_row(seen_at=T0 + timedelta(days=1)))
    (one,) = current(lake)
    # 22:30 UTC on 31 January is still January in Berlin; an hour later it is not
    assert (one["sent_on"], one["seen_on"], one["month"]) == (date(2024, 1, 31), date(2024, 2, 1), "2024-01")
    put(lake, whole_row("p2", sent_at=T0 + timedelta(minutes=30)))
    assert current(lake)[1]["sent_on"] == date(2024, 2, 1)
    assert [Path(file).parent.name for file in lake.snapshot().files("parcels")] == [
        "month=2024-01",
        "month=2024-02",
    ]


def test_columns_not_carried_are_null_and_system_columns_are_filled(lake: Lake) -> None:
    put(lake, whole_row(), source="shop", at=after(5), simulated=True)
    (one,) = current(lake)
    assert (one["price"], one["carrier"], one["seen_at"], one["seen_on"]) == (None, None, None, None)
    assert (one["source"], one["received_at"], one["simulated"]) == ("shop", after(5), True)


def test_a_newer_message_replaces_just_what_it_carries(lake: Lake) -> None:
    put(lake, whole_row(price=1.5, carrier="mule"))
    assert put(lake, row(carrier=None, weight=7), at=after(1)) == Counts(changed=1)
    (one,) = current(lake)
    assert (one["weight"], one["price"], one["carrier"]) == (7, 1.5, None)
    assert lake.snapshot().rows("parcels") == 1


def test_a_late_older_message_fills_only_what_no_newer_one_carried(lake: Lake) -> None:
    put(lake, whole_row(weight=3, received_at=after(9)))
    counts = put(lake, row(weight=8, carrier="kite", received_at=after(4)), at=after(20))
    assert counts == Counts(older=1)
    (one,) = current(lake)
    assert (one["weight"], one["carrier"], one["received_at"]) == (3, "kite", after(9))


def test_at_the_same_moment_the_later_arrival_and_position_wins(lake: Lake) -> None:
    put(lake, whole_row(weight=1, received_at=T0), whole_row(weight=2, received_at=T0))
    assert current(lake)[0]["weight"] == 2
    put(lake, whole_row(weight=3, received_at=T0))
    assert current(lake)[0]["weight"] == 3


def test_an_identical_message_is_ignored_also_when_long_superseded(lake: Lake) -> None:
    first = whole_row(weight=1, received_at=T0)
    put(lake, first)
    put(lake, whole_row(weight=2, received_at=T0))
    number = lake.snapshot().number
    assert put(lake, first, at=after(99)) == Counts(unchanged=1)
    assert lake.snapshot().number == number
    assert current(lake)[0]["weight"] == 2
    # also when it carried little and is the newest
    part = row(price=0.5, received_at=after(1))
    assert put(lake, part, at=after(100)) == Counts(changed=1)
    assert put(lake, part, part, at=after(101)) == Counts(unchanged=2)
    assert len(superseded(lake)) == 2


def test_the_same_again_but_received_later_is_a_message_of_its_own(lake: Lake) -> None:
    put(lake, whole_row(weight=1, received_at=after(1)))
    assert put(lake, whole_row(weight=1, received_at=after(9))) == Counts(changed=1)
    assert put(lake, whole_row(weight=7, received_at=after(5))) == Counts(older=1)
    assert (current(lake)[0]["weight"], current(lake)[0]["received_at"]) == (1, after(9))


def test_old_news_beside_the_state_of_now_is_kept(lake: Lake) -> None:
    put(lake, whole_row(weight=1, received_at=T0))
    rows = [row(weight=5, received_at=after(1)), row(weight=1, received_at=None)]
    assert put(lake, *rows, at=after(9)) == Counts(changed=2)
    assert [lake.state_at("parcels", after(m))["weight"].to_pylist() for m in (0, 1, 9)] == [[1], [5], [1]]


def test_the_same_rows_again_leave_no_trace(lake: Lake) -> None:
    rows = [whole_row(f"p{i}", weight=i) for i in range(5)]
    put(lake, *rows)
    before = lake.snapshot()
    assert put(lake, *rows, at=after(60), source="test") == Counts(unchanged=5)
    after_ = lake.snapshot()
    assert (after_.number, after_.files("parcels")) == (before.number, before.files("parcels"))
    assert current(lake)[0]["received_at"] == T0


def test_a_file_that_says_two_things_of_a_key_can_be_taken_in_again(lake: Lake) -> None:
    rows = [whole_row(weight=1), whole_row(weight=2), whole_row(weight=1, carrier="kite")]
    assert put(lake, *rows) == Counts(new=1, changed=2)
    assert put(lake, *rows, at=after(60)) == Counts(unchanged=3)
    assert current(lake)[0]["weight"] == 1


def test_of_repeated_rows_in_one_file_the_last_position_counts(lake: Lake) -> None:
    put(lake, whole_row(weight=1), whole_row(weight=2), whole_row(weight=1))
    assert current(lake)[0]["weight"] == 1


def test_a_row_waits_until_what_is_required_has_arrived(lake: Lake) -> None:
    assert put(lake, row(carrier="kite", received_at=after(5))) == Counts(waiting=1)
    assert current(lake) == []
    assert lake.snapshot().history_files("parcels")
    assert put(lake, whole_row(carrier="mule", received_at=after(1))) == Counts(new=1)
    (one,) = current(lake)
    assert (one["carrier"], one["received_at"]) == ("kite", after(5))
    assert put(lake, row(price=2.0, received_at=after(6))) == Counts(changed=1)
    numbers = [message["_arrival"] for message in superseded(lake)]
    assert sorted(numbers) == [0, 1], "what waited is kept once"


def test_all_that_waits_is_put_together(lake: Lake) -> None:
    put(lake, row(carrier="kite", received_at=after(1)))
    assert put(lake, row(price=2.0, received_at=after(2))) == Counts(waiting=1)
    assert put(lake, row(fragile=True), row(weight=8), at=after(3)) == Counts(waiting=2)
    assert put(lake, row(sent_at=T0, received_at=after(0))) == Counts(new=1)
    (one,) = current(lake)
    assert (one["carrier"], one["price"], one["fragile"], one["weight"]) == ("kite", 2.0, True, 8)


def test_a_corrected_clock_moves_the_row_to_its_month(lake: Lake) -> None:
    put(lake, whole_row(), whole_row("p2"))
    # 22:30 UTC is past midnight in summer time
    put(lake, row(sent_at=T0 + timedelta(days=60)), at=after(1))
    assert [(one["parcel_id"], one["month"]) for one in current(lake)] == [("p1", "2024-04"), ("p2", "2024-01")]


def test_only_the_months_of_changed_rows_are_rewritten(lake: Lake) -> None:
    put(lake, *(whole_row(f"p{i}", sent_at=T0 + timedelta(days=31 * i)) for i in range(4)))
    before = set(lake.snapshot().files("parcels"))
    put(lake, whole_row("p2", sent_at=T0 + timedelta(days=62), weight=5), at=after(1))
    gone = before - set(lake.snapshot().files("parcels"))
    assert {Path(file).parent.name for file in gone} == {"month=2024-04"}
    put(lake, whole_row("new"), at=after(2))
    assert before - gone <= set(lake.snapshot().files("parcels")), "new keys only append"


def test_a_row_is_made_data_while_any_made_value_shows(lake: Lake) -> None:
    put(lake, whole_row(weight=1, simulated=True))
    put(lake, row(carrier="mule"), at=after(1))
    assert current(lake)[0]["simulated"]
    assert lake.snapshot().simulated("parcels")
    put(lake, whole_row(weight=2), at=after(2))
    assert not current(lake)[0]["simulated"]
    assert not lake.snapshot().simulated("parcels")


def test_the_history_holds_superseded_messages_with_what_they_carried(lake: Lake) -> None:
    put(lake, whole_row(weight=1))
    put(lake, row(weight=2), at=after(1))
    put(lake, row(carrier="mule"), at=after(2))
    told = [(one["received_at"], one["_carried"], one["sent_at"], one["sent_on"]) for one in superseded(lake)]
    assert sorted(told) == [
        (T0, "parcel_id,leg,sent_at,weight", T0, date(2024, 1, 31)),
        (after(1), "parcel_id,leg,weight", None, None),
    ]


def test_past_states(lake: Lake) -> None:
    put(lake, whole_row(weight=1, received_at=after(0)), whole_row("p2", received_at=after(3)))
    put(lake, row(weight=2, received_at=after(5)))
    put(lake, row(weight=9, carrier="mule", received_at=after(2)))

    def seen(minute: int) -> list[tuple[str, int, str | None]]:
        rows = lake.state_at("parcels", after(minute)).to_pylist()
        return [(one["parcel_id"], one["weight"], one["carrier"]) for one in rows]

    assert seen(-1) == []
    assert seen(0) == [("p1", 1, None)]
    assert seen(2) == [("p1", 9, "mule")]
    assert seen(4) == [("p1", 9, "mule"), ("p2", 100, None)]
    assert seen(5) == [("p1", 2, "mule"), ("p2", 100, None)]


def test_several_puts_of_one_writer_see_each_other(lake: Lake) -> None:
    with lake.writing() as writer:
        writer.put("parcels", [batch(whole_row(weight=1))], source="a", received_at=T0)
        counts = writer.put("parcels", [batch(row(weight=2))], source="b", received_at=after(1))
        assert counts == Counts(changed=1)
        assert current(lake) == []
        writer.commit()
        writer.put("parcels", [batch(row(weight=3))], source="b", received_at=after(2))
        writer.commit()
    assert (current(lake)[0]["weight"], lake.snapshot().sources("parcels")) == (3, ("a", "b"))


def test_columns_may_differ_between_batches_and_times_of_receipt_within(lake: Lake) -> None:
    put(lake, whole_row(weight=1), row("p1", carrier="kite"), whole_row("p2", received_at=after(8)), at=after(3))
    put(lake, whole_row("p2", received_at=None, weight=5), at=after(4))
    assert [(one["carrier"], one["weight"]) for one in current(lake)] == [("kite", 1), (None, 100)]


def test_coverage_is_stated_or_found_and_only_grows(lake: Lake) -> None:
    assert lake.snapshot().coverage("parcels") is None
    put(lake, whole_row(), whole_row("p2", sent_at=T0 + timedelta(days=9)), at=T0 + timedelta(days=9))
    assert lake.snapshot().coverage("parcels") == (date(2024, 1, 31), date(2024, 2, 9))
    put(lake, whole_row("p3"), source="other", covered=(date(2023, 12, 1), date(2024, 2, 1)))
    put(lake, whole_row("p4", sent_at=T0 + timedelta(days=2)))
    snapshot = lake.snapshot()
    assert snapshot.coverage("parcels") == (date(2023, 12, 1), date(2024, 2, 9))
    assert snapshot.coverage("parcels", "other") == (date(2023, 12, 1), date(2024, 2, 1))
    assert snapshot.coverage("parcels", "test") == (date(2024, 1, 31), date(2024, 2, 9))
    with lake.writing() as writer:
        writer.put("parcels", [], source="empty", received_at=T0, covered=(date(2022, 1, 1), date(2022, 1, 2)))
        writer.commit()
    assert lake.snapshot().coverage("parcels") == (date(2022, 1, 1), date(2024, 2, 9))


def test_what_tells_of_some_rows_alone_covers_days_only_where_nothing_else_does(lake: Lake) -> None:
    put(lake, whole_row(sent_at=T0 + timedelta(days=9)), source="forms", at=T0 + timedelta(days=9))
    assert lake.snapshot().coverage("parcels") == (date(2024, 2, 9), date(2024, 2, 9))
    put(lake, whole_row("p2"), at=T0 + timedelta(days=9))
    assert lake.snapshot().coverage("parcels") == (date(2024, 1, 31), date(2024, 1, 31)), "the import alone"
    assert lake.snapshot().coverage("parcels", "forms") == (date(2024, 2, 9), date(2024, 2, 9))


def test_a_day_that_has_not_begun_is_not_covered(lake: Lake) -> None:
    put(lake, whole_row(), whole_row("p2", sent_at=T0 + timedelta(days=6_000)))
    assert lake.snapshot().rows("parcels") == 2
    assert lake.snapshot().coverage("parcels") == (date(2024, 1, 31), date(2024, 1, 31))


def test_a_later_answer_shows_how_far_the_data_reaches(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "answers", "UTC")
    asked, answered = datetime(2024, 5, 31, 9, tzinfo=UTC), datetime(2024, 6, 3, 9, tzinfo=UTC)
    rows = pa.table(
        {
            "response_id": ["r1", "r2"],
            "question": ["q", "q"],
            "kind": ["nps", "nps"],
            "asked_at": pa.array([asked, asked], pa.timestamp("us", "UTC")),
            "answered_at": pa.array([answered, None], pa.timestamp("us", "UTC")),
            "score": [9.0, None],
        }
    )
    with lake.writing() as writer:
        writer.put("responses", [rows], source="test", received_at=datetime(2024, 7, 1, tzinfo=UTC))
        writer.commit()
    assert lake.snapshot().coverage("responses") == (date(2024, 5, 31), date(2024, 6, 3))


def test_progress_is_told(lake: Lake) -> None:
    told: list[int] = []
    rows = [batch(*(whole_row(f"p{i}-{j}") for i in range(10))) for j in range(3)]
    with lake.writing() as writer:
        writer.put("parcels", iter(rows), source="test", received_at=T0, on_rows=told.append)
    assert told == [10, 10, 10]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (batch(whole_row()).append_column("colour", pa.array(["red"])), "no column 'colour'"),
        (batch(whole_row()).drop_columns(["leg"]), "'leg' is missing"),
        (batch(whole_row(), whole_row(leg=None)), "parcels.leg is empty in row 3"),
        (batch(whole_row(), whole_row(weight=None)), "parcels.weight is empty in row 3"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_and_leaves_nothing(lake: Lake, table: pa.Table, what: str) -> None:
    with lake.writing() as writer:
        with pytest.raises(InputError, match=what):
            writer.put("parcels", [batch(whole_row("fine")), table], source="test", received_at=T0)
        writer.commit()
    assert (lake.snapshot().number, current(lake)) == (1, [])
    assert put(lake, *batches([whole_row()])[0].to_pylist()) == Counts(new=1)


def test_an_unknown_kind_is_refused(lake: Lake) -> None:
    with lake.writing() as writer, pytest.raises(UsageError, match="'letters'"):
        writer.put("letters", [], source="test", received_at=T0)
    with pytest.raises(UsageError, match="'letters'"):
        lake.snapshot().files("letters")


def test_a_row_that_is_taken_back_is_in_the_history_alone_until_it_is_given_back(lake: Lake) -> None:
    put(lake, whole_row(weight=1), whole_row("p2", weight=2))
    assert put(lake, row(withdrawn=True), at=after(1)) == Counts(changed=1)
    assert [one["parcel_id"] for one in current(lake)] == ["p2"]
    assert put(lake, row(price=2.5), at=after(2)) == Counts(changed=1), "it stays away, and what is said is kept"
    assert put(lake, row(withdrawn=False), at=after(3)) == Counts(new=1)
    assert [(one["weight"], one["price"]) for one in current(lake)] == [(1, 2.5), (2, None)]
    assert [len(lake.state_at("parcels", after(minute)).to_pylist()) for minute in (0, 1, 2, 3)] == [2, 1, 1, 2]


def test_taking_a_row_back_may_come_before_the_row(lake: Lake) -> None:
    put(lake, row(withdrawn=True, received_at=after(5)))
    assert put(lake, whole_row(received_at=after(1))) == Counts(changed=1)
    assert current(lake) == []
    assert put(lake, whole_row("p2", withdrawn=True)) == Counts(waiting=1)
    assert put(lake, whole_row("p2", withdrawn=False), at=after(6)) == Counts(new=1)
    assert [one["parcel_id"] for one in current(lake)] == ["p2"]


def test_only_the_months_of_the_rows_are_looked_through_where_that_is_enough(lake: Lake) -> None:
    put(lake, whole_row(weight=1), whole_row("p2", sent_at=T0 + timedelta(days=40), weight=2))
    again = whole_row(weight=5), whole_row("p3", weight=7)
    assert put(lake, *again, at=after(1), same_month=True) == Counts(new=1, changed=1)
    assert [(one["parcel_id"], one["weight"]) for one in current(lake)] == [("p1", 5), ("p2", 2), ("p3", 7)]
    # a row that does not tell its month may be anywhere
    assert put(lake, row("p2", weight=9), at=after(2), same_month=True) == Counts(changed=1)
    assert [one["weight"] for one in current(lake)] == [5, 9, 7]
