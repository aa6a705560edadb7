"""The pages of surveys: made and changed by forms without a script, and what came of them shown to whom it may be."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.app.project import Project
from stamm.delivery.customer_door import Consent, Whom
from stamm.delivery.customer_mail import newest_mails
from stamm.surveys import keeping
from stamm.surveys.by_itself import Asking, asking_of
from stamm.surveys.plan import plan_of
from stamm.surveys.ready import READY
from stamm.surveys.sheets import sheets_where
from stamm.web.survey_form import fields_of, plan_in

Make = Callable[..., Any]
NOW = datetime.now(UTC)
SEEN = re.compile(r'name="seen" value="([^"]*)"')


def text_of(page: Any) -> str:
    """Its words without the markup, whatever its status."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def form_of(page: Any) -> dict[str, str]:
    """What the form of a survey says as it is shown."""
    text = page.content.decode()
    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input [^>]*name="([\w-]+)"[^>]*value="([^"]*)"', text)
    }
    checked = set(re.findall(r'type="checkbox" name="([\w-]+)" value="yes" checked', text))
    found = {name: value for name, value in found.items() if value != "yes" or name in checked}
    found |= {
        name: html.unescape(told) for name, told in re.findall(r'<textarea [^>]*name="([\w-]+)"[^>]*>([^<]*)<', text)
    }
    for name, options in re.findall(r'<select [^>]*name="([\w-]+)">(.*?)</select>', text):
        (found[name],) = re.findall(r'value="(\w+)" selected', options)
    found.pop("csrfmiddlewaretoken", None)
    return found


@pytest.mark.parametrize("key", READY)
def test_a_form_says_what_the_survey_says(key: str) -> None:
    plan = plan_of(READY[key].written())
    fields = fields_of(plan, "Europe/Berlin")
    assert plan_in(fields, "Europe/Berlin", plan) == plan


def test_an_analyst_makes_changes_and_opens_a_survey(signed_in: Make, survey: Make, project: Project) -> None:
    analyst = signed_in("analyst")
    made = analyst.post("/surveys/new", {"name": "Goodbye", "ready": "exit"})
    address = made.headers["Location"]
    number = int(re.findall(r"\d+", address)[0])
    page = analyst.get(address)
    fields = form_of(page)
    more = analyst.post(address, {**fields, "do": "add"})
    added = {**form_of(more), "q3-told-en": "Anything else?", "q3-kind": "text", "q3-page": "3", "q3-key": ""}
    branches = "why_leaving = need -> end\nwhy_leaving = elsewhere -> 2"
    given = {**added, "branches-1": branches, "q1-remove": "yes", "languages": "en", "do": "save"}
    wrong = analyst.post(address, {**given, "branches-1": "why_leaving -> there"})
    assert (wrong.status_code, "leads nowhere" in text_of(wrong)) == (422, True)
    assert analyst.post(address, {**given, "branches-1": "why_leaving = need -> end"}).status_code == 302
    late = analyst.post(address, {**fields, "name": "Another", "do": "save"})
    assert (late.status_code, "meanwhile" in text_of(late)) == (422, True)
    with closing(project.people()) as database, database.transaction() as run:
        plan = keeping.survey_of(run, number).plan
    assert [(page.key, [each.key for each in page.questions]) for page in plan.pages] == [
        ("reasons", ["why_leaving"]),
        ("back", ["come_back", "anything_else"]),
    ]
    assert (plan.languages, [(each.answers, each.to) for each in plan.pages[0].branches]) == (
        ("en",),
        [(("need",), "end")],
    )
    act = f"/surveys/{number}/act"
    for does in ({"do": "open"}, {"do": "link", "touchpoint": "Receipt"}):
        assert analyst.post(act, does).status_code == 302
    page = analyst.get(f"/surveys/{number}/")
    link, code = re.findall(r'href="([^"]+/ask/o[^"]+)"', page.content.decode())[0], f"/surveys/{number}/links/"
    assert "Why are you leaving?" in text_of(analyst.get(link))
    drawn = analyst.get(re.findall(rf'href="({code}\d+\.svg)"', page.content.decode())[0])
    assert (drawn.headers["Content-Type"], drawn.content.count(b"<path")) == ("image/svg+xml", 1)
    analyst.post(act, {"do": "close"})
    assert "This survey is closed" in text_of(analyst.get(link))
    assert "Nothing here is called" in text_of(analyst.post(act, {"do": "drop"}))


