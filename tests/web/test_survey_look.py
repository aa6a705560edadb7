"""What a survey looks like: its colour and its logo, set by a form, and served as nothing but a sheet and a picture."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from PIL import Image

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.surveys import asking, keeping
from tests.web.test_surveys import form_of, text_of

Make = Callable[..., Any]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture(autouse=True)
def no_logo(project: Project) -> Iterator[None]:
    yield
    with closing(project.people()) as database, database.transaction() as run:
        run("DELETE FROM survey_logo", ())


def file_of(kind: str = "PNG", name: str = "logo.png", content: bytes = b"") -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    drawn = io.BytesIO(content)
    if not content:
        Image.new("RGB", (3, 2), "teal").save(drawn, kind)
    return SimpleUploadedFile(name, drawn.getvalue(), "image/svg+xml")


def test_a_colour_and_a_logo_stand_on_the_page_of_customers_and_in_the_preview(
    signed_in: Make, survey: Make, project: Project, client: Any
) -> None:
    number, link = survey()
    page, analyst = f"/surveys/{number}/look", signed_in("analyst")
    sent = {**form_of(analyst.get(page)), "colour": "#FC0"}
    assert analyst.post(page, {**sent, "logo": file_of("JPEG", "../../evil.svg")}).status_code == 302
    shown = analyst.get(page)
    # black on #ffcc00: (0.6444 + 0.05) / 0.05
    assert "black, with a contrast of 13.9 to 1" in text_of(shown)
    asked = client.get(f"/ask/{asking.open_token(link, secret_of(project))}/")
    for each in (asked, analyst.get(f"/surveys/{number}/preview")):
        text = each.content.decode()
        assert '<body class="asked themed">' in text
        assert 'href="/ask/look/ffcc00.css"' in text
        (logo,) = re.findall(r'<img src="(/ask/logo/[0-9a-f]{32})" alt="[^"]+"', text)
        assert "style=" not in text
    picture = client.get(logo)
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "evil" not in str(picture.headers)
    assert picture.content.startswith(b"\xff\xd8\xff")
    assert dict(picture.cookies) == {}
    sheet = client.get("/ask/look/ffcc00.css")
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--fill: #ffcc00; --on-fill: #000000;" in sheet.content.decode()
    # what is asked can be changed without losing the colour
    edit = f"/surveys/{number}/edit"
    assert analyst.post(edit, {**form_of(analyst.get(edit)), "name": "Summer", "do": "save"}).status_code == 302
    assert colour_of(project, number) == ("#ffcc00", "Summer")
    assert analyst.post(page, {**form_of(analyst.get(page)), "colour": "", "remove": "yes"}).status_code == 302
    text = client.get(f"/ask/{asking.open_token(link, secret_of(project))}/").content.decode()
    assert "themed" not in text
    assert "<img" not in text
    assert client.get(logo).status_code == 404


def test_what_is_no_colour_or_no_picture_changes_nothing(signed_in: Make, survey: Make, project: Project) -> None:
    number, _ = survey()
    page, owner = f"/surveys/{number}/look", signed_in("owner")
    sent = {**form_of(owner.get(page)), "colour": "#123456"}
    for wrong, told in (
        ({"colour": "red;}"}, "is no colour"),
        ({"logo": file_of(content=SVG, name="logo.png")}, "PNG, JPEG or WebP"),
        ({"logo": file_of(content=b"x" * 200_001)}, "at most 200 KB"),
        ({"revision": "1"}, "meanwhile"),
    ):
        answer = owner.post(page, {**sent, **wrong})
        assert (answer.status_code, told in text_of(answer)) == (422, True), wrong
    assert colour_of(project, number)[0] == ""
    assert "Words on it" not in text_of(owner.get(page))
    assert "<img" not in owner.get(page).content.decode()


def test_an_old_form_takes_no_logo_away_that_it_did_not_show(signed_in: Make, survey: Make, project: Project) -> None:
    number, _ = survey()
    page, owner, analyst = f"/surveys/{number}/look", signed_in("owner"), signed_in("analyst")
    before = form_of(owner.get(page))
    mine = {**form_of(analyst.get(page)), "logo": file_of("PNG")}
    assert analyst.post(page, mine).status_code == 302
    for late in ({"logo": file_of("JPEG"), "colour": "#123456"}, {"remove": "yes", "colour": "#123456"}):
        answer = owner.post(page, {**before, **late})
        assert (answer.status_code, "Somebody else has changed the logo meanwhile." in text_of(answer)) == (422, True)
        # what was typed is there still, and the logo as it is now
        assert form_of(answer)["colour"] == "#123456"
        assert 'name="remove" value="yes"' + (" checked" if "remove" in late else "") + ">" in answer.content.decode()
        assert (colour_of(project, number)[0], logo_of(project, number)) == ("", "image/png")
        now = form_of(answer)
    # another mistake hides nothing: it is told of the logo afterwards
    wrong = owner.post(page, {**before, "colour": "red", "logo": file_of("JPEG")})
    assert "is no colour" in text_of(wrong)
    late = owner.post(page, {**form_of(wrong), "colour": "", "logo": file_of("JPEG")})
    assert "meanwhile" in text_of(late)
    # the colour alone is no matter of the logo
    assert owner.post(page, {**before, "colour": "#654321"}).status_code == 302
    assert logo_of(project, number) == "image/png"
    # and whoever saw what it is now may
    assert owner.post(page, {**now, "revision": form_of(owner.get(page))["revision"]}).status_code == 302
    assert (colour_of(project, number)[0], logo_of(project, number)) == ("#123456", "")


@pytest.mark.parametrize("name", ["x", "%00", "0" * 31, "A" * 32])
def test_what_is_no_name_of_a_logo_is_not_there(client: Any, name: str) -> None:
    assert client.get(f"/ask/logo/{name}").status_code == 404


@pytest.mark.parametrize("colour", ["red", "%23ffcc00", "ffcc0", "ffcc00%7D*%7Bcolor:red"])
def test_a_sheet_is_made_of_a_colour_alone(client: Any, colour: str) -> None:
    assert client.get(f"/ask/look/{colour}.css").status_code == 404


def colour_of(project: Project, number: int) -> tuple[str, str]:
    with closing(project.people()) as database, database.transaction() as run:
        plan = keeping.survey_of(run, number).plan
        return plan.colour, plan.name


def logo_of(project: Project, number: int) -> str:
    with closing(project.people()) as database, database.transaction() as run:
        return "".join(kind for (kind,) in run("SELECT kind FROM survey_logo WHERE survey_id = ?", (number,)))
