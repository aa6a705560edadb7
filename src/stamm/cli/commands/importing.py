"""stamm import: facts in."""

from __future__ import annotations

from datetime import UTC, datetime

from stamm.cli.session import Session, current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import InputError, UsageError


@command(
    "import",
    step=2,
    about=(
        "Take in what customers did: all of one call, or nothing.",
        (
            "Importing the same file again changes nothing. A row that is not sound is set aside with its file, "
            "line, column and reason; the others come in. After the first orders, the days of silence after which "
            "a customer counts as gone are chosen from the data and written to stamm.toml with the reason."
        ),
    ),
    examples=(
        ("stamm import orders.csv returns.csv", "Two files, both or neither"),
        ("stamm import shop", "What is new in a table that [database.shop] names in stamm.toml"),
        ("stamm import complete_journey", "A year of real purchases to try things on"),
        ("stamm import --guess export.csv", "Propose how an unknown file is to be read"),
        ("stamm import invoices-2024.csv --dry-run", "See what would come in, by a mapping in stamm.toml if one fits"),
    ),
)
@argument(
    "what",
    (
        "Files named after what they hold (orders.csv, customers.parquet) or read by a mapping in stamm.toml, folders "
        "of them, a data set by name, or a table of a database by its name in stamm.toml."
    ),
    nargs=-1,
    required=True,
    metavar="FILE|FOLDER|SOURCE...",
)
@option(
    "--guess", is_flag=True, help="Propose mappings for these files, with reasons and a preview; nothing is taken in."
)
@option("--save", is_flag=True, help="With --guess: add the proposals to stamm.toml.")
@option("--mapping", metavar="NAME", help="Read the files by this mapping, whatever they are called.")
@option("--dry-run", is_flag=True, help="Say what would come in and what not, and leave everything as it is.")
@option("--strict", is_flag=True, help="Take nothing in if a single row is not sound.")
@option("--keep-settings", is_flag=True, help="Leave stamm.toml as it is, whatever the data suggest.")
def import_facts(
    what: tuple[str, ...],
    *,
    guess: bool,
    save: bool,
    mapping: str | None,
    dry_run: bool,
    strict: bool,
    keep_settings: bool,
) -> None:
    """Take in and tell what came in."""
    from stamm.app.importing import Importing
    from stamm.cli import taking_in
    from stamm.cli.rehearsing import print_rehearsal

    say = current()
    if guess:
        given = {"--mapping": bool(mapping), "--dry-run": dry_run, "--strict": strict}
        _only_propose(what, say, [name for name, there in given.items() if there], save=save)
        return
    if save:
        raise UsageError(say("--save needs --guess."), remedy=say("Write `stamm import --guess --save FILE`."))
    project = say.project
    if project.reads_database:
        raise UsageError(
            say("This project reads the database of a shop; nothing is imported into it."),
            where=f"{project.directory / 'stamm.toml'}, engine",
            remedy=say('To import files, set engine = "duckdb", or begin another project with `stamm init`.'),
        )
    if not keep_settings and not mapping:
        project = taking_in.assume(project, what, say, dry=dry_run)
    first, subscribed = not taking_in.has_any(project, "orders"), taking_in.has_any(project, "subscriptions")
    with taking_in.progress(say) as told:
        importing = Importing(
            project.lake(),
            project.organisation,
            project.rejects_directory,
            project.settings.mappings,
            told,
            taking_in.waiting(say),
            project.tables(),
        )
        now = datetime.now(UTC)
        if dry_run:
            report = importing.rehearse(what, now=now, mapping=mapping)
        else:
            report = importing.take(what, now=now, strict=strict, mapping=mapping)
    if dry_run:
        print_rehearsal(report, project.organisation.zone, say)
        if strict and report.rejected:
            raise InputError(say("With --strict, nothing would come in."))
        return
    taking_in.print_report(report, say)
    if not keep_settings and not subscribed:
        project = taking_in.choose_rule(project, say)
    if not keep_settings and (report.known or any(row.fact == "orders" for row in report.rows)):
        taking_in.choose_lapse(project, say, first=first)
    if report.snapshot is not None:
        taking_in.print_next(project, say)


def _only_propose(what: tuple[str, ...], say: Session, others: list[str], *, save: bool) -> None:
    """Nothing but proposals; options that say how to take something in have no use beside it."""
    from stamm.cli.proposing import propose

    if others:
        raise UsageError(
            say("--guess only proposes; it takes nothing in."),
            remedy=say("Leave out {options}.", options=", ".join(others)),
        )
    propose(what, say, save=save)
