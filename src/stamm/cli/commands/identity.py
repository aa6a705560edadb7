"""stamm identity: who is one person, and putting it right."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from stamm.cli.session import Session, current
from stamm.cli.speaking import argument, command
from stamm.lang.errors import UsageError

#: how many ids each way of asking takes, at least and at most
TAKES = {"show": (0, 1), "merge": (2, 2), "unmerge": (1, 2)}


@command(
    "identity",
    step=12,
    about=(
        "Show who is one person, merge two customers, or take a merge back.",
        (
            "`show` tells which customers were merged and which devices several people use; with an ID, what is known "
            "of that customer or device. `merge FORMER CUSTOMER` gives all that was ever said of a former id to a "
            "customer. `unmerge ID` takes back what says that a former id or a device is somebody's, with a second ID "
            "only that customer's; everything is then as if it had never been said. A device that several people use "
            "merges nobody: each has it for a time."
        ),
    ),
    examples=(
        ("stamm identity show", "All merges, and devices of several people"),
        ("stamm identity show anna", "One customer's former ids and devices"),
        ("stamm identity merge anna-before anna", "Two customers are one person"),
        ("stamm identity unmerge anna-before", "They are not"),
    ),
)
@argument("action", "What to do: show, merge or unmerge.", type=click.Choice(tuple(TAKES)), metavar="ACTION")
@argument("ids", "Ids of customers or devices, as the data have them.", nargs=-1, metavar="[ID...]")
def identity(action: str, ids: tuple[str, ...]) -> None:
    """Ask or change, and tell what is so now."""
    from stamm.app.identifying import Identifying
    from stamm.cli import persons_seen
    from stamm.cli.taking_in import waiting

    say = current()
    least, most = TAKES[action]
    if not least <= len(ids) <= most:
        raise UsageError(
            _takes(action, say),
            remedy=say("`{command} --help` shows what it takes.", command="stamm identity"),
        )
    identifying, now = Identifying(say.project, waiting(say)), datetime.now(UTC)
    if action == "merge":
        persons_seen.print_changed(identifying.merge(*ids, now=now), say)
    elif action == "unmerge":
        persons_seen.print_changed(identifying.unmerge(*ids, now=now), say)
    elif ids:
        persons_seen.print_identity(identifying.known(ids[0]), say)
    else:
        persons_seen.print_merges(identifying.merges(), say)
        persons_seen.print_shared(identifying.shared(), say)


def _takes(action: str, say: Session) -> str:
    """Which ids a way of asking takes."""
    if action == "merge":
        return say("`stamm identity merge` takes two ids: the former one, and the customer's.")
    if action == "unmerge":
        return say("`stamm identity unmerge` takes a former id or a device, and at most whose it is no longer.")
    return say("`stamm identity show` takes one id, or none.")
