"""stamm.toml: what a project is told about itself, read and checked, and changed without losing a word of it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit

from stamm.analyses import ANALYSES
from stamm.delivery.destination import KNOWN as OUTGOING_KNOWN
from stamm.delivery.destination import SECTION as OUTGOING
from stamm.delivery.destination import own_hosts_in
from stamm.delivery.mail_server import KNOWN as MAIL_KNOWN
from stamm.delivery.mail_server import SECTION as MAIL
from stamm.delivery.mail_server import MailServer
from stamm.engines.chosen import DUCKDB, check_choice
from stamm.facts import imported
from stamm.lang.errors import ProjectError, UsageError
from stamm.lang.language import CODES
from stamm.lang.money import exponent
from stamm.lang.organisation import Organisation
from stamm.lang.window import zone_named
from stamm.metrics import METRICS, Catalogue
from stamm.metrics.own import read_own
from stamm.origins.buckets.setting import SECTION as BUCKET
from stamm.origins.buckets.setting import BucketSetting
from stamm.origins.tables.setting import SECTION as DATABASE
from stamm.origins.tables.setting import TableSetting
from stamm.sources import SOURCES
from stamm.sources.exports import Export
from stamm.sources.mapped import FileMapping

SETTINGS = "stamm.toml"
#: what computes; it stands above the sections
ENGINE = "engine"
#: the section with a table for each mapping; its parts are checked where they are understood
MAPPING = "mapping"
#: the section with a table for each metric of its own
OWN_METRICS = "metrics"
#: sections of sections, each of which has a name of its own
NAMED = (MAPPING, DATABASE, BUCKET, OWN_METRICS)
#: the section that says in which time zone an export is written that does not say so, by source
TIME_ZONES = "time_zones"
#: proxies on this machine: nobody else can pretend to be one
PROXIES = ("127.0.0.1", "::1")
KNOWN: dict[str, dict[str, type]] = {
    "organisation": {"name": str, "time_zone": str, "currency": str, "language": str},
    "customers": {"history": str, "rule": str, "lapse_days": int, "reason_en": str, "reason_de": str},
    "web": {"session_minutes": int},
    "predictions": {"keep": str},
    "watch": {"folder": str},
    "server": {"address": str, "proxies": list},
    MAIL: MAIL_KNOWN,
    OUTGOING: OUTGOING_KNOWN,
    "coverage": dict.fromkeys(imported(), str),
}


@dataclass(frozen=True)
class Settings:
    """What stands in stamm.toml."""

    organisation: Organisation
    #: first and last day (both in) that a fact kind is complete for, where somebody says so
    coverage: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    mappings: tuple[FileMapping, ...] = ()
    #: tables of databases that are read again and again
    tables: tuple[TableSetting, ...] = ()
    #: buckets whose objects `stamm work` takes in as they come
    buckets: tuple[BucketSetting, ...] = ()
    #: `duckdb`, or the address of a cluster or a database
    engine: str = DUCKDB
    #: the folder whose files `stamm work` takes in as they come
    watched: Path | None = None
    #: where people reach the server, such as https://stamm.example.com; empty on this machine alone
    address: str = ""
    #: addresses or networks of proxies that are believed where a request came from
    proxies: tuple[str, ...] = PROXIES
    #: what mail goes out by; None where none does
    mail: MailServer | None = None
    #: hosts in a network of one's own to which webhooks may go
    own_hosts: frozenset[str] = frozenset()
    #: the metrics there are, the organisation's own among them; made anew by each reading, so that no two are equal
    metrics: Catalogue = field(default_factory=lambda: Catalogue(METRICS), compare=False)


def read_settings(text: str, file: Path) -> Settings:
    """The settings in a text; raises ProjectError with place and remedy."""
    try:
        settings = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise not_toml(error, file) from error
    engine = _engine(settings.pop(ENGINE, DUCKDB), file)
    for section, content in settings.items():
        _known(section, (*KNOWN, TIME_ZONES, *NAMED), f"section [{section}]", file)
        if not isinstance(content, dict):
            raise ProjectError(f"{section} must be a section.", where=str(file), remedy=f"Write [{section}].")
        if section not in (TIME_ZONES, *NAMED):
            _check_section(section, content, file)
    mappings = _mappings(settings, file)
    return Settings(
        organisation=_organisation(settings, file),
        coverage=_coverage(settings, file),
        mappings=mappings,
        tables=_tables(settings, mappings, file),
        buckets=tuple(BucketSetting.parse(name, table, file) for name, table in settings.get(BUCKET, {}).items()),
        engine=engine,
        watched=_watched(settings, file),
        address=_address(settings, file),
        proxies=_proxies(settings, file),
        mail=MailServer.parse(settings.get(MAIL, {}), f"{file}, [{MAIL}]"),
        own_hosts=own_hosts_in(settings.get(OUTGOING, {}), str(file)),
        metrics=read_own(settings.get(OWN_METRICS, {}), str(file), taken=ANALYSES.keys()),
    )


def not_toml(error: ValueError | RecursionError, file: Path) -> ProjectError:
    """The error for a file that cannot be read at all."""
    why = "brackets lie too deep within each other" if isinstance(error, RecursionError) else error
    return ProjectError(f"It is not valid TOML: {why}.", where=str(file), remedy="Mend that line.")


# -- written -------------------------------------------------------------------------------------------------
def write_whole(file: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    draft = file.with_name(file.name + ".new")
    with draft.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)


def settings_text(organisation: Organisation) -> str:
    """stamm.toml for these settings, with a comment at each."""
    reasons = "".join(f"reason_{code} = {_quoted(text)}\n" for code, text in sorted(organisation.reasons.items()))
    return f"""\
