"""What customers write about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from stamm.analyses.drivers import NO_CAUSES
from stamm.analyses.drivers.effect import TOO_FEW
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question
from stamm.analyses.one_thread import one_thread
from stamm.analyses.reach import reach_within
from stamm.analyses.themes.examples import EXAMPLES
from stamm.analyses.themes.finding import themes_of
from stamm.analyses.themes.language import DE, EN, LANGUAGES, content, languages_of, words_of
from stamm.analyses.themes.tables import Basis, Sentence, Theme
from stamm.analyses.themes.telling import Spoken, basis, sentences, stems_of, themes, unknown
from stamm.analyses.themes.texts import PLACES, RESPONSES, RETURNS, TICKETS, Text, texts_of
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window

SENTENCES, BASIS = "sentences", "basis"
TOO_FEW_TEXTS, NONE_HOLDS, NO_TEXTS = "too_few_texts", "no_theme_holds", "no_texts"
NAMES = {DE: Phrase("German", "Deutsch"), EN: Phrase("English", "Englisch")}
UNTOLD = Phrase("unknown", "unbekannt")
OTHER_TEXTS = "texts in no language that can be told"


class Themes(Analysis):
    """What customers write about, in German and English: words that come together, how content and who stayed.

    Texts are the comments of answers, or the topics of tickets or reasons of returns where those are written freely.
    Each belongs to the language of which it has more function words. Words are put into small letters and lose an
    ending of inflection; function words are left out. Each text is its words by TF-IDF, and themes are parts of a
    non-negative factorisation (NMF) of the texts of the span and of as many days before, begun at its singular
    vectors, so that equal texts always give equal themes.

    A theme has to hold where it was not looked for: it is found in one half of the texts, equal ones counted once, and
    its words must stand together in the other half at least 1.5 times as often as if all words had been dealt out to
    texts by chance, and 4 standard deviations above that. The number of themes is the one, from 2 to `most`, with
    which most of them hold and none is a part of another; of several the smallest. At most 6000 different texts of a
    language are learned from, evenly spread over time; all are counted. Below `least` texts there is no theme.

    A text belongs to the theme whose words weigh most in it, or to none. `change` is its share in the span less that
    in as many days before, with Newcombe's interval. `score` is where on its scales all that was scored on the same
    sheet lies (0% the lowest), with a t interval; NPS has the adjusted Wald interval. `left` is the share of its
    authors in both spans who were customers when they first wrote of it and were none `horizon_days` later, beside
    that of the authors of other texts in the same language; the intervals of these differences hold together
    (Bonferroni). A verdict needs 30 authors on both sides.

    None of it is a cause: who writes of late parcels may leave for another reason.
    """

    en = "What customers write about"
    de = "Worüber Kunden schreiben"
    sentence_de = "Worüber Kunden schreiben, auf Deutsch und Englisch: Wörter, die zusammen vorkommen, und wer blieb."
    cited = "Lee and Seung, Nature 401 (1999), 788-791; Newcombe, Statistics in Medicine 17 (1998), method 10"
    splits = False
    tables: ClassVar = {ROWS: Theme, SENTENCES: Sentence, BASIS: Basis}
    reasons: ClassVar = {
        TOO_FEW: Phrase("too few authors for a verdict", "zu wenige Verfasser für ein Urteil"),
        TOO_FEW_TEXTS: Phrase("too few texts for themes", "zu wenige Texte für Themen"),
        NONE_HOLDS: Phrase("no words come together clearly", "keine Wörter kommen deutlich zusammen vor"),
        NO_TEXTS: Phrase("nobody wrote anything", "niemand hat etwas geschrieben"),
    }
    examples = EXAMPLES

    texts = Setting(
        RESPONSES,
        "Which texts: comments of answers, topics of tickets or reasons of returns.",
        "Welche Texte: Kommentare zu Antworten, Themen von Tickets oder Gründe von Rücksendungen.",
        choices=tuple(PLACES),
        title=Phrase("Texts", "Texte"),
        words={
            RESPONSES: Phrase("comments of answers", "Kommentare zu Antworten"),
            TICKETS: Phrase("topics of tickets", "Themen von Tickets"),
            RETURNS: Phrase("reasons of returns", "Gründe von Rücksendungen"),
        },
    )
    horizon_days = Setting(
        90,
        "How many days after writing it is looked whether somebody is still here.",
        "Wie viele Tage nach dem Schreiben geschaut wird, ob jemand noch da ist.",
        low=1,
        high=3660,
        title=Phrase("Days until looked", "Tage bis zum Blick"),
    )
    least = Setting(
        30,
        "How many texts of a language there have to be in the span.",
        "Wie viele Texte einer Sprache es im Zeitraum geben muss.",
        low=10,
        title=Phrase("Texts at least", "Texte mindestens"),
    )
    most = Setting(
        12,
        "How many themes of a language there are at most.",
        "Wie viele Themen einer Sprache es höchstens gibt.",
        low=2,
        high=30,
        title=Phrase("Themes at most", "Themen höchstens"),
    )

    def facts(self) -> tuple[str, ...]:
        return (self.texts,)

    def beside(self) -> tuple[str, ...]:
        return ("spells",)

    def windows(self, span: Window) -> tuple[Window, ...]:
        """As many days before, and the span."""
        return Window(span.start - timedelta(days=span.length), span.start), span

    def answer(self, question: Question) -> Found:
        known = reach_within(question, self.facts(), question.windows[-1])
        if not known.known:
            return Found({ROWS: (unknown(UNTOLD, known.reason),), SENTENCES: (), BASIS: ()})
        texts, spoken = self._spoken(question)
        now = [each for each in spoken if any(text.now for text in each.texts)]
        untold = sum(text.now for text in texts) - sum(text.now for each in now for text in each.texts)
        lines = tuple(themes(now, known)) or (unknown(UNTOLD, NO_TEXTS),)
        return Found(
            {
                ROWS: lines,
                SENTENCES: tuple(line for each in now for line in sentences(each)),
                BASIS: tuple(basis(each) for each in now),
            },
            left_out={OTHER_TEXTS: untold} if untold else {},
            notes=(NO_CAUSES,) if any(line.theme for line in lines) else (),
        )

    def customers(self, question: Question, row: Any) -> Behind:
        """Who wrote of it in the span, and who wrote in the same language and not of it."""
        if row.n is None:
            raise UsageError("Of nobody is known what they wrote about.")
        (spoken,) = (each for each in self._spoken(question)[1] if each.name == row.language)
        wrote, others = spoken.authors(spoken.names.index(row.theme))
        return Behind(tuple(sorted(wrote)), tuple(sorted(others)))

    # -- how -------------------------------------------------------------------------
    def _spoken(self, question: Question) -> tuple[list[Text], list[Spoken]]:
        """All texts, and what each language says."""
        texts = texts_of(question, self.texts, question.windows, self.horizon_days)
        words = [words_of(text.text) for text in texts]
        languages = languages_of(words)
        return texts, [
            self._of_one(language, [place for place, told in enumerate(languages) if told == language], texts, words)
            for language in LANGUAGES
        ]

    def _of_one(
        self, language: str, places: Sequence[int], texts: Sequence[Text], words: Sequence[Sequence[str]]
    ) -> Spoken:
        mine, said = [texts[place] for place in places], [content(words[place], language) for place in places]
        model, reason = None, TOO_FEW_TEXTS
        if sum(text.now for text in mine) >= self.least:
            with one_thread():
                model = themes_of(stems_of(said, language), self.most)
            reason = "" if model is not None and model.found else NONE_HOLDS
        return Spoken(NAMES[language], language, mine, said, model, reason)
