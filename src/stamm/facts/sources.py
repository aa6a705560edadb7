"""Sources of our own that tell of some rows of a kind and never of all: what they bring makes no day a known one.

A day on which somebody sent a form is no day whose visits, tickets or customers were brought in.
"""

from __future__ import annotations

FORMS, IDEAS = "forms", "ideas"
SOME = frozenset({FORMS, IDEAS})
