"""A mapping proposed for a file: what it says, why, and what somebody should look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stamm.facts.mapping import Rule, Writing
from stamm.lang.errors import InputError
from stamm.lang.money import exponent
from stamm.lang.organisation import Organisation
from stamm.sources.guessing.conventions import conventions_of
from stamm.sources.guessing.draft import MINOR, Draft
from stamm.sources.guessing.evidence import Evidence
from stamm.sources.guessing.kinds import facts_in
from stamm.sources.guessing.layouts import layout_of
from stamm.sources.guessing.naming import named, says_minor
from stamm.sources.guessing.reason import Reason, say
from stamm.sources.guessing.roles import Roles
from stamm.sources.guessing.sample import Progress, Sample, sample_of
from stamm.sources.guessing.shape import Shape, shape_of
from stamm.sources.guessing.sheets import sheet_layout
from stamm.sources.mapped import FileMapping
from stamm.sources.reading import Reading, format_of

#: columns that are looked at in a file of very many, beside those whose name says something
_MOST = 400
_NAME = re.compile(r"[^a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_DATED = re.compile(r"\d[\d._-]*")


@dataclass(frozen=True)
class Proposal:
    """`[mapping.NAME]` for a file, with the reason of each line.

    `reasons` stand under the settings' names, those of facts in the drafts. `mapping` is None where a fact lacks a
    column that it needs; then the lines say which.
    """

    name: str
    file: str
    files: str
    reading: Reading
    writing: Writing
    drafts: tuple[Draft, ...]
    reasons: Mapping[str, Reason]
    about: tuple[Reason, ...]
    sample: Sample
    organisation: Organisation
    evidence: Evidence

    @property
    def mapping(self) -> FileMapping | None:
        """The mapping itself, where it is whole."""
        if not self.drafts or any(draft.lacks() for draft in self.drafts):
            return None
        facts = tuple(draft.mapping(self.writing) for draft in self.drafts)
        return FileMapping(self.name, facts, self.reading, self.files)

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that nothing is made of."""
        used = {name for draft in self.drafts for name in draft.mapping(Writing()).needs}
        return tuple(name for name in self.sample.columns if name not in used)

    @property
    def doubts(self) -> int:
        """How many lines somebody should look at."""
        told = [*self.reasons.values(), *self.about]
        for draft in self.drafts:
            told += [*draft.reasons.values(), *draft.about, *(reason for _, reason in draft.where)]
        lacking = sum(len(draft.lacks()) for draft in self.drafts)
        return lacking + sum(reason.doubtful for reason in told)


def propose(path: Path, organisation: Organisation, progress: Progress | None = None) -> Proposal:
    """A mapping for a file. Raises InputError where it cannot be read, or has no rows to judge by."""
    layout = layout_of(path)
    if (layout.reading.format or format_of(path)) == "excel":
        layout = sheet_layout(path, layout)
    sample = sample_of(path, layout, progress)
    shapes = _shapes(sample)
    if not any(shape.filled for shape in shapes.values()):
        raise InputError(
            "The file has no rows with anything in them, so there is nothing to judge by.",
            where=path.name,
            remedy="Export a stretch of time in which something happened.",
        )
    roles = Roles(shapes.values())
    used = [shapes[pick.column] for pick in roles.played.values()]
    conventions = conventions_of(used, organisation, delimiter=sample.reading.delimiter or ",")
    evidence = Evidence(shapes, roles, conventions, organisation)
    drafts, why = facts_in(evidence)
    return Proposal(
        name=_name_of(path),
        file=path.name,
        files=_files_of(path),
        reading=layout.reading,
        writing=conventions.writing,
        drafts=tuple(refined(drafts, evidence)),
        reasons={**layout.reasons, **conventions.reasons},
        about=tuple(_about(sample, evidence, drafts, why)),
        sample=sample,
        organisation=organisation,
        evidence=evidence,
    )


def _shapes(sample: Sample) -> dict[str, Shape]:
    """The shapes of the columns that can be of use; of very many only of those whose name says something."""
    names = list(sample.columns)
    if len(names) > _MOST:
        names = [name for place, name in enumerate(names) if place < _MOST or named(name, slips=False)]
    return {name: shape_of(name, sample.columns[name]) for name in names}


