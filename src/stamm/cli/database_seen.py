"""A shop's own database: whether it can be read, what facts its tables hold, and what is not sound in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from typing import TYPE_CHECKING

from stamm.app.retelling import retell
from stamm.cli import printing
from stamm.cli.failing import told
from stamm.cli.finding import Finding
from stamm.cli.session import Session
from stamm.facts import FACTS, imported
from stamm.lang.errors import StammError

if TYPE_CHECKING:
    from stamm.engines.postgres.engine import Postgres

Block = tuple[str, list[Finding]]


def database_seen(say: Session) -> Iterator[Block]:
    """The engine and all it needs, up to the first thing that is missing; then the facts of the shop."""
    title, findings = say("Engine"), list[Finding]()
    try:
        shop = say.project.shop()
    except StammError as error:
        yield title, [Finding("engine", say("not ready"), remedy=told(error, say))]
        return
    with closing(shop):
        connection = shop.connection
        findings.append(
            Finding("engine", connection.address.shown, say("The facts lie in this database; it is only read."))
        )
        findings.append(Finding("psycopg", version("psycopg")))
        findings.append(Finding("PostgreSQL", connection.version))
        taken = say("taken {moment}", moment=say.language.moment(connection.taken_at) + " UTC")
        findings.append(Finding(say("snapshot"), say.language.number(shop.snapshot), taken))
        yield title, findings
        yield say("Data"), list(_data(shop, say))


def _data(shop: Postgres, say: Session) -> Iterator[Finding]:
    stated = say.project.settings.coverage
    for kind in shop.kinds:
        name = f"{FACTS[kind].de if say.language.code == 'de' else FACTS[kind].en} ({kind})"
        try:
            shop.table(kind)
            survey = shop.survey(kind)
            left_out = sum(rows for _, rows in shop.left_out(kind))
        except StammError as error:
            yield Finding(name, say("not readable"), remedy=told(error, say))
            continue
        days = stated.get(kind, survey.covered)
        texts = (
            [f"{say.language.day(days[0])} {say('to')} {say.language.day(days[1])}"]
            if days
            else [say("no day is over")]
        )
        if left_out:
            texts.append(
                say.language.counted(left_out, "{count} row left out by where", "{count} rows left out by where")
            )
        if survey.unsound:
            texts.append(
                say.language.counted(
                    survey.unsound,
                    "{count} row not sound: `stamm check` says why",
                    "{count} rows not sound: `stamm check` says why",
                )
            )
        yield Finding(name, say.language.counted(survey.sound, "{count} row", "{count} rows"), "; ".join(texts))
    missing = [kind for kind in imported() if kind not in shop.kinds and kind not in stated]
    if missing:
        yield Finding(say("no mapping"), "", ", ".join(missing))


def print_unsound(shop: Postgres, say: Session) -> None:
    """Rows of the shop that count for nothing because they are not sound: where, why, how many, and one of them."""
    say.heading(say("Which rows of the database are not sound?"))
    made = printing.table(
        say("fact"), say("table"), say("column"), say("reason"), say("rows"), say("for example"), right=(4,)
    )
    for kind in shop.kinds:
        try:
            blamed = shop.survey(kind).blamed.values()
        except StammError:
            continue  # told above, beside the metrics that need it
        for one in sorted(blamed, key=lambda one: -one.facts):
            reason = retell(f"{one.column} {one.reason}", say.language).removeprefix(one.column).lstrip(": ")
            made.add_row(kind, one.table, one.column, reason, say.language.number(one.facts), one.example)
    if made.row_count:
        say.out.show(made)
        say.out.print()
        say.out.print(
            say("They are left out of every number. Correct them in the shop, or name other columns in stamm.toml.")
        )
    else:
        say.out.print(say("Every row is sound."))
