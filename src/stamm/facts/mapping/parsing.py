"""Mappings as they stand in stamm.toml, read and checked: a mistake is told with its section, key and remedy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from stamm.facts import imported
from stamm.facts.columns import Column
from stamm.facts.kind import Imported
from stamm.facts.mapping.dates import DateFormat
from stamm.facts.mapping.keys import CONDITION, FACT, RULE, SOURCES, WRITING
from stamm.facts.mapping.rules import JOIN, TAKES, TESTS, Condition, FactMapping, Rule, Take, Test, Writing
from stamm.lang.errors import ProjectError, UsageError
from stamm.lang.money import exponent, is_currency
from stamm.lang.window import zone_named

MINOR = "_minor"
THOUSANDS = ("", ".", ",", " ", "'")
_WRITE = {
    "whole": "Write a number with a decimal point.",
    "real": "Write a number with a decimal point.",
    "moment": "Write a moment such as 2024-02-10T14:30.",
    "day": "Write a day such as 2024-02-10.",
    "flag": "Write true or false.",
    "text": "Write three capitals such as EUR.",
}
_EXAMPLE = 'Write the name of a column, such as "Invoice", or a table such as { constant = "EUR" }.'


@dataclass(frozen=True)
class Place:
    """Where in the settings something stands: the file, and the section with its key."""

    file: str
    section: str
    key: str = ""

    def at(self, key: str) -> Place:
        """A key of this section."""
        return Place(self.file, self.section, key)

    def wrong(self, what: str, remedy: str = "") -> ProjectError:
        """An error that names this place."""
        where = f"{self.file}, [{self.section}]" + (f" {self.key}" if self.key else "")
        return ProjectError(what, where=where, remedy=remedy)

    def unknown(self, name: str, what: str, known: Collection[str]) -> ProjectError:
        """An error for a name that is not known, with the nearest that is."""
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
        return self.wrong(f"There is no {what} {name!r}.", hint)


def parse_mapping(
    name: str, table: Mapping[str, Any], *, file: str, beside: Collection[str] = ()
) -> tuple[FactMapping, ...]:
    """The facts that `[mapping.NAME]` makes, in the order in which they stand there.

    Keys in `beside` are somebody else's (how a file is laid out) and passed over. Raises ProjectError for whatever does
    not make sense by itself; whether a file has the columns shows when it is read.
    """
    place = Place(file, f"mapping.{name}")
    kinds = imported()
    for key in table:
        if key not in kinds and key not in WRITING and key not in beside:
            raise place.unknown(key, "setting or fact kind", (*kinds, *WRITING, *beside))
    writing = _writing(table, place)
    facts = tuple(
        _fact(kinds[key], content, writing, Place(file, f"{place.section}.{key}"))
        for key, content in table.items()
        if key in kinds
    )
    if not facts:
        raise place.wrong("The mapping makes no facts.", f"Add a section such as [{place.section}.orders].")
    return facts


# -- how cells are written -----------------------------------------------------------------------------------
def _writing(table: Mapping[str, Any], place: Place) -> Writing:
    writing = Writing(
        decimal=_text(table.get("decimal", "."), place.at("decimal")),
        thousands=_text(table.get("thousands", ""), place.at("thousands"), empty=True, blank=True),
        dates=_formats(table.get("dates", ()), place.at("dates")),
        time_zone=_text(table.get("time_zone", ""), place.at("time_zone"), empty=True),
        currency=_text(table.get("currency", ""), place.at("currency"), empty=True),
    )
    if writing.decimal not in {".", ","}:
        raise place.at("decimal").wrong(f"decimal cannot be {writing.decimal!r}.", 'Choose "." or ",".')
    if writing.thousands not in THOUSANDS or writing.thousands == writing.decimal:
        free = ", ".join(f'"{sign}"' for sign in THOUSANDS if sign != writing.decimal)
        raise place.at("thousands").wrong(f"thousands cannot be {writing.thousands!r}.", f"Choose one of {free}.")
    try:
        if writing.time_zone:
            zone_named(writing.time_zone)
        if writing.currency:
            exponent(writing.currency)
    except UsageError as error:
        raise place.wrong(error.what, error.remedy) from error
    return writing


def _formats(value: Any, place: Place) -> tuple[str, ...]:
    formats = () if value == () else _names(value, place)
    for text in formats:
        try:
            DateFormat(text)
        except ValueError as error:
            raise place.wrong(f"The date format {text!r} cannot be used.", str(error)) from error
    return formats


# -- one fact ------------------------------------------------------------------------------------------------
def _fact(fact: type[Imported], content: Any, writing: Writing, place: Place) -> FactMapping:
    if not isinstance(content, Mapping):
        raise place.wrong(f"{fact.key} must be a section.", f"Write [{place.section}].")
    each = _names(content["each"], place.at("each")) if "each" in content else ()
    columns = {
        name: _rule(name, _column_of(fact, name, place), rule, place.at(name), lines=bool(each))
        for name, rule in content.items()
        if name not in FACT
    }
    _refuse_incomplete(fact, columns, place)
    _refuse_counting(columns, each, place)
    return FactMapping(
        fact=fact.key,
        columns=columns,
        where=_conditions(content.get("where", []), place.at("where")),
        each=each,
        origin=_text(content["from"], place.at("from")) if "from" in content else "",
        writing=writing,
    )


def _column_of(fact: type[Imported], name: str, place: Place) -> Column:
    """The fact's column that a key stands for: its own name, or that of money in major units."""
    wanted = fact.carried() | {"received_at": fact.columns()["received_at"]}
    minor = wanted.get(name + MINOR)
    if minor is not None and minor.money:
        return minor
    if name not in wanted:
        major = [known.removesuffix(MINOR) for known, column in wanted.items() if column.money]
        raise place.unknown(name, f"column of {fact.key} named", (*wanted, *major, *FACT))
    return wanted[name]


