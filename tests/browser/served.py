"""A running server for the browser: a project of half a year of orders, with somebody of each role."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.browser.chromium import PATIENCE, Tab
from tests.web.shop import written

#: makes the project and its people, and prints a session of each role; a process of its own, as one serves one project
SCRIPT = """
import json, sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from click.testing import CliRunner
from stamm.app.framework import set_up
from stamm.app.project import Project
from stamm.cli.main import cli

folder = Path(sys.argv[1])
for line in sys.stdin.read().splitlines():
    done = CliRunner().invoke(cli, json.loads(line))
    assert done.exit_code == 0, done.output
set_up(Project.open(folder))
from django.test import Client
from stamm.people.accounts import invite
from stamm.people.roles import Role

def answer():
    # what some customers said over five weeks
    from django.db import transaction
    from stamm.people.accounts import run
    from stamm.surveys import asking
    from stamm.surveys.answering import Sent, take_answers

    begun, points = datetime.now(UTC) - timedelta(days=35), (10, 9, 9, 3, 8, 10, 7, 9, 10, 6, 9, 10, 8, 9, 2, 10)
    with transaction.atomic():
        sheets, _ = asking.ask_customers(run, 1, [f"c{n}" for n in range(1, 41)], who="test", now=begun)
        for place, (sheet, point) in enumerate(zip(sheets, points)):
            why = "Die Lieferung kam zwei Wochen zu spät." if point < 4 else "Guter Tee" if point == 10 else ""
            sent = Sent("score", {"recommend": [str(point)], "why": [why]}, 1, f"203.0.113.{place}")
            at = begun + timedelta(days=2 * place)
            take_answers(run, asking.token_of(sheet, 0, "test"), sent, secret="test", now=at)


def receive():
    # two places that were booked without the work that a browser does; of one the consent was asked for by mail
    from django.db import transaction
    from stamm.app.framework import secret_of
    from stamm.forms.confirming import confirm_token
    from stamm.forms.submitting import Sent, fresh_token, take_submission
    from stamm.people.accounts import run

    now = datetime.now(UTC)
    with transaction.atomic():
        for name, note in (("Anna Meyer", "Ich komme\\nmit dem Rad."), ("Ben Ott", "")):
            email = f"{name.partition(' ')[0].lower()}@example.com"
            fields = {"name": [name], "email": [email], "note": [note], "newsletter": ["yes"] if note else []}
            sent = Sent(fields, "203.0.113.7", "de", revision=2)
            kept = take_submission(run, fresh_token(1, "test", now), sent, secret="test", now=now)
            if note:
                run("UPDATE form_confirmation SET asked_at = ?, state = 'sent'", (now,))
                print(f"/form/confirm/{confirm_token(kept, secret_of(Project.open(folder)))}/")


def suggest():
    # what some customers and somebody unknown wish for
    from django.db import transaction
    from stamm.ideas import deciding, posting
    from stamm.ideas.links import invite, open_token, own_token
    from stamm.ideas.posting import Sent, fresh_chance
    from stamm.people.accounts import run

    begun, sent = datetime.now(UTC) - timedelta(days=20), lambda **more: Sent(fresh_chance(), "203.0.113.1", **more)
    told = ("Tee in Dosen statt in Tüten", "Montags bis 20 Uhr geöffnet", "Eine Kanne leihen, bevor man sie kauft",
            "Tee in Blechdosen")
    with transaction.atomic():
        asked = invite(run, 1, [f"c{n}" for n in range(1, 13)], who="test", now=begun)
        customers = [own_token(each, "test") for each in asked]
        ideas = []
        for place, title in enumerate(told):
            words = "Die Tüten reißen, und der Tee verliert seinen Duft." if not place else ""
            wish = sent(title=title, words=words, name="Jutta" if place % 2 else "")
            at = begun + timedelta(days=3 * place)
            ideas.append(posting.suggest(run, customers[place], wish, secret="test", now=at).id)
            for token in customers[place + 1 : 12 - 3 * place]:
                voted = at + timedelta(minutes=2 * place + 2)
                posting.vote(run, token, ideas[-1], sent(tell=not place), secret="test", now=voted)
        told = sent(words="Am liebsten runde, die passen in den Schrank.", name="Ole")
        posting.comment(run, customers[5], ideas[0], told, secret="test", now=begun + timedelta(days=15))
        deciding.answer_idea(run, ideas[0], "planned", "Ab Mai gibt es jeden Tee auch in der Dose.", seen=0,
                             who="test", now=begun + timedelta(days=16))
        deciding.answer_idea(run, ideas[2], "done", "", seen=0, who="test", now=begun + timedelta(days=17))
        deciding.merge_idea(run, ideas[3], ideas[0], seen=0, who="test", now=begun + timedelta(days=18))
        wish = sent(title="Billige Uhren!!!", words="Besuchen Sie uns.", name="Spam")
        posting.suggest(run, open_token(1, "test"), wish, secret="test", now=begun + timedelta(days=19))


