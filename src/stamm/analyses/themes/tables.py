"""The tables of themes: each theme, the sentences that show it best, and the texts they were looked for in."""

from __future__ import annotations

from stamm.analyses.kind import column, row
from stamm.lang.phrase import Phrase


@row
class Theme:
    """One theme: its words, how many texts it is in now and before, how content they are, and who stayed.

    Authors are customers of whom it is known whether they were still here; those of other texts are the ones who wrote
    in the same language and of nothing that has to do with it.
    """

    language: Phrase = column("language", "Sprache", "text", key=True)
    theme: str = column("theme", "Thema", "text", key=True)
    words: str = column("words", "Wörter", "text", detail=True)
    n: int | None = column("texts", "Texte", "count")
    of: int | None = column("of all", "von allen", "count", detail=True)
    share: float | None = column("share", "Anteil", "share")
    low: float | None = column("95% interval from", "95-%-Intervall von", "share", detail=True)
    high: float | None = column("95% interval to", "95-%-Intervall bis", "share", detail=True)
    n_before: int | None = column("texts before", "Texte davor", "count", detail=True)
    of_before: int | None = column("of all before", "von allen davor", "count", detail=True)
    change: float | None = column("change, points", "Änderung, Punkte", "difference")
    change_low: float | None = column("change from", "Änderung von", "difference")
    change_high: float | None = column("change to", "Änderung bis", "difference")
    n_scored: int | None = column("with a score", "mit Bewertung", "count", detail=True)
    score: float | None = column("mean place on scale", "mittlerer Platz auf der Skala", "share")
    score_low: float | None = column("place from", "Platz von", "share", detail=True)
    score_high: float | None = column("place to", "Platz bis", "share", detail=True)
    n_nps: int | None = column("with an NPS answer", "mit NPS-Antwort", "count", detail=True)
    nps: float | None = column("NPS", "NPS", "points")
    nps_low: float | None = column("NPS from", "NPS von", "points", detail=True)
    nps_high: float | None = column("NPS to", "NPS bis", "points", detail=True)
    authors: int | None = column("authors", "Verfasser", "count")
    left: int | None = column("authors who left", "Verfasser, die gingen", "count", detail=True)
    left_share: float | None = column("left", "gegangen", "share")
    left_low: float | None = column("left from", "gegangen von", "share", detail=True)
    left_high: float | None = column("left to", "gegangen bis", "share", detail=True)
    others: int | None = column("other authors", "andere Verfasser", "count", detail=True)
    others_left: int | None = column("others who left", "andere, die gingen", "count", detail=True)
    others_share: float | None = column("of others left", "von anderen gegangen", "share", detail=True)
    difference: float | None = column("difference, points", "Differenz, Punkte", "difference")
    difference_low: float | None = column("difference from", "Differenz von", "difference")
    difference_high: float | None = column("difference to", "Differenz bis", "difference")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@row
class Sentence:
    """One sentence that shows a theme well, as its customer wrote it."""

    language: Phrase = column("language", "Sprache", "text", key=True)
    theme: str = column("theme", "Thema", "text", key=True)
    place: int = column("place", "Platz", "count", key=True)
    sentence: str = column("sentence", "Satz", "text", personal=True)
    customer_id: str = column("customer", "Kunde", "text", personal=True)
    written_on: str = column("written on", "geschrieben am", "text")
    score: float | None = column("place on scale", "Platz auf der Skala", "share")


@row
class Basis:
    """The texts of one language: how many, how many different ones, how many with a theme, how many themes hold."""

    language: Phrase = column("language", "Sprache", "text", key=True)
    texts: int = column("texts", "Texte", "count")
    different: int = column("different texts", "verschiedene Texte", "count")
    themes: int = column("themes", "Themen", "count")
    with_theme: int = column("texts with a theme", "Texte mit Thema", "count")
    reason: str = column("why none", "warum keine", "text")
