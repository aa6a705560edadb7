"""Answers as people read them: a table, a trend, a working, and notes on what to mind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from stamm.answers.working import Working, operand_words, working_of_row
from stamm.cli.session import Session
from stamm.lang.formula import Name
from stamm.lang.language import NO_BREAK
from stamm.lang.window import day_of, zone_named

if TYPE_CHECKING:
    from stamm.answers import Answer, Row, TableAnswer
    from stamm.answers.world import World
    from stamm.facts.filter import Filter
    from stamm.metrics import Metric

#: columns a meaning needs to be readable beside its key
NARROW = 34
BARS = "▁▂▃▄▅▆▇█"
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def table(*headings: str, right: Sequence[int] = ()) -> Table:
    """An open table: a rule below the headings, nothing else."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="strong")
    for place, heading in enumerate(headings):
        made.add_column(heading, justify="right" if place in right else "left", overflow="fold")
    return made


def print_pairs(say: Session, headings: tuple[str, str], rows: Iterable[tuple[str, str]]) -> None:
    """Keys and what they mean: side by side, or on a narrow screen one below the other."""
    known = list(rows)
    widest = max((len(key) for key, _ in known), default=0)
    if say.out.width < widest + NARROW:
        for key, meaning in known:
            say.out.plain(key, style="name")
            say.out.print(Padding(meaning, (0, 0, 0, 2)))
        return
    made = table(*headings)
    made.columns[0].no_wrap = True
    for key, meaning in known:
        made.add_row(Text(key, style="name"), meaning)
    say.out.show(made)


def sparkline(values: Sequence[float | None]) -> str:
    """One character a value, from the lowest to the highest; a dot where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    steps = len(BARS) - 1
    return "".join(
        "·" if value is None else BARS[round((value - low) / (high - low) * steps) if high > low else steps // 2]
        for value in values
    )


def reason_in_words(say: Session, row: Row, answer: Answer, world: World) -> str:
    """Why a row has no value."""
    from stamm.lang import reasons

    texts = {
        reasons.NO_FACTS: absent_in_words(answer.kinds, world, say),
        reasons.OUTSIDE: say("outside the days that the data cover"),
        reasons.NOT_BEGUN: say("not begun when the data end"),
        reasons.CUT_HISTORY: say(
            "the data begin in mid-life: who is a customer shows only after {days} days of it",
            days=world.organisation.lapse_days,
        ),
        reasons.NO_MEMBERS: say("who was in the segment as it opened is not known"),
        reasons.LOOKS_BACK: say("it looks back to days before the data, which begin in mid-life"),
    }
    return texts.get(row.reason) or _not_computed(say, row, answer.metric)


def absent_in_words(kinds: Iterable[str], world: World, say: Session) -> str:
    """Which of the fact kinds are not there, and what they lack."""
    missing = ", ".join(kind for kind in kinds if kind not in world.coverage)
    return (
        say("not imported yet: {kinds}", kinds=missing) if world.imports else say("no rows of: {kinds}", kinds=missing)
    )


def _not_computed(say: Session, row: Row, metric: Metric) -> str:
    """Which part is unknown; where none is, there is nothing to divide by."""
    words = operand_words(metric, say.language)
    unknown = [words[name] for name in metric.operands() if row.parts.get(name) is None]
    return say("not known: {parts}", parts=", ".join(unknown)) if unknown else say("nothing to divide by")


class Footnotes:
    """Reasons numbered as they come up."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def mark(self, text: str) -> str:
        """The superscript of a reason."""
        if text not in self.texts:
            self.texts.append(text)
        return str(self.texts.index(text) + 1).translate(SUPERSCRIPTS)

    def print(self, say: Session) -> None:
        """All of them, a line each."""
        for number, text in enumerate(self.texts, start=1):
            say.out.print(f"{str(number).translate(SUPERSCRIPTS)} {text}", style="quiet")


