"""What came of a survey on its page: told apart by touchpoint and by segment, with what is too few for a score."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client

from stamm.analyses.themes import Themes
from stamm.answers import Answers
from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.survey_follow_up import follow_up_letter, letter_about
from stamm.facts.filter import Condition
from stamm.jobs import Cancel, Job
from stamm.surveys import asking
from stamm.surveys.answering import Sent, take_answers
from stamm.web import voices
from stamm.web.questions import Question
from tests.analyses.test_themes import comment, said, subscribed
from tests.surveys.test_voices import valued
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
    assert "It is not known yet who of those who answered was in a segment" in told
    assert "Answers that are not among the facts yet, and not in here: 6." in told
    exported = viewer.get(f"/surveys/{number}.csv").content.decode()
    assert "by touchpoint,,Counter,,40" in exported


def test_what_customers_write_about_stands_on_the_page_once_there_are_texts_enough(
    signed_in: Make, survey: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stamm.web import survey_themes
    from stamm.web.pages import surveys

    number, _ = survey()
    viewer = signed_in("viewer")
    assert 'id="themes"' not in viewer.get(f"/surveys/{number}/").content.decode(), "one comment is too little"
    rows = [comment(n, text, survey="spring") for n, (_, _, text) in enumerate(said(Random(7), 400))]
    where = (Condition("survey", ("spring",)),)
    question = Question("themes", date(2024, 3, 1), date(2024, 4, 1), "", where, tuple(Themes().settings.items()))
    answers = Answers(subscribed(rows))
    opened = SimpleNamespace(answers=answers, kept=lambda _what, make: make(SimpleNamespace(answers=answers)))
    monkeypatch.setattr(surveys, "asked_of", lambda _made: question)
    monkeypatch.setattr(survey_themes, "soon", lambda _what, make: make(opened))
    page = viewer.get(f"/surveys/{number}/")
    told = text_of(page)
    assert "Most is written of:" in told
    assert told.count("Texts (n)") == 2, "a table a language"
    themes = answers.analyse(Themes, question.window, where=where).rows
    for row in themes:
        assert f"{row.theme} {row.n} " in told
    assert "/themes/?from=2024-03-01&amp;to=2024-04-01&amp;where=survey%3Dspring" in page.content.decode()
    monkeypatch.setattr(survey_themes, "soon", lambda _what, _make: None)
    assert "What customers write about is being counted" in text_of(viewer.get(f"/surveys/{number}/"))


def test_answers_are_read_once_until_one_of_them_changes(
    signed_in: Make, survey: Make, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stamm.people.accounts import run
    from stamm.web import survey_results

    number, link = survey()
    read, results_of = list[int](), survey_results.results_of
    monkeypatch.setattr(
        survey_results, "results_of", lambda run, of, zone: read.append(of.id) or results_of(run, of, zone)
    )
    viewer = signed_in("viewer")

    def answers() -> str:
        (n,) = re.findall(r"Answers \(n\) (\d+)", text_of(viewer.get(f"/surveys/{number}/")))
        return str(n)

    assert [answers(), answers(), len(read)] == ["1", "1", 1]
    answer_openly(project, link, 3)
    assert [answers(), answers(), len(read)] == ["2", "2", 2]
    for change in ("held = 'flood'", "held = ''", "answers = '{\"recommend\": 4}', revision = revision + 1"):
        run(f"UPDATE survey_sheet SET {change} WHERE customer_id IS NULL AND survey_id = ?", (number,))
        answers()
    assert len(read) == 5
    run("DELETE FROM survey_sheet WHERE customer_id IS NULL AND survey_id = ?", (number,))
    assert [answers(), len(read)] == ["1", 6]


def ask_some(project: Project, number: int, *told: tuple[str, int, str]) -> None:
    """Customers answer by links of their own, a day after each other."""
    from django.db import transaction

    from stamm.people.accounts import run

    secret = secret_of(project)
    with transaction.atomic():
        sheets, _ = asking.ask_customers(run, number, [who for who, _, _ in told], who="test", now=NOON)
        links = {sheet.customer: asking.token_of(sheet, 0, secret) for sheet in sheets}
        for place, (who, score, why) in enumerate(told):
            sent = Sent("score", {"recommend": [str(score)], "why": [why]}, 1, f"192.0.3.{place}")
            take_answers(run, links[who], sent, secret=secret, now=NOON + timedelta(days=1 + place))


def test_each_comment_stands_with_value_and_risk_and_is_chosen_by_its_score(
    signed_in: Make, survey: Make, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """c6 would bring 20 and c5 100; of c1 nothing is known. c6 is a detractor, c5 a passive, c1 a promoter."""
    number, link = survey("<i>Good</i> tea")
    ask_some(project, number, ("c5", 7, "slow"), ("c6", 2, "=1+1"))
    answer_openly(project, link, 10, 4)
    known = valued()
    renamed = pa.array([{"anna": "c6", "ben": "c5"}.get(each, each) for each in known.judged.customers.to_pylist()])
    found = replace(known, judged=replace(known.judged, customers=renamed))
    monkeypatch.setattr(voices, "everybody_valued", lambda _: (found,))
    monkeypatch.setattr(voices, "VALUED", ("valued", number, "comments"))
    address, support = f"/surveys/{number}/comments/", signed_in("support")
    page = support.get(address)
    told = text_of(page)
    assert "&lt;i&gt;Good&lt;/i&gt; tea" in page.content.decode()
    assert "All of them (4) Detractors (2) Passives (1) Promoters (1)" in told
    assert [told.index(word) for word in ("=1+1", "slow", "Nothing written.", "Good")] == sorted(
        told.index(word) for word in ("=1+1", "slow", "Nothing written.", "Good")
    )
    assert "Value €100.00 Risk 10% Value at risk €10.00" in told
    assert "Value €20.00 Risk 50% Value at risk €10.00" in told
    assert told.count("Value and risk not known") == 2
    assert 'href="/customers/of/c6"' in page.content.decode()
    assert [each in text_of(support.get(f"{address}?who=low")) for each in ("=1+1", "slow", "Good")] == [
        *(True, False, False),
    ]
    by_worth = re.findall(r"/customers/of/(\w+)", support.get(f"{address}?sort=worth").content.decode())
    assert by_worth == ["c5", "c6", "c1"]
    for wrong in ("?who=loud", "?sort=name", "?first=99"):
        assert support.get(address + wrong).status_code == 422, wrong
    analyst = signed_in("analyst")
    rows = list(csv.DictReader(io.StringIO(analyst.get(f"/surveys/{number}/comments.csv").content.decode())))
    assert [(row["customer_id"], row["comment"], row["risk"], row["value_if_staying_minor"]) for row in rows] == [
        ("c6", "'=1+1", "0.5", "2000"),
        ("c5", "slow", "0.1", "10000"),
        ("", "", "", ""),
        ("c1", "<i>Good</i> tea", "", ""),
    ]
    assert [row["score"] for row in rows] == ["2", "7", "4", "9"]
    assert {row["state"] for row in rows} == {"open"}


def test_while_worth_is_counted_the_comments_stand_there_already(
    signed_in: Make, survey: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = survey()
    monkeypatch.setattr(voices, "soon", lambda *_: None)
    told = text_of(signed_in("support").get(f"/surveys/{number}/comments/"))
    assert "What customers are worth is being counted …" in told
    assert "Good tea" in told
    assert "not known" not in told


def test_an_answer_is_given_to_somebody_answered_and_resolved_and_each_step_stays(
    signed_in: Make, survey: Make, person: Make, project: Project
) -> None:
    number, _ = survey()
    ask_some(project, number, ("c5", 3, "broken"))
    ole, support = person("support", "ole@example.com"), signed_in("support")
    person("viewer", "vera@example.com")
    page = support.get(f"/surveys/{number}/comments/").content.decode()
    (sheet,) = re.findall(r'id="answer-(\d+)"(?:(?!id="answer-).)*?broken', page, re.DOTALL)[-1:]
    act, form = f"/surveys/{number}/follow-up", {"about": sheet, "seen": "0", "sort": "worth", "told": ""}
    assert 'value="vera@example.com"' not in page
    for wrong in (
        {"do": "noted", "whose": "vera@example.com"},
        {"do": "noted", "whose": "nobody@example.com"},
        {"do": "noted", "whose": ""},
        {"do": "shouted", "whose": ""},
        {"do": "noted", "whose": "", "about": "x"},
        {"do": "noted", "whose": "a\0"},
    ):
        assert support.post(act, {**form, **wrong}).status_code == 422, wrong
    given = {**form, "do": "noted", "whose": ole.email, "told": "<b>please</b> call"}
    for _ in range(2):  # pressed twice
        done = support.post(act, given)
        assert done.headers["Location"] == f"/surveys/{number}/comments/?sort=worth&told={sheet}#answer-{sheet}"
    late = support.post(act, {**given, "told": "another <b>"})
    assert (late.status_code, "another &lt;b&gt;</textarea>" in late.content.decode()) == (422, True)
    assert "Somebody else has done something about this answer meanwhile." in text_of(late)
    assert 'name="seen" value="1"' in late.content.decode()
    there = support.post(act, {**given, "seen": "1", "told": "more", "state": "in_hand", "first": "0", "answer": sheet})
    assert there.headers["Location"].startswith(f"/surveys/{number}/comments/?sort=worth&state=in_hand&answer={sheet}")
    mine = Client(SERVER_NAME="localhost")
    mine.force_login(ole)
    listed = text_of(mine.get("/tasks/"))
    assert "3 · broken" in listed
    assert "in hand" in listed
    assert mine.post(act, {**form, "seen": "2", "whose": ole.email, "do": "answered"}).status_code == 302
    one = text_of(mine.get(f"/surveys/{number}/comments/?answer={sheet}"))
    assert "&lt;b&gt;please&lt;/b&gt; call" in mine.get(f"/surveys/{number}/comments/").content.decode()
    assert one.index("answered the customer") < one.index("gave it to ole@example.com")
    # the answer of 3 March 2026 was answered by somebody today, which is not within 48 hours
    every = text_of(mine.get(f"/surveys/{number}/comments/"))
    assert "Detractors answered within 48 hours 0.0% 0.0% to 79.3% · n = 1" in every
    assert mine.post(act, {**form, "seen": "3", "whose": ole.email, "do": "resolved"}).status_code == 302
    assert "broken" not in text_of(mine.get("/tasks/"))
    for state, there in (("resolved", True), ("open", False), ("in_hand", False)):
        assert ("broken" in text_of(mine.get(f"/surveys/{number}/comments/?state={state}"))) is there, state


def test_whoever_may_not_see_an_answer_any_more_keeps_it_until_it_is_given_to_somebody_else(
    signed_in: Make, survey: Make, person: Make, project: Project
) -> None:
    number, _ = survey()
    ask_some(project, number, ("c5", 3, "broken"))
    ole, support = person("support", "ole@example.com"), signed_in("support")
    page = support.get(f"/surveys/{number}/comments/").content.decode()
    (sheet,) = re.findall(r'id="answer-(\d+)"(?:(?!id="answer-).)*?broken', page, re.DOTALL)[-1:]
    act, form = f"/surveys/{number}/follow-up", {"about": sheet, "whose": ole.email, "do": "noted"}
    assert support.post(act, {**form, "seen": "0", "told": "please"}).status_code == 302
    ole.role = "viewer"
    ole.save()
    assert "ole@example.com (may not see it any more)" in text_of(support.get(f"/surveys/{number}/comments/"))
    assert support.post(act, {**form, "seen": "1", "told": "still his"}).status_code == 302
    assert support.post(act, {**form, "seen": "2", "whose": "", "told": ""}).status_code == 302
    assert support.post(act, {**form, "seen": "3", "told": ""}).status_code == 422


def test_whoever_is_given_an_answer_is_told_by_mail_without_the_words_of_the_customer(
    signed_in: Make, survey: Make, person: Make, project: Project
) -> None:
    from django.db import transaction

    from stamm.people.accounts import run
    from stamm.surveys.following_up import LETTER, step_of
    from stamm.surveys.keeping import survey_of

    number, _ = survey()
    ask_some(project, number, ("c5", 3, "broken by Anna"))
    ole = person("support", "ole@example.com")
    with transaction.atomic():
        ((sheet,),) = run("SELECT id FROM survey_sheet WHERE customer_id = 'c5'", ())
    form = {"about": str(sheet), "seen": "0", "do": "noted", "whose": ole.email, "told": "secret"}
    signed_in("analyst").post(f"/surveys/{number}/follow-up", form)
    with transaction.atomic():
        ((given,),) = run("SELECT given FROM job WHERE kind = ?", (LETTER,))
        found = step_of(run, json.loads(given)["step"])
        assert found is not None
        letter = letter_about(project, found[0], survey_of(run, number), "de")
    text = letter.text()
    assert letter.subject == "Eine Antwort auf „Spring“ gehört jetzt Ihnen"
    assert "analyst@example.com hat sie Ihnen gegeben." in text
    assert ("broken" in text, "secret" in text, "c5" in text) == (False, False, False)


@pytest.mark.parametrize(
    ("change", "comes_out"),
    [
        ("", Cancel("stamm.toml names no mail server")),
        ("DELETE FROM survey_follow_up", Cancel("the answer was erased")),
        ("UPDATE people_person SET role = 'viewer'", Cancel("it is somebody else’s by now, or done")),
        ("UPDATE survey_follow_up SET state = 'resolved'", Cancel("it is somebody else’s by now, or done")),
    ],
)
def test_no_mail_goes_to_whoever_is_not_to_look_after_it_any_more(
    signed_in: Make, survey: Make, person: Make, project: Project, change: str, comes_out: Cancel
) -> None:
    from django.db import transaction

    from stamm.people.accounts import run

    number, _ = survey()
    ole, analyst = person("support", "ole@example.com"), signed_in("analyst")
    with transaction.atomic():
        ((sheet,),) = run("SELECT id FROM survey_sheet WHERE customer_id = 'c1'", ())
    form = {"about": str(sheet), "seen": "0", "do": "noted", "whose": ole.email, "told": ""}
    assert analyst.post(f"/surveys/{number}/follow-up", form).status_code == 302
    with transaction.atomic():
        ((step,),) = run("SELECT id FROM survey_follow_up", ())
        if change:
            run(change, ())
    with closing(project.people()) as database:
        kind = follow_up_letter(project.directory, lambda: database)
        assert kind.outside(Job(1, "key", kind.name, {"step": step}, NOON, 0), NOON) == comes_out