def _refuse_incomplete(fact: type[Imported], columns: Mapping[str, Rule], place: Place) -> None:
    for name in columns:
        if name + MINOR in columns:
            raise place.at(name).wrong(
                f"{name} and {name}{MINOR} say the same.",
                f"Keep {name}{MINOR} (whole minor units) or {name} (major units), not both.",
            )
    there = {*columns, *(name + MINOR for name in columns)}
    missing = [name for name, column in fact.carried().items() if column.required and name not in there]
    if missing:
        shown = [name.removesuffix(MINOR) if fact.carried()[name].money else name for name in missing]
        raise place.wrong(
            f"{fact.key} need a rule for {', '.join(shown)}.",
            f'Add a line such as {shown[0]} = "the name of its column".',
        )
    one_of: tuple[str, ...] = getattr(fact, "one_of", ())
    if one_of and not there.intersection(one_of):
        raise place.wrong(f"{fact.key} need a rule for one of {', '.join(one_of)}.", "Add a line for one of them.")


def _refuse_counting(columns: Mapping[str, Rule], each: tuple[str, ...], place: Place) -> None:
    numbered = {name: rule.row for name, rule in columns.items() if rule.row}
    if each and numbered:
        raise place.at(next(iter(numbered))).wrong(
            "Where rows become one by `each`, they have no number.", "Leave out row, or each."
        )
    if len({row for row in numbered.values() if isinstance(row, tuple)}) > 1:
        raise place.wrong("Rows are numbered in two ways.", "Name the same columns wherever row names some.")


# -- conditions ----------------------------------------------------------------------------------------------
def _conditions(value: Any, place: Place) -> tuple[Condition, ...]:
    example = 'Write a list such as where = [{ column = "Invoice", begins = "C" }].'
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise place.wrong("where must be a list of conditions.", example)
    return tuple(_condition(one, place) for one in value)


