"""Ways through visits in words and boxes: how they branch, the most frequent ones, and where visits begin and end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from stamm.analyses.paths import ARROW, BACK, BRANCHES, Paths
from stamm.analyses.paths.journeys import TO
from stamm.analyses.paths.rows import Branch, Journey, Place
from stamm.analyses.signs import VISIT, Sign
from stamm.answers.table import TableAnswer
from stamm.charts.bar import bar
from stamm.charts.ways import Way, Ways, way_list_svg, ways_svg
from stamm.lang.language import Language
from stamm.lang.phrase import Phrase
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.journeys.signs import sign_words
from stamm.reports.marked import filled
from stamm.reports.trends import picture

#: class, width and height of the picture in each size, and how many places it has room for
SIZES = (("when-broad", 1120, 460, 6), ("when-half", 720, 440, 4))
#: the width of the list that a narrow page has instead
SMALL = 358
#: lines of the branching list, and groups shown one by one
MOST, GROUPS = 40, 8
#: so many pages that begin alike may better be one place
ALIKE = 4


@dataclass(frozen=True)
class Node:
    """One place reached by one way: how far from the step, who came so, and what of them went no further."""

    depth: int
    place: str
    way: str
    visits: str
    share: str
    of_before: str
    ended: str
    drawn: Markup


@dataclass(frozen=True)
class Line:
    """One line of a table of shares: what it is of, visits, their share with its interval, and its row."""

    name: str
    visits: str
    visitors: str
    share: str
    interval: str
    drawn: Markup
    who: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Where visits begin, end or come from: the heading, the table's name, its lines and how many visits are known."""

    title: str
    head: str
    table: str
    lines: tuple[Line, ...]
    n: str


@dataclass(frozen=True)
class PathsWords:
    """The ways that branch as a picture and a list, the most frequent ways, and the tables beside."""

    sentence: str
    charts: tuple[Markup, ...]
    nodes: tuple[Node, ...]
    left: int
    ways: tuple[Line, ...]
    places: tuple[Places, ...]
    open_because: str
    #: how many pages begin, and what the setting `together` has to be so that they are one place
    alike: tuple[str, str] | None


@dataclass(frozen=True)
class Group:
    """The most frequent ways of one group."""

    name: str
    value: str
    n: str
    ways: tuple[tuple[str, str], ...]


