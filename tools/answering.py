"""The page of the reference on asking over HTTP, written from what the server does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from stamm.api import parameters, questions, turns
from stamm.api.application import ASSISTANTS
from stamm.api.openapi import scopes_of
from stamm.api.places import BASE, PLACES
from stamm.api.problems import PROBLEMS
from stamm.api.replies import SNAPSHOT_HEADER, TYPES
from stamm.api.tools import LONGEST, MOST_ROWS
from stamm.people import Scope
from stamm.people.keys import PER_SECOND
from stamm.people.rates import BURST_SECONDS

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]


def page(table: Table) -> str:
    """The page."""
    places = (
        (
            f"`{BASE}{place.path}`",
            f"`{place.tool}`",
            place.says,
            ", ".join(f"`{scope.value}`" for scope in scopes_of(place)),
            ", ".join(f"`{each.name}`" for each in place.parameters),
        )
        for place in PLACES
    )
    every = {each.name: each for place in PLACES for each in place.parameters}
    meanings = ((f"`{name}`", each.says + (" May be repeated." if each.many else "")) for name, each in every.items())
    return "\n".join(
        (
            "# Answers over HTTP\n",
            "`stamm serve` answers what `stamm metric` and `stamm analyse` tell, to the last digit; the whole way is",
            "shown in [Ask over HTTP](../how-to/ask-over-http.md). All addresses take GET, and a token in the header",
            "`Authorization`: as `Bearer`, or as the user name of Basic authentication. A token in an address is",
            "refused. No page of another address may ask from a browser.\n",
            table(("address", "tool", "tells", "scopes of tokens", "parameters"), places),
            f"`{BASE}/openapi.json` describes all of this to programs, and takes no token. The tools are for",
            f"assistants, at `{ASSISTANTS}` with the same tokens, or by `stamm mcp`",
            "([Ask with an assistant](../how-to/ask-with-an-assistant.md)).\n",
            "## Parameters\n",
            table(("parameter", "meaning"), meanings),
            "## Answers\n",
            table(("format", "type"), ((f"`{name}`", f"`{kind}`") for name, kind in TYPES.items())),
            "Shares are 0..1, money is in minor units, days and moments are ISO 8601; `null` (in CSV an empty cell) is",
            "unknown and never 0. A window ends before `window_end`. Each answer is of one snapshot, named in",
            f"`snapshot` and in the header `{SNAPSHOT_HEADER}`. `ETag` names the answer before it is computed: sent",
            "back as `If-None-Match`, it is answered with 304 as long as neither data nor settings nor program have",
            "changed. Texts that a spreadsheet would run begin with an apostrophe in CSV.\n",
            "A token of scope `read` is not told who customers are, also where an analysis gives examples. Each time",
            "that a token of scope `customers` is told, it is written down: `stamm keys history`.\n",
            "## Problems\n",
            "As `application/problem+json` (RFC 9457): `title`, `status`, `code`, `detail`, and where they help",
            "`where` and `remedy`, in German or English as `Accept-Language` wishes. 429 and 503 carry `Retry-After`",
            "in seconds where waiting helps.\n",
            table(("status", "code", "title"), ((s, f"`{code}`", title) for code, (s, title) in PROBLEMS.items())),
            "## Limits\n",
            table(
                ("what", "at most"),
                (
                    ("windows of a question", f"{questions.MOST_WINDOWS:,}"),
                    ("windows in which definitions are compared", f"{questions.MOST_COMPARED}"),
                    ("windows times groups of a metric", f"{questions.MOST_NUMBERS:,}"),
                    (
                        "customers on a page of JSON",
                        f"{parameters.MOST_ON_A_PAGE:,}; {parameters.PAGE:,} where not said",
                    ),
                    ("time of a question", f"{turns.SECONDS:g} seconds, the waiting included"),
                    ("questions computed at once", f"{turns.AT_ONCE}; {turns.WAITING} more wait"),
                    (
                        "questions of a token",
                        f"its rate ({PER_SECOND[Scope.READ]} a second if not said), {BURST_SECONDS:g} seconds at once",
                    ),
                    ("rows of a table that an assistant is told", f"{MOST_ROWS}"),
                    ("signs of a text in the data that an assistant is told", f"{LONGEST}"),
                ),
            ),
            "A question whose asker has gone, or that takes too long, is stopped. Taking events in does not wait for",
            "questions.\n",
        )
    )
