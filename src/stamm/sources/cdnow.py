"""CDNOW: eighteen months of purchases by everybody who first bought at a music shop in early 1997.

The full list (23,570 customers, 69,659 purchases, 1997-01-01 to 1998-06-30) published by Peter Fader and
Bruce Hardie, carried by the package `lifetimes` as `CDNOW_master.txt`: customer, day, number of CDs, dollars.

A purchase has no number and no time. It is numbered `customer-day-n`, in the order of the file, and placed at
the start of its day; two of the same customer and day are two orders, as the list has it. The number of CDs
has no column in an order and is left out. Purchases of 0.00 (80 of them) are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from stamm.facts.orders import Orders
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources.checking import Layout, Raw
from stamm.sources.kind import Assumption, Chunk, Source
from stamm.sources.packaged import file_in, folder_of

ZONE = "America/New_York"
COVERED = (date(1997, 1, 1), date(1998, 6, 30))
_HEADING = ["customer_id", "date", "number_of_cds", "dollar_value"]


class Cdnow(Source):
    """Eighteen months of purchases by the 23,570 customers who were new at CDNOW in early 1997."""

    en = "CDNOW"
    de = "CDNOW"
    sentence_de = "Achtzehn Monate Käufe der 23.570 Kunden, die Anfang 1997 neu bei CDNOW waren."
    cited = "Fader and Hardie (2001), Forecasting Repeat Sales at CDNOW, Interfaces 31(3), S94-S107"
    assumes = (
        Assumption(
            "zone",
            ZONE,
            "the shop stood in Pennsylvania; the data has days without times",
            "der Laden stand in Pennsylvania; die Daten haben Tage ohne Uhrzeit",
        ),
        Assumption("currency", "USD", "amounts are in US dollars", "Beträge sind in US-Dollar"),
        Assumption(
            "history",
            "complete",
            "the list holds those whose first purchase ever fell into early 1997, so nothing came before",
            "die Liste enthält alle, deren allererster Kauf Anfang 1997 war, also gab es davor nichts",
        ),
    )

    def recognises(self, what: Path | str) -> bool:
        return str(what) == "cdnow"

    def files(self, what: Path | str) -> tuple[Path, ...]:
        return (file_in(folder_of("lifetimes", self.en), "datasets/CDNOW_master.txt", self.en),)

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        (path,) = self.files(what)
        content = path.read_bytes()
        rows = [line.split() for line in content.decode("ascii", "replace").splitlines()]
        if not rows or rows[0] != _HEADING or any(len(row) != len(_HEADING) for row in rows):
            raise InputError("The list is not laid out as expected.", where=str(path), remedy="Install lifetimes 0.11.")
        seen: Counter[tuple[str, str]] = Counter()
        columns: dict[str, list[str]] = {"order_id": [], "customer_id": [], "ordered_at": [], "amount": []}
        for customer, day, _, dollars in rows[1:]:
            seen[customer, day] += 1
            columns["order_id"].append(f"{customer}-{day}-{seen[customer, day]}")
            columns["customer_id"].append(customer)
            columns["ordered_at"].append(f"{day[:4]}-{day[4:6]}-{day[6:]}")
            columns["amount"].append(dollars)
        arrays = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
        arrays["currency"] = pa.repeat(pa.scalar("USD"), len(rows) - 1)
        layout = Layout(Orders, list(arrays), path.name, Organisation(zone=ZONE, currency="USD"))
        table, rejects = layout.check(Raw(arrays, np.arange(2, len(rows) + 1, dtype=np.int64)))
        yield Chunk("orders", table, len(rows) - 1, rejects, len(content), len(content), COVERED)
