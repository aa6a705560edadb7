"""Mappings in stamm.toml: what they mean, that nothing is lost on the way back, and that every mistake is told."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from stamm.facts.mapping import Condition, FactMapping, Rule, Writing, mapping_table, parse_mapping
from stamm.facts.mapping.dates import DateFormat
from stamm.lang.errors import ProjectError

INVOICES = """
decimal = ","
thousands = "."
dates = "%d.%m.%Y %H:%M"
time_zone = "Europe/Berlin"
currency = "GBP"

[orders]
each = "Invoice"
where = [{ column = "Invoice", begins = "C", not = true }, { column = "Quantity", above = 0 }]
order_id = "Invoice"
customer_id = { column = "Customer ID", words = { Gast = "" } }
ordered_at = { column = "InvoiceDate", take = "lowest" }
amount = { product = ["Quantity", "Price"], round = true, take = "sum" }
shipping = { column = "Freight", plus = "Handling", less = ["Rebate", "Voucher"], take = "sum" }
cancelled_at = { column = "InvoiceDate", where = [{ column = "State", is = "void" }], take = "lowest" }
channel = { constant = "web", where = [{ column = "Shop", empty = true }], default = "store" }

[order_lines]
order_id = "Invoice"
line_id = { row = "Invoice" }
ordered_at = { columns = ["Day", "Time"], join = " ", dates = ["%d.%m.%y %H:%M", "%Y-%m-%d"] }
quantity = { column = "Quantity", default = 1 }

