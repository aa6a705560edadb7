"""What became of messages, all by sent_at: of those sent in the window, what happened so far."""

from datetime import date, datetime, timedelta

from .identity import customer_of
from .world import Row, Value, World, divide, events, happened, orders, outside, within


def sent_in(world: World, start: date, end: date) -> list[Row]:
    return [message for message in world.messages if within(world, message["sent_at"], start, end)]


def delivered_in(world: World, start: date, end: date) -> list[Row]:
    return [message for message in sent_in(world, start, end) if happened(world, message["delivered_at"])]


def messages_sent(world: World, start: date, end: date) -> Value:
    if outside(world, ["messages"], start, end):
        return None
    return len(sent_in(world, start, end))


def messages_delivered(world: World, start: date, end: date) -> Value:
    if outside(world, ["messages"], start, end):
        return None
    return len(delivered_in(world, start, end))


def delivery_rate(world: World, start: date, end: date) -> Value:
    """Delivered / sent."""
    if outside(world, ["messages"], start, end):
        return None
    return divide(len(delivered_in(world, start, end)), len(sent_in(world, start, end)))


def of_the_delivered(world: World, start: date, end: date, *moments: str) -> Value:
    """The share of the delivered messages of which any of these moments is known."""
    if outside(world, ["messages"], start, end):
        return None
    delivered = delivered_in(world, start, end)
    having = [message for message in delivered if any(happened(world, message[moment]) for moment in moments)]
    return divide(len(having), len(delivered))


def open_rate(world: World, start: date, end: date) -> Value:
    """Opened by a person / delivered."""
    return of_the_delivered(world, start, end, "opened_at")


def open_rate_all(world: World, start: date, end: date) -> Value:
    """Machine opens, too."""
    return of_the_delivered(world, start, end, "opened_at", "machine_opened_at")


def click_through_rate(world: World, start: date, end: date) -> Value:
    """Clicked / delivered."""
    return of_the_delivered(world, start, end, "clicked_at")


def unsubscribe_rate(world: World, start: date, end: date) -> Value:
    """Unsubscribed / delivered."""
    return of_the_delivered(world, start, end, "unsubscribed_at")


def click_to_open_rate(world: World, start: date, end: date) -> Value:
    """Clicked and opened / opened, by a person. Reading: of the delivered."""
    if outside(world, ["messages"], start, end):
        return None
    opened = [message for message in delivered_in(world, start, end) if happened(world, message["opened_at"])]
    clicked = [message for message in opened if happened(world, message["clicked_at"])]
    return divide(len(clicked), len(opened))


def followed(clicked_at: datetime, moment: datetime, days: int) -> bool:
    """Within so many times 24 hours; exactly that is inside. Reading: at the moment of the click is after it."""
    return timedelta(0) <= moment - clicked_at <= timedelta(hours=24 * days)


def message_conversion_rate(world: World, start: date, end: date, days: int = 5) -> Value:
    """Delivered messages whose click was followed by the customer's order within 5 days / delivered."""
    if outside(world, ["messages", "orders"], start, end):
        return None
    delivered = delivered_in(world, start, end)
    converted = 0
    for message in delivered:
        if message["customer_id"] is None or not happened(world, message["clicked_at"]):
            continue
        theirs = [order for order in orders(world) if order["customer_id"] == message["customer_id"]]
        if any(followed(message["clicked_at"], order["ordered_at"], days) for order in theirs):
            converted = converted + 1
    return divide(converted, len(delivered))


def message_conversion_rate_by_event(world: World, start: date, end: date, event: str, days: int) -> Value:
    """The same with an event, by its name, for an order: also anonymous ones that turn out to be the customer's."""
    if outside(world, ["messages", "events"], start, end):
        return None
    delivered = delivered_in(world, start, end)
    named = [each for each in events(world) if each["name"] == event]
    converted = 0
    for message in delivered:
        if message["customer_id"] is None or not happened(world, message["clicked_at"]):
            continue
        theirs = [each for each in named if customer_of(world, each) == message["customer_id"]]
        if any(followed(message["clicked_at"], each["happened_at"], days) for each in theirs):
            converted = converted + 1
    return divide(converted, len(delivered))
