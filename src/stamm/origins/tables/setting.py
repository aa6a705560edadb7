"""`[database.NAME]` of stamm.toml: which table or view of which database is read, how, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from stamm.lang.errors import ProjectError
from stamm.origins.section import settings_of

SECTION = "database"
#: what each setting means to whoever writes one
MEANING = {
    "address": "the database as SQLAlchemy writes it, without a password, or `$NAME` of a variable that holds it",
    "address_file": "instead: a file with the address, such as a secret that is mounted",
    "table": "the table or view, with its schema where that is another than usual: sales.orders",
    "mapping": "the mapping that says what its columns are; without it that of the same NAME, and where there is none, "
    "they are called as those of the fact after which the table is named",
    "by": "a column that grows whenever a row is new or changed: a moment or a number. Without it, every reading "
    "reads the whole table",
    "overlap": "how far every reading goes back behind the last one, for rows that were written late: minutes of a "
    "moment (15), or steps of a number (1,000)",
    "every_minutes": "how often `stamm work` reads it (15; without `by`, 1,440)",
}
_LEAST = {"overlap": 0, "every_minutes": 1}
OFTEN, SELDOM = 15, 1_440


@dataclass(frozen=True)
class TableSetting:
    """A table as stamm.toml names it. `address` never holds a password; what may hold one is only found when asked."""

    name: str
    table: str
    address: str = ""
    address_file: str = ""
    mapping: str = ""
    by: str = ""
    overlap: int | None = None
    every_minutes: int = OFTEN

    @classmethod
    def parse(cls, name: str, table: object, file: Path) -> TableSetting:
        """The setting as it stands in stamm.toml; raises ProjectError with section, key and remedy."""
        given, place = settings_of(SECTION, name, table, file, known=MEANING, least=_LEAST)
        if bool(given.get("address")) == bool(given.get("address_file")):
            raise ProjectError(
                "It needs an address of a database, and one alone.",
                where=place,
                remedy='Write address = "$NAME" for an environment variable that holds it, or address_file.',
            )
        if not given.get("table"):
            raise ProjectError("It names no table.", where=place, remedy='Write table = "orders".')
        usual = {"every_minutes": OFTEN if given.get("by") else SELDOM}
        return cls(name, **(usual | dict(given)))

    def told(self) -> Mapping[str, Any]:
        """All that decides what is read, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _LEAST}
