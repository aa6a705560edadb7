"""Random rows of what an organisation sends, posts, hosts and answers, for `worlds`."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.soundness.oracle import Row, day_start
from tests.soundness.world_rows import CURRENCY, DAY, MICROSECOND, Draw, Stage, a_day, a_moment, later, likely, someone

HOUR = timedelta(hours=1)
#: from a click to an order, at the edge of the five days and beside it
AFTER_A_CLICK = (timedelta(0), HOUR, 5 * DAY - MICROSECOND, 5 * DAY, 5 * DAY, 5 * DAY + MICROSECOND, -MICROSECOND)


def perhaps_later(draw: Draw, stage: Stage, than: datetime, percent: int) -> datetime | None:
    """A moment at or after another, or none."""
    if not likely(draw, percent):
        return None
    return than if draw(st.booleans()) else later(draw, stage, than)


def message_rows(draw: Draw, stage: Stage, people: list[str], followers: list[Row]) -> list[Row]:
    """Messages, every second one clicked shortly before something that its customer did (`followers`)."""
    rows: list[Row] = []
    moments, first = ("ordered_at", "happened_at"), day_start(stage.zone, stage.first)
    near = [row for row in followers if row["customer_id"] is not None]
    for number in range(draw(st.integers(0, 6))):
        row: Row = dict.fromkeys(("campaign", "variant", "purpose", "clicked_at", "bounced_at"))
        row.update(message_id=f"m{number}", channel=draw(st.sampled_from(("email", "sms"))), currency=CURRENCY)
        row["cost_minor"] = draw(st.sampled_from((7, 120, None)))
        if near and draw(st.booleans()):
            follower = draw(st.sampled_from(near))
            row["customer_id"] = follower["customer_id"]
            follows_at = next(follower[moment] for moment in moments if moment in follower)
            row["clicked_at"] = max(follows_at - draw(st.sampled_from(AFTER_A_CLICK)), first)
            row["sent_at"] = max(row["clicked_at"] - draw(st.sampled_from((timedelta(0), HOUR, DAY))), first)
        else:
            row["customer_id"], row["sent_at"] = someone(draw, people), a_moment(draw, stage)
            row["clicked_at"] = perhaps_later(draw, stage, row["sent_at"], 30)
        row["delivered_at"] = perhaps_later(draw, stage, row["sent_at"], 80)
        for name in ("opened_at", "machine_opened_at", "unsubscribed_at"):
            row[name] = perhaps_later(draw, stage, row["sent_at"], 40)
        rows.append(row)
    return rows


def post_rows(draw: Draw, stage: Stage) -> list[Row]:
    return [
        {
            "post_id": f"p{number}",
            "network": "mastodon",
            "posted_at": a_moment(draw, stage),
            "campaign": None,
            "impressions": draw(st.sampled_from((100, 7, 0, None))),
        }
        for number in range(draw(st.integers(0, 3)))
    ]


def reaction_rows(draw: Draw, stage: Stage, people: list[str], posts: list[Row]) -> list[Row]:
    """Reactions to these posts, and to some that nobody knows."""
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 6))):
        post = draw(st.sampled_from(posts)) if posts and likely(draw, 80) else None
        happened_at = a_moment(draw, stage) if post is None else perhaps_later(draw, stage, post["posted_at"], 100)
        row: Row = {"reaction_id": f"r{number}", "customer_id": someone(draw, people), "happened_at": happened_at}
        row["post_id"] = None if post is None else post["post_id"]
        row["posted_at"] = post["posted_at"] if post is not None and draw(st.booleans()) else None
        row["kind"] = draw(st.sampled_from(("like", "like", "share", "comment", "click")))
        row["quantity"] = draw(st.sampled_from((None, 1, 40, 0)))
        rows.append(row)
    return rows


def attendance_rows(draw: Draw, stage: Stage, people: list[str]) -> list[Row]:
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 2))):
        ends_at = a_moment(draw, stage)
        for person in people[:4]:
            row: Row = {"gathering_id": f"g{number}", "customer_id": person, "ends_at": ends_at}
            before = ends_at - draw(st.sampled_from((timedelta(0), HOUR, 9 * DAY)))
            row["registered_at"] = before if likely(draw, 70) else None
            row["attended_at"] = ends_at - draw(st.sampled_from((HOUR, MICROSECOND))) if likely(draw, 60) else None
            for column in ("votes", "submissions", "comments"):
                row[column] = draw(st.sampled_from((None, 0, 2)))
            rows.append(row)
    return rows


def ticket_rows(draw: Draw, stage: Stage, people: list[str]) -> list[Row]:
    """Tickets, some opened two days before a local midnight to the microsecond, some opened again."""
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 6))):
        opened_at = a_moment(draw, stage)
        if likely(draw, 40):
            opened_at = day_start(stage.zone, a_day(draw, stage)) - timedelta(hours=48)
            opened_at = opened_at + draw(st.sampled_from((-1, 0, 1))) * MICROSECOND
        row: Row = {"ticket_id": f"t{number}", "customer_id": someone(draw, people), "opened_at": opened_at}
        row.update(channel="email", topic=None, minutes_spent=draw(st.sampled_from((0, 10, 25, None))))
        row["first_reply_at"] = perhaps_later(draw, stage, opened_at, 70)
        row["resolved_at"] = perhaps_later(draw, stage, opened_at, 70)
        row["reopened_at"] = perhaps_later(draw, stage, row["resolved_at"] or opened_at, 30)
        rows.append(row)
    return rows
