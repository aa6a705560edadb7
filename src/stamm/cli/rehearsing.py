"""What an import would do: counts, the first rows as they would come in, and the first that would not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stamm.app.retelling import retell
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.cli.taking_in import fact_in_words, print_counts, print_reasons
from stamm.reports.first_rows import first_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from stamm.app.importing import ImportReport


def print_rehearsal(report: ImportReport, zone: str, say: Session) -> None:
    """The report of a call that has left everything as it was; moments in this time zone."""
    print_counts(report, say)
    for row in report.rows:
        if row.first is not None:
            say.heading(say("{file}: the first {fact}", file=row.file, fact=fact_in_words(row.fact, say)))
            say.out.show(facts_table(row.first, zone, say))
    if report.rejected:
        print_reasons(report, say)
        for one in report.first_rejects:
            place = say("{file}, line {line}", file=one.file, line=one.line)
            reason = retell(f"{one.column} {one.reason}".strip(), say.language)
            say.out.print(f"{place}: {reason}" + (f" ({one.value})" if one.value else ""), style="quiet")
    say.out.print()
    say.out.print(say("Nothing was written: this was only a try."), style="title")


def facts_table(table: pa.Table, zone: str, say: Session) -> Table:
    """Rows of a fact as people read them, without columns that are empty; money in major units."""
    found = first_rows(table, zone, say.language, spoken=say.language.code == "de")
    made = printing.table(*found.names, right=found.right)
    for row in found.rows:
        made.add_row(*row)
    return made
