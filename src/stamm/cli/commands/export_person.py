"""stamm export-person: all that is held of one person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option


@command(
    "export-person",
    step=12,
    about=(
        "Give out all that is held of one customer, to read and for programs.",
        (
            "A page that lists what there is, a table for each fact with the superseded rows apart, and one JSON file "
            "with everything, also what has arrived and is no fact yet. Only you can read the files. Exports "
            "in the project's folder go when the customer is erased."
        ),
    ),
    examples=(
        ("stamm export-person anna@example.org", "A folder below exports in the project"),
        ("stamm export-person 4711 -o anna.zip --language de", "One file, its page in German"),
    ),
)
@argument("customer", "The customer's number, e-mail address or telephone number.", metavar="CUSTOMER")
@option("-o", "--output", metavar="PLACE", help="The folder to write, or a file that ends with .zip.")
def export_person(customer: str, *, output: str | None) -> None:
    """Write it and say where it is."""
    from stamm.app.leaving.erasing import Erasing
    from stamm.app.leaving.exporting import export_person as write_export
    from stamm.cli.leaving import print_held

    say = current()
    project = say.project
    number = Erasing(project).customer(customer)
    place, found = write_export(
        project, number, now=datetime.now(UTC), language=say.language, place=Path(output) if output else None
    )
    print_held(found, place, say)
