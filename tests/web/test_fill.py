"""The page of a form: whoever has its address fills it in, and what they send is counted once, held, or refused."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.forms import keeping, submitting
from stamm.forms.ready import ready
from stamm.forms.submissions import Submission, submissions_where
from stamm.forms.submitting import fresh_token, open_token
from tests.forms.filled import nonce_for
from tests.forms.test_files import SOUND_PDF
from tests.web.test_ask import form_of, text_of

NOW = datetime.now(UTC)
TABLES = (
    "form",
    "form_version",
    "form_submission",
    "form_confirmation",
    "form_file",
    "form_arrival",
    "form_salt",
    "job",
)
ANNA = {"name": "Anna", "email": "anna@example.com"}


@pytest.fixture(autouse=True)
def none_left(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("stamm.intake.spam.BITS", 8)
    yield
    with closing(project.people()) as database, database.transaction() as run:
        for table in TABLES:
            run(f"DELETE FROM {table}", ())


@pytest.fixture
def stranger(project: Project) -> Any:
    """A browser that is signed out, which checks forms as a real one would have it."""
    from django.test import Client

    return Client(SERVER_NAME="localhost", enforce_csrf_checks=True)


@pytest.fixture
def link(project: Project) -> Callable[..., str]:
    """Makes an open form; the address of it, or of a page of it that somebody opened a while ago."""

    def make(use: str = "lead", *, ago: timedelta | None = None, **other: Any) -> str:
        with closing(project.people()) as database, database.transaction() as run:
            form = keeping.make_form(run, replace(ready(use, "Fair", NOW), **other), who="i", now=NOW)
            keeping.open_form(run, form, who="i", now=NOW)
        secret = secret_of(project)
        return f"/form/{open_token(form, secret) if ago is None else fresh_token(form, secret, NOW - ago)}/"

    return make


def kept(project: Project) -> list[Submission]:
    with closing(project.people()) as database, database.transaction() as run:
        return submissions_where(run, "id > 0", ())


def send(browser: Any, address: str, **fields: Any) -> Any:
    """What somebody sends whose browser did the work."""
    return browser.post(
        address, {"-language": "en", "-revision": 2, "-nonce": nonce_for(address.split("/")[2]), **fields}
    )


def test_a_page_has_no_cookie_and_keeps_nothing_before_something_is_sent(
    stranger: Any, link: Callable[..., str], project: Project
) -> None:
    page = stranger.get(link(), headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert (page.status_code, dict(page.cookies), dict(stranger.cookies)) == (200, {}, {})
    text = page.content.decode()
    for word in ("style=", "csrf", "onclick", " checked"):
        assert word not in text
    assert re.findall(r"<script[^>]*>", text) == [re.search(r'<script src="/static/form\.[^"]+" defer>', text)[0]]  # type: ignore[index]
    assert (page.headers["Referrer-Policy"], page.headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert "Lernen wir uns kennen" in text_of(page)
    assert kept(project) == []
    action, hidden = form_of(page)
    sent = stranger.post(action, {**hidden, **ANNA})  # at once, and without the work
    assert (sent.status_code, dict(sent.cookies)) == (303, {})
    (one,) = kept(project)
    assert (one.held, one.email, one.language) == ("timing", "anna@example.com", "de")
    assert "Es ist bei uns" in text_of(stranger.get(sent.headers["Location"]))


def test_what_is_sent_counts_once(stranger: Any, link: Callable[..., str], project: Project) -> None:
    address = link(ago=timedelta(seconds=20))
    sent = send(stranger, address, **ANNA, newsletter="yes")
    assert sent.status_code == 303
    thanks = text_of(stranger.get(sent.headers["Location"]))
    assert "We will get back to you." in thanks
    assert "anna" not in thanks.lower(), "whoever has the address reads nothing that was sent"
    again = send(stranger, address, **ANNA)
    assert (again.status_code, "already reached us" in text_of(again)) == (409, True)
    (one,) = kept(project)
    assert (one.held, one.content["newsletter"]) == ("", True)


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    stranger: Any, link: Callable[..., str], project: Project
) -> None:
    evil = '"><script>alert(1)</script><svg onload="x">'
    wrong = send(stranger, link(ago=timedelta(seconds=20)), name=evil, email="nobody", wish=f"</textarea>{evil}")
    text = wrong.content.decode()
    assert (wrong.status_code, kept(project)) == (422, [])
    assert "Please look at this once more." in text
    assert "<svg" not in text
    assert "<script>" not in text
    assert html.escape(evil, quote=False).replace('"', "&#34;") in text


STATES = {
    "not_open": (403, "not open yet"),
    "used": (409, "already reached us"),
    "closed": (410, "This form is closed"),
    "full": (410, "takes no more"),
}


@pytest.mark.parametrize("gate", submitting.GATES)
def test_each_gate_holds_where_a_form_is_sent_and_says_so_kindly(
    gate: str, stranger: Any, link: Callable[..., str], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = link(ago=timedelta(seconds=20))
    monkeypatch.setattr(submitting, "GATES", {**submitting.GATES, gate: lambda *_: True})
    sent = send(stranger, address, **ANNA)
    status, words = STATES[gate]
    assert (sent.status_code, words in text_of(sent), kept(project)) == (status, True, [])


def test_where_there_is_no_room_nothing_is_kept_and_the_page_says_so(
    stranger: Any, link: Callable[..., str], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "MOST_HELD", 0)
    sent = stranger.post(link(ago=timedelta(seconds=20)), {"-language": "en", "-revision": 2, **ANNA})
    assert (sent.status_code, "Too much is coming in" in text_of(sent), kept(project)) == (429, True, [])


def test_a_link_that_nobody_made_leads_nowhere(stranger: Any, project: Project) -> None:
    for answer in (stranger.get("/form/o1-abc/"), send(stranger, "/form/o1-abc/", **ANNA)):
        assert (answer.status_code, "leads nowhere" in text_of(answer)) == (404, True)


# -- for people here -----------------------------------------------------------------------------------------
def test_a_form_is_made_changed_opened_and_closed(signed_in: Any, project: Project) -> None:
    analyst = signed_in("analyst")
    assert analyst.post("/forms/new", {"name": "", "use": "booking"}).status_code == 422
    assert analyst.post("/forms/new", {"name": "x", "use": "party"}).status_code == 422
    made = analyst.post("/forms/new", {"name": "Tasting", "use": "booking"})
    number = made.headers["Location"].split("/")[2]
    page = analyst.get(made.headers["Location"]).content.decode()
    fields = dict(re.findall(r'name="([^"]+)"[^>]* value="([^"]*)"', page))
    fields |= {name: html.unescape(text) for name, text in re.findall(r'name="([^"]+)" rows="\d+"[^>]*>([^<]*)<', page)}
    kinds = re.findall(r'<select id="f-(q\d+-kind)".*?<option value="([^"]+)" selected', page)
    fields |= dict(kinds)
    fields = {name: text for name, text in fields.items() if not name.endswith(("-remove", "-required", "do"))}
    fields |= {"revision": "1", "count": "6", "quota": "5", "title-en": "Come and <taste>", "csrfmiddlewaretoken": ""}
    more = {"q5-kind": "choice", "q5-told-en": "Tea or coffee?", "q5-options-en": "tea = Tea\nCoffee"}
    saved = analyst.post(f"/forms/{number}/edit", {**fields, **more})
    assert saved.headers.get("Location") == f"/forms/{number}/?told=saved", text_of(saved)
    with closing(project.people()) as database, database.transaction() as run:
        plan = keeping.form_of(run, int(number)).plan
    assert (plan.quota, plan.title["en"], plan.title["de"]) == (5, "Come and <taste>", "Platz buchen")
    assert [(each.key, each.kind) for each in plan.fields][-2:] == [
        ("newsletter", "consent"),
        ("tea_or_coffee", "choice"),
    ]
    assert [each.key for each in plan.fields[-1].options] == ["tea", "coffee"]
    late = analyst.post(f"/forms/{number}/edit", {**fields, **more, "name": "Other"})
    assert (late.status_code, "Somebody else has changed this form meanwhile." in text_of(late)) == (422, True)
    preview = analyst.get(f"/forms/{number}/preview?lang=en").content.decode()
    assert "Come and &lt;taste&gt;" in preview
    assert 'type="submit"' not in preview
    for act, state in (("open", "open"), ("close", "closed")):
        analyst.post(f"/forms/{number}/act", {"do": act})
        assert f"Booking of a gathering · {state}" in text_of(analyst.get(f"/forms/{number}/"))
    assert analyst.post(f"/forms/{number}/act", {"do": "dance"}).status_code == 422


def test_who_may_not_see_names_sees_numbers_and_what_is_held_is_counted_by_who_may(
    signed_in: Any, form: Callable[..., int], project: Project
) -> None:
    number = form('<img src=x onerror="alert(1)">')
    viewer, support, analyst = (signed_in(role) for role in ("viewer", "support", "analyst"))
    seen = viewer.get(f"/forms/{number}/")
    assert "ina@" not in seen.content.decode()
    assert "Held for review 1" in text_of(seen)
    shown = support.get(f"/forms/{number}/").content.decode()
    assert "ina@example.com" in shown
    assert "<img" not in shown
    assert "sent without JavaScript" in shown
    assert 'name="do"' not in shown
    assert analyst.post(f"/forms/{number}/act", {"do": "count_all"}).headers["Location"].endswith("told=count")
    assert [each.held for each in kept(project)] == ["", ""]
    assert analyst.post(f"/forms/{number}/act", {"do": "remove", "submission": str(kept(project)[0].id)})
    assert [each.held for each in kept(project)] == ["removed", ""]
    table = analyst.get(f"/forms/{number}.csv").content.decode()
    assert (
        table.splitlines()[0]
        == "submission,sent_at,held,customer_id,confirmed_at,name,email,phone,company,wish,newsletter"
    )
    assert len(table.splitlines()) == 2


def test_the_page_of_a_form_says_all_that_it_is_in_languages_that_it_does_not_show_too() -> None:
    from stamm.web.form_fields import fields_of, plan_in

    plan = ready("support", "Help", NOW)
    french = {"fr": "Bonjour"}
    options = tuple(replace(each, told={**each.told, **french}) for each in plan.fields[2].options)
    fields = tuple(replace(each, told={**each.told, **french}) for each in plan.fields)
    plan = replace(plan, title={**plan.title, **french}, fields=fields)
    plan = replace(plan, fields=(*fields[:2], replace(fields[2], options=options), *fields[3:]))
    assert plan_in(fields_of(plan, "Europe/Berlin"), "Europe/Berlin", plan) == plan
    booking = ready("booking", "Tasting", NOW)
    assert plan_in(fields_of(booking, "Europe/Berlin"), "Europe/Berlin", booking) == booking


def test_a_file_comes_with_a_request_and_is_given_out_as_a_file_alone(
    stranger: Any, link: Callable[..., str], signed_in: Any, project: Project
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    address = link("support", ago=timedelta(seconds=20))
    shown = stranger.get(address).content.decode()
    assert 'enctype="multipart/form-data"' in shown
    fields = {"email": "anna@example.com", "topic": "order", "request": "See the picture"}
    wrong = send(stranger, address, **fields, files=SimpleUploadedFile("a.pdf", b"<script>alert(1)</script>"))
    assert (wrong.status_code, "choose the files again" in text_of(wrong), kept(project)) == (422, True, [])
    named = SimpleUploadedFile('../../"><svg onload=x>.html', SOUND_PDF, "text/html")
    assert send(stranger, address, **fields, files=named).status_code == 303
    (one,) = kept(project)
    support = signed_in("support")
    page = support.get(f"/forms/{one.form}/").content.decode()
    assert "svg onload" not in page
    found = re.search(rf'href="(/forms/{one.form}/files/\d+)" download>(request-{one.id}-1\.pdf)<', page)
    assert found
    file = support.get(found[1])
    assert (file.status_code, file.content) == (200, SOUND_PDF)
    told = {name: file.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")}
    assert told == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="request-{one.id}-1.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    assert file.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (file.headers["Cache-Control"], file.headers["X-Frame-Options"]) == ("no-store", "DENY")
    assert signed_in("viewer").get(found[1]).status_code == 403
    assert stranger.get(found[1]).status_code == 302
    assert support.get(found[1].replace(f"/{one.form}/", f"/{one.form + 1}/")).status_code == 404


def test_a_form_that_was_changed_meanwhile_is_shown_again_with_what_was_typed(
    stranger: Any, link: Callable[..., str], project: Project
) -> None:
    address = link(ago=timedelta(seconds=20))
    with closing(project.people()) as database, database.transaction() as run:
        (found,) = keeping.forms(run)
        fields = [
            replace(each, told={"en": "Calls, too"}) if each.kind == "consent" else each for each in found.plan.fields
        ]
        plan = replace(found.plan, fields=tuple(fields))
        keeping.change_form(run, found.id, plan, seen=found.revision, who="i", now=NOW)
    old = send(stranger, address, **ANNA, wish="Tea in <tins>", newsletter="yes")
    assert (old.status_code, kept(project)) == (409, [])
    assert "This form was changed while you filled it in." in text_of(old)
    text = old.content.decode()
    assert "Tea in &lt;tins&gt;" in text
    assert " checked" not in text, "nobody has ticked these words"
    action, hidden = form_of(old)
    assert (action, hidden["-revision"]) == (address, "3")
    again = send(stranger, action, **ANNA, wish="Tea in <tins>", **{"-revision": hidden["-revision"]})
    assert again.status_code == 303
    (one,) = kept(project)
    assert (one.content["wish"], one.content["newsletter"]) == ("Tea in <tins>", False)