# Settings of this organisation. Every number depends on them; `stamm doctor` explains each.
engine = "duckdb"  # what computes: duckdb on this machine, spark://HOST:PORT, or postgresql://USER@HOST/DATABASE

[organisation]
name = {_quoted(organisation.name)}
time_zone = {_quoted(organisation.zone)}  # days and months are cut here
currency = {_quoted(organisation.currency)}  # money is reported in this one
language = {_quoted(organisation.language)}  # en, de, or empty: the reader's own

[customers]
rule = {_quoted(organisation.spell_rule)}  # who is a customer: orders, subscriptions or activity
lapse_days = {organisation.lapse_days}  # days of silence after which a customer has left
history = {_quoted(organisation.history)}  # cut: the data begin in mid-life; complete: nothing came before
{reasons}
[web]
session_minutes = {organisation.session_minutes}  # a longer pause begins a new visit

[predictions]
keep = {_quoted(organisation.keep_predictions)}  # by themselves, as of the first day of each month or week, or never

[watch]
folder = ""  # files that come into it are taken in by `stamm work`; empty: no folder

[server]
address = ""  # where others reach `stamm serve`, such as https://stamm.example.com; empty: this machine alone
proxies = ["127.0.0.1", "::1"]  # addresses or networks of proxies in front, which say where a request came from

[mail]
server = ""  # what mail goes out by, such as smtp.example.com; empty: none goes. Its password: STAMM_MAIL_PASSWORD
sender = ""  # from whom it comes, such as reports@example.com

[outgoing]
own_hosts = []  # hosts in a network of your own that webhooks may go to, such as "automation.internal:8443"

[coverage]
# first/last day a kind of fact is complete for, where the files cannot tell, such as
# returns = "2024-01-01/2024-12-31"
"""


def changed_text(text: str, before: Organisation, after: Organisation) -> str:
    """The text with what is different in `after`; all else stays as somebody wrote it, comments and order too."""
    document = tomlkit.parse(text)
    old, new = _places(before), _places(after)
    for section, name in dict.fromkeys((*old, *new)):
        if old.get((section, name)) == new.get((section, name)):
            continue
        if section not in document:
            document[section] = tomlkit.table()
        table: Any = document[section]
        if (section, name) in new:
            table[name] = new[section, name]
        else:
            table.pop(name, None)
    return tomlkit.dumps(document)


def _places(organisation: Organisation) -> dict[tuple[str, str], str | int]:
    """Section and key of every setting of an organisation, and its value."""
    return {
        ("organisation", "name"): organisation.name,
        ("organisation", "time_zone"): organisation.zone,
        ("organisation", "currency"): organisation.currency,
        ("organisation", "language"): organisation.language,
        ("customers", "rule"): organisation.spell_rule,
        ("customers", "lapse_days"): organisation.lapse_days,
        ("customers", "history"): organisation.history,
        **{("customers", f"reason_{code}"): text for code, text in sorted(organisation.reasons.items())},
        ("web", "session_minutes"): organisation.session_minutes,
        ("predictions", "keep"): organisation.keep_predictions,
    }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


# -- read ----------------------------------------------------------------------------------------------------
def _check_section(section: str, content: Mapping[str, Any], file: Path) -> None:
    for name, value in content.items():
        _known(name, tuple(KNOWN[section]), f"setting {name!r} in [{section}]", file)
        kind = KNOWN[section][name]
        if not isinstance(value, kind) or isinstance(value, bool):
            wanted = "a whole number" if kind is int else "a text in quotation marks"
            raise ProjectError(f"{name} in [{section}] must be {wanted}.", where=str(file))


def _watched(settings: Mapping[str, Any], file: Path) -> Path | None:
    """The folder that is watched; a relative one begins where stamm.toml lies."""
    folder = settings.get("watch", {}).get("folder", "")
    if not folder:
        return None
    found: Path = file.parent / folder
    if found.resolve() == file.parent.resolve():
        raise ProjectError(
            "The folder that is watched cannot be the project's own.", where=str(file), remedy='Write folder = "in".'
        )
    return found


def _address(settings: Mapping[str, Any], file: Path) -> str:
    """The address without a slash at its end."""
    address: str = settings.get("server", {}).get("address", "").rstrip("/")
    found = urlsplit(address)
    plain = not (found.path or found.query or found.fragment or found.username)
    if address and not (found.scheme in ("http", "https") and found.hostname and plain):
        raise ProjectError(
            f"address in [server] cannot be {address!r}.",
            where=str(file),
            remedy='Write scheme and host alone, such as address = "https://stamm.example.com".',
        )
    return address


def _proxies(settings: Mapping[str, Any], file: Path) -> tuple[str, ...]:
    """Addresses and networks; a name would have to be looked up, and may be somebody else's tomorrow."""
    proxies = settings.get("server", {}).get("proxies", PROXIES)
    for each in proxies:
        try:
            ip_network(str(each))
        except ValueError as error:
            raise ProjectError(
                f"proxies in [server] cannot hold {each!r}.",
                where=str(file),
                remedy='Write addresses or networks, such as proxies = ["127.0.0.1", "10.0.0.0/8"].',
            ) from error
    return tuple(str(each) for each in proxies)


