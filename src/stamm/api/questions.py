"""From what a question says to its answer, in one world: what HTTP and assistants both ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from stamm.analyses import ANALYSES, Analysis
from stamm.analyses.compare_definitions import CompareDefinitions
from stamm.answers import Answer, Answers, TableAnswer, World
from stamm.answers.compare import Comparison, Member, compare_family
from stamm.answers.people import NotCountedError, People
from stamm.answers.reach import covered, kinds_needed, last_complete
from stamm.answers.records import Record, about
from stamm.answers.working import working_of_row
from stamm.answers.world import moment_of
from stamm.answers.written import told
from stamm.api import definitions, parameters
from stamm.api.cautions import cautions
from stamm.api.parameters import Asked
from stamm.api.problems import Problem
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES, Language
from stamm.lang.registry import D, Registry
from stamm.lang.window import Window, windows
from stamm.metrics import Metric, families, family

#: windows of one question, and numbers (windows times groups) of a metric
MOST_WINDOWS, MOST_NUMBERS = 1_000, 100_000
#: windows in each of which customers are named, one definition after the other
MOST_COMPARED = 24
_SHORTEST = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}


@dataclass(frozen=True)
class Listed:
    """Customers, one a row, sorted by their ids, and what holds for all of them."""

    about: Record
    columns: tuple[str, ...]
    rows: Sequence[Record]


Given = Answer | TableAnswer | Listed | Record
#: a question, in one world
Ask = Callable[[World, Asked], Given]


# -- what there is -------------------------------------------------------------------------------------------
def data(world: World, asked: Asked) -> Record:
    """What there is: settings that numbers depend on, kinds of facts and the days they cover."""
    del asked
    organisation = world.organisation
    return {
        "organisation": {
            name: getattr(organisation, name)
            for name in ("name", "zone", "currency", "history", "spell_rule", "lapse_days", "session_minutes")
        },
        "snapshot": world.snapshot,
        "facts": [
            {"kind": kind, "first_day": first, "last_day": last, "simulated": kind in world.simulated}
            for kind, (first, last) in sorted(world.coverage.items())
        ],
    }


def metrics(world: World, asked: Asked) -> Record:
    """All metrics, the organisation's own among them."""
    del asked
    return {"snapshot": world.snapshot, "metrics": [definitions.metric_in_short(kind) for kind in world.metrics]}


def metric(world: World, asked: Asked) -> Record:
    """One metric in full."""
    _, found = _metric(world, asked)
    return {"snapshot": world.snapshot, **definitions.metric_in_full(found, world)}


def analyses(world: World, asked: Asked) -> Record:
    """All analyses."""
    del asked
    return {"snapshot": world.snapshot, "analyses": [definitions.analysis_in_short(kind) for kind in ANALYSES]}


def analysis(world: World, asked: Asked) -> Record:
    """One analysis in full."""
    return {"snapshot": world.snapshot, **definitions.analysis_in_full(_analysis(world, asked), world)}


# -- a metric ------------------------------------------------------------------------------------------------
def metric_rows(world: World, asked: Asked) -> Answer:
    """A metric over windows; as `stamm metric` gives it."""
    world, found = _metric(world, asked)
    return answers_of(world).ask(found, _windows(world, asked, found), by=asked[parameters.BY], where=asked.where)


def explained(world: World, asked: Asked) -> Record:
    """One number and how it came about: the formula in words, with the real numbers, and the result."""
    world, found = _metric(world, asked)
    answer = answers_of(world).ask(found, [_one_window(world, asked, found)], where=asked.where)
    (row,) = told(answer)["rows"]
    made = {code: working_of_row(answer, answer.rows[0], Language(code)) for code in CODES}
    formula = {
        code: {"in_words": each.in_words, "in_numbers": each.in_numbers, "result": each.result, "line": each.line}
        for code, each in made.items()
    }
    return {
        **about(answer),
        "name": {code: found.title(code) for code in CODES},
        "sentence": {code: found.sentence(code) for code in CODES},
        **row,
        "reason": answer.rows[0].reason or None,
        "formula": formula,
        "left_out": dict(answer.left_out),
        "cautions": {code: cautions(answer, Language(code)) for code in CODES},
    }


