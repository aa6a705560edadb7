"""A shop's own database: whether it can be read, and what facts its tables hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from typing import TYPE_CHECKING

from stamm.app.surroundings.finding import Finding
from stamm.app.surroundings.looking import Looking
from stamm.facts import FACTS, imported
from stamm.lang.errors import StammError

if TYPE_CHECKING:
    from stamm.engines.postgres.engine import Postgres

Block = tuple[str, list[Finding]]


def database_seen(say: Looking) -> Iterator[Block]:
    """The engine and all it needs, up to the first thing that is missing; then the facts of the shop."""
    title, findings = say("Engine"), list[Finding]()
    try:
        shop = say.project.shop()
    except StammError as error:
        yield title, [Finding("engine", say("not ready"), remedy=say.told(error))]
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


def _data(shop: Postgres, say: Looking) -> Iterator[Finding]:
    stated = say.project.settings.coverage
    for kind in shop.kinds:
        name = f"{FACTS[kind].de if say.language.code == 'de' else FACTS[kind].en} ({kind})"
        try:
            shop.table(kind)
            survey = shop.survey(kind)
            left_out = sum(rows for _, rows in shop.left_out(kind))
        except StammError as error:
            yield Finding(name, say("not readable"), remedy=say.told(error))
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
