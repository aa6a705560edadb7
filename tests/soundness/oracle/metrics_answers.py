"""What people answered, by answered_at. Answers of unknown customers count: these are metrics of answers."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from datetime import date
from fractions import Fraction

from .world import Row, Value, World, divide, happened, outside, within


def answered_in(world: World, kind: str, start: date, end: date) -> list[Row]:
    """Reading: an answer without a score (a comment alone) is not in n."""
    found = []
    for response in world.responses:
        if (
            response["kind"] == kind
            and response["score"] is not None
            and within(world, response["answered_at"], start, end)
        ):
            found.append(response)
    return found


def net_promoter_score(world: World, start: date, end: date) -> Value:
    """100 x (9-10 minus 0-6) / answered. Reading: a person who answers twice counts twice."""
    if outside(world, ["responses"], start, end):
        return None
    answered = answered_in(world, "nps", start, end)
    promoters = sum(1 for response in answered if response["score"] >= 9)
    detractors = sum(1 for response in answered if response["score"] <= 6)
    return divide(100 * (promoters - detractors), len(answered))


def is_satisfied(response: Row) -> bool:
    """The top two points of the scale, the top one where the scale has fewer than four."""
    points = response["scale_max"] - response["scale_min"] + 1
    if points < 4:
        return bool(response["score"] >= response["scale_max"])
    return bool(response["score"] >= response["scale_max"] - 1)


def customer_satisfaction(world: World, start: date, end: date) -> Value:
    """Satisfied / answered. Reading: each answer by its own scale, scales may be mixed."""
    if outside(world, ["responses"], start, end):
        return None
    answered = answered_in(world, "csat", start, end)
    return divide(sum(1 for response in answered if is_satisfied(response)), len(answered))


def mean(scores: list[int]) -> Value:
    return divide(sum(scores, Fraction(0)), len(scores))


def on_seven_points(world: World, start: date, end: date) -> list[int]:
    """Reading: a score on a scale that says it is another is not in n; one without a scale is, from 1 to 7."""
    found = []
    for response in answered_in(world, "ces", start, end):
        scale = (response["scale_min"], response["scale_max"])
        if scale == (1, 7) or (scale == (None, None) and 1 <= response["score"] <= 7):
            found.append(response["score"])
    return found


def customer_effort_score(world: World, start: date, end: date) -> Value:
    """Mean of 1-7."""
    if outside(world, ["responses"], start, end):
        return None
    return mean(on_seven_points(world, start, end))


def easy_share(world: World, start: date, end: date) -> Value:
    """5-7 / answered."""
    if outside(world, ["responses"], start, end):
        return None
    scores = on_seven_points(world, start, end)
    return divide(sum(1 for score in scores if score >= 5), len(scores))


def rating_average(world: World, start: date, end: date, scale_to: int | None = None) -> Value:
    """Mean rating. Whether the scales are mixed, `scales_in` tells."""
    if outside(world, ["responses"], start, end):
        return None
    rated = answered_in(world, "rating", start, end)
    return mean([each["score"] for each in rated if scale_to is None or each["scale_max"] == scale_to])


def scales_in(world: World, start: date, end: date) -> set[tuple[int | None, int | None]]:
    """The scales of the ratings; one that is not told is one, too."""
    return {(each["scale_min"], each["scale_max"]) for each in answered_in(world, "rating", start, end)}


def response_rate(world: World, start: date, end: date) -> Value:
    """Answered / asked, by asked_at. Reading: each question counts, and any answer."""
    if outside(world, ["responses"], start, end):
        return None
    asked = [response for response in world.responses if within(world, response["asked_at"], start, end)]
    return divide(sum(1 for response in asked if happened(world, response["answered_at"])), len(asked))


def feedback_count(world: World, start: date, end: date) -> Value:
    """Responses with a score or a comment, by answered_at."""
    if outside(world, ["responses"], start, end):
        return None
    number = 0
    for response in world.responses:
        told = response["score"] is not None or response["comment"] is not None
        if told and within(world, response["answered_at"], start, end):
            number = number + 1
    return number
