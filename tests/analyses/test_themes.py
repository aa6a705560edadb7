"""What customers write about: planted themes are found again, noise is none, and nobody erased is quoted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from time import process_time
from typing import Any

import pytest

from stamm.analyses.drivers.effect import TOO_FEW
from stamm.analyses.reach import Reach
from stamm.analyses.themes import BASIS, NO_TEXTS, NONE_HOLDS, OTHER_TEXTS, SENTENCES, TOO_FEW_TEXTS, Themes
from stamm.analyses.themes.finding import themes_of
from stamm.analyses.themes.language import DE, EN, content, languages_of, stem, words_of
from stamm.analyses.themes.telling import Spoken, themes
from stamm.analyses.themes.texts import Text
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import NO_FACTS, NOT_OVER
from stamm.lang.window import Window
from tests.answers.small import ALL_OF_2024, paying, world

MARCH = Window.parse("2024-03")
PLANTED = {
    DE: (
        ("Lieferung", "spät", "Paket", "gewartet", "Post", "verspätet"),
        ("Geschmack", "Tee", "Aroma", "lecker", "Sorte", "Blätter"),
        ("Preis", "teuer", "Rabatt", "Kosten", "günstig", "Angebot"),
    ),
    EN: (
        ("delivery", "late", "parcel", "waited", "carrier", "delayed"),
        ("taste", "tea", "aroma", "delicious", "blend", "leaves"),
        ("price", "expensive", "discount", "cost", "cheap", "offer"),
    ),
}
JOINS = {DE: ("die", "und", "ist", "mit", "nicht"), EN: ("the", "and", "is", "with", "not")}


def said(chance: Random, number: int, shuffled: bool = False) -> list[tuple[str, int, str]]:
    """So many texts in two languages: language, the number of the planted theme, and the text."""
    found = []
    for _ in range(number):
        language = chance.choice((DE, EN))
        theme = chance.randrange(3)
        own = chance.sample(PLANTED[language][theme], 3)
        filler = [f"{language}wort{chance.choice('abcdefghijklmnopqrstuvwxyz')}" for _ in range(2)]
        found.append([language, theme, own + filler])
    if shuffled:
        for language in (DE, EN):
            mine = [each for each in found if each[0] == language]
            words = [word for each in mine for word in each[2]]
            chance.shuffle(words)
            for place, each in enumerate(mine):
                each[2] = words[5 * place : 5 * place + 5]
    texts = []
    for language, theme, words in found:
        joined = [*words, *chance.sample(JOINS[language], 3)]
        chance.shuffle(joined)
        texts.append((language, theme, " ".join(joined)))
    return texts


def comment(number: int, text: str | None, on: str = "2024-03-05", who: str | None = "", **more: Any) -> dict[str, Any]:
    row = {"response_id": f"a{number}", "question": "why", "kind": "text", "comment": text, "asked_at": on}
    return {**row, "answered_at": on, "customer_id": f"c{number}" if who == "" else who, **more}


def asked(of: World, /, **settings: object) -> TableAnswer:
    return Answers(of).analyse(Themes, MARCH, settings=settings)


def subscribed(rows: Sequence[dict[str, Any]], **more: Any) -> World:
    who = sorted({row["customer_id"] for row in rows if row["customer_id"]})
    paid = [paying(each, "2024-01-01") for each in who]
    return world({"responses": rows, "subscriptions": paid}, spell_rule="subscriptions", **more)


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_themes_are_found_again_in_both_languages(seed: int) -> None:
    texts = said(Random(seed), 500)
    answer = asked(subscribed([comment(n, text) for n, (_, _, text) in enumerate(texts)]))
    forms = {
        (language, theme): {stem(word.lower(), language) for word in words}
        for language, themes in PLANTED.items()
        for theme, words in enumerate(themes)
    }
    found = {}
    for row in answer.rows:
        language = DE if row.language.en == "German" else EN
        words = {stem(word, language) for word in row.words.split(", ")}
        best = max(range(3), key=lambda theme: len(words & forms[language, theme]))
        assert len(words & forms[language, best]) >= 5, row.words
        found[language, best] = row.n
    assert found.keys() == forms.keys()
    for key, n in found.items():
        truly = sum((language, theme) == key for language, theme, _ in texts)
        assert n == pytest.approx(truly, rel=0.05)
    assert sum(row.n for row in answer.rows) == sum(basis.with_theme for basis in answer.tables[BASIS])


@pytest.mark.parametrize("seed", range(4))
def test_words_dealt_out_by_chance_are_no_theme(seed: int) -> None:
    texts = said(Random(seed), 500, shuffled=True)
    answer = asked(subscribed([comment(n, text) for n, (_, _, text) in enumerate(texts)]))
    assert {(row.theme, row.n, row.reason) for row in answer.rows} == {("", None, NONE_HOLDS)}


def test_one_text_sent_often_is_no_theme() -> None:
    rows = [comment(n, "Die Lieferung und das Paket sind viel zu spät") for n in range(200)]
    (row,) = asked(subscribed(rows)).rows
    assert row.reason == NONE_HOLDS


def test_equal_texts_give_equal_themes_in_any_order() -> None:
    rows = [comment(n, text) for n, (_, _, text) in enumerate(said(Random(3), 300))]
    mixed = list(rows)
    Random(1).shuffle(mixed)
    assert asked(subscribed(rows)).rows == asked(subscribed(mixed)).rows
    some = [content(words_of(text), DE) for _, _, text in said(Random(3), 300)]
    one, other = themes_of(some, 8), themes_of(some, 8)
    assert one is not None
    assert other is not None
    assert [each.known_by for each in one.found] == [each.known_by for each in other.found]


def test_sentences_are_of_the_theme_one_a_customer_and_none_of_the_erased() -> None:
    texts = said(Random(5), 400)
    rows = [
        comment(n, f"{text.capitalize()}. Und sonst nichts.", who=f"c{n % 150}") for n, (_, _, text) in enumerate(texts)
    ]
    answer = asked(subscribed(rows))
    shown = answer.tables[SENTENCES]
    assert {(line.language, line.theme) for line in shown} == {(row.language, row.theme) for row in answer.rows}
    for row in answer.rows:
        mine = [line for line in shown if line.theme == row.theme]
        assert [line.place for line in mine] == [1, 2, 3]
        assert len({line.customer_id for line in mine}) == 3
        for line in mine:
            assert set(words_of(line.sentence)) & set(row.words.split(", "))
    gone = shown[0].customer_id
    kept = [{**row, "comment": None, "customer_id": None} if row["customer_id"] == gone else row for row in rows]
    again = asked(subscribed(kept))
    assert gone not in {line.customer_id for line in again.tables[SENTENCES]}
    assert sum(basis.texts for basis in again.tables[BASIS]) == sum(row["comment"] is not None for row in kept)
    nameless = answer.nameless().tables[SENTENCES]
    assert not any(line.sentence or line.customer_id for line in nameless)


def test_who_wrote_of_it_and_who_did_not() -> None:
    rows = [comment(n, text) for n, (_, _, text) in enumerate(said(Random(6), 400))]
    answers = Answers(subscribed(rows))
    answer = answers.analyse(Themes, MARCH)
    row = answer.rows[0]
    behind = answers.customers(answer, row)
    (basis,) = (each for each in answer.tables[BASIS] if each.language == row.language)
    assert len(behind.counted) == row.n
    assert len(behind.counted) + len(behind.others) == basis.texts
    with pytest.raises(UsageError, match="wrote about"):
        answers.customers(answer, asked(subscribed(rows[:20])).rows[0])


def test_staying_is_told_only_where_it_is_over_and_there_are_enough() -> None:
    rows = [comment(n, text) for n, (_, _, text) in enumerate(said(Random(7), 400))]
    for row in asked(subscribed(rows), horizon_days=30).rows:
        assert (row.authors, row.left, row.difference) == (row.n, 0, 0)
    for row in asked(subscribed(rows, as_of="2024-04-02"), horizon_days=30).rows:
        assert (row.authors, row.left_share, row.difference, row.reason) == (0, None, None, TOO_FEW)
    # nobody of them was ever a customer
    strangers = Answers(world({"responses": rows}, spell_rule="subscriptions")).analyse(Themes, MARCH)
    assert {row.authors for row in strangers.rows} == {0}
    half = asked(subscribed(rows, as_of="2024-03-20"))
    assert {(row.complete, row.low, row.reason) for row in half.rows} == {(False, None, NOT_OVER)}


def test_of_one_survey_its_texts_alone_and_its_authors_are_looked_for_among_all_who_stayed() -> None:
    texts = said(Random(7), 600)
    rows = [comment(n, text, survey=("spring", "autumn")[n % 2]) for n, (_, _, text) in enumerate(texts)]
    answers = Answers(subscribed(rows))
    spring = answers.analyse(Themes, MARCH, where={"survey": "spring"}, settings={"horizon_days": 30})
    alone = asked(subscribed(rows[::2]), horizon_days=30)
    assert [vars(row) for row in spring.rows] == [vars(row) for row in alone.rows]
    assert {row.authors for row in spring.rows} == {row.n for row in spring.rows}
    with pytest.raises(UsageError, match="no such column"):
        answers.analyse(Themes, MARCH, where={"channel": "web"})


def test_too_few_texts_and_none_at_all() -> None:
    rows = [comment(n, text) for n, (_, _, text) in enumerate(said(Random(8), 40))]
    assert {row.reason for row in asked(subscribed(rows)).rows} == {TOO_FEW_TEXTS}
    assert [row.reason for row in asked(subscribed([comment(1, "  ")])).rows] == [NO_TEXTS]
    assert [row.reason for row in asked(world({}, coverage={"orders": ALL_OF_2024})).rows] == [NO_FACTS]
    strange = asked(subscribed([comment(1, "zzz qqq")]))
    assert strange.left_out == {OTHER_TEXTS: 1}


def test_reasons_of_returns_and_topics_of_tickets_are_texts_too() -> None:
    texts = [text for language, _, text in said(Random(9), 400) if language == DE]
    back = [
        {"return_id": f"r{n}", "customer_id": f"c{n}", "returned_at": "2024-03-05", "reason": text}
        for n, text in enumerate(texts)
    ]
    tickets = [
        {"ticket_id": f"t{n}", "customer_id": f"c{n}", "opened_at": "2024-03-05", "topic": text}
        for n, text in enumerate(texts)
    ]
    for kind, rows in (("returns", back), ("tickets", tickets)):
        answer = asked(world({kind: rows}), texts=kind)
        assert len(answer.rows) == 3
        assert {(row.score, row.nps) for row in answer.rows} == {(None, None)}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Lieferung war nicht da", DE),
        ("The parcel is not here", EN),
        ("Lieferung spät", DE),
        ("parcel late", EN),
        ("zzz", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    known = ["Die Lieferung ist sehr spät und nass", "The parcel was very late and wet"]
    assert languages_of([words_of(each) for each in (*known, text)])[2] == language


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (("lieferung", "lieferungen"), DE),
        (("sorte", "sorten"), DE),
        (("beschädigt", "beschädigte", "beschädigtes"), DE),
        (("delayed", "delays", "delaying"), EN),
        (("parcel", "parcels"), EN),
    ],
)
def test_forms_of_one_word_are_one(words: Sequence[str], language: str) -> None:
    assert len({stem(word, language) for word in words}) == 1


def test_short_words_are_left_alone() -> None:
    assert [stem(word, DE) for word in ("tee", "dose", "preis")] == ["tee", "dose", "prei"]


def test_the_cost_of_telling_grows_with_the_authors_and_not_with_their_square() -> None:
    """Fifteen thousand authors; where each was looked for anew among those of each theme, it took over ten seconds."""
    chance = Random(5)
    told = [(theme, text) for language, theme, text in said(chance, 30_000) if language == EN]
    words = [content(words_of(text), EN) for _, text in told]
    texts = [
        Text((str(number),), f"c{number}", date(2024, 3, 1), text, True, None, None, number % 3 > 0)
        for number, (_, text) in enumerate(told)
    ]
    model = themes_of([[stem(word, EN) for word in each] for each in words[:3_000]], 6)
    spoken = Spoken(Phrase("English", "Englisch"), EN, texts, words, model, "")
    assert len(spoken.names) == 3
    begun = process_time()
    lines = list(themes([spoken], Reach(True, "")))
    assert process_time() - begun < 3
    assert {(line.authors or 0) + (line.others or 0) for line in lines} == {len(texts)}
