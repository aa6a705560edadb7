"""Whatever arrives, in whatever order and pieces: the rows are those of a plain-Python telling of the rules."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parcels import T0, Parcels, PlainLake, after, batches, comparable, current, new_lake, put

from stamm.lang.window import day_of
from stamm.store import Lake
from tests.thorough import turns

CALM = settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=turns(30, 12), suppress_health_check=[HealthCheck.too_slow])

VALUES = {
    "sent_at": st.sampled_from([T0, T0 + timedelta(hours=2), T0 + timedelta(days=40)]),
    "seen_at": st.none() | st.sampled_from([T0, T0 + timedelta(days=3)]),
    "weight": st.integers(1, 3),
    "price": st.none() | st.sampled_from([0.1, 2.5]),
    "carrier": st.none() | st.sampled_from(["mule", "kite"]),
    "fragile": st.none() | st.booleans(),
}


@st.composite
def messages(draw: st.DrawFn, *, received: st.SearchStrategy[datetime | None]) -> dict[str, Any]:
    """A message of one of few keys that carries any of the columns."""
    carried = draw(st.sets(st.sampled_from(sorted(VALUES)))) | draw(
        st.sampled_from([frozenset(), frozenset({"sent_at", "weight"})])
    )
    found: dict[str, Any] = {"parcel_id": draw(st.sampled_from(["p1", "p2"])), "leg": draw(st.sampled_from("ab"))}
    found |= {name: draw(VALUES[name]) for name in sorted(carried)}
    found["received_at"] = draw(received)
    found["simulated"] = draw(st.sampled_from([False, False, True]))
    found["withdrawn"] = draw(st.sampled_from([None, None, None, True, False]))
    return found


def moments() -> st.SearchStrategy[datetime | None]:
    return st.none() | st.integers(0, 8).map(after)


def check_tables(lake: Lake) -> None:
    """Local days follow from the moments, months from the days, and Delta says what the manifest says."""
    snapshot = lake.snapshot()
    for one in current(lake):
        assert one["sent_on"] == day_of(one["sent_at"], lake.snapshot().zone)
        assert one["seen_on"] == (one["seen_at"] and day_of(one["seen_at"], snapshot.zone))
        assert one["month"] == one["sent_on"].strftime("%Y-%m")
    for name, files in (("parcels", snapshot.files("parcels")), ("parcels_history", snapshot.history_files("parcels"))):
        if files:
            assert sorted(DeltaTable(str(snapshot.root / name)).file_uris()) == sorted(files)
    assert snapshot.rows("parcels") == len(current(lake))
    assert snapshot.simulated("parcels") == any(one["simulated"] for one in current(lake))


SOME_PUTS = given(st.lists(st.lists(messages(received=moments()), min_size=1, max_size=6), min_size=1, max_size=5))


def puts_follow_the_rules(puts: list[list[dict[str, Any]]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        lake, plain = new_lake(Path(directory)), PlainLake()
        for number, rows in enumerate(puts):
            # clocks of importing machines differ: a later import may say it was earlier
            at = after((number * 7) % 10)
            counts = put(lake, *rows, at=at)
            plain.put(rows, at=at)
            assert sum(vars(counts).values()) == len(rows)
            assert comparable(current(lake)) == plain.rows()
        for minute in range(0, 10, 3):
            rows = lake.state_at("parcels", after(minute)).to_pylist()
            assert comparable(rows) == plain.rows(until=after(minute))
        check_tables(lake)


test_puts_follow_the_rules = CALM(SOME_PUTS(puts_follow_the_rules))
test_many_puts_follow_the_rules = pytest.mark.long(MANY(SOME_PUTS(puts_follow_the_rules)))


SHUFFLED = given(
    st.lists(messages(received=st.just(None)), min_size=1, max_size=10).flatmap(
        lambda rows: st.tuples(
            st.just([{**row, "received_at": after(place)} for place, row in enumerate(rows)]),
            st.permutations(range(len(rows))),
            st.sets(st.integers(1, 9)),
            st.lists(st.integers(0, len(rows) - 1), max_size=4),
        )
    )
)


def arrival_does_not_matter(
    given_: tuple[list[dict[str, Any]], list[int], set[int], list[int]],
) -> None:
    """The same messages in order and at once, or shuffled, split and repeated: the same tables."""
    rows, order, cuts, repeats = given_
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        straight, shuffled = new_lake(Path(one)), new_lake(Path(two))
        put(straight, *rows)
        arriving = [rows[place] for place in order] + [rows[place] for place in repeats]
        edges = [0, *sorted(cut for cut in cuts if cut < len(arriving)), len(arriving)]
        for start, end in pairwise(edges):
            with shuffled.writing() as writer:
                writer.put("parcels", batches(arriving[start:end]), source="test", received_at=T0)
                writer.commit()
        assert current(straight) == current(shuffled)
        for minute in range(0, len(rows), 3):
            moment = after(minute)
            assert straight.state_at("parcels", moment) == shuffled.state_at("parcels", moment)
        assert current(straight) == straight.state_at("parcels", after(1_000)).to_pylist()
        check_tables(shuffled)


test_arrival_does_not_matter = CALM(SHUFFLED(arrival_does_not_matter))
test_arrival_does_not_matter_often = pytest.mark.long(MANY(SHUFFLED(arrival_does_not_matter)))


def test_the_helper_kind_is_not_registered() -> None:
    assert Parcels.abstract
