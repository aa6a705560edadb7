"""The send door of a project: whom it knows, in which words it says how to get no more, and where its facts go."""

from __future__ import annotations

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
from stamm.delivery.customer_door import Compose, Consent, CustomerMail, CustomerMailFacts, Whom
from stamm.delivery.customer_mail import Happened, Mail
from stamm.delivery.letter import Letter
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES, Language
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
    directory: Path, database: Callable[[], Database], programmes: Mapping[str, Compose]
) -> tuple[CustomerMail, CustomerMailFacts]:
    """The kinds of jobs that send a mail to a customer, and append what became of it; each programme by its name."""

    def project() -> Project:
        return Project.open(directory)

    mails = CustomerMail(
        database,
        lambda: project().settings.mail,
        lambda: project().settings.address,
        lambda: digests_of(project()),
        Knowing(directory),
        programmes,
        lambda letter, stop: footed(project(), letter, stop),
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
        project = Project.open(self.directory)
        ledger = Ledger.read(project.lake_directory)
        if ledger is not None and ledger.knows(customer):
            return None
        if project.reads_database:
            numbers, read = frozenset((customer,)), _of_shop(project)
            owner = customer
        else:
            snapshot = project.lake().snapshot()
            standing = self._owners(snapshot)
            owner = standing.get(customer, customer)
            numbers = frozenset((owner, customer, *(former for former, whose in standing.items() if whose == owner)))
            read = _of_lake(snapshot)
        versions = [row for row in read("customers", {owner}) if row["valid_from"] <= now]
        if not versions:
            return None
        known = max(versions, key=lambda row: row["valid_from"])
        words = [
            Consent(bool(row["granted"]), row["recorded_at"])
            for row in read("consents", numbers)
            if row["purpose"] == purpose and (row["recorded_at"] <= now or not row["granted"])
        ]
        last = max(words, key=lambda word: (word.at, not word.granted), default=None)
        own = project.organisation
        language = next((code for code in CODES if (known["language"] or "").lower().startswith(code)), own.language)
        zone = known["time_zone"] or own.zone
        return Whom(owner, numbers, known["email"] or "", language or "en", zone if _is_zone(zone) else own.zone, last)

    def _owners(self, snapshot: Snapshot) -> Mapping[str, str]:
        if self._standing[0] != snapshot.number:
            self._standing = snapshot.number, owners(merges_in(snapshot))
        return self._standing[1]


#: a fact kind and customers' numbers -> their rows
Read = Callable[[str, set[str] | frozenset[str]], list[dict[str, Any]]]


def _of_lake(snapshot: Snapshot) -> Read:
    def read(kind: str, numbers: set[str] | frozenset[str]) -> list[dict[str, Any]]:
        if kind not in snapshot.kinds():
            return []
        rows = snapshot.dataset(kind).to_table(filter=ds.field("customer_id").isin(sorted(numbers)))
        return _in_utc(rows)

    return read


def _of_shop(project: Project) -> Read:
    def read(kind: str, numbers: set[str] | frozenset[str]) -> list[dict[str, Any]]:
        world = project.world()
        try:
            if kind not in world.coverage:
                return []
            whose = ibis.memtable(pa.table({"customer_id": pa.array(sorted(numbers), pa.string())}))
            return _in_utc(world.engine.run(world.engine.table(kind).semi_join(whose, "customer_id")))
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
