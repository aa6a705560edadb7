"""Webhooks: signed as Standard Webhooks says, tried again under one number, stopped after failing for long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from standardwebhooks import Webhook as Oracle
from standardwebhooks import WebhookVerificationError

from stamm.app.leaving.written import Written
from stamm.delivery import webhooks
from stamm.delivery.destination import destination_of
from stamm.delivery.door import Door
from stamm.delivery.message import Message, Number
from stamm.delivery.signing import secret_from, signed
from stamm.delivery.tables import TABLES as DELIVERY
from stamm.delivery.telling import WebhookMessage
from stamm.jobs import TABLES as JOBS
from stamm.jobs import Worker
from stamm.lang.errors import UsageError
from stamm.people import Database, open_database
from tests.delivery.receiver import Receiver, receiving, replied
from tests.jobs.conftest import Clock

OWN = "the project's own key"
HELLO = Message(
    "report",
    "Umsatz <!channel> *fett*",
    "KW 13 & mehr",
    (Number("Umsatz", "25,00 €", "−15,00 € gegen die Vorwoche", "https://shop.example.com/metrics/gross_revenue"),),
    "https://shop.example.com/boards/1/",
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(tmp_path / "stamm.sqlite", "", (*JOBS, *DELIVERY))) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(database: Database, receiver: Receiver, clock: Clock) -> Worker:
    kind = WebhookMessage(
        lambda: database, lambda: Door(own_hosts={receiver.place}, seconds=2), lambda: OWN, lambda *_: None
    )
    return Worker(database, [kind], clock=clock, chance=Random(1))


def made(database: Database, url: str, now: datetime, form: str = "json") -> tuple[int, str]:
    with database.transaction() as run:
        return webhooks.make_webhook(run, "Team", destination_of(url), form, OWN, who="ines", now=now)


def tell(database: Database, number: int, name: str, now: datetime) -> bool:
    with database.transaction() as run:
        return webhooks.tell(run, number, HELLO, name, now=now)


def newest(database: Database) -> tuple[str, str]:
    with database.transaction() as run:
        sent = webhooks.messages(run)[0]
    return sent.state, sent.outcome


def stopped(database: Database, number: int) -> bool:
    with database.transaction() as run:
        return webhooks.webhook_of(run, number).stopped_at is not None


def test_a_signature_is_the_one_that_the_specification_prints() -> None:
    # the example of the specification, in "Signature scheme"
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        datetime.fromtimestamp(1_614_265_330).astimezone(),
    )
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_independent_hand_knows_it_and_nothing_that_was_changed() -> None:
    secret, now = secret_from(OWN, 1, "x"), datetime.now().astimezone()
    body = HELLO.body("json", "2024-02-01T12:00:00+00:00")
    headers, oracle = signed(secret, "msg_1", body, now), Oracle(secret)
    assert oracle.verify(body, headers)["data"]["title"] == HELLO.title
    for wrong, said in (
        (body + b" ", headers),
        (body, {**headers, "webhook-id": "msg_2"}),
        (body, signed(secret_from(OWN, 2, "x"), "msg_1", body, now)),
        (body, signed(secret_from(OWN, 1, "y"), "msg_1", body, now)),
        (body, signed(secret_from("other", 1, "x"), "msg_1", body, now)),
        (body, signed(secret, "msg_1", body, now - timedelta(minutes=10))),
    ):
        with pytest.raises(WebhookVerificationError):
            oracle.verify(wrong, said)


def test_it_goes_out_once_and_a_repeat_has_its_number_and_its_words(
    database: Database, receiver: Receiver, worker: Worker, clock: Clock
) -> None:
    number, secret = made(database, f"http://{receiver.place}/in?team=1", clock.now)
    assert [tell(database, number, "monday", clock.now) for _ in range(2)] == [True, False]
    receiver.answer = lambda connection: connection.sendall(replied(500))
    worker.round()
    assert newest(database) == ("waiting", "its receiver answers 500")
    receiver.answer = lambda connection: connection.sendall(replied(204))
    clock.move(seconds=30)
    while worker.round():
        continue
    assert newest(database) == ("sent", "")
    with database.transaction() as run:
        webhooks.send_again(run, webhooks.messages(run)[0].id, who="ines", now=clock.move(hours=1))
        webhooks.send_again(run, webhooks.messages(run)[0].id, who="ines", now=clock.now)
    while worker.round():
        continue
    first, second, third = receiver.requests
    assert {one.headers["webhook-id"] for one in (first, second, third)} == {first.headers["webhook-id"]}
    assert first.body == second.body == third.body
    assert [
        int(one.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) for one in (second, third)
    ] == [
        30,
        3_630,
    ]
    assert first.line == "POST /in?team=1 HTTP/1.1"
    for one in receiver.requests:
        sent = datetime.fromtimestamp(int(one.headers["webhook-timestamp"])).astimezone()
        assert (
            one.headers["webhook-signature"]
            == signed(secret, one.headers["webhook-id"], one.body, sent)["webhook-signature"]
        )


def test_what_took_nothing_for_five_days_is_stopped_and_says_so(
    database: Database, receiver: Receiver, worker: Worker, clock: Clock
) -> None:
    number, _ = made(database, f"http://{receiver.place}/", clock.now)
    receiver.answer = lambda connection: connection.sendall(replied(503))
    for day in range(6):
        assert not stopped(database, number)
        tell(database, number, f"day {day}", clock.now)
        for _ in range(4):
            worker.round()
            clock.move(hours=6)
    assert stopped(database, number)
    tell(database, number, "later", clock.now)
    before = receiver.connected
    while worker.round():
        continue
    assert (newest(database), receiver.connected) == (("failed", "the webhook is stopped"), before)
    receiver.answer = lambda connection: connection.sendall(replied(200))
    with database.transaction() as run:
        assert [row[0] for row in run("SELECT what FROM people_act WHERE who = 'stamm'", ())] == ["webhook_stopped"]
        webhooks.resume_webhook(run, number, who="ines", now=clock.now)
        webhooks.send_again(run, webhooks.messages(run)[0].id, who="ines", now=clock.now)
    worker.round()
    assert newest(database) == ("sent", "")
    assert not stopped(database, number)


def test_one_message_that_was_taken_in_between_begins_the_five_days_anew(
    database: Database, receiver: Receiver, worker: Worker, clock: Clock
) -> None:
    number, _ = made(database, f"http://{receiver.place}/", clock.now)
    for day in range(8):
        told = replied(200 if day == 4 else 503)
        receiver.answer = lambda connection, told=told: connection.sendall(told)
        tell(database, number, f"day {day}", clock.now)
        worker.round()
        clock.move(days=1)
    assert not stopped(database, number)


def test_who_says_that_it_is_gone_is_stopped_at_once(
    database: Database, receiver: Receiver, worker: Worker, clock: Clock
) -> None:
    number, _ = made(database, f"http://{receiver.place}/", clock.now)
    receiver.answer = lambda connection: connection.sendall(replied(410))
    tell(database, number, "x", clock.now)
    worker.round()
    assert stopped(database, number)
    assert newest(database) == ("failed", "its receiver says that it is gone (410)")


def test_who_asks_for_patience_gets_it(database: Database, receiver: Receiver, worker: Worker, clock: Clock) -> None:
    number, _ = made(database, f"http://{receiver.place}/", clock.now)
    receiver.answer = lambda connection: connection.sendall(replied(429, "Retry-After: 3600"))
    tell(database, number, "x", clock.now)
    worker.round()
    with database.transaction() as run:
        ((due,),) = run("SELECT due_at FROM job", ())
    assert datetime.fromisoformat(due) - clock.now.replace(tzinfo=None) == timedelta(hours=1)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://2130706433/", "http://[::ffff:127.0.0.1]/"])
def test_where_nothing_may_be_sent_nothing_is_though_it_was_saved(
    database: Database, worker: Worker, clock: Clock, url: str
) -> None:
    number, _ = made(database, "https://example.com/", clock.now)
    with database.transaction() as run:
        run("UPDATE webhook SET url = ? WHERE id = ?", (url, number))  # as if a name led elsewhere by now
    tell(database, number, "x", clock.now)
    worker.round()
    state, outcome = newest(database)
    assert (state, outcome.startswith("Nothing ")) == ("failed", True)


def test_of_a_removed_webhook_nothing_is_left_and_nothing_goes_there(
    database: Database, receiver: Receiver, worker: Worker, clock: Clock
) -> None:
    number, secret = made(database, f"http://{receiver.place}/hidden-path", clock.now)
    tell(database, number, "x", clock.now)
    with database.transaction() as run:
        webhooks.remove_webhook(run, number, who="ines", now=clock.now)
        with pytest.raises(UsageError, match="no webhook"):
            webhooks.webhook_of(run, number)
        kept = repr(
            [run(f"SELECT * FROM {table}", ()) for table in ("webhook", "webhook_message", "people_act", "job")]
        )
    assert "hidden-path" not in kept
    assert secret not in kept
    while worker.round():
        continue
    assert (receiver.connected, tell(database, number, "y", clock.now)) == (0, False)


def test_a_secret_is_in_no_row(database: Database, clock: Clock) -> None:
    number, secret = made(database, "https://example.com/hidden-path", clock.now)
    tell(database, number, "x", clock.now)
    with database.transaction() as run:
        rows = repr(
            [run(f"SELECT * FROM {table}", ()) for table in ("webhook", "webhook_message", "people_act", "job")]
        )
        shown = repr(webhooks.webhooks(run))
        acts = repr(run("SELECT * FROM people_act", ()))
    assert secret.removeprefix("whsec_") not in rows
    assert "hidden-path" not in shown + acts


def test_each_reads_it_in_its_own_form_and_nothing_in_a_text_is_a_mark() -> None:
    at = "2024-04-01T07:00:00+00:00"
    plain = json.loads(HELLO.body("json", at))
    assert (plain["type"], plain["timestamp"], plain["data"]["numbers"][0]["value"]) == ("report", at, "25,00 €")
    slack = json.loads(HELLO.body("slack", at))["text"].split("\n")
    assert slack == [
        "*Umsatz &lt;!channel&gt; \u200b*fett\u200b**",
        "KW 13 &amp; mehr",
        "• <https://shop.example.com/metrics/gross_revenue|Umsatz>: *25,00 €* (−15,00 € gegen die Vorwoche)",
        "<https://shop.example.com/boards/1/>",
    ]
    (attached,) = json.loads(HELLO.body("teams", at))["attachments"]
    card = attached["content"]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["body"][0]["text"] == "Umsatz <!channel\\> \\*fett\\*"
    assert card["body"][2]["facts"] == [{"title": "Umsatz", "value": "25,00 € \\(−15,00 € gegen die Vorwoche\\)"}]
    assert card["actions"][0]["url"] == "https://shop.example.com/metrics/gross_revenue"


def test_what_cannot_be_a_webhook_is_refused(database: Database, clock: Clock) -> None:
    good = destination_of("https://example.com/")
    with database.transaction() as run:
        for name, form in (("", "json"), (" ", "json"), ("x" * 121, "json"), ("x", "xml"), ("x", "")):
            with pytest.raises(UsageError):
                webhooks.make_webhook(run, name, good, form, OWN, who="ines", now=clock.now)
        for _ in range(50):
            webhooks.make_webhook(run, "x", good, "json", OWN, who="ines", now=clock.now)
        with pytest.raises(UsageError, match="already"):
            webhooks.make_webhook(run, "x", good, "json", OWN, who="ines", now=clock.now)
        for change in (webhooks.remove_webhook, webhooks.resume_webhook, webhooks.send_again):
            with pytest.raises(UsageError):
                change(run, 99, who="ines", now=clock.now)


def test_a_name_goes_out_of_what_was_told_when_its_customer_is_erased(database: Database, clock: Clock) -> None:
    message = Message("report", "Quast", "über Quast", (Number("Quast", "Quast", "Quast"),))
    with database.transaction() as run:
        number, _ = webhooks.make_webhook(
            run, "Frau Quast", destination_of("https://example.com/"), "slack", OWN, who="ines", now=clock.now
        )
        webhooks.tell(run, number, message, "x", now=clock.now)
    assert Written(database, lambda _: "somebody").erase(lambda text: "quast" in text.casefold()) == 2
    with database.transaction() as run:
        kept = repr([run(f"SELECT * FROM {table}", ()) for table in ("webhook", "webhook_message")])
        assert webhooks.messages(run)[0].content.body("slack", "2024-02-01T12:00:00+00:00")
    assert "quast" not in kept.casefold()
