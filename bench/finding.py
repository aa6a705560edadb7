"""Half a million customers: making the book, and how long each way of finding somebody takes.

    python -m bench.finding [CUSTOMERS]

Names are made up of syllables, so that many begin alike; every customer has an address, a telephone number, and up to
eight orders. What is measured are seconds of processor of one thread, warm; the limit is 0.2 for each answer.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stamm.store.book import Book, Line, Wanted, table_of, write

CUSTOMERS, ROUNDS, LIMIT = 500_000, 5, 0.2
SYLLABLES = (
    "ka", "mu", "le", "ri", "to", "ben", "an", "na", "sch", "mü", "ler", "öst", "er", "wald", "hof", "man", "stein",
    "berg", "lin", "den", "ha", "gen", "fi", "scher", "we", "ber",
)  # fmt: skip
ASKED = {
    "a name": Wanted("mueller"),
    "a name as it is written": Wanted("Müller"),
    "how a name begins": Wanted("kamu"),
    "three letters": Wanted("sch"),
    "a misspelt name": Wanted("muellre"),
    "nobody's name": Wanted("zzyzx"),
    "a mail address": Wanted("kunde77777@example"),
    "what a tenth of all have": Wanted("example7"),
    "the same, by orders": Wanted("example7", sort="orders"),
    "how a telephone number begins": Wanted("0151 234"),
    "an order": Wanted("1234567"),
    "everybody": Wanted(),
    "everybody by risk": Wanted(sort="risk"),
    "everybody by name, the last page": Wanted(sort="name", reverse=True),
    "a state and a segment by revenue": Wanted(state="left", segment=3, sort="revenue_minor"),
    "three letters in a state by risk": Wanted("sch", state="left", sort="risk"),
}


def lines(count: int) -> Iterator[Line]:
    """So many customers, whoever ordered last first."""
    chance, orders = random.Random(7), 0
    firsts, lasts = ([_name(chance) for _ in range(many)] for many in (2_000, 30_000))
    lasts[0] = "Müller"
    newest = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        many = chance.randint(0, 8)
        orders += many
        yield Line(
            customer_id=str(10_000 + number),
            name=f"{chance.choice(firsts)} {chance.choice(lasts)}",
            email=f"kunde{number}@example{number % 10}.org",
            phone=f"+49 15{chance.randint(10**8, 10**9 - 1)}",
            city="Kiel",
            country="DE",
            orders=many,
            revenue_minor=many * chance.randint(500, 9_000),
            last_order_at=newest - timedelta(minutes=number),
            state=("customer", "left")[number % 2],
            segment=number % 10,
            risk=chance.random(),
            order_ids=tuple(str(1_000_000 + orders - each) for each in range(many)),
        )


def changed(lines: list[Line], many: int) -> list[Line]:
    """The same, but so many ordered once more; where it is all of them, none ordered, and all have another risk."""
    if many == len(lines):
        return [line._replace(risk=(line.risk or 0) / 2) for line in lines]
    newest = datetime(2026, 2, 1, tzinfo=UTC)
    said = (
        line._replace(orders=line.orders + 1, last_order_at=newest, order_ids=(*line.order_ids, f"n{line.customer_id}"))
        for line in lines[:many]
    )
    return [*said, *lines[many:]]


def _name(chance: random.Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 4))).capitalize()


def main(count: int) -> None:
    """Make a book, ask it, and print what both cost."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.sqlite"
        made = list(lines(count))
        begun = time.process_time()
        table = table_of(made)
        write(path, lambda: table, dict)
        spent = time.process_time() - begun
        console.print(f"{count:,} customers: {spent:.1f} CPU s to write, {path.stat().st_size / 1e6:.0f} MB")
        for many, words in ((1_000, "ordered once more"), (count, "were foretold anew")):
            grown, later = path.with_name(f"{many}.sqlite"), table_of(changed(made, many))
            begun = time.process_time()
            write(grown, lambda later=later: later, dict, path)
            console.print(f"{many:,} of them {words}: {time.process_time() - begun:.1f} CPU s to grow")
        with closing(Book(path)) as book:
            table = Table("asked", "found", "CPU ms, first", "CPU ms, warm", "within the limit")
            for words, wanted in ASKED.items():
                times = []
                for _ in range(ROUNDS):
                    begun = time.process_time()
                    found = book.find(wanted)
                    times.append(time.process_time() - begun)
                warm = sorted(times[1:])[len(times[1:]) // 2]
                cells = (f"{found.count:,}", f"{1e3 * times[0]:.1f}", f"{1e3 * warm:.1f}")
                table.add_row(words, *cells, "yes" if warm <= LIMIT else "no")
    console.print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
