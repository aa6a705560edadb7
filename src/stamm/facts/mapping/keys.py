"""What each key of a mapping means to whoever writes one; what is not here is no key."""

from __future__ import annotations

#: of `[mapping.NAME]`: how cells are written in all of it
WRITING = {
    "decimal": 'the sign before the decimals: "." (so without it) or ","',
    "thousands": 'the sign between thousands: "." "," " " or "\'"; without it, none',
    "dates": "how moments and days are written, one format or several that are tried in turn; without it, ISO 8601",
    "time_zone": "the zone of moments that name none; without it, the organisation's",
    "currency": "the currency of money that no rule names one for; without it, the organisation's",
}
#: of `[mapping.NAME.FACT]`, beside the columns of the fact
FACT = {
    "from": "the sheet of a workbook, or the file of an archive, that holds the rows; needed where there are several",
    "each": "a column, or several: rows that are equal there become one",
    "where": "conditions, all of which must hold for a row to count; the others are left out, and counted",
}
#: of a rule: where the value comes from; exactly one, but that `row` may stand beside columns
SOURCES = {
    "column": "the cell of this column; without any other key, its name alone will do",
    "columns": "the cells of these columns, joined; empty where one of them is",
    "product": "the cells of these columns, multiplied, exactly; empty where one of them is",
    "constant": "this value in every row",
    "row": (
        "`true`: the line of the file (elsewhere the number of the row); columns: 1, 2, 3 ... among the rows that are "
        "equal there; beside columns, joined behind them"
    ),
}
#: of a rule: what is done with the value, in this order
RULE = {
    "through": "the cell is the number of an order, the value the customer that the mapping of this name knows for it",
    "join": 'what stands between joined cells; without it, "-"',
    "words": "a table of cells and what they stand for; an empty text stands for nothing",
    "dates": "how this column writes moments or days, where not as the mapping says",
    "plus": "columns whose numbers are added; empty ones are passed over",
    "less": "columns whose numbers are taken off; empty ones are passed over",
    "where": "conditions, all of which must hold; in other rows the value is empty",
    "default": "what an empty value stands for",
    "negate": "`true`: the sign is turned around",
    "round": "`true`: money is rounded to whole minor units, halves away from zero",
    "take": (
        "with `each`, what becomes of several rows: they `agree` (so without it; empty cells aside), or their `sum`, "
        "the `lowest` or the `highest` counts; to be added up, a cell must be filled in every row or in none"
    ),
}
#: of a condition
CONDITION = {
    "column": "the column it asks",
    "is": "the cell is this text, or one of these",
    "begins": "it begins with this text, or one of these",
    "contains": "it contains this text, or one of these",
    "above": "it is a number above this one; a cell that is no number makes the row unsound",
    "below": "it is a number below this one",
    "empty": "`true`: nothing is in it",
    "not": "`true`: the answer is turned around",
}
