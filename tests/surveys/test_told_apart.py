"""A survey's score by touchpoint and by segment: against numbers worked by hand, and against the command line."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from stamm.answers import Answers
from stamm.app.hearing import tell
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.lang.organisation import Organisation
from stamm.surveys import keeping
from stamm.surveys.of_segments import asked_of, by_segment
from stamm.surveys.plan import Plan
from stamm.surveys.ready import ready
from stamm.surveys.records import results_records
from stamm.surveys.results import Results, results_of
from tests.surveys.asked import NOON, opened, personal, send, shared

#: of six who ordered once, and of three who never did; ivan ordered only once the survey had begun
ONCE = {"anna": 10, "ben": 9, "cleo": 9, "dora": 3, "emil": 7, "fay": 6}
NEVER = {"gus": 10, "hans": 0, "ivan": 2}
OPENLY = (10, 10, 9, 8, 0)


def optional(plan: Plan) -> Plan:
    """The same, where every question may be skipped."""
    pages = [
        replace(page, questions=tuple(replace(each, required=False) for each in page.questions)) for page in plan.pages
    ]
    return replace(plan, pages=tuple(pages))


@pytest.fixture
def made(tmp_path: Path) -> tuple[Project, Results]:
    """Answered by links of their own, by some at the counter, and skipped by jane; told to the facts."""
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin", history="complete"))
    rows = [f"{who},{who},2024-01-10T10:00:00Z,2000,EUR" for who in (*ONCE, "lou")]
    rows += ["late,ivan,2024-02-01T11:00:00Z,2000,EUR", "later,kim,2024-03-01T11:00:00Z,100,EUR"]
    orders = tmp_path / "orders.csv"
    orders.write_text("\n".join(["order_id,customer_id,ordered_at,amount_minor,currency", *rows]) + "\n", "utf-8")
    done = CliRunner().invoke(cli, ["import", str(orders), "--keep-settings", "--project", str(project.directory)])
    assert done.exit_code == 0, done.output
    with closing(project.people()) as database:
        survey = opened(database, optional(ready("nps", "Spring")))
        links = personal(database, survey, *ONCE, *NEVER, "jane")
        for place, (who, score) in enumerate({**ONCE, **NEVER}.items()):
            send(database, links[who], 1, recommend=str(score), at=NOON + timedelta(hours=place))
        send(database, links["jane"], 1)  # skips the score
        for place, score in enumerate(OPENLY):
            token = shared(database, survey)()
            send(database, token, 0, recommend=str(score), at=NOON + timedelta(days=1), address=f"192.0.2.{place}")
        other = opened(database)  # another survey: one answer in these days, and one later, so that February is over
        for who, days in (("lou", 0), ("kim", 40)):
            token = personal(database, other, who, now=NOON + timedelta(days=days))[who]
            send(database, token, 1, recommend="0", at=NOON + timedelta(days=days))
        tell(project, database)
        with database.transaction() as run:
            return project, results_of(run, keeping.survey_of(run, survey), "Europe/Berlin")


def test_by_touchpoint_as_worked_by_hand_and_without_who_skipped(made: tuple[Project, Results]) -> None:
    """Of nine by links four are promoters (10, 9, 9, 10) and four detractors (3, 6, 0, 2): 100 x (4 - 4) / 9 = 0. Of
    five at the counter three (10, 10, 9) and one (0): 100 x (3 - 1) / 5 = 40."""
    project, results = made
    found = results.questions[0].by_touchpoint
    assert [(name, score.value, score.n) for name, score in found] == [("link", 0, 9), ("counter", 40, 5)]
    # half-width of the interval of Bonett and Price: p = (4.75, 4.75) of 12
    assert found[0][1].high == pytest.approx(1.959964 * ((9.5 / 12) / 12) ** 0.5 * 100, abs=1e-3)
    rows = [row for row in results_records(results) if row["what"] == "by touchpoint"]
    assert [(row["touchpoint"], row["value"], row["n"]) for row in rows] == [("link", 0, 9), ("counter", 40, 5)]
    for name, score in found:
        (told,) = _told(project, "--where", f"touchpoint={name}")
        assert (told["value"], told["low"], told["high"], told["n"]) == (score.value, score.low, score.high, score.n)


def test_by_segment_as_worked_by_hand_and_as_the_command_line_tells(made: tuple[Project, Results]) -> None:
    """Of six who had ordered three are promoters (10, 9, 9) and two detractors (3, 6): 100 x 1 / 6. Nobody is in
    `lapsed`; whoever came openly is in no segment."""
    project, results = made
    (asked,) = asked_of(results, ("no_second_order", "never_ordered", "lapsed"), {})
    assert asked_of(results, ("no_second_order", "never_ordered", "lapsed"), {}) == (asked,)  # or pages never end
    found = by_segment(Answers(project.world()), asked)
    assert (found.question, str(found.days.start), str(found.days.end)) == ("recommend", "2024-02-01", "2024-02-03")
    assert found.n == 14
    assert found.unknown == ()
    assert list(found.scores) == ["no_second_order"]
    score = found.scores["no_second_order"]
    assert (score.value, score.n) == (pytest.approx(100 / 6), 6)
    (told,) = _told(project, "--segment", "no_second_order")
    assert (told["value"], told["low"], told["high"], told["n"]) == (score.value, score.low, score.high, score.n)


def _told(project: Project, *more: str) -> list[dict[str, object]]:
    asked = ("metric", "net_promoter_score", "--from", "2024-02-01", "--to", "2024-02-03", "--grain", "month")
    words = [*asked, "--where", "survey=spring", *more, "--format", "json", "--project", str(project.directory)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    rows: list[dict[str, object]] = json.loads(done.stdout)["rows"]
    return rows
