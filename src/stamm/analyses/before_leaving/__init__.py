"""What changed before customers left."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import sqrt
from typing import Any, ClassVar, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.before_leaving.examples import EXAMPLES
from stamm.analyses.before_leaving.looked_at import STRATUM, lapse_of, looked_at
from stamm.analyses.before_leaving.signs import SIGNS, Sign
from stamm.analyses.drivers import NO_CAUSES, NO_SUCH, PARTLY
from stamm.analyses.drivers.effect import OPEN, TOO_FEW
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question, column, row
from stamm.analyses.reach import Reach, reach
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.interval import t_mean, z_for
from stamm.lang.phrase import Phrase

_ = ibis._

BASIS = "basis"
NOBODY, UNMATCHED, NOTHING = "nobody_left", "nobody_like_them_stayed", "nothing_happened"
FELL = Phrase("fell more", "sank stärker")
ROSE = Phrase("rose more", "stieg stärker")
Stratum = tuple[int, int]


@row
class Changed:
    """One thing, a customer on average: in the days before they were last seen and in as many days before those."""

    sign: Phrase = column("before leaving", "vor dem Gehen", "text", key=True)
    n: int | None = column("left", "gegangen", "count")
    earlier: float | None = column("earlier", "früher", "number")
    near: float | None = column("just before", "kurz davor", "number")
    change: float | None = column("change", "Änderung", "number")
    change_low: float | None = column("change from", "Änderung von", "number", detail=True)
    change_high: float | None = column("change to", "Änderung bis", "number", detail=True)
    n_stayed: int | None = column("stayed", "geblieben", "count")
    earlier_stayed: float | None = column("stayers earlier", "Gebliebene früher", "number")
    near_stayed: float | None = column("stayers just before", "Gebliebene kurz davor", "number")
    change_stayed: float | None = column("change of stayers", "Änderung Gebliebener", "number")
    difference: float | None = column("difference", "Differenz", "number")
    low: float | None = column("interval from", "Intervall von", "number")
    high: float | None = column("interval to", "Intervall bis", "number")
    verdict: Phrase | None = column("with who left", "bei Gegangenen", "text")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@row
class Basis:
    """How many left, how many of them can be compared and have somebody like them who stayed, how many those are."""

    days: int = column("days compared", "Tage verglichen", "count", key=True)
    left: int = column("customers who left", "Kunden, die gingen", "count")
    long: int = column("customers long enough", "lange genug Kunden", "count")
    matched: int = column("with a match", "mit Vergleich", "count")
    stayed: int = column("stayers beside them", "Gebliebene daneben", "count")


class Sums(NamedTuple):
    """Of the customers of one stratum who left, or stayed: counts just before and earlier, and squares of changes."""

    near: int
    earlier: int
    squares: int


@dataclass(frozen=True)
class Matched:
    """How many are in each stratum in which somebody left and somebody stayed."""

    left: Mapping[Stratum, int]
    stayed: Mapping[Stratum, int]

    @property
    def n(self) -> int:
        """Who left and has a match."""
        return sum(self.left.values())

    @property
    def n_stayed(self) -> int:
        """Who stayed and is beside somebody who left."""
        return sum(self.stayed.values())

    def mean(self, sums: Mapping[Stratum, Sums], counts: Mapping[Stratum, int], name: str) -> float:
        """A mean a customer, each stratum weighed by how many left in it."""
        found: float = sum(
            self.left[each] * getattr(sums[each], name) / counts[each] for each in self.left if each in sums
        )
        return found / self.n


class BeforeLeaving(Analysis):
    """What changed before customers left, beside those who stayed: visits, orders, mails, answers, tickets, returns.

    Whoever left in the span (the last spell that ended in it) is looked at when they were last seen: at the order or
    event whose silence ended the spell, or at the end of the subscription. Counted is what happened in the `days`
    times 24 hours before that moment (`near`), and in as many before those (`earlier`); the moment itself is in
    neither, so that nothing of leaving itself is counted. The first less the second is their change. Whoever was no
    customer yet before those days cannot be compared with themselves, and is left out.

    Beside them stand customers of whom no spell ended in the span, each once: at one of their own orders or events
    that was followed by another in time, going round by customer, or, with subscriptions, at a moment when somebody
    left. Like is compared with like: the same seven days, and as long a customer (under 30, 90, 180, 365, 730 days,
    or longer). Their means are weighed by how many left of each kind; who left and has nobody like them is left out,
    and `basis` says how many. `difference` is the one change less the other.

    The interval of the own change is Student's; that of the difference is normal, with the variance of each side
    pooled, and those of all rows with a verdict hold together at 95% (Bonferroni). A verdict needs `least` customers
    on both sides. An order that was cancelled later counts, as nobody knew it then; visits are theirs also where that
    was known only later.

    None of it is a cause. Customers who visit less may have made up their minds long before.
    """

    en = "What changed before they left"
    de = "Was sich vor dem Gehen änderte"
    sentence_de = (
        "Was sich änderte, bevor Kunden gingen, verglichen mit solchen, die blieben: Besuche, Bestellungen und mehr."
    )
    splits = False
    tables: ClassVar = {ROWS: Changed, BASIS: Basis}
    reasons: ClassVar = {
        TOO_FEW: Phrase("too few for a verdict", "zu wenige für ein Urteil"),
        NO_SUCH: Phrase("no such facts from before it", "keine solchen Fakten von davor"),
        PARTLY: Phrase("the data cover the days before in part", "die Daten decken die Tage davor nur zum Teil ab"),
        NOBODY: Phrase("nobody left", "niemand ist gegangen"),
        NOTHING: Phrase("did not happen", "kam nicht vor"),
        UNMATCHED: Phrase("nobody like them stayed", "niemand wie sie ist geblieben"),
    }
    examples = EXAMPLES

    days = Setting(
        30,
        "How many days before somebody was last seen are compared with as many before those.",
        "Wie viele Tage vor dem letzten Lebenszeichen mit so vielen davor verglichen werden.",
        low=1,
        high=730,
        title=Phrase("Days compared", "Tage verglichen"),
    )
    least = Setting(
        30,
        "How many customers who left and who stayed a verdict needs.",
        "Wie viele Gegangene und Gebliebene ein Urteil braucht.",
        low=2,
        title=Phrase("Customers at least", "Kunden mindestens"),
    )

    def facts(self) -> tuple[str, ...]:
        return ("spells",)

    def beside(self) -> tuple[str, ...]:
        return tuple(sorted({fact for sign in SIGNS for fact in sign.facts}))

    def answer(self, question: Question) -> Found:
        known = reach(question, self.facts(), question.windows[0])
        if not known.known:
            return self._nothing(known.reason)
        everybody = question.table(looked_at(question, question.windows[0], self.days))
        people = everybody.filter(everybody["long"])
        counts = Counter(zip(*(people[name].to_pylist() for name in (*STRATUM, "left")), strict=True))
        left, stayed = ({each[:2]: n for each, n in counts.items() if each[2] is which} for which in (True, False))
        all_who_left = pc.sum(everybody["left"]).as_py() or 0
        if not all_who_left:
            return self._nothing(known.reason or NOBODY)
        both = left.keys() & stayed.keys()
        matched = Matched({each: left[each] for each in sorted(both)}, {each: stayed[each] for each in sorted(both)})
        basis = Basis(self.days, all_who_left, sum(left.values()), matched.n, matched.n_stayed)
        if not both:
            return Found({ROWS: tuple(_unknown(each, UNMATCHED) for each in SIGNS), BASIS: (basis,)})
        unseen = {sign: self._unseen(question, sign) for sign in SIGNS}
        sums = self._sums(question, people, [sign for sign in SIGNS if unseen[sign] != NO_SUCH])
        lines = [_line(sign, sums.get(sign.key, {}), matched, known, unseen[sign]) for sign in SIGNS]
        enough = min(matched.n, matched.n_stayed) >= self.least
        told = [line for line in lines if line.difference is not None]
        final = [line for line in told if not line.reason] if enough else []
        z = z_for(max(len(final), 1))
        rows = [_judged(line, z) if line in final else _untold(line, enough=enough) for line in lines]
        return Found({ROWS: tuple(rows), BASIS: (basis,)}, notes=(NO_CAUSES,) if told else ())

    def customers(self, question: Question, row: Any) -> Behind:
        """Who left and has a match, and who stayed beside them."""
        if row.n is None:
            raise UsageError("Nobody is set beside anybody here, so that nobody can be named.")
        people = question.run(looked_at(question, question.windows[0], self.days).filter(_.long))
        kinds = [{(p["week"], p["band"]) for p in people if p["left"] is which} for which in (True, False)]
        inside = [p for p in people if (p["week"], p["band"]) in kinds[0] & kinds[1]]
        left, stayed = (sorted(p["customer_id"] for p in inside if p["left"] is which) for which in (True, False))
        return Behind(tuple(left), tuple(stayed))

    # -- how -------------------------------------------------------------------------
    def _nothing(self, reason: str) -> Found:
        return Found({ROWS: tuple(_unknown(sign, reason) for sign in SIGNS), BASIS: ()})

    def _sums(
        self, question: Question, people: pa.Table, signs: Sequence[Sign]
    ) -> dict[str, dict[tuple[int, int, bool], Sums]]:
        """What happened to whom, by sign: only those to whom something did are found, the others add nothing."""
        if not signs:
            return {}
        earliest = question.windows[0].start - lapse_of(question) - timedelta(days=2 * self.days + 1)
        happened = functools.reduce(
            ir.Table.union, (each.rows(question, earliest).mutate(sign=ibis.literal(each.key)) for each in signs)
        )
        happened = happened.filter(_.who.notnull(), _.at.notnull()).rename(then="at")
        beside = happened.inner_join(known := ibis.memtable(people), happened.who == known.customer_id)
        step, two = (ibis.interval(hours=24 * self.days * times) for times in (1, 2))
        beside = beside.filter(_.then < _.at, _.then >= _.at - two, _.undone.isnull() | (_.undone >= _.at))
        near = (_.then >= _.at - step).cast("int64")
        each = beside.group_by("sign", "customer_id", "left", *STRATUM).aggregate(near=near.sum(), all=_.count())
        each = each.mutate(earlier=_["all"] - _.near, change=2 * _.near - _["all"])
        sums = each.group_by("sign", *STRATUM, "left").aggregate(
            near=_.near.sum(), earlier=_.earlier.sum(), squares=(_.change * _.change).sum()
        )
        told: dict[str, dict[tuple[int, int, bool], Sums]] = {}
        for found in question.run(sums):
            of = told.setdefault(found["sign"], {})
            of[found["week"], found["band"], found["left"]] = Sums(*(int(found[name]) for name in Sums._fields))
        return told

    def _unseen(self, question: Question, sign: Sign) -> str:
        """Why a thing cannot be told in full, or nothing."""
        span, days = question.windows[0], question.covered(sign.facts)
        first = span.start - lapse_of(question) - timedelta(days=2 * self.days)
        last = span.end - lapse_of(question)
        if days is None or days[0] >= last or days[1] < first:
            return NO_SUCH
        cut = days[0] > first and question.organisation.history == "cut"
        return PARTLY if cut or days[1] < last - timedelta(days=1) else ""


def _line(
    sign: Sign, sums: Mapping[tuple[int, int, bool], Sums], matched: Matched, known: Reach, unseen: str
) -> Changed:
    """One thing, with the standard error of the difference as `low` until it is known how many are compared."""
    if unseen == NO_SUCH:
        return _unknown(sign, NO_SUCH)
    one, other = (
        {each[:2]: found for each, found in sums.items() if each[2] is which and each[:2] in matched.left}
        for which in (True, False)
    )
    near, earlier = (matched.mean(one, matched.left, name) for name in ("near", "earlier"))
    near_stayed, earlier_stayed = (matched.mean(other, matched.stayed, name) for name in ("near", "earlier"))
    total, squares = _total(one.values())
    spread = _variance(matched.n, total, squares) / matched.n
    spread += _variance(matched.n_stayed, *_total(other.values())) * sum(
        (matched.left[each] / matched.n) ** 2 / matched.stayed[each] for each in matched.left
    )
    change_low, change_high = t_mean(matched.n, total, squares)
    return Changed(
        sign=sign.words,
        n=matched.n,
        earlier=earlier,
        near=near,
        change=near - earlier,
        change_low=change_low,
        change_high=change_high,
        n_stayed=matched.n_stayed,
        earlier_stayed=earlier_stayed,
        near_stayed=near_stayed,
        change_stayed=near_stayed - earlier_stayed,
        difference=near - earlier - (near_stayed - earlier_stayed),
        low=sqrt(spread),
        high=None,
        verdict=None,
        complete=known.final and not unseen,
        reason=known.reason or unseen or ("" if one or other else NOTHING),
    )


def _total(sums: Any) -> tuple[int, int]:
    """Changes added up, and their squares."""
    found: Sequence[Sums] = list(sums)
    return sum(each.near - each.earlier for each in found), sum(each.squares for each in found)


def _variance(n: int, total: int, squares: int) -> float:
    return max(squares - total * total / n, 0.0) / (n - 1) if n > 1 else 0.0


def _judged(line: Changed, z: float) -> Changed:
    assert line.difference is not None  # only such lines are judged
    half = z * (line.low or 0.0)
    low, high = line.difference - half, line.difference + half
    return replace(line, low=low, high=high, verdict=FELL if high < 0 else ROSE if low > 0 else OPEN)


def _untold(line: Changed, *, enough: bool) -> Changed:
    """Without an interval and a verdict, and why."""
    reason = line.reason or ("" if enough or line.difference is None else TOO_FEW)
    return replace(line, low=None, high=None, change_low=None, change_high=None, reason=reason)


def _unknown(sign: Sign, reason: str) -> Changed:
    nothing: dict[str, Any] = dict.fromkeys(Changed.__dataclass_fields__)
    return Changed(**{**nothing, "sign": sign.words, "complete": False, "reason": reason})
