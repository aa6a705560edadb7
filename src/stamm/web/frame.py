"""What surrounds every page: navigation, whose it is, language and theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.urls import NoReverseMatch, reverse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from stamm.app.project import Project
from stamm.lang.language import Language
from stamm.people.models import THEMES, Person
from stamm.web.access import Page, pages
from stamm.web.assets import assets
from stamm.web.desk import SNAPSHOT, desk

#: in their order in the navigation
GROUPS = ("See", "Why", "Ask", "Act", "Boards", "Settings")
LANGUAGES = (("en", "English"), ("de", "Deutsch"))
#: twice, as German writes it
_TIMES = re.compile(r"\d[\d.]*-mal\b")


@dataclass(frozen=True)
class Link:
    """One line of the navigation."""

    title: str
    url: str
    current: bool


def environment(**options: Any) -> Environment:
    """Where templates are rendered; the reports' own are among them."""
    given = {**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**{**given, "autoescape": True})  # noqa: S701 - it is set
    made.filters |= {"coded": coded, "unbroken": unbroken}
    made.globals.update(url=reverse, page_of=page_of, asset=lambda name: assets()[name].path, snapshot_header=SNAPSHOT)
    return made


def read_templates() -> None:
    """Have every template at hand before anybody asks for a page, which for the first of them takes a while."""
    made = cast(Jinja2, engines["jinja2"]).env
    for name in made.list_templates():
        made.get_template(name)


def page_of(key: str) -> str:
    """The address of the page about an analysis; of the first page where there is none."""
    try:
        return reverse(key)
    except NoReverseMatch:
        return reverse("today")


def coded(text: str) -> Markup:
    """A sentence in which `commands` are set as code."""
    pieces = str(escape(text)).split("`")
    drawn = (f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))
    return Markup("".join(drawn))  # noqa: S704 - it was escaped


def unbroken(text: str) -> Markup:
    """A sentence in which no line ends within 2-mal."""
    drawn = _TIMES.sub(r'<span class="unbroken">\g<0></span>', str(escape(text)))
    return Markup(drawn)  # noqa: S704 - it was escaped


def around(request: HttpRequest) -> dict[str, Any]:
    """What every template may use."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) else None
    say: Language = request.say if hasattr(request, "say") else Language("en")
    return {
        "say": say,
        "person": person,
        "organisation": organisation_name(),
        "navigation": navigation(request.path, person, say) if person else (),
        "themes": ("", *THEMES),
        "languages": LANGUAGES,
        "csrf_token": lambda: get_token(request),
        "here": request.get_full_path(),
        "snapshot_name": snapshot_name,
    }


def snapshot_name() -> str:
    """Of which snapshot a page is, so that what comes later is of the same; empty where it shows none."""
    opened = desk().of_page()
    return opened.name if opened else ""


def navigation(path: str, person: Person, say: Language) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """The pages that the person may open, by group; the current one is the one with the longest address in common."""
    shown = [page for page in _entries() if page.open_to(person.may)]
    urls = {page.name: reverse(page.name) for page in shown}
    below = [url for url in urls.values() if path == url or (url != "/" and path.startswith(url))]
    current = max(below, key=len, default="")
    found = []
    for group in GROUPS:
        links = [
            Link(say(page.entry.title), urls[page.name], urls[page.name] == current)
            for page in shown
            if page.entry is not None and page.entry.group == group
        ]
        if links:
            found.append((say(group), tuple(links)))
    return tuple(found)


@lru_cache
def _entries() -> tuple[Page, ...]:
    with_entry = (page for page in pages() if page.entry is not None)
    return tuple(sorted(with_entry, key=lambda page: page.entry.step if page.entry else 0))


def organisation_name() -> str:
    """What stamm.toml calls the organisation now."""
    return Project.open(settings.STAMM_PROJECT).organisation.name