def test_what_came_of_it_stands_with_n_and_interval_and_comments_are_for_those_who_see_names(
    signed_in: Make, survey: Make
) -> None:
    number, _ = survey("<b>Good</b> tea")
    page = signed_in("support").get(f"/surveys/{number}/")
    text = page.content.decode()
    # one of two who were asked has answered, and is a promoter
    assert '<data value="0.5">50.0%</data>' in text
    assert '<data value="100.0">100</data>' in text or '<data value="100">100</data>' in text
    assert "&lt;b&gt;Good&lt;/b&gt; tea" in text
    assert 'href="/customers/of/c1"' in text
    told = text_of(signed_in("viewer").get(f"/surveys/{number}/"))
    assert "Good" not in told
    assert "shown to those who may see customers by name" in told
    preview = signed_in("owner").get(f"/surveys/{number}/preview?lang=de").content.decode()
    assert "Wie wahrscheinlich" in preview
    assert 'type="button" disabled' in preview


def test_what_was_held_is_counted_or_thrown_away_by_somebody(signed_in: Make, survey: Make, project: Project) -> None:
    number, _ = survey()

    def hold() -> None:
        with closing(project.people()) as database, database.transaction() as run:
            run("UPDATE survey_sheet SET held = 'flood' WHERE begun_at IS NOT NULL", ())

    def kept() -> list[tuple[str, bool]]:
        with closing(project.people()) as database, database.transaction() as run:
            return [(each.held, each.begun_at is not None) for each in sheets_where(run, "customer_id = 'c1'", ())]

    hold()
    owner = signed_in("owner")
    assert "held for review" in text_of(owner.get(f"/surveys/{number}/"))
    owner.post(f"/surveys/{number}/act", {"do": "count"})
    assert kept() == [("", True)]
    hold()
    owner.post(f"/surveys/{number}/act", {"do": "remove"})
    assert kept() == [("", False)]
    assert "held for review" not in text_of(owner.get(f"/surveys/{number}/"))


@pytest.fixture
def sending(project: Project) -> Iterator[None]:
    """The project names a mail server and its own address."""
    file = project.directory / "stamm.toml"
    before = file.read_text("utf-8")
    text = before.replace('[mail]\nserver = ""', '[mail]\nserver = "127.0.0.1"')
    text = text.replace('sender = ""', 'sender = "shop@example.com"')
    file.write_text(text.replace('address = ""', 'address = "https://shop.example.com"'), "utf-8")
    yield
    file.write_text(before, "utf-8")


