"""Who explains the differences: the definitions of one word, and the customers whom each counts differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.compare import Gap, Member, Side, compare_family
from stamm.lang.language import MINUS, Language
from stamm.metrics import families, family
from stamm.reports.commands import within
from stamm.reports.exact import Exact
from stamm.reports.figures import Figure, Figures, Months
from stamm.reports.marked import exactly
from stamm.reports.wording import Words

#: families that every reader is shown; the others are for those who ask for all
FIRST = ("retention", "churn")
#: groups of customers that are told one by one where not all are asked for
MOST = 3


@dataclass(frozen=True)
class Counted:
    """Customers whom a definition counts differently: a sentence, and the first of them by their keys."""

    sentence: str
    examples: str


@dataclass(frozen=True)
class Definition:
    """One definition in the current month, and the way to it from the default.

    `way` is the fraction of the default with what is added on either side; `unnamed` says why nobody is named.
    """

    key: str
    name: str
    formula: str
    filled_in: str
    value: Markup
    known: bool
    before: Markup
    difference: str
    sentence: str
    reason: str
    default: bool
    way: Markup
    counted: tuple[Counted, ...]
    unnamed: str


@dataclass(frozen=True)
class Family:
    """All definitions of one word."""

    key: str
    title: str
    definitions: tuple[Definition, ...]
    command: str


def families_of(figures: Figures, months: Months, words: Words, *, all_of_them: bool) -> tuple[Family, ...]:
    """The families of which at least one member has a value in the current month.

    Not `all_of_them`: the first two, without definitions that have no value or the default's, and nobody's key.
    """
    order = sorted(
        families(figures.world.metrics), key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name)
    )
    found = []
    for name in order if all_of_them else FIRST:
        members = [
            figure for metric in family(name, figures.world.metrics) if (figure := figures[metric.key]) is not None
        ]
        if len(members) > 1 and any(figure.value is not None for figure in members):
            found.append(family_of(name, figures, months, words, all_of_them=all_of_them))
    return tuple(each for each in found if len(each.definitions) > 1)


def family_of(name: str, figures: Figures, months: Months, words: Words, *, all_of_them: bool) -> Family:
    """The definitions of one word in the current month, side by side; see `families_of` for what is left out."""
    compared = compare_family(figures.answers, name, months.now, words.language, where=figures.where)
    leader = compared.members[0]
    definitions = [
        _definition(member, leader, figures[member.metric.key], words, full=all_of_them)
        for member in compared.members
        if all_of_them or member is leader or member.row.value not in (None, leader.row.value)
    ]
    return Family(
        key=name,
        title=leader.metric.title(words.language.code),
        definitions=tuple(definitions),
        command=" ".join([f"stamm compare {name} --window {months.now.name}", *within(figures.where)]),
    )


def _definition(member: Member, leader: Member, figure: Figure | None, words: Words, *, full: bool) -> Definition:
    say, metric, known = words.language, member.metric, member.row.value is not None
    before = figure.before if figure else None
    way = member.way_from(leader)
    plain = member.working.in_numbers == member.working.result
    return Definition(
        key=metric.key,
        name=metric.title(say.code),
        formula=member.working.in_words,
        filled_in=member.working.in_numbers if known and not plain else "",
        value=Exact(member.row, metric)("value", member.working.result),
        known=known,
        before=Exact(before, metric).value(words, figure.money, 2)
        if figure and before and before.value is not None
        else Markup(),
        difference=_difference(member, leader, words),
        sentence=metric.sentence(say.code),
        reason="" if known or figure is None else words.reason(figure, member.row),
        default=member is leader,
        way=_way(*way, member.working.result, say) if way else Markup(),
        counted=_counted(member.gaps or (), say, full=full) if known else (),
        unnamed=_unnamed(member, leader, say) if known else "",
    )


def _difference(member: Member, leader: Member, words: Words) -> str:
    say = words.language
    if member is leader:
        return say("the default")
    if member.row.value is None or leader.row.value is None:
        return ""
    if member.metric.unit != leader.metric.unit:
        return say("a ratio, not a share") if member.metric.unit == "ratio" else say("in another unit")
    if member.row.value == leader.row.value:
        return say("the same")
    difference = member.row.value - leader.row.value
    return exactly(difference, say.change(difference, member.metric.unit, member.answer.currency, 2))


def _unnamed(member: Member, leader: Member, say: Language) -> str:
    if member is leader:
        return ""
    if member.gaps is None:
        return say("It does not count customers one by one, so nobody is named.")
    if not member.gaps:
        return say("It counts the same customers as the default.")
    if member.way_from(leader) is None:
        return say("It is no single fraction, so the customers do not add up to the difference.")
    return ""


# -- in words ---------------------------------------------------------------------------------
def _counted(gaps: Sequence[Gap], say: Language, *, full: bool) -> tuple[Counted, ...]:
    """All groups with the first keys of each, or the largest groups and how many are left."""
    if full:
        return tuple(Counted(sentence_of(gap, say), _keys(gap, say)) for gap in gaps)
    told = gaps if len(gaps) <= MOST + 1 else gaps[:MOST]
    found = [Counted(sentence_of(gap, say), "") for gap in told]
    left = gaps[len(told) :]
    if left:
        count = say.number(sum(gap.customers for gap in left))
        found.append(Counted(say("And {groups} smaller groups, {count} customers.", groups=len(left), count=count), ""))
    return tuple(found)


def _keys(gap: Gap, say: Language) -> str:
    examples = ", ".join(gap.examples)
    return say("{keys} and others", keys=examples) if gap.customers > len(gap.examples) else examples


def sentence_of(gap: Gap, say: Language) -> str:
    """78 customers are added above the line: “here at the end”, but not “new”."""
    many = {
        (1, 0): say("{count} customers are added above the line: {who}."),
        (-1, 0): say("{count} customers are taken off above the line: {who}."),
        (0, 1): say("{count} customers are added below the line: {who}."),
        (0, -1): say("{count} customers are taken off below the line: {who}."),
        (1, 1): say("{count} customers are added above and below the line: {who}."),
        (-1, -1): say("{count} customers are taken off above and below the line: {who}."),
    }
    one = {
        (1, 0): say("1 customer is added above the line: {who}."),
        (-1, 0): say("1 customer is taken off above the line: {who}."),
        (0, 1): say("1 customer is added below the line: {who}."),
        (0, -1): say("1 customer is taken off below the line: {who}."),
        (1, 1): say("1 customer is added above and below the line: {who}."),
        (-1, -1): say("1 customer is taken off above and below the line: {who}."),
    }
    weights = (int(gap.numerator), int(gap.denominator))
    other = (
        say("1 customer counts {top} above and {bottom} below the line: {who}.")
        if gap.customers == 1
        else say("{count} customers count {top} above and {bottom} below the line: {who}.")
    )
    return (
        (one if gap.customers == 1 else many)
        .get(weights, other)
        .format(
            count=say.number(gap.customers),
            top=say.number(gap.numerator, signed=True),
            bottom=say.number(gap.denominator, signed=True),
            who=gap.words,
        )
    )


def _way(top: Side, bottom: Side, result: str, say: Language) -> Markup:
    """(2,164 + 78) / 2,243 = 2,242 / 2,243 = 99.96%, as a fraction."""
    heard = say("{left} divided by {right}", left=_heard(top, say), right=_heard(bottom, say))
    steps = [_fraction(_sum(top, say), _sum(bottom, say))]
    if any(top.added) or any(bottom.added):
        total = _fraction([say.number(top.total)], [say.number(bottom.total)])
        steps.append(Markup('<span class="eq">= {}</span>').format(total))
    steps.append(Markup('<span class="eq">= <span class="result">{}</span></span>').format(result))
    label = say("{formula} is {result}", formula=heard, result=result)
    return Markup('<p class="formula" role="math" aria-label="{}">{}</p>').format(label, Markup(" ").join(steps))


def _sum(side: Side, say: Language) -> list[str]:
    added = [number for number in side.added if number]
    signs = [f"{'+' if number > 0 else MINUS} {say.number(abs(number))}" for number in added]
    return [say.number(side.default), *signs]


def _fraction(top: Sequence[str], bottom: Sequence[str]) -> Markup:
    drawn = [Markup("").join(Markup("<span>{}</span> ").format(term) for term in side) for side in (top, bottom)]
    return Markup(
        '<span class="frac"><span><span class="terms">{}</span></span><span><span class="terms">{}</span></span></span>'
    ).format(*drawn)


def _heard(side: Side, say: Language) -> str:
    text = say.number(side.default)
    for number in side.added:
        if number:
            form = say("{left} plus {right}") if number > 0 else say("{left} minus {right}")
            text = form.format(left=text, right=say.number(abs(number)))
    return text