def _condition(table: Mapping[str, Any], place: Place) -> Condition:
    for key in table:
        if key not in CONDITION:
            raise place.unknown(key, "condition", tuple(CONDITION))
    asked: list[Test] = [test for test in TESTS if test in table]
    if "column" not in table or len(asked) != 1:
        raise place.wrong(
            "A condition names one column and asks one thing of it.",
            f'Write for example {{ column = "Invoice", begins = "C" }}; it may ask {", ".join(TESTS)}.',
        )
    (test,) = asked
    negated = _flag(table.get("not", False), "not", place)
    if test == "empty":
        negated ^= not _flag(table["empty"], "empty", place)
        values: tuple[str, ...] = ()
    elif test in {"above", "below"}:
        values = (_number(table[test], test, place),)
    else:
        many = table[test] if isinstance(table[test], list) else [table[test]]
        values = tuple(_literal(one, place) for one in many)
        if not values:
            raise place.wrong(f"{test} names nothing.", "Name at least one text.")
    return Condition(_text(table["column"], place), test, values, negated)


# -- rules ---------------------------------------------------------------------------------------------------
def _rule(name: str, column: Column, value: Any, place: Place, *, lines: bool) -> Rule:
    if isinstance(value, str):
        return Rule((_text(value, place),))
    if not isinstance(value, Mapping):
        raise place.wrong(f"{name} is neither the name of a column nor a table.", _EXAMPLE)
    for key in value:
        if key not in SOURCES and key not in RULE:
            raise place.unknown(key, "rule", (*SOURCES, *RULE))
    rule = _parsed(value, place)
    _refuse_pointless(value, rule, place)
    _refuse_unfit(name, column, rule, place)
    for text in (rule.constant, rule.default, *rule.words.values()):
        _refuse_unreadable(name, column, text or "", place)
    if rule.through and lines:
        raise place.wrong("through cannot be followed together with `each`.", "Leave out one of the two.")
    if "take" in value and not lines:
        raise place.wrong("take needs `each`.", 'Say which rows become one, such as each = "Invoice".')
    return rule


def _parsed(value: Mapping[str, Any], place: Place) -> Rule:
    given = [key for key in SOURCES if key in value]
    if len(given) != 1 and given not in (["column", "row"], ["columns", "row"]):
        known = ", ".join(SOURCES)
        what = f"A rule has one of {known}, not {', '.join(given)}." if given else f"A rule needs one of {known}."
        raise place.wrong(what, _EXAMPLE)
    words = value.get("words", {})
    if not isinstance(words, Mapping):
        raise place.wrong("words must be a table.", 'Write for example words = { bezahlt = "active" }.')
    return Rule(
        columns=_names(value[given[0]], place) if given[0] in {"column", "columns"} else (),
        through=_text(value["through"], place) if "through" in value else "",
        join=_text(value.get("join", JOIN), place, empty=True, blank=True),
        product=_names(value["product"], place) if "product" in value else (),
        constant=_literal(value["constant"], place) if "constant" in value else None,
        row=_row(value["row"], place) if "row" in value else False,
        words={str(word).strip(): _literal(other, place, empty=True) for word, other in words.items()},
        dates=_formats(value.get("dates", ()), place),
        plus=_names(value["plus"], place) if "plus" in value else (),
        less=_names(value["less"], place) if "less" in value else (),
        where=_conditions(value.get("where", []), place),
        default=_literal(value["default"], place) if "default" in value else None,
        negate=_flag(value.get("negate", False), "negate", place),
        round=_flag(value.get("round", False), "round", place),
        take=_take(value.get("take", "agree"), place),
    )


def _refuse_pointless(value: Mapping[str, Any], rule: Rule, place: Place) -> None:
    """Keys that would do nothing beside the others, and so were meant otherwise."""
    joined = len(rule.columns) + bool(rule.row) > 1
    if "join" in value and not joined:
        raise place.wrong("join needs several columns.", 'Write for example columns = ["Shop", "Invoice"].')
    if rule.through and (len(rule.columns) != 1 or rule.row):
        raise place.wrong("through needs one column.", 'Write for example { column = "Order", through = "orders" }.')
    if len(rule.product) == 1:
        raise place.wrong("product needs several columns.", 'Write for example product = ["Quantity", "Price"].')
    useless: tuple[str, ...] = ("words",) if rule.product else ("words", "dates", "plus", "less", "negate", "round")
    useless = () if rule.columns else useless
    if not rule.columns and not rule.product and not rule.where:
        useless = (*useless, "default")
    for key in useless:
        if key in value:
            beside = "product" if rule.product else "row" if rule.row else "constant"
            raise place.wrong(f"{key} has no use beside {beside}.", f"Leave out {key}.")


