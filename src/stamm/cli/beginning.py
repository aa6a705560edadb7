"""A project from nothing: what it is told of itself where nobody says anything."""

from __future__ import annotations

import os
from pathlib import Path

from stamm.cli.session import Session
from stamm.lang.errors import UsageError
from stamm.lang.window import zone_named

CURRENCY = "EUR"


def begin_where_empty(say: Session) -> None:
    """A new project where its folder is empty, told; pages ask for the rest. Any other folder stays as it is."""
    from stamm.app.project import Project
    from stamm.lang.organisation import Organisation

    place = say.directory
    if not place.is_dir() or any(place.iterdir()):
        return
    zone, _ = system_zone(say)
    Project.create(place, Organisation(language=say.asked_language, zone=zone, currency=CURRENCY))
    say.out.print(say("A new project in {place}", place=str(place.resolve())), style="title")
    say.out.print(say("The first page asks for its name, time zone and currency."))


def system_zone(say: Session) -> tuple[str, str]:
    """This machine's zone and how it was found; UTC where the machine does not say."""
    wish = os.environ.get("TZ", "").lstrip(":")
    if wish and _is_zone(wish):
        return wish, say("from the environment variable TZ")
    link = Path("/etc/localtime")
    _, found, zone = str(link.resolve()).partition("/zoneinfo/")
    if found and _is_zone(zone) and zone not in {"Etc/UTC", "UCT", "Universal", "Zulu", "Etc/UCT"}:
        return zone, say("this machine's")
    if found:
        return "UTC", say("this machine's; name your own with --time-zone")
    return "UTC", say("this machine does not say; name your own with --time-zone")


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except UsageError:
        return False
    return True