def paths_of(answer: TableAnswer, say: Language) -> PathsWords | None:
    """The ways of all visits together; None where none comes to the step, or nothing is known."""
    rows: Sequence[Journey] = answer.rows
    if not rows or rows[0].visits is None:
        return None
    branches: Sequence[Branch] = answer.tables[BRANCHES]
    return PathsWords(
        sentence=_sentence(answer, say),
        charts=_charts(answer, branches, say) if branches else (),
        nodes=tuple(_node(Told(answer, row, say, BRANCHES)) for row in _largest(branches)),
        left=max(len(branches) - MOST, 0),
        ways=tuple(_way(answer, row, say) for row in rows),
        places=tuple(_places(answer, table, say) for table in ("landing", "exit", "referrers", "channels")),
        open_because=why_not(rows[0].reason, answer, say) if rows[0].reason else "",
        alike=_alike(answer),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why there are no ways."""
    if answer.rows:
        return why_not(answer.rows[0].reason, answer, say)
    return say("no visit came to {step}", step=say.quoted(_step(answer, say)))


def groups_of(answer: TableAnswer, say: Language) -> tuple[Group, ...]:
    """The three most frequent ways of each group, the largest groups first."""
    groups: dict[str | None, list[Journey]] = {}
    for row in answer.rows:
        if row.visits is not None:
            groups.setdefault(row.group, []).append(row)
    ordered = sorted(groups.items(), key=lambda each: (-(each[1][0].n or 0), each[0] or ""))
    return tuple(
        Group(
            name=say("unknown") if group is None else group,
            value=group or "",
            n=Told(answer, rows[0], say)("n"),
            ways=tuple((row.journey, Told(answer, row, say)("share")) for row in rows[:3]),
        )
        for group, rows in ordered[:GROUPS]
    )


def _step(answer: TableAnswer, say: Language) -> str:
    assert isinstance(answer.analysis, Paths)
    return sign_words(Sign.read(answer.analysis.step, "step"), say)


def _sentence(answer: TableAnswer, say: Language) -> str:
    assert isinstance(answer.analysis, Paths)
    count = Told(answer, answer.rows[0], say)("n")
    if answer.analysis.step != VISIT:
        return filled(say("{count} visits came to {step}."), count=count, step=say.quoted(_step(answer, say)))
    first, last = (answer.tables[table] for table in ("landing", "exit"))
    if not first or not last:
        return filled(say("{count} visits."), count=count)
    return filled(
        say("{count} visits. Most begin on {first} ({begin}), most end on {last} ({end})."),
        count=count,
        first=first[0].what,
        begin=Told(answer, first[0], say, "landing")("share"),
        last=last[0].what,
        end=Told(answer, last[0], say, "exit")("share"),
    )


def _alike(answer: TableAnswer) -> tuple[str, str] | None:
    """How most of the pages that are told begin, where several do, and the pages taken together with those."""
    assert isinstance(answer.analysis, Paths)
    pages = {row.here for row in answer.tables[BRANCHES]} | {
        row.what for table in ("landing", "exit") for row in answer.tables[table] if row.what
    }
    pages |= {place for row in answer.rows for place in row.journey.split(ARROW)}
    begins = Counter(page[: page.index("/", 1) + 1] for page in pages if "/" in page[1:] and not page.endswith("*"))
    first, count = max(begins.items(), key=lambda each: (each[1], each[0]), default=("", 0))
    if count < ALIKE or not first.startswith("/"):
        return None
    return first, ", ".join(filter(None, (answer.analysis.together, f"{first}*")))


# -- how they branch -----------------------------------------------------------------------------------------
def _largest(branches: Sequence[Branch]) -> list[Branch]:
    """The most frequent places, in the order of the tree; whoever comes from a place comes after it."""
    kept = {id(row) for row in sorted(branches, key=lambda row: -row.visits)[:MOST]}
    return [row for row in branches if id(row) in kept]


def _node(told: Told) -> Node:
    row, share = told.row, told("share")
    return Node(
        depth=row.depth,
        place=row.here,
        way=row.way,
        visits=told("visits"),
        share=share,
        of_before=told("of_before"),
        ended=told("ended"),
        drawn=picture(bar(row.share or 0.0, 0.0, 1.0, "", share)),
    )


def _charts(answer: TableAnswer, branches: Sequence[Branch], say: Language) -> tuple[Markup, ...]:
    assert isinstance(answer.analysis, Paths)
    back, longest = answer.analysis.direction == TO, max(row.depth for row in branches)
    label = (
        f"{say('How ways branch; a box is as tall as it is frequent.')} {say('The numbers are in the table below.')}"
    )
    first = _after("", branches, 1, BACK if back else ARROW, say)
    drawn = []
    for kind, width, height, count in SIZES:
        ways = Ways(first, _heads(min(count, longest), say, back=back), say("others"), back)
        drawn.append(picture(ways_svg(ways, width, height, label=label, kind=kind)))
    small = Ways(first, (), "", back)
    return (*drawn, picture(way_list_svg(small, SMALL, label=label, kind="when-small")))


def _after(way: str, branches: Sequence[Branch], depth: int, sign: str, say: Language) -> list[Way]:
    """The places after a way, the most frequent first, and all that follow them."""
    inside = [row for row in branches if row.depth >= depth and (not way or row.way.startswith(way + sign))]
    return [
        Way(
            words=row.here,
            told=say.value(row.share, "share"),
            share=row.share or 0.0,
            ended=_ended(row),
            after=_after(row.way, inside, depth + 1, sign, say),
        )
        for row in inside
        if row.depth == depth
    ]


def _ended(row: Branch) -> float:
    """Of all visits, the share that went no further than here."""
    return (row.share or 0.0) * (row.ended or 0) / row.visits if row.visits else 0.0


def _heads(count: int, say: Language, *, back: bool) -> list[str]:
    if back:
        return [say("The step"), *(say("{number} before", number=number) for number in range(1, count))]
    return [say("Place {number}", number=number) for number in range(1, count + 1)]


# -- tables --------------------------------------------------------------------------------------------------
def _way(answer: TableAnswer, row: Journey, say: Language) -> Line:
    told = Told(answer, row, say)
    return Line(
        name=row.journey,
        visits=told("visits"),
        visitors=told("visitors"),
        share=told("share"),
        interval=told.interval(),
        drawn=_drawn(row, answer.rows, say),
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )


def _places(answer: TableAnswer, table: str, say: Language) -> Places:
    titles = {
        "landing": say("Where visits begin"),
        "exit": say("Where visits end"),
        "referrers": say("Where they come from"),
        "channels": say("Through which channel"),
    }
    rows: Sequence[Place] = answer.tables[table]
    head: Phrase = next(column.words for column in answer.analysis.columns(table) if column.name == "what")
    words = head.of(say.code)
    return Places(
        title=titles[table],
        head=words[:1].upper() + words[1:],
        table=table,
        lines=tuple(
            Line(
                name=told.row.what or say("unknown"),
                visits=told("visits"),
                visitors="",
                share=told("share"),
                interval="",
                drawn=_drawn(told.row, rows, say),
                who=(),
            )
            for told in (Told(answer, row, say, table) for row in rows)
        ),
        n=Told(answer, rows[0], say, table)("n") if rows else "0",
    )


def _drawn(row: Any, rows: Sequence[Any], say: Language) -> Markup:
    most = max((each.share or 0.0 for each in rows), default=1.0)
    return picture(bar(row.share or 0.0, 0.0, most, "", say.value(row.share, "share")))
