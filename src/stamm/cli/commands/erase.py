"""stamm erase: a person is taken out for good."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option


@command(
    "erase",
    step=13,
    about=(
        "Erase a customer: nothing of them is left, no total moves, and they do not come back.",
        (
            "Their rows stay as those of nobody, superseded ones included; names, addresses, and texts that name "
            "them go. Older snapshots, what was derived, answers, rejected rows, exports and what had arrived "
            "and names them go, too. What arrives of them later, also from a backup, is made nobody's by itself. "
            "It cannot be undone."
        ),
    ),
    examples=(
        ("stamm erase anna@example.org --dry-run", "See what would go"),
        ("stamm erase anna@example.org", "By e-mail address, after a question"),
        ("stamm erase 4711 --yes", "By the customer's number, without one"),
    ),
)
@argument("customer", "The customer's number, e-mail address or telephone number.", metavar="CUSTOMER")
@option("--dry-run", is_flag=True, help="Say what would go, and leave everything as it is.")
@option("--yes", is_flag=True, help="Do not ask.")
def erase(customer: str, *, dry_run: bool, yes: bool) -> None:
    """Ask, erase, and tell what is gone."""
    from stamm.app.leaving.erasing import Erasing
    from stamm.cli.leaving import print_gone, print_would_go, progress

    say = current()
    with progress(say) as told:
        erasing = Erasing(say.project, progress=told)
        found = erasing.look(customer) if dry_run or not yes else None
    if found is not None:
        print_would_go(found, say)
    if dry_run:
        return
    if not yes:
        say.out.print()
        question = say("Erase this customer? It cannot be undone. Write yes to go on")
        if click.prompt(question, default="", show_default=False).strip().lower() not in ("yes", "ja"):
            say.out.print(say("Nothing was changed."))
            return
    with progress(say) as told:
        done = Erasing(say.project, progress=told).erase(customer, now=datetime.now(UTC))
    print_gone(done, say)