def _refuse_unfit(name: str, column: Column, rule: Rule, place: Place) -> None:
    """What cannot be done with the type of the fact's column."""
    number, dated = column.type in {"whole", "real"}, column.type in {"moment", "day"}
    reasons = {
        "through": bool(rule.through) and name != "customer_id",
        "product": bool(rule.product) and not number,
        "negate": rule.negate and not number,
        "plus": bool(rule.plus) and not number,
        "less": bool(rule.less) and not number,
        "take = 'sum'": rule.take == "sum" and not number,
        "round": rule.round and not column.money,
        "dates": bool(rule.dates) and not dated,
        "several columns": len(rule.columns) > 1 and number,
        "row": bool(rule.row) and (dated or column.money),
        "take": rule.take in {"lowest", "highest"} and column.type in {"flag", "json"},
    }
    for what, unfit in reasons.items():
        if unfit:
            raise place.wrong(f"{what} has no meaning for {name}.", "Leave it out.")


def _refuse_unreadable(name: str, column: Column, text: str, place: Place) -> None:
    """What every row would be set aside for."""
    if not text:
        return
    try:
        if column.type in {"whole", "real"}:
            sound = Decimal(text).is_finite()
        elif column.type in {"moment", "day"}:
            sound = bool(datetime.fromisoformat(text))
        elif name == "currency":
            sound = is_currency(text.upper())
        elif column.type == "flag":
            sound = text in {"true", "false"}
        else:
            sound = not column.choices or text.lower() in column.choices
    except (InvalidOperation, ValueError):
        sound = False
    if not sound:
        remedy = f"Choose {', '.join(column.choices)}." if column.choices else _WRITE[column.type]
        raise place.wrong(f"{name} cannot be {text!r}.", remedy)


def _row(value: Any, place: Place) -> bool | tuple[str, ...]:
    if value is True:
        return True
    if isinstance(value, bool):
        raise place.wrong("row is true or names columns.", 'Write row = true, or row = "Invoice".')
    return _names(value, place)


def _take(value: Any, place: Place) -> Take:
    for take in TAKES:
        if take == value:
            return take
    raise place.wrong(f"take cannot be {value!r}.", f"Choose {', '.join(TAKES)}.")


# -- values --------------------------------------------------------------------------------------------------
def _text(value: Any, place: Place, *, empty: bool = False, blank: bool = False) -> str:
    if not isinstance(value, str):
        raise place.wrong(f"{value!r} must be a text.", "Put it in quotation marks.")
    text = value if blank else value.strip()
    if not text and not empty:
        raise place.wrong("A text is empty.", "Fill it in, or leave out the line.")
    return text


def _names(value: Any, place: Place) -> tuple[str, ...]:
    names: Sequence[Any] = value if isinstance(value, list) else [value]
    if not names:
        raise place.wrong("A list is empty.", "Name at least one, or leave out the line.")
    return tuple(_text(name, place) for name in names)


def _literal(value: Any, place: Place, *, empty: bool = False) -> str:
    """A text, number, flag or date as canonical files write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{Decimal(str(value)):f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, time):
        raise place.wrong(f"{value} is a time without a day.", "Write day and time.")
    return _text(value, place, empty=empty)


def _number(value: Any, name: str, place: Place) -> str:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise place.wrong(f"{name} needs a number, not {value!r}.", f"Write for example {name} = 0.")
    return f"{number:f}"


def _flag(value: Any, name: str, place: Place) -> bool:
    if not isinstance(value, bool):
        raise place.wrong(f"{name} is true or false, not {value!r}.", f"Write {name} = true, or leave it out.")
    return value
