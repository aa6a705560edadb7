"""A survey by mail: whom it would ask, that nobody is asked twice, and who counts as asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from stamm.delivery.customer_door import NO_ADDRESS, NO_CONSENT, OBJECTED, SUPPRESSED, Consent, Whom
from stamm.delivery.customer_mail import Mail, newest_mails, stop_token, unsubscribe
from stamm.delivery.foreseeing import foreseen
from stamm.delivery.letter import Letter
from stamm.delivery.suppression import mark_of, suppress
from stamm.jobs import Cancel
from stamm.lang.errors import UsageError
from stamm.people import Database
from stamm.store.erasing.words import Digests
from stamm.surveys import keeping
from stamm.surveys.leaving import forget
from stamm.surveys.letters import checked_words, letter_for, ready_words
from stamm.surveys.mailing import ANSWERED, ASKED, RESTING, Chosen, choose, progress_of, send_survey, settle
from stamm.surveys.ready import READY, ready
from stamm.surveys.results import results_of
from stamm.surveys.sheets import PLANNED, UNSENT, Sheet, sheets_where
from stamm.surveys.telling import untold
from tests.surveys.asked import NOON, SECRET, opened, personal, send

DIGESTS = Digests(b"k" * 32)
YES, NO = (Consent(granted, NOON - timedelta(days=9)) for granted in (True, False))
NAMES = ("anna", "ben", "cleo", "dora", "emil", "fritz", "gerda", "hugo")


def people(*names: str, consent: Consent | None = YES) -> list[Whom]:
    return [Whom(name, frozenset((name,)), f"{name}@example.com", "de", "Europe/Berlin", consent) for name in names]


def would(
    database: Database, survey: int, among: Sequence[Whom], sample: int = 0, seed: str = "1", now: datetime = NOON
) -> Chosen:
    with database.transaction() as run:
        looked = foreseen(run, among, "feedback", "feedback", DIGESTS)
        return choose(run, keeping.survey_of(run, survey), looked, sample=sample, seed=seed, now=now)


def mailed(database: Database, survey: int, customers: Sequence[str], now: datetime = NOON) -> int:
    with database.transaction() as run:
        return send_survey(run, survey, customers, ready_words(ready("nps", "x")), purpose="feedback", who="i", now=now)


def mails(database: Database) -> dict[str, Mail]:
    with database.transaction() as run:
        return {str(mail.customer): mail for mail in reversed(newest_mails(run))}


def sheets(database: Database) -> dict[str, Sheet]:
    with database.transaction() as run:
        return {str(sheet.customer): sheet for sheet in sheets_where(run, "id > 0", ())}


def settled(database: Database, customer: str, reason: str = "", now: datetime = NOON) -> None:
    mail = mails(database)[customer]
    with database.transaction() as run:
        settle(run, mail, reason, now)


def test_each_who_is_not_asked_is_counted_under_why(database: Database) -> None:
    other, survey = opened(database), opened(database)
    personal(database, other, "gerda")
    links = personal(database, survey, "hugo", "fritz", now=NOON - timedelta(days=40))
    send(database, links["fritz"], 1, recommend="9")
    among = people("anna", "emil", "fritz", "gerda", "hugo")
    among += people("ben", consent=None) + people("cleo", consent=NO)
    among.append(Whom("dora", frozenset(("dora",)), "", "de", "Europe/Berlin", YES))
    with database.transaction() as run:
        suppress(run, mark_of(DIGESTS, "emil@example.com"), "asked", who="i", now=NOON)
    found = would(database, survey, among)
    assert found.customers == ("anna",)
    assert found.left_out == {
        NO_CONSENT: 1,
        OBJECTED: 1,
        NO_ADDRESS: 1,
        SUPPRESSED: 1,
        RESTING: 1,
        ASKED: 1,
        ANSWERED: 1,
    }
    # whoever says by a link that they want no more is not counted on any more
    assert mailed(database, survey, found.customers) == 1
    with database.transaction() as run:
        (mail,) = newest_mails(run)
        unsubscribe(run, stop_token(DIGESTS, mail), DIGESTS, now=NOON)
    assert would(database, opened(database, rest_days=0), among).left_out[OBJECTED] == 2


def test_a_sample_is_drawn_anew_by_another_seed_and_not_by_asking_again(database: Database) -> None:
    survey, among = opened(database), people(*NAMES) + people("ines", "jan", consent=None)
    first = would(database, survey, among, sample=4)
    assert len(first.customers) == 4
    assert would(database, survey, list(reversed(among)), sample=4).customers == first.customers
    assert {would(database, survey, among, 4, seed).customers for seed in "123456789"} != {first.customers}
    assert mailed(database, survey, first.customers) == 4
    again = would(database, survey, among, sample=4)
    assert (again.customers, again.left_out[ASKED]) == ((), 4)
    assert len(would(database, survey, among, sample=6).customers) == 2


def test_pressing_twice_asks_nobody_twice_and_all_or_nothing_is_planned(database: Database) -> None:
    survey = opened(database)
    assert (mailed(database, survey, NAMES[:3]), mailed(database, survey, NAMES[:4])) == (3, 1)
    assert len(mails(database)) == 4
    draft = opened(database)
    with database.transaction() as run:
        keeping.close_survey(run, draft, who="i", now=NOON)
    with pytest.raises(UsageError, match="not open"):
        mailed(database, draft, NAMES)
    assert len(mails(database)) == 4


def test_who_got_no_mail_was_not_asked_and_can_be_asked_again(database: Database) -> None:
    survey, later = opened(database), opened(database)
    mailed(database, survey, ["anna", "ben", "cleo"])

    def asked() -> tuple[int, int]:
        with database.transaction() as run:
            found = results_of(run, keeping.survey_of(run, survey), "Europe/Berlin")
            return found.asked, found.held

    assert {sheet.held for sheet in sheets(database).values()} == {PLANNED}
    assert asked() == (0, 0)
    with database.transaction() as run:  # and no fact says so
        assert [row for each in untold(run) for row in each.rows] == []
    # who waits for a mail is not asked by another survey meanwhile
    assert would(database, later, people("anna")).left_out == {RESTING: 1}
    settled(database, "anna")
    settled(database, "ben", OBJECTED)
    with database.transaction() as run:
        run("UPDATE customer_mail SET handed = 1 WHERE customer_id = 'cleo'", ())
    settled(database, "cleo", "it may have gone out twice, and is not sent again")
    assert {name: sheet.held for name, sheet in sheets(database).items()} == {"anna": "", "ben": UNSENT, "cleo": ""}
    assert asked() == (2, 0)
    with database.transaction() as run:
        told = {row.values["customer_id"] for each in untold(run) for row in each.rows if row.values}
        found = progress_of(run, survey)
    assert told == {"anna", "cleo"}
    assert (found.planned, found.waiting, found.sent, found.held) == (3, 0, 2, {OBJECTED: 1})
    assert would(database, later, people("ben")).customers == ("ben",)
    assert would(database, survey, people("ben")).customers == ("ben",)
    assert mailed(database, survey, ["ben"], NOON + timedelta(hours=1)) == 1
    settled(database, "ben", now=NOON + timedelta(hours=2))
    assert asked() == (3, 0)


def letter(database: Database, customer: str, language: str = "de", now: datetime = NOON) -> Letter | Cancel:
    (whom,) = people(customer)
    with database.transaction() as run:
        about = next(mail.about for mail in newest_mails(run) if mail.customer == customer)
        whom = Whom(customer, whom.numbers, whom.address, language, whom.zone, YES)
        return letter_for(run, about, whom, address="https://shop.example.com", secret=SECRET, now=now)


def test_a_letter_asks_the_first_question_and_each_point_is_a_link(database: Database) -> None:
    survey = opened(database)
    mailed(database, survey, ["anna", "ben"])
    made = letter(database, "anna")
    assert isinstance(made, Letter)
    assert (made.language, made.subject) == ("de", "Eine Frage an Sie")
    assert made.title.startswith("Wie wahrscheinlich")
    page, text = made.html(), made.text()
    assert [f'lang=de&amp;answer={point}"' in page for point in range(11)] == [True] * 11
    assert ("answer=" in text, text.count("https://shop.example.com/ask/p")) == (False, 1)
    assert isinstance(other := letter(database, "anna", "fr"), Letter)
    assert other.language == "en"
    # what makes a mail senseless by the time that it goes out
    token = text.split("/ask/")[1].split("/")[0]
    send(database, token, 1, recommend="9")
    assert letter(database, "anna") == Cancel("the customer has answered already")
    assert sheets(database)["anna"].held == ""
    with database.transaction() as run:
        keeping.close_survey(run, survey, who="i", now=NOON)
    over = Cancel("the survey takes no answers any more")
    assert letter(database, "ben") == over
    with database.transaction() as run:
        forget(run, "ben".__eq__, lambda _: False)
        assert run("SELECT count(*) FROM survey_mail", ()) == [(1,)]
    assert letter(database, "ben") == over


def test_words_of_ones_own_are_one_line_and_inert() -> None:
    words = checked_words(READY["nps"], {"de": "Tee\r\nBcc: x@example.com"}, {"en": "<script>x</script>"})
    assert words.subject == {"de": "Tee Bcc: x@example.com", "en": "One question for you"}
    assert words.sentence["de"].startswith("Es dauert")
    assert "<script>" not in Letter("en", "", paragraphs=[words.sentence["en"]]).html()
    with pytest.raises(UsageError, match="at most 150"):
        checked_words(READY["nps"], {"de": "x" * 151}, {})
    with pytest.raises(UsageError, match="at most 600"):
        checked_words(READY["nps"], {}, {"de": "x" * 601})
