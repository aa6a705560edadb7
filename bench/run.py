"""Stamm against the same work by hand, in one run: `make bench`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.buying import foretelling
from bench.collecting import LIMITS, collecting
from bench.measuring import Cost, apart, in_turn
from bench.peers import beside
from bench.questions import HAND, KEPT, LAKE, QUESTIONS, WAYS
from bench.taking_in import importing
from bench.world import Made

CUSTOMERS, ORDERS = 500_000, 5_000_000
#: for one who does not wait: the same in a tenth of the size, or less
FEWEST = 1_000


class Differs(Exception):  # noqa: N818 - what it says is the error
    """Two ways of answering one question do not agree."""


#: what one question cost, by the way in which it was asked
Costs = dict[str, dict[str, Cost]]


def ask(made: Made, rounds: int, console: Console) -> Costs:
    """Each question from the lake's facts, from what is kept, and by hand over a native table."""
    found: Costs = {}
    for name, question in QUESTIONS.items():
        console.print(f"{question.what}, {made.events():,} events ...")
        ways = [partial(apart, "bench.questions", name, way, made.folder) for way in WAYS]
        answers = dict(zip(WAYS, in_turn(ways, rounds), strict=True))
        _agree(question.what, *(answers[way][0] for way in WAYS))
        found[name] = {way: cost for way, (_, cost) in answers.items()}
    return found


def questions(costs: Costs, events: int) -> Table:
    """What they cost, and what they cost beside the limit."""
    table = Table(
        *("question", "lake", "kept", "by hand", "lake / hand", "kept / hand", "GB at most"),
        title=f"CPU seconds, medians, {events:,} events",
    )
    for name, question in QUESTIONS.items():
        lake, kept, hand = (costs[name][way] for way in (LAKE, KEPT, HAND))
        ratios = (f"{ours.cpu / hand.cpu:.2f}" for ours in (lake, kept))
        seconds = (f"{cost.cpu:.2f}" for cost in (lake, kept, hand))
        table.add_row(question.what, *seconds, *ratios, f"{max(lake.peak, kept.peak):.2f}")
    return table


def growth(half: Costs, whole: Costs) -> Table:
    """What twice the events cost."""
    table = Table("question", *WAYS, title="The cost of twice the events")
    for name, question in QUESTIONS.items():
        table.add_row(question.what, *(f"{whole[name][way].cpu / half[name][way].cpu:.2f}" for way in WAYS))
    return table


def _agree(what: str, lake: list[object], kept: list[object], hand: list[object]) -> None:
    """Both of ours are equal, and by hand the same is found where Stamm says that it can be known."""
    known = {str(row) for row in hand}
    if lake != kept or not lake or any(str(row) not in known for row in lake):
        raise Differs(what)


def upkeep(made: Made, rounds: int, rollup: Cost, console: Console) -> Table:
    """What keeping costs, beside days of customers by hand, and what it saves; `rollup` is theirs from the lake."""
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
        ("the same metrics", catalogue, "days of customers once, from the lake", rollup),
    )
    for what, ours, limit, other in rows:
        table.add_row(what, f"{ours.cpu:.2f}", limit, f"{ours.cpu / other.cpu:.3g}", f"{ours.peak:.2f}")
    return table


def arriving(rounds: int, console: Console) -> Table:
    """Events over HTTP a second, beside a bare handler that brings them to the disk."""
    table = Table(
        *("requests", "events/s", "bare handler", "share", "at least", "CPU us an event", "times the bare handler's"),
        title="Taking events in over HTTP",
    )
    console.print("taking events in over HTTP ...")
    for kind, found in collecting(rounds).items():
        speeds = (f"{side.per_second:,.0f}" for side in (found.ours, found.bare))
        table.add_row(
            kind, *speeds, f"{found.share:.2f}", f"{LIMITS[kind]}", f"{found.ours.cpu:.1f}", f"{found.times:.2f}"
        )
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
@click.option("--growth/--no-growth", "half", default=True, help="Ask a world of half the size, too.")
@click.option(
    "--peers/--no-peers", "others", default=True, help="Ask pandas, repeatradar, retentioneering and lifetimes, too."
)
def main(folder: Path, customers: int, rounds: int, half: bool, others: bool) -> None:
    """Build the world once, ask, and print the tables of ratios."""
    console = Console()
    whole = _made(folder, customers, console)
    tables = []
    console.print("what is kept ...")
    _, rollup = apart("bench.questions", "customer_days", LAKE, whole.folder)
    tables.append(upkeep(whole, rounds, rollup, console))
    costs = ask(whole, rounds, console)
    tables.insert(0, questions(costs, whole.events()))
    if half:
        smaller = _made(folder, customers // 2, console)
        _keep(smaller)
        tables.append(growth(ask(smaller, rounds, console), costs))
    if others:
        tenth = _made(folder, max(customers // 10, FEWEST), console)
        _keep(tenth)
        tables.append(beside([whole, tenth], console))
        tables.append(foretelling(console))
    tables.append(arriving(rounds, console))
    orders = max(ORDERS * customers // CUSTOMERS, 1)
    console.print(f"importing {orders:,} orders ...")
    size, ours, hand = importing(whole.folder, orders, customers)
    console.print(*tables, sizes(whole))
    console.print(
        f"import of {size:.2f} GB CSV: {ours.cpu:.1f} CPU s, {ours.peak:.2f} GB; "
        f"by hand {hand.cpu:.1f} CPU s; ratio {ours.cpu / hand.cpu:.1f}"
    )


def _keep(made: Made) -> None:
    apart("bench.upkeep", "build", made.folder)


def _made(folder: Path, customers: int, console: Console) -> Made:
    made = Made(folder / f"{customers}")
    made.folder.mkdir(parents=True, exist_ok=True)
    made.make(customers, console)
    return made


if __name__ == "__main__":
    main()
