"""What customers are asked, and what those who answer say; most do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import DAY, Mask, Whole
from stamm.sources.simulated.columns import NEVER, Real, chosen, moments, named, same
from stamm.sources.simulated.comments import COMMENTS, written
from stamm.sources.simulated.orders import Orders
from stamm.sources.simulated.people import People
from stamm.sources.simulated.seasons import HOUR
from stamm.sources.simulated.tickets import Tickets

CHOICES = ("friends", "search", "advertising", "other")


@dataclass(frozen=True)
class Question:
    """One question: when it is put, how often it is answered, and on which scale."""

    key: str
    survey: str
    kind: str
    touchpoint: str
    #: share of the occasions on which it is put, and of these answered
    put: float
    answered: float
    low: float
    high: float
    days_after: float


RECOMMEND = Question("recommend", "after delivery", "nps", "delivery", 0.12, 0.28, 0, 10, 3)
WHY = Question("why", "after delivery", "text", "delivery", 0.12, 0.28, 0, 0, 3)
PRODUCT = Question("product", "product rating", "rating", "product page", 0.06, 0.22, 1, 5, 8)
HEARD = Question("heard", "welcome", "choice", "checkout", 0.5, 0.45, 0, 0, 0.02)
SATISFIED = Question("satisfied", "after service", "csat", "service", 0.7, 0.35, 1, 5, 0.5)
EFFORT = Question("effort", "after service", "ces", "service", 0.7, 0.35, 1, 7, 0.5)
#: how much lower the answers from 0 to 10 are after a late delivery, and their spread
LATE_COSTS, SPREAD = 2.5, 1.7
#: of those who answer, how many write something too
WRITES = 0.25


def response_rows(folk: People, made: Orders, asked: Tickets) -> pa.Table:
    """Facts: one row a question; questions of one survey share a sheet."""
    shop = folk.shop
    chance = shop.chance("surveys", folk.block)
    kept = np.flatnonzero((made.delivered < shop.end) & made.stand_at(shop.end))
    mood = folk.trait("happy")[made.who] - LATE_COSTS * made.late
    first = np.flatnonzero(np.r_[True, made.who[1:] != made.who[:-1]])
    solved = np.flatnonzero(asked.resolved < shop.end)
    slow = (asked.resolved - asked.opened) / (48 * HOUR)
    service = folk.trait("happy")[made.who[asked.order]] - np.clip(slow, 0, 4)
    sheets = (
        ((RECOMMEND, WHY), made.number[kept] * 8, made.who[kept], made.delivered[kept], mood[kept], made.late[kept]),
        ((PRODUCT,), made.number[kept] * 8 + 1, made.who[kept], made.delivered[kept], mood[kept]),
        ((HEARD,), made.number[first] * 8 + 2, made.who[first], made.at[first], mood[first]),
        (
            (SATISFIED, EFFORT),
            made.number[asked.order[solved]] * 8 + 3 + np.minimum(asked.topic[solved], 2),
            made.who[asked.order[solved]],
            asked.resolved[solved],
            service[solved],
        ),
    )
    return pa.concat_tables([part for sheet in sheets for part in _sheet(folk, chance, *sheet)])


def _sheet(
    folk: People,
    chance: np.random.Generator,
    questions: tuple[Question, ...],
    number: Whole,
    who: Whole,
    after: Whole,
    mood: Real,
    late: Mask | None = None,
) -> list[pa.Table]:
    """The rows of one survey: the same people are put all of its questions, and answer all or none."""
    end, one = folk.shop.end, questions[0]
    asked_at = after + int(one.days_after * DAY)
    put = np.flatnonzero((chance.random(len(who)) < one.put) & (asked_at < end))
    number, who, mood, asked_at = number[put], who[put], mood[put], asked_at[put]
    size = len(put)
    answers = chance.random(size) < one.answered
    answered_at = np.where(answers, asked_at + HOUR // 6 + chance.exponential(30 * HOUR, size).astype(np.int64), NEVER)
    told = answered_at < end
    writes = chance.random(size) < WRITES
    late = np.zeros(len(put), bool) if late is None else late[put]
    words = written(folk.shop.chance(f"comments {one.survey}", folk.block), late)
    parts = []
    for question in questions:
        free = np.clip(np.rint(chance.normal(mood, SPREAD)), 0, 10) / 10
        score = question.low + np.rint(free * (question.high - question.low))
        scaled = np.full(size, question.high > 0)
        picks = chance.integers(0, len(CHOICES), size)
        says = told & ((question.kind == "text") | (writes & (question.kind == "nps")))
        parts.append(
            pa.table(
                {
                    "response_id": named("a", number),
                    "question": same(question.key, size).cast(pa.string()),
                    "survey": same(question.survey, size).cast(pa.string()),
                    "kind": same(question.kind, size).cast(pa.string()),
                    "customer_id": folk.ids(who),
                    "asked_at": moments(asked_at, end),
                    "answered_at": moments(answered_at, end),
                    "score": pa.array(score, mask=~(told & scaled)),
                    "scale_min": pa.array(np.full(size, question.low), mask=~scaled),
                    "scale_max": pa.array(np.full(size, question.high), mask=~scaled),
                    "choice": chosen(CHOICES, np.where(told & (question.kind == "choice"), picks, -1)),
                    "comment": chosen(COMMENTS, np.where(says, words, -1)),
                    "touchpoint": same(question.touchpoint, size).cast(pa.string()),
                }
            )
        )
    return parts
