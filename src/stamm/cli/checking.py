"""The checks as people read them: what the data support, and what does not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from stamm.answers import Answers
from stamm.answers.reach import kinds_needed, last_complete
from stamm.app.consistency import all_checks, plan_of
from stamm.app.retelling import told
from stamm.cli import printing
from stamm.cli.definitions import by_topic, topic_title
from stamm.cli.session import Session
from stamm.engines.kind import CannotRunError
from stamm.lang.errors import StammError

if TYPE_CHECKING:
    from stamm.answers.world import World
    from stamm.metrics import Metric


def print_support(world: World, say: Session) -> int:
    """For each metric whether it can be computed, and why not; how many failed that should have a value."""
    answers, failed, code = Answers(world), 0, say.language.code
    say.out.print(say("What can be computed"), style="title")
    made = printing.table(say("metric"), say("window"), say("value"), say("why not"), right=(2,))
    with say.err.status("") as status:
        for topic, metrics in by_topic(world.metrics).items():
            made.add_row(Text(topic_title(topic, say), style="strong"))
            for kind in metrics:
                status.update(kind.title(code))
                metric = kind()
                window, value, reason, broken = _supported(metric, answers, say)
                failed += broken
                style = "bad" if broken else "quiet" if reason else None
                made.add_row(f"  {metric.key}", window, value, reason, style=style)
    say.out.show(made)
    return failed


def _supported(metric: Metric, answers: Answers, say: Session) -> tuple[str, str, str, bool]:
    """Window, value, and why there is none; whether that is an error of the data."""
    world = answers.world
    kinds = kinds_needed(metric, world)
    window = last_complete(world, kinds)
    if window is None or not all(kind in world.coverage for kind in kinds):
        return "", "", printing.absent_in_words(kinds, world, say), False
    name = say.language.window(window, short=True)
    try:
        answer = answers.ask(metric, [window])
    except StammError as error:
        return name, "", told(error, say.language), True
    (row,) = answer.rows
    if row.value is None:
        return name, "", printing.reason_in_words(say, row, answer, world), False
    return name, say.language.value(row.value, metric.unit, answer.currency), "", False


def print_consistency(world: World, say: Session) -> int:
    """Every check that the data allow; how many found something."""
    say.heading(say("Do the data agree with themselves?"))
    made = printing.table(say("check"), say("found"), say("for example"), right=(1,))
    plan, found, unread = plan_of(world), [], 0
    with say.err.status("") as status:
        for check in all_checks():
            if plan is None or not all(kind in world.coverage for kind in check.needs):
                continue
            status.update(check.told(say.language))
            try:
                count, examples = check.run(plan)
            except CannotRunError as error:
                made.add_row(check.told(say.language), say("cannot be told on {engine}", engine=error.engine))
                continue
            if count:
                found.append(check)
            said = say.language.number(count) if count else say("agrees")
            made.add_row(check.told(say.language), said, examples, style="bad" if count else None)
    if plan is None:
        say.out.print(say("There is no data yet. Bring some in with `stamm import`."))
        return 0
    say.out.show(made)
    for check in found:
        say.out.print()
        say.out.print(check.told(say.language), style="strong")
        say.out.print(say(check.remedy))
    return len(found) + unread
