"""What holds for every fact kind."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from stamm.facts import FACTS, Derived, Fact, Imported, imported
from stamm.facts.customer_base import CustomerBase
from stamm.lang.errors import UsageError
from stamm.lang.example import VerbExample

KINDS = list(imported().values())
ALL = list(FACTS)
#: the table of the specification: key | the other columns
SPECIFIED = """
    customers     | customer_id, valid_from | first_seen_at, email, phone, name, language, country, city, time_zone,
                    birthday_on, acquired_through, company, persona, traits
    events        | event_id | customer_id, anonymous_id, happened_at, kind, name, page, title, referrer, medium,
                    campaign, channel, value_minor, currency, properties
    orders        | order_id | customer_id, anonymous_id, ordered_at, amount_minor, discount_minor, tax_minor,
                    shipping_minor, cost_minor, currency, channel, campaign, fulfilled_at, delivered_at, cancelled_at
    order_lines   | order_id, line_id | customer_id, ordered_at, product_id, product, category, quantity, amount_minor,
                    cost_minor, currency
    returns       | return_id | order_id, line_id, customer_id, ordered_at, returned_at, quantity, amount_minor,
                    currency, reason
    subscriptions | subscription_id, started_at | customer_id, plan, ended_at, mrr_minor, currency, status, end_reason
    messages      | message_id | customer_id, channel, campaign, variant, purpose, sent_at, delivered_at, opened_at,
                    machine_opened_at, clicked_at, unsubscribed_at, bounced_at, cost_minor, currency
    posts         | post_id | network, posted_at, campaign, impressions
    reactions     | reaction_id | post_id, customer_id, posted_at, kind, happened_at, quantity
    responses     | response_id, question | survey, kind, customer_id, asked_at, answered_at, score, scale_min,
                    scale_max, choice, comment, touchpoint
    tickets       | ticket_id | customer_id, channel, opened_at, first_reply_at, resolved_at, reopened_at, topic,
                    minutes_spent
    gatherings    | gathering_id | name, campaign, starts_at, ends_at
    attendances   | gathering_id, customer_id | ends_at, registered_at, attended_at, votes, submissions, comments
    costs         | cost_id | customer_id, incurred_on, kind, campaign, amount_minor, currency
    links         | anonymous_id, linked_at | customer_id, unlinked_at
    predictions   | model, customer_id, predicted_at | name, horizon_days, value, low, high, version
    points        | posting_id | customer_id, posted_at, kind, quantity, reason
    consents      | consent_id | customer_id, purpose, granted, recorded_at, evidence
"""
#: the words of columns for which the specification lists all there are
WORDS = {
    ("events", "kind"): "page, screen, track, stay",
    ("subscriptions", "status"): "trialing, active, past_due, paused",
    ("subscriptions", "end_reason"): "voluntary, delinquent, changed",
    ("messages", "channel"): "email, whatsapp, sms, push",
    ("reactions", "kind"): "like, share, comment, click",
    ("responses", "kind"): "nps, csat, ces, rating, choice, text",
    ("costs", "kind"): "service, acquisition, retention, reward, advertising",
    ("points", "kind"): "earned, redeemed, expired, reversed",
}


def words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def specified() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Key columns and other columns by kind."""
    found = {}
    for row in re.findall(r"(\w+) +\|([^|]+)\|([^|]+)(?=\n +\w+ +\||\Z)", SPECIFIED):
        found[row[0]] = words(row[1]), words(row[2])
    return found


def test_the_kinds_are_those_of_the_specification() -> None:
    assert {kind.key for kind in KINDS} == set(specified())
    for kind in KINDS:
        key, others = specified()[kind.key]
        assert kind.key_columns == key, kind.key
        assert set(kind.carried()) == {*key, *others}, kind.key
        assert {name for name, column in kind.carried().items() if column.choices} == {
            name for other, name in WORDS if other == kind.key
        }, kind.key
    for (kind_key, name), choices in WORDS.items():
        assert imported()[kind_key].columns()[name].choices == words(choices)


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.key)
def test_every_fact_and_every_verb_has_an_example(fact: type[Fact]) -> None:
    assert fact.examples
    shown = {
        verb.partition("(")[0]
        for example in fact.examples
        if isinstance(example, VerbExample)
        for verb in example.gives
    }
    assert set(fact.verbs()) <= shown, "a verb without an example"
    for name, verb in fact.verbs().items():
        assert (verb.__doc__ or "").split("\n\n")[0].endswith("."), name
    for example in fact.examples:
        assert all(len(rows) <= 8 for rows in example.facts.values()), "small enough to check by hand"


