"""A report as a letter: its numbers in words, the whole as a picture, the same as PDF, and its rows as CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup

from stamm.answers.written import as_csv
from stamm.boards.asking import Asking
from stamm.boards.content import Content, Placed
from stamm.boards.drawn import Drawn, Figured
from stamm.boards.kind import WIDGETS, unknown, widget_of
from stamm.boards.printed import printed
from stamm.delivery.letter import File, Letter, Number, Picture
from stamm.lang.errors import StammError
from stamm.lang.language import Language

#: what no file's name needs
_UNSAFE = re.compile(r"[^\w -]+")
_MARK = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Composing:
    """What a letter is made of beside the numbers: whose it is, where its links lead (empty: nowhere), when it is."""

    asking: Asking
    tell: Callable[[str], str]
    address: str
    board: int
    now: datetime

    @property
    def say(self) -> Language:
        """The reader's language."""
        return self.asking.say

    def letter(self, content: Content) -> Letter:
        """All of it; raises StammError where there are no data to ask."""
        say, asking = self.say, self.asking
        drawn = [(placed, self._drawn(placed)) for placed in content.widgets]
        months = asking.figures().months
        window = "" if months is None else say.period(months.now)
        over = " · ".join(text for text in (window, *content.kept.where) if text)
        made = any(one.simulated for _, one in drawn)
        name = _UNSAFE.sub("", content.name).strip() or "report"
        widgets, whose = [(placed.span, one) for placed, one in drawn], asking.organisation.name
        paper = {
            form: printed(content.name, over, widgets, organisation=whose, say=say, now=self.now, form=form)
            for form in ("png", "pdf")
        }
        files = [File(f"{name}.pdf", "application/pdf", paper["pdf"]), *self._rows([one for one, _ in drawn])]
        leads = f"{self.address}/boards/{self.board}/" if self.board else self._address(drawn[0][1])
        return Letter(
            language=say.code,
            subject=" · ".join(text for text in (content.name, window) if text),
            over=over,
            title=content.name,
            paragraphs=[say("Some of these numbers come from made-up facts.")] if made else [],
            numbers=[number for _, one in drawn for number in self._numbers(one)],
            pictures=[Picture("board", paper["png"], self._heard([one for _, one in drawn]))],
            button=(say("Open it"), leads) if self.address else None,
            files=files,
        )

    def _drawn(self, placed: Placed) -> Drawn:
        name = WIDGETS[placed.kind].title(self.say.code) if placed.kind in WIDGETS else placed.kind
        try:
            found = widget_of(placed).draw(self.asking)
        except StammError as error:
            return unknown(placed.title or name, f"{self.tell(error.what)} {self.tell(error.remedy)}".strip())
        return replace(found, title=placed.title) if placed.title else found

    def _numbers(self, drawn: Drawn) -> Iterator[Number]:
        for block in drawn.blocks:
            if isinstance(block, Figured):
                card = block.card
                change = f"{card.change.text} {card.change.beside}" if card.change else card.no_change
                about = [_plain(text) for text in (change, card.range, drawn.about) if text]
                yield Number(drawn.title, _plain(card.value), about, self._address(drawn) if self.address else "")

    def _rows(self, placed: Sequence[Placed]) -> Iterator[File]:
        """The rows behind each widget, once where two show the same."""
        seen = set()
        for each in placed:
            try:
                answer = widget_of(each).rows(self.asking)
            except StammError:
                continue  # the widget itself says why
            if answer is not None and (text := as_csv(answer)) not in seen:
                seen.add(text)
                yield File(f"{each.kind}-{each.number}.csv", "text/csv", f"{text}\n".encode())

    def _address(self, drawn: Drawn) -> str:
        """Straight to the number: its metric, its window, and what it is kept to."""
        kept = self.asking.kept
        if drawn.goal:
            return f"{self.address}/goals/{drawn.goal}/"
        if not drawn.metric:
            return f"{self.address}/boards/{self.board}/" if self.board else self.address
        pairs = [("grain", kept.grain), ("window", drawn.window), *(("where", each) for each in kept.where)]
        return f"{self.address}/metrics/{drawn.metric}?{urlencode([pair for pair in pairs if pair[1]])}"

    def _heard(self, drawn: Sequence[Drawn]) -> str:
        return ", ".join(f"{one.title}: {one.about}" if one.about else one.title for one in drawn)[:500]


def _plain(text: str) -> str:
    """A text without the marks that a page has around its numbers."""
    bare = Markup(_MARK.sub("", text)).unescape() if isinstance(text, Markup) else text  # noqa: S704 - marks are ours
    return " ".join(bare.split(" ")).strip()
