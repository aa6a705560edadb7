"""stamm mcp: an assistant asks."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec

from stamm.cli.session import current
from stamm.cli.speaking import command, option
from stamm.lang.errors import ProjectError


@command(
    "mcp",
    step=13,
    about=(
        "Let an assistant ask for numbers, over standard input and output; it only reads.",
        (
            "An assistant that speaks the Model Context Protocol starts this itself. It lists, asks, explains and "
            "compares as the other commands do, and is told what may not be concluded. It cannot change anything, and "
            "learns who customers are only with --customers. At /api/mcp of `stamm serve` it asks with a key instead."
        ),
    ),
    examples=(
        ("stamm mcp --project shop", "For this project, without names of customers"),
        ("stamm mcp --project shop --customers", "Also tell who is behind a number"),
    ),
)
@option("--customers", is_flag=True, help="Also tell who is behind a number.")
def mcp(*, customers: bool) -> None:
    """Serve one assistant until it leaves."""
    say = current()
    project = say.project
    if find_spec("mcp") is None:
        raise ProjectError(
            "The Model Context Protocol is not installed.", remedy="Install it: `pip install 'stamm[mcp]'`."
        )
    from stamm.api.assistants import over_standard_input
    from stamm.api.turns import Turns
    from stamm.app.desk import Desk
    from stamm.people import Scope

    with closing(Desk(project.directory)) as desk, closing(Turns(desk)) as turns:
        over_standard_input(turns, Scope.CUSTOMERS if customers else Scope.READ, say.language)
