"""How recurring revenue moves, customer by customer. Money in minor units."""

from datetime import date, datetime

from .metrics_value import monthly_recurring_revenue
from .world import Row, Value, World, closing, divide, money, opening, outside


def recurring_rows(world: World) -> list[Row]:
    """Active and past_due rows."""
    return [row for row in world.subscriptions if row["status"] in ("active", "past_due")]


def paid_at(world: World, moment: datetime) -> dict[str, int]:
    """What each account pays just before a moment; accounts that pay nothing are not in it.

    Reading: a subscription of nobody known is an account by itself.
    """
    found: dict[str, int] = {}
    for row in recurring_rows(world):
        if row["started_at"] < moment and (row["ended_at"] is None or row["ended_at"] >= moment):
            found[account(row)] = found.get(account(row), 0) + money(world, row, "mrr_minor")
    return {who: amount for who, amount in found.items() if amount > 0}


def account(row: Row) -> str:
    return f"nobody's {row['subscription_id']}" if row["customer_id"] is None else str(row["customer_id"])


def paid_ever_before(world: World, moment: datetime) -> set[str]:
    """Accounts that paid more than nothing at any time before a moment."""
    return {account(row) for row in recurring_rows(world) if row["started_at"] < moment and row["mrr_minor"] > 0}


def movements(world: World, start: date, end: date) -> dict[str, int] | None:
    """Per account, what it pays at the end less what it pays at the start, by the kind of movement.

    Reading: a window that begins after `as_of` is for the caller to refuse; the first time is the first in the data.
    """
    if outside(world, ["subscriptions"], start, end):
        return None
    before = paid_at(world, opening(world, start))
    after = paid_at(world, closing(world, end))
    known = paid_ever_before(world, opening(world, start))
    moved = dict.fromkeys(("new", "expansion", "contraction", "churned", "reactivation"), 0)
    for who in set(before) | set(after):
        was, is_ = before.get(who, 0), after.get(who, 0)
        if was == 0:
            kind = "reactivation" if who in known else "new"
        elif is_ == 0:
            kind = "churned"
        else:
            kind = "expansion" if is_ > was else "contraction"
        moved[kind] = moved[kind] + abs(is_ - was)
    return moved


def _moved(world: World, start: date, end: date, kind: str) -> Value:
    moved = movements(world, start, end)
    return None if moved is None else moved[kind]


def mrr_new(world: World, start: date, end: date) -> Value:
    """From nothing for the first time."""
    return _moved(world, start, end, "new")


def mrr_expansion(world: World, start: date, end: date) -> Value:
    """Up."""
    return _moved(world, start, end, "expansion")


def mrr_contraction(world: World, start: date, end: date) -> Value:
    """Down."""
    return _moved(world, start, end, "contraction")


def mrr_churned(world: World, start: date, end: date) -> Value:
    """To nothing."""
    return _moved(world, start, end, "churned")


def mrr_reactivation(world: World, start: date, end: date) -> Value:
    """From nothing again."""
    return _moved(world, start, end, "reactivation")


# Rates ------------------------------------------------------------------------------------------------------


def at_the_start(world: World, start: date) -> int:
    return sum(paid_at(world, opening(world, start)).values())


def gross_mrr_churn_rate(world: World, start: date, end: date) -> Value:
    """(churned + contraction) / start."""
    moved = movements(world, start, end)
    if moved is None:
        return None
    return divide(moved["churned"] + moved["contraction"], at_the_start(world, start))


def net_mrr_churn_rate(world: World, start: date, end: date) -> Value:
    """(churned + contraction - expansion - reactivation) / start."""
    moved = movements(world, start, end)
    if moved is None:
        return None
    lost = moved["churned"] + moved["contraction"] - moved["expansion"] - moved["reactivation"]
    return divide(lost, at_the_start(world, start))


def net_revenue_retention(world: World, start: date, end: date) -> Value:
    """(start + expansion - contraction - churned) / start."""
    moved = movements(world, start, end)
    if moved is None:
        return None
    before = at_the_start(world, start)
    return divide(before + moved["expansion"] - moved["contraction"] - moved["churned"], before)


def gross_revenue_retention(world: World, start: date, end: date) -> Value:
    """(start - contraction - churned) / start."""
    moved = movements(world, start, end)
    if moved is None:
        return None
    before = at_the_start(world, start)
    return divide(before - moved["contraction"] - moved["churned"], before)


def quick_ratio(world: World, start: date, end: date) -> Value:
    """(new + expansion + reactivation) / (contraction + churned)."""
    moved = movements(world, start, end)
    if moved is None:
        return None
    gained = moved["new"] + moved["expansion"] + moved["reactivation"]
    return divide(gained, moved["contraction"] + moved["churned"])


def change_of_mrr(world: World, start: date, end: date) -> Value:
    """MRR at the end less MRR at the start, from the rows alone."""
    after = monthly_recurring_revenue(world, start, end)
    return None if after is None else after - at_the_start(world, start)
