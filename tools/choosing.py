"""The page of the reference on segments, written from the operators."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from stamm.lang.example import TableExample
from stamm.segments import OPERATORS, Operator
from stamm.segments.ready import READY
from stamm.segments.rule import Is
from stamm.segments.sentence import said, written
from stamm.segments.speech import Speech

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]
ENGLISH, GERMAN = Speech("en"), Speech("de")


def page(table: Table, example: Callable[[TableExample], str]) -> str:
    """The page."""
    sentences = (
        (f"[{kind.key}](#{kind.key})", f"`{said(kind(), ENGLISH)}`", f"`{said(kind(), GERMAN)}`") for kind in OPERATORS
    )
    ready = ((f"`{r.key}`", r.title.en, r.title.de, written(r.rule, ENGLISH)) for r in READY.values())
    parts = [
        "# Segments\n",
        "Customers chosen by a rule: `stamm segment show --rule RULE`; the whole way is shown in",
        "[Choose customers by a rule](../how-to/segments.md). A rule is made of these sentences, joined by *and*, *or*",
        "and *not (...)*; *and* binds closer than *or*.",
        'As JSON it is `{"all": [...]}`, `{"any": [...]}`, `{"not": ...}`, or one operator with its settings.\n',
        table(("operator", "as it is said", "in German"), sentences),
        "Days are whole local days before the day that is asked for; numbers are compared as at least, at most,",
        "exactly, more than or less than.\n",
        "# Ready segments\n",
        table(("key", "English", "German", "rule"), ready),
        *(_operator(kind, table, example) for kind in OPERATORS),
    ]
    return "\n".join(parts)


def _operator(kind: type[Operator], table: Table, example: Callable[[TableExample], str]) -> str:
    lines = [f"## {kind.key}\n", kind.sentence() + "\n", f"*{kind.title('de')}: {kind.sentence('de')}*\n"]
    lines += [paragraph + "\n" for paragraph in filter(None, kind.remarks().split("\n\n"))]
    rows = [(f"`{said(kind(), speech)}`", f"`{said(kind(), speech, denied=True)}`") for speech in (ENGLISH, GERMAN)]
    lines.append(table(("it is so", "it is not"), rows))
    if settings := kind.settings_declared():
        told = ((f"`{name}`", setting.says("en"), _choices(setting.choices)) for name, setting in settings.items())
        lines.append(table(("setting", "meaning", "one of"), told))
    lines.append(f"As JSON: `{json.dumps(Is(kind()).written(), ensure_ascii=False)}`\n")
    return "\n".join([*lines, *map(example, kind.examples)])


def _choices(choices: tuple[object, ...] | None) -> str:
    return ", ".join(f"`{choice}`" for choice in choices or ())
