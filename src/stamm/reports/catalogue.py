"""Every metric in one table: its value in the last complete month, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.working import working_of_row
from stamm.lang.definition import title_of
from stamm.lang.language import Language
from stamm.reports.exact import Exact
from stamm.reports.figures import Figure, Figures
from stamm.reports.wording import Words

_ORDER = ("retention", "revenue", "feedback", "tickets", "engagement", "messages", "social", "gatherings")


@dataclass(frozen=True)
class Line:
    """One metric in words; `link` where the report has a chapter on it."""

    key: str
    name: str
    also: str
    sentence: str
    working: str
    value: Markup
    known: bool
    interval: Markup
    n: Markup
    reason: str
    link: bool


@dataclass(frozen=True)
class Topic:
    """The metrics of one topic."""

    key: str
    name: str
    lines: tuple[Line, ...]


def topics_of(figures: Figures, words: Words, linked: frozenset[str]) -> tuple[Topic, ...]:
    """All metrics by topic, in the order of their names."""
    say = words.language
    found: dict[str, list[Line]] = {}
    for figure in figures.all.values():
        metric, row = figure.metric, figure.row
        topic = metric.topic()
        known = row is not None and row.value is not None
        value = words.value(figure.value, metric, figure.money)
        value = say("{value} so far", value=value) if row is not None and known and not row.complete else value
        exact = Exact(row, metric) if row is not None and known else None
        found.setdefault(topic, []).append(
            Line(
                key=metric.key,
                name=metric.title(say.code),
                also=metric.also,
                sentence=metric.sentence(say.code),
                working=_working(figure, words) if known else "",
                value=exact("value", value) if exact else Markup("{}").format(value),
                known=known,
                interval=exact.interval(words, figure.money) if exact else Markup(),
                n=Markup() if row is None or row.n is None or not exact else exact("n", say.number(row.n)),
                reason="" if known else words.reason(figure, row),
                link=metric.key in linked,
            )
        )
    ordered = sorted(found, key=lambda topic: (_ORDER.index(topic) if topic in _ORDER else len(_ORDER), topic))
    return tuple(
        Topic(topic, topic_words(topic, say), tuple(sorted(found[topic], key=lambda line: line.name.casefold())))
        for topic in ordered
    )


def topic_words(topic: str, say: Language) -> str:
    """What a topic is called."""
    names = {
        "retention": say("Staying and buying again"),
        "revenue": say("Revenue and value"),
        "feedback": say("Feedback"),
        "tickets": say("Customer service"),
        "engagement": say("Visits and conversion"),
        "messages": say("Messages"),
        "social": say("Social networks"),
        "gatherings": say("Gatherings"),
        "own": say("Your own"),
    }
    return names.get(topic) or title_of(topic)


def _working(figure: Figure, words: Words) -> str:
    """The formula, and the numbers in it."""
    assert figure.answer is not None  # there is a value
    assert figure.row is not None
    working = working_of_row(figure.answer, figure.row, words.language)
    text = " = ".join(dict.fromkeys((working.in_words, working.in_numbers)))
    return f"{text} · {words.language('Simulated data')}" if figure.answer.simulated else text
