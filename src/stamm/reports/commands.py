"""The command that prints the same numbers again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from stamm.lang.window import Window


def command_of(
    verb: str, key: str, span: Window, params: Mapping[str, object] | None = None, as_of: date | None = None
) -> tuple[str, ...]:
    """Its lines for a span of months; `params` are settings that differ from the usual ones."""
    lines = [f"stamm {verb} {key}", f"--from {span.start} --to {span.end}"]
    if verb == "metric":
        lines.append("--grain month")
    lines += [f"--param {name}={value}" for name, value in (params or {}).items()]
    if as_of:
        lines.append(f"--as-of {as_of}")
    return tuple(lines)