def _organisation(settings: Mapping[str, Any], file: Path) -> Organisation:
    about, rule, web = (settings.get(section, {}) for section in ("organisation", "customers", "web"))
    fresh = Organisation()
    organisation = Organisation(
        name=about.get("name", ""),
        zone=about.get("time_zone", fresh.zone),
        currency=about.get("currency", fresh.currency),
        language=about.get("language", ""),
        history=_choice(rule.get("history", fresh.history), ("cut", "complete"), "history", file),
        spell_rule=_choice(rule.get("rule", fresh.spell_rule), ("orders", "subscriptions", "activity"), "rule", file),
        lapse_days=_positive(rule.get("lapse_days", fresh.lapse_days), "lapse_days", file),
        session_minutes=_positive(web.get("session_minutes", fresh.session_minutes), "session_minutes", file),
        keep_predictions=_choice(
            settings.get("predictions", {}).get("keep", fresh.keep_predictions),
            ("month", "week", "never"),
            "keep",
            file,
        ),
        time_zones=_time_zones(settings.get(TIME_ZONES, {}), file),
        reasons={code: rule[f"reason_{code}"] for code in CODES if rule.get(f"reason_{code}")},
    )
    try:
        zone_named(organisation.zone)
        exponent(organisation.currency)
    except UsageError as error:
        raise ProjectError(error.what, where=str(file), remedy=error.remedy) from error
    if organisation.language:
        _choice(organisation.language, CODES, "language", file)
    return organisation


def _time_zones(table: Mapping[str, Any], file: Path) -> dict[str, str]:
    known = tuple(kind.key for kind in SOURCES if issubclass(kind, Export)) if table else ()
    for name, zone in table.items():
        _known(name, known, f"setting {name!r} in [{TIME_ZONES}]", file)
        try:
            zone_named(str(zone))
        except UsageError as error:
            raise ProjectError(error.what, where=f"{file}, [{TIME_ZONES}]", remedy=error.remedy) from error
    return dict(table)


def _engine(choice: object, file: Path) -> str:
    try:
        return check_choice(choice, f"{file}, {ENGINE}")
    except UsageError as error:
        raise ProjectError(error.what, where=str(file), remedy=error.remedy) from error


def _coverage(settings: Mapping[str, Any], file: Path) -> dict[str, tuple[date, date]]:
    return {kind: _days(text, kind, file) for kind, text in settings.get("coverage", {}).items()}


def _mappings(settings: Mapping[str, Any], file: Path) -> tuple[FileMapping, ...]:
    found = []
    for name, table in settings.get(MAPPING, {}).items():
        if not isinstance(table, dict):
            raise ProjectError(
                f"{name} in [mapping] must be a section.", where=str(file), remedy=f"Write [mapping.{name}]."
            )
        found.append(FileMapping.parse(name, table, file=str(file)))
    return tuple(found)


def _tables(settings: Mapping[str, Any], mappings: tuple[FileMapping, ...], file: Path) -> tuple[TableSetting, ...]:
    found = tuple(TableSetting.parse(name, table, file) for name, table in settings.get(DATABASE, {}).items())
    for table in found:
        if table.mapping:
            names = tuple(mapping.name for mapping in mappings)
            _known(table.mapping, names, f"mapping {table.mapping!r} for [{DATABASE}.{table.name}]", file)
    return found


def _known(name: str, known: tuple[str, ...], what: str, file: Path) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
        raise ProjectError(f"There is no {what}.", where=str(file), remedy=hint)


def _choice(value: str, choices: tuple[Any, ...], name: str, file: Path) -> Any:
    if value not in choices:
        raise ProjectError(f"{name} cannot be {value!r}.", where=str(file), remedy=f"Choose {', '.join(choices)}.")
    return value


def _positive(value: int, name: str, file: Path) -> int:
    if not 1 <= value <= 36_500:
        raise ProjectError(
            f"{name} must lie between 1 and 36,500, not at {value}.",
            where=str(file),
            remedy="Write a number of days, such as 60.",
        )
    return value


def _days(text: str, kind: str, file: Path) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(day) for day in text.split("/"))
        if first > last:
            raise ValueError
    except ValueError as error:
        raise ProjectError(
            f"The coverage of {kind} must be first/last day, not {text!r}.",
            where=str(file),
            remedy='Write for example "2024-01-01/2024-12-31".',
        ) from error
    return first, last
