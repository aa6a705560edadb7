"""Ways through visits."""

from __future__ import annotations

from typing import Any, ClassVar

from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question
from stamm.analyses.paths.examples import EXAMPLES
from stamm.analyses.paths.journeys import EVENTS, FROM, PAGES, TO, Journeys
from stamm.analyses.paths.rows import Branch, Channel, Exit, Journey, Landing, Referrer
from stamm.analyses.reach import known_until, reach_within
from stamm.analyses.signs import ACTIVITY, ANY, ORDER, VISIT, WORDS, Sign
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.formula import ratio
from stamm.lang.interval import NOTHING, wilson
from stamm.lang.phrase import Phrase

ARROW = " > "
#: how a way is written that is told from its end
BACK = " < "
BRANCHES = "branching"
WHOLE = {"landing": Landing, "exit": Exit, "referrers": Referrer, "channels": Channel}


class Paths(Analysis):
    """Which ways people take from a step or to it within a visit, and where visits begin, end and come from.

    A visit counts where it starts, and once: with the way from the first time that the step is done in it, or to
    that. A way holds the step and the places after it, or before it, in order of time; of one moment by the event's
    id. It is shorter where the visit ends sooner, or began later. With step=visit it is the way from the first place
    of every visit, or to the last.

    Places are pages and screens by their path, else by their name; or all events but stays by their name, else by
    their path. Paths that begin alike may be one place, by `together`. The step itself is a place, too, also where
    it is neither a page nor a screen. With `collapse` the same place several times in a row is one, such as a page
    that was loaded again.

    The table `branching` tells the same ways place by place from the step on, or back from it: how many came so far,
    how many of them went no further, and to which `branches` places most went next.

    A share is of all visits that come to the step, also of those whose ways are not among the `top`; of equally
    frequent ways the first in the order of their places comes first. The other tables are of all visits of the span:
    the first and the last page or screen, of the visits with one; the referrer and the channel of the first event,
    empty where it does not say. Customers alone can be named.
    """

    en = "Ways through visits"
    de = "Wege durch Besuche"
    sentence_de = (
        "Welche Wege Besucher von einem Schritt aus oder zu ihm nehmen, und wo Besuche beginnen, enden und herkommen."
    )
    tables: ClassVar = {ROWS: Journey, BRANCHES: Branch, **WHOLE}
    examples = EXAMPLES

    direction = Setting(
        FROM,
        "Ways from the step on, or to it.",
        "Wege vom Schritt aus oder zu ihm.",
        choices=(FROM, TO),
        title=Phrase("Direction", "Richtung"),
        words={FROM: Phrase("from the step on", "vom Schritt aus"), TO: Phrase("to the step", "zum Schritt")},
    )
    step = Setting(
        VISIT,
        "The step: visit (its first place, or its last), page, screen, track, event, page:/cart, track:Signed up.",
        "Der Schritt: visit (sein erster Ort oder letzter), page, screen, track, event, page:/cart, track:Kauf.",
        title=Phrase("Step", "Schritt"),
        words={name: words for name, words in WORDS.items() if name not in (ORDER, ACTIVITY)},
    )
    length = Setting(
        4,
        "How many places a way has at most.",
        "Wie viele Orte ein Weg höchstens hat.",
        low=1,
        high=12,
        title=Phrase("Places of a way", "Orte eines Wegs"),
    )
    places = Setting(
        PAGES,
        "What is a place: pages and screens, or all events.",
        "Was ein Ort ist: Seiten und Ansichten oder alle Ereignisse.",
        choices=(PAGES, EVENTS),
        title=Phrase("A place is", "Ein Ort ist"),
        words={
            PAGES: Phrase("a page or screen", "eine Seite oder Ansicht"),
            EVENTS: Phrase("any event", "irgendein Ereignis"),
        },
    )
    together = Setting(
        "",
        "Pages that are one place: those that begin so, such as /product/*, /account/*.",
        "Seiten, die ein Ort sind: die so beginnen, etwa /product/*, /konto/*.",
        title=Phrase("Taken together", "Zusammengefasst"),
    )
    collapse = Setting(
        True,
        "Whether the same place several times in a row is one.",
        "Ob derselbe Ort mehrmals hintereinander nur einer ist.",
        title=Phrase("Repeats are one", "Wiederholungen sind eine"),
    )
    top = Setting(
        10,
        "How many lines a table has at most.",
        "Wie viele Zeilen eine Tabelle hat.",
        low=1,
        high=1000,
        title=Phrase("Lines at most", "Zeilen höchstens"),
    )
    branches = Setting(
        0,
        "How many places next the table of branching ways tells of each place; 0 makes none.",
        "Wie viele nächste Orte die Tabelle der Verzweigungen je Ort nennt; 0 macht keine.",
        low=0,
        high=20,
        title=Phrase("Branches", "Verzweigungen"),
    )

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        step = Sign.read(self.step, "step")
        if step.kind in (ORDER, ACTIVITY):
            raise UsageError(
                f"An order is no part of a visit, so the step cannot be {self.step!r}.",
                remedy="Name an event that stands for it, such as track:Order Completed.",
            )
        together = tuple(dict.fromkeys(text.strip() for text in self.together.split(",") if text.strip()))
        for text in together:
            if not (text.startswith("/") and text.endswith(ANY)):
                raise UsageError(
                    f"The parameter together cannot be {text!r}.",
                    remedy="Write how paths begin, and a star: /product/*, /account/*.",
                )
        self._journeys = Journeys(
            step, self.direction, self.length, self.places, together, self.collapse, self.top, self.branches
        )

    # -- the question ----------------------------------------------------------------
    def facts(self) -> tuple[str, ...]:
        return ("session_events", "sessions")

    def answer(self, question: Question) -> Found:
        until, reach = known_until(question, self.facts()), reach_within(question, self.facts(), question.windows[0])
        if until is None or not reach.known:
            return Found({ROWS: [_nothing(reach.reason)], BRANCHES: (), **dict.fromkeys(WHOLE, ())})
        counted = self._journeys.counted(question, until)
        found = self._journeys.frequent(question, counted)
        tables: dict[str, list[Any]] = {ROWS: [self._journey(each, reach.reason) for each in found]}
        if self.branches and self.direction != FROM:
            counted = self._journeys.counted(question, until, from_step=True)
        tables[BRANCHES] = self._branching(self._journeys.branching(question, counted)) if self.branches else []
        tables.update({table: [] for table in WHOLE})
        for each in self._journeys.whole(question, until):
            share = ratio(each["visits"], each["total"])
            place = WHOLE[each["about"]](each["group_value"], each["what"], each["visits"], share, each["total"])
            tables[each["about"]].append(place)
        for rows in tables.values():
            rows.sort(key=lambda row: (row.group is None, row.group or ""))
        return Found(tables, notes=_others(found))

    def customers(self, question: Question, row: Any) -> Behind:
        until = known_until(question, self.facts())
        if until is None or row.visits is None:
            raise UsageError("Nothing is known of these ways, so that nobody can be named.")
        return self._journeys.customers(question, until, row.group, row.rank)

    def _branching(self, found: list[dict[str, Any]]) -> list[Branch]:
        """The places in the order of a tree: after each one those next, the most frequent first."""
        names = [f"place_{number}" for number in range(self.length)]
        known = {(each["group_value"], *(each[name] for name in names if each[name])): each for each in found}
        total = {way[0]: each["total"] for way, each in known.items() if each["depth"] == 1}
        rows = []
        for way, each in known.items():
            steps = [way[: depth + 1] for depth in range(1, len(way))]
            if any(step not in known for step in steps):
                continue  # a place before it is not among those told
            before = known[steps[-2]]["visits"] if len(steps) > 1 else total[way[0]]
            branch = Branch(
                depth=each["depth"],
                group=way[0],
                way=(ARROW if self.direction == FROM else BACK).join(way[1:]),
                here=way[-1],
                visits=each["visits"],
                share=ratio(each["visits"], total[way[0]]),
                of_before=ratio(each["visits"], before),
                ended=each["ended"] if each["depth"] < self.length else None,
                n=total[way[0]],
            )
            rows.append((tuple(known[step]["rank"] for step in steps), branch))
        return [branch for _, branch in sorted(rows, key=lambda row: row[0])]

    def _journey(self, found: dict[str, Any], reason: str) -> Journey:
        places = (found[f"place_{number}"] for number in range(self.length))
        low, high = NOTHING if reason else wilson(found["visits"], found["total"])
        return Journey(
            rank=found["rank"],
            group=found["group_value"],
            journey=ARROW.join(place for place in places if place),
            visits=found["visits"],
            visitors=found["visitors"],
            share=ratio(found["visits"], found["total"]),
            n=found["total"],
            low=low,
            high=high,
            complete=not reason,
            reason=reason,
        )


def _nothing(reason: str) -> Journey:
    """What stands for ways of which nothing is known."""
    return Journey(1, None, "", None, None, None, None, None, None, False, reason)


def _others(found: list[dict[str, Any]]) -> tuple[Phrase, ...]:
    """What is told of ways that are not shown."""
    groups = {row["group_value"]: (row["ways"], row["total"]) for row in found}
    ways = sum(ways for ways, _ in groups.values()) - len(found)
    visits = sum(total for _, total in groups.values()) - sum(row["visits"] for row in found)
    if not ways:
        return ()
    return (
        Phrase(
            f"Other ways: {ways}, of {visits} visits; a higher top shows more.",
            f"Weitere Wege: {ways}, von {visits} Besuchen; ein höheres top zeigt mehr.",
        ),
    )
