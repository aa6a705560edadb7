"""From raw columns to facts: what is refused, what is set aside, what is told."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from stamm.app.retelling import retell
from stamm.facts import imported
from stamm.facts.columns import currency, moment, money, text
from stamm.facts.kind import Imported
from stamm.lang.errors import InputError
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.sources import Reject
from stamm.sources.checking import Layout, Raw

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
FACTS = imported()


class Fees(Imported):
    """Fees, for a rule no fact of the house has yet."""

    key_columns = ("fee_id",)
    clock = "charged_at"
    fee_id = text(required=True)
    charged_at = moment(required=True)
    amount_minor = money(required=True, low=0)
    floor_minor = money(low=100)
    currency = currency()


def layout(fact: str, names: Sequence[str]) -> Layout:
    return Layout(FACTS[fact], names, f"{fact}.csv", BERLIN)


def check(
    fact: str | type[Imported], columns: Mapping[str, Sequence[str | None]], organisation: Organisation = BERLIN
) -> tuple[pa.Table, tuple[Reject, ...]]:
    kind = FACTS[fact] if isinstance(fact, str) else fact
    arrays = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    rows = len(next(iter(arrays.values())))
    raw = Raw(arrays, np.arange(2, rows + 2, dtype=np.int64))
    table, rejects = Layout(kind, list(columns), f"{kind.key}.csv", organisation).check(raw)
    assert table.num_rows + len(rejects) == rows
    return table, rejects


def only(fact: str | type[Imported], **cells: str) -> Reject | None:
    """The reject of a file with one row, or None."""
    _, rejects = check(fact, {name: [cell] for name, cell in cells.items()})
    return rejects[0] if rejects else None


ORDER = {"order_id": "1", "ordered_at": "2024-02-10T14:30:00Z", "amount_minor": "1230", "currency": "EUR"}
EVENT = {"event_id": "1", "happened_at": "2024-02-10T14:30:00Z", "kind": "page", "customer_id": "7"}
SUBSCRIPTION = {
    "subscription_id": "1",
    "started_at": "2024-02-10T14:30:00Z",
    "mrr_minor": "900",
    "currency": "EUR",
    "status": "active",
}
LINK = {"anonymous_id": "a", "linked_at": "2024-02-10T14:30:00Z", "customer_id": "7"}
RETURN = {"return_id": "1", "returned_at": "2024-02-10T14:30:00Z"}
RESPONSE = {"response_id": "1", "question": "q", "kind": "nps", "asked_at": "2024-02-10T14:30:00Z"}
MESSAGE = {"message_id": "1", "sent_at": "2024-02-10T14:30:00Z"}
REACTION = {"reaction_id": "1", "kind": "like", "happened_at": "2024-02-10T14:30:00Z"}
TICKET = {"ticket_id": "1", "opened_at": "2024-02-10T14:30:00Z"}
GATHERING = {"gathering_id": "1", "starts_at": "2024-02-10T14:30:00Z", "ends_at": "2024-02-10T16:30:00Z"}
ATTENDANCE = {"gathering_id": "1", "customer_id": "7", "ends_at": "2024-02-10T16:30:00Z"}
COST = {"cost_id": "1", "incurred_on": "2024-02-10", "kind": "service", "amount_minor": "500", "currency": "EUR"}
PREDICTION = {"model": "m", "customer_id": "7", "predicted_at": "2024-02-10T14:30:00Z", "value": "0.5"}
POSTING = {
    "posting_id": "1",
    "customer_id": "7",
    "posted_at": "2024-02-10T14:30:00Z",
    "kind": "earned",
    "quantity": "10",
}
CONSENT = {
    "consent_id": "1",
    "customer_id": "7",
    "purpose": "newsletter",
    "granted": "yes",
    "recorded_at": "2024-02-10T14:30:00Z",
}


# -- the heading ---------------------------------------------------------------------------------------------
def test_a_missing_column_is_named_with_what_was_found_and_what_comes_near() -> None:
    with pytest.raises(InputError) as told:
        layout("orders", ["order_id", "ordered at", "Amount", "city"])
    assert told.value.exit_code == 3
    assert str(told.value) == (
        "orders.csv: The columns ordered_at, amount_minor are missing. "
        "Columns found: order_id, ordered at, Amount, city. "
        "Perhaps ordered at for ordered_at, Amount for amount_minor? "
        "Rename or add what is missing in the heading."
    )


def test_one_missing_column_without_a_near_miss() -> None:
    with pytest.raises(InputError) as told:
        layout("links", ["anonymous_id", "linked_at", ""])
    assert str(told.value) == (
        "links.csv: The column customer_id is missing. "
        "Columns found: anonymous_id, linked_at, (without a name). "
        "Rename or add what is missing in the heading."
    )


def test_events_need_one_of_the_two_ids() -> None:
    names = ["event_id", "happened_at", "kind"]
    with pytest.raises(InputError) as told:
        layout("events", names)
    assert str(told.value) == (
        "events.csv: One of the columns customer_id or anonymous_id is needed, and neither is there. "
        "Columns found: event_id, happened_at, kind. Rename or add one of them in the heading."
    )
    assert layout("events", [*names, "anonymous_id"]).remarks == ()


def test_a_column_may_stand_there_once() -> None:
    with pytest.raises(InputError) as told:
        layout("orders", ["order_id", "ordered_at", "amount_minor", "order_id "])
    assert str(told.value) == (
        "orders.csv: The column order_id stands in the heading twice. Rename or remove one of the two."
    )


def test_an_amount_may_be_given_in_one_unit() -> None:
    with pytest.raises(InputError) as told:
        layout("orders", ["order_id", "ordered_at", "amount", "amount_minor"])
    assert str(told.value) == (
        "orders.csv: The columns amount and amount_minor say the same. "
        "Keep amount_minor (whole minor units) or amount (major units), not both."
    )


def test_unknown_columns_are_ignored_and_told() -> None:
    found = layout("orders", ["order_id", "ordered_at", "amount_minor", "currency", "chanel", "weather", "", "source"])
    assert found.remarks == (
        "the column chanel is ignored: orders has no such column; did you mean channel?",
        "the column weather is ignored: orders has no such column",
        "a column without a name is ignored",
        "the column source is ignored: the file itself is the source",
    )
    assert set(found.taken) == {"order_id", "ordered_at", "amount_minor", "currency"}


def test_an_assumed_currency_is_told() -> None:
    assert layout("orders", ["order_id", "ordered_at", "amount", "tax_minor"]).remarks == (
        "there is no column currency: amount_minor, tax_minor is taken as EUR, the organisation's currency",
    )
    assert layout("events", ["event_id", "happened_at", "kind", "customer_id"]).remarks == ()


# -- sound rows ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fact", sorted(FACTS))
def test_the_table_has_the_types_of_the_fact(fact: str) -> None:
    kind = FACTS[fact]
    names = [*kind.carried(), "received_at", "simulated"]
    table, _ = Layout(kind, names, "x.csv", BERLIN).check(
        Raw({name: pa.array([], pa.string()) for name in names}, np.zeros(0, dtype=np.int64))
    )
    assert table.column_names == names
    schema = kind.schema()
    assert [table.schema.field(name).type for name in names] == [schema.field(name).type for name in names]


def test_a_sound_row() -> None:
    columns = {name: [cell] for name, cell in ORDER.items()}
    table, rejects = check("orders", {**columns, "channel": [" web "], "customer_id": [""], "cancelled_at": [None]})
    assert rejects == ()
    assert table.to_pylist() == [
        {
            "order_id": "1",
            "customer_id": None,
            "ordered_at": datetime(2024, 2, 10, 14, 30, tzinfo=UTC),
            "amount_minor": 1230,
            "currency": "EUR",
            "channel": "web",
            "cancelled_at": None,
        }
    ]


def test_what_the_store_adds_may_come_along() -> None:
    table, _ = check(
        "orders",
        {
            **{name: [cell, cell] for name, cell in ORDER.items()},
            "received_at": ["2024-03-01", ""],
            "simulated": ["yes", ""],
        },
    )
    assert table["received_at"].to_pylist() == [datetime(2024, 2, 29, 23, tzinfo=UTC), None]
    assert table["simulated"].to_pylist() == [True, None]


def test_amounts_in_major_units_use_the_currency_of_their_row() -> None:
    columns = {
        "order_id": ["1", "2", "3"],
        "ordered_at": ["2024-02-10"] * 3,
        "amount": ["12.30", "500", "1.234"],
        "currency": ["EUR", "jpy", "KWD"],
    }
    table, rejects = check("orders", columns)
    assert rejects == ()
    assert table["amount_minor"].to_pylist() == [1230, 500, 1234]
    assert table["currency"].to_pylist() == ["EUR", "JPY", "KWD"]
    assert "amount" not in table.column_names


def test_without_a_currency_column_the_organisations_currency() -> None:
    columns = {"order_id": ["1"], "ordered_at": ["2024-02-10"], "amount": ["500"]}
    table, _ = check("orders", columns, Organisation(currency="JPY"))
    assert (table["amount_minor"].to_pylist(), table["currency"].to_pylist()) == ([500], ["JPY"])
    table, _ = check("orders", columns, BERLIN)
    assert (table["amount_minor"].to_pylist(), table["currency"].to_pylist()) == ([50_000], ["EUR"])


def test_rows_of_the_same_key_stay_in_their_order() -> None:
    columns = {name: [cell] * 3 for name, cell in ORDER.items()}
    table, rejects = check("orders", {**columns, "amount_minor": ["3", "1", "2"]})
    assert (table["amount_minor"].to_pylist(), rejects) == ([3, 1, 2], ())


# -- rows set aside ------------------------------------------------------------------------------------------
MINOR = "is not whole minor units; write 12.30 EUR as 1230 here, or as 12.30 in a column named without _minor"


NO_OBJECT = 'is not a JSON object; write it as {"key": "value"}'
NO_NUMBER = "is not a number; write it with a decimal point and without thousands separators, such as 1234.5"
UNKNOWN = "is not an ISO 4217 currency; write three capitals such as EUR"
BESIDE = "is missing beside an amount; fill it in every row, or leave the column out of the whole file"
NEITHER = "is missing, and anonymous_id too; fill in one"
MISSING = "is missing; the column must be filled in every row"
ONE_SECOND_BEFORE = "2024-02-10T14:29:59Z"
NO_DAY = "is not a day; write it as 2024-02-10"
COST_KINDS = "is not one of service, acquisition, retention, reward, advertising"
GERMAN = Language("de")


@pytest.mark.parametrize(
    ("fact", "row", "changed", "column", "reason"),
    [
        ("orders", ORDER, {"order_id": " "}, "order_id", MISSING),
        ("orders", ORDER, {"ordered_at": ""}, "ordered_at", MISSING),
        ("orders", ORDER, {"amount_minor": ""}, "amount_minor", MISSING),
        ("orders", ORDER, {"amount_minor": "12.30"}, "amount_minor", MINOR),
        ("orders", ORDER, {"cost_minor": "free"}, "cost_minor", MINOR),
        ("orders", ORDER, {"currency": "EURO"}, "currency", UNKNOWN),
        ("orders", ORDER, {"currency": ""}, "currency", BESIDE),
        ("orders", ORDER, {"cancelled_at": ONE_SECOND_BEFORE}, "cancelled_at", "lies before ordered_at"),
        ("orders", ORDER, {"cancelled_at": "2024-02-09"}, "cancelled_at", "lies before ordered_at"),
        ("orders", ORDER, {"delivered_at": ONE_SECOND_BEFORE}, "delivered_at", "lies before ordered_at"),
        ("orders", ORDER, {"fulfilled_at": ONE_SECOND_BEFORE}, "fulfilled_at", "lies before ordered_at"),
        ("events", EVENT, {"kind": "click"}, "kind", "is not one of page, screen, track, stay"),
        ("events", EVENT, {"customer_id": ""}, "customer_id", NEITHER),
        ("events", EVENT, {"customer_id": "", "anonymous_id": ""}, "customer_id", NEITHER),
        ("events", EVENT, {"properties": "[]"}, "properties", NO_OBJECT),
        ("subscriptions", SUBSCRIPTION, {"ended_at": ONE_SECOND_BEFORE}, "ended_at", "lies before started_at"),
        ("subscriptions", SUBSCRIPTION, {"ended_at": "2024-02-10"}, "ended_at", "lies before started_at"),
        ("links", LINK, {"unlinked_at": ONE_SECOND_BEFORE}, "unlinked_at", "lies before linked_at"),
        ("returns", RETURN, {"ordered_at": "2024-02-10T14:30:01Z"}, "returned_at", "lies before ordered_at"),
        ("responses", RESPONSE, {"answered_at": ONE_SECOND_BEFORE}, "answered_at", "lies before asked_at"),
        ("responses", RESPONSE, {"score": "11", "scale_max": "10"}, "score", "lies above scale_max"),
        ("responses", RESPONSE, {"score": "0", "scale_min": "1"}, "score", "lies below scale_min"),
        ("responses", RESPONSE, {"score": "ten"}, "score", NO_NUMBER),
        ("messages", MESSAGE, {"channel": "fax"}, "channel", "is not one of email, whatsapp, sms, push"),
        ("messages", MESSAGE, {"opened_at": ONE_SECOND_BEFORE}, "opened_at", "lies before sent_at"),
        ("messages", MESSAGE, {"machine_opened_at": "2024-02-09"}, "machine_opened_at", "lies before sent_at"),
        ("messages", MESSAGE, {"delivered_at": ONE_SECOND_BEFORE}, "delivered_at", "lies before sent_at"),
        ("reactions", REACTION, {"kind": "clap"}, "kind", "is not one of like, share, comment, click"),
        ("reactions", REACTION, {"quantity": "-1"}, "quantity", "is negative"),
        ("tickets", TICKET, {"reopened_at": ONE_SECOND_BEFORE}, "reopened_at", "lies before opened_at"),
        ("tickets", TICKET, {"minutes_spent": "-1"}, "minutes_spent", "is negative"),
        ("gatherings", GATHERING, {"ends_at": "2024-02-10T14:29:59Z"}, "ends_at", "lies before starts_at"),
        ("gatherings", GATHERING, {"ends_at": ""}, "ends_at", MISSING),
        ("attendances", ATTENDANCE, {"customer_id": ""}, "customer_id", MISSING),
        ("attendances", ATTENDANCE, {"votes": "1.5"}, "votes", "is not a whole number"),
        ("costs", COST, {"incurred_on": ""}, "incurred_on", MISSING),
        ("costs", COST, {"incurred_on": "2024-02-10T14:30:00Z"}, "incurred_on", NO_DAY),
        ("costs", COST, {"kind": "rent"}, "kind", COST_KINDS),
        ("predictions", PREDICTION, {"low": "0.6"}, "value", "lies below low"),
        ("predictions", PREDICTION, {"high": "0.4"}, "value", "lies above high"),
        ("points", POSTING, {"quantity": "-10"}, "quantity", "is negative in a row of kind earned"),
        ("points", POSTING, {"kind": "redeemed"}, "quantity", "is positive in a row of kind redeemed"),
        ("points", POSTING, {"kind": "expired", "quantity": "1"}, "quantity", "is positive in a row of kind expired"),
        ("points", POSTING, {"quantity": "ten"}, "quantity", "is not a whole number"),
        ("consents", CONSENT, {"granted": "perhaps"}, "granted", "is neither true nor false"),
        ("consents", CONSENT, {"granted": ""}, "granted", MISSING),
    ],
)
def test_a_bad_row_is_set_aside(
    fact: str, row: dict[str, str], changed: dict[str, str], column: str, reason: str
) -> None:
    cells = {**row, **changed}
    assert only(fact, **row) is None
    assert only(fact, **cells) == Reject(f"{fact}.csv", 2, column, cells[column].strip(), reason)
    assert retell(f"{column} {reason}", GERMAN) != f"{column} {reason}"


@pytest.mark.parametrize(
    ("fact", "row"),
    [
        ("orders", {**ORDER, "cancelled_at": "2024-02-10T14:30:00Z"}),
        ("orders", {**ORDER, "cancelled_at": "2024-02-10"}),
        ("orders", {**ORDER, "customer_id": ""}),
        ("orders", {**ORDER, "amount_minor": "-1230"}),
        ("events", {**EVENT, "customer_id": "", "anonymous_id": "a"}),
        ("events", {**EVENT, "currency": ""}),
        ("events", {**EVENT, "currency": "", "value_minor": ""}),
        ("subscriptions", {**SUBSCRIPTION, "ended_at": "2024-02-10T14:30:00Z"}),
        ("subscriptions", {**SUBSCRIPTION, "ended_at": ""}),
        ("responses", {**RESPONSE, "score": "10", "scale_min": "0", "scale_max": "10"}),
        ("responses", {**RESPONSE, "score": "0", "scale_min": "0", "scale_max": "10"}),
        ("responses", {**RESPONSE, "score": "", "scale_min": "0", "scale_max": "10"}),
        ("messages", {**MESSAGE, "opened_at": "2024-02-10", "customer_id": ""}),
        ("reactions", {**REACTION, "happened_at": "2024-02-10", "posted_at": "2024-02-10T14:30:00Z"}),
        ("tickets", {**TICKET, "resolved_at": "2024-02-10", "reopened_at": "2024-02-10T14:30:00Z"}),
        ("gatherings", {**GATHERING, "starts_at": ""}),
        ("attendances", {**ATTENDANCE, "registered_at": "2024-03-01", "attended_at": "2024-02-01"}),
        ("costs", {**COST, "amount_minor": "-500", "customer_id": ""}),
        ("predictions", {**PREDICTION, "low": "0.5", "high": "0.5"}),
        ("points", {**POSTING, "kind": "reversed", "quantity": "-10"}),
        ("points", {**POSTING, "kind": "reversed"}),
        ("points", {**POSTING, "kind": "redeemed", "quantity": "0"}),
        ("points", {**POSTING, "kind": "redeemed", "quantity": "-9000000000"}),
        ("consents", {**CONSENT, "granted": "0"}),
    ],
)
def test_a_row_at_the_edge_is_taken(fact: str, row: dict[str, str]) -> None:
    assert only(fact, **row) is None


def test_the_lower_bound_of_a_column() -> None:
    fee = {"fee_id": "1", "charged_at": "2024-02-10", "amount_minor": "0", "currency": "EUR"}
    assert only(Fees, **fee) is None
    assert only(Fees, **{**fee, "amount_minor": "-1"}) == Reject("fees.csv", 2, "amount_minor", "-1", "is negative")
    assert only(Fees, **fee, floor_minor="99") == Reject("fees.csv", 2, "floor_minor", "99", "is below 100")


def test_amounts_in_major_units_are_told_under_the_name_in_the_file() -> None:
    order = {"order_id": "1", "ordered_at": "2024-02-10", "currency": "EUR"}
    fine = "has more digits after the point than its currency has; round it or correct the currency"
    assert only("orders", **order, amount="12.305") == Reject("orders.csv", 2, "amount", "12.305", fine)
    missing = "is missing; the column must be filled in every row"
    assert only("orders", **order, amount="") == Reject("orders.csv", 2, "amount", "", missing)
    unknown = "is not an ISO 4217 currency; write three capitals such as EUR"
    assert only("orders", **{**order, "currency": "XX"}, amount="1") == Reject(
        "orders.csv", 2, "currency", "XX", unknown
    )
    beside = "is missing beside an amount; fill it in every row, or leave the column out of the whole file"
    assert only("orders", **{**order, "currency": ""}, amount="1") == Reject("orders.csv", 2, "currency", "", beside)


def test_a_row_is_told_once_with_its_first_fault() -> None:
    reject = only("orders", **{**ORDER, "order_id": "", "amount_minor": "x", "currency": "?"})
    assert reject is not None
    assert reject.column == "order_id"


def test_rejects_name_the_lines_of_their_rows() -> None:
    columns = {name: [cell] * 4 for name, cell in ORDER.items()}
    table, rejects = check("orders", {**columns, "order_id": ["a", "", "c", ""], "amount_minor": ["1", "2", "3", "4"]})
    assert table["order_id"].to_pylist() == ["a", "c"]
    assert table["amount_minor"].to_pylist() == [1, 3]
    assert [reject.line for reject in rejects] == [3, 5]


def test_a_long_value_is_cut() -> None:
    reject = only("orders", **{**ORDER, "amount_minor": "x" * 1000})
    assert reject is not None
    assert reject.value == "x" * 200


def test_columns_of_lists_are_refused() -> None:
    raw = Raw({name: pa.array([cell]) for name, cell in ORDER.items()} | {"channel": pa.array([["a"]])}, np.array([1]))
    with pytest.raises(InputError) as told:
        Layout(FACTS["orders"], list(raw.columns), "orders.parquet", BERLIN).check(raw)
    assert str(told.value) == (
        "orders.parquet: The column channel holds list<item: string>, which cannot be read as text. "
        "Write it as text, numbers or timestamps."
    )
