"""The page of reports by mail, and the link by which somebody wants one no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.reporting import refused
from stamm.automations import reports
from tests.web.test_pages import text_of
from tests.web.test_settings import noted

Make = Callable[..., Any]
NEW = {
    "action": "add",
    "what": "metric:order_count",
    "name": "",
    "to": "anna@example.com\n\n Ben@example.com ",
    "language": "de",
    "each": "week",
    "on": "1",
    "at": "09:00",
}


def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    from stamm.people.accounts import run

    return run(statement, values)


@pytest.fixture(autouse=True)
def none_left(project: Project) -> Iterator[None]:
    yield
    with closing(project.people()) as database, database.transaction() as run:
        for table in ("report", "report_recipient", "report_sent", "job", "job_timer"):
            run(f"DELETE FROM {table}", ())


def test_an_owner_makes_one_has_it_sent_and_ends_it(signed_in: Make, project: Project) -> None:
    owner = signed_in("owner")
    assert "names no mail server yet" in text_of(owner.get("/settings/reports/"))
    assert owner.post("/settings/reports/", NEW).headers["Location"] == "/settings/reports/?done=add"
    page = text_of(owner.get("/settings/reports/"))
    for words in ("Mondays at 09:00", "anna@example.com", "ben@example.com"):
        assert words in page
    (report,) = reports.reports(run)
    assert [(each.address, each.language) for each in report.recipients] == [
        ("anna@example.com", "de"),
        ("ben@example.com", "de"),
    ]
    owner.post("/settings/reports/", {"action": "send", "number": str(report.id)})
    assert run("SELECT count(*) FROM job WHERE kind = 'report_letter'", ()) == [(2,)]
    owner.post("/settings/reports/", {"action": "remove", "number": str(report.id)})
    assert reports.reports(run) == []
    assert [what for _, what, _ in noted(project)][:3] == ["report_removed", "report_sent", "report_made"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""},
        {"to": "anna@example.com\r\nBcc: x"},
        {"to": "nobody"},
        {"what": "metric:no_such"},
        {"what": "board:x"},
        {"what": "sql:1"},
        {"each": "year"},
        {"on": "9"},
        {"on": "-1"},
        {"at": "25:00"},
        {"at": "nine"},
        {"language": "fr"},
        {"action": "drop"},
        {"action": "remove", "number": "99"},
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_made(signed_in: Make, wrong: dict[str, str]) -> None:
    answer = signed_in("owner").post("/settings/reports/", {**NEW, "name": "<i>x</i>", **wrong})
    assert answer.status_code == 422
    assert "<i>x</i>" not in answer.text
    assert reports.reports(run) == []


def test_a_link_in_a_mail_changes_nothing_until_it_is_said(signed_in: Make, client: Any, project: Project) -> None:
    signed_in("owner").post("/settings/reports/", NEW)
    (report,) = reports.reports(run)
    anna = report.recipients[0]
    path = f"/reports/stop/{reports.stop_token(secret_of(project), anna.id, anna.address)}/"
    for _ in range(2):  # a scanner opens links
        page = client.get(path)
        assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert reports.reports(run)[0].recipients[0].stopped_at is None
    assert "You get this report no more" in text_of(client.post(path))
    assert reports.reports(run)[0].recipients[0].stopped_at is not None
    for wrong in (path[:-3] + "00/", "/reports/stop/1-x/", "/reports/stop/x/", f"/reports/stop/{'9' * 40}-1/"):
        assert (client.get(wrong).status_code, client.post(wrong).status_code) == (404, 404)


def test_who_has_an_account_gets_only_what_they_may_see(person: Make, board: Make, signed_in: Make) -> None:
    shown = board("viewer")
    viewer, support = person("viewer"), person("support")
    to = f"{viewer.email}\n{support.email}\nelse@example.com"
    signed_in("owner").post("/settings/reports/", {**NEW, "what": f"board:{shown.pk}", "name": "Mornings", "to": to})
    (report,) = reports.reports(run)
    told = {each.address: refused(run, report, each) for each in report.recipients}
    assert told == {viewer.email: "", support.email: "may not see this board", "else@example.com": ""}
    viewer.is_active = False
    viewer.save()
    assert refused(run, report, report.recipients[-1]) == "the account is removed"
