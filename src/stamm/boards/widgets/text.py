"""A text."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.drawn import Drawn, Written
from stamm.boards.kind import Choice, Widget
from stamm.lang.errors import UsageError

MOST = 4000


class Text(Widget):
    """A few words of one's own: what the board is for, or what to mind."""

    de = "Text"
    sentence_de = "Ein paar eigene Worte: wofür die Tafel ist, oder worauf zu achten ist."
    span = 4

    text = Choice(
        "", "Text; an empty line begins a new paragraph", "Text; eine leere Zeile beginnt einen Absatz", among="prose"
    )

    def checked(self, asking: Asking) -> None:
        if not self.text.strip():
            raise UsageError("A text needs words.", remedy="Write what the board is for.")
        if len(self.text) > MOST:
            raise UsageError(f"A text has at most {MOST} signs.", remedy="Write less, or make two of it.")

    def draw(self, asking: Asking) -> Drawn:
        blocks = self.text.replace("\r\n", "\n").strip().split("\n\n")
        paragraphs = (tuple(line.strip() for line in block.strip().split("\n")) for block in blocks if block.strip())
        return Drawn(title="", about="", blocks=(Written(tuple(paragraphs)),))
