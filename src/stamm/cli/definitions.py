"""Definitions as people read them: meaning, formula, numbers filled in, examples, relatives, origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

from stamm.answers import Answers
from stamm.answers.examples import sum_example
from stamm.answers.reach import kinds_needed, last_complete
from stamm.answers.working import Working, operand_words, unit_of, working_of
from stamm.cli import printing
from stamm.cli.asking import Span, windows_of
from stamm.cli.session import Session
from stamm.lang.definition import Setting, title_of
from stamm.lang.errors import UsageError
from stamm.lang.example import Example, Row
from stamm.lang.language import ELAPSED, NO_BREAK
from stamm.lang.registry import Registry
from stamm.lang.window import Window
from stamm.metrics import Metric, family

Number = int | float
#: topics by the package they lie in; others are called after their package
TOPICS = {
    "engagement": "Engagement",
    "feedback": "Feedback",
    "gatherings": "Gatherings",
    "messages": "Messages",
    "retention": "Retention",
    "revenue": "Revenue",
    "social": "Social networks",
    "tickets": "Customer service",
    "own": "Your own",
}
OWN = "own"


# -- all of them ---------------------------------------------------------------------------------------------
def by_topic(known: Registry[Metric]) -> dict[str, list[type[Metric]]]:
    """All metrics by topic, the organisation's own last; within a topic a family stands together, its default first."""
    found: dict[str, list[type[Metric]]] = {}
    for metric in known:
        found.setdefault(metric.topic(), []).append(metric)
    for topic, metrics in found.items():
        heads = {metric.family: metric.key for metric in metrics if metric.leads}
        found[topic] = sorted(
            metrics, key=lambda m: (heads.get(m.family, m.family or m.key), m.family, not m.leads, m.key)
        )
    return dict(sorted(found.items(), key=lambda item: (item[0] == OWN, item[0])))


def topic_title(topic: str, say: Session) -> str:
    """A topic as a heading."""
    return say(TOPICS.get(topic) or title_of(topic))


def print_list(say: Session) -> None:
    """Every metric with its name, by topic; members of a family below its default."""
    code = say.language.code
    for topic, metrics in by_topic(say.metrics).items():
        say.heading(topic_title(topic, say))
        rows = []
        leaders = {metric.family for metric in metrics if metric.leads}
        for metric in metrics:
            member = metric.family in leaders and not metric.leads
            name = f"{metric.title(code)} ({metric.also})" if metric.also else metric.title(code)
            rows.append((("  " if member else "") + metric.key, name))
        printing.print_pairs(say, (say("key"), say("name")), rows)
    say.out.print()
    say.out.print(
        say("`stamm explain KEY` explains one; indented are other definitions of the same thing."), style="quiet"
    )


# -- one of them ---------------------------------------------------------------------------------------------
def print_definition(metric: Metric, say: Session) -> None:
    """Name, meaning and formula."""
    code = say.language.code
    say.out.print(printing.title_of(metric, say), style="title")
    say.out.print(f"{metric.key} · {unit_in_words(metric, say)}", style="quiet")
    say.out.print()
    say.out.print(metric.sentence(code))
    if code == "en":
        for paragraph in filter(None, metric.remarks().split("\n\n")):
            say.out.print()
            say.out.print(" ".join(paragraph.split()))
    say.heading(say("Formula"))
    say.out.plain(Working(metric.formula(), operand_words(metric, say.language), {}, "").in_words)
    words = operand_words(metric, say.language)
    for name, part in metric.parts().items():
        words.setdefault(name, part.words(code))
    say.out.print()
    printing.print_pairs(say, (say("name"), say("meaning")), words.items())


def unit_in_words(metric: Metric, say: Session) -> str:
    """`share, higher is better`."""
    units = {
        "share": say("a share, shown in percent"),
        "ratio": say("a ratio"),
        "count": say("a count"),
        "number": say("a number"),
        "money": say("an amount of money"),
        "points": say("a score in points"),
        **{unit: say(unit) for unit in ELAPSED},
    }
    better = {
        "higher": say("higher is better"),
        "lower": say("lower is better"),
        "neither": say("neither high nor low is better"),
    }
    return f"{units[metric.unit]}, {better[metric.better]}"


