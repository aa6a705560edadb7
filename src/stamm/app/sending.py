"""The send door of a project: whom it knows, in which words it says how to get no more, and where its facts go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.dataset as ds

from stamm.app.project import Project
from stamm.app.projecting.own import append
from stamm.app.projecting.persons import merges_in, owners
from stamm.delivery.customer_door import Compose, Consent, CustomerMail, CustomerMailFacts, Known, Settled, Whom
from stamm.delivery.customer_mail import Happened, Mail
from stamm.delivery.letter import Letter
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES, Language
from stamm.lang.organisation import Organisation
from stamm.lang.window import zone_named
from stamm.people.database import Database
from stamm.store.erasing.ledger import Ledger
from stamm.store.erasing.words import Digests
from stamm.store.snapshot import Snapshot

_ = ibis._

#: what the log calls the source of what became of mails
PROGRAMME = "mail"
EVIDENCE = "said so by the link of a mail"


def kinds_of_mail(
    directory: Path,
    database: Callable[[], Database],
    programmes: Mapping[str, Compose],
    settled: Mapping[str, Settled] | None = None,
    asked_for: frozenset[str] = frozenset(),
    known: Known | None = None,
) -> tuple[CustomerMail, CustomerMailFacts]:
    """The kinds of jobs that send a mail to a customer, and append what became of it; each programme by its name.

    Mails of programmes that are `asked_for` go at any hour. `known`: who knows customers, unless it is the facts alone.
    """

    def project() -> Project:
        return Project.open(directory)

    mails = CustomerMail(
        database,
        lambda: project().settings.mail,
        lambda: project().settings.address,
        lambda: digests_of(project()),
        known or Knowing(directory),
        programmes,
        lambda letter, stop: footed(project(), letter, stop),
        settled or {},
        asked_for,
    )
    return mails, CustomerMailFacts(database, lambda mail, happened, at: tell(project(), mail, happened, at))


def digests_of(project: Project) -> Digests:
    """What stands for addresses, and signs the links of mails: the key goes with a backup, so that both outlive it."""
    return Ledger.made(project.lake_directory).digests


def footed(project: Project, letter: Letter, stop: str) -> Letter:
    """The letter with who sends it, and the link by which its reader wants no more."""
    say, whose = Language("de" if letter.language == "de" else "en"), project.organisation.name or "Stamm"
    foot = [(say("This mail was sent by {organisation}.", organisation=whose), ""), (say("Unsubscribe"), stop)]
    return replace(letter, foot=[*letter.foot, *foot])


def tell(project: Project, mail: Mail, happened: Happened, at: datetime) -> None:
    """Append what happened to a mail as facts; whoever wants no more has said so for their consent, too."""
    if project.reads_database:
        return  # a shop's own database is read alone
    moments = {"sent": {"sent_at": at, "delivered_at": at}, "bounced": {"sent_at": at, "bounced_at": at}}
    sent = mail.sent_at or at
    told = moments.get(happened, {"sent_at": sent, "delivered_at": sent, "unsubscribed_at": at})
    message: dict[str, Any] = {
        "message_id": mail.key,
        "customer_id": mail.customer,
        "channel": "email",
        "campaign": mail.campaign or None,
        "purpose": mail.purpose,
        **{name: moment.isoformat() for name, moment in told.items()},
    }
    rows = [("messages", message)]
    name = f"{mail.key}:{happened}:{at.isoformat()}"
    if happened == "unsubscribed" and mail.customer is not None:
        said = {"customer_id": mail.customer, "purpose": mail.purpose, "granted": False, "evidence": EVIDENCE}
        rows.append(("consents", {"consent_id": name, **said, "recorded_at": at.isoformat()}))
    with closing(project.log()) as log:
        append(log, PROGRAMME, name, rows, at)


@dataclass
class Knowing:
    """Looks a customer up as they are known now; who stands for whom is looked up once a snapshot."""

    directory: Path
    _standing: tuple[int, Mapping[str, str]] = (-1, {})

    def __call__(self, customer: str, purpose: str, now: datetime) -> Whom | None:
        """Nobody where the number is not known, or was erased."""
        return next(iter(self._of(customer, purpose, now)), None)

    def everybody(self, purpose: str, now: datetime) -> list[Whom]:
        """All customers that there are, by their numbers."""
        return self._of(None, purpose, now)

    def purposes(self) -> list[str]:
        """What customers were ever asked to agree to."""
        project = Project.open(self.directory)
        read = _of_shop(project) if project.reads_database else _of_lake(project.lake().snapshot())
        return sorted({row["purpose"] for row in read("consents", ("purpose",), None)})

    def _of(self, customer: str | None, purpose: str, now: datetime) -> list[Whom]:
        """The customer of that number; without one all of them."""
        project = Project.open(self.directory)
        ledger = Ledger.read(project.lake_directory)
        standing: Mapping[str, str] = {}
        if project.reads_database:
            read = _of_shop(project)
        else:
            snapshot = project.lake().snapshot()
            read, standing = _of_lake(snapshot), self._owners(snapshot)
        numbers = defaultdict[str, set[str]](set)
        for former, owner in standing.items():
            numbers[owner].add(former)
        asked, every = None, None
        if customer is not None:
            asked = {standing.get(customer, customer)}
            every = {customer, *asked, *numbers[min(asked)]}
        newest: dict[str, dict[str, Any]] = {}
        for row in read("customers", _KNOWN, asked):
            whose = row["customer_id"]
            if row["valid_from"] <= now and whose not in standing and not (ledger and ledger.knows(whose)):
                newest[whose] = max(newest.get(whose, row), row, key=lambda each: each["valid_from"])
        if customer is not None and ledger is not None and ledger.knows(customer):
            return []
        words = defaultdict[str, list[Consent]](list)
        for row in read("consents", _SAID, every):
            if row["purpose"] == purpose and (row["recorded_at"] <= now or not row["granted"]):
                said = str(row["customer_id"])
                words[standing.get(said, said)].append(Consent(bool(row["granted"]), row["recorded_at"]))
        return [
            _whom(row, frozenset((whose, *numbers[whose])), words[whose], project.organisation)
            for whose, row in sorted(newest.items())
        ]

    def _owners(self, snapshot: Snapshot) -> Mapping[str, str]:
        if self._standing[0] != snapshot.number:
            self._standing = snapshot.number, owners(merges_in(snapshot))
        return self._standing[1]


#: columns that are read of a customer, and of what they said
_KNOWN = ("customer_id", "valid_from", "email", "language", "time_zone")
_SAID = ("customer_id", "purpose", "granted", "recorded_at")
#: a fact kind, its columns, and customers' numbers (None: all) -> their rows
Read = Callable[[str, tuple[str, ...], set[str] | None], list[dict[str, Any]]]


def _whom(known: dict[str, Any], numbers: frozenset[str], words: list[Consent], own: Organisation) -> Whom:
    """A customer as their newest row and all their words say."""
    last = max(words, key=lambda word: (word.at, not word.granted), default=None)
    language = next((code for code in CODES if (known["language"] or "").lower().startswith(code)), own.language)
    zone = known["time_zone"] or own.zone
    zone = zone if _is_zone(zone) else own.zone
    return Whom(known["customer_id"], numbers, known["email"] or "", language or "en", zone, last)


def _of_lake(snapshot: Snapshot) -> Read:
    def read(kind: str, columns: tuple[str, ...], numbers: set[str] | None) -> list[dict[str, Any]]:
        if kind not in snapshot.kinds():
            return []
        whose = None if numbers is None else ds.field("customer_id").isin(sorted(numbers))
        return _in_utc(snapshot.dataset(kind).to_table(columns=list(columns), filter=whose))

    return read


def _of_shop(project: Project) -> Read:
    def read(kind: str, columns: tuple[str, ...], numbers: set[str] | None) -> list[dict[str, Any]]:
        world = project.world()
        try:
            if kind not in world.coverage:
                return []
            rows = world.engine.table(kind).select(*columns)
            if numbers is not None:
                whose = ibis.memtable(pa.table({"customer_id": pa.array(sorted(numbers), pa.string())}))
                rows = rows.semi_join(whose, "customer_id")
            return _in_utc(world.engine.run(rows))
        finally:
            world.engine.close()

    return read


def _in_utc(rows: pa.Table) -> list[dict[str, Any]]:
    return [
        {name: each.replace(tzinfo=UTC) if isinstance(each, datetime) and each.tzinfo is None else each
         for name, each in row.items()}
        for row in rows.to_pylist()
    ]  # fmt: skip


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except UsageError:
        return False
    return True
