"""What an import would do: counts, the first rows as they would come in, and the first that would not."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from stamm.app.retelling import retell
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.cli.taking_in import print_counts, print_reasons
from stamm.lang.money import is_currency
from stamm.lang.window import zone_named

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from stamm.app.importing import ImportReport

MINOR = "_minor"
#: digits of a quantity that are shown
DIGITS = 6


def print_rehearsal(report: ImportReport, zone: str, say: Session) -> None:
    """The report of a call that has left everything as it was; moments in this time zone."""
    print_counts(report, say)
    for row in report.rows:
        if row.first is not None:
            say.heading(say("{file}: the first {fact}", file=row.file, fact=row.fact))
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
    rows = table.to_pylist()
    names = [name for name in table.column_names if any(row[name] is not None for row in rows)]
    money = {name for name in names if name.endswith(MINOR) and "currency" in table.column_names}
    right = [place for place, name in enumerate(names) if isinstance(rows[0][name], int | float)]
    made = printing.table(*(name.removesuffix(MINOR) if name in money else name for name in names), right=right)
    for row in rows:
        amounts = {name: say.language.money(row[name], row["currency"]) for name in money if _priced(row, name)}
        made.add_row(*(amounts.get(name) or _cell(row[name], zone, say) for name in names))
    return made


def _priced(row: dict[str, Any], name: str) -> bool:
    return row[name] is not None and is_currency(row["currency"] or "")


def _cell(value: Any, zone: str, say: Session) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(zone_named(zone))
        return local.isoformat(" ", "seconds" if local.second else "minutes")[: -len("+00:00")]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return say.language.trimmed(value, DIGITS)
    return str(value)