def numbers_given(metric: Metric, given: Mapping[str, str], say: Session) -> dict[str, Number]:
    """The numbers a person gave, by name; raises UsageError naming the right names."""
    wanted = metric.operands()
    names = " ".join(f"--given {name}=..." for name in wanted)
    remedy = say("This metric takes: {names}", names=names)
    unknown = [name for name in given if name not in wanted]
    if unknown:
        what = say("{key} has no number named {names}.", key=metric.key, names=", ".join(unknown))
        raise UsageError(what, where="--given", remedy=remedy)
    missing = [name for name in wanted if name not in given]
    if missing:
        raise UsageError(say("{names} is missing.", names=", ".join(missing)), where="--given", remedy=remedy)
    return {name: _number(name, given[name], unit_of(metric, name), say) for name in wanted}


def _number(name: str, text: str, unit: str, say: Session) -> Number:
    try:
        number: Number = int(text) if text.lstrip("+-").isdigit() else float(text)
        if not isfinite(number):
            raise ValueError
    except ValueError as error:
        raise UsageError(
            say("{word} is no number.", word=repr(text)),
            where=f"--given {name}",
            remedy=say("Write digits and a point, without thousands separators: 1250.5."),
        ) from error
    if unit == "count" and number < 0:
        raise UsageError(say("A count cannot be below zero."), where=f"--given {name}")
    return number


def print_given(metric: Metric, numbers: Mapping[str, Number], say: Session) -> None:
    """The formula with the person's own numbers in it."""
    value = type(metric).value(metric, **numbers)
    working = as_given(working_of(metric, numbers, value, say.language), metric, numbers, say)
    say.heading(say("With your numbers"))
    say.out.plain(printing.numbers_line(working))
    if value is None:
        say.out.print(say("There is no value where there is nothing to divide by; it is not 0."), style="quiet")
        return
    _print_bounds(metric, numbers, say)


def as_given(working: Working, metric: Metric, numbers: Mapping[str, Any], say: Session) -> Working:
    """The same working with the numbers as exact as they were written, not rounded for show."""
    exact = dict(working.numbers)
    for name, number in numbers.items():
        unit = unit_of(metric, name)
        if number is not None and unit != "share":
            word = f"{NO_BREAK}{say(unit)}" if unit in ELAPSED else ""
            exact[name] = say.language.trimmed(number, 6) + word
    return replace(working, numbers=exact)


def _print_bounds(metric: Metric, numbers: Mapping[str, Number], say: Session) -> None:
    rule = metric.interval
    if rule is None or not all(name in numbers for name in rule.names):
        return
    low, high = rule.bounds({name: numbers[name] for name in rule.names})
    if low is not None and high is not None:
        ends = [say.language.value(bound, metric.unit) for bound in (low, high)]
        text = say("95% interval: {low} to {high}", low=ends[0], high=ends[1])
        say.out.print(f"{text} ({say(rule.title)}, n = {say.language.number(numbers[rule.n])})", style="quiet")


def print_real(metric: Metric, say: Session, span: Span) -> None:
    """The formula with the project's own numbers, of the last complete window."""
    world = say.project.world()
    window = last_complete(world, kinds_needed(metric, world), span.grain)
    if span.start or span.end or span.window:
        asked = windows_of(span, world, metric, say)
    elif window is not None:
        asked = (window,)
    else:
        return
    answer = Answers(world).ask(metric, asked)
    row = printing.last_complete_row(answer)
    if row is None:
        last = answer.rows[-1]
        say.heading(say("In your data, {window}", window=say.language.window(last.window)))
        reason = printing.reason_in_words(say, last, answer, world)
        state = printing.state_of(last, answer, say)
        if last.value is None:
            say.out.print(f"{say('no value')}: {reason}")
        else:
            _print_real_row(answer, last, say, state)
        return
    say.heading(say("In your data, {window}", window=say.language.window(row.window)))
    _print_real_row(answer, row, say, "")


