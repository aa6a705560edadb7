"""What an import did, as it is kept with its bundle: numbers and names, none of them somebody's."""

from __future__ import annotations

from typing import Any

from stamm.app.importing import Imported, ImportReport

#: counts of one file and fact that are kept
COUNTS = (
    "read",
    "new",
    "changed",
    "unchanged",
    "older",
    "waiting",
    "rejected",
    "erased",
    "left_out",
    "together",
)


def reported(report: ImportReport) -> dict[str, Any]:
    """As plain values: rows by file and fact, what was known before, reasons, the list of rows set aside, snapshot."""
    return {
        "rows": [_row(row) for row in report.rows],
        "known": [{"file": known.file, "as_file": known.as_file, "at": known.at} for known in report.known],
        "remarks": {file: list(told) for file, told in report.remarks.items()},
        "reasons": dict(report.reasons),
        "first": [
            {"file": one.file, "line": one.line, "column": one.column, "reason": one.reason}
            for one in report.first_rejects
        ],
        "rejected": report.rejected,
        "rejects": report.rejects.name if report.rejects else "",
        "snapshot": report.snapshot,
    }


def _row(row: Imported) -> dict[str, Any]:
    return {"file": row.file, "fact": row.fact, **{name: getattr(row, name) for name in COUNTS}}
