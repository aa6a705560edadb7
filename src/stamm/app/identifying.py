"""Who is one person: what is known of it, and how a person puts it right. Every merge can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.dataset as ds

from stamm.answers.plan import Plan
from stamm.app.project import Project
from stamm.app.projecting import persons
from stamm.app.projecting.devices import recognised
from stamm.app.projecting.persons import Merge
from stamm.app.projecting.said import put_said
from stamm.app.refreshing import END_OF_TIME
from stamm.facts import imported
from stamm.lang.errors import UsageError
from stamm.sources.segment.people import CUSTOMER
from stamm.store import Writer
from stamm.store.resolving import RESOLVED

_ = ibis._
#: a message of a link: whose it is, or when it was taken back
_TOLD = ("anonymous_id", "linked_at", "customer_id", "unlinked_at")


@dataclass(frozen=True)
class Span:
    """A device in somebody's hands, from when (in) until when (out); empty before the first and after the last."""

    device: str
    customer: str
    since_at: datetime | None
    until_at: datetime | None


@dataclass(frozen=True)
class Identity:
    """What is known of an id: who the person is, under which other ids it was known, and its devices."""

    asked: str
    customer: str | None = None
    merges: tuple[Merge, ...] = ()
    #: the spans of all who used the person's devices, by device and time
    spans: tuple[Span, ...] = ()

    @property
    def shared(self) -> tuple[str, ...]:
        """Devices that others have used as well; they make nobody one person."""
        return shared(self.spans)

    @property
    def is_circle(self) -> bool:
        """Whether the merges lead back to the customer: then the oldest of the circle does not count."""
        return any(merge.former == self.customer for merge in self.merges)


@dataclass(frozen=True)
class Changed:
    """What a merge or its end did: how many rows went to somebody else, and the snapshot."""

    rows: int
    snapshot: int
    #: devices whose links were taken back with it
    devices: tuple[str, ...]


def shared(spans: Iterable[Span]) -> tuple[str, ...]:
    """Devices that were several people's."""
    users: dict[str, set[str]] = {}
    for span in spans:
        users.setdefault(span.device, set()).add(span.customer)
    return tuple(sorted(device for device, customers in users.items() if len(customers) > 1))


