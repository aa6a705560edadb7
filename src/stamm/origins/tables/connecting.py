"""One transaction that reads: all questions see the same state, and nothing can be written by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from stamm.lang.errors import InputError
from stamm.origins.tables.address import Address

#: how a state is held and kept from being written to; where a database has no words for it, it may show later rows
BEGIN = {
    "postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    "mysql": (
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
    "sqlite": ("PRAGMA query_only = ON", "BEGIN"),
}
BEGIN["mariadb"] = BEGIN["mysql"]
#: what servers say of a name or a password that they do not know
_REFUSED = ("password authentication failed", "access denied", "no password supplied", "login failed", "ora-01017")


@contextmanager
def reading(address: Address) -> Iterator[Connection]:
    """A transaction on a database; raises InputError where it cannot be reached, refuses us or breaks off."""
    engine = address.engine()
    try:
        with _told(address), engine.connect() as connection:
            begin = BEGIN.get(engine.dialect.name)
            if begin:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")  # noqa: PLW2901 - the same one
                for statement in begin:
                    connection.exec_driver_sql(statement)
            yield connection
            if begin:
                connection.exec_driver_sql("ROLLBACK")
    finally:
        engine.dispose()


@contextmanager
def _told(address: Address) -> Iterator[None]:
    """Errors of a driver as somebody can act on them. Their cause is left out: it may repeat what is secret."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(error.orig if isinstance(error, DBAPIError) else error)
        if any(sign in cause.lower() for sign in _REFUSED):
            raise InputError(
                "The database refuses this name or password.",
                where=address.shown,
                remedy="Check the user and the password in the address.",
            ) from None
        for secret in address.secrets:
            cause = cause.replace(secret, "***")
        first = next((line.strip() for line in cause.splitlines() if line.strip()), type(error).__name__)
        raise InputError(
            f"The database cannot be read: {first.rstrip('.')}.",
            where=address.shown,
            remedy="Check that it runs, that this machine reaches it, and that the user may read the table.",
        ) from None