sessions = {}
for role in Role:
    person = invite(f"{role}@example.com", role, who="test", now=datetime.now(UTC), name=role.capitalize())
    browser = Client(SERVER_NAME="localhost")
    if role is Role.OWNER:  # whose pages ask for the password again, and here it was just given
        person.set_password("drei Kannen Tee")
        person.save()
    browser.force_login(person)
    given = {"method": "password", "at": time.time() + 86_400, "reauthenticated": True}
    session = browser.session
    session.update({"account_authentication_methods": [given], "account_authentication_methods_user": str(person.pk)})
    session.save()
    sessions[role] = browser.cookies["stamm_session"].value
    if role is Role.OWNER:
        for more in (
            {"name": "Umsatz im Frühjahr", "kind": "metric", "metric": "gross_revenue", "target": "90000"},
            {"name": "Der Brief im Mai", "kind": "tasks", "tasks": "Texte schreiben\\nBilder machen", "parent": "1"},
        ):
            given = {"start": "2024-04-01", "due": "2024-12-31", "owner": person.email, "parent": "0", **more}
            browser.post("/goals/new", given)
        browser.post("/surveys/new", {"name": "Nach dem Einkauf", "ready": "nps"})
        for act in ({"do": "open"}, {"do": "link", "touchpoint": "An der Theke"}):
            browser.post("/surveys/1/act", act)
        browser.post("/forms/new", {"name": "Verkostung im Laden", "use": "booking"})
        browser.post("/forms/1/act", {"do": "open"})
        browser.post("/forms/new", {"name": "Kundendienst", "use": "support"})
        browser.post("/forms/2/act", {"do": "open"})
        receive()
        browser.post("/forms/1/act", {"do": "count", "submission": "1"})
        wishes = {"name-de": "Ihre Wünsche", "name-en": "Your wishes", "intro-de": "Was fehlt Ihnen bei uns?"}
        browser.post("/ideas/new", {**wishes, "open_to": "public", "waits": "no"})
        browser.post("/ideas/1/act", {"do": "open"})
        browser.post("/boards/", {"action": "first"})
        browser.post("/boards/1/share", {"action": "roles", "role": ["viewer"]})
if sys.argv[2:] == ["answered"]:
    answer()
    suggest()
print(json.dumps(sessions))
"""


@dataclass
class Served:
    """Where it runs, a session of each role, and the link of a mail about a consent."""

    address: str
    sessions: dict[str, str]
    confirm: str

    def sign_in(self, tab: Tab, role: str, language: str) -> None:
        """Be somebody of that role, or nobody, in a browser that asks for the language."""
        tab.visit("about:blank")
        tab.call("Network.clearBrowserCookies")
        tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        if role:
            tab.call("Network.setCookie", name="stamm_session", value=self.sessions[role], url=self.address)

    def fetched(self, path: str, role: str, language: str = "de") -> tuple[int, str]:
        """The status and the document that somebody of that role gets, once all of it is counted."""
        headers = {"Accept-Language": language, "Cookie": f"stamm_session={self.sessions.get(role, '')}"}
        end = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < end, f"{path} is still being counted"
            try:
                with urlopen(Request(self.address + path, headers=headers)) as response:
                    status, text = response.status, response.read().decode()
            except HTTPError as error:
                status, text = error.code, error.read().decode()
            if 'aria-busy="true"' not in text:
                return status, text


def failure(line: str) -> bool:
    """Whether a line of the server's log tells of a mistake of ours."""
    return "Traceback" in line or '"status": 5' in line


@contextmanager
def served(
    folder: Path, lines: Iterable[Sequence[str]] | None = None, *, answered: bool = True, worker: bool = False
) -> Iterator[Served]:
    """The server of a new project in the folder `shop`, made by these lines of a shell; ended with the tests.

    `answered`: some customers have answered its survey. `worker`: what is due is done.
    """
    shop = folder / "shop"
    told = "\n".join(json.dumps(words) for words in lines or written(folder))
    surroundings = {**os.environ, "LANG": "C.UTF-8"}
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(shop), "answered" if answered else "asked"], input=told, text=True,
        stdout=subprocess.PIPE, check=True, env=surroundings,
    )  # fmt: skip
    command = [sys.executable, "-m", "stamm.cli.main", "--project", str(shop), "serve", "--port", "0"]
    command += [] if worker else ["--no-worker"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=surroundings)
    assert process.stdout is not None
    line = next((line for line in process.stdout if "http://" in line), "")  # the worker may speak before
    assert line, (folder / "server.log").read_text()
    try:
        confirm, sessions = made.stdout.splitlines()
        yield Served(line.split()[-1], json.loads(sessions), confirm)
    finally:
        process.terminate()
        process.communicate(timeout=60)
    failed = [line for line in (folder / "server.log").read_text().splitlines() if failure(line)]
    assert not failed, "\n".join(failed)