@pytest.mark.usefixtures("sending")
def test_a_survey_is_counted_first_and_sent_by_one_press(
    signed_in: Make, survey: Make, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stamm.web.pages import survey_mail

    number, _ = survey()
    with closing(project.people()) as database, database.transaction() as run:
        run("UPDATE survey_sheet SET asked_at = ?, changed_at = ?", (NOW, NOW))
    page = f"/surveys/{number}/send"
    analyst = signed_in("analyst")
    # of the shop's customers nobody has agreed to anything
    nobody = analyst.get(page)
    assert "Would be asked 0" in text_of(nobody)
    assert "no mail address is known 118" in text_of(nobody)
    assert 'value="send" disabled' in nobody.content.decode()
    agrees = Consent(granted=True, at=NOW - timedelta(days=1))

    def known(*_: Any) -> list[Whom]:
        names = ("c1", "c2", "c3", "c4", "c5")
        return [Whom(name, frozenset((name,)), f"{name}@example.com", "en", "UTC", agrees) for name in names]

    monkeypatch.setattr(survey_mail, "candidates", known)
    counted = analyst.get(page)
    assert '<data value="3">3</data>' in counted.content.decode()
    assert "answered already 1" in text_of(counted)
    assert "asked by this survey already 1" in text_of(counted)
    seen = html.unescape(SEEN.findall(counted.content.decode())[0])
    form = {"segment": "", "sample": "", "seed": str(number), "purpose": "feedback", "seen": seen, "do": "send"}
    # whoever changes whom to ask looks at the number first
    other = analyst.post(page, {**form, "sample": "4"})
    assert (other.status_code, "was changed since" in text_of(other)) == (422, True)
    for wrong in ({"sample": "0x"}, {"sample": "5001"}, {"purpose": ""}, {"subject-en": "x" * 151}):
        assert analyst.post(page, {**form, **wrong}).status_code == 422, wrong
    german = {"subject-de": "Tee <b>fein</b>\r\nBcc: a@b.c", "sentence-de": "Kurz."}
    for _ in range(2):
        sent = analyst.post(page, {**form, **german})
        assert sent.headers["Location"] == f"/surveys/{number}/?told=sent#mails"
    with closing(project.people()) as database, database.transaction() as run:
        assert sorted(str(mail.customer) for mail in newest_mails(run)) == ["c3", "c4", "c5"]
        ((words,),) = run("SELECT words FROM survey_mailing", ())
    assert "Tee <b>fein</b> Bcc: a@b.c" in words
    told = text_of(analyst.get(f"/surveys/{number}/?told=sent"))
    assert "Planned 3 Waiting 3 Sent 0 Answered 0 Held back 0" in told
    analyst.post(f"/surveys/{number}/act", {"do": "close"})
    assert "takes no answers now" in text_of(analyst.get(page))
    assert "not open" in text_of(analyst.post(page, form))


def test_nothing_is_planned_before_a_mail_server_is_named(signed_in: Make, survey: Make) -> None:
    number, _ = survey()
    page = signed_in("owner").get(f"/surveys/{number}/send")
    assert (page.status_code, "names no mail server" in text_of(page)) == (200, True)
    assert 'value="send" disabled' in page.content.decode()


@pytest.mark.usefixtures("sending")
def test_a_survey_is_told_to_ask_by_itself_and_says_so(signed_in: Make, survey: Make, project: Project) -> None:
    number, _ = survey()
    page, analyst = f"/surveys/{number}/by-itself", signed_in("analyst")
    shown = analyst.get(page)
    assert "It asks nobody by itself." in text_of(shown)
    assert "Would be asked today 0" in text_of(shown)
    form = {
        "on": "yes",
        "days": "3",
        "after": "delivery",
        "hour": "9",
        "purpose": "feedback",
        "subject-en": "<b>Tea?</b>",
    }
    counted = analyst.post(page, {**form, "do": "look"})
    assert (counted.status_code, "&lt;b&gt;Tea?&lt;/b&gt;" in counted.content.decode()) == (200, True)
    assert asks(project, number) == (Asking(), [])
    for wrong in (
        {"days": "0"},
        {"days": "x"},
        {"hour": "24"},
        {"after": "birth"},
        {"purpose": ""},
        {"subject-en": "x" * 151},
    ):
        answer = analyst.post(page, {**form, **wrong, "do": "save"})
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True), wrong
    saved = analyst.post(page, {**form, "do": "save"})
    assert saved.headers["Location"] == f"/surveys/{number}/?told=by_itself"
    chosen, timers = asks(project, number)
    assert (chosen.on, chosen.days, chosen.after, chosen.hour, timers) == (True, 3, "delivery", 9, [f"survey:{number}"])
    assert chosen.words is not None
    assert chosen.words.subject["en"] == "<b>Tea?</b>"
    assert chosen.words.subject["de"] == "Eine Frage an Sie"
    assert "It asks by itself, by mail: 3 days after a delivery, at 09:00." in text_of(
        analyst.get(f"/surveys/{number}/")
    )
    off = {name: value for name, value in form.items() if name != "on"}
    assert analyst.post(page, {**off, "do": "save"}).status_code == 302
    assert asks(project, number)[1] == []


def test_without_a_mail_server_it_cannot_be_told_to(signed_in: Make, survey: Make, project: Project) -> None:
    number, _ = survey()
    form = {"on": "yes", "days": "3", "after": "order", "hour": "9", "purpose": "feedback", "do": "save"}
    answer = signed_in("owner").post(f"/surveys/{number}/by-itself", form)
    assert (answer.status_code, "names no mail server" in text_of(answer)) == (422, True)
    assert asks(project, number) == (Asking(), [])


def asks(project: Project, number: int) -> tuple[Asking, list[str]]:
    with closing(project.people()) as database, database.transaction() as run:
        timers = run("SELECT name FROM job_timer WHERE kind = 'survey_due'", ())
        return asking_of(run, number), [name for (name,) in timers]
