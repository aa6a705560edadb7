"""A comparison as people read it: the definitions, their workings, and who makes each gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from stamm.answers.plan import uses
from stamm.answers.reach import kinds_needed, last_complete
from stamm.cli import printing
from stamm.cli.asking import Span, windows_of
from stamm.cli.session import Session
from stamm.lang.errors import UsageError
from stamm.lang.window import Window
from stamm.metrics import family
from stamm.metrics.operands import facts_used

if TYPE_CHECKING:
    from stamm.answers.compare import Comparison, Gap, Member
    from stamm.answers.world import World


def window_of(name: str, span: Span, world: World, say: Session) -> Window:
    """The one window to compare over: as named, from day to day, or the last complete one."""
    known = world.metrics
    metrics = family(name, known) or ((known[name],) if name in known else ())
    kinds = tuple(sorted({kind for metric in metrics for kind in kinds_needed(metric(), world)}))
    if span.window is not None:
        return windows_of(span, world, metrics[0](), say)[0] if metrics else Window.parse(span.window)
    if span.start and span.end:
        return Window(span.start, span.end)
    if span.start or span.end:
        raise UsageError(
            say("One end of the window is missing."), remedy=say("Give both --from and --to, or --window 2017-11.")
        )
    found = last_complete(world, kinds, span.grain) if kinds else Window.parse("2000")
    if found is None:
        missing = ", ".join(kind for kind in kinds if kind not in world.coverage)
        raise UsageError(
            say("There is no data yet to compare on."),
            where=say("missing: {kinds}", kinds=missing) if missing else "",
            remedy=say("Bring some in with `stamm import`."),
        )
    return found


def print_comparison(comparison: Comparison, world: World, say: Session) -> None:
    """The table of definitions, then one block each."""
    title = say("{family}: {window}", family=comparison.family, window=say.language.window(comparison.window))
    say.out.print(title, style="title")
    printing.print_filter(comparison.members[0].answer.where, say)
    say.out.print()
    made = printing.table(say("definition"), say("value"), say("what it does"), right=(1,))
    code = say.language.code
    for member in comparison.members:
        made.add_row(member.metric.title(code), member.working.result, member.metric.sentence(code))
    say.out.show(made)
    leader = comparison.members[0]
    for member in comparison.members:
        say.heading(member.metric.title(code))
        say.out.print(member.metric.key, style="quiet")
        if member.row.value is None:
            reason = printing.reason_in_words(say, member.row, member.answer, world)
            say.out.print(f"{say('no value')}: {reason}")
            continue
        say.out.plain(member.working.in_words)
        say.out.plain(printing.numbers_line(member.working))
        if member is not leader:
            _print_gaps(member, leader, say)
    used = {fact for member in comparison.members for fact in facts_used(member.metric)}
    printing.print_notes(leader.answer, world, say, spells=uses(used, "spells", world))


def _print_gaps(member: Member, leader: Member, say: Session) -> None:
    usual = leader.metric.title(say.language.code)
    if member.gaps is None:
        say.out.print(say("Nobody can be named: this definition does not count customers one by one."), style="quiet")
        return
    if not member.gaps:
        say.out.print(say("It counts the same customers as {name}.", name=usual), style="quiet")
        return
    say.out.print(say("Who makes the difference to {name}:", name=usual))
    made = printing.table(say("customers"), say("counted differently"), say("who"), say("for example"), right=(0,))
    for gap in member.gaps:
        examples = ", ".join(gap.examples) + (" ..." if gap.customers > len(gap.examples) else "")
        made.add_row(say.language.number(gap.customers), _weights(gap, say), Text(gap.words), Text(examples))
    say.out.show(made)


def _weights(gap: Gap, say: Session) -> str:
    sides = ((gap.numerator, say("above the line")), (gap.denominator, say("below the line")))
    return ", ".join(f"{say.language.number(weight, signed=True)} {side}" for weight, side in sides if weight)
