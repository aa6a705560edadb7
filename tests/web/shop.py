"""The shop that pages are tested on: half a year of orders of 120 customers of three countries.

Every seventh customer stops on 10 April; those are from Austria, the others by turns from Germany and Switzerland.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.reports import shops


def written(place: Path) -> tuple[tuple[str, ...], ...]:
    """Writes its files there; the lines that make a project of them in the folder `shop`."""
    shop = str(place / "shop")
    _write(place / "orders.csv", shops.orders(120))
    _write(place / "customers.csv", [_customer(number) for number in range(120)])
    return (
        ("init", shop, "--name", "Lindenhof Kaffee", "--time-zone", "UTC", "--currency", "EUR"),
        ("import", str(place / "orders.csv"), "--project", shop),
        ("import", str(place / "customers.csv"), "--project", shop),
    )


def everything(place: Path) -> tuple[tuple[str, ...], ...]:
    """The lines that make a shop with facts of every kind in the folder `shop`: simulated, the same at each time."""
    shop = str(place / "shop")
    return (
        ("init", shop, "--name", "Lindenhof Kaffee", "--time-zone", "Europe/Berlin", "--currency", "EUR"),
        (
            "simulate",
            "--customers",
            "300",
            "--from",
            "2023-10-01",
            "--to",
            "2024-11-19",
            "--seed",
            "7",
            "--project",
            shop,
        ),
        ("predict", "no_order_risk", "--as-of", "2024-06-01", "--keep", "--project", shop),
        ("predict", "no_order_risk", "--keep", "--project", shop),
        ("predict", "value_if_staying", "--keep", "--project", shop),
    )


def _customer(number: int) -> Mapping[str, Any]:
    country = "AT" if number % 7 == 0 else ("DE", "CH")[number % 2]
    return {"customer_id": f"c{number}", "valid_from": "2024-01-01", "country": country, "city": f"Dorf {number}"}


def _write(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
