"""Analyses as people read of them: the list of all, and what one means, counts and takes."""

from __future__ import annotations

from stamm.analyses import ANALYSES, Analysis
from stamm.analyses.kind import ROWS
from stamm.cli import definitions, printing
from stamm.cli.session import Session
from stamm.lang.errors import UsageError
from stamm.lang.example import TableExample
from stamm.lang.window import Window
from stamm.predictions import PREDICTIONS, Prediction


def named(key: str) -> type[Analysis] | None:
    """The analysis or prediction of that key, name or abbreviation, if it is one."""
    for registry in (ANALYSES, PREDICTIONS):
        try:
            return registry[key]
        except UsageError:
            continue
    return None


def print_list(say: Session) -> None:
    """Every analysis with what it answers."""
    say.heading(say("Analyses"))
    rows = [(analysis.key, analysis.sentence(say.language.code)) for analysis in ANALYSES]
    printing.print_pairs(say, (say("key"), say("what it answers")), rows)
    say.out.print()
    say.out.print(say("`stamm explain KEY` tells what each takes; `stamm analyse KEY` asks it."), style="quiet")


def print_predictions(say: Session) -> None:
    """Every prediction with what it foretells."""
    say.heading(say("Predictions"))
    rows = [(prediction.key, prediction.sentence(say.language.code)) for prediction in PREDICTIONS]
    printing.print_pairs(say, (say("key"), say("what it foretells")), rows)
    say.out.print()
    say.out.print(say("`stamm explain KEY` tells what each takes; `stamm predict KEY` asks it."), style="quiet")


def print_analysis(analysis: Analysis, say: Session) -> None:
    """Name, meaning, parameters, columns and examples."""
    code = say.language.code
    say.out.print(analysis.title(code), style="title")
    say.out.print(analysis.key, style="quiet")
    say.out.print()
    say.out.print(analysis.sentence(code))
    if code == "en":
        for paragraph in filter(None, analysis.remarks().split("\n\n")):
            say.out.print()
            say.out.print(" ".join(paragraph.split()))
    if isinstance(analysis, Prediction) and analysis.gates:
        say.heading(say("Refused below"))
        for gate in analysis.gates:
            say.out.print(f"{say.language.number(gate.least, 0)} {gate.words.of(code)}")
    if analysis.settings_declared():
        say.heading(say("Parameters"))
        for name, setting in analysis.settings_declared().items():
            text = definitions.setting_in_words(setting, say)
            say.out.print(f"--param {name}={analysis.settings[name]}   {text}")
    told: dict[type, str] = {}
    for table, row in analysis.tables.items():
        say.heading(say("Columns") if table == ROWS else say("Columns of {table}", table=table))
        if told.setdefault(row, table) != table:
            say.out.print(say("The same."), style="quiet")
            continue
        rows = [(column.name, column.words.of(code)) for column in analysis.columns(table)]
        printing.print_pairs(say, (say("name"), say("meaning")), rows)
    if analysis.examples:
        say.heading(say("Examples"))
    for number, example in enumerate(analysis.examples):
        if number:
            say.out.print()
        _print_example(example, say)


def _print_example(example: TableExample, say: Session) -> None:
    for fact, rows in example.facts.items():
        definitions.print_rows_given(fact, rows, say)
    context = {name: value for name, value in example.context.items() if name not in ("window", "settings")}
    told = {**context, **example.context.get("settings", {})}
    window = say.language.window(Window.parse(example.context["window"]))
    asked = "".join([window, *(f", {name} = {value}" for name, value in told.items())])
    definitions.print_rows_given(asked, example.gives, say)
