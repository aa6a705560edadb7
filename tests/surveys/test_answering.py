"""Answers: each gate on the one way in, one answer a link however often it is sent, and what it becomes as facts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from stamm.answers import Answers
from stamm.app.hearing import tell
from stamm.app.project import Project
from stamm.jobs import TABLES as JOBS
from stamm.lang.errors import UsageError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.metrics import METRICS
from stamm.people import Database, open_database
from stamm.surveys import TABLES, answering, asking, keeping
from stamm.surveys.answering import GATES, MissingError, NotTakenError, Sent, take_answers
from stamm.surveys.arriving import MOST
from stamm.surveys.keeping import MeanwhileError
from stamm.surveys.plan import END, Branch, Option, Page, Plan, Question, checked, plan_of
from stamm.surveys.ready import READY, ready
from stamm.surveys.results import results_of
from stamm.surveys.sheets import FLOOD, TRAP, Sheet, sheets_where

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
SECRET = "drei Kannen Tee"
HOME, OFFICE = "203.0.113.7", "2001:db8:1:2::7"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    if request.param == "sqlite":
        yield tmp_path / "stamm.sqlite", ""
        return
    with request.getfixturevalue("server").database() as known:
        yield tmp_path / "unused", known.address()


@pytest.fixture
def database(place: tuple[Path, str]) -> Iterator[Database]:
    with closing(open_database(*place, (*TABLES, *JOBS))) as opened:
        yield opened


def opened(database: Database, plan: Plan | None = None, **other: Any) -> int:
    """A survey that takes answers; of NPS where nothing else is said."""
    with database.transaction() as run:
        number = keeping.make_survey(run, replace(plan or ready("nps", "Spring"), **other), who="i", now=NOON)
        keeping.open_survey(run, number, who="i", now=NOON)
    return number


def personal(database: Database, survey: int, *customers: str, now: datetime = NOON) -> dict[str, str]:
    """The links of these customers."""
    with database.transaction() as run:
        sheets, _ = asking.ask_customers(run, survey, customers or ("anna",), who="i", now=now)
    return {str(sheet.customer): asking.token_of(sheet, 0, SECRET) for sheet in sheets}


def shared(database: Database, survey: int) -> Callable[[], str]:
    """Gives a new sheet of an open link at each call."""
    with database.transaction() as run:
        link = asking.make_open_link(run, survey, "counter", who="i", now=NOON)
    return lambda: asking.fresh_token(link.id, SECRET)


def send(
    database: Database,
    token: str,
    revision: int,
    page: str = "score",
    *,
    at: datetime = NOON,
    address: str = HOME,
    trap: str = "",
    **fields: str | list[str],
) -> Sheet:
    given = {name: [one] if isinstance(one, str) else one for name, one in fields.items()}
    with database.transaction() as run:
        return take_answers(run, token, Sent(page, given, revision, address, trap), secret=SECRET, now=at)


# -- what is asked -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", READY)
def test_every_ready_survey_is_sound_and_said_in_both_languages(key: str) -> None:
    plan = checked(ready(key, "Mine"))
    assert set(plan.languages) == {"de", "en"}
    assert plan_of(plan.written()) == plan


def test_a_page_leads_whoever_answered_so_to_a_later_one() -> None:
    plan = ready("exit", "Goodbye")
    ways = {
        "price": ["reasons", "back"],
        "elsewhere": ["reasons", "competitor", "back"],
        "need": ["reasons"],
    }
    assert {chosen: [page.key for page in plan.way({"why_leaving": [chosen]})] for chosen in ways} == ways
    assert [page.key for page in plan.way({})] == ["reasons", "competitor", "back"], "who has not answered yet"


ASKED = Question("q", "rating", {"en": "How?"})


@pytest.mark.parametrize(
    "wrong",
    [
        Plan("", (Page("a", (ASKED,)),)),
        Plan("x", ()),
        Plan("x", (Page("a", ()),)),
        Plan("x", (Page("a", (ASKED, ASKED)),)),
        Plan("x", (Page("a", (ASKED,)), Page("a", (replace(ASKED, key="r"),)))),
        Plan("x", (Page(END, (ASKED,)),)),
        Plan("x", (Page("a", (replace(ASKED, key="Q 1"),)),)),
        Plan("x", (Page("a", (replace(ASKED, told={}),)),)),
        Plan("x", (Page("a", (replace(ASKED, told={"english": "How?"}),)),)),
        Plan("x", (Page("a", (replace(ASKED, told={"en": "x" * 601}),)),)),
        Plan("x", (Page("a", (replace(ASKED, scale_min=1, scale_max=12),)),)),
        Plan("x", (Page("a", (replace(ASKED, kind="choice"),)),)),
        Plan("x", (Page("a", (replace(ASKED, options=(Option("o", {"en": "O"}),)),)),)),
        Plan("x", (Page("a", (ASKED,), (Branch("q", ("5",), "a"),)),)),
        Plan("x", (Page("a", (ASKED,), (Branch("q", ("6",), END),)),)),
        Plan("x", (Page("a", (ASKED,), (Branch("later", ("5",), END),)),)),
        Plan("x", (Page("a", (ASKED,), (Branch("q", ("5",), "nowhere"),)),)),
        Plan("x", (Page("a", (ASKED,)),), quota=-1),
        Plan("x", (Page("a", (ASKED,)),), closes_at=datetime.fromisoformat("2024-02-01")),
    ],
)
def test_what_cannot_be_asked_is_refused(wrong: Plan) -> None:
    with pytest.raises(UsageError):
        checked(wrong)


def test_each_change_is_a_version_and_a_question_keeps_what_it_means(database: Database) -> None:
    survey = opened(database)
    plan = ready("nps", "Spring")
    other = replace(plan, thanks={"en": "Ta."})
    with database.transaction() as run:
        assert keeping.change_survey(run, survey, other, seen=2, who="i", now=NOON) == 3
        assert keeping.change_survey(run, survey, other, seen=3, who="i", now=NOON) == 3, "the same is no change"
    with pytest.raises(MeanwhileError), database.transaction() as run:
        keeping.change_survey(run, survey, plan, seen=2, who="o", now=NOON)
    stars = Plan("Spring", (Page("score", (Question("recommend", "rating", {"en": "Stars?"}),)),))
    with pytest.raises(UsageError, match="something else"), database.transaction() as run:
        keeping.change_survey(run, survey, stars, seen=3, who="i", now=NOON)
    with database.transaction() as run:
        keeping.close_survey(run, survey, who="i", now=NOON)
        told = [
            (each.revision, each.what, each.state, each.plan.thanks["en"]) for each in keeping.versions_of(run, survey)
        ]
        again = keeping.make_survey(run, plan, who="i", now=NOON)
        assert [each.key for each in keeping.surveys(run)] == ["spring_2", "spring"], again
    thanks = "Thank you. We read every answer."
    assert told == [
        (4, "closed", "closed", "Ta."),
        (3, "changed", "open", "Ta."),
        (2, "opened", "open", thanks),
        (1, "made", "draft", thanks),
    ]


# -- gates ---------------------------------------------------------------------------------------------------
def _draft(database: Database) -> tuple[str, int]:
    with database.transaction() as run:
        survey = keeping.make_survey(run, ready("nps", "Spring"), who="i", now=NOON)
    return shared(database, survey)(), 0


def _closed(database: Database) -> tuple[str, int]:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    with database.transaction() as run:
        keeping.close_survey(run, survey, who="i", now=NOON)
    return token, 1


def _over(database: Database) -> tuple[str, int]:
    survey = opened(database, closes_at=NOON + timedelta(hours=1))
    token = personal(database, survey)["anna"]
    with database.transaction() as run:  # its time is over, and nobody closed it
        late = replace(ready("nps", "Spring"), closes_at=NOON)
        keeping.change_survey(run, survey, late, seen=2, who="i", now=NOON)
    return token, 1


def _full(database: Database) -> tuple[str, int]:
    fresh = shared(database, opened(database, quota=1))
    send(database, fresh(), 0, recommend="9")
    return fresh(), 0


def _resting(database: Database) -> tuple[str, int]:
    personal(database, opened(database, rest_days=0))
    survey = opened(database, ready("csat", "Summer"), rest_days=0)
    token = personal(database, survey, now=NOON + timedelta(days=1))["anna"]
    with database.transaction() as run:  # the rest was set only after she was asked
        keeping.change_survey(run, survey, ready("csat", "Summer"), seen=2, who="i", now=NOON)
    return token, 1


def _used(database: Database) -> tuple[str, int]:
    token = personal(database, opened(database))["anna"]
    send(database, token, 1, recommend="9")
    return token, 1


SHUT = {"not_open": [_draft], "closed": [_closed, _over], "full": [_full], "resting": [_resting], "used": [_used]}


@pytest.mark.parametrize(("gate", "shut"), [(gate, each) for gate, cases in SHUT.items() for each in cases])
def test_a_gate_that_is_shut_keeps_nothing(
    database: Database, gate: str, shut: Callable[[Database], tuple[str, int]]
) -> None:
    token, revision = shut(database)
    with database.transaction() as run:
        before = sheets_where(run, "id > 0", ())
    with pytest.raises(NotTakenError) as refused:
        send(database, token, revision, recommend="3", content="1")
    assert refused.value.gate == gate
    with database.transaction() as run:
        assert sheets_where(run, "id > 0", ()) == before


def test_every_gate_has_a_case_above() -> None:
    assert SHUT.keys() == GATES.keys()


def test_a_link_that_nobody_made_leads_nowhere(database: Database) -> None:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    with database.transaction() as run:
        link = asking.make_open_link(run, survey, "counter", who="i", now=NOON)
    for wrong in (
        token[:-1],
        f"{token}0",
        token.replace("p", "o", 1),
        "",
        "o1",
        "-",
        asking.open_token(link.id, SECRET),
    ):
        with pytest.raises(NotTakenError, match="unknown"):
            send(database, wrong, 1, recommend="9")
    with pytest.raises(NotTakenError, match="unknown"), database.transaction() as run:
        take_answers(run, token, Sent("score", {"recommend": ["9"]}, 1, HOME), secret="another", now=NOON)


def test_of_fifty_who_send_a_link_at_once_one_is_taken(database: Database, place: tuple[Path, str]) -> None:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    begin = threading.Barrier(10)

    def often(number: int) -> list[str]:
        told = []
        with closing(open_database(*place, (*TABLES, *JOBS))) as own:
            begin.wait()
            for _ in range(5):
                try:
                    send(own, token, 1, recommend=str(number))
                    told.append("taken")
                except NotTakenError as refused:
                    told.append(refused.gate)
        return told

    with ThreadPoolExecutor(10) as threads:
        outcomes = [told for each in threads.map(often, range(10)) for told in each]
    assert (outcomes.count("taken"), outcomes.count("used")) == (1, 49)
    with database.transaction() as run:
        (sheet,) = sheets_where(run, "id > 0", ())
        assert (sheet.revision, results_of(run, keeping.survey_of(run, survey), "UTC").questions[0].n) == (2, 1)


def test_a_correction_replaces_what_was_there_and_counts_once(database: Database) -> None:
    survey = opened(database)
    token = personal(database, survey, "anna", "ben")["anna"]
    first = send(database, token, 1, recommend="3", why="slow")
    second = send(database, token, first.revision, recommend="9", at=NOON + timedelta(days=1))
    assert (second.id, second.answers) == (first.id, {"recommend": 9, "why": None})
    with database.transaction() as run:
        made = results_of(run, keeping.survey_of(run, survey), "UTC")
    assert (made.asked, made.answered, made.questions[0].n, made.comments) == (2, 1, 1, ())


@pytest.mark.parametrize(
    "fields",
    [{}, {"recommend": ""}, {"recommend": "11"}, {"recommend": "9.5"}, {"recommend": "-1"}, {"recommend": "x"}],
)
def test_what_has_to_be_answered_and_is_no_answer_is_asked_again(database: Database, fields: dict[str, str]) -> None:
    token = personal(database, opened(database))["anna"]
    with pytest.raises(MissingError) as refused:
        send(database, token, 1, **fields)  # type: ignore[arg-type]
    assert refused.value.questions == ("recommend",)


def test_answers_of_a_page_are_kept_before_the_next_and_go_where_it_is_not_asked_any_more(database: Database) -> None:
    survey = opened(database, ready("exit", "Goodbye"))
    token = personal(database, survey)["anna"]
    sheet = send(database, token, 1, "reasons", why_leaving=["price", "elsewhere"])
    assert (sheet.answers, sheet.finished_at) == ({"why_leaving": ["price", "elsewhere"]}, None)
    sheet = send(database, token, sheet.revision, "competitor", elsewhere="Cheaper")
    sheet = send(database, token, sheet.revision, "back")
    assert sheet.finished_at == NOON
    sheet = send(database, token, sheet.revision, "reasons", why_leaving="need")
    assert (sheet.answers, sheet.finished_at) == ({"why_leaving": ["need"]}, NOON)
    with pytest.raises(MissingError):
        send(database, token, sheet.revision, "reasons", why_leaving="fashion")


# -- whom is asked -------------------------------------------------------------------------------------------
def test_nobody_is_asked_again_by_any_survey_within_the_rest(database: Database) -> None:
    first, second = opened(database), opened(database, ready("csat", "Summer"))

    def ask(survey: int, at: datetime) -> tuple[list[str | None], int]:
        with database.transaction() as run:
            sheets, resting = asking.ask_customers(run, survey, ["anna", "ben", "anna"], who="i", now=at)
        return [sheet.customer for sheet in sheets], resting

    with database.transaction() as run:
        asking.ask_customers(run, first, ["anna"], who="i", now=NOON)
    assert ask(second, NOON + timedelta(days=30, seconds=-1)) == (["ben"], 1)
    assert ask(second, NOON + timedelta(days=30)) == (["anna", "ben"], 0)
    assert ask(second, NOON + timedelta(days=30)) == (["anna", "ben"], 0), "who asks again gets the same links"
    with database.transaction() as run:
        assert len(asking.personal_sheets(run, second)) == 2


# -- too much from one place ---------------------------------------------------------------------------------
def test_a_thousand_within_a_minute_from_one_address_are_held_and_none_is_counted(database: Database) -> None:
    survey = opened(database)
    fresh = shared(database, survey)
    send(database, fresh(), 0, recommend="9", address=OFFICE)
    sent = Sent("score", {"recommend": ["0"]}, 0, HOME)
    with database.transaction() as run:  # one for all of them, so that the test is quick
        for number in range(1_000):
            take_answers(run, fresh(), sent, secret=SECRET, now=NOON + timedelta(milliseconds=59 * number))
    send(database, fresh(), 0, recommend="9", at=NOON + timedelta(seconds=59), address=OFFICE)
    send(database, fresh(), 0, recommend="9", at=NOON + timedelta(minutes=3))
    with database.transaction() as run:
        made = results_of(run, keeping.survey_of(run, survey), "UTC")
        assert (made.held, made.questions[0].n, made.questions[0].score and made.questions[0].score.value) == (
            1_000,
            3,
            100,
        )
        rows = [
            str(row)
            for table in ("survey_arrival", "survey_sheet", "survey_salt")
            for row in run(f"SELECT * FROM {table}", ())
        ]
        assert not any(told in row for row in rows for told in (HOME, "2001:db8"))
        before = run("SELECT salt FROM survey_salt", ())
        assert answering.review(run, survey, count=False, who="i", now=NOON) == 1_000
        assert results_of(run, keeping.survey_of(run, survey), "UTC").held == 0
    send(database, fresh(), 0, recommend="9", at=NOON + timedelta(days=1))
    with database.transaction() as run:
        assert (run("SELECT count(*) FROM survey_salt", ()), before != run("SELECT salt FROM survey_salt", ())) == (
            [(1,)],
            True,
        )


def test_a_family_of_a_network_is_one_address_and_as_many_as_may_come_are_counted(database: Database) -> None:
    survey = opened(database)
    fresh = shared(database, survey)
    for number in range(MOST):
        assert send(database, fresh(), 0, recommend="9", address=f"2001:db8:1:2::{number:x}").held == ""
    assert send(database, fresh(), 0, recommend="9", address="2001:db8:1:2:ffff::1").held == FLOOD


def test_whoever_fills_in_what_nobody_sees_is_held_until_somebody_counts_it(database: Database) -> None:
    survey = opened(database)
    token = personal(database, survey)["anna"]
    assert send(database, token, 1, recommend="0", trap="https://casino.example").held == TRAP
    with database.transaction() as run:
        assert results_of(run, keeping.survey_of(run, survey), "UTC").questions[0].n == 0
        assert answering.review(run, survey, count=True, who="i", now=NOON) == 1
        assert results_of(run, keeping.survey_of(run, survey), "UTC").questions[0].n == 1


# -- as facts ------------------------------------------------------------------------------------------------
def test_answers_are_facts_that_the_catalogue_measures_as_the_results_do(tmp_path: Path) -> None:
    """Anna 10 (first 2), ben 9, cleo 7, dora 3; emil skips nothing and is only asked; fay's is held, gus came openly.

    Of 5 scores 3 are promoters (10, 9, 10) and 1 a detractor: 100 x (3 - 1) / 5 = 40.
    """
    project = Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))
    with closing(project.people()) as database:
        survey = opened(database)
        links = personal(database, survey, "anna", "ben", "cleo", "dora", "emil", "fay")
        first = send(database, links["anna"], 1, recommend="2", why="bad")
        tell(project, database)
        send(database, links["anna"], first.revision, recommend="10", at=NOON + timedelta(hours=1))
        for who, score in (("ben", "9"), ("cleo", "7"), ("dora", "3")):
            send(database, links[who], 1, recommend=score, why="=1+1" if who == "ben" else "")
        fay = send(database, links["fay"], 1, recommend="0")
        send(database, shared(database, survey)(), 0, recommend="10", at=NOON + timedelta(minutes=5))
        assert tell(project, database) == 6
        with database.transaction() as run:  # after it was told
            run(
                "UPDATE survey_sheet SET held = ?, told = 0, changed_at = ? WHERE id = ?",
                (FLOOD, NOON + timedelta(hours=2), fay.id),
            )
        assert (tell(project, database), tell(project, database)) == (1, 0)
        with database.transaction() as run:
            made = results_of(run, keeping.survey_of(run, survey), "Europe/Berlin")
    assert (made.asked, made.answered, made.others, made.held) == (5, 4, 1, 1)
    world = project.world()
    rows = {
        (row["customer_id"], row["question"]): row
        for row in world.engine.run(world.engine.table("responses")).to_pylist()
    }
    assert {key for key in rows if key[0] == "fay"} == set()
    assert (rows["anna", "recommend"]["score"], rows["anna", "why"]["comment"]) == (10, None)
    assert (rows["emil", "recommend"]["answered_at"], rows["ben", "why"]["comment"]) == (None, "=1+1")
    assert rows[None, "recommend"]["touchpoint"] == "counter"
    answers = Answers(world)
    window = Window(NOON.date(), NOON.date() + timedelta(days=1))
    (row,) = answers.ask(METRICS["net_promoter_score"](), [window], where=["survey=spring"]).rows
    (question, _) = made.questions
    assert question.score is not None
    assert (row.value, row.low, row.high, row.n) == (
        question.score.value,
        question.score.low,
        question.score.high,
        question.score.n,
    )
    assert (row.value, row.n) == (40, 5)


def test_each_option_chosen_is_a_row_and_what_is_chosen_no_more_is_taken_back(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(zone="UTC"))

    def chosen() -> list[tuple[str, str | None]]:
        world = project.world()
        found = world.engine.run(world.engine.table("responses")).to_pylist()
        return sorted((row["question"], row["choice"]) for row in found)

    with closing(project.people()) as database:
        survey = opened(database, ready("exit", "Goodbye"))
        token = personal(database, survey)["anna"]
        tell(project, database)
        assert chosen() == [("why_leaving", None)]
        sheet = send(database, token, 1, "reasons", why_leaving=["price", "delivery"])
        tell(project, database)
        assert chosen() == [("why_leaving", "Too expensive"), ("why_leaving", "Trouble with delivery")]
        sheet = send(database, token, sheet.revision, "reasons", why_leaving="delivery", at=NOON + timedelta(hours=1))
        tell(project, database)
        assert chosen() == [("why_leaving", "Trouble with delivery")]
        send(database, token, sheet.revision, "reasons", why_leaving=["price", "need"], at=NOON + timedelta(hours=2))
        tell(project, database)
        assert chosen() == [("why_leaving", "I no longer need it"), ("why_leaving", "Too expensive")]
