"""Goals as programs read them: shares 0..1, money in minor units, days in ISO 8601; null is unknown, never 0."""

from __future__ import annotations

from typing import Any

from stamm.goals.standing import Standing

Record = dict[str, Any]
COLUMNS = (
    "goal",
    "name",
    "owner",
    "kind",
    "metric",
    "settings",
    "where",
    "per",
    "start",
    "due",
    "direction",
    "target",
    "begin",
    "parent",
    "known_on",
    "window_start",
    "window_end",
    "value",
    "low",
    "high",
    "n",
    "path",
    "ahead",
    "progress",
    "time_gone",
    "reached",
    "over",
    "forecast_low",
    "forecast_middle",
    "forecast_high",
    "forecast_windows",
    "no_forecast",
    "unit",
    "currency",
    "revision",
)
WAY = ("day", "path", "value")
_NUMBERS = frozenset(("target", "begin", "value", "path", "ahead"))


def record_of(made: Standing) -> Record:
    """One goal and how far it is, in one row."""
    goal, aim, row = made.goal, made.goal.aim, made.row
    ends = made.forecast.interval if made.forecast else None
    found: Record = {
        "goal": goal.id,
        "name": aim.name,
        "owner": aim.owner,
        "kind": aim.kind,
        "metric": aim.metric or None,
        "settings": "; ".join(f"{name}={value}" for name, value in aim.settings) or None,
        "where": "; ".join(aim.where) or None,
        "per": aim.per or None,
        "start": aim.start,
        "due": aim.due,
        "direction": "at most" if aim.at_most else "at least",
        "target": aim.target,
        "begin": made.begin,
        "parent": aim.parent or None,
        "known_on": made.day,
        "window_start": row.window.start if row else None,
        "window_end": row.window.end if row else None,
        "value": made.value,
        "low": row.low if row else None,
        "high": row.high if row else None,
        "n": row.n if row else None,
        "path": made.path,
        "ahead": made.ahead,
        "progress": made.progress,
        "time_gone": made.gone,
        "reached": made.reached,
        "over": made.over,
        "forecast_low": ends.low if ends else None,
        "forecast_middle": ends.middle if ends else None,
        "forecast_high": ends.high if ends else None,
        "forecast_windows": made.forecast.history if made.forecast else None,
        "no_forecast": made.refused or None,
        "unit": made.unit,
        "currency": made.currency or None,
        "revision": goal.revision,
    }
    return {name: _exact(value) if name in _NUMBERS else value for name, value in found.items()}


def way_of(made: Standing) -> list[Record]:
    """The path and the value at the end of each week, or window."""
    return [{"day": mark.day, "path": _exact(mark.path), "value": _exact(mark.value)} for mark in made.marks]


def _exact(value: float | None) -> float | int | None:
    """Whole numbers as such, as in every other export."""
    return int(value) if value is not None and float(value).is_integer() else value
