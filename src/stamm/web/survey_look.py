"""What customers see of a survey in the colour of the shop: a sheet made of numbers, and where its logo is."""

from __future__ import annotations

from django.urls import reverse

from stamm.people.accounts import run
from stamm.surveys.colour import shades
from stamm.surveys.keeping import Survey
from stamm.surveys.logo import logo_digest


def look_of(survey: Survey | None) -> dict[str, str]:
    """The addresses of its sheet and its logo; empty where it has none."""
    if survey is None:
        return {"sheet": "", "logo": ""}
    colour, digest = survey.plan.colour.removeprefix("#"), logo_digest(run, survey.id)
    return {
        "sheet": reverse("ask_look", args=[colour]) if colour else "",
        "logo": reverse("ask_logo", args=[digest]) if digest else "",
    }


def sheet_of(colour: str) -> str:
    """The sheet of a colour (#rrggbb), by day and by night."""
    made = shades(colour)
    named = {
        "accent": f"light-dark({made.light}, {made.dark})",
        "accent-text": "light-dark(#ffffff, #000000)",
        "accent-wash": f"light-dark({made.light_wash}, {made.dark_wash})",
        "fill": made.fill,
        "on-fill": made.words,
    }
    return f".themed {{ {' '.join(f'--{name}: {value};' for name, value in named.items())} }}\n"
