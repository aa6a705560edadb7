"""Answers to surveys and reviews: what was asked, on which scale, and who answered."""

from __future__ import annotations

import numpy as np

from stamm.facts.mapping import Rule
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.evidence import Evidence
from stamm.sources.guessing.naming import taken_apart
from stamm.sources.guessing.reason import say

#: scales as they are usual: lowest and highest point
_SCALES = ((1, 5), (0, 10), (1, 10), (1, 7), (0, 5), (0, 100))
_NAMED = ("nps", "csat", "ces")


def complete(draft: Draft, evidence: Evidence) -> None:
    """What the columns of an answer do not say themselves: kind, scale, question, and when it was asked."""
    score = evidence.roles.column("score")
    if score:
        kind, (low, high) = _scale(draft, evidence, score)
        draft.put("scale_min", Rule(constant=str(low)))
        draft.put("scale_max", Rule(constant=str(high)))
    else:
        kind = "text"
        draft.put("kind", Rule(constant=kind), say("there is no score, so words alone"))
    if "question" not in draft.rules:
        draft.put(
            "question", Rule(constant="text" if kind == "text" else kind), say("there is one question; any key will do")
        )
    _times(draft, evidence)
    _sheet(draft, evidence)


def _scale(draft: Draft, evidence: Evidence, score: str) -> tuple[str, tuple[int, int]]:
    values = evidence.values(score)
    known = values[~np.isnan(values)]
    lowest, highest = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    named = next((word for word in _NAMED if word in taken_apart(score)), "")
    fitting = [scale for scale in _SCALES if scale[0] <= lowest and highest <= scale[1]]
    if named == "nps" or (not named and fitting[:1] == [(0, 10)] and lowest < 1):
        kind, scale = "nps", (0, 10)
    elif named == "ces":
        kind, scale = "ces", (1, 7)
    else:
        kind = named or "rating"
        scale = fitting[0] if fitting else (int(np.floor(lowest)), int(np.ceil(highest)))
    reason = say("{column} goes from {low} to {high}", column=score, low=int(lowest), high=int(highest))
    draft.put(
        "kind", Rule(constant=kind), reason.doubted((kind == "nps") != (named == "nps") or scale not in _SCALES[:2])
    )
    return kind, scale


def _times(draft: Draft, evidence: Evidence) -> None:
    """An answer has a moment; where only one is known, it was asked then too."""
    asked, answered = draft.rules.get("asked_at"), draft.rules.get("answered_at")
    if asked and asked == answered:
        draft.reasons["asked_at"] = say("when it was asked, the file does not say; so when it was answered").doubted()
    elif asked and answered and asked.columns and answered.columns:
        late = _later(evidence, asked.columns[0], answered.columns[0])
        if late:
            draft.about.append(
                say("{count} rows are answered before they were asked; an import sets them aside", count=late).doubted()
            )


def _later(evidence: Evidence, first: str, second: str) -> int:
    """Rows in which ISO moments run the other way round."""
    one, two = evidence.shapes[first].text, evidence.shapes[second].text
    if evidence.conventions.writing.dates:
        return 0
    pairs = zip(one.to_pylist(), two.to_pylist(), strict=True)
    return sum(1 for early, late in pairs if early and late and late[:10] < early[:10])


def _sheet(draft: Draft, evidence: Evidence) -> None:
    """What tells answers apart: its own number, with that of the order where one sheet is of several."""
    own, order = evidence.roles.column("response"), evidence.roles.column("order")
    dependencies = evidence.dependencies
    if (
        own
        and order
        and dependencies.unique((own,)) < 1
        and dependencies.unique((own, order)) > dependencies.unique((own,))
    ):
        draft.put(
            "response_id",
            Rule((own, order)),
            say("{column} alone stands in several rows; with {other} each is one", column=own, other=order),
        )
