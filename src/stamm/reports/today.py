"""What Today counts: the numbers that matter, what changed and what explains it, and who came and went."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stamm.answers.ask import Answers
from stamm.answers.world import World
from stamm.lang.language import Language
from stamm.reports.cards import Card, candidate_keys, card_of, headline_figures
from stamm.reports.contributions import explained
from stamm.reports.figures import RETENTION, Figure, Figures
from stamm.reports.lacking import lacking_in_short
from stamm.reports.lead import lead_of
from stamm.reports.ledger import LEDGER, ledger_of
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings

#: how many numbers are shown, and months of who came and who went
NUMBERS, LEDGER_MONTHS = 6, 6


def keys_of_today(world: World) -> frozenset[str]:
    """The metrics that Today asks, to show of them those that matter."""
    return candidate_keys(world) | {LEDGER}


def counted_today(figures: Figures, words: Words) -> dict[str, Any]:
    """All that is counted, ready to be written; empty where there are no months."""
    months, world = figures.months, figures.world
    if months is None:
        return {}
    trends = Trends(Workings(figures, months, words))
    shown, first = headline_figures(figures, NUMBERS), figures[RETENTION]
    all_made = world.simulated.issuperset(world.coverage)
    return {
        "lead": lead_of(figures, months, shown, words),
        "explained": explained(first, trends) if first is not None else None,
        "cards": tuple(_card(figure, trends, all_made=all_made) for figure in shown),
        "ledger": ledger_of(figures[LEDGER], trends.workings, LEDGER_MONTHS),
        "lacking": lacking_in_short(figures, months, trends.workings, imported_too=False),
    }


def answer_today(answers: Answers) -> None:
    """Ask what Today asks where nobody chooses anything, so that whoever opens it finds the answers kept."""
    world = answers.world
    figures = Figures(answers, world.organisation, None, keys=keys_of_today(world))
    counted_today(figures, Words(Language("en"), world))


def _card(figure: Figure, trends: Trends, *, all_made: bool) -> Card:
    """Where all is simulated the page says so, and not each number again."""
    card = card_of(figure, trends)
    return replace(card, simulated=card.simulated and not all_made)
