"""A proposed mapping as a form that reads as sentences: what the rows are, and what each value is taken from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from stamm.facts import imported
from stamm.facts.columns import Column
from stamm.facts.mapping import Condition, Rule
from stamm.lang.language import Language
from stamm.reports.fact_columns import MINOR, column_name
from stamm.sources.guessing import Proposal
from stamm.sources.guessing.chosen import (
    COLUMN,
    KIND,
    NO,
    NOTHING,
    TAKEN,
    chosen,
    columns_of,
    kind_of,
    kinds_to_choose,
)
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.kinds import PURCHASES

#: cells of a column that are shown as examples, and how long one may be
EXAMPLES, LONGEST = 3, 24


@dataclass(frozen=True)
class Option:
    """One line of a list to choose from."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Slot:
    """One value of a fact: what it is called, what may fill it, examples of what does, and why that was proposed."""

    field: str
    words: str
    options: tuple[Option, ...]
    examples: str
    why: str
    doubtful: bool
    #: nothing fills it, and every row needs it
    lacking: bool


@dataclass(frozen=True)
class Made:
    """One kind of fact that the rows become."""

    fact: str
    title: str
    field: str
    taken: bool
    sentence: str
    slots: tuple[Slot, ...]
    more: tuple[Slot, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class FileForm:
    """One file: what its rows are taken for, how it is written, and what they become."""

    file: str
    rows: str
    kind_field: str
    kinds: tuple[Option, ...]
    about: tuple[tuple[str, bool], ...]
    written: tuple[str, ...]
    facts: tuple[Made, ...]
    unused: tuple[str, ...]


def file_form(number: int, proposal: Proposal, choices: Mapping[str, str], say: Language) -> FileForm:
    """The form for a proposal as it was made, with what somebody chose. `number` begins the names of its fields."""
    base = chosen(proposal, {KIND: choices.get(KIND, "")})
    now = chosen(proposal, choices)
    filled = {draft.fact: draft for draft in now.drafts}
    kind = choices.get(KIND) or kind_of(proposal)
    sample = proposal.sample
    rows = (
        say.counted(sample.rows, "{count} row", "{count} rows")
        if sample.whole
        else say.counted(sample.about, "about {count} row", "about {count} rows")
    )
    return FileForm(
        file=proposal.file,
        rows=rows,
        kind_field=f"{number}.{KIND}",
        kinds=tuple(Option(name, _kind_words(name, say), name == kind) for name in kinds_to_choose()),
        about=tuple((reason.words(say), reason.doubtful) for reason in proposal.about),
        written=tuple(_written(proposal, say)),
        facts=tuple(_made(number, draft, filled.get(draft.fact), choices, base, say) for draft in base.drafts),
        unused=now.unused,
    )


def choices_of(form: Mapping[str, str], proposals: tuple[Proposal, ...]) -> dict[str, dict[str, str]]:
    """What was chosen, by file, as `file_form` names the fields; what is not of it is passed over."""
    found: dict[str, dict[str, str]] = {}
    for number, proposal in enumerate(proposals):
        prefix = f"{number}."
        given = {name.removeprefix(prefix): value for name, value in form.items() if name.startswith(prefix)}
        told = {name: value for name, value in given.items() if value and not name.startswith(f"{TAKEN}.")}
        if told.get(KIND) == kind_of(proposal):
            del told[KIND]
        asked = [name.removeprefix("asked.") for name in given if name.startswith("asked.")]
        told = {name: value for name, value in told.items() if not name.startswith("asked.")}
        told |= {f"{TAKEN}.{fact}": NO for fact in asked if f"{TAKEN}.{fact}" not in given}
        found[proposal.file] = told
    return found


def _kind_words(name: str, say: Language) -> str:
    if name == PURCHASES:
        return say("Purchases: orders, their lines, what came back")
    fact = imported()[name]
    return fact.name_in(say.code)


def _written(proposal: Proposal, say: Language) -> Iterator[str]:
    """How cells are written, as far as that was found out, with the reason."""
    for name, reason in proposal.reasons.items():
        found = getattr(proposal.reading, name, None) or getattr(proposal.writing, name, None)
        told = " ".join(found) if isinstance(found, tuple) else str(found or "")
        yield f"{_setting(name, say)}{f' {told}' if told.strip() else ''}: {reason.words(say)}"


def _setting(name: str, say: Language) -> str:
    names = {
        "delimiter": say("Delimiter"),
        "decimal": say("Decimal sign"),
        "thousands": say("Thousands"),
        "dates": say("Dates"),
        "time_zone": say("Time zone"),
        "currency": say("Currency"),
        "encoding": say("Encoding"),
        "heading": say("Heading"),
        "sheet": say("Sheet"),
        "member": say("File in the archive"),
        "quote": say("Quotation mark"),
        "format": say("Format"),
        "columns": say("Columns"),
    }
    return names.get(name, name)


# -- one fact ----------------------------------------------------------------------------------------------------
def _made(
    number: int, draft: Draft, now: Draft | None, choices: Mapping[str, str], proposal: Proposal, say: Language
) -> Made:
    fact = imported()[draft.fact]
    slots, more = list[Slot](), list[Slot]()
    for column in columns_of(draft):
        wish = choices.get(f"{draft.fact}.{column}", "")
        slot = _slot(str(number), draft, now or draft, column, wish, proposal, say)
        shown = column in draft.rules or wish or slot.lacking or _carried(draft.fact, column).required
        (slots if shown else more).append(slot)
    return Made(
        fact=draft.fact,
        title=fact.de if say.code == "de" else fact.en,
        field=f"{number}.{TAKEN}.{draft.fact}",
        taken=now is not None,
        sentence=_sentence(draft, say),
        slots=tuple(slots),
        more=tuple(more),
        remarks=tuple(reason.words(say) for reason in draft.about),
    )


def _slot(prefix: str, draft: Draft, filled: Draft, column: str, wish: str, proposal: Proposal, say: Language) -> Slot:
    rule, reason = draft.rules.get(column), filled.reasons.get(column)
    lacking = bool({column, column + MINOR}.intersection(filled.lacks()))
    options = [Option("", describe(rule, say) if rule else say("nothing"), not wish)]
    plain = rule.columns[0] if rule and len(rule.columns) == 1 and not (rule.through or rule.row) else None
    others = (name for name in proposal.evidence.shapes if name != plain)
    options += [Option(COLUMN + name, name, wish == COLUMN + name) for name in others]
    if rule and not _carried(draft.fact, column).required:
        options.append(Option(NOTHING, say("nothing"), wish == NOTHING))
    used = filled.rules.get(column)
    return Slot(
        field=f"{prefix}.{draft.fact}.{column}",
        words=column_name(draft.fact, column, say),
        options=tuple(options),
        examples=_examples(used, proposal),
        why=reason.words(say) if reason else "",
        doubtful=bool(reason and reason.doubtful),
        lacking=lacking,
    )


def _carried(fact: str, column: str) -> Column:
    carried = imported()[fact].carried()
    return carried.get(column) or carried[column + MINOR]


def _examples(rule: Rule | None, proposal: Proposal) -> str:
    """Different cells of what fills a value, as they stand in the file."""
    columns = [name for name in (rule.made_of if rule else ()) if name in proposal.evidence.shapes][:2]
    told = []
    for name in columns:
        cells = pc.unique(proposal.evidence.shapes[name].text.slice(0, 200).drop_null()).to_pylist()[:EXAMPLES]
        told.append(", ".join(cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…" for cell in map(str, cells)))
    return " · ".join(told)


# -- in words ----------------------------------------------------------------------------------------------------
def describe(rule: Rule, say: Language) -> str:
    """What a rule takes a value from, in a few words."""
    if rule.constant is not None:
        told = say("always {value}", value=rule.constant)
    elif rule.product:
        told = " × ".join(rule.product)
    elif rule.row:
        within = ", ".join(rule.row) if isinstance(rule.row, tuple) else ""
        counted = say("counted within {columns}", columns=within) if within else say("row")
        told = ", ".join((*rule.columns, counted)) if rule.columns != rule.row else counted
    else:
        told = rule.join.join(rule.columns) if len(rule.columns) > 1 else "".join(rule.columns)
    told += "".join(f" + {name}" for name in rule.plus) + "".join(f" − {name}" for name in rule.less)
    if rule.through:
        return say("the customer of {column} in {mapping}", column=told, mapping=rule.through)
    if rule.take == "sum":
        return say("{what}, added up", what=told)
    return say("{what}, turned around", what=told) if rule.negate else told


def _sentence(draft: Draft, say: Language) -> str:
    """Which rows of the file are one of these."""
    if draft.each:
        told = say("Rows with the same {columns} are one of them.", columns=", ".join(draft.each))
    else:
        told = say("Each row is one of them.")
    if not draft.where:
        return told
    conditions = say.listed([condition_words(condition, say) for condition, _ in draft.where], say("and"))
    return f"{told} {say('Only rows count in which {conditions}.', conditions=conditions)}"


def condition_words(condition: Condition, say: Language) -> str:
    """A condition as the end of a sentence that begins with "rows in which"."""
    column, words = condition.column, say.listed([say.quoted(one) for one in condition.values], say("or"))
    return {
        ("is", False): say("{column} is {words}", column=column, words=words),
        ("is", True): say("{column} is not {words}", column=column, words=words),
        ("begins", False): say("{column} begins with {words}", column=column, words=words),
        ("begins", True): say("{column} does not begin with {words}", column=column, words=words),
        ("contains", False): say("{column} contains {words}", column=column, words=words),
        ("contains", True): say("{column} does not contain {words}", column=column, words=words),
        ("above", False): say("{column} is above {words}", column=column, words=words),
        ("above", True): say("{column} is not above {words}", column=column, words=words),
        ("below", False): say("{column} is below {words}", column=column, words=words),
        ("below", True): say("{column} is not below {words}", column=column, words=words),
        ("empty", False): say("{column} is empty", column=column),
        ("empty", True): say("{column} is not empty", column=column),
    }[condition.test, condition.negated]