class Identifying:
    """Asks and changes who is one person, in one project."""

    def __init__(self, project: Project, on_wait: Callable[[int | None], None] | None = None) -> None:
        if project.reads_database:
            raise UsageError(
                "Customers of a shop's own database are put together in the shop.",
                remedy="Merge them there; Stamm reads them as they are.",
            )
        self.project, self._on_wait = project, on_wait

    # -- asking ----------------------------------------------------------------------
    def known(self, name: str) -> Identity:
        """What is known of a customer or a device; raises UsageError where nothing is."""
        standing = self.merges()
        owners, formers = persons.owners(standing), {merge.former for merge in standing}
        is_customer = name in owners or name in owners.values() or self._is_customer(name)
        customer = owners.get(name, name) if is_customer else None
        spans = self._spans(_.customer_id == customer) if customer else self._spans(_.anonymous_id == name)
        if customer is None and not spans:
            raise _nobody(name)
        if customer and spans:
            spans = self._spans(_.anonymous_id.isin(sorted({span.device for span in spans})))
        # whoever stands for all of a circle is no former id, and is in it as one
        of_person = tuple(merge for merge in standing if owners.get(merge.former, merge.former) == customer)
        # an alias says of a former id that it is the customer's, be it a device's or a customer's
        devices = tuple(span for span in spans if customer is None or span.device not in formers)
        return Identity(name, customer, of_person, devices)

    def merges(self) -> list[Merge]:
        """All merges that stand, oldest first."""
        return persons.merges_in(self.project.lake().snapshot())

    def shared(self) -> tuple[Span, ...]:
        """The spans of all devices that were several people's, by device and time."""
        plan = self._plan()
        users = plan["owners"].group_by("anonymous_id").aggregate(users=_.customer_id.nunique())
        several = users.filter(_.users > 1).select("anonymous_id")
        devices = plan.world.engine.run(several)["anonymous_id"].to_pylist()
        return self._spans(_.anonymous_id.isin(sorted(devices))) if devices else ()

    def _plan(self) -> Plan:
        world = self.project.world()
        return Plan(world, (), None, world.day_start(END_OF_TIME))

    def _spans(self, which: Any) -> tuple[Span, ...]:
        plan = self._plan()
        table = plan["owners"].filter(which, ~_.anonymous_id.startswith(CUSTOMER))
        rows = plan.world.engine.run(table).to_pylist()
        spans = (Span(row["anonymous_id"], row["customer_id"], row["since_at"], row["until_at"]) for row in rows)
        return tuple(sorted(spans, key=lambda span: (span.device, span.since_at is not None, span.since_at)))

    def _is_customer(self, name: str) -> bool:
        snapshot = self.project.lake().snapshot()
        kinds = (key for key, kind in imported().items() if "customer_id" in kind.carried() and snapshot.rows(key))
        return any(snapshot.dataset(kind).count_rows(filter=ds.field("customer_id") == name) for kind in kinds)

    # -- changing --------------------------------------------------------------------
    def merge(self, former: str, customer: str, *, now: datetime, who: str | None = None) -> Changed:
        """From now on a former id is another customer's, with all that was ever said of it.

        Raises UsageError where one of them is nobody, or where they are one person already.
        """
        with self._writing() as writer:
            owners = persons.owners(self.merges())
            for name in (former, customer):
                if name not in owners and not self._is_customer(name):
                    raise _nobody(name)
            if owners.get(former, former) == owners.get(customer, customer):
                raise UsageError(
                    f"{former} and {customer} are one person already.",
                    remedy=f"`stamm identity show {customer}` shows since when.",
                )
            links = [{"anonymous_id": CUSTOMER + former, "linked_at": now, "customer_id": customer}]
            changed = self._change(writer, owners, links, now)
        self._note("customers_merged", changed, now, who)
        return changed

    def unmerge(self, name: str, customer: str | None = None, *, now: datetime, who: str | None = None) -> Changed:
        """What was said to be the same as another customer is so no longer: a former id, or a device.

        With a customer, only what was said of that one. Raises UsageError where nothing was said.
        """
        with self._writing() as writer:
            owners = persons.owners(self.merges())
            found = writer.current("links", "anonymous_id", [name, CUSTOMER + name]).to_pylist()
            links = [
                {"anonymous_id": link["anonymous_id"], "linked_at": link["linked_at"], "unlinked_at": now}
                for link in found
                if link["unlinked_at"] is None and customer in (None, link["customer_id"])
            ]
            if not links:
                whose = customer or "somebody else"
                raise UsageError(
                    f"No link says that {name} is {whose}.",
                    remedy="`stamm identity show` lists the merges, and with an ID the devices of that customer.",
                )
            changed = self._change(writer, owners, links, now)
        self._note("customers_unmerged", changed, now, who)
        return changed

    def _note(self, what: str, changed: Changed, now: datetime, who: str | None) -> None:
        """Who did it and how much it changed; whom it was about stands in the links, until they are erased."""
        self.project.note(what, f"snapshot {changed.snapshot}, rows {changed.rows}", now=now, who=who)

    def _change(
        self, writer: Writer, before: dict[str, str], links: Sequence[dict[str, Any]], now: datetime
    ) -> Changed:
        schema = imported()["links"].schema()
        names = [name for name in _TOLD if name in links[0]]
        table = pa.table({name: pa.array([link[name] for link in links], schema.field(name).type) for name in names})
        writer.put("links", [table], source=RESOLVED, received_at=now)
        given = recognised(writer, devices=[link["anonymous_id"] for link in links])
        put_said(writer, given)
        after = persons.owners(persons.all_merges(writer))
        put_said(writer, list(persons.given_away(given, after)))
        rows = persons.put_right(writer, after, persons.moved(before, after), now)
        told = {link["anonymous_id"] for link in links}  # an alias tells of a former id both ways
        devices = sorted(name for name in told if not name.startswith(CUSTOMER) and CUSTOMER + name not in told)
        return Changed(rows, writer.commit().number, tuple(devices))

    def _writing(self) -> AbstractContextManager[Writer]:
        return self.project.lake().writing(on_wait=self._on_wait)


def _nobody(name: str) -> UsageError:
    return UsageError(
        f"Nobody is known as {name}.", remedy="Write the id of a customer or of a device as the data have it."
    )
