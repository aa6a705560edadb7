"""What is taken away as a table holds no text that a spreadsheet would run, whichever page it is taken from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from stamm.answers import written
from stamm.app.project import Project
from stamm.lang.inert import inert
from stamm.store.book import Book, Line, table_of, write
from tests.web.test_analyses import FUNNEL
from tests.web.test_pages import RATE
from tests.web.test_segments import RULE

Make = Callable[..., Any]
#: what a spreadsheet would run
HOSTILE = (
    '=HYPERLINK("http://evil")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "two\r=1+1",
    "  =1+1",
    "\uff1d1+1",
)
#: each export by the name of its route: an address of it
EXPORTS = {
    "metric_csv": "/metrics/order_count.csv?window=2024-05",
    "metric_customers_csv": f"{RATE}/customers.csv?window=2024-05&part=1",
    "analysis_csv": f"/analyses/funnel.csv?{FUNNEL}",
    "analysis_customers_csv": f"/analyses/funnel/customers.csv?{FUNNEL}&who=step%3D2",
    "customers_csv": "/customers.csv",
    "leaving_csv": "/leaving.csv?by=no_order_risk",
    "prediction_csv": "/predictions/expected_orders.csv",
    "prediction_side_csv": "/predictions/expected_orders/enough.csv",
    "segments_csv": f"/segments.csv?{urlencode({'rule': RULE})}",
    "segment_sizes_csv": f"/segments/sizes.csv?{urlencode({'rule': RULE})}",
    "board_widget_csv": "/boards/{board}/widgets/1.csv",
    "goals_csv": "/goals.csv",
    "goal_csv": "/goals/{goal}.csv",
    "surveys_csv": "/surveys.csv",
    "survey_csv": "/surveys/{survey}.csv",
    "survey_comments_csv": "/surveys/{survey}/comments.csv",
    "forms_csv": "/forms.csv",
    "form_csv": "/forms/{form}.csv",
    "idea_board_csv": "/ideas/{ideas}.csv",
    "settings_acts_csv": "/settings/acts.csv",
    "settings_rejects_csv": "",
}
#: no text
_PLAIN = re.compile(r"|true|false|[+-]?\d+(\.\d+)?(e[+-]?\d+)?|\d{4}-\d\d-\d\d(T[\d:.+]*)?")


def test_every_export_is_named_here() -> None:
    routes = csv.DictReader((Path(__file__).parent / "routes.csv").read_text().splitlines())
    names = {row["name"] for row in routes if row["name"].endswith("_csv") or "csv" in row["route"]}
    assert names == EXPORTS.keys(), "an export of a table that no test looks at"


def test_every_text_of_every_export_is_made_inert(
    project: Project,
    signed_in: Make,
    board: Make,
    goal: Make,
    survey: Make,
    form: Make,
    idea: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mark in the place of what makes texts inert stands before each text, so none passes it by."""
    from stamm.web.desk import Desk

    owner = signed_in("owner")
    monkeypatch.setattr(Desk, "kept", lambda self, _question, make: make(self.opened()))  # nothing written before
    monkeypatch.setattr(written, "inert", lambda cell: f"~{cell}" if isinstance(cell, str) else cell)
    made, aim, (asked, _), filled = board("owner"), goal(), survey("=1+1"), form("=1+1")
    wished, _ = idea("=1+1")
    for name, address in EXPORTS.items():
        if name == "settings_rejects_csv":
            continue  # the file as it lies there; tests/sources/test_importing.py reads what is written into it
        told = owner.get(address.format(board=made.pk, goal=aim, survey=asked, form=filled, ideas=wished))
        assert told.status_code == 200, (name, told.status_code)
        assert told.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(r'attachment; filename="[a-z0-9_-]+\.csv"', told.headers["Content-Disposition"]), name
        rows = list(csv.reader(io.StringIO(told.content.decode())))
        assert len(rows) > 1, name
        passed = {cell for row in rows for cell in row if not cell.startswith("~") and not _PLAIN.fullmatch(cell)}
        assert passed == set(), name


def test_a_customer_with_a_formula_for_a_name_is_text_in_a_spreadsheet(
    project: Project, signed_in: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stamm.web.pages import customers

    lines = [Line(f"{number}", text, text, orders=1) for number, text in enumerate(HOSTILE)]
    write(tmp_path / "hostile.sqlite", lambda: table_of([*lines, Line("-1", "Zoë Öz", orders=-3)]), dict)
    monkeypatch.setattr(customers, "book_waited_for", lambda: Book(tmp_path / "hostile.sqlite"))
    text = signed_in("analyst").get("/customers.csv").content.decode()
    rows = {row["customer_id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    for number, hostile in enumerate(HOSTILE):
        told = "'" * (hostile[0] != "t") + hostile.replace("\r", "\n")
        assert (rows[f"{number}"]["name"], rows[f"{number}"]["email"]) == (told, told)
    assert (rows["-1"]["name"], rows["-1"]["orders"]) == ("Zoë Öz", "-3")
    assert [inert(cell) for cell in ("-1", "+49 151", "a=b", "")] == ["-1", "'+49 151", "a=b", ""]
