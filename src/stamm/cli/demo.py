"""The whole way with real purchases, as `make demo` shows it.

A project, a year of purchases in, who counts as a customer and why, the numbers that matter with their working,
churn by five definitions, and a report in both its editions. Around the purchases the same households are given visits,
messages, answers and tickets that are made up, so that there is something to show of every kind; whatever uses them
says so, and nothing else changes. A second run finds the data there and is quick. Where a person is looking, it ends
with the pages running.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from stamm.answers import Answers
from stamm.answers.reach import kinds_needed, last_complete
from stamm.answers.world import World
from stamm.cli import printing
from stamm.cli.main import cli
from stamm.cli.session import Session, begin
from stamm.cli.simulating import fact_title
from stamm.metrics import METRICS
from stamm.sources import SOURCES

SOURCE = "complete_journey"
PORT = 8_711
NUMBERS = (
    "customer_retention_rate",
    "customer_churn_rate",
    "repeat_purchase_rate",
    "average_order_value",
    "customer_lifetime_value",
)
#: numbers over facts that are made up, to show that they say so
MADE_UP = ("conversion_rate", "net_promoter_score", "open_rate", "first_response_time")


def show(folder: Path) -> None:
    """All of it in one folder."""
    started = time.monotonic()
    say = begin(["--project", str(folder)])
    say.out.print(say("Stamm, tried on a year of real purchases by 2,469 households"), style="title")
    fetch(folder, say)
    world = say.project.world()
    who(world, say)
    numbers(NUMBERS, world, say)
    numbers([key for key in MADE_UP if key in METRICS], world, say)
    run(say, "compare", "churn", "--project", str(folder))
    report, everything = folder / "report.html", folder / "analyst.html"
    run(say, "report", "--project", str(folder), "-o", str(report))
    run(say, "report", "--for", "analyst", "--project", str(folder), "-o", str(everything))
    say.heading(say("Done in {seconds} seconds", seconds=round(time.monotonic() - started)))
    kinds = say.language.listed([fact_title(kind, say) for kind in sorted(world.simulated)], say("and"))
    say.out.print(say("Purchases and households are real. Made up around them: {kinds}.", kinds=kinds))
    say.out.print(say("Whatever uses these says so; numbers of purchases alone are as they were."))
    say.out.plain(say("Open the report: {file}", file=report.resolve()))
    say.out.plain(say("and with everything in it: {file}", file=everything.resolve()))
    say.out.print(say("Then try:"))
    stamm = "stamm" if not (found := Path(sys.executable).with_name("stamm")).exists() else os.path.relpath(found)
    for words in (
        "metric customer_retention_rate --grain week",
        "explain customer_churn_rate",
        "compare retention --window 2017-Q4",
        "check",
        "serve --link",
    ):
        say.out.plain(f"  {stamm} --project {folder} {words}")


def pages(folder: Path) -> None:
    """The same data in a browser, until Ctrl-C."""
    say = begin(["--project", str(folder)])
    say.heading(say("And in a browser, until Ctrl-C (SERVE=0 leaves it out)"))
    port = PORT if _is_free(PORT) else 0
    run(say, "serve", "--link", "--port", str(port), "--project", str(folder))


def wants_pages(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether the demo ends with the pages running: SERVE says it; else where somebody is looking, and no CI is."""
    wish = environment.get("SERVE", "")
    return wish != "0" if wish else terminal and not environment.get("CI")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0


def fetch(folder: Path, say: Session) -> None:
    """A project with the purchases in it, as far as they are not there yet."""
    if not (folder / "stamm.toml").is_file():
        settings = {assumption.setting: assumption.value for assumption in SOURCES[SOURCE].assumes}
        here = ("--time-zone", settings["zone"], "--currency", settings["currency"])
        run(say, "init", str(folder), "--name", "Complete Journey", *here)
    snapshot = say.project.lake().snapshot()
    if SOURCE in snapshot.sources("orders") and SOURCE in snapshot.sources("order_lines"):
        rows = say.language.number(snapshot.rows("order_lines"))
        say.heading(say("The purchases are there already"))
        say.out.print(say("{rows} lines, snapshot {number}", rows=rows, number=snapshot.number))
    else:
        run(say, "import", SOURCE, "--project", str(folder))
    if not snapshot.simulated("events"):
        run(say, "simulate", "--around", "--project", str(folder))


def who(world: World, say: Session) -> None:
    """Which spell rule, lapse and history were chosen, and why."""
    organisation = world.organisation
    say.heading(say("Who is a customer here"))
    for line in printing.spell_rule_in_words(world, say):
        say.out.print(f"- {line}")
    for assumption in SOURCES[SOURCE].assumes:
        if assumption.setting == "history" and assumption.value == organisation.history:
            reason = assumption.reason_de if say.language.code == "de" else assumption.reason
            say.out.print(f"- history = {organisation.history}: {reason}")


def numbers(keys: Sequence[str], world: World, say: Session) -> None:
    """The numbers that matter, each with its working."""
    answers = Answers(world)
    for key in keys:
        metric = METRICS[key]()
        window = last_complete(world, kinds_needed(metric, world))
        if window is None:
            continue
        with say.err.status(metric.title(say.language.code)):
            answer = answers.ask(metric, [window])
        row = answer.rows[0]
        value = say.language.value(row.value, metric.unit, answer.currency)
        name = printing.title_of(metric, say)
        say.heading(f"{name}, {say.language.window(window)}: {value}")
        say.out.print(metric.sentence(say.language.code), style="quiet")
        printing.print_formula(answer, row, say)
        bounds = printing.interval_of(row, metric, say, answer.currency)
        if bounds and row.n is not None:
            text = say("95% interval: {bounds}", bounds=bounds)
            say.out.print(f"{text}, n = {say.language.number(row.n)}", style="quiet")
        if answer.simulated:
            say.out.print(say("Some of these facts are made up: this is no real number."), style="bad")


def run(say: Session, *words: str) -> None:
    """One command of the command line, shown as one would type it; leaves where it fails."""
    say.out.print()
    say.out.plain("$ stamm " + " ".join(f"'{word}'" if " " in word else word for word in words), style="name")
    try:
        cli.main(list(words))
    except SystemExit as ended:
        if ended.code:
            raise
