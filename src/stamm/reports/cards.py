"""The headline numbers: which ones, and a card each."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.world import World
from stamm.reports.exact import Exact
from stamm.reports.figures import Figure, Figures, Months
from stamm.reports.ledger import LEDGER, ledger_line
from stamm.reports.trends import Trends
from stamm.reports.wording import ChangeWords, Words

#: in the order in which they are shown; of a pair, the first that has a value
CANDIDATES: tuple[tuple[str, ...], ...] = (
    ("customer_retention_rate",),
    ("customer_count",),
    ("new_customers",),
    ("lost_customers",),
    ("revenue", "gross_revenue"),
    ("monthly_recurring_revenue",),
    ("order_count",),
    ("average_order_value",),
    ("repeat_purchase_rate",),
    ("net_promoter_score",),
    ("customer_satisfaction",),
    ("conversion_rate",),
    ("purchase_frequency",),
)
#: the same where paying for a subscription is all there is to being a customer
OF_SUBSCRIPTIONS: tuple[tuple[str, ...], ...] = (
    ("customer_retention_rate",),
    ("customer_count",),
    ("monthly_recurring_revenue",),
    ("customer_churn_rate",),
    ("gross_mrr_churn_rate",),
    ("new_customers",),
    ("lost_customers",),
    ("net_revenue_retention",),
    ("average_revenue_per_account",),
    *CANDIDATES[-4:],
)
#: these make room first where there are too many, and after them the last of the candidates
SPARE = ("new_customers", "purchase_frequency", "lost_customers", "order_count")


@dataclass(frozen=True)
class Card:
    """A headline number, ready to be written."""

    key: str
    name: str
    value: Markup
    long: bool
    change: ChangeWords | None
    no_change: str
    range: Markup
    spark: Markup
    spark_ends: tuple[str, str]
    #: whether it comes from made facts
    simulated: bool


def candidates(world: World) -> tuple[tuple[str, ...], ...]:
    """What may be shown first of a world, in that order."""
    return CANDIDATES if "orders" in world.coverage or "subscriptions" not in world.coverage else OF_SUBSCRIPTIONS


def candidate_keys(world: World) -> frozenset[str]:
    """The metrics among which the first are chosen."""
    return frozenset(key for keys in candidates(world) for key in keys)


def headline_figures(figures: Figures, most: int) -> tuple[Figure, ...]:
    """The figures to show first: those of the candidates that have a value in the current month, `most` at most."""
    chosen = []
    for keys in candidates(figures.world):
        found = (figures[key] for key in keys)
        figure = next((figure for figure in found if figure is not None and figure.value is not None), None)
        if figure is not None:
            chosen.append(figure)
    for key in SPARE:
        if len(chosen) > most:
            chosen = [figure for figure in chosen if figure.metric.key != key]
    return tuple(chosen[:most])


def card_of(figure: Figure, trends: Trends) -> Card:
    """The card of a figure that has a value in the current month."""
    words, months = trends.words, trends.workings.months
    say, metric, row = words.language, figure.metric, figure.row
    assert row is not None  # a headline figure has a value
    value = words.value(row.value, metric, figure.money)
    return Card(
        key=metric.key,
        name=metric.title(say.code),
        value=Exact(row, metric)("value", value if row.complete else say("{value} so far", value=value)),
        long=len(value) > 13,
        change=_change(figure, months, words),
        no_change=_no_change(figure, months, words),
        range=_moved(figure, trends) or _range(figure, words),
        spark=trends.spark(figure),
        spark_ends=trends.spark_ends(figure),
        simulated=figure.answer is not None and figure.answer.simulated,
    )


def _change(figure: Figure, months: Months, words: Words) -> ChangeWords | None:
    change, before = figure.change, months.before
    if change is None or before is None:
        return None
    return words.change(change, figure.metric, figure.money, before, far=months.far)


def _no_change(figure: Figure, months: Months, words: Words) -> str:
    say, row, before = words.language, figure.row, figure.before
    if row is not None and not row.complete:
        return say("not over, so not compared")
    if before is None or months.before is None:
        return say("nothing before it to compare with")
    month = say.period(before.window, year=months.far)
    if before.value is None:
        return say("no value in {month}: {reason}", month=month, reason=words.reason(figure, before))
    return say("{month} is not whole, so not compared", month=month)


def _moved(figure: Figure, trends: Trends) -> Markup:
    """What the number of customers is made of."""
    ledger = trends.workings.figures[LEDGER]
    if ledger is None or figure.metric.key != "customer_count":
        return Markup()
    return ledger_line(ledger, trends.words)


def _range(figure: Figure, words: Words) -> Markup:
    row, metric = figure.row, figure.metric
    assert row is not None  # a headline figure has a value
    exact = Exact(row, metric)
    if not row.complete:
        interval = Markup("{}").format(words.language("no interval until it is over"))
    else:
        interval = exact.interval(words, figure.money) or Markup("{}").format(words.no_interval(metric))
    same = metric.unit == "count" and row.n == row.value
    counted = Markup() if same or row.n is None else exact("n", words.count(row.n))
    return Markup(" · ").join(text for text in (interval, counted) if text)
