"""stamm goal: what is aimed at, and how far it is."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from stamm.cli import printing
from stamm.cli.asking import day_named, pairs, where_option
from stamm.cli.session import Session, current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stamm.facts.filter import Filter
    from stamm.goals.keeping import Goal
    from stamm.goals.standing import Standing

ACTIONS = ("list", "show", "add", "check-in", "archive")


@command(
    "goal",
    step=8,
    about=(
        "Set goals, see how far they are and where they will end, and say how it goes.",
        (
            "A goal is a metric with a target and a day. What adds up over days (revenue, orders, new customers) is "
            "measured over all of them, else in a whole week, month or quarter (--per), of which the last one counts. "
            "A target that is a share is written in percent, money in major units. Tasks make a list of them; a goal "
            "without a metric and without tasks is done or not. Each change is a version more, and nothing is deleted."
        ),
    ),
    examples=(
        (
            "stamm goal add Revenue --metric revenue --target 390000 --from 2026-10-01 --until 2026-12-31",
            "A sum over three months",
        ),
        (
            "stamm goal add Staying --metric customer_retention_rate --per month --target 94 --until 2026-12-31",
            "A rate in a month",
        ),
        ("stamm goal list", "All of them, and how far they are"),
        ('stamm goal check-in 1 --note "The new shop window helps"', "Say how it goes; the value is kept with it"),
    ),
)
@argument("action", "list, show, add, check-in or archive.", type=click.Choice(ACTIONS))
@argument("which", "The number of a goal; for add its name.", required=False)
@option("--metric", metavar="KEY", help="For add: what is measured.")
@option("--target", metavar="NUMBER", help="For add: what is to be reached.")
@option("--from", "start", metavar="DAY", help="For add: the first day; without it, today.")
@option("--until", metavar="DAY", help="For add: the last day that counts.")
@option("--per", type=click.Choice(("week", "month", "quarter")), help="For add: measured in a window, not in sum.")
@option("--at-most", is_flag=True, help="For add: less is better.")
@option("--task", "tasks", multiple=True, metavar="TEXT", help="For add: a task of a list; may be repeated.")
@option("--step", "steps", multiple=True, metavar="WEEK=NUMBER", help="For add: a step of the path; may be repeated.")
@where_option
@option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the metric; may be repeated.")
@option("--owner", metavar="EMAIL", default="", help="For add: whose goal it is; without it, nobody's.")
@option("--parent", type=int, default=0, metavar="GOAL", help="For add: the goal that it serves.")
@option("--note", default="", metavar="TEXT", help="For add and check-in: a note.")
@option("--value", metavar="NUMBER", help="For check-in: what is reported by hand.")
@option("--done", type=int, metavar="TASK", help="For check-in: a task is done, by its number; 0 of yes or no.")
@option("--undone", type=int, metavar="TASK", help="For check-in: a task is not done after all.")
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json).",
)
def goal(*, action: str, which: str | None, form: str, **given: Any) -> None:
    """Do what is asked with goals."""
    say = current()
    if action == "list":
        _list(say, form)
        return
    if which is None:
        missing = say("{name} is missing.", name="WHICH")
        raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm goal"))
    if action == "add":
        _add(say, which, given)
        return
    if not which.isdecimal() or len(which) > 9:
        raise UsageError(f"{which!r} is no number.", remedy="`stamm goal list` shows all.")
    {"show": _show, "check-in": _check_in, "archive": _archive}[action](say, int(which), form, given)


# -- how far -------------------------------------------------------------------------------------------------
def _list(say: Session, form: str) -> None:
    from stamm.answers.written import csv_of, json_of
    from stamm.goals import keeping
    from stamm.goals.records import COLUMNS, record_of
    from stamm.reports.goal_words import GoalWords

    with closing(say.project.people()) as database, database.transaction() as run:
        found = keeping.goals(run)
    made = _standings(say, found)
    if form == "csv":
        click.echo(csv_of(COLUMNS, [record_of(each) for each in made]))
    elif form == "json":
        click.echo(json_of({"goals": [record_of(each) for each in made]}))
    elif not made:
        say.out.print(say("No goal is set yet."))
    else:
        headings = ("goal", "until", "how far", "pace", "where it will end")
        table = printing.table("", *(say(heading) for heading in headings))
        for each in made:
            words = GoalWords(each, say.language)
            until = say.language.short_day(each.goal.aim.due)
            table.add_row(str(each.goal.id), each.goal.aim.name, until, words.line, words.pace, words.forecast)
        say.out.show(table)


def _show(say: Session, number: int, form: str, _: dict[str, Any]) -> None:
    from stamm.answers.written import csv_of, json_of
    from stamm.goals import keeping
    from stamm.goals.records import WAY, record_of, way_of

    with closing(say.project.people()) as database, database.transaction() as run:
        found = keeping.goal_of(run, number)
        said, versions = keeping.check_ins_of(run, number), keeping.versions_of(run, number)
    (made,) = _standings(say, [found])
    if form == "csv":
        click.echo(csv_of(WAY, way_of(made)))
        return
    if form == "json":
        click.echo(json_of({**record_of(made), "way": way_of(made)}))
        return
    _print(say, made)
    if found.aim.tasks:
        say.heading(say("Tasks"))
        for todo in found.aim.tasks:
            say.out.print(f"{todo.number}  {'✓' if todo.number in found.done else ' '} {todo.told}")
    if told := [each for each in said if each.told]:
        say.heading(say("Check-ins"))
        for each in told:
            say.out.print(f"{say.language.moment(each.at)} UTC · {each.who}: {each.told}")
    if len(versions) > 1:
        say.heading(say("What it was before"))
        for version in versions[1:]:
            say.out.print(
                f"{say.language.moment(version.at)} UTC · {version.who}: {version.aim.written()}", style="quiet"
            )


def _print(say: Session, made: Standing) -> None:
    from stamm.reports.goal_words import GoalWords

    words, aim = GoalWords(made, say.language), made.goal.aim
    say.out.print(aim.name, style="title")
    if aim.note:
        say.out.print(aim.note, style="quiet")
    for condition in aim.filter:
        say.out.print(condition.told(say.language), style="quiet")
    say.out.print()
    rows = [
        (say("days"), words.days),
        (say("measured"), words.measured),
        (say("target"), words.bound),
        (say("how far"), words.line),
        (say("pace"), words.pace),
        (say("where it will end"), words.forecast),
    ]
    table = printing.table("", "")
    table.show_header = False
    for name, text in rows:
        table.add_row(name, text)
    say.out.show(table)
    lines = [text for text in (words.how, words.working.line if words.working else "", words.assumes) if text]
    if lines:
        say.heading(say("How this came about"))
        for line in lines:
            say.out.print(line)


def _standings(say: Session, found: Sequence[Goal]) -> list[Standing]:
    from stamm.answers import Answers
    from stamm.goals.standing import standing_of

    project = say.project
    answers, today = Answers(project.world()), _today(say)
    with say.err.status(say("Counting …")):
        return [standing_of(each, answers, today) for each in found]


def _today(say: Session) -> Any:
    from stamm.lang.window import zone_named

    return datetime.now(zone_named(say.project.organisation.zone)).date()


# -- doing ---------------------------------------------------------------------------------------------------
def _add(say: Session, name: str, given: dict[str, Any]) -> None:
    from stamm.goals import keeping
    from stamm.goals.aim import Aim, checked, todos_of
    from stamm.goals.reading import number_of, steps_of

    project, where = say.project, given["where"]
    start, until = day_named(given["start"], "--from", say), day_named(given["until"], "--until", say)
    if until is None:
        raise UsageError("A goal needs its last day.", where="--until", remedy="Write it as 2026-12-31.")
    currency, code = project.organisation.currency, say.language.code
    kind: Any = (
        "metric" if given["metric"] else "tasks" if given["tasks"] else "number" if given["target"] else "yes_no"
    )
    unit = project.metrics[given["metric"]].unit if given["metric"] else "count"
    aim = Aim(
        name=name,
        owner=given["owner"],
        kind=kind,
        start=start or _today(say),
        due=until,
        target=number_of(given["target"], unit, currency, code) if given["target"] else None,
        metric=given["metric"] or "",
        settings=tuple(pairs(given["params"], "--param", say).items()),
        where=_texts(where),
        per=given["per"] or "",
        at_most=given["at_most"],
        steps=steps_of((step.replace("=", " ", 1) for step in given["steps"]), unit, currency, code),
        tasks=todos_of(given["tasks"]),
        parent=given["parent"],
        note=given["note"],
    )
    made = checked(aim, project.metrics, project.saved)
    with closing(project.people()) as database, database.transaction() as run:
        number = keeping.make_goal(run, made, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Goal {number} is set: {name}.", number=number, name=made.name))


def _texts(where: Filter) -> tuple[str, ...]:
    return tuple(str(condition) for condition in where)


def _check_in(say: Session, number: int, _: str, given: dict[str, Any]) -> None:
    from stamm.goals import keeping
    from stamm.goals.aim import BY_HAND
    from stamm.goals.reading import number_of

    project, who, now = say.project, getpass.getuser(), datetime.now(UTC)
    with closing(project.people()) as database:
        with database.transaction() as run:
            found = keeping.goal_of(run, number)
        value, known_on = None, None
        if found.aim.kind == "metric":
            (made,) = _standings(say, [found])
            value, known_on = made.value, made.day
        elif given["value"] is not None:
            if found.aim.kind not in BY_HAND:
                raise UsageError("This goal takes no number.", where="--value", remedy="Say --done and a task.")
            unit = "count" if found.aim.kind == "number" else found.aim.kind
            value = number_of(given["value"], unit, project.organisation.currency, say.language.code)
            known_on = _today(say)
        with database.transaction() as run:
            for name, done in (("done", True), ("undone", False)):
                if given[name] is not None:
                    keeping.mark(run, number, given[name], done=done, who=who, now=now)
            if given["note"] or given["value"] is not None or (given["done"] is None and given["undone"] is None):
                keeping.check_in(run, number, given["note"], value=value, known_on=known_on, who=who, now=now)
    say.out.print(say("Written down."))


def _archive(say: Session, number: int, _: str, __: dict[str, Any]) -> None:
    from stamm.goals import keeping

    with closing(say.project.people()) as database, database.transaction() as run:
        seen = keeping.goal_of(run, number).revision
        keeping.archive_goal(run, number, seen=seen, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Goal {number} is archived; nothing of it is lost.", number=number))
