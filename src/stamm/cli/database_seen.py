"""What is not sound in a shop's own database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stamm.app.retelling import retell
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.lang.errors import StammError

if TYPE_CHECKING:
    from stamm.engines.postgres.engine import Postgres


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
