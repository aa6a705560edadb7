"""Settings: nothing is changed before it was shown, nobody's change is lost, and what is dangerous asks again."""

from __future__ import annotations

import csv
import html
import io
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from stamm.answers import Answers
from stamm.app.changing import LAST, ChangedError, change, differences, stamp
from stamm.app.project import Project
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.people import Scope, acts, create_key, key_of, keys
from stamm.people.keys import note_use
from tests.web.conftest import NOON, PASSWORD
from tests.web.test_pages import text_of

Make = Callable[..., Any]


@pytest.fixture
def stamm_toml(project: Project) -> Iterator[str]:
    """stamm.toml with words of its owner; put back as it was, so that other tests find the shop as they know it."""
    file = project.directory / "stamm.toml"
    before = file.read_text("utf-8")
    file.write_text(before + "\n# a word of mine\n", "utf-8")
    yield file.read_text("utf-8")
    file.write_text(before, "utf-8")
    (project.directory / LAST).unlink(missing_ok=True)


def shown_again(browser: Any) -> None:
    """As if the password had just been asked for."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def hidden(page: str) -> dict[str, str]:
    """What the form that saves would send."""
    form = page[page.index('<form method="post" action="/settings/"') :]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[: form.index("</form>")])
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def noted(project: Project) -> list[tuple[str, str, str]]:
    with closing(project.people()) as database:
        return [(act.who, act.what, act.about) for act in acts(database)]


# -- organisation --------------------------------------------------------------------------------------------
def test_a_choice_is_weighed_before_it_is_written(signed_in: Make, project: Project, stamm_toml: str) -> None:
    """The numbers of the preview are the answers of a project in which the choice stands; nothing is written."""
    browser, month, say = signed_in(), [Window.parse("2024-05")], Language("en")
    worlds = [project.world(), project.with_settings(replace(project.organisation, lapse_days=60)).world()]
    page = text_of(browser.get("/settings/preview/", {"lapse_days": "60"}))
    assert "May 2024" in page
    for key in ("customer_count", "customer_retention_rate", "customer_churn_rate"):
        now, then = (Answers(world).ask(key, month).rows[0].value for world in worlds)
        assert now is not None
        assert then is not None
        assert now != then
        unit = project.metrics[key].unit
        said = f"{say.value(then, unit)} now {say.value(now, unit)}, {say.change(then - now, unit)}"
        assert said in page
    assert (project.directory / "stamm.toml").read_text("utf-8") == stamm_toml
    for world in worlds:
        world.engine.close()


def test_what_is_confirmed_is_written_and_can_be_put_back(signed_in: Make, project: Project, stamm_toml: str) -> None:
    browser, file = signed_in(), project.directory / "stamm.toml"
    page = browser.get("/settings/", {"lapse_days": "60", "name": "Café <Linde>"}).content.decode()
    assert "Nothing is written yet." in page
    assert file.read_text("utf-8") == stamm_toml
    saved = browser.post("/settings/", hidden(page))
    assert (saved.status_code, saved.headers["Location"]) == (302, "/settings/?saved")
    after = Project.open(project.directory).organisation
    assert (after.name, after.lapse_days) == ("Café <Linde>", 60)
    # the reason spoke of another silence
    assert project.organisation.reasons
    assert after.reasons == {}
    assert file.read_text("utf-8").endswith("\n# a word of mine\n")
    who, what, about = noted(project)[0]
    assert (who, what) == ("owner@example.com", "settings_changed")
    assert "lapse_days 28 -> 60" in about
    assert "Last change owner@example.com" in text_of(browser.get("/settings/?saved"))
    browser.post("/settings/undo/")
    assert Project.open(project.directory).organisation == project.organisation
    assert noted(project)[0][1] == "settings_restored"
    browser.post("/settings/undo/")  # and the other way round
    assert Project.open(project.directory).organisation == after


#: every setting of the form: what it is changed to, and where that is to be seen; days that were cut stay as they are
CHANGED = {
    "name": ("Café Linde", "/account/"),
    "currency": ("CHF", "/metrics/gross_revenue"),
    "language": ("de", "/settings/"),
    "spell_rule": ("subscriptions", "/metrics/customer_retention_rate.json"),
    "lapse_days": ("60", "/metrics/customer_retention_rate.json"),
    "history": ("complete", "/metrics/new_customers.json"),
    "session_minutes": ("45", "/settings/"),
    "keep_predictions": ("week", "/predictions/"),
    "reason_en": ("because of the <season>", "/metrics/customer_retention_rate"),
    "reason_de": ("wegen der Jahreszeit", "/settings/"),
}


def test_every_setting_has_a_row_here() -> None:
    from stamm.web.pages.settings_organisation import Choice

    assert set(Choice.base_fields) - {"zone"} == set(CHANGED)


@pytest.mark.usefixtures("stamm_toml")
@pytest.mark.parametrize("name", CHANGED)
def test_each_setting_is_changed_takes_effect_and_is_undone(signed_in: Make, project: Project, name: str) -> None:
    browser, (value, where) = signed_in(), CHANGED[name]

    def seen() -> str:
        return re.sub(r"[^>]*csrf[^>]*|/[0-9a-f]{16}", "", browser.get(where).content.decode())

    before, were = seen(), Project.open(project.directory).organisation
    assert (
        browser.post("/settings/", hidden(browser.get("/settings/", {name: value}).content.decode())).status_code == 302
    )
    after = Project.open(project.directory).organisation
    assert [one.name for one in differences(were, after) if one.name != "reasons"] == [name][
        : not name.startswith("reas")
    ]
    assert html.escape(value) in browser.get("/settings/").content.decode()
    assert seen() != before
    browser.post("/settings/undo/")
    assert Project.open(project.directory).organisation == were


def test_nobody_s_change_is_lost(signed_in: Make, project: Project, stamm_toml: str) -> None:
    browser, file = signed_in(), project.directory / "stamm.toml"
    page = browser.get("/settings/", {"lapse_days": "60"}).content.decode()
    other = replace(project.organisation, session_minutes=45)
    change(project.directory, other, seen=stamp(project.directory), who="ben", now=NOON)
    text = file.read_text("utf-8")
    refused = browser.post("/settings/", hidden(page))
    assert refused.status_code == 409
    assert "Somebody has changed the settings" in refused.content.decode()
    assert file.read_text("utf-8") == text
    # what somebody has changed since by hand is not put back over it
    file.write_text(text.replace("session_minutes = 45", "session_minutes = 50"), "utf-8")
    assert "Last change" not in text_of(browser.get("/settings/"))
    assert browser.post("/settings/undo/").status_code == 422
    assert "session_minutes = 50" in file.read_text("utf-8")


def test_of_two_who_save_at_once_one_is_told(project: Project, stamm_toml: str) -> None:
    seen, done = stamp(project.directory), list[int | str]()

    def save(minutes: int) -> None:
        try:
            wanted = replace(project.organisation, session_minutes=minutes)
            change(project.directory, wanted, seen=seen, who=f"{minutes}", now=NOON)
            done.append(minutes)
        except ChangedError:
            done.append("told")

    threads = [threading.Thread(target=save, args=(minutes,)) for minutes in range(40, 46)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (saved,) = [one for one in done if one != "told"]
    assert len(done) == len(threads)
    assert Project.open(project.directory).organisation.session_minutes == saved
    assert (project.directory / "stamm.toml").read_text("utf-8") == stamm_toml.replace(
        "session_minutes = 30", f"session_minutes = {saved}"
    )


def test_what_cannot_be_is_told_at_its_field(signed_in: Make, project: Project, stamm_toml: str) -> None:
    browser = signed_in()
    browser.post("/preferences/", {"language": "de"})
    wrong = {"zone": "Europe/Berlin", "currency": "XXZ", "lapse_days": "0", "session_minutes": ""}
    for answer in (
        browser.get("/settings/", wrong),
        browser.post("/settings/", {**wrong, "seen": stamp(project.directory)}),
    ):
        assert answer.status_code == 422
        page = answer.content.decode()
        for field in wrong:
            about = page[page.index(f'id="f-{field}"') :]
            assert 'aria-invalid="true"' in about[: about.index(">")]
        assert "Die Tage sind bereits in UTC geschnitten" in page
        assert "ist keine Währung nach ISO 4217" in page
    assert (project.directory / "stamm.toml").read_text("utf-8") == stamm_toml
    assert signed_in("analyst").post("/settings/", {"lapse_days": "60"}).status_code == 403


# -- keys ----------------------------------------------------------------------------------------------------
def test_a_key_is_shown_once_and_over_when_revoked(signed_in: Make, project: Project) -> None:
    browser, new = signed_in(), {"source": "website", "scope": "write", "per_second": ""}
    assert urlsplit(browser.post("/settings/keys/new/", new).headers["Location"]).path == "/account/again/"
    # the password is given, and what was asked for is done
    made = browser.post(
        "/account/again/?next=/settings/keys/new/", {"password": PASSWORD, "next": "/settings/keys/new/"}
    )
    secret = re.findall(r"stamm_w_[\w-]{32}", made.content.decode())[0]
    with closing(project.people()) as database:
        (key,) = [key for key in keys(database) if key.source == "website"]
        assert key_of(database, secret) == key
        note_use(database, key.id, NOON)
    listed = browser.get("/settings/keys/").content.decode()
    assert secret not in listed
    page = text_of(browser.get("/settings/keys/"))
    assert f"website key {key.id} to send" in page
    assert "2 March 2026, 12:00" in page  # used
    assert "owner@example.com" in page  # by whom it was made
    wrong = browser.post("/settings/keys/new/", {**new, "source": "Two Words"})
    assert (wrong.status_code, "cannot be called" in wrong.content.decode()) == (422, True)
    assert browser.get(f"/settings/keys/{key.id}/revoke/").status_code == 200  # looking at it ends nothing
    with closing(project.people()) as database:
        assert key_of(database, secret) == key
    browser.post(f"/settings/keys/{key.id}/revoke/")
    with closing(project.people()) as database:
        assert key_of(database, secret) is None
    assert browser.post(f"/settings/keys/{key.id}/revoke/").status_code == 422
    assert browser.get("/settings/keys/999999/revoke/").status_code == 404


def test_who_came_by_a_link_chooses_a_password_first(person: Make, client: Any) -> None:
    client.force_login(person("owner"))
    assert client.get("/settings/people/invite/").headers["Location"] == "/account/password/"


# -- people --------------------------------------------------------------------------------------------------
def test_people_come_in_change_and_leave(signed_in: Make, person: Make, project: Project, client: Any) -> None:
    browser = signed_in()
    shown_again(browser)
    invited = browser.post("/settings/people/invite/", {"email": "Ben@example.com", "name": "Ben", "role": "analyst"})
    link = re.findall(r"http://localhost(/in/[^\"]+)", invited.content.decode())[0]
    again = browser.post("/settings/people/invite/", {"email": "ben@example.com", "name": "", "role": "viewer"})
    assert (again.status_code, "is here already" in again.content.decode()) == (422, True)
    assert client.post(link).headers["Location"] == "/"
    assert client.get("/settings/people/").status_code == 403
    from stamm.people.models import Person

    ben = Person.objects.get(email="ben@example.com")
    page = f"/settings/people/{ben.pk}/"
    browser.post(page, {"do": "role", "role": "owner"})
    assert client.get("/settings/people/").status_code == 200
    browser.post(page, {"do": "sign_out"})
    assert urlsplit(client.get("/").headers["Location"]).path == "/sign-in/"
    assert browser.get("/settings/people/").status_code == 200, "nobody else is signed out"
    browser.post(page, {"do": "remove"})
    assert "ben@example.com" not in text_of(browser.get("/settings/people/"))
    told = text_of(browser.get("/settings/acts/", headers={"Accept-Language": "de"}))
    assert "ben@example.com Analyse" in told, "the role by its name"
    assert "ben@example.com Inhaber" in told
    owner = Person.objects.get(email="owner@example.com")
    for wish in ({"do": "remove"}, {"do": "role", "role": "viewer"}):
        kept = browser.post(f"/settings/people/{owner.pk}/", wish)
        assert (kept.status_code, "is the only owner" in kept.content.decode()) == (422, True)
    done = [what for who, what, _ in noted(project) if who == "owner@example.com"]
    assert done[:5] == ["person_removed", "signed_out", "role_changed", "link_made", "person_invited"]


# -- the record ----------------------------------------------------------------------------------------------
def test_the_record_by_person_act_and_day(signed_in: Make, project: Project) -> None:
    browser = signed_in()
    with closing(project.people()) as database:
        for number in range(120):
            create_key(database, f"till-{number}", Scope.READ, who="=cmd|x" if number else "zoe", now=NOON)
    page = browser.get("/settings/acts/", {"what": "key_created", "day": "2026-03-02"}).content.decode()
    assert page.count('<th scope="row">key made</th>') == 100
    older = html.unescape(re.findall(r'href="(\?[^"]*before=\d+)"', page)[0])
    rest = browser.get(f"/settings/acts/{older}").content.decode()
    assert re.findall(r"till-\d+, to read numbers", rest)[0] == "till-19, to read numbers"
    assert rest.count('<th scope="row">key made</th>') == 20
    listed = browser.get("/settings/acts.csv", {"what": "key_created", "who": "zoe"}).content.decode()
    (row,) = csv.DictReader(io.StringIO(listed))
    assert row["about"].endswith(" till-0 read")
    assert row["at"] == NOON.isoformat()
    assert "'=cmd" in browser.get("/settings/acts.csv").content.decode()
    assert "Nothing of that kind" in text_of(browser.get("/settings/acts/", {"day": "2026-03-03", "who": "zoe"}))
    assert browser.get("/settings/acts/", {"day": "yesterday"}).status_code == 422
