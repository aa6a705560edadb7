"""The command that prints the same numbers again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from shlex import quote

from stamm.facts.filter import Filter
from stamm.lang.window import Window


def command_of(
    verb: str,
    key: str,
    span: Window,
    params: Mapping[str, object] | None = None,
    as_of: date | None = None,
    where: Filter = (),
    grain: str = "month",
    by: str = "",
) -> tuple[str, ...]:
    """Its lines for a span of months, or of another grain, within a filter; `params` are settings unlike the usual."""
    lines = [f"stamm {verb} {key}", f"--from {span.start} --to {span.end}"]
    if verb == "metric":
        lines.append(f"--grain {grain}")
    lines += [f"--param {quote(f'{name}={value}')}" for name, value in (params or {}).items()]
    lines += [f"--by {by}"] if by else []
    lines += within(where)
    if as_of:
        lines.append(f"--as-of {as_of}")
    return tuple(lines)


def within(where: Filter) -> list[str]:
    """The options that say a filter."""
    return [f"--where {quote(str(condition))}" for condition in where]