def _about(sample: Sample, evidence: Evidence, drafts: Sequence[Draft], why: Reason) -> list[Reason]:
    told = [why]
    if sample.broken:
        told.append(
            say(
                "{count} of the first rows cannot be told apart into cells; an import sets them aside",
                count=sample.broken,
            ).doubted()
        )
    alike = evidence.dependencies.alike()
    if alike:
        if any(map(_counts_once, drafts)):
            told.append(say("{count} rows repeat another one in every cell; they count once", count=alike).doubted())
        else:
            told.append(say("{count} rows repeat another one in every cell; each counts", count=alike).doubted())
    return told


def _counts_once(draft: Draft) -> bool:
    """Whether what stands in several rows is one order, whose amount is not added up."""
    added_up = any(rule.take == "sum" for name, rule in draft.rules.items() if name.removesuffix(MINOR) == "amount")
    return draft.fact == "orders" and bool(draft.each) and not added_up


# -- the finishing touches -----------------------------------------------------------------------------------
def refined(drafts: Sequence[Draft], evidence: Evidence) -> Sequence[Draft]:
    """The drafts with what the cells of their columns still ask for: minor units, rounding, words for nothing."""
    for draft in drafts:
        for column, rule in list(draft.rules.items()):
            if column in _MONEY and _is_minor(rule, evidence):
                _put_minor(draft, column, _worded(rule, evidence))
            else:
                draft.rules[column] = _rounded(_worded(rule, evidence), column, draft, evidence)
    return drafts


def _is_minor(rule: Rule, evidence: Evidence) -> bool:
    """Whether an amount is in minor units by the names of its columns; of a product, one of them is the price."""
    amounts = rule.product or (*rule.columns, *rule.plus, *rule.less)
    said = [says_minor(name) for name in amounts]
    return (any(said) if rule.product else bool(said) and all(said)) and all(
        (number := evidence.shapes[name].numbers) is not None and number.whole for name in amounts
    )


def _put_minor(draft: Draft, column: str, rule: Rule) -> None:
    """The same amount under the name that it has in minor units."""
    del draft.rules[column]
    told, reason = draft.reasons.pop(column, None), say("whole minor units by its name")
    if told:
        reason = say("{one}; {other}", one=told, other=reason).doubted(told.doubtful)
    draft.put(column + MINOR, rule, reason)


def _worded(rule: Rule, evidence: Evidence) -> Rule:
    """Words such as NULL mean an empty cell."""
    if len(rule.columns) != 1 or rule.row:
        return rule
    blanks = evidence.shapes[rule.columns[0]].blanks
    return replace(rule, words={**rule.words, **dict.fromkeys(blanks, "")}) if blanks else rule


def _rounded(rule: Rule, column: str, draft: Draft, evidence: Evidence) -> Rule:
    """Money with more digits than its currency has is rounded."""
    if column not in _MONEY or not (rule.columns or rule.product):
        return rule
    code = evidence.conventions.writing.currency or evidence.organisation.currency
    digits = exponent(code)
    values = np.ones(evidence.rows)
    for name in rule.product or rule.columns:
        values = values * evidence.values(name)
    scaled = values * 10.0**digits
    fine = np.abs(scaled - np.rint(scaled)) > 1e-6 * np.maximum(1.0, np.abs(scaled))
    if not fine.any():
        return rule
    reason = say(
        "{count} of them have more than {digits} digits after the point, so they are rounded",
        count=int(fine.sum()),
        digits=digits,
    )
    draft.reasons[column] = (
        say("{one}; {other}", one=draft.reasons[column], other=reason).doubted(draft.reasons[column].doubtful)
        if column in draft.reasons
        else reason
    )
    return replace(rule, round=True)


_MONEY = frozenset({"amount", "discount", "tax", "shipping", "cost", "mrr", "value"})


# -- names ---------------------------------------------------------------------------------------------------
def _stem(path: Path) -> str:
    """The file's name up to its first point that is no part of a date."""
    return re.split(r"\.(?=[A-Za-z])", path.name, maxsplit=1)[0]


def _name_of(path: Path) -> str:
    plain = _DATED.sub(" ", _stem(path).lower().translate(_UMLAUTS))
    return _NAME.sub("_", plain).strip("_") or "file"


def _files_of(path: Path) -> str:
    """A pattern for files like this one: numbers and dates in its name may change."""
    stem, ending = _stem(path), path.name[len(_stem(path)) :]
    return _DATED.sub("*", stem) + ending