def metric_customers(world: World, asked: Asked) -> Listed:
    """The customers behind one number, and which part of its formula counts them."""
    world, found = _metric(world, asked)
    window = _one_window(world, asked, found)
    answer = answers_of(world).ask(found, [window], where=asked.where)
    row = answer.rows[0]
    try:
        counted = People(world, asked.where).counted(found, window)
    except NotCountedError:
        counted = {}
    if not counted:
        raise UsageError(f"{found.title()} does not count customers one by one, so that nobody can be named.")
    if (part := asked[parameters.PART]) is not None and part not in counted:
        raise UsageError(
            f"{part} counts no customers here.", where="part", remedy=f"Possible is: {', '.join(counted)}."
        )
    known = all(row.parts.get(name) is not None for name in counted)
    wanted = counted[part] if part else frozenset[str]().union(*counted.values())
    holds = {**about(answer), "window_start": window.start, "window_end": window.end, "value": row.value}
    return Listed(
        about={**holds, "complete": row.complete, "reason": row.reason or None},
        columns=("customer_id", *counted),
        rows=[
            {"customer_id": who, **{name: who in customers for name, customers in counted.items()}}
            for who in (sorted(wanted) if known else ())
        ],
    )


def compared(world: World, asked: Asked) -> Record:
    """The definitions of one word side by side, how many customers make each difference, and for example who."""
    comparison = _compared(world, asked)
    leader = comparison.members[0]
    return {
        "family": comparison.family,
        **{name: value for name, value in about(leader.answer).items() if name not in ("metric", "unit")},
        "window_start": comparison.window.start,
        "window_end": comparison.window.end,
        "definitions": [_member(member, leader, examples=asked.names_customers) for member in comparison.members],
    }


def _compared(world: World, asked: Asked) -> Comparison:
    name = asked.key
    members = family(name, world.metrics) or ((world.metrics[name],) if name in world.metrics else ())
    if not members:
        known = ", ".join(families(world.metrics))
        what = f"There is no family of definitions named {name!r}."
        raise Problem("no_such_place", what, remedy=f"Families: {known}.")
    world = as_known(world, asked)
    window = _one_window(world, asked, *(member() for member in members))
    return compare_family(Answers(world, most_numbers=MOST_NUMBERS), name, window, asked.say, where=asked.where)


def _member(member: Member, leader: Member, *, examples: bool) -> Record:
    (row,) = told(member.answer)["rows"]
    gaps = None
    if member is not leader and member.gaps is not None:
        gaps = [
            {
                "customers": gap.customers,
                "above": gap.numerator,
                "below": gap.denominator,
                "who": gap.words,
                "examples": list(gap.examples) if examples else None,
            }
            for gap in member.gaps
        ]
    return {
        **definitions.metric_in_short(type(member.metric)),
        **row,
        "reason": member.row.reason or None,
        "working": member.working.line,
        "differs_by": gaps,
    }


# -- an analysis ---------------------------------------------------------------------------------------------
def analysis_rows(world: World, asked: Asked) -> TableAnswer:
    """The tables of an analysis over a span of days; as `stamm analyse` gives them."""
    world = as_known(world, asked)
    found = _analysis(world, asked)
    span = span_asked(world, asked, found)
    most = MOST_COMPARED if isinstance(found, CompareDefinitions) else MOST_WINDOWS
    _check_windows(len(found.windows(span)), most)
    answer = answers_of(world).analyse(found, span, by=asked[parameters.BY], where=asked.where)
    if (table := asked[parameters.TABLE]) is not None and table not in answer.tables:
        names = ", ".join(answer.tables)
        raise UsageError(f"There is no table {table!r} in it.", where="table", remedy=f"There are {names}.")
    return answer if asked.names_customers else answer.nameless()


def names_customers(key: str) -> bool:
    """Whether some table of an analysis names customers."""
    if key not in ANALYSES:
        return False
    found = ANALYSES[key]()
    return any(column.personal for table in found.tables for column in found.columns(table))


def analysis_customers(world: World, asked: Asked) -> Listed:
    """The customers behind one row of an analysis: who counts in it, and who could have and does not."""
    answer = analysis_rows(world, asked)
    behind = answers_of(as_known(world, asked)).customers(answer, answer.row_named(asked.pairs(parameters.ROW)))
    counts = {**dict.fromkeys(behind.others, False), **dict.fromkeys(behind.counted, True)}
    holds = {name: value for name, value in about(answer).items() if name != "settings"}
    return Listed(
        about={**holds, "row": asked.pairs(parameters.ROW)},
        columns=("customer_id", "counted"),
        rows=[{"customer_id": who, "counted": counts[who]} for who in sorted(counts)],
    )