def test_verbs_are_what_a_fact_says_of_its_own() -> None:
    assert list(imported()["orders"].verbs()) == ["stands", "placed", "turnover"]
    assert imported()["gatherings"].verbs() == {}
    assert "count" in CustomerBase.verbs(), "one that means something else than it does of every fact"


@pytest.mark.parametrize("fact", KINDS, ids=lambda fact: fact.key)
def test_what_is_beside_another_column_names_one(fact: type[Imported]) -> None:
    own = fact.carried()
    for name, column in own.items():
        for other in filter(None, (column.follows, column.ends)):
            assert (column.type, own[other].type) == ("moment", "moment"), name
        for other in column.within or ():
            assert own[other].type == column.type, name
        assert set(column.signs) <= set(own["kind"].choices if column.signs else ()), name
    assert set(fact.reaches) <= set(own)
    assert set(fact.one_of) <= set(own)
    assert all(own[name].type == "moment" for name in fact.reaches)


@pytest.mark.parametrize("fact", KINDS, ids=lambda fact: fact.key)
def test_every_column_with_words_or_a_birthday_says_whether_it_is_personal(fact: type[Imported]) -> None:
    for name, column in fact.carried().items():
        told = column.personal is not None
        assert told or column.type not in ("text", "json", "day"), f"{name} must say personal=True or personal=False"
        assert column.personal or not name.startswith(("customer_id", "anonymous_id")), name
        if column.personal and column.required:
            assert name in ("customer_id", "anonymous_id"), f"{name} can be neither emptied nor replaced"


def test_days_and_moments_stand_side_by_side() -> None:
    assert imported()["responses"].computed() == {"asked_on": "asked_at", "answered_on": "answered_at"}
    assert imported()["costs"].computed() == {"incurred_at": "incurred_on"}
    schema = imported()["costs"].schema()
    assert schema.field("incurred_on").type == pa.date32()
    assert schema.field("incurred_at").type == pa.timestamp("us", tz="UTC")
    assert schema.names.count("incurred_on") == 1


@pytest.mark.parametrize("fact", KINDS, ids=lambda fact: fact.key)
def test_imported_kinds(fact: type[Imported]) -> None:
    columns = fact.columns()
    assert fact.key_columns
    for name in fact.key_columns:
        assert columns[name].required, name
    assert fact.clocks[0] == fact.clock
    assert columns[fact.clock].required
    assert all(columns[clock].type in ("moment", "day") for clock in fact.clocks)
    names = fact.schema().names
    assert len(set(names)) == len(names)
    assert set(fact.computed()) <= set(names)
    assert names[-1] == "month"
    assert not set(Imported.SYSTEM) & set(fact.carried())


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.key)
def test_names_say_what_columns_hold(fact: type[Imported | Derived]) -> None:
    columns = fact.columns()
    for name, column in columns.items():
        assert name.endswith("_at") == (column.type == "moment") or name in ("valid_from", "valid_until"), name
        assert name.endswith("_on") == (column.type == "day"), name
        assert name.endswith("_minor") == column.money, name
        assert column.en or name in Imported.SYSTEM, name
        assert not column.dimension or column.type == "text", name
    if issubclass(fact, Imported) and any(column.money for column in columns.values()):
        assert "currency" in columns


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.key)
def test_both_languages(fact: type[Imported | Derived]) -> None:
    assert fact.de
    assert fact.sentence().endswith(".")
    assert fact.sentence("de").endswith(".")
    assert fact.sentence() != fact.sentence("de")


def test_stored_types() -> None:
    schema = imported()["orders"].schema()
    assert schema.field("ordered_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("ordered_on").type == pa.date32()
    assert schema.field("amount_minor").type == pa.int64()
    assert schema.field("simulated").type == pa.bool_()


def test_the_customer_base_knows_two_moments() -> None:
    with pytest.raises(UsageError, match=r"at window\.start and window\.end"):
        CustomerBase().here_at("noon")


def test_every_kind_has_its_name_in_both_languages_whatever_its_columns_are_called() -> None:
    """Events have a column `title`."""
    for fact in FACTS:
        assert (fact.name_in("en"), fact.name_in("de")) == (fact.en, fact.de)
        assert fact.en
        assert fact.de
