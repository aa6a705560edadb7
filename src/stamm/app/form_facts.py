"""What people sent by forms becomes facts: the same rows however often it is done, and what is thrown away goes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.dataset as ds

from stamm.app.form_confirming import can_ask
from stamm.app.project import Project
from stamm.app.projecting.persons import merges_in, owners
from stamm.app.projecting.said import Said, put_said
from stamm.forms.confirming import ask_for_confirmations
from stamm.forms.keeping import TELLING
from stamm.forms.telling import SOURCE, Row, Untold, mark_told, name_customers, untold
from stamm.jobs import Done, Job, Kind, Outcome, Retry
from stamm.lang.errors import BusyError
from stamm.people import Database
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
        waiting = untold(run)
    if not waiting:
        return 0
    with project.lake().writing(wait_seconds=WAIT_SECONDS) as writer:
        named = customers_of(project.lake().snapshot(), (each for each in waiting if _lacks_customer(each)))
        with database.transaction() as run:  # before it is told, so that whoever is cut off names the same ones
            name_customers(run, named)
            fresh = {each.submission.id: each for each in untold(run)}
        waiting = [fresh[each.submission.id] for each in waiting if each.submission.id in fresh]
        waiting = [each for each in waiting if not _lacks_customer(each)]
        rows = [_said(row) for each in waiting for row in each.rows()]
        if rows:
            put_said(writer, rows)
            writer.commit()
    with database.transaction() as run:
        for each in waiting:
            mark_told(run, each)
    return len(waiting)


def customers_of(snapshot: Snapshot, waiting: Iterable[Untold]) -> dict[int, tuple[str, bool]]:
    """Whose submissions these are, by their numbers, and whether nobody was known by that address.

    Who is new is known by the address in small letters, as in most systems.
    """
    addresses = {each.submission.id: each.submission.email for each in waiting}
    known = _known(snapshot, set(addresses.values())) if addresses else {}
    return {number: (known[email], False) if email in known else (email, True) for number, email in addresses.items()}


def _known(snapshot: Snapshot, addresses: set[str]) -> dict[str, str]:
    """The customers who have these addresses now; of several the first by number."""
    if "customers" not in snapshot.kinds():
        return {}
    standing, found = owners(merges_in(snapshot)) if "links" in snapshot.kinds() else {}, dict[str, str]()
    whose = ds.field("email").is_valid() & pc.utf8_lower(ds.field("email")).isin(sorted(addresses))
    table = snapshot.dataset("customers").to_table(columns=["customer_id", "email"], filter=whose)
    for row in table.to_pylist():
        email, customer = row["email"].lower(), standing.get(row["customer_id"], row["customer_id"])
        found[email] = min(found.get(email, customer), customer)
    return found


def _lacks_customer(each: Untold) -> bool:
    return each.submission.is_counted and each.submission.customer is None


def _said(row: Row) -> Said:
    return Said(row.fact, {**row.key, **(row.values or {})}, SOURCE, row.received_at, withdrawn=row.values is None)