# -- of what, and over which days ----------------------------------------------------------------------------
def answers_of(world: World) -> Answers:
    return Answers(world, most_numbers=MOST_NUMBERS)


def _metric(world: World, asked: Asked) -> tuple[World, Metric]:
    return as_known(world, asked), named_so(world.metrics, asked.key)(**asked.pairs(parameters.SETTINGS))


def _analysis(world: World, asked: Asked) -> Analysis:
    found = named_so(ANALYSES, asked.key)(**asked.pairs(parameters.SETTINGS))
    return found.knowing(world.metrics, world.coverage)


def named_so(registry: Registry[D], key: str) -> type[D]:
    try:
        return registry[key]
    except UsageError as error:
        raise Problem("no_such_place", error.what, remedy=error.remedy) from error


def as_known(world: World, asked: Asked) -> World:
    """The world as it was known at a moment, where one is named."""
    text = asked[parameters.AS_OF]
    if text is None:
        return world
    try:
        moment: datetime = moment_of(text, world.organisation.zone)
        if not parameters.EARLIEST <= moment.date() <= parameters.LATEST:
            raise ValueError
    except (ValueError, OverflowError) as error:
        remedy = "Write a day such as 2024-02-29 (its midnight counts), or a moment such as 2024-02-29T12:00Z."
        raise Problem("bad_question", f"{text!r} is no moment.", where="as_of", remedy=remedy) from error
    return replace(world, as_of=moment)


def _windows(world: World, asked: Asked, found: Metric) -> tuple[Window, ...]:
    """The windows asked for; without days, all that the data cover."""
    days = span_asked(world, asked, found)
    if asked[parameters.WINDOW] is not None:
        return (days,)
    grain = asked[parameters.GRAIN] or "month"
    _check_windows(days.length // _SHORTEST[grain])
    return windows(days.start, days.end, grain)


def _check_windows(count: int, most: int = MOST_WINDOWS) -> None:
    if count > most:
        raise UsageError(
            f"That would be {count:,} windows; at once there are at most {most:,}.",
            remedy="Ask for fewer days, or a coarser grain.",
        )


def span_asked(world: World, asked: Asked, found: Metric | Analysis) -> Window:
    """The days asked for; without them, all that the data cover."""
    start: date | None = asked[parameters.START]
    end: date | None = asked[parameters.END]
    if asked[parameters.WINDOW] is not None:
        return _named(asked)
    if start is None or end is None:
        kinds = kinds_needed(found, world)
        days = covered(world, kinds)
        if days is None:
            missing = ", ".join(kind for kind in kinds if kind not in world.coverage)
            raise UsageError(
                f"There is no data yet to compute {found.key} from.",
                where=f"missing: {missing}" if missing else "",
                remedy="Bring some in with `stamm import`, or name the days.",
            )
        start, end = start or days.start, end or days.end
    return Window(start, end)


def _named(asked: Asked) -> Window:
    if asked[parameters.START] is not None or asked[parameters.END] is not None:
        raise UsageError(
            "A window already says from when to when.", where="window", remedy="Leave out the days, or the window."
        )
    window: Window = asked[parameters.WINDOW]
    return window


def _one_window(world: World, asked: Asked, *found: Metric) -> Window:
    """The one window asked for; without it, the last complete one of the grain."""
    start, end = asked[parameters.START], asked[parameters.END]
    if asked[parameters.WINDOW] is not None:
        return _named(asked)
    if start is not None and end is not None:
        return Window(start, end)
    if start is not None or end is not None:
        raise UsageError("One end of the window is missing.", remedy="Give both from and to, or window=2017-11.")
    kinds = tuple(sorted({kind for each in found for kind in kinds_needed(each, world)}))
    window = last_complete(world, kinds, asked[parameters.GRAIN] or "month")
    if window is None:
        missing = ", ".join(kind for kind in kinds if kind not in world.coverage)
        raise UsageError(
            f"There is no data yet to compute {found[0].key} from.",
            where=f"missing: {missing}" if missing else "",
            remedy="Bring some in with `stamm import`, or name the days.",
        )
    return window
