"""What /api/v1/ shows to a person: the description for programs, as a page that asks no other file or host."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stamm.api.openapi import document
from stamm.api.problems import PROBLEMS
from stamm.lang.language import Language
from stamm.reports.retention_report import style_sheet

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Head:
    """What stands at the head of the sheet."""

    title: str
    organisation: str = ""
    simulated: str = ""


@lru_cache
def _environment() -> Environment:
    loader = ChoiceLoader([PackageLoader("stamm.api", "."), PackageLoader("stamm.reports", "pages")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def front(address: str, say: Language) -> tuple[str, str]:
    """The page in a language, with examples that ask at an address, and the rule (CSP) that its one style fits."""
    described = document()
    page = (
        _environment()
        .get_template("front.html.j2")
        .render(
            say=say,
            frame=Head(say("API")),
            style=Markup(style_sheet()),  # noqa: S704 - a file of our own
            address=address,
            version=described["info"]["version"],
            places=[(path, place["get"]) for path, place in described["paths"].items()],
            parameters=_parameters(described),
            problems=[(status, code, say(title)) for code, (status, title) in PROBLEMS.items()],
        )
    )
    style = _STYLE.search(page)
    assert style is not None  # the sheet has one
    known = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    rule = f"default-src 'none'; style-src 'sha256-{known}'; img-src data:; base-uri 'none'; form-action 'none'"
    return page, f"{rule}; frame-ancestors 'none'"


def _parameters(described: dict[str, Any]) -> list[dict[str, Any]]:
    """Every parameter once, in the order in which the addresses have them."""
    found: dict[str, dict[str, Any]] = {}
    for place in described["paths"].values():
        for parameter in place["get"]["parameters"]:
            found.setdefault(parameter["name"], parameter)
    return list(found.values())