def title_of(metric: Metric, say: Session) -> str:
    """Name and abbreviation."""
    name = metric.title(say.language.code)
    return f"{name} ({metric.also})" if metric.also else name


def interval_of(row: Row, metric: Metric, say: Session, currency: str) -> str:
    """`59.1% to 62.0%`, or nothing."""
    if row.low is None or row.high is None:
        return ""
    low, high = (say.language.value(bound, metric.unit, currency) for bound in (row.low, row.high))
    return f"{low} {say('to')} {high}"


def state_of(row: Row, answer: Answer, say: Session) -> str:
    """Why a window's number is not final, or nothing."""
    if row.complete or row.value is None:
        return ""
    if answer.as_of is not None and row.window.ends_at(answer.zone) > answer.as_of:
        return say("not over yet")
    return say("begins before the data")


def group_name(group: str | None, say: Session) -> str:
    """A group's own name, or that it is unknown."""
    return group if group is not None else say("unknown")


def print_filter(where: Filter, say: Session) -> None:
    """What the facts were kept to, if anything."""
    for condition in where:
        say.out.print(condition.told(say.language), style="quiet")


def print_rows(answer: Answer, world: World, say: Session) -> None:
    """The table of all rows, with footnotes."""
    metric, currency = answer.metric, answer.currency
    states = [state_of(row, answer, say) for row in answer.rows]
    counted = any(row.n is not None for row in answer.rows) and bool(metric.counted_by())
    bounded = any(row.low is not None for row in answer.rows)
    headings = [say("Window"), *([answer.by] if answer.by else []), say("Value")]
    headings += [say("95% interval")] if bounded else []
    headings += ["n"] if counted else []
    right = range(2 if answer.by else 1, len(headings))
    made = table(*headings, *([""] if any(states) else []), right=tuple(right))
    notes = Footnotes()
    for row, state in zip(answer.rows, states, strict=True):
        value = say.language.value(row.value, metric.unit, currency)
        if row.value is None:
            value += NO_BREAK + notes.mark(reason_in_words(say, row, answer, world))
        cells = [say.language.window(row.window, short=True)]
        cells += [group_name(row.group, say)] if answer.by else []
        cells.append(value)
        cells += [interval_of(row, metric, say, currency)] if bounded else []
        cells += [say.language.number(row.n) if row.n is not None else ""] if counted else []
        cells += [state] if any(states) else []
        style = "unfinished" if state else "quiet" if row.value is None else None
        made.add_row(*(Text(cell) for cell in cells), style=style)
    say.out.show(made)
    notes.print(say)


def print_trend(answer: Answer, say: Session) -> None:
    """A line of bars for each group, with the lowest and the highest value."""
    groups = dict.fromkeys(row.group for row in answer.rows)
    lines = []
    for group in groups:
        rows = [row for row in answer.rows if row.group == group]
        known = [row for row in rows if row.value is not None]
        if len(known) < 3:
            continue
        low, high = (pick(known, key=_value) for pick in (min, max))
        ends = " … ".join(say.language.value(row.value, answer.metric.unit, answer.currency) for row in (low, high))
        name = f"{group_name(group, say)}  " if answer.by else ""
        lines.append(f"{name}{sparkline([row.value for row in rows])}  {ends}")
    if lines:
        say.heading(say("Trend (lowest … highest)"))
        for line in lines:
            say.out.plain(line)


def _value(row: Row) -> float:
    return row.value or 0


def last_complete_row(answer: Answer) -> Row | None:
    """The row that explains the answer best: the last complete window with a value, its largest group."""
    known = [row for row in answer.rows if row.complete and row.value is not None]
    if not known:
        return None
    last = known[-1].window
    return max((row for row in known if row.window == last), key=lambda row: row.n or 0)


def print_working(answer: Answer, row: Row, say: Session) -> None:
    """How one number came about, a step a line."""
    place = say.language.window(row.window)
    if answer.by:
        place += f", {group_name(row.group, say)}"
    say.heading(say("How {window} came about", window=place))
    print_formula(answer, row, say)


