"""Recommendations against a plain count over random shops: pairs, what is closed to whom, and the test."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from math import log2, sqrt
from random import Random
from typing import Any

import pytest

from stamm.analyses.recommendations import CUSTOMERS, NOTHING, QUALITY, Recommendations
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.window import Window
from tests.answers.small import ALL_OF_2024, order, world

SPAN = Window(date(2024, 1, 1), date(2024, 4, 1))
SPLIT = date(2024, 3, 10)
SETTINGS = {"shrink": 2.0, "most": 3, "listed": 50, "held_out": (SPAN.end - SPLIT).days, "lately": 40, "again": 0.3}
Facts = dict[str, list[dict[str, Any]]]


def line(number: str, who: str, at: str, product: str, place: int = 1) -> dict[str, Any]:
    told = {"order_id": number, "line_id": str(place), "customer_id": who, "ordered_at": at, "product_id": product}
    return {**told, "product": product.upper(), "quantity": 1}


def shop(seed: int) -> Facts:
    """Forty customers, eight products; some orders come to nothing, and some lines come back, now or later."""
    chance = Random(seed)
    facts: Facts = {"orders": [], "order_lines": [], "returns": []}
    for number in range(160):
        who, on = f"c{chance.randrange(40):02}", SPAN.start + timedelta(days=chance.randrange(100))
        cancelled = f"{on + timedelta(days=chance.randrange(20))}T12:00" if chance.random() < 0.1 else None
        facts["orders"].append(order(number, who, f"{on}T10:00", cancelled_at=cancelled))
        some = chance.sample("abcdefgh", chance.choice((1, 1, 2, 3)))
        for place, product in enumerate(product for product in some if product != "h" or on < date(2024, 2, 1)):
            facts["order_lines"].append(line(str(number), who, f"{on}T10:00", product, place))
            if chance.random() < 0.15:
                back = {"return_id": f"{number}-{place}", "order_id": str(number), "line_id": str(place)}
                at = f"{on + timedelta(days=chance.randrange(1, 30))}T10:00"
                facts["returns"].append({**back, "customer_id": who, "returned_at": at, "quantity": 1})
    return facts


class Plain:
    """The same by sets and loops, of what was known at the start of a day."""

    def __init__(self, facts: Facts, since: date, on: date) -> None:
        now = f"{on}"
        void = {row["order_id"] for row in facts["orders"] if row["cancelled_at"] and row["cancelled_at"] < now}
        came_back = {(row["order_id"], row["line_id"]) for row in facts["returns"] if row["returned_at"] < now}
        bought, self.back, days = defaultdict(int), set(), defaultdict(set)
        last: dict[str, date] = {}
        for row in facts["order_lines"]:
            if not f"{since}" <= row["ordered_at"] < now or row["order_id"] in void:
                continue
            pair, day = (row["customer_id"], row["product_id"]), date.fromisoformat(row["ordered_at"][:10])
            bought[pair] += (row["order_id"], row["line_id"]) not in came_back
            days[pair].add(day)
            last[pair[1]] = max(last.get(pair[1], day), day)
            if (row["order_id"], row["line_id"]) in came_back:
                self.back.add(pair)
        self.kept = {pair for pair, count in bought.items() if count > 0}
        self.n = {p: sum(pair[1] == p for pair in self.kept) for p in "abcdefgh"}
        twice = {p: sum(pair[1] == p and len(days[pair]) > 1 for pair in self.kept) for p in "abcdefgh"}
        self.again = {p for p in "abcdefgh" if self.n[p] >= 5 and twice[p] >= 0.3 * self.n[p]}
        self.renewed = {p: 10 * twice[p] / (self.n[p] + 2.0) for p in self.again}
        self.days = {pair: len(days[pair]) for pair in self.kept}
        self.sold = {p for p in last if (on - last[p]).days <= 40}

    def of(self, who: str) -> list[str]:
        return sorted(p for c, p in self.kept if c == who)

    def both(self, one: str, other: str) -> int:
        return sum((who, one) in self.kept and (who, other) in self.kept for who in {c for c, _ in self.kept})

    def score(self, one: str, other: str) -> float:
        return self.both(one, other) / (sqrt(self.n[one] * self.n[other]) + 2.0) if one != other else 0.0

    def told(self, who: str, p: str) -> float:
        own = self.renewed[p] * self.days[who, p] if (who, p) in self.kept else 0.0
        return sum(self.score(i, p) for i in self.of(who)) + own

    def open_to(self, who: str) -> list[str]:
        closed = {p for c, p in self.back if c == who} | (set(self.of(who)) - self.again)
        return [p for p in "abcdefgh" if self.n[p] and p in self.sold - closed]

    def ranked(self, who: str, *, popular: bool = False) -> list[str]:
        told = {p: self.n[p] if popular else self.told(who, p) for p in self.open_to(who)}
        return sorted((p for p in told if told[p] > 0), key=lambda p: (-round(told[p], 12), p))[:3]


def asked(of: World, **settings: object) -> TableAnswer:
    return Answers(of).analyse(Recommendations, SPAN, settings={**SETTINGS, **settings})


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_as_a_plain_count(seed: int) -> None:
    facts = shop(seed)
    answer = asked(world({kind: [*rows] for kind, rows in facts.items()}, coverage=dict.fromkeys(facts, ALL_OF_2024)))
    plain = Plain(facts, SPAN.start, SPAN.end)
    for row in answer.rows:
        one, other = row.product.lower(), row.goes_with.lower()
        assert (row.customers, row.buyers) == (plain.both(one, other), plain.n[one])
        assert row.score == pytest.approx(plain.score(one, other))
        assert other in plain.sold
    lists = defaultdict(list)
    for row in answer.tables[CUSTOMERS]:
        lists[row.customer_id].append(row.product.lower())
        assert row.because.lower() in plain.of(row.customer_id)
        if row.because == row.product:
            assert row.on_days == plain.days[row.customer_id, row.product.lower()]
        else:
            assert row.together == plain.both(row.because.lower(), row.product.lower()) > 0
    wanted = {who: plain.ranked(who) for who in {c for c, _ in plain.kept}}
    assert lists == {who: ranked for who, ranked in wanted.items() if ranked}
    before, later = Plain(facts, SPAN.start, SPLIT), Plain(facts, SPLIT, SPAN.end)
    people = {c for c, _ in before.kept | before.back}
    found = {who: {p for p in later.of(who) if p in before.open_to(who)} for who in people}
    found = {who: targets for who, targets in found.items() if targets}
    for row, popular in zip(answer.tables[QUALITY], (False, True), strict=True):
        hits = gain = 0.0
        for who, targets in found.items():
            ranked = before.ranked(who, popular=popular)
            hits += bool(targets & set(ranked))
            best = sum(1 / log2(place + 2) for place in range(min(len(targets), 3)))
            gain += sum(1 / log2(place + 2) for place, p in enumerate(ranked) if p in targets) / best
        assert row.customers == len(found)
        assert (row.hit_rate, row.ndcg) == (pytest.approx(hits / len(found)), pytest.approx(gain / len(found)))


def test_what_comes_later_changes_nothing() -> None:
    facts = shop(3)
    early = Answers(world(dict(facts), coverage=dict.fromkeys(facts, ALL_OF_2024), as_of="2024-03-10"))
    cut = {
        "orders": [row for row in facts["orders"] if row["ordered_at"] < "2024-03-10"],
        "order_lines": [row for row in facts["order_lines"] if row["ordered_at"] < "2024-03-10"],
        "returns": [row for row in facts["returns"] if row["returned_at"] < "2024-03-10"],
    }
    same = Answers(world(cut, coverage=dict.fromkeys(facts, ALL_OF_2024), as_of="2024-03-10"))
    one, other = (each.analyse(Recommendations, SPAN, settings=SETTINGS).tables for each in (early, same))
    assert one == other


def test_without_two_products_nothing_is_told_and_why() -> None:
    of = world({"order_lines": [line("1", "anna", "2024-02-03", "a"), line("2", "ben", "2024-02-03", "a")]})
    answer = asked(of)
    assert (answer.rows, answer.notes) == ((), (NOTHING,))


def test_products_of_one_name_are_told_apart_by_number() -> None:
    lines = [{**line("1", "anna", "2024-02-03", p, place), "product": "Tea"} for place, p in enumerate("ab")]
    answer = asked(world({"order_lines": lines}), lately=90)
    assert [(row.product, row.goes_with) for row in answer.rows] == [("Tea (a)", "Tea (b)"), ("Tea (b)", "Tea (a)")]
