"""One project for all tests of pages: this process serves it, since a process serves one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from stamm.app.framework import set_up
from stamm.app.project import Project
from stamm.cli.main import cli
from tests.web.shop import written

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "drei Kannen Tee"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shop, and Django set up for it."""
    place = tmp_path_factory.mktemp("served")
    for words in written(place):
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, result.output
    project = Project.open(place / "shop")
    set_up(project)
    from django.conf import settings

    from stamm.web import desk

    # a test looks at whole pages, however long a busy machine takes
    desk.WITHIN_SECONDS = 60
    # slow by design, and no test is about that
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return project


@pytest.fixture(autouse=True)
def nobody_left(project: Project) -> Iterator[None]:
    """Each test begins without people, and with nobody slowed."""
    yield
    from django.core.cache import cache

    from stamm.people.models import Person

    Person.objects.all().delete()
    cache.clear()


@pytest.fixture
def person(project: Project) -> Callable[..., Any]:
    """Makes somebody of a role; with a password where it is given."""
    from stamm.people.accounts import invite
    from stamm.people.roles import Role

    def make(role: str = "owner", email: str = "", password: str = "") -> Any:
        made = invite(email or f"{role}@example.com", Role(role), who="test", now=NOON)
        if password:
            made.set_password(password)
            made.save()
        return made

    return make


@pytest.fixture
def client(project: Project) -> Any:
    """A browser that is signed out."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


@pytest.fixture
def signed_in(person: Callable[..., Any]) -> Callable[..., Any]:
    """A browser in which somebody of a role is signed in."""
    from django.test import Client

    def make(role: str = "owner") -> Any:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(person(role, password=PASSWORD))
        return browser

    return make


@pytest.fixture
def board(person: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a board of somebody of their own, with one number on it, and shows it to roles."""
    from stamm.boards.changing import change_board, create_board, show_board
    from stamm.boards.content import Add, Content
    from stamm.people.roles import Role

    def make(*roles: str, name: str = "Mornings") -> Any:
        maker = person("analyst", "maker@example.com")
        made = create_board(Content(name), who=maker, now=NOON)
        made = change_board(made, Add("number", {"metric": "order_count"}), seen=1, who=maker, now=NOON)
        show_board(made, [Role(role) for role in roles], who=maker, now=NOON)
        return made

    return make


@pytest.fixture
def survey(project: Project) -> Iterator[Callable[..., tuple[int, int]]]:
    """Makes a survey with an open link; c1 and c2 were asked, and c1 gave 9. After the test there is none."""
    from django.db import transaction

    from stamm.app.framework import secret_of
    from stamm.people.accounts import run
    from stamm.surveys import asking, keeping
    from stamm.surveys.answering import Sent, take_answers
    from stamm.surveys.ready import ready

    def make(why: str = "Good tea") -> tuple[int, int]:
        with transaction.atomic():
            number = keeping.make_survey(run, ready("nps", "Spring"), who="test", now=NOON)
            keeping.open_survey(run, number, who="test", now=NOON)
            link = asking.make_open_link(run, number, "Counter", who="test", now=NOON)
            sheets, _ = asking.ask_customers(run, number, ["c1", "c2"], who="test", now=NOON)
            token, secret = asking.token_of(sheets[0], 0, secret_of(project)), secret_of(project)
            sent = Sent("score", {"recommend": ["9"], "why": [why]}, 1, "203.0.113.7")
            take_answers(run, token, sent, secret=secret, now=NOON)
        return number, link.id

    yield make
    with transaction.atomic():
        for table in (
            "survey",
            "survey_version",
            "survey_link",
            "survey_sheet",
            "survey_arrival",
            "survey_salt",
            "survey_follow_up",
            "survey_mailing",
            "survey_mail",
            "customer_mail",
            "job",
        ):
            run(f"DELETE FROM {table}", ())


