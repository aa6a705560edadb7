"""A proposal as somebody changed it: another kind of fact, another column for a value, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from stamm.facts import imported
from stamm.facts.mapping import Rule
from stamm.sources.guessing.draft import MINOR, Draft
from stamm.sources.guessing.evidence import Evidence
from stamm.sources.guessing.kinds import PURCHASES, kinds
from stamm.sources.guessing.plain import one_a_row
from stamm.sources.guessing.proposal import Proposal, refined
from stamm.sources.guessing.purchases import purchases
from stamm.sources.guessing.reason import say
from stamm.sources.guessing.shape import Shape

#: the choice that says what the rows are, and the beginnings of the others: of a fact, whether it is made at all
KIND, TAKEN = "kind", "take"
#: before the name of a column; nothing at all: the value stays empty
COLUMN, NOTHING, NO = "column:", "nothing", "no"


def kinds_to_choose() -> tuple[str, ...]:
    """What rows can be taken for: purchases (orders, their lines, returns), or a fact kind."""
    names = [kind.name for kind in kinds()]
    return (PURCHASES, *(name for name in names if name != PURCHASES))


def kind_of(proposal: Proposal) -> str:
    """What the rows of a proposal are taken for."""
    facts = {draft.fact for draft in proposal.drafts}
    return PURCHASES if facts & {"orders", "order_lines"} else next(iter(facts), PURCHASES)


def chosen(proposal: Proposal, choices: Mapping[str, str]) -> Proposal:
    """The proposal with choices in it: `kind`, `take.FACT` and `FACT.COLUMN`.

    What names no kind, fact or column of the file is passed over: it comes from a page of before.
    """
    wish = choices.get(KIND, "")
    if wish and wish != kind_of(proposal) and wish in kinds_to_choose():
        drafts = refined(_as_kind(wish, proposal.evidence), proposal.evidence)
    else:
        drafts = [_copy(draft) for draft in proposal.drafts]
    taken = [draft for draft in drafts if choices.get(f"{TAKEN}.{draft.fact}") != NO]
    for draft in taken:
        for column in columns_of(draft):
            _choose(draft, column, choices.get(f"{draft.fact}.{column}", ""), proposal.evidence)
    return replace(proposal, drafts=tuple(taken))


def columns_of(draft: Draft) -> tuple[str, ...]:
    """The columns of its fact as a mapping names them: those that are filled under the name they have there."""
    names = imported()[draft.fact].carried()
    return tuple(_called(name, draft) for name in names)


def _called(name: str, draft: Draft) -> str:
    major = name.removesuffix(MINOR)
    return major if major != name and name not in draft.rules else name


def _as_kind(name: str, evidence: Evidence) -> list[Draft]:
    if name == PURCHASES:
        return purchases(evidence)
    kind = next(kind for kind in kinds() if kind.name == name)
    return [one_a_row(kind.name, kind.columns, evidence)]


def _copy(draft: Draft) -> Draft:
    return replace(draft, rules=dict(draft.rules), reasons=dict(draft.reasons), about=list(draft.about))


def _choose(draft: Draft, column: str, wish: str, evidence: Evidence) -> None:
    """Fill a column as somebody wants it; nothing is done where that is how it is filled."""
    name = wish.removeprefix(COLUMN)
    if wish == NOTHING:
        draft.rules.pop(column, None)
        draft.reasons.pop(column, None)
    elif wish != name and name in evidence.shapes:
        before = draft.rules.get(column, Rule())
        dates = _dates(evidence.shapes[name], evidence)
        rule = Rule((name,), take=before.take, negate=before.negate, round=before.round, dates=dates)
        draft.put(column, rule, say("chosen by somebody"))


def _dates(shape: Shape, evidence: Evidence) -> tuple[str, ...]:
    """How its moments are written, where that is not how those of the whole file are."""
    if shape.moments is None or shape.moments.typed or shape.moments.unclear:
        return ()
    formats = tuple(shape.moments.formats)
    known = evidence.conventions.writing.dates
    iso = formats == ("",)
    return () if iso or set(formats) <= set(known) else tuple(one for one in formats if one)
