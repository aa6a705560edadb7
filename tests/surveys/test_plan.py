"""What is asked: ready surveys, pages and branches, what is refused, and the versions of a survey."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from stamm.lang.errors import UsageError
from stamm.people import Database
from stamm.surveys import keeping
from stamm.surveys.keeping import MeanwhileError
from stamm.surveys.plan import END, Branch, Option, Page, Plan, Question, checked, plan_of
from stamm.surveys.ready import READY, ready
from tests.surveys.asked import NOON, opened


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
