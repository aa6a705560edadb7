"""A goal in words and pictures: how far it is, ahead or behind, and whether it will be reached."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from stamm.answers.working import Working, working_of_row
from stamm.answers.world import World
from stamm.charts.goal_bar import filled, pinned
from stamm.charts.scale import scale_of
from stamm.charts.way import Way, way_svg
from stamm.goals.forecast import COVERED, LEAST
from stamm.goals.keeping import Goal
from stamm.goals.standing import BY_HAND, FAR, NOT_BEGUN, OVER, SHORT, Mark, Standing
from stamm.lang.language import NO_BREAK, Language
from stamm.lang.window import Window
from stamm.reports.trends import SIZES, picture


class GoalWords:
    """Words for one goal as it stands."""

    def __init__(self, standing: Standing, say: Language) -> None:
        self.standing, self.say, self.aim = standing, say, standing.goal.aim

    # -- numbers -----------------------------------------------------------------------------------------------
    def value(self, number: float | None) -> str:
        """A number in the goal's unit; whole money from a hundred on, for nobody aims at cents."""
        made = self.standing
        if number is not None and made.unit == "money" and abs(number) >= 10_000:
            return self.say.money(number, made.currency, whole=True)
        if number is not None and made.unit == "count":
            return self.say.trimmed(number, 1)
        return self.say.value(number, made.unit, made.currency)

    def difference(self, number: float) -> str:
        """A difference in the goal's unit, without a sign."""
        if self.standing.unit == "share":
            return f"{self.say.number(100 * abs(number), 1)}{NO_BREAK}{self.say('points')}"
        return self.value(abs(number))

    @property
    def now(self) -> str:
        """The value as it is known."""
        return self.value(self.standing.value) if self.standing.value is not None else self.say("not known yet")

    @property
    def target(self) -> str:
        """What it is to be."""
        if self.aim.kind == "yes_no":
            return self.say("done")
        if self.aim.kind == "tasks":
            return self.say.counted(len(self.aim.tasks), "{count} task", "{count} tasks")
        return self.value(self.aim.target)

    @property
    def bound(self) -> str:
        """The target with what is good: 94.0% or more."""
        if self.aim.kind in ("yes_no", "tasks"):
            return self.target
        text = "{value} at most" if self.aim.at_most else "{value} or more"
        return self.say(text, value=self.target)

    @property
    def sums(self) -> bool:
        """Whether the way begins at 0, so that a bar filled from there says how far it is."""
        return self.standing.begin == 0 and not self.aim.per

    @property
    def line(self) -> str:
        """49.2% of €390,000; or 92.2%, 1.8 points short; or 96 min, reached."""
        say, made = self.say, self.standing
        if self.aim.kind == "yes_no":
            return say("done") if made.reached else say("not done yet")
        if made.value is None:
            return say("not known yet")
        if self.aim.kind == "tasks":
            return say("{done} of {tasks}", done=say.number(made.value), tasks=self.target)
        if self.sums and made.progress is not None:
            return say("{share} of {target}", share=say.percent(made.progress), target=self.target)
        if made.reached:
            return say("{value}, reached", value=self.now)
        text = "{value}, {short} above {target}" if self.aim.at_most else "{value}, {short} short of {target}"
        return say(text, value=self.now, short=self._short, target=self.target)

    @property
    def _short(self) -> str:
        return self.difference(self.standing.short or 0.0)

    # -- sentences ---------------------------------------------------------------------------------------------
    @property
    def days(self) -> str:
        """From when to when."""
        return self.say.window(self.aim.span, short=True)

    @property
    def measured(self) -> str:
        """Over which window the number is measured."""
        say = self.say
        names = {
            "week": say("in a week, the last whole one counts"),
            "month": say("in a month, the last whole one counts"),
            "quarter": say("in a quarter, the last whole one counts"),
        }
        if self.aim.kind != "metric":
            return say("reported by hand")
        return names.get(self.aim.per, say("over all days of the goal"))

    @property
    def pace(self) -> str:
        """Where it should be, and whether it is ahead or behind."""
        say, made = self.say, self.standing
        if self.aim.kind == "yes_no":
            return self._due
        if made.refused == NOT_BEGUN:
            return say("The data do not reach the first day yet.")
        if made.day is None or made.value is None:
            return made.problem.what if made.problem else say("Nothing is known of these days yet.")
        if made.ahead is None or made.path is None:
            return say("Where the way begins is not known, so there is no path to hold it against.")
        day, path = say.short_day(made.day), self.value(made.path)
        if self.difference(made.ahead) == self.difference(0.0):
            return say("On the path: {path} by {day}.", path=path, day=day)
        text = (
            "{amount} ahead of the path, which is at {path} on {day}."
            if made.ahead > 0
            else "{amount} behind the path, which is at {path} on {day}."
        )
        return say(text, amount=self.difference(made.ahead), path=path, day=day)

    @property
    def _due(self) -> str:
        """Whether what is done or not is done, and else how long there is."""
        say, made = self.say, self.standing
        if made.reached:
            return say("Done.")
        if made.over:
            return say("The day is over, and it is not done.")
        left = (self.aim.due - (made.day or self.aim.due)).days
        return say.counted(left, "{count} day is left.", "{count} days are left.")

    @property
    def looks(self) -> str:
        """The class for the pace: better, worse or nothing."""
        ahead = self.standing.ahead
        return "" if ahead is None or ahead == 0 else "better" if ahead > 0 else "worse"

    @property
    def forecast(self) -> str:
        """Where it will end, or why that is not foretold."""
        say, made = self.say, self.standing
        if made.forecast is None:
            return self._refused()
        ends = made.forecast.interval
        text = say(
            "At the end between {low} and {high}; {share} of 100 such forecasts hold the truth.",
            low=self.value(ends.low),
            high=self.value(ends.high),
            share=say.number(100 * COVERED),
        )
        judged = {
            "yes": say("All of that reaches the target."),
            "no": say("None of that reaches the target."),
            "open": say("The target lies within, so it is open."),
        }
        return f"{text} {judged[made.likely]}" if made.likely else text

    def _refused(self) -> str:
        say, made = self.say, self.standing
        if made.refused == SHORT:
            per = {"week": say("weeks"), "month": say("months"), "quarter": say("quarters")}[self.aim.per or "week"]
            return say(
                "No forecast: it needs {least} whole {windows} of history, and there are {known}.",
                least=LEAST,
                windows=per,
                known=made.known,
            )
        reasons = {
            OVER: say("The days are over: this is the end."),
            BY_HAND: say("No forecast: what is reported by hand has no history of its own."),
            NOT_BEGUN: say("No forecast before the first day."),
            FAR: say("No forecast: the end is further ahead than the history reaches back."),
        }
        return reasons.get(made.refused, say("No forecast: there are no data."))

    @property
    def assumes(self) -> str:
        """What the forecast assumes, in words."""
        made, say = self.standing, self.say
        if made.forecast is None:
            return ""
        per = {"week": say("weeks"), "month": say("months"), "quarter": say("quarters")}[made.forecast.grain]
        text = say(
            "Theta method over the last {count} whole {windows}: like the last ones, and half of their trend.",
            count=made.forecast.history,
            windows=per,
        )
        if not self.aim.per:
            text = f"{text} {say('A week begun is shared out by the days of the week.')}"
        return f"{text} {say('It knows no season of the year and none of your plans.')}"

    @property
    def how(self) -> str:
        """Progress as a formula with the real numbers, empty where there is none."""
        made, say = self.standing, self.say
        if made.progress is None or made.value is None or self.aim.kind == "yes_no":
            return ""
        share = say.percent(made.progress)
        if self.sums:
            whole = say.number(self.aim.target or 0.0) if self.aim.kind == "tasks" else self.target
            return f"{self.now} / {whole} = {share}"
        begin = self.value(made.begin)
        return f"({self.now} − {begin}) / ({self.target} − {begin}) = {share}"

    @property
    def working(self) -> Working | None:
        """How the number itself came about."""
        made = self.standing
        if made.answer is None or made.row is None or made.row.value is None:
            return None
        return working_of_row(made.answer, made.row, self.say)

    # -- pictures ----------------------------------------------------------------------------------------------
    @property
    def bar(self) -> Markup:
        """The small bar."""
        made = self.standing
        label = f"{self.line}; {self.pace}"
        target = self.aim.target or 1.0
        if self.sums or self.aim.kind == "yes_no":
            tick = made.gone if self.aim.kind == "yes_no" else None if made.path is None else made.path / target
            behind = bool(made.ahead is not None and made.ahead < 0)
            return picture(filled(made.progress or 0.0, tick, label, behind=behind))
        return picture(pinned(made.value, self.between, target, self.ends_of_axis, label))

    @property
    def between(self) -> tuple[float, float] | None:
        """The 95 % interval of the value, where it has one."""
        row = self.standing.row
        return (row.low, row.high) if row is not None and row.low is not None and row.high is not None else None

    @property
    def ends_of_axis(self) -> tuple[float, float]:
        """Ends of the axis of a bar that does not begin at 0."""
        made = self.standing
        known = [made.value, made.begin, self.aim.target, *(self.between or ())]
        numbers = [number for number in known if number is not None]
        scale = scale_of(min(numbers), max(numbers), made.unit, self.say, made.currency)
        return scale.low, scale.high

    @property
    def axis(self) -> tuple[str, str] | None:
        """The ends of that axis in words; None for a bar from 0."""
        if self.sums or self.aim.kind == "yes_no":
            return None
        low, high = self.ends_of_axis
        return self.value(low), self.value(high)

    @property
    def charts(self) -> tuple[Markup, ...]:
        """The way as a picture for each width; none where there is nothing to draw."""
        made, say = self.standing, self.say
        marks = self._marks()
        if len(marks) < 2 or self.aim.target is None:
            return ()
        values, path = [mark.value for mark in marks], [mark.path for mark in marks]
        ends = (made.forecast.interval.low, made.forecast.interval.high) if made.forecast else None
        numbers = [number for number in (*values, *path, *(ends or ())) if number is not None]
        labels = [say.period(_day(mark), short=True, year=False) for mark in marks]
        days = [(mark.day - marks[0].day).days for mark in marks]
        label = f"{self.aim.name}: {self.line}. {self.pace}"
        drawn = []
        for kind, width, height in SIZES:
            scale = scale_of(min(numbers), max(numbers), made.unit, say, made.currency, lines=4 if width > 400 else 3)
            way = Way(days, values, path, labels, scale, self.target, ends)
            drawn.append(picture(way_svg(way, width, height, label=label, kind=kind)))
        return tuple(drawn)

    def _marks(self) -> tuple[Mark, ...]:
        """Where the way began, and each mark after it."""
        made = self.standing
        if made.begin is None or not made.marks:
            return made.marks
        before = self.aim.start - timedelta(days=1)
        return (Mark(before, made.begin if made.value is not None else None, made.begin), *made.marks)


def _day(mark: Mark) -> Window:
    return Window(mark.day, mark.day + timedelta(days=1))


def beside_number(goal: Goal, world: World, say: Language) -> str:
    """What stands beside the number of a goal's metric: "goal 94.0%"; nothing where it is not of that number.

    It is of that number where it has the metric's usual settings and is kept to nothing.
    """
    aim = goal.aim
    if aim.kind != "metric" or aim.settings or aim.where or aim.metric not in world.metrics:
        return ""
    unit = world.metrics[aim.metric].unit
    currency = world.organisation.currency if unit == "money" else ""
    target = GoalWords(Standing(goal, None, unit, currency), say).target
    if aim.per:
        names = {"week": say("goal {target} in a week", target=target), "month": say("goal {target}", target=target)}
        return names.get(aim.per, say("goal {target} in a quarter", target=target))
    return say("goal {target} until {day}", target=target, day=say.short_day(aim.due))
