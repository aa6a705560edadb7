"""What goes with staying."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import ibis
import ibis.expr.types as ir

from stamm.analyses.calendar import DAY
from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour
from stamm.analyses.drivers.behaviours import BEHAVIOURS
from stamm.analyses.drivers.effect import TOO_FEW, Driver, Split, in_order, unknown, weighed
from stamm.analyses.drivers.examples import EXAMPLES
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question
from stamm.analyses.reach import Reach, moment, reach
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import CUT_HISTORY
from stamm.lang.window import Window

_ = ibis._

NO_SUCH, PARTLY = "no_such_facts", "partly_covered"
#: what is kept by the day of whose a device is, and of what was done with it
BY_DAY = ("day_links", "device_days")
#: rows a valued behaviour has at most; the other values are compared with all the same
MOST_VALUES = 20
NO_CAUSES = Phrase(
    "These go together with staying or leaving. Nothing here shows that one brings about the other.",
    "Diese Dinge gehen mit Bleiben oder Gehen einher. Dass eines das andere bewirkt, ist damit nicht gesagt.",
)
Counts = Mapping[tuple[str, str | None, str | None, bool], tuple[int, int]]
NOBODY = (0, 0)


class Drivers(Analysis):
    """What customers did and said before a span, compared by which share of them stayed to its end.

    Everybody who was here at the start of the span is looked at, and has stayed if they are here at its end; those
    who left and came back were kept. A behaviour is a yes or no over the `look_back_days` local days before the span
    (first channel and way of being won: at any time before it). What happened from the span's start on plays no part:
    not even that an order was cancelled later. Of those with the behaviour and of those without, which share stayed?
    `difference` is the first less the second, `ratio` the first divided by the second. Of some behaviours only those
    count who could have shown them: of messages those who were sent one, of recommending those who answered.

    The interval of a difference is that of Newcombe (1998, method 10), widened after Bonferroni: with so many
    comparisons chance alone would make some look good, and the intervals of all rows that have a verdict hold
    together at 95%. A verdict needs `least` customers on both sides. Rows are in the order of how far their interval
    lies from no difference.

    None of it is a cause. Customers who open messages may open them because they mean to stay.
    """

    en = "What goes with staying"
    de = "Was mit Bleiben einhergeht"
    sentence_de = (
        "Was Kunden vor einem Zeitraum taten und sagten, verglichen danach, welcher Anteil bis zum Ende blieb."
    )
    cited = "Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10"
    tables: ClassVar = {ROWS: Driver}
    reasons: ClassVar = {
        TOO_FEW: Phrase("too few for a verdict", "zu wenige für ein Urteil"),
        NO_SUCH: Phrase("no such facts from before it", "keine solchen Fakten von davor"),
        PARTLY: Phrase("the data cover the days before in part", "die Daten decken die Tage davor nur zum Teil ab"),
    }
    examples = EXAMPLES

    look_back_days = Setting(
        90,
        "How many days before the span behaviours are looked for.",
        "Wie viele Tage vor dem Zeitraum nach Verhalten gesucht wird.",
        low=1,
        high=3660,
        title=Phrase("Days looked back", "Tage zurück"),
    )
    least = Setting(
        30,
        "How many customers with and without it a verdict needs.",
        "Wie viele Kunden mit und ohne es ein Urteil braucht.",
        low=1,
        title=Phrase("Customers at least", "Kunden mindestens"),
    )

    @classmethod
    def remarks(cls) -> str:
        """What it means, and each behaviour."""
        return "\n\n".join([super().remarks(), *(f"{each.en}: {each.sentence()}" for each in BEHAVIOURS)])

    def facts(self) -> tuple[str, ...]:
        return ("base",)

    def beside(self) -> tuple[str, ...]:
        return tuple(sorted({fact for behaviour in BEHAVIOURS for fact in behaviour.facts}))

    def answer(self, question: Question) -> Found:
        known = self._reach(question)
        behaviours = [behaviour() for behaviour in BEHAVIOURS]
        if not known.known:
            return Found({ROWS: in_order(unknown(_words(each), each.key, known.reason) for each in behaviours)})
        reasons = {each.key: self._unseen(question, each) for each in behaviours}
        seen = [each for each in behaviours if reasons[each.key] != NO_SUCH]
        totals, counts = self._counts(question, seen)
        splits = [
            split
            for each in seen
            for group, total in totals.items()
            for split in _splits(each, group, total, counts, known.reason or reasons[each.key])
        ]
        rows, judged = weighed(splits, self.least)
        missing = in_order(unknown(_words(each), each.key, NO_SUCH) for each in behaviours if each not in seen)
        return Found({ROWS: (*rows, *missing)}, notes=(NO_CAUSES, *_widened(judged)))

    def customers(self, question: Question, row: Any) -> Behind:
        """Who was here at the start with the behaviour, and who without."""
        if row.n is None:
            raise UsageError("Nothing is known of this behaviour, so that nobody can be named.")
        behaviour = BEHAVIOURS[row.behaviour]()
        shown = self._shown(question, [behaviour])
        if behaviour.valued:
            shown = shown.mutate(yes=_.value == row.value)
        base = self._base(question)
        group = _.group_value.isnull() if row.group is None else _.group_value == row.group
        beside = base.filter(group).left_join(shown, base.customer_id == shown.who)
        if behaviour.valued or not behaviour.silence_is_no:
            beside = beside.filter(_.yes.notnull())
        people = beside.group_by("customer_id").aggregate(yes=_.yes.coalesce(False).any())
        found = question.run(people)
        counted, others = (sorted(p["customer_id"] for p in found if p["yes"] is which) for which in (True, False))
        return Behind(tuple(counted), tuple(others))

    # -- what is known ---------------------------------------------------------------
    def _reach(self, question: Question) -> Reach:
        """What is known of the span; under a lapse rule nobody knows who is here until it has passed."""
        span, organisation = question.windows[0], question.organisation
        found, days = reach(question, self.facts(), span), question.covered(self.facts())
        lapse = organisation.spell_rule != "subscriptions" and organisation.history == "cut"
        if found.known and lapse and days is not None:
            opens = Window(days[0], days[0] + DAY).starts_at(organisation.zone)
            if span.starts_at(organisation.zone) < opens + timedelta(days=organisation.lapse_days):
                return Reach(False, CUT_HISTORY)
        return found

    def _unseen(self, question: Question, behaviour: Behaviour) -> str:
        """Why a behaviour cannot be told in full, or nothing."""
        days, start = question.covered(behaviour.facts), question.windows[0].start
        if days is None or days[0] >= start:
            return NO_SUCH
        if behaviour.valued:
            return ""
        since = start - timedelta(days=self.look_back_days)
        if days[1] < since:
            return NO_SUCH
        cut = days[0] > since and question.organisation.history == "cut"
        return PARTLY if cut or days[1] + DAY < start else ""

    # -- counting --------------------------------------------------------------------
    def _base(self, question: Question) -> ir.Table:
        """One row a customer here at the start: their group, and whether they stayed."""
        return question["base"].filter(_.present_at_start).select("customer_id", "group_value", stayed=_.present_at_end)

    def _shown(self, question: Question, behaviours: Sequence[Behaviour]) -> ir.Table:
        """One row a behaviour and customer (`who`) of whom it is known, with `yes` and `value`."""
        span = question.windows[0]
        before = Before(question, span, self.look_back_days, _kept(question, span))
        return functools.reduce(ir.Table.union, (_of_one(each, before) for each in behaviours))

    def _counts(
        self, question: Question, behaviours: Sequence[Behaviour]
    ) -> tuple[dict[str | None, tuple[int, int]], Counts]:
        """Customers and how many of them stayed: by group; and by behaviour, value, group, and whether shown."""
        base = self._base(question).mutate(stayed=_.stayed.cast("int64"))
        totals = question.run(base.group_by("group_value").aggregate(n=_.count(), stayed=_.stayed.sum()))
        found: list[dict[str, Any]] = []
        if behaviours:
            shown = self._shown(question, behaviours)
            both = base.inner_join(shown, base.customer_id == shown.who)
            grouped = both.group_by("behaviour", "value", "group_value", "yes")
            found = question.run(grouped.aggregate(n=_.count(), stayed=_.stayed.sum()))
        return (
            {each["group_value"]: (each["n"], each["stayed"]) for each in totals} or {None: NOBODY},
            {
                (each["behaviour"], each["value"], each["group_value"], each["yes"]): (each["n"], each["stayed"])
                for each in found
            },
        )


def _kept(question: Question, span: Window) -> tuple[str, ...]:
    """What is kept of events by the day, unless whose a device was then is told otherwise since: a link taken back."""
    if not all(question.keeps(key) for key in BY_DAY):
        return ()
    start = moment(span.starts_at(question.organisation.zone))
    later = question["links"].filter(_.linked_at < start, _.unlinked_at >= start)
    (found,) = question.run(later.aggregate(links=_.count()))
    return () if found["links"] else BY_DAY


def _of_one(behaviour: Behaviour, before: Before) -> ir.Table:
    signs = behaviour.signs(before).filter(_.customer_id.notnull())
    if behaviour.valued:
        signs = signs.group_by("customer_id").aggregate(value=_.value.min(), yes=ibis.literal(True))
    else:
        signs = signs.group_by("customer_id").aggregate(value=ibis.null("string"), yes=_.yes.any())
    return signs.select("value", "yes", behaviour=ibis.literal(behaviour.key), who=_.customer_id)


def _splits(
    behaviour: Behaviour, group: str | None, total: tuple[int, int], counts: Counts, reason: str
) -> Iterator[Split]:
    """With and without, of one behaviour in one group; one for each value where it has some."""
    if not behaviour.valued:
        shown = counts.get((behaviour.key, None, group, True), NOBODY)
        silent = (total[0] - shown[0], total[1] - shown[1])
        without = silent if behaviour.silence_is_no else counts.get((behaviour.key, None, group, False), NOBODY)
        yield Split(group, _words(behaviour), behaviour.key, None, *shown, *without, reason)
        return
    own = {value: n for (key, value, where, _yes), n in counts.items() if key == behaviour.key and where == group}
    known = tuple(map(sum, zip(*own.values(), strict=True)))
    for value in sorted(own, key=lambda value: (-own[value][0], value or ""))[:MOST_VALUES]:
        n, stayed = own[value]
        words = Phrase(f"{behaviour.en}: {value}", f"{behaviour.de}: {value}")
        yield Split(group, words, behaviour.key, value, n, stayed, known[0] - n, known[1] - stayed, reason)


def _words(behaviour: Behaviour) -> Phrase:
    return Phrase(behaviour.en, behaviour.de)


def _widened(judged: int) -> tuple[Phrase, ...]:
    if judged < 2:
        return ()
    return (
        Phrase(
            f"Intervals are widened so that those of all {judged} comparisons hold together at 95% (Bonferroni).",
            f"Die Intervalle sind so erweitert, dass alle {judged} Vergleiche zusammen zu 95 % gelten (Bonferroni).",
        ),
    )