def print_formula(answer: Answer, row: Row, say: Session) -> None:
    """The formula in words, then with the numbers in it."""
    working = working_of_row(answer, row, say.language)
    say.out.plain(working.in_words)
    say.out.plain(numbers_line(working))
    print_beside(answer, row, say)


def print_beside(answer: Answer, row: Row, say: Session) -> None:
    """Parts that do not stand in the formula and yet say how far to trust it, such as the longest follow-up."""
    metric = answer.metric
    used = {*metric.operands(), *(metric.interval.names if metric.interval else ()), metric.counted_by()}
    for name, part in metric.parts().items():
        if name not in used and row.parts.get(name) is not None:
            number = say.language.value(row.parts[name], part.unit, answer.currency)
            say.out.print(f"{part.words(say.language.code)}: {number}", style="quiet")


def numbers_line(working: Working) -> str:
    """`600 / 1,000 = 60.0%`; where the formula is a bare number, that number."""
    if isinstance(working.tree, Name):
        return working.result
    return f"{working.in_numbers} = {working.result}"


def as_of_in_words(moment: datetime, zone: str, say: Session) -> str:
    """Up to when all is known: a day's end, or a moment."""
    from stamm.lang.window import day_start

    day = day_of(moment, zone)
    if day_start(day, zone) == moment:
        return say("the end of {day}", day=say.language.day(day - timedelta(days=1)))
    return say.language.moment(moment.astimezone(zone_named(zone)))


def spell_rule_in_words(world: World, say: Session) -> list[str]:
    """Who counts as a customer here, and why."""
    organisation = world.organisation
    days = organisation.lapse_days
    rules = {
        "orders": say("Somebody is a customer from an order until {days} days after the last one.", days=days),
        "activity": say("Somebody is a customer from the first sign until {days} days after the last one.", days=days),
        "subscriptions": say("Somebody is a customer while a subscription runs."),
    }
    lines = [rules[organisation.spell_rule]]
    reason = organisation.reasons.get(say.language.code)
    if reason and organisation.spell_rule != "subscriptions":
        lines[0] = f"{lines[0]} {say('Why: {reason}.', reason=reason)}"
    if organisation.spell_rule != "subscriptions":
        lines += new_in_words(world, say)
    return lines


def new_in_words(world: World, say: Session) -> list[str]:
    """Who is new, where the data begin in the middle of the organisation's life."""
    cut = world.organisation.history == "cut"
    return [say("The data begin in mid-life, so 'new' means: not seen in the data before.")] if cut else []


def left_out_in_words(left_out: Mapping[str, int], say: Session) -> str:
    """`orders without a customer (12), cancelled orders (3)`."""
    return ", ".join(f"{say(what)} ({say.language.number(count)})" for what, count in left_out.items())


def print_notes(answer: Answer | TableAnswer, world: World, say: Session, *, spells: bool, new: bool = False) -> None:
    """What to mind: made data, rows left out, who is a customer and who new, until when, which state of the data."""
    say.heading(say("To mind"))
    lines: list[tuple[str, str]] = []
    if answer.simulated:
        lines.append((say("Some of these facts are made up: this is no real number."), "bad"))
    if answer.left_out:
        lines.append((say("Left out: {rows}.", rows=left_out_in_words(answer.left_out, say)), ""))
    if spells:
        lines += [(line, "") for line in spell_rule_in_words(world, say)]
    elif new:
        lines += [(line, "") for line in new_in_words(world, say)]
    lines += [(note.of(say.language.code), "") for note in getattr(answer, "notes", ())]
    if answer.as_of is not None:
        moment = as_of_in_words(answer.as_of, answer.zone, say)
        lines.append((say("Known up to {moment}.", moment=moment), ""))
    zone = answer.zone
    lines.append((say("Days are those of {zone}; snapshot {number}.", zone=zone, number=answer.snapshot), ""))
    for line, style in lines:
        say.out.print(f"- {line}", style=style or "quiet")