@pytest.fixture
def form(project: Project) -> Iterator[Callable[..., int]]:
    """Makes an open form for leads that received two, of which one is held. After the test there is none."""
    from django.db import transaction

    from stamm.app.framework import secret_of
    from stamm.forms import keeping
    from stamm.forms.ready import ready
    from stamm.forms.submitting import Sent, fresh_token, take_submission
    from stamm.people.accounts import run
    from tests.forms.filled import WHILE, nonce_for

    def make(wish: str = "Tea", use: str = "lead") -> int:
        with transaction.atomic():
            number = keeping.make_form(run, ready(use, "Fair", NOON), who="test", now=NOON)
            keeping.open_form(run, number, who="test", now=NOON)
            for email, works in (("ina@example.com", True), ("bot@example.com", False)):
                token = fresh_token(number, secret_of(project), NOON)
                fields = {"name": [email[:3]], "email": [email], "wish": [wish], "topic": ["order"], "request": [wish]}
                sent = Sent(fields, "203.0.113.7", "en", nonce=nonce_for(token) if works else "", revision=2)
                take_submission(run, token, sent, secret=secret_of(project), now=NOON + WHILE)
        return number

    yield make
    with transaction.atomic():
        for table in (
            "form",
            "form_version",
            "form_submission",
            "form_confirmation",
            "form_file",
            "form_arrival",
            "form_salt",
            "job",
        ):
            run(f"DELETE FROM {table}", ())


@pytest.fixture
def goal(project: Project) -> Iterator[Callable[..., int]]:
    """Makes a goal of revenue over a quarter, or another one; after the test there is none."""
    from django.db import transaction

    from stamm.goals import keeping
    from stamm.goals.aim import Aim, checked
    from stamm.people.accounts import run

    def make(**other: Any) -> int:
        usual = {"name": "Spring", "owner": "", "kind": "metric", "metric": "gross_revenue", "target": 1_000_000.0}
        days = {"start": date(2024, 4, 1), "due": date(2024, 6, 30)}
        with transaction.atomic():
            aim = checked(Aim(**{**usual, **days, **other}), project.metrics)
            return keeping.make_goal(run, aim, who="test", now=NOON)

    yield make
    with transaction.atomic():
        for table in ("goal", "goal_version", "goal_check_in"):
            run(f"DELETE FROM {table}", ())


@pytest.fixture
def idea(project: Project) -> Iterator[Callable[..., tuple[int, int]]]:
    """Makes a public board with an idea of c1, for which c2 voted, too. After the test there is none."""
    from django.db import transaction

    from stamm.app.framework import secret_of
    from stamm.ideas import keeping, posting
    from stamm.ideas.links import invite, own_token
    from stamm.ideas.plan import BoardPlan
    from stamm.ideas.posting import Sent, fresh_chance
    from stamm.people.accounts import run

    def make(title: str = "Tea in tins") -> tuple[int, int]:
        secret = secret_of(project)
        with transaction.atomic():
            plan = BoardPlan({"en": "Wishes", "de": "Wünsche"}, waits=False)
            board = keeping.make_idea_board(run, plan, who="test", now=NOON)
            keeping.open_idea_board(run, board, who="test", now=NOON)
            one, two = (own_token(each, secret) for each in invite(run, board, ["c1", "c2"], who="test", now=NOON))
            sent = Sent(fresh_chance(), "203.0.113.7", title=title, words=title, name=title)
            made = posting.suggest(run, one, sent, secret=secret, now=NOON)
            posting.vote(run, two, made.id, Sent(fresh_chance(), "203.0.113.7"), secret=secret, now=NOON)
        return board, made.id

    yield make
    with transaction.atomic():
        for table in (
            "idea_board",
            "idea_board_version",
            "idea_participant",
            "idea_post",
            "idea_step",
            "idea_arrival",
            "idea_link_arrival",
            "idea_news",
            "idea_news_mail",
            "idea_salt",
            "job",
        ):
            run(f"DELETE FROM {table}", ())
