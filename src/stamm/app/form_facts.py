"""What people sent by forms becomes facts: the same rows however often it is done, and what is thrown away goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from stamm.app.form_confirming import can_ask
from stamm.app.project import Project
from stamm.app.projecting.persons import merges_in, owners
from stamm.app.projecting.said import Said, put_said
from stamm.forms.confirming import ask_for_confirmations, refuse_confirmed
from stamm.forms.keeping import TELLING
from stamm.forms.telling import SOURCE, Row, Untold, hand_on, mark_told, name_customers, note_telling, untold
from stamm.jobs import Done, Job, Kind, Outcome, Retry
from stamm.lang.errors import BusyError
from stamm.people import Database
from stamm.people.database import Run
from stamm.store.erasing.ledger import Ledger
from stamm.store.snapshot import Snapshot

#: an import may hold the lake for long; what was sent waits in the database meanwhile
WAIT_SECONDS = 60.0


class SubmissionsTold(Kind):
    """What was sent by forms becomes facts, all that waits in one commit; whoever is cut off tells the same again."""

    name = TELLING
    title = "What forms received becomes facts"
    goes_outside = True
    repeatable = True

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Tell all that is not told yet, and ask for what was ticked; one that finds nothing was overtaken."""
        project = Project.open(self.directory)
        if project.reads_database:
            return Done()  # the facts are the shop's own; what was sent stays with the form
        try:
            with closing(project.people()) as database:
                while tell(project, database):
                    continue
                if can_ask(project):
                    with database.transaction() as run:
                        ask_for_confirmations(run, now)
        except BusyError as error:
            return Retry(type(error).__name__)
        return Done()


def tell(project: Project, database: Database) -> int:
    """One commit of what waits; how many it was. Raises BusyError while somebody else writes for long."""
    with database.transaction() as run:
        hand_on(run)
        waiting = untold(run)
    if not waiting:
        return 0
    with project.lake().writing(wait_seconds=WAIT_SECONDS) as writer:
        ledger = Ledger.read(project.lake_directory)
        snapshot, now = project.lake().snapshot(), datetime.now(UTC)
        named = customers_of(snapshot, waiting, ledger, now)
        with database.transaction() as run:  # before it is told, so that whoever is cut off can take it back
            name_customers(run, named)
            hand_on(run)
            waiting = [each for each in untold(run) if not _lacks_customer(each)]
            waiting = _without_strangers(run, snapshot, waiting, now)
            for each in waiting:
                note_telling(run, each)
        rows = [_said(row) for each in waiting for row in each.rows()]
        if rows:
            put_said(writer, rows)
            writer.commit()
        with database.transaction() as run:  # while nobody else tells
            for each in waiting:
                mark_told(run, each)
    return len(waiting)


def _without_strangers(run: Run, snapshot: Snapshot, waiting: Sequence[Untold], now: datetime) -> list[Untold]:
    """The same; a consent that was confirmed from an address that its customer no longer has is none."""
    confirmed = {str(each.submission.customer) for each in waiting if each.is_newly_confirmed}
    had = _addresses_of(snapshot, confirmed, now) if confirmed else {}
    found = []
    for each in waiting:
        sent = each.submission
        if each.is_newly_confirmed and had.get(str(sent.customer), sent.email) != sent.email:
            refuse_confirmed(run, sent.id)
            found.append(replace(each, confirmation=None))
        else:
            found.append(each)
    return found


def customers_of(
    snapshot: Snapshot, waiting: Sequence[Untold], ledger: Ledger | None, now: datetime
) -> dict[int, tuple[str, bool]]:
    """Whose submissions these are, by their numbers, and whether nobody was known by that address.

    Who is new is known by the address in small letters, as in most systems; where that number is somebody's who has
    another address by now, or was erased, under a number of their own.
    """
    lacking = [each.submission for each in waiting if _lacks_customer(each)]
    if not lacking:
        return {}
    of_address, numbers = _known(snapshot, {each.email for each in lacking}, now)
    for each in (one.submission for one in waiting):  # named by somebody who was cut off before the facts were told
        is_named = each.is_counted and each.is_new and each.customer and each.customer not in numbers
        if is_named and each.customer and not _is_erased(ledger, each.customer):
            of_address.setdefault(each.email, each.customer)
    found = {}
    for each in lacking:
        is_new = each.email not in of_address
        if is_new:
            is_free = each.email not in numbers and not _is_erased(ledger, each.email)
            of_address[each.email] = each.email if is_free else f"form-{each.chance}"
        found[each.id] = of_address[each.email], is_new
    return found


def _known(snapshot: Snapshot, addresses: set[str], now: datetime) -> tuple[dict[str, str], set[str]]:
    """The customers who have these addresses now, of several the first by number; and which are somebody's numbers."""
    if "customers" not in snapshot.kinds():
        return {}, set()
    wanted = pa.array(sorted(addresses), pa.string())
    had = pc.utf8_lower(ds.field("email")).isin(wanted) | ds.field("customer_id").isin(wanted)
    newest, numbers = _newest(snapshot, had, _standing(snapshot), now)
    found: dict[str, str] = {}
    for customer, row in newest.items():
        address = _address(customer, row)
        found[address] = min(found.get(address, customer), customer)
    return found, numbers


def _addresses_of(snapshot: Snapshot, customers: Collection[str], now: datetime) -> dict[str, str]:
    """The addresses that these customers have now; of whom the lake knows nothing, none."""
    if "customers" not in snapshot.kinds():
        return {}
    standing = _standing(snapshot)
    owned = {each: standing.get(each, each) for each in customers}
    had = ds.field("customer_id").isin(pa.array(sorted({*owned, *owned.values()}), pa.string()))
    newest, _ = _newest(snapshot, had, standing, now)
    return {each: _address(owner, newest[owner]) for each, owner in owned.items() if owner in newest}


def _address(customer: str, row: Mapping[str, Any]) -> str:
    return str(row["email"] or customer).lower()


def _standing(snapshot: Snapshot) -> Mapping[str, str]:
    """Who the numbers of merged customers stand for."""
    return owners(merges_in(snapshot)) if "links" in snapshot.kinds() else {}


def _newest(
    snapshot: Snapshot, had: pc.Expression, standing: Mapping[str, str], now: datetime
) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """What is known now of the customers of whom some row is so; and all numbers of theirs."""
    former: dict[str, set[str]] = {}
    for number, owner in standing.items():
        former.setdefault(owner, set()).add(number)
    customers = snapshot.dataset("customers")
    some = {
        standing.get(each, each)
        for each in customers.to_table(columns=["customer_id"], filter=had)["customer_id"].to_pylist()
    }
    every = pa.array(sorted(some.union(*(former.get(each, ()) for each in some))), pa.string())
    newest: dict[str, dict[str, Any]] = {}
    rows = customers.to_table(
        columns=["customer_id", "valid_from", "email"], filter=ds.field("customer_id").isin(every)
    ).to_pylist()
    for row in sorted(rows, key=lambda each: each["valid_from"]):
        if row["valid_from"] <= now:
            newest[standing.get(row["customer_id"], row["customer_id"])] = row
    return newest, {row["customer_id"] for row in rows}


def _is_erased(ledger: Ledger | None, customer: str) -> bool:
    return ledger is not None and ledger.knows(customer) is not None


def _lacks_customer(each: Untold) -> bool:
    return each.submission.is_counted and each.submission.customer is None


def _said(row: Row) -> Said:
    return Said(row.fact, {**row.key, **(row.values or {})}, SOURCE, row.received_at, withdrawn=row.values is None)
