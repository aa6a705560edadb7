"""The page of the reference on mappings, written from the keys that are read."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping

from stamm.facts.mapping import keys
from stamm.facts.mapping.dates import DIRECTIVES, SERIALS
from stamm.sources.mapped import FileMapping
from stamm.sources.mapped.file_mapping import MEANING

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]
MAPPING = """\
[mapping.invoices]
files = "invoices*.csv"
delimiter = ";"
decimal = ","
dates = "%d.%m.%Y %H:%M"
time_zone = "Europe/Berlin"
currency = "EUR"

[mapping.invoices.orders]
each = "Invoice"
where = [{ column = "Invoice", begins = "C", not = true }]
order_id = "Invoice"
customer_id = { column = "Customer", words = { Guest = "" } }
ordered_at = { column = "Date", take = "lowest" }
amount = { product = ["Quantity", "Price"], take = "sum" }
"""


def page(table: Table) -> str:
    """The page."""

    def keys_of(meanings: Mapping[str, str]) -> str:
        return table(("key", "meaning"), ((f"`{key}`", meaning) for key, meaning in meanings.items()))

    FileMapping.parse("invoices", tomllib.loads(MAPPING)["mapping"]["invoices"], file="the example")
    parts = [
        "# Mappings\n",
        "A section `[mapping.NAME]` in `stamm.toml` says how files of somebody's own become facts. The whole way is",
        "shown in [Map any file](../how-to/map-any-file.md).\n",
        f"```toml\n{MAPPING}```\n",
        "## Which files, and how they are laid out\n",
        keys_of(MEANING),
        "## How cells are written\n",
        "Also in `[mapping.NAME]`. Cells that are numbers or moments by type (in a workbook, in Parquet) need none of",
        "it. An amount may have the sign or the code of its own currency beside it.\n",
        keys_of(keys.WRITING),
        "Formats of moments and days\n",
        keys_of({f"%{letter}": meaning for letter, meaning in DIRECTIVES.items()} | SERIALS),
        "## What the facts are\n",
        "A section `[mapping.NAME.FACT]` for each kind of [fact](facts.md). Beside these keys, each key is a column",
        "of the fact; money without `_minor` (`amount`) is in major units. The value is the name of a column, or a",
        "rule.\n",
        keys_of(keys.FACT),
        "## Rules\n",
        "One of these says where the value comes from:\n",
        keys_of(keys.SOURCES),
        "These say what is done with it, in this order. `constant`, `default` and the new `words` are written with a",
        "decimal point, days as 2024-02-10, flags as true and false.\n",
        keys_of(keys.RULE),
        "## Conditions\n",
        "A condition names one column and asks one thing of it; upper and lower case are told apart.\n",
        keys_of(keys.CONDITION),
        "## What becomes of a row\n",
        "It comes in, is left out by `where` (counted), or is set aside with its line, its column and the reason.",
        "Where `each` brings rows together, one that is not sound sets aside all of them: an order is never silently",
        "too small. `stamm import --dry-run` shows all of this and changes nothing.\n",
    ]
    return "\n".join(parts)
