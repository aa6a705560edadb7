"""How a whole file writes numbers, moments and money: decided once, by the evidence of all its columns together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stamm.facts.mapping import Writing
from stamm.lang.money import is_currency
from stamm.lang.organisation import Organisation
from stamm.sources.guessing.dates import DAY_FIRST, ISO, MONTH_FIRST
from stamm.sources.guessing.reason import Reason, Share, say
from stamm.sources.guessing.shape import Shape

_UTC = re.compile(r"(?i)(?<![a-z])(?:utc|gmt)(?![a-z])")
#: ISO 8601 as formats, for files in which other formats stand as well
_ISO_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True)
class Conventions:
    """How cells are written, and why; `order` says whether the day or the month comes first."""

    writing: Writing
    order: str = DAY_FIRST
    reasons: Mapping[str, Reason] = field(default_factory=dict)


def conventions_of(shapes: Sequence[Shape], organisation: Organisation, *, delimiter: str = ",") -> Conventions:
    """The conventions of a file by the columns that will be used."""
    reasons: dict[str, Reason] = {}
    numbers = [shape for shape in shapes if shape.numbers and shape.looks("number")]
    moments = [shape for shape in shapes if shape.moments and shape.looks("moment")]
    decimal, thousands = _signs(numbers, reasons, delimiter)
    order = _order(moments, reasons, decimal, delimiter, organisation)
    return Conventions(
        Writing(
            decimal=decimal,
            thousands=thousands,
            dates=_formats(moments, order, reasons),
            time_zone=_zone(moments, reasons),
            currency=_currency(numbers, [shape.name for shape in shapes if shape.currencies], reasons),
        ),
        order,
        reasons,
    )


# -- numbers -------------------------------------------------------------------------------------------------
def _signs(columns: Sequence[Shape], reasons: dict[str, Reason], delimiter: str) -> tuple[str, str]:
    """Decimal and thousands sign."""
    styles, unclear = Counter[tuple[str, str]](), Counter[str]()
    for shape in columns:
        assert shape.numbers is not None  # only such columns are given
        styles.update(shape.numbers.styles)
        unclear.update(shape.numbers.unclear)
    point, comma = (sum(count for (sign, _), count in styles.items() if sign == wanted) for wanted in (".", ","))
    doubtful = min(point, comma) * 50 > max(point, comma)
    if not point and not comma:
        if not unclear:
            return ".", _alone(styles, reasons)
        sign = unclear.most_common(1)[0][0]
        decimal = "," if (sign == ".") == (delimiter == ";") else "."
        reasons["decimal"] = say(
            "cells such as {example} can be read both ways; decided by the sign between the columns",
            example=f"1{sign}234",
        ).doubted()
        return decimal, sign if sign != decimal else ""
    decimal = "," if comma > point else "."
    for_it, against = max(point, comma), min(point, comma)
    text = say("{count} numbers can only be read so", count=for_it)
    if against:
        text = say("{count} numbers can only be read so, {other} only the other way", count=for_it, other=against)
    reasons["decimal"] = text.doubted(doubtful)
    return decimal, _thousands(decimal, styles, unclear, reasons)


def _alone(styles: Counter[tuple[str, str]], reasons: dict[str, Reason]) -> str:
    """The thousands sign of whole numbers."""
    sign = next((sign for (_, sign) in styles if sign), "")
    if sign:
        reasons["thousands"] = say("{count} numbers have it between groups of three digits", count=styles["", sign])
    return sign


def _thousands(
    decimal: str, styles: Counter[tuple[str, str]], unclear: Counter[str], reasons: dict[str, Reason]
) -> str:
    other = "," if decimal == "." else "."
    counts = Counter({sign: count for (dot, sign), count in styles.items() if sign and dot in {decimal, ""}})
    counts[other] += unclear[other]
    sign, count = counts.most_common(1)[0]
    if not count:
        return ""
    reasons["thousands"] = say("{count} numbers have it between groups of three digits", count=count)
    return sign


# -- moments -------------------------------------------------------------------------------------------------
def _order(
    columns: Sequence[Shape], reasons: dict[str, Reason], decimal: str, delimiter: str, organisation: Organisation
) -> str:
    """Whether the day or the month comes first."""
    open_ = [shape.moments for shape in columns if shape.moments and shape.moments.unclear]
    if not open_:
        return DAY_FIRST
    cells = sum(shape.filled for shape in columns if shape.moments and shape.moments.unclear)
    first = {DAY_FIRST: sum(one.day_first for one in open_), MONTH_FIRST: sum(one.month_first for one in open_)}
    order = max(first, key=lambda order: first[order])
    count, other = first[order], min(first.values())
    told = {DAY_FIRST: say("the day comes first"), MONTH_FIRST: say("the month comes first")}
    if count:
        text = say(
            "{order}: in {share} of the cells that number is over 12", order=told[order], share=Share(count / cells)
        )
        if other:
            text = say(
                "{order}: in {count} cells only so it is a date, in {other} only the other way",
                order=told[order],
                count=count,
                other=other,
            )
        reasons["dates"] = text.doubted(other * 20 > count)
        return order
    steady = {one.sorted_as for one in open_} - {""}
    if len(steady) == 1:
        (order,) = steady
        reasons["dates"] = say("{order}: only so the rows follow each other in time", order=told[order])
        return order
    if all(one.dotted for one in open_):
        reasons["dates"] = say("{order}, as it does where points stand between", order=told[DAY_FIRST])
        return DAY_FIRST
    american = organisation.zone.startswith("America/") and decimal == "." and delimiter != ";"
    order = MONTH_FIRST if american else DAY_FIRST
    why = say("by the organisation's time zone") if american else say("by what is usual outside America")
    reasons["dates"] = say("{order}: no cell decides it; taken so {why}", order=told[order], why=why).doubted()
    return order


def _formats(columns: Sequence[Shape], order: str, reasons: dict[str, Reason]) -> tuple[str, ...]:
    """All formats in use; none where all is ISO 8601."""
    counts: Counter[str] = Counter()
    for shape in columns:
        assert shape.moments is not None  # only such columns are given
        if not shape.moments.typed:
            for format_ in shape.moments.in_order(order):
                counts[format_] += shape.filled
    if set(counts) <= {ISO}:
        return ()
    fits = [shape.moments.fits for shape in columns if shape.moments and not shape.moments.typed]
    filled = sum(shape.filled for shape in columns if shape.moments and not shape.moments.typed)
    fitting = say("{share} of {count} cells fit", share=Share(min(fits)), count=filled)
    reasons["dates"] = (
        say("{one}; {other}", one=fitting, other=reasons["dates"]).doubted(reasons["dates"].doubtful)
        if "dates" in reasons
        else fitting
    )
    plain = [format_ for format_, _ in counts.most_common() if format_ != ISO]
    return (*plain, *(_ISO_FORMATS if ISO in counts else ()))


def _zone(columns: Sequence[Shape], reasons: dict[str, Reason]) -> str:
    timed = [shape for shape in columns if shape.moments and shape.moments.timed > 0]
    bare = [shape for shape in timed if shape.moments and shape.moments.zoned < 1]
    if not bare:
        return ""
    named = [shape.name for shape in bare if _UTC.search(shape.name)]
    if named:
        reasons["time_zone"] = say("the heading says so: {columns}", columns=named)
        return "UTC"
    reasons["time_zone"] = say("the moments do not name their zone, so it is the organisation's")
    return ""


# -- money ---------------------------------------------------------------------------------------------------
def _currency(columns: Iterable[Shape], stated: Sequence[str], reasons: dict[str, Reason]) -> str:
    """The currency that stands beside amounts or in their headings, else none: that of the row (in the columns
    `stated`) or the organisation's holds."""
    beside = Counter(code for shape in columns if (code := shape.names_currency()))
    if beside:
        code, _ = beside.most_common(1)[0]
        reasons["currency"] = say("its sign stands beside the amounts").doubted(len(beside) > 1)
        return code
    for shape in columns:
        code = currency_in(shape.name)
        if code:
            reasons["currency"] = say("the heading says so: {columns}", columns=[shape.name])
            return code
    if stated:
        reasons["currency"] = say("each row says it: {columns}", columns=stated)
    else:
        reasons["currency"] = say("the file names none, so it is the organisation's")
    return ""


def currency_in(name: str) -> str:
    """The currency that a heading names: Betrag (EUR), Price in €."""
    for sign, code in (("€", "EUR"), ("£", "GBP"), ("$", "USD")):
        if sign in name:
            return code
    words = re.findall(r"\b[A-Z]{3}\b|\b[a-z]{3}\b", name)
    found = [word.upper() for word in words if is_currency(word.upper()) and (word.isupper() or word in _SPELLED)]
    return found[-1] if found else ""


#: small letters that mean a currency and no word
_SPELLED = frozenset({"eur", "usd", "gbp", "chf"})
