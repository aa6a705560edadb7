"""What people answered, by answered_at. Answers of unknown customers count: these are metrics of answers."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from datetime import date

from .world import Row, Value, World, divide, outside, within


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
