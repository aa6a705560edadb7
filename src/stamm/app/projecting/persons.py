"""Which customers are one person, and whose rows are whose because of it.

A link of the device `customer:FORMER` says that a former customer id is another customer's: an alias of two known ids,
or `stamm identity merge`. Like every link it can be taken back, and then all is as if it had never been. A device that
several people use is linked to each of them for a time; that makes nobody one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from stamm.app.projecting.said import Said, Values
from stamm.app.projecting.together import KEYED, put_together
from stamm.facts import imported
from stamm.sources.segment.people import CUSTOMER
from stamm.store import Snapshot, Writer
from stamm.store.resolving import OWNER, RESOLVED

#: fact kinds whose rows can be given to somebody else: the customer is no part of their key
GIVEN = tuple(key for key, kind in imported().items() if OWNER in kind.carried() and OWNER not in kind.key_columns)


@dataclass(frozen=True, order=True)
class Merge:
    """A former customer id that is another customer's, since when."""

    linked_at: datetime
    former: str
    customer: str


def merges(links: Iterable[Mapping[str, Any]]) -> list[Merge]:
    """The merges that stand, oldest first."""
    return sorted(
        Merge(link["linked_at"], link["anonymous_id"].removeprefix(CUSTOMER), link["customer_id"])
        for link in links
        if link["anonymous_id"].startswith(CUSTOMER) and link["unlinked_at"] is None
    )


def owners(standing: Iterable[Merge]) -> dict[str, str]:
    """Former customer ids -> who stands for them, whatever the order in which merges were told.

    Of several merges of one id the last counts. Where they run in a circle, the oldest of the circle does not.
    """
    last = {merge.former: merge for merge in sorted(standing)}
    for former in sorted(last):
        circle = _circle(last, former)
        if circle:
            del last[min(circle).former]
    found = {}
    for former in last:
        customer = former
        while customer in last:
            customer = last[customer].customer
        found[former] = customer
    return found


def _circle(last: Mapping[str, Merge], former: str) -> list[Merge]:
    """The merges of the circle that leads back to this id; none where there is no such."""
    walked: dict[str, Merge] = {}
    customer = former
    while customer in last and customer not in walked:
        walked[customer] = last[customer]
        customer = last[customer].customer
    return list(walked.values()) if customer == former and walked else []


def merges_in(snapshot: Snapshot) -> list[Merge]:
    """The merges that stand in a snapshot."""
    former = pc.starts_with(ds.field("anonymous_id"), CUSTOMER)
    return merges(snapshot.dataset("links").to_table(filter=former).to_pylist())


def all_merges(writer: Writer) -> list[Merge]:
    """The merges that stand in the lake as the writer has left it."""
    return merges(writer.starting("links", "anonymous_id", CUSTOMER).to_pylist())


def put_right(writer: Writer, known: Mapping[str, str], ids: Iterable[str], at: datetime) -> int:
    """Give all rows that were ever said to be of one of these ids to the right customer; how many were not."""
    wanted = list(ids)
    count = put_together(writer, known, wanted)
    for kind in GIVEN if wanted else ():
        rows = writer.resolved(kind, known, wanted)
        if kind == "links":
            rows = rows.filter(pc.invert(pc.starts_with(rows["anonymous_id"], CUSTOMER)))
        if rows.num_rows:
            received = pa.array([at] * rows.num_rows, imported()[kind].schema().field("received_at").type)
            writer.put(kind, [rows.append_column("received_at", received)], source=RESOLVED, received_at=at)
            count += rows.num_rows
    return count


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """The ids whose rows change when other merges stand: former ones, and who stood and stands for them."""
    differ = {each for each in before.keys() | after.keys() if before.get(each) != after.get(each)}
    return differ.union(*({owners[each] for each in differ if each in owners} for owners in (before, after)))


def touched(rows: Iterable[Said], known: Mapping[str, str]) -> set[str]:
    """The ids of people with several, of whom something was said by which they are known."""
    several = {*known, *known.values()}
    return {row.values[OWNER] for row in rows if row.fact in KEYED and row.values[OWNER] in several}


def given_away(rows: Iterable[Said], known: Mapping[str, str]) -> Iterator[Said]:
    """For each row of a former id a message that it is the customer's who stands for it."""
    for row in rows:
        owner = known.get(row.values.get(OWNER) or "")
        if owner is None or row.fact not in GIVEN or str(row.values.get("anonymous_id")).startswith(CUSTOMER):
            continue
        kind = imported()[row.fact]
        names = (*kind.key_columns, *((kind.clocks[0],) if row.fact == "events" else ()))  # by which it is found
        key: Values = {name: row.values[name] for name in names}
        yield Said(row.fact, {**key, OWNER: owner}, RESOLVED, row.received_at)
