"""What came of a survey on its page: told apart by touchpoint and by segment, with what is too few for a score."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.surveys import asking
from stamm.surveys.answering import Sent, take_answers
from tests.web.conftest import NOON
from tests.web.test_surveys import text_of

Make = Callable[..., Any]


def answer_openly(project: Project, link: int, *scores: int) -> None:
    """Answers by an open link, an hour after each other."""
    from django.db import transaction

    from stamm.people.accounts import run

    secret = secret_of(project)
    for place, score in enumerate(scores):
        sent = Sent("score", {"recommend": [str(score)], "why": [""]}, 0, f"192.0.2.{place}")
        with transaction.atomic():
            take_answers(
                run, asking.fresh_token(link, secret), sent, secret=secret, now=NOON + timedelta(hours=1 + place)
            )


def rows_of(page: Any, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, as texts."""
    text = page.content.decode()
    table = text[text.index(f">{heading}</h2>") :]
    body = table[table.index("<tbody>") : table.index("</tbody>")]
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def test_a_viewer_sees_the_score_by_touchpoint_and_where_it_is_too_few(
    signed_in: Make, survey: Make, project: Project
) -> None:
    """At the counter three promoters and one detractor of five: 100 x (3 - 1) / 5 = 40; one by a personal link."""
    number, link = survey()
    viewer = signed_in("viewer")
    assert "by touchpoint" not in text_of(viewer.get(f"/surveys/{number}/"))
    answer_openly(project, link, 10, 9, 9, 8, 2)
    page = viewer.get(f"/surveys/{number}/")
    rows = rows_of(page, "NPS by touchpoint")
    assert [row[:3] for row in rows] == [["Counter", "5", "40"], ["personal link", "1", "too few"]]
    assert (rows[0][3] != "", rows[1][3:]) == (True, ["", ""])
    # no worker has told the facts yet, and the data end before anybody was asked
    told = text_of(page)
    assert "NPS by segment" in told
    assert "Answers that are not among the facts yet, and not in here: 6." in told
    exported = viewer.get(f"/surveys/{number}.csv").content.decode()
    assert "by touchpoint,,Counter,,40" in exported
