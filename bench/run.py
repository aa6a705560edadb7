"""Stamm against the same work by hand, in one run: `make bench`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.measuring import Cost, apart, in_turn
from bench.questions import HAND, KEPT, LAKE, QUESTIONS, WAYS
from bench.taking_in import importing
from bench.world import Made

CUSTOMERS, ORDERS = 500_000, 5_000_000
#: for one who does not wait: the same in a tenth of the size, or less
FEWEST = 1_000


class Differs(Exception):  # noqa: N818 - what it says is the error
    """Two ways of answering one question do not agree."""


def questions(made: Made, rounds: int, console: Console) -> Table:
    """Six questions: from the lake's facts, from what is kept, and by hand over a native table."""
    table = Table(
        "question", "lake", "kept", "by hand", "lake / hand", "kept / hand", "GB at most", title="CPU seconds, medians"
    )
    for name, question in QUESTIONS.items():
        console.print(f"{question.what} ...")
        ways = [partial(apart, "bench.questions", name, way, made.folder) for way in WAYS]
        found = dict(zip(WAYS, in_turn(ways, rounds), strict=True))
        _agree(question.what, *(found[way][0] for way in WAYS))
        lake, kept, hand = (found[way][1] for way in (LAKE, KEPT, HAND))
        ratios = (f"{ours.cpu / hand.cpu:.1f}" for ours in (lake, kept))
        seconds = (f"{cost.cpu:.2f}" for cost in (lake, kept, hand))
        table.add_row(question.what, *seconds, *ratios, f"{max(lake.peak, kept.peak):.2f}")
    return table


def _agree(what: str, lake: list[object], kept: list[object], hand: list[object]) -> None:
    """Both of ours are equal, and by hand the same is found where Stamm says that it can be known."""
    known = {str(row) for row in hand}
    if lake != kept or not lake or any(str(row) not in known for row in lake):
        raise Differs(what)


def upkeep(made: Made, rounds: int, console: Console) -> Table:
    """What keeping costs, beside days of customers by hand, and what it saves."""
    table = Table("work", "CPU s", "against", "ratio", "GB at most", title="What is kept")

    def cost(piece: str) -> tuple[int, Cost]:
        console.print(f"{piece} ...")
        return in_turn([partial(apart, "bench.upkeep", piece, made.folder)], rounds)[0]

    _, hand = cost("by_hand")
    files, build = cost("build")
    touched, day = cost("day")
    metrics, catalogue = cost("catalogue")
    rows = (
        (f"all of it from nothing, {files} files", build, "days of customers by hand, in memory", hand),
        (f"one more day, {touched} files", day, "all of it from nothing", build),
        (f"{metrics} metrics by month, 24 months", catalogue, "all of it from nothing", build),
    )
    for what, ours, limit, other in rows:
        table.add_row(what, f"{ours.cpu:.2f}", limit, f"{ours.cpu / other.cpu:.3g}", f"{ours.peak:.2f}")
    return table


def sizes(made: Made) -> str:
    """What the world takes on the disk."""
    lake = made.shop / "lake"
    events = made.world(kept=False).engine.table("events").count().execute()
    kept = _bytes(lake / "kept")
    return (
        f"lake {(_bytes(lake) - kept) / events:.0f} MB a million events (all facts), {kept / events:.1f} MB kept; "
        f"{events:,.0f} events made and written in {made.cost().cpu:.0f} CPU s with {made.cost().peak:.2f} GB"
    )


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("bench/made"),
    help="Where the world is made, and kept for the next run.",
)
@click.option("--customers", default=CUSTOMERS, type=click.IntRange(FEWEST), help="How many; some 100 events each.")
@click.option("--rounds", default=3, type=click.IntRange(1), help="How often everything is measured.")
def main(folder: Path, customers: int, rounds: int) -> None:
    """Build the world once, ask, and print the tables of ratios."""
    console = Console()
    made = Made(folder / f"{customers}")
    made.folder.mkdir(parents=True, exist_ok=True)
    made.make(customers, console)
    kept = upkeep(made, rounds, console)
    asked = questions(made, rounds, console)
    orders = max(ORDERS * customers // CUSTOMERS, 1)
    console.print(f"importing {orders:,} orders ...")
    size, ours, hand = importing(made.folder, orders, customers)
    console.print(asked, kept, sizes(made))
    console.print(
        f"import of {size:.2f} GB CSV: {ours.cpu:.1f} CPU s, {ours.peak:.2f} GB; "
        f"by hand {hand.cpu:.1f} CPU s; ratio {ours.cpu / hand.cpu:.1f}"
    )


if __name__ == "__main__":
    main()
