"""Where the shop's database is, as stamm.toml says it; a password is never part of what is shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stamm.lang.errors import EngineError, ProjectError

SCHEMES = ("postgresql://", "postgres://")
_VARIABLE = re.compile(r"\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_EXAMPLE = 'Write for example engine = "postgresql://stamm@db.example.com/shop".'
#: parts of an address that are secret
SECRET = ("password", "sslpassword")


@dataclass(frozen=True)
class Address:
    """A database: `shown` is its address without a password, `parameters` are what libpq is given."""

    shown: str
    parameters: Mapping[str, Any] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """The address written as `postgresql://user@host/database`, or as `$NAME` of an environment variable with it.

        What it does not say libpq finds as usual: PGHOST, PGUSER, PGPASSWORD, PGSERVICE, ~/.pgpass ... Raises
        ProjectError; no error repeats the address, since a password may be in it.
        """
        check_package()
        found = _VARIABLE.fullmatch(text)
        where = f"${found['name']}" if found else "stamm.toml, engine"
        written = os.environ.get(found["name"], "") if found else text
        if found and not written:
            raise ProjectError(
                f"The environment variable {found['name']} is not set.",
                where="stamm.toml, engine",
                remedy="Set it to the address of the database: postgresql://user:password@host/database.",
            )
        if found is None:
            refuse_password(written, where)
        parameters = _parsed(written, where)
        return cls(_shown(parameters), parameters)

    @property
    def user(self) -> str:
        """Who reads, as far as the address says it."""
        return str(self.parameters.get("user", "")) or os.environ.get("PGUSER", "")


def is_address(text: str) -> bool:
    """Whether an engine named so in stamm.toml is a PostgreSQL database."""
    return text.startswith(SCHEMES) or _VARIABLE.fullmatch(text) is not None


def refuse_password(written: str, where: str) -> None:
    """Raise ProjectError where an address holds a password; it is not repeated."""
    found = urlsplit(written)
    if found.password is not None or any(name in parse_qs(found.query, keep_blank_values=True) for name in SECRET):
        raise ProjectError(
            "A password does not belong into stamm.toml.",
            where=where,
            remedy="Take it out of the address and put it into PGPASSWORD or ~/.pgpass, "
            'or put the whole address into an environment variable and write engine = "$NAME".',
        )


def check_package() -> None:
    """Raise EngineError where psycopg is not installed."""
    if find_spec("psycopg") is None:
        raise EngineError("psycopg is not installed.", remedy="Install it: `pip install 'stamm[postgres]'`.")


def _parsed(written: str, where: str) -> dict[str, Any]:
    from psycopg import ProgrammingError  # noqa: PLC0415 - may not be installed
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    try:
        if not written.startswith(SCHEMES):
            raise ProjectError("This is no address of a PostgreSQL database.", where=where, remedy=_EXAMPLE)
        return dict(conninfo_to_dict(written))
    except ProgrammingError:
        # The cause is left out: it repeats a piece of the address, which may be one of the password.
        raise ProjectError(
            "The address of the database cannot be read.",
            where=where,
            remedy="Write signs such as @ / % in a name or password as %40 %2F %25.",
        ) from None


def _shown(parameters: Mapping[str, Any]) -> str:
    user, host = parameters.get("user", ""), str(parameters.get("host", ""))
    port, name = parameters.get("port", ""), parameters.get("dbname", "")
    plain = "" if host.startswith("/") else host
    place = f"{plain}:{port}" if port and plain else plain
    return f"postgresql://{f'{user}@' if user else ''}{place}/{name}"
