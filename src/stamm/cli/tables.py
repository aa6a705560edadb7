"""Tables as people read them: a matrix with footnotes for what is empty, how a value came about, what to mind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from stamm.analyses.kind import ROWS, Column, Matrix
from stamm.answers import written
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.lang import reasons
from stamm.lang.money import to_major
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window

if TYPE_CHECKING:
    from stamm.analyses.kind import Behind
    from stamm.answers import TableAnswer
    from stamm.answers.world import World

#: blanks between two columns of a matrix, and of other tables where there is room
GAP, WIDE_GAP = 1, 3
#: how narrow a column of words may become before columns are left out
WORDS = 20
#: the column that says of which customer a row is
WHO = "customer_id"


def print_answer(answer: TableAnswer, world: World, say: Session) -> None:
    """Title, sentence, settings, tables, how a value came about, and notes."""
    analysis, code = answer.analysis, say.language.code
    say.out.print(analysis.title(code), style="title")
    say.out.print(analysis.sentence(code), style="quiet")
    declared = analysis.settings_declared()
    changed = [f"{n} = {v}" for n, v in analysis.settings.items() if v != declared[n].default]
    if changed:
        say.out.print(", ".join(changed), style="quiet")
    printing.print_filter(answer.where, say)
    page = Page(answer, world, say)
    for name in answer.tables:
        if analysis.matrix is None or name not in (ROWS, analysis.matrix.total):
            page.print_table(name)
        elif name == ROWS:
            page.print_matrix(analysis.matrix)
    page.notes.print(say)
    page.print_fraction()
    printing.print_notes(answer, world, say, spells=False)


def print_top(answer: TableAnswer, world: World, say: Session, top: int) -> None:
    """The same with only the first rows of the main table, and how many there are besides."""
    more = max(len(answer.rows) - top, 0)
    first = answer.rows[:top]
    shown = {getattr(row, WHO, None) for row in first}
    tables = {
        name: tuple(row for row in rows if getattr(row, WHO, None) in shown) if _names(answer, name) else rows
        for name, rows in answer.tables.items()
    }
    print_answer(replace(answer, tables={**tables, ROWS: first}), world, say)
    if more:
        say.out.print(say("- {count} more; --top shows more of them, --format csv all.", count=more), style="quiet")


def _names(answer: TableAnswer, table: str) -> bool:
    """Whether a table has a line or more of each customer."""
    return any(column.name == WHO for column in answer.analysis.columns(table))


@dataclass
class Page:
    """One answer on its way to the screen; footnotes are numbered through all its tables."""

    answer: TableAnswer
    world: World
    say: Session

    def __post_init__(self) -> None:
        self.notes = printing.Footnotes()

    # -- cells -----------------------------------------------------------------------
    def words(self, column: Column) -> str:
        """The heading of a column."""
        if column.name == "group" and self.answer.by:
            return self.answer.by
        return column.words.of(self.say.language.code)

    def text(self, row: Any, column: Column, *, bare: bool = False) -> str:
        """A cell in the reader's language; `bare` leaves out the sign of its unit."""
        value, language = getattr(row, column.name), self.say.language
        if not isinstance(value, int | float) or isinstance(value, bool):
            return self._word(value, column)
        unit = row.unit if column.unit == "own" else column.unit
        if bare and unit == "share":
            return language.number(100 * value, 1)
        if bare and unit == "money":
            return language.number(to_major(round(value), self.answer.currency), 2)
        return language.value(value, unit, self.answer.currency)

    def _word(self, value: Any, column: Column) -> str:
        """A cell that is no number."""
        say = self.say
        if column.name == "group" or (value is None and column.key and column.unit == "text"):
            return printing.group_name(value, say)
        if isinstance(value, Window):
            return say.language.window(value, short=True)
        if isinstance(value, Phrase):
            return value.of(say.language.code)
        if isinstance(value, bool):
            return say("yes") if value else say("no")
        if isinstance(value, tuple):
            return ", ".join(value)
        if column.name == "reason" and value:
            return self.reason(value)
        return say("all, pooled") if value is None and column.unit == "window" else value or ""

    def reason(self, code: str) -> str:
        """Why a value is missing, or not final."""
        own = self.answer.analysis.reasons.get(code)
        return own.of(self.say.language.code) if own else shared_reason(code, self.answer, self.world, self.say)

    # -- one row a line --------------------------------------------------------------
    def print_table(self, name: str) -> None:
        """A table as it is, without details and columns that are empty throughout; nothing of one without rows."""
        if not (rows := self.answer.tables[name]):
            return
        columns = [column for column in self.answer.analysis.columns(name) if self._is_shown(column, rows)]
        heads, lines = [self.words(column) for column in columns], [self._line(row, columns) for row in rows]
        screen = self.say.out.width
        narrow = sum(map(max, _widths(heads, lines, WIDE_GAP))) > screen
        if narrow:
            columns, heads, lines = self._narrowed(rows, columns)
        words = [place for place, column in enumerate(columns) if column.unit in ("text", "window", "flag")]
        longest = [cell for _, cell in _widths(heads, lines)]
        # where it is narrow, headings are broken between words, and cells where they are long
        least = [
            max(*map(len, head.split()), min(cell, screen // 3)) for head, cell in zip(heads, longest, strict=True)
        ]
        least = _squeezed(least, words, screen)
        fits = _fitting(least, screen)
        made = printing.table(*heads[:fits], right=[place for place in range(fits) if place not in words])
        if narrow:
            made.padding = (0, 0)
        for shown, width, cell in zip(made.columns, least, longest, strict=False):
            shown.no_wrap = not narrow and cell <= screen // 3
            shown.width = width if narrow and cell <= screen // 3 else None
        for line in lines:
            made.add_row(*map(Text, line[:fits]))
        self.say.out.print()
        self.say.out.show(made)
        self._print_hidden(len(heads) - fits)

    def _line(self, row: Any, columns: Sequence[Column]) -> list[str]:
        return [self.text(row, column) for column in columns]

    def _narrowed(self, rows: Sequence[Any], columns: list[Column]) -> tuple[list[Column], list[str], list[list[str]]]:
        """The same where it is narrow: both ends of an interval in one column, and reasons in footnotes."""
        ends = {column.name: column for column in columns if column.name in ("low", "high")}
        noted = [column for column in columns if column.name != "reason"]
        paired = len(ends) == 2
        kept = [column for column in noted if not (paired and column.name == "high")]
        heads = [self.say("interval") if paired and column.name == "low" else self.words(column) for column in kept]
        lines = []
        for row in rows:
            line = self._line(row, kept)
            if paired and None not in (row.low, row.high):
                bare, high = self.text(row, ends["low"], bare=True), self.text(row, ends["high"])
                line[kept.index(ends["low"])] = f"{bare} {self.say('to')} {high}"
            if len(noted) < len(columns) and row.reason:
                line[0] += self.notes.mark(self.reason(row.reason))
            lines.append(line)
        return kept, heads, lines

    def _is_shown(self, column: Column, rows: Sequence[Any]) -> bool:
        told = any(getattr(row, column.name) not in (None, "") for row in rows)
        return not column.detail and bool(rows) and (told or (column.key and column.name != "group"))

    def _print_hidden(self, columns: int) -> None:
        if columns:
            more = self.say("Columns that need a wider screen: {count}; --format csv has them, too.", count=columns)
            self.say.out.print(more, style="quiet")

    # -- a matrix --------------------------------------------------------------------
    def print_matrix(self, matrix: Matrix) -> None:
        """One line a cohort (or the like), one column a period, and a last line for all."""
        answer, say = self.answer, self.say
        columns = {column.name: column for column in answer.analysis.columns()}
        shown, across = columns[matrix.shown], columns[matrix.across]
        down = [columns[matrix.down], *([columns["group"]] if answer.by else [])]
        first = [*down, *([columns[matrix.beside]] if matrix.beside else [])]
        lines: dict[tuple[Any, ...], list[Any]] = {}
        for row in (*answer.rows, *answer.tables.get(matrix.total, ())):
            lines.setdefault(tuple(getattr(row, column.name) for column in down), []).append(row)
        known = [p for cells in lines.values() for p, cell in enumerate(cells) if getattr(cell, shown.name) is not None]
        until = max(known, default=0) + 1  # beyond it nothing is known of anybody
        heads = [self.words(column) for column in first]
        heads += [_across(row, matrix, say) for row in next(iter(lines.values()))[:until]]
        body = [
            [self.text(cells[0], column) for column in first]
            + [self._marked(cell, shown, printing.Footnotes()) for cell in cells[:until]]
            for cells in lines.values()
        ]
        fits = _fitting([max(map(len, cells)) for cells in zip(heads, *body, strict=True)], say.out.width)
        made = printing.table(*heads[:fits], right=range(len(down), fits))
        made.padding = (0, 0)
        for line, cells in zip(body, lines.values(), strict=True):
            marked = [self._marked(cell, shown, self.notes) for cell in cells[: max(fits - len(first), 0)]]
            made.add_row(*(Text(text) for text in [*line[: len(first)], *marked][:fits]))
        say.out.print()
        unit = {"share": say("in percent"), "money": say("in {currency}", currency=answer.currency)}.get(shown.unit, "")
        caption = say("{shown} by {across}", shown=self.words(shown), across=self.words(across))
        say.out.print(f"{caption}, {unit}" if unit else caption, style="quiet")
        say.out.show(made)
        self._print_hidden(len(heads) - fits)

    def _marked(self, row: Any, shown: Column, notes: printing.Footnotes) -> str:
        """The value, with the mark of a footnote where it is missing or not final."""
        text = "" if getattr(row, shown.name) is None else self.text(row, shown, bare=shown.unit != "own")
        return text + notes.mark(self.reason(row.reason)) if row.reason else text

    # -- how a value came about ------------------------------------------------------
    def print_fraction(self) -> None:
        """The numbers behind one value: of all together where they are, the first that is not divided by itself."""
        answer, say, code = self.answer, self.say, self.say.language.code
        fraction, matrix = answer.analysis.fraction(), answer.analysis.matrix
        if fraction is None or matrix is None:
            return
        columns = {column.name: column for column in answer.analysis.columns()}
        rows = [*answer.tables.get(matrix.total, ()), *answer.rows]
        known = [row for row in rows if getattr(row, matrix.shown) is not None and getattr(row, matrix.across)]
        if not known:
            return
        row = known[0]
        place = f"{self.text(row, columns[matrix.down])}, "
        place += f"{self.words(columns[matrix.across])} {_across(row, matrix, say)}"
        say.heading(say("{place}: how it came about", place=place))
        say.out.plain(f"{fraction.above_words.of(code)} / {fraction.below_words.of(code)}")
        above, below, value = (self.text(row, columns[name]) for name in (fraction.above, fraction.below, matrix.shown))
        say.out.plain(f"{above} / {below} = {value}")
        low, high = (getattr(row, name, None) for name in ("low", "high"))
        if low is not None and high is not None:
            ends = {name: self.text(row, columns[name]) for name in ("low", "high")}
            say.out.print(say("95% interval: {low} to {high}", **ends), style="quiet")


def shared_reason(code: str, answer: TableAnswer, world: World, say: Session) -> str:
    """Reasons that every answer knows."""
    return {
        reasons.NO_FACTS: printing.absent_in_words(answer.kinds, world, say),
        reasons.OUTSIDE: say("outside the days that the data cover"),
        reasons.NOT_BEGUN: say("not begun when the data end"),
        reasons.NOT_OVER: say("not over yet"),
        reasons.BEGINS_BEFORE: say("begins before the data"),
        reasons.CUT_HISTORY: say(
            "the data begin in mid-life: who is a customer shows only after {days} days of it",
            days=world.organisation.lapse_days,
        ),
        reasons.LOOKS_BACK: say("it looks back to days before the data, which begin in mid-life"),
        reasons.ZERO: say("nothing to divide by"),
    }.get(code, code)


def _across(row: Any, matrix: Matrix, say: Session) -> str:
    first, last = getattr(row, matrix.across), getattr(row, matrix.to or matrix.across)
    if isinstance(first, Window):
        return say.language.window(first, short=True)
    return str(first) if first == last else f"{first}–{last}"


def _widths(heads: Sequence[str], lines: Sequence[Sequence[str]], gap: int = 0) -> list[tuple[int, int]]:
    """Of each column the width of its heading and of its longest cell, each with a gap."""
    cells = (max(map(len, each)) for each in zip(*lines, strict=True))
    return [(len(head) + gap, cell + gap) for head, cell in zip(heads, cells, strict=True)]


def _squeezed(widths: list[int], words: Sequence[int], screen: int) -> list[int]:
    """The widths, the widest column of words narrower where that makes room for the last column."""
    over = sum(widths) + GAP * (len(widths) - 1) - screen
    if over <= 0 or not words:
        return widths
    widest = max(words, key=lambda place: widths[place])
    room = max(widths[widest] - over, min(WORDS, widths[widest]))
    return [room if place == widest else width for place, width in enumerate(widths)]


def _fitting(widths: Sequence[int], screen: int) -> int:
    """How many columns fit beside each other."""
    taken, fits = 0, 0
    for width in widths:
        taken += width + GAP
        if taken - GAP > screen:
            break
        fits += 1
    return fits


# -- who -----------------------------------------------------------------------------------------------------
def print_customers(behind: Behind, form: str, say: Session) -> None:
    """Who counts in a row and who does not."""
    if form == "json":
        click.echo(json.dumps({"counted": behind.counted, "others": behind.others}, indent=2, ensure_ascii=False))
        return
    if form == "csv":
        click.echo(written.customers_as_csv(behind))
        return
    for heading, customers in (
        (say("{count} who count", count=len(behind.counted)), behind.counted),
        (say("{count} who could and do not", count=len(behind.others)), behind.others),
    ):
        say.heading(heading)
        for customer in customers:
            say.out.plain(customer)