[returns]
from = "Sheet 2"
where = [
    { column = "Invoice", begins = ["C", "K"] },
    { column = "Price", below = 0.5 },
    { column = "Note", empty = true },
]
return_id = { columns = ["Invoice"], row = true }
returned_at = "InvoiceDate"
quantity = { column = "Quantity", negate = true }
"""
WRITING = Writing(",", ".", ("%d.%m.%Y %H:%M",), "Europe/Berlin", "GBP")


def parsed(text: str, **more: Any) -> tuple[FactMapping, ...]:
    return parse_mapping("shop", tomllib.loads(text), file="stamm.toml", **more)


def test_every_rule_is_read_as_it_is_meant() -> None:
    orders, lines, returns = parsed(INVOICES)
    assert orders == FactMapping(
        fact="orders",
        columns={
            "order_id": Rule(("Invoice",)),
            "customer_id": Rule(("Customer ID",), words={"Gast": ""}),
            "ordered_at": Rule(("InvoiceDate",), take="lowest"),
            "amount": Rule(product=("Quantity", "Price"), round=True, take="sum"),
            "shipping": Rule(("Freight",), plus=("Handling",), less=("Rebate", "Voucher"), take="sum"),
            "cancelled_at": Rule(("InvoiceDate",), where=(Condition("State", "is", ("void",)),), take="lowest"),
            "channel": Rule(constant="web", where=(Condition("Shop", "empty"),), default="store"),
        },
        where=(
            Condition("Invoice", "begins", ("C",), negated=True),
            Condition("Quantity", "above", ("0",)),
        ),
        each=("Invoice",),
        writing=WRITING,
    )
    assert lines.columns["line_id"] == Rule(row=("Invoice",))
    assert lines.columns["ordered_at"] == Rule(("Day", "Time"), " ", dates=("%d.%m.%y %H:%M", "%Y-%m-%d"))
    assert lines.columns["quantity"] == Rule(("Quantity",), default="1")
    assert returns.origin == "Sheet 2"
    assert returns.where[0] == Condition("Invoice", "begins", ("C", "K"))
    assert returns.where[1:] == (Condition("Price", "below", ("0.5",)), Condition("Note", "empty"))
    assert returns.columns["return_id"] == Rule(("Invoice",), row=True)
    assert returns.columns["quantity"] == Rule(("Quantity",), negate=True)


def test_what_is_written_back_is_read_as_the_same() -> None:
    facts = parsed(INVOICES)
    assert parse_mapping("shop", mapping_table(facts), file="stamm.toml") == facts


def test_a_mapping_reads_the_columns_it_names_and_no_others() -> None:
    orders, lines, _ = parsed(INVOICES)
    more = {"Freight", "Handling", "Rebate", "Voucher", "State", "Shop"}
    assert set(orders.needs) == {"Invoice", "Quantity", "Customer ID", "InvoiceDate", "Price", *more}
    assert set(lines.needs) == {"Invoice", "Day", "Time", "Quantity"}


def test_keys_of_somebody_else_are_passed_over() -> None:
    text = 'files = "x*.csv"\n[responses]\nresponse_id = "a"\nquestion = "b"\nkind = "c"\nasked_at = "d"\n'
    assert parsed(text, beside=("files",))[0].fact == "responses"
    with pytest.raises(ProjectError, match="There is no setting or fact kind 'files'"):
        parsed(text)


ORDERS = '[orders]\norder_id = "Invoice"\nordered_at = "Date"\namount = "Total"\n'
LINES = ORDERS.replace("[orders]", '[orders]\neach = "Invoice"')


@pytest.mark.parametrize(
    ("text", "where", "what", "remedy"),
    [
        ("", "[mapping.shop]", "The mapping makes no facts.", "Add a section such as [mapping.shop.orders]."),
        ("[ordrs]", "[mapping.shop]", "There is no setting or fact kind 'ordrs'.", "Did you mean orders?"),
        ("orders = 1", "[mapping.shop.orders]", "orders must be a section.", "Write [mapping.shop.orders]."),
        ('decimal = ";"', "[mapping.shop] decimal", "decimal cannot be ';'.", 'Choose "." or ",".'),
        (
            'thousands = "."',
            "[mapping.shop] thousands",
            "thousands cannot be '.'.",
            'Choose one of "", ",", " ", "\'".',
        ),
        ("decimal = 1", "[mapping.shop] decimal", "1 must be a text.", "Put it in quotation marks."),
        ('time_zone = "Berlin"', "[mapping.shop]", "There is no time zone named 'Berlin'.", "Use an IANA name"),
        ('currency = "EURO"', "[mapping.shop]", "'EURO' is no ISO 4217 currency.", "Write three capitals"),
        (
            'dates = "%d.%m."',
            "[mapping.shop] dates",
            "The date format '%d.%m.' cannot be used.",
            "A year (%Y or %y), a month (%m or %b) and a day (%d) are needed, each once.",
        ),
        (
            ORDERS + 'custmer_id = "C"',
            "[mapping.shop.orders]",
            "There is no column of orders named 'custmer_id'.",
            "Did you mean customer_id?",
        ),
        (
            '[orders]\norder_id = "Invoice"',
            "[mapping.shop.orders]",
            "orders need a rule for ordered_at, amount.",
            'Add a line such as ordered_at = "the name of its column".',
        ),
        (
            ORDERS + 'amount_minor = "Cents"',
            "[mapping.shop.orders] amount",
            "amount and amount_minor say the same.",
            "Keep amount_minor (whole minor units) or amount (major units), not both.",
        ),
        (ORDERS + "channel = 1", "[mapping.shop.orders] channel", "channel is neither the name", "Write the name of"),
        (ORDERS + 'channel = ""', "[mapping.shop.orders] channel", "A text is empty.", "Fill it in"),
        (
            ORDERS + 'channel = { colum = "C" }',
            "[mapping.shop.orders] channel",
            "There is no rule 'colum'.",
            "Did you mean column?",
        ),
        (
            ORDERS + 'channel = { column = "C", constant = "web" }',
            "[mapping.shop.orders] channel",
            "A rule has one of column, columns, product, constant, row, not column, constant.",
            "Write the name of a column",
        ),
        (
            ORDERS + 'channel = { default = "web" }',
            "[mapping.shop.orders] channel",
            "A rule needs one of column, columns, product, constant, row.",
            "Write the name of a column",
        ),
        (
            ORDERS + "channel = { columns = [] }",
            "[mapping.shop.orders] channel",
            "A list is empty.",
            "Name at least one",
        ),
        (ORDERS + 'channel = { column = "C", words = "x" }', "channel", "words must be a table.", "Write for example"),
        (
            ORDERS + 'channel = { column = "C", negate = 1 }',
            "channel",
            "negate is true or false, not 1.",
            "Write negate",
        ),
        (
            ORDERS + 'channel = { column = "C", join = "-" }',
            "channel",
            "join needs several columns.",
            "Write for example",
        ),
        (ORDERS + 'tax = { product = ["C"] }', "tax", "product needs several columns.", "Write for example"),
        (ORDERS + "tax = { constant = 1, negate = true }", "tax", "negate has no use beside constant.", "Leave out"),
        (ORDERS + 'tax = { product = ["A", "B"], words = {} }', "tax", "words has no use beside product.", "Leave out"),
        (ORDERS + "channel = { row = true, default = 1 }", "channel", "default has no use beside row.", "Leave out"),
        (ORDERS + "channel = { row = false }", "channel", "row is true or names columns.", "Write row = true"),
        (ORDERS + "channel = { constant = 01:02:03 }", "channel", "01:02:03 is a time without a day.", "Write day"),
        (ORDERS + 'tax = { column = "C", take = "sum" }', "tax", "take needs `each`.", "Say which rows become one"),
        (
            LINES + 'tax = { column = "C", take = "first" }',
            "tax",
            "take cannot be 'first'.",
            "Choose agree, sum, lowest",
        ),
        (
            LINES + 'channel = { column = "C", take = "sum" }',
            "channel",
            "take = 'sum' has no meaning for channel.",
            "Leave it out.",
        ),
        (
            ORDERS + 'channel = { product = ["A", "B"] }',
            "channel",
            "product has no meaning for channel",
            "Leave it out.",
        ),
        (
            ORDERS + 'tax = { columns = ["A", "B"] }',
            "tax",
            "several columns has no meaning for tax.",
            "",
        ),
        (ORDERS + 'tax = { column = "A", dates = "%Y-%m-%d" }', "tax", "dates has no meaning for tax", ""),
        (ORDERS + "tax = { constant = 'x' }", "tax", "tax cannot be 'x'.", "Write a number with a decimal point."),
        (ORDERS + "currency = { constant = 'EURO' }", "currency", "currency cannot be 'EURO'.", "Write three capitals"),
        (
            ORDERS + "delivered_at = { column = 'A', default = 'soon' }",
            "delivered_at",
            "delivered_at cannot be",
            "Write",
        ),
        (LINES + "channel = { row = true }", "channel", "Where rows become one by `each`", "Leave out row, or each."),
        (
            ORDERS + "channel = { row = 'A' }\ncampaign = { row = 'B' }",
            "orders]",
            "Rows are numbered in two",
            "Name the",
        ),
        (ORDERS + 'where = { column = "A" }', "[mapping.shop.orders] where", "where must be a list", "Write a list"),
        (
            ORDERS.replace("[orders]", '[orders]\nwhere = [{ is = "A" }]'),
            "where",
            "A condition names one column",
            "Write",
        ),
        (
            ORDERS + 'where = [{ column = "A", equals = 1 }]',
            "where",
            "There is no condition 'equals'.",
            "Known are column, is, begins, contains, above, below, empty, not.",
        ),
        (ORDERS + 'where = [{ column = "A", above = "x" }]', "where", "above needs a number, not 'x'.", "Write for"),
        (ORDERS + 'where = [{ column = "A", is = [] }]', "where", "is names nothing.", "Name at least one text."),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(text: str, where: str, what: str, remedy: str) -> None:
    with pytest.raises(ProjectError) as caught:
        parsed(text)
    assert caught.value.where.startswith("stamm.toml, [mapping.shop")
    assert where in caught.value.where
    assert caught.value.what.startswith(what)
    assert caught.value.remedy.startswith(remedy)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("%d.%m.%Y %Q", "%Q is not known"),
        ("%d.%d.%m.%Y", "%d stands in it twice"),
        ("%d.%m.%y%Y", "each once"),
        ("%d.%m.%Y %I:%M", "%I together with %p"),
        ("%d.%m.%Y %H:%M %p", "%I together with %p"),
        ("%d.%m.%Y %M", "%M needs %H too"),
        ("%d.%m.%Y %H:%S", "%S needs %M too"),
        ("%d.%m.%Y %z", "%z needs %H too"),
    ],
)
def test_a_format_that_says_no_moment_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        DateFormat(text)


def test_a_format_in_pieces() -> None:
    assert DateFormat("%d.%m.%Y, 100%% %H").pieces == (
        ("d", True),
        (".", False),
        ("m", True),
        (".", False),
        ("Y", True),
        (", 100", False),
        ("%", False),
        (" ", False),
        ("H", True),
    )
    assert not DateFormat("%b %d %y").has_time
    assert DateFormat("%b %d %y %I:%M %p").has_time
