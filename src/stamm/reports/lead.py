"""The report's sentence, computed from the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.working import working_of_row
from stamm.reports.figures import RETENTION, Figure, Figures, Months
from stamm.reports.formula_markup import formula_markup
from stamm.reports.wording import Words


@dataclass(frozen=True)
class Lead:
    """The sentence, and how the number in it came about."""

    sentence: str
    formula: Markup
    meaning: str
    judged: str
    key: str


def lead_of(figures: Figures, months: Months, shown: tuple[Figure, ...], words: Words) -> Lead:
    """What the report says first: retention where it is known, else the first number there is."""
    say = words.language
    month = say.month(months.now.start, year=False)
    if not shown:
        return Lead(
            say("No number of this report has a value in {month}.", month=say.month(months.now.start)),
            Markup(),
            "",
            "",
            "",
        )
    figure = shown[0]
    row, answer = figure.row, figure.answer
    assert row is not None  # a figure shown has a value
    assert answer is not None
    value = words.value(row.value, figure.metric, figure.money)
    if not row.complete:
        name = figure.metric.title(say.code)
        sentence = say("{name} in {month} so far: {value}. The month is not over.", name=name, month=month, value=value)
    elif figure.metric.key == RETENTION:
        sentence = _stayed(figure, months, words) + _customers(figures, months, words)
    else:
        sentence = _plain(figure, months, words)
    return Lead(
        sentence,
        formula_markup(working_of_row(answer, row, say), say),
        figure.metric.sentence(say.code),
        _how_judged(figure, words),
        figure.metric.key,
    )


def _stayed(figure: Figure, months: Months, words: Words) -> str:
    say, change = words.language, figure.change
    month = say.month(months.now.start, year=False)
    value = words.value(figure.value, figure.metric, "")
    if change is None or months.before is None:
        return say("In {month} {value} of customers stayed.", month=month, value=value)
    before = say.month(months.before.start, year=months.far)
    points = say.number(abs(100 * change.difference), 1)
    texts = {
        (True, True): say(
            "In {month} {value} of customers stayed, {points} points more than in {before}: a clear rise."
        ),
        (True, False): say(
            "In {month} {value} of customers stayed, {points} points fewer than in {before}: a clear fall."
        ),
        (False, True): say(
            "In {month} {value} of customers stayed, {points} points more than in {before}: no clear change."
        ),
        (False, False): say(
            "In {month} {value} of customers stayed, {points} points fewer than in {before}: no clear change."
        ),
    }
    if change.judgement == "same" or points == say.number(0, 1):
        text = say("In {month} {value} of customers stayed, as many as in {before}.")
    else:
        text = texts[change.judgement != "unclear", change.difference > 0]
    return text.format(month=month, value=value, points=points, before=before)


def _customers(figures: Figures, months: Months, words: Words) -> str:
    say, figure = words.language, figures["customer_count"]
    if figure is None or figure.row is None or figure.value is None or not figure.row.complete or figure.value == 1:
        return ""
    count, change = say.number(figure.value), figure.change
    if change is None:
        return " " + say("At the end of the month there were {count} customers.", count=count)
    if change.difference == 0:
        text = (
            say("At the end of the month there were {count} customers, as many as a year before.")
            if months.far
            else say("At the end of the month there were {count} customers, as many as a month before.")
        )
    elif change.difference > 0:
        text = (
            say("At the end of the month there were {count} customers, {difference} more than a year before.")
            if months.far
            else say("At the end of the month there were {count} customers, {difference} more than a month before.")
        )
    else:
        text = (
            say("At the end of the month there were {count} customers, {difference} fewer than a year before.")
            if months.far
            else say("At the end of the month there were {count} customers, {difference} fewer than a month before.")
        )
    return " " + text.format(count=count, difference=say.number(abs(change.difference)))


def _plain(figure: Figure, months: Months, words: Words) -> str:
    say = words.language
    name, month = figure.metric.title(say.code), say.month(months.now.start, year=False)
    value = words.value(figure.value, figure.metric, figure.money)
    change = figure.change
    if change is None or months.before is None:
        return say("{name} in {month}: {value}.", name=name, month=month, value=value)
    said = words.change(change, figure.metric, figure.money, months.before, far=months.far)
    if change.judgement == "unclear":
        amount = words.amount(change, figure.metric, figure.money)
        text = say("{name} in {month}: {value} ({change} {beside}, no clear change).")
    else:
        amount = said.text
        text = say("{name} in {month}: {value} ({change} {beside}).")
    return text.format(name=name, month=month, value=value, change=amount, beside=said.beside)


def _how_judged(figure: Figure, words: Words) -> str:
    say, change = words.language, figure.change
    if change is None:
        return ""
    low, high = change.bounds
    if low is None or high is None:
        return say("The number has no interval, so chance is not judged.")
    ends = [say.change(end, figure.metric.unit, figure.money) for end in (low, high)]
    text = (
        say(
            "The difference lies between {low} and {high} (95% interval). 0 lies within: chance alone may have made it."
        )
        if change.judgement in ("unclear", "same")
        else say("The difference lies between {low} and {high} (95% interval). 0 lies outside: hardly chance alone.")
    )
    return text.format(low=ends[0], high=ends[1])
