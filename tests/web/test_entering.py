"""Coming in: by a link once, by a password, with a code; and not otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.app.project import Project
from tests.web.conftest import NOON, PASSWORD

Make = Callable[..., Any]


def link(somebody: Any, now: datetime | None = None) -> str:
    from stamm.people.links import make_link

    return f"/in/{make_link(somebody, who='test', now=now or datetime.now(UTC))}/"


def is_in(browser: Any) -> bool:
    return browser.get("/account/").status_code == 200


def sign_in(browser: Any, password: str, email: str = "owner@example.com", **headers: str) -> Any:
    return browser.post("/sign-in/", {"login": email, "password": password}, **headers)


# -- by a link -----------------------------------------------------------------------------------------------
def test_a_link_signs_in_once(client: Any, person: Make) -> None:
    from django.test import Client

    url = link(person())
    assert "Welcome" in client.get(url).content.decode()
    assert "Welcome" in client.get(url).content.decode()  # looking does not use it up
    assert client.post(url).headers["Location"] == "/"
    assert is_in(client)
    another = Client(SERVER_NAME="localhost")
    assert another.post(url).status_code == 410
    assert not is_in(another)


def test_a_link_is_over_soon(client: Any, person: Make) -> None:
    url = link(person(), datetime.now(UTC) - timedelta(minutes=30, seconds=1))
    assert client.post(url).status_code == 410
    assert not is_in(client)


def test_a_new_link_ends_the_one_before(client: Any, person: Make) -> None:
    somebody = person()
    first, second = link(somebody), link(somebody)
    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 302


def test_a_link_somebody_made_up_never_reaches_the_database(client: Any, person: Make) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    person()
    with CaptureQueriesContext(connection) as seen:
        assert client.post("/in/abc:def/").status_code == 410
    assert [query for query in seen.captured_queries if "signinlink" in query["sql"]] == []


def test_nothing_of_a_link_is_kept_but_its_hash(project: Project, person: Make) -> None:
    from stamm.people.models import SignInLink

    token = link(person()).split("/")[2]
    kept = SignInLink.objects.get()
    assert token not in str(vars(kept))
    assert re.fullmatch("[0-9a-f]{64}", kept.hash)


def test_who_has_left_does_not_come_in(client: Any, person: Make) -> None:
    from stamm.people.accounts import remove

    person()
    somebody = person("viewer")
    url = link(somebody)
    remove(somebody, who="test", now=NOON)
    assert client.post(url).status_code == 410


# -- by a password -------------------------------------------------------------------------------------------
def test_a_password_signs_in(client: Any, person: Make) -> None:
    person(password=PASSWORD)
    assert sign_in(client, "wrong").status_code == 200
    assert not is_in(client)
    assert sign_in(client, PASSWORD, email="Owner@Example.com").headers["Location"] == "/"
    assert is_in(client)


def test_nobody_learns_who_has_an_account(client: Any, person: Make) -> None:
    person(password=PASSWORD)
    told = [sign_in(client, "wrong", email=email).content.decode() for email in ("owner@example.com", "no@example.com")]
    assert "Address and password do not belong together." in told[0]
    with_address = [text.replace("no@example.com", "owner@example.com") for text in told]
    plain = [re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", text) for text in with_address]
    assert plain[0] == plain[1]


def test_ten_wrong_passwords_slow_everybody_who_tries_that_address(client: Any, person: Make) -> None:
    from django.test import Client

    person(password=PASSWORD)
    person("viewer", password=PASSWORD)
    for number in range(10):
        elsewhere = Client(SERVER_NAME="localhost", REMOTE_ADDR=f"10.0.0.{number}")
        assert sign_in(elsewhere, "wrong").status_code == 200
    assert not is_in(client)
    sign_in(client, PASSWORD)  # right, but too late
    assert not is_in(client)
    other = Client(SERVER_NAME="localhost", REMOTE_ADDR="10.0.1.1")
    sign_in(other, PASSWORD, email="viewer@example.com")
    assert is_in(other)


def test_a_new_password_ends_every_other_session(person: Make) -> None:
    from django.test import Client

    person(password=PASSWORD)
    here, there = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    sign_in(here, PASSWORD)
    sign_in(there, PASSWORD)
    new = {"old_password": PASSWORD, "new_password1": "vier Kannen Tee", "new_password2": "vier Kannen Tee"}
    assert here.post("/account/password/", {**new, "old_password": "wrong"}).status_code == 422
    assert here.post("/account/password/", new).status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_who_came_by_a_link_chooses_a_password_without_the_old_one(client: Any, person: Make) -> None:
    client.post(link(person(password=PASSWORD)))
    new = {"new_password1": "vier Kannen Tee", "new_password2": "vier Kannen Tee"}
    session = client.session
    came = session["came_by_link_at"]
    session["came_by_link_at"] = came - 31 * 60
    session.save()
    assert client.post("/account/password/", new).status_code == 422  # half an hour later the old one is asked for
    session["came_by_link_at"] = came
    session.save()
    assert client.post("/account/password/", {**new, "new_password2": "other"}).status_code == 422
    assert client.post("/account/password/", new).status_code == 302
    assert client.post("/account/password/", new).status_code == 422  # from now on the old one is asked for


def test_who_is_removed_is_out_at_once(client: Any, person: Make) -> None:
    from stamm.people.accounts import remove

    person(email="other@example.com")
    somebody = person(password=PASSWORD)
    sign_in(client, PASSWORD)
    assert is_in(client)
    remove(somebody, who="test", now=NOON)
    assert not is_in(client)


# -- with a code ---------------------------------------------------------------------------------------------
def test_a_second_factor_is_asked_for(client: Any, person: Make) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time

    somebody = person(password=PASSWORD)
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(somebody, secret)
    code = f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06}"
    assert sign_in(client, PASSWORD).headers["Location"].startswith("/sign-in/code/")
    assert not is_in(client)
    assert client.post("/sign-in/code/", {"code": "000000" if code != "000000" else "111111"}).status_code == 200
    assert not is_in(client)
    assert client.post("/sign-in/code/", {"code": code}).headers["Location"] == "/"
    assert is_in(client)


def test_codes_from_turning_them_on_to_the_last_for_emergencies(client: Any, person: Make) -> None:
    from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
    from django.test import Client

    def code(secret: str, later: int = 0) -> str:
        return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time())) + later):06}"

    person(password=PASSWORD)
    sign_in(client, PASSWORD)
    client.post("/account/again/", {"password": PASSWORD})
    page = client.get("/account/codes/app/").content.decode()
    secret = re.findall(r"<code>([A-Z2-7]{16,})</code>", page)[0]
    wrong = client.post("/account/codes/app/", {"code": "000000" if code(secret) != "000000" else "111111"})
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.content.decode()) == (200, True)
    kept = client.post("/account/codes/app/", {"code": code(secret)}, follow=True).content.decode()
    emergency = re.findall(r"<li>([0-9a-zA-Z]{8,})</li>", kept)
    assert len(emergency) == 10
    client.post("/sign-out/")
    assert not is_in(client)
    used = code(secret, 1)  # the next one is taken, too: clocks differ
    for told, comes_in in (("12", False), (used, True), (used, False), (emergency[0], True), (emergency[0], False)):
        browser = Client(SERVER_NAME="localhost")
        assert sign_in(browser, PASSWORD).headers["Location"].startswith("/sign-in/code/")
        answer = browser.post("/sign-in/code/", {"code": told})
        assert is_in(browser) is comes_in, told
        if not comes_in:
            assert 'aria-invalid="true"' in answer.content.decode()
    sign_in(client, PASSWORD)
    client.post("/sign-in/code/", {"code": emergency[1]})
    assert "8 left" in client.get("/account/codes/").content.decode()


def test_a_link_does_not_pass_by_the_second_factor(client: Any, person: Make) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    somebody = person()
    TOTP.activate(somebody, "JBSWY3DPEHPK3PXP")
    assert client.post(link(somebody)).headers["Location"].startswith("/sign-in/code/")
    assert not is_in(client)


# -- what a browser is told ----------------------------------------------------------------------------------
@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_host(client: Any, person: Make, away: str) -> None:
    person(password=PASSWORD)
    form = {"login": "owner@example.com", "password": PASSWORD, "next": away}
    assert client.post("/sign-in/", form).headers["Location"] == "/"
    assert client.post("/preferences/", {"language": "de", "back": away}).headers["Location"] == "/"


def test_a_form_of_another_page_is_refused(person: Make) -> None:
    from django.test import Client

    person(password=PASSWORD)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answer = sign_in(strict, PASSWORD)
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()
    assert not is_in(strict)


def test_another_host_is_not_answered_for(client: Any, signed_in: Make) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert signed_in().get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/no-such-page/", "/in/abc:def/"])
def test_every_answer_has_the_policy(client: Any, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("same-origin", "no-store")


def test_cookies_are_out_of_reach_of_scripts(client: Any, person: Make) -> None:
    person(password=PASSWORD)
    client.get("/sign-in/")
    sign_in(client, PASSWORD)
    for name in ("stamm_session", "stamm_csrf"):
        assert client.cookies[name]["httponly"] is True
        assert client.cookies[name]["samesite"] == "Lax"


# -- languages -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "language"),
    [("de-CH,de;q=0.9,en;q=0.5", "de"), ("fr,en;q=0.2,de;q=0.1", "en"), ("fr", "en"), ("de;q=nan,x", "en"), ("", "en")],
)
def test_who_is_signed_out_reads_the_language_of_the_browser(client: Any, header: str, language: str) -> None:
    page = client.get("/sign-in/", headers={"accept-language": header}).content.decode()
    assert f'<html lang="{language}"' in page
    assert ("Anmelden" in page) is (language == "de")


def test_a_language_and_a_theme_stay_with_the_person(signed_in: Make) -> None:
    browser = signed_in()
    assert browser.post("/preferences/", {"language": "de", "back": "/account/"}).headers["Location"] == "/account/"
    browser.post("/preferences/", {"theme": "dark"})
    page = browser.get("/account/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="de" data-theme="dark">' in page
    assert "Ihr Konto" in page
    browser.post("/preferences/", {"theme": "", "language": "xx"})
    assert '<html lang="de">' in browser.get("/account/").content.decode()
