"""Where a database is, and how it is opened; a password in it is in nothing that is shown, kept or told."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from stamm.lang.errors import InputError, ProjectError
from stamm.origins.tables.setting import SECTION, TableSetting

_VARIABLE = re.compile(r"\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
#: who speaks to a database for which the address names nobody
DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
#: what installs a driver
EXTRAS = {"psycopg": "'stamm[postgres]'", "pymysql": "'stamm[mysql]'"}
#: parts of an address after `?` that are secret
SECRET = ("password", "passwd", "sslpassword", "token")
#: for an answer to the first knock, and to anything later
KNOCK_SECONDS, ANSWER_SECONDS = 10, 600
_EXAMPLE = "Write for example postgresql://stamm@db.example.com/shop, mysql://..., or sqlite:///shop.sqlite."


@dataclass(frozen=True)
class Address:
    """A database: `shown` is its address without anything secret; a file of SQLite lies in `directory`."""

    shown: str
    url: URL = field(repr=False)
    directory: Path = field(default=Path(), repr=False)

    @classmethod
    def of(cls, setting: TableSetting, directory: Path) -> Address:
        """The address that a setting names; raises ProjectError, in which it is not repeated."""
        where = f"stamm.toml, [{SECTION}.{setting.name}]"
        written, secret = _written(setting, directory, where)
        try:
            url = make_url(written)
        except (ArgumentError, ValueError):
            # the cause is left out: it repeats a piece of the address, which may be one of the password
            raise ProjectError("The address of the database cannot be read.", where=where, remedy=_EXAMPLE) from None
        hidden = url.password is not None or any(name.lower() in SECRET for name in url.query)
        if hidden and not secret:
            raise ProjectError(
                "A password does not belong into stamm.toml.",
                where=where,
                remedy='Put the whole address into an environment variable and write address = "$NAME", '
                "or into a file and write address_file.",
            )
        return cls(_shown(url), url.set(drivername=DRIVERS.get(url.drivername, url.drivername)), directory)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be repeated, longest first."""
        inside = [str(value) for name, value in self.url.query.items() if name.lower() in SECRET]
        found = {str(self.url.password or ""), *inside} - {""}
        return tuple(sorted({*found, *map(quote, found)}, key=len, reverse=True))

    def engine(self) -> Engine:
        """What speaks to it; raises InputError where the driver or the file is missing."""
        try:
            if self.url.get_backend_name() == "sqlite":
                path = self._file()
                return create_engine("sqlite://", creator=lambda: _sqlite(path), poolclass=NullPool)
            return create_engine(self.url, poolclass=NullPool, connect_args=_patience(self.url), hide_parameters=True)
        except ModuleNotFoundError as error:
            name = (error.name or self.url.get_driver_name()).partition(".")[0]
            raise InputError(
                f"The driver {name} is not installed.",
                where=self.shown,
                remedy=f"Install it: `pip install {EXTRAS.get(name, name)}`.",
            ) from None
        except NoSuchModuleError:
            raise InputError(
                f"Nobody here speaks to a database of the kind {self.url.drivername}.",
                where=self.shown,
                remedy=f"Correct the beginning of the address, or install its dialect for SQLAlchemy. {_EXAMPLE}",
            ) from None

    def _file(self) -> Path:
        path = self.directory / (self.url.database or "")
        if not path.is_file():
            raise InputError("There is no such file.", where=str(path), remedy="Check the address of the database.")
        return path


def _written(setting: TableSetting, directory: Path, where: str) -> tuple[str, bool]:
    """The address, and whether it stands where a password may be."""
    if setting.address_file:
        path = directory / setting.address_file
        try:
            return path.read_text("utf-8").strip(), True
        except (OSError, UnicodeDecodeError):
            raise ProjectError(
                f"The address cannot be read from {path}.", where=where, remedy="Check its name and permissions."
            ) from None
    found = _VARIABLE.fullmatch(setting.address)
    if found is None:
        return setting.address, False
    written = os.environ.get(found["name"], "")
    if not written:
        raise ProjectError(
            f"The environment variable {found['name']} is not set.",
            where=where,
            remedy="Set it to the address of the database: postgresql://user:password@host/database.",
        )
    return written, True


def _shown(url: URL) -> str:
    """Kind, host and database alone: whatever else there is may be secret."""
    return URL.create(url.drivername, url.username, None, url.host, url.port, url.database).render_as_string()


def _sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=KNOCK_SECONDS)
    connection.text_factory = _text
    return connection


def _text(content: bytes) -> str | bytes:
    """A text; what is none is passed on as the bytes it is."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def _patience(url: URL) -> Mapping[str, Any]:
    """How long is waited, in the words of a driver; others have words of their own."""
    if url.get_driver_name() == "psycopg":
        timeout = f"-c statement_timeout={ANSWER_SECONDS}s"
        return {"connect_timeout": KNOCK_SECONDS, "application_name": "stamm"} | (
            {} if "options" in url.query else {"options": timeout}
        )
    if url.get_driver_name() == "pymysql":
        return {"connect_timeout": KNOCK_SECONDS, "read_timeout": ANSWER_SECONDS}
    return {}
