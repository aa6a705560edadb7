"""What is written is read."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.canonical import read, rejects, rows, written

WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12).map(
    lambda text: text.strip(" \t\n\r\v\f")
)
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "event_id": WORDS.filter(bool),
            "customer_id": WORDS.filter(bool),
            "happened_at": MOMENTS,
            "kind": st.sampled_from(["page", "screen", "track"]),
            "title": WORDS.map(lambda text: text or None),
            "value_minor": st.integers(-(10**15), 10**15) | st.none(),
            "currency": st.sampled_from(["EUR", "JPY", "KWD"]),
            "properties": st.sampled_from([None, "{}", '{"a": "b,\\"c\\""}']),
        }
    ),
    max_size=30,
)


def as_csv(events: Sequence[dict[str, object]], ending: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    names = ["event_id", "customer_id", "happened_at", "kind", "title", "value_minor", "currency", "properties"]
    writer = csv.DictWriter(text, names, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    writer.writeheader()
    for event in events:
        happened = event["happened_at"]
        assert isinstance(happened, datetime)
        writer.writerow({**event, "happened_at": happened.isoformat()})
    return text.getvalue()


# the csv module quotes a lone carriage return only where lines end with one
@given(
    EVENTS,
    st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL)]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, object]], style: tuple[str, int]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_csv(events, *style), "events.csv")
    chunks = read(path)
    assert rejects(chunks) == []
    assert rows(chunks) == events


@given(EVENTS.filter(bool))
def test_what_is_written_as_parquet_is_read(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "events.parquet"
    pq.write_table(pa.Table.from_pylist(events), path)
    assert rows(read(path)) == events