def _print_real_row(answer: Any, row: Any, say: Session, state: str) -> None:
    working = working_of(answer.metric, row.parts, row.value, say.language, answer.currency)
    say.out.plain(printing.numbers_line(working))
    printing.print_beside(answer, row, say)
    bounds = printing.interval_of(row, answer.metric, say, answer.currency)
    if bounds:
        count = f", n = {say.language.number(row.n)}"
        say.out.print(say("95% interval: {bounds}", bounds=bounds) + count, style="quiet")
    if state:
        say.out.print(state, style="unfinished")
    if answer.simulated:
        say.out.print(say("Some of these facts are made up: this is no real number."), style="bad")


# -- what stands behind it -----------------------------------------------------------------------------------
def print_background(metric: Metric, say: Session) -> None:
    """Examples, relatives, parameters, interval and source."""
    _print_examples(metric, say)
    members = [m for m in family(metric.family, say.metrics) if m.key != metric.key] if metric.family else []
    if members:
        say.heading(say("Other definitions of the same thing"))
        rows = ((member.key, member.sentence(say.language.code)) for member in members)
        printing.print_pairs(say, (say("key"), say("meaning")), rows)
        command = f"stamm compare {metric.family}"
        say.out.print(say("Side by side in your data: {command}", command=command), style="quiet")
    settings = metric.settings_declared()
    if settings:
        say.heading(say("Parameters"))
        for name, setting in settings.items():
            say.out.print(f"--param {name}={metric.settings[name]}   {setting_in_words(setting, say)}")
    say.heading(say("95% interval"))
    say.out.print(interval_rule(metric, say))
    if metric.cited:
        say.heading(say("Source"))
        say.out.print(metric.cited)


def setting_in_words(setting: Setting[Any], say: Session) -> str:
    """What a parameter does and what it may be."""
    text = setting.de if say.language.code == "de" else setting.en
    if setting.choices is not None:
        text += " " + say("One of {choices}.", choices=", ".join(str(choice) for choice in setting.choices))
    elif setting.low is not None and setting.high is not None:
        text += " " + say("From {low} to {high}.", low=f"{setting.low:g}", high=f"{setting.high:g}")
    elif setting.low is not None:
        text += " " + say("At least {low}.", low=f"{setting.low:g}")
    default = say("nothing") if setting.default in (None, "") else setting.default
    return f"{text} {say('Without it: {default}.', default=default)}"


def interval_rule(metric: Metric, say: Session) -> str:
    """Which interval the number gets, made from what."""
    rule = metric.interval
    if rule is None:
        return say("None: a number of this kind has no interval.")
    words = operand_words(metric, say.language)
    words |= {name: part.words(say.language.code) for name, part in metric.parts().items()}
    made_of = ", ".join(words.get(name, name) for name in rule.names)
    return say("{rule}, from: {parts}", rule=say(rule.title), parts=made_of)


def _print_examples(metric: Metric, say: Session) -> None:
    if not metric.examples:
        return
    say.heading(say("Examples"))
    for number, example in enumerate(metric.examples):
        if example.is_facts:
            if number:
                say.out.print()
            _print_facts_example(metric, example, say)
        else:
            working = working_of(metric, example.given, sum_example(metric, example), say.language)
            exact = as_given(working, metric, example.given, say)
            say.out.plain(printing.numbers_line(exact))


def _print_facts_example(metric: Metric, example: Example, say: Session) -> None:
    context = {name: value for name, value in example.context.items() if name not in ("window", "by")}
    for fact, rows in example.facts.items():
        print_rows_given(fact, rows, say)
    told = "".join(f", {name} = {value}" for name, value in context.items())
    window = say.language.window(Window.parse(example.context["window"]))
    say.out.plain(f"{window}{told}: {example_result(metric, example, say)}")


def print_rows_given(name: str, rows: Sequence[Row], say: Session) -> None:
    """The rows of an example as a table."""
    made = printing.table(*(rows[0] if rows else ()))
    for row in rows:
        made.add_row(*("" if cell is None else cell for cell in row.values()))
    say.out.print(f"{name}:", style="quiet")
    say.out.show(made)


def example_result(metric: Metric, example: Example, say: Session) -> str:
    """What comes out of an example: one value, or one a group."""
    currency = str(example.context.get("currency", "EUR")) if example.is_facts else ""
    if example.groups is None:
        return say.language.value(example.value, metric.unit, currency)
    return ", ".join(
        f"{group} {say.language.value(value, metric.unit, currency)}" for group, value in example.groups.items()
    )
