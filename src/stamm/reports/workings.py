"""How a number came about: who counts, over which days, by which rule and from which data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from stamm.answers.answer import Answer, Row
from stamm.answers.plan import uses
from stamm.answers.table import TableAnswer
from stamm.answers.working import working_of
from stamm.lang.formula import Operation
from stamm.lang.reasons import CANCELLED_ORDERS, CUSTOMERLESS_FACTS, CUSTOMERLESS_ORDERS, UNSOUND_ROWS
from stamm.lang.window import Window, day_of
from stamm.metrics import Metric
from stamm.metrics.operands import operands_of
from stamm.reports.figures import Figure, Figures, Months
from stamm.reports.wording import Words

#: a term and the lines that explain it
Pair = tuple[str, tuple[str, ...]]


#: one row, and several of them
_LEFT_OUT = {
    CUSTOMERLESS_ORDERS: ("{count} order without a customer", "{count} orders without a customer"),
    CUSTOMERLESS_FACTS: ("{count} fact without a customer", "{count} facts without a customer"),
    CANCELLED_ORDERS: ("{count} cancelled order", "{count} cancelled orders"),
    UNSOUND_ROWS: (
        "{count} row of any time that is not sound",
        "{count} rows of any time that are not sound",
    ),
}


class Workings:
    """Says of the figures of one report how they came about."""

    def __init__(self, figures: Figures, months: Months, words: Words) -> None:
        self.figures, self.months, self.words = figures, months, words
        self.say = words.language

    def pairs(self, figure: Figure) -> tuple[Pair, ...]:
        """Everything that decides a figure's value in the current month."""
        say, metric, answer, row = self.say, figure.metric, figure.answer, figure.row
        assert answer is not None  # there is a value
        assert row is not None
        found: list[Pair] = []
        if self._by_spells(metric):
            found.append((say("Here"), (here(self.words),)))
        if self.figures.world.organisation.history == "cut" and {"new", "first"} & set(metric.parts()):
            found.append((say("New"), (self.new(),)))
        found.append((say("Window"), (_window(row.window, self.words),)))
        found.append((say("Interval"), (self._interval(figure, row),)))
        passed_over = self.figures.left_out(answer)
        if passed_over:
            found.append((say("Left out"), tuple(left_out_words(passed_over, self.words))))
        if metric.settings:
            found.append((say("Setting"), tuple(self._settings(metric))))
        examples = tuple(self._examples(metric))
        if examples:
            found.append((say("Worked example"), examples))
        found.append((say("Data"), (_data(answer, self.words),)))
        return tuple(found)

    # -- who -----------------------------------------------------------------------------
    def _by_spells(self, metric: Metric) -> bool:
        reductions, _ = operands_of(metric)
        return uses({reduction.fact for reduction in reductions.values()}, "spells", self.figures.world)

    def new(self) -> str:
        """Who counts as new where the data begin in the middle of the organisation's life."""
        return self.say(
            "whoever was not seen in the data before; they begin on {day}", day=self.say.day(self.months.first)
        )

    # -- when ----------------------------------------------------------------------------
    def days_gone(self, figure: Figure, window: Window) -> str:
        """18 of 30 days, for a month that is not over."""
        as_of = figure.answer.as_of if figure.answer else None
        if as_of is None:
            return ""
        last = day_of(as_of - timedelta(microseconds=1), self.figures.world.organisation.zone)
        days = min(max((last - window.start).days + 1, 0), window.length)
        return self.say("{days} of {length} days", days=days, length=window.length)

    def open_because(self, figure: Figure, row: Row) -> str:
        """Why a month with a value is not final."""
        as_of = figure.answer.as_of if figure.answer else None
        if as_of is not None and row.window.ends_at(self.figures.world.organisation.zone) > as_of:
            return self.say("not over: {days}", days=self.days_gone(figure, row.window))
        return self.say("the data begin within it")

    # -- by which rule -------------------------------------------------------------------
    def _interval(self, figure: Figure, row: Row) -> str:
        metric = figure.metric
        if metric.interval is None:
            return self.words.no_interval(metric)
        bounds = self.words.interval(row.low, row.high, metric, figure.money) or self.say("none")
        return self.say("{rule}, 95%: {bounds}", rule=self.words.rule(metric), bounds=bounds)

    def _settings(self, metric: Metric) -> list[str]:
        declared = metric.settings_declared()
        german = self.say.code == "de"
        return [
            f"{name} = {self.say('not set') if value is None else value}: "
            f"{declared[name].de if german else declared[name].en}"
            for name, value in metric.settings.items()
        ]

    def _examples(self, metric: Metric) -> list[str]:
        found = []
        for example in metric.examples if isinstance(metric.formula(), Operation) else ():
            if not example.is_facts and set(metric.operands()) <= set(example.given):
                working = working_of(metric, example.given, example.value, self.say)
                found.append(self.say("{formula} gives {result}", formula=working.in_numbers, result=working.result))
        return found[:2]


def left_out_words(passed_over: Mapping[str, int], words: Words) -> list[str]:
    """Rows that were passed over, in words."""
    say = words.language
    return [say.counted(number, *_LEFT_OUT[what]) for what, number in passed_over.items()]


# -- of tables, too ------------------------------------------------------------------------------------------
def table_pairs(answer: TableAnswer, words: Words) -> tuple[Pair, ...]:
    """Everything that decides the tables of an analysis."""
    say = words.language
    found: list[Pair] = []
    if uses(answer.analysis.facts(), "spells", words.world):
        found.append((say("Here"), (here(words),)))
    found.append((say("Window"), (_window(answer.span, words),)))
    if answer.left_out:
        counts = (f"{say(what)} ({say.number(count)})" for what, count in answer.left_out.items())
        found.append((say("Left out"), tuple(counts)))
    if answer.notes:
        found.append((say("To mind"), tuple(note.of(say.code) for note in answer.notes)))
    found.append((say("Data"), (_data(answer, words),)))
    return tuple(found)


def here(words: Words) -> str:
    """Who is a customer, by the organisation's rule."""
    say, organisation = words.language, words.world.organisation
    if organisation.spell_rule == "subscriptions":
        return say("whoever has a running subscription")
    text = (
        say("whoever ordered in the {days} days before; after a longer silence a customer has left")
        if organisation.spell_rule == "orders"
        else say(
            "whoever ordered or did something in the {days} days before; after a longer silence a customer has left"
        )
    )
    return text.format(days=organisation.lapse_days)


def _window(window: Window, words: Words) -> str:
    say = words.language
    return say(
        "{start} to {end}, end excluded, {zone}",
        start=say.day(window.start),
        end=say.day(window.end),
        zone=words.world.organisation.zone,
    )


def _data(answer: Answer | TableAnswer, words: Words) -> str:
    say = words.language
    if answer.as_of is None:
        return say("snapshot {number}", number=answer.snapshot)
    last = day_of(answer.as_of - timedelta(microseconds=1), words.world.organisation.zone)
    text = say("snapshot {number}, to the end of {day}", number=answer.snapshot, day=say.day(last))
    return f"{text} · {say('Simulated data')}" if answer.simulated else text
