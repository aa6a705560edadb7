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


@pytest.mark.parametrize("colour", ["red", "%23ffcc00", "ffcc0", "ffcc00%7D*%7Bcolor:red"])
def test_a_sheet_is_made_of_a_colour_alone(client: Any, colour: str) -> None:
    assert client.get(f"/ask/look/{colour}.css").status_code == 404


def colour_of(project: Project, number: int) -> tuple[str, str]:
    with closing(project.people()) as database, database.transaction() as run:
        plan = keeping.survey_of(run, number).plan
        return plan.colour, plan.name
