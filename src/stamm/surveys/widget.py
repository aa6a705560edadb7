"""A survey in a box on the shop's own pages: by which link its answers come."""

from __future__ import annotations

from datetime import datetime

from stamm.people.database import Run
from stamm.surveys.asking import OpenLink, make_open_link, open_links

#: the place of answers where the page names none
WIDGET = "widget"


def widget_link(run: Run, number: int, *, who: str, now: datetime) -> OpenLink:
    """The link by which answers from a box come; made where there is none yet."""
    return make_open_link(run, number, WIDGET, who=who, now=now)


def link_at(run: Run, link: OpenLink, touchpoint: str) -> OpenLink:
    """The link of the same survey that hangs at a place; where there is none, the link itself.

    So nobody who only visits a page makes up places.
    """
    return next((each for each in open_links(run, link.survey) if each.touchpoint == touchpoint), link)
