"""The reference in docs/reference, written from the definitions: `python tools/reference.py [--check] [--into FOLDER]`.

What stands there stands in the code first, so it cannot say anything else. `--check` writes nothing and fails where a
page is not what the code says now.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from stamm.analyses import ANALYSES, Analysis
from stamm.answers.examples import sum_example
from stamm.answers.working import Working, operand_words, unit_of, working_of
from stamm.app.settings import settings_text
from stamm.cli import definitions, printing
from stamm.cli.failing import DISK, FAULT, STOPPED
from stamm.cli.main import cli
from stamm.cli.session import Session
from stamm.facts import FACTS, Derived, Fact, Imported, imported
from stamm.facts.columns import Column
from stamm.lang import errors
from stamm.lang.example import Example, Row, TableExample, VerbExample
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.metrics import METRICS, Metric, family
from stamm.metrics.own.reading import KEYS
from stamm.origins.buckets.setting import MEANING as BUCKET
from stamm.origins.tables.setting import MEANING as TABLE
from stamm.predictions import PREDICTIONS, Prediction

sys.path.insert(0, str(Path(__file__).parent.parent))
from tools import answering, arriving, choosing, mappings, tracking

PLACE = Path(__file__).parent.parent / "docs" / "reference"
SAY = Session(Path(), Language("en"))
HEAD = "<!-- Written by tools/reference.py from the definitions. Change those, then run `make docs`. -->\n\n"
WIDTH = 100
#: grammar for `compare` and the like: what is not an error of its own
OTHER_CODES = {
    0: "All went well.",
    1: "`check` or `doctor` found something that needs to be done.",
    FAULT: "A fault in Stamm itself; `--debug` shows where.",
    DISK: "A file or folder that cannot be read or written: forbidden, damaged, or no space left.",
    STOPPED: "Stopped by the person (Ctrl-C), or `stamm work` by SIGTERM. Nothing is left half done.",
    141: "Whoever read the output has stopped reading (`stamm explain | head`).",
}


# -- markdown ------------------------------------------------------------------------------------------------
def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(headings)
    lines = [names, ["---"] * len(names), *[[_cell(value) for value in row] for row in rows]]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _cell(value: object) -> str:
    return ("" if value is None else str(value)).replace("|", "\\|").replace("\n", " ")


def code(*names: str) -> str:
    return ", ".join(f"`{name}`" for name in names)


def rows_as_table(rows: tuple[Row, ...]) -> str:
    return table(rows[0], (row.values() for row in rows)) if rows else ""


# -- metrics -------------------------------------------------------------------------------------------------
def metrics() -> Iterator[tuple[str, str]]:
    """A page a topic."""
    for topic, found in definitions.by_topic(METRICS).items():
        title = definitions.topic_title(topic, SAY)
        parts = [f"# Metrics: {title.lower()}\n", index_of(found), *map(metric_text, found)]
        yield f"metrics-{topic.replace('_', '-')}.md", "\n".join(parts)


def index_of(found: list[type[Metric]]) -> str:
    rows = ((f"[{kind.key}](#{kind.key})", kind.title(), kind.title("de")) for kind in found)
    return table(("key", "English", "German"), rows)


def metric_text(kind: type[Metric]) -> str:
    metric = kind()
    words = operand_words(metric, SAY.language)
    lines = [f"## {kind.key}\n", f"**{printing.title_of(metric, SAY)}** · {definitions.unit_in_words(metric, SAY)}\n"]
    lines += [kind.sentence() + "\n", f"*{kind.title('de')}: {kind.sentence('de')}*\n"]
    lines += [paragraph + "\n" for paragraph in filter(None, kind.remarks().split("\n\n"))]
    lines.append(f"    {Working(metric.formula(), words, {}, '').in_words}\n")
    for name, part in metric.parts().items():
        words.setdefault(name, part.words("en"))
    lines.append(table(("name", "meaning", "unit"), ((f"`{n}`", w, unit_of(metric, n)) for n, w in words.items())))
    settings = kind.settings_declared()
    if settings:
        lines.append("Parameters\n")
        rows = ((f"`{name}`", definitions.setting_in_words(setting, SAY)) for name, setting in settings.items())
        lines.append(table(("name", "meaning"), rows))
    lines.append(f"95% interval: {definitions.interval_rule(metric, SAY)}\n")
    others = [member for member in family(kind.family) if member is not kind] if kind.family else []
    if others:
        links = ", ".join(f"[{member.key}](metrics-{page_of(member)}#{member.key})" for member in others)
        lines.append(f"Family `{kind.family}`; other definitions: {links}\n")
    if kind.cited:
        lines.append(f"Source: {kind.cited}\n")
    lines += ["Examples\n", *(example_text(metric, example) for example in metric.examples)]
    return "\n".join(lines)


def page_of(kind: type[Metric]) -> str:
    return kind.topic().replace("_", "-") + ".md"


def example_text(metric: Metric, example: Example) -> str:
    if not example.is_facts:
        working = working_of(metric, example.given, sum_example(metric, example), SAY.language)
        return f"    {printing.numbers_line(definitions.as_given(working, metric, example.given, SAY))}\n"
    context = ", ".join(f"{name} = {value}" for name, value in example.context.items())
    tables = [f"`{fact}`\n\n{rows_as_table(rows)}" for fact, rows in example.facts.items()]
    result = definitions.example_result(metric, example, SAY)
    return "\n".join([f"With {context}:\n", *tables, f"gives **{result}**\n"])


# -- analyses ------------------------------------------------------------------------------------------------
def analyses() -> str:
    lines = [
        "# Analyses\n",
        "Questions whose answer is a table: `stamm analyse KEY --param name=value`.\n",
        table(("key", "what it answers"), ((f"[{kind.key}](#{kind.key})", kind.sentence()) for kind in ANALYSES)),
        "With `--format csv` a line is a row of the first table. `--format json` gives all tables, the first as",
        "`rows`, beside `analysis`, `settings`, `span_start`, `span_end`, `currency`, `zone`, `as_of`, `snapshot`,",
        "`simulated`, `left_out` (rows of facts passed over) and `notes`. Shares are 0..1, money is in minor units. A",
        "window is two days (`cohort_start`, `cohort_end`; the second is the first that no longer belongs to it). The",
        "column `group` bears the name of what was split `--by`. What is not known is `null`.\n",
    ]
    return "\n".join([*lines, *map(analysis_text, ANALYSES)])


def predictions() -> str:
    lines = [
        "# Predictions\n",
        "A number foretold of each customer, from what was known at the start of a day: `stamm predict KEY`.",
        "With `--keep` each becomes a row of the fact [predictions](facts.md#predictions).\n",
        table(("key", "what it foretells"), ((f"[{kind.key}](#{kind.key})", kind.sentence()) for kind in PREDICTIONS)),
        "Formats and columns are those of [analyses](analyses.md). `value`, `low` and `high` are in the unit of the",
        "prediction; money is in minor units. What cannot be told is `null`.\n",
    ]
    return "\n".join([*lines, *map(prediction_text, PREDICTIONS)])


def prediction_text(kind: type[Prediction]) -> str:
    gates = [f"{gate.least} {gate.words.en}" for gate in kind.gates]
    return analysis_text(kind) + (f"\nRefused below {', '.join(gates)}.\n" if gates else "")


def analysis_text(kind: type[Analysis]) -> str:
    lines = [f"## {kind.key}\n", f"**{kind.title()}**\n", kind.sentence() + "\n"]
    lines.append(f"*{kind.title('de')}: {kind.sentence('de')}*\n")
    lines += [paragraph + "\n" for paragraph in filter(None, kind.remarks().split("\n\n"))]
    settings = kind.settings_declared().items()
    rows = ((f"`{name}`", definitions.setting_in_words(setting, SAY)) for name, setting in settings)
    lines.append(table(("parameter", "meaning"), rows))
    for name in kind.tables:
        columns = ((f"`{c.name}`", c.words.en, c.words.de, c.unit) for c in kind().columns(name))
        lines += [f"Columns of `{name}`\n", table(("column", "English", "German", "unit"), columns)]
    if kind.reasons:
        lines += ["Of its own in the column `reason`\n"]
        lines.append(table(("reason", "meaning"), ((f"`{code}`", words.en) for code, words in kind.reasons.items())))
    if kind.cited:
        lines.append(f"Source: {kind.cited}\n")
    return "\n".join([*lines, *map(table_example, kind.examples)])


# -- facts ---------------------------------------------------------------------------------------------------
def facts() -> str:
    derived = [fact for fact in FACTS if issubclass(fact, Derived)]
    lines = [
        "# Facts\n",
        "What happened to customers. Files are named after the kind (`orders.csv`, `orders-2024.parquet`); a column is",
        "named as here. Moments are UTC unless they say otherwise or have no zone: then they are local time of the",
        "project. Money is whole minor units (`amount_minor` 1230) or major units in a column without `_minor`",
        "(`amount` 12.30). When a person is [erased](../how-to/erase-a-person.md), what is *personal* goes, and the",
        "row is nobody's.\n",
        table(
            ("kind", "one row is known by", "what it is"),
            ((f"[{f.key}](#{f.key})", code(*f.key_columns), f.sentence()) for f in imported().values()),
        ),
    ]
    lines += [imported_text(fact) for fact in imported().values()]
    lines += ["# Derived facts\n", "Computed from the others, never imported.\n", *map(derived_text, derived)]
    return "\n".join(lines)


def imported_text(fact: type[Imported]) -> str:
    rows = [(f"`{name}`", kind_of(column), notes_of(column)) for name, column in fact.carried().items()]
    lines = [*head_of(fact), table(("column", "type", "meaning"), rows)]
    if split := fact.dimensions():
        lines.append(f"Answers may be split by {code(*split)}.\n")
    return "\n".join([*lines, *verbs_and_examples(fact)])


def head_of(fact: type[Fact]) -> list[str]:
    paragraphs = [fact.sentence(), *filter(None, fact.remarks().split("\n\n"))]
    return [f"## {fact.key}\n", f"{f'**{fact.en}** · *{fact.de}*'}\n", *(f"{paragraph}\n" for paragraph in paragraphs)]


def verbs_and_examples(fact: type[Fact]) -> list[str]:
    verbs = [(f"`{name}`", (verb.__doc__ or "").split("\n\n")[0]) for name, verb in fact.verbs().items()]
    lines = [table(("verb", "meaning"), verbs)] if verbs else []
    return lines + [
        verb_example(example) if isinstance(example, VerbExample) else table_example(example)
        for example in fact.examples
    ]


def kind_of(column: Column) -> str:
    return f"{'money, ' if column.money else ''}{column.type}"


def notes_of(column: Column) -> str:
    notes = [column.en] if column.en else []
    if column.choices:
        notes.append(f"one of {', '.join(column.choices)}")
    notes += [word for word, so in (("**required**", column.required), ("*personal*", column.personal)) if so]
    return "; ".join(notes)


def derived_text(fact: type[Derived]) -> str:
    columns = [(f"`{name}`", kind_of(column), column.en) for name, column in fact.columns().items()]
    return "\n".join([*head_of(fact), table(("column", "type", "meaning"), columns), *verbs_and_examples(fact)])


def table_example(example: TableExample) -> str:
    return "\n".join([*given_tables(example.facts, example.context), "gives\n", rows_as_table(example.gives)])


def verb_example(example: VerbExample) -> str:
    context = {"window": example.window + (", all up to its end" if example.so_far else ""), **example.context}
    gives = table(("verb", "gives"), ((f"`{verb}`", value) for verb, value in example.gives.items()))
    return "\n".join([*given_tables(example.facts, context), "gives\n", gives])


def given_tables(facts: Mapping[str, tuple[Row, ...]], context: Mapping[str, object]) -> list[str]:
    words = ", ".join(f"{name} = {value}" for name, value in context.items())
    tables = [f"`{kind}`\n\n{rows_as_table(rows)}" for kind, rows in facts.items()]
    return [f"Example{f' with {words}' if words else ''}:\n", *tables]


# -- command line, settings, exit codes ----------------------------------------------------------------------
def commands() -> str:
    with click.Context(cli, info_name="stamm", obj=SAY, terminal_width=WIDTH).scope() as above:
        parts = ["# Commands\n", "As `--help` prints them.\n", "## stamm\n", fenced(cli.get_help(above))]
        for name, command in cli.found().items():
            with click.Context(command, info_name=name, parent=above, terminal_width=WIDTH).scope() as context:
                parts += [f"## stamm {name}\n", fenced(command.get_help(context))]
    return "\n".join(parts)


def fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


def settings() -> str:
    text, rows, section = settings_text(Organisation()), [], ""
    for line in text.splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match[1]
        elif match := re.fullmatch(r"(\w+) = (.*?)(?:\s+# (.*))?", line):
            rows.append((f"`[{section}] {match[1]}`" if section else f"`{match[1]}`", f"`{match[2]}`", match[3]))
    return "\n".join(
        [
            "# Settings\n\nEverything a number depends on stands in `stamm.toml`, in its folder. `stamm init`",
            "writes it, `stamm import` proposes `lapse_days`, `stamm doctor` explains what is set.\n",
            table(("setting", "without it", "meaning"), rows),
            "`[coverage]` says from which to which day a kind of fact is complete, where the files cannot tell: a",
            "month without returns is a month with 0 returns only if returns were recorded in it.\n",
            "`[metrics.NAME]` tells a metric of your own, see [Your own metrics](../how-to/your-own-metrics.md):\n",
            table(("setting", "meaning"), ((code(name), meaning) for name, meaning in KEYS.items())),
            "`[mapping.NAME]` says how files of somebody's own become facts: see [Mappings](mappings.md).\n",
            "`[time_zones]` says by source, such as `meta_posts`, in which time zone an export is written that does",
            "not say so.\n",
            "`[database.NAME]` names a table that is read again and again, see",
            "[Read a database](../how-to/read-a-database.md):\n",
            table(("setting", "meaning"), ((code(name), meaning) for name, meaning in TABLE.items())),
            "`[bucket.NAME]` names a bucket whose objects are taken in as they come, see",
            "[Watch a bucket](../how-to/watch-a-bucket.md):\n",
            table(("setting", "meaning"), ((code(name), meaning) for name, meaning in BUCKET.items())),
            "`engine` stands above the sections: a [cluster](../how-to/spark.md), or the address of a",
            "[database](../how-to/postgresql.md) (or `$NAME` of a variable that holds it), which is read as it is.\n",
            f"As `stamm init` writes it:\n\n```toml\n{text.rstrip()}\n```\n",
            "`rates.csv` beside it holds rates of exchange: `currency,day,rate`, one unit of that currency in the",
            "reported one from that day on. Without rates, money in two currencies is refused.\n",
        ]
    )


def exit_codes() -> str:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.StammError)]
    codes: Mapping[int, str] = {
        **OTHER_CODES,
        **{kind.exit_code: (kind.__doc__ or "").strip() for kind in kinds if kind is not errors.StammError},
    }
    rows = ((number, codes[number]) for number in sorted(codes))
    head = "# Exit codes\n\nSo that a script can tell the cases apart.\n\n"
    tail = "\nEvery failure prints one block on the error stream: what was wrong, where, and what to do.\n"
    return head + table(("code", "meaning"), rows) + tail


# -- all of it -----------------------------------------------------------------------------------------------
def pages() -> dict[str, str]:
    """Every page by its file name."""
    found = dict(metrics())
    found |= {
        "analyses.md": analyses(),
        "predictions.md": predictions(),
        "segments.md": choosing.page(table, table_example),
        "facts.md": facts(),
        "commands.md": commands(),
        "settings.md": settings(),
        "exit-codes.md": exit_codes(),
        "mappings.md": mappings.page(table),
        "answers-over-http.md": answering.page(table),
        "http.md": arriving.page(table),
        "tracking.md": tracking.page(table, rows_as_table),
    }
    titles = {name: text.splitlines()[0].removeprefix("# ") for name, text in found.items()}
    links = "".join(f"- [{titles[name]}]({name})\n" for name in sorted(found, key=lambda name: titles[name]))
    intro = "# Reference\n\nWritten from the definitions; the tests run the same examples.\n\n"
    found["README.md"] = intro + links
    written = {name: HEAD + text.rstrip() + "\n" for name, text in found.items()}
    return dict(sorted({**written, "openapi.json": arriving.description()}.items()))


def stale(place: Path) -> list[str]:
    """Pages that are not what the definitions say, missing and superfluous ones included."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in sorted(place.glob("*.*"))}
    return sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the reference from the definitions.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    parser.add_argument("--into", type=Path, default=PLACE, help="the folder (docs/reference)")
    wish = parser.parse_args(arguments)
    found = stale(wish.into)
    if wish.check:
        for name in found:
            print(f"   docs/reference/{name} is not what the definitions say: run `make docs`")
        return 1 if found else 0
    wish.into.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for name in found:
        if name in wanted:
            (wish.into / name).write_text(wanted[name], encoding="utf-8")
        else:
            (wish.into / name).unlink()
    print(f"   {len(wanted)} pages, {len(found)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
