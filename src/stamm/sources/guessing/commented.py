"""A proposal as a stretch of stamm.toml, with the reason beside each line in the reader's language."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import tomlkit

from stamm.facts.mapping import Writing
from stamm.lang.language import Language
from stamm.sources.guessing.draft import MINOR, Draft
from stamm.sources.guessing.proposal import Proposal
from stamm.sources.guessing.reason import Reason, say

#: lines up to this long have their comment beside them; the whole is no wider than the second
_SHORT, _WIDE = 46, 118
_BARE = re.compile(r"[A-Za-z0-9_-]+")
#: categories of signs that are no part of a comment: controls, what turns the direction of writing, ends of lines
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: stands before a reason that somebody should look at
DOUBT = "? "

#: a line of settings and the comment on it; without a comment, None
_Line = tuple[str, str | None]


def commented(proposal: Proposal, language: Language) -> str:
    """The section `[mapping.NAME]` with its comments; it ends with a line break."""
    return "\n".join(_lines(proposal, language)) + "\n"


def _lines(proposal: Proposal, language: Language) -> Iterator[str]:
    yield from _remark(_heading(proposal), language)
    for reason in proposal.about:
        yield from _remark(reason, language)
    if proposal.unused:
        yield from _remark(say("not used: {columns}", columns=_some(proposal.unused, language)), language)
    yield f"[mapping.{key(proposal.name)}]"
    files = [("files = " + value(proposal.files), None)] if proposal.files else []
    yield from _beside([*files, *_settings(proposal, language)])
    for draft in proposal.drafts:
        yield ""
        yield from _fact(proposal.name, draft, language)


def _heading(proposal: Proposal) -> Reason:
    if proposal.sample.whole:
        return say(
            "proposed by `stamm import --guess {file}` from all of its {rows} rows; `?` is worth a look",
            file=proposal.file,
            rows=proposal.sample.rows,
        )
    return say(
        "proposed by `stamm import --guess {file}` from {rows} of its rows (about {of}); `?` is worth a look",
        file=proposal.file,
        rows=proposal.sample.rows,
        of=proposal.sample.about,
    )


def _some(columns: tuple[str, ...], language: Language) -> str:
    more = len(columns) - 30
    return ", ".join(columns[:30]) + (f" … (+{language.number(more)})" if more > 0 else "")


def _settings(proposal: Proposal, language: Language) -> list[_Line]:
    """How the file is laid out and its cells are written; what is taken from the organisation as a comment."""
    reading = {
        name: found
        for name in ("format", "encoding", "delimiter", "quote", "heading", "columns", "sheet", "member")
        if (found := getattr(proposal.reading, name)) != getattr(type(proposal.reading)(), name)
    }
    lines: list[_Line] = []
    for name, found in {**reading, **proposal.writing.table()}.items():
        reason = proposal.reasons.get(name)
        lines.append((f"{name} = {value(found)}", _told(reason, language) if reason else None))
    for name, found in (("time_zone", proposal.organisation.zone), ("currency", proposal.organisation.currency)):
        if not getattr(proposal.writing, name) and name in proposal.reasons and not _named(proposal, name):
            lines.append((f"# {name} = {value(found)}", _told(proposal.reasons[name], language)))
    return lines


def _named(proposal: Proposal, name: str) -> bool:
    """Whether every fact has a column for it."""
    return name == "currency" and all(name in draft.rules or not _has_money(draft) for draft in proposal.drafts)


def _has_money(draft: Draft) -> bool:
    return any(name in draft.rules or name + MINOR in draft.rules for name in ("amount", "mrr", "value"))


def _fact(name: str, draft: Draft, language: Language) -> Iterator[str]:
    for reason in draft.about:
        yield from _remark(reason, language)
    yield f"[mapping.{key(name)}.{draft.fact}]"
    lines: list[_Line] = []
    if draft.each:
        lines.append(
            (
                f"each = {value(list(draft.each) if len(draft.each) > 1 else draft.each[0])}",
                _why(draft, "each", language),
            )
        )
    yield from _beside(lines)
    if draft.where:
        yield "where = ["
        conditions: list[_Line] = [
            (f"    {value(condition.table())},", _told(reason, language)) for condition, reason in draft.where
        ]
        yield from _beside(conditions, indent="    ")
        yield "]"
    rules = draft.mapping(Writing()).columns
    lines = [(f"{column} = {value(rule.table())}", _why(draft, column, language)) for column, rule in rules.items()]
    for column in draft.lacks():
        plain = column.removesuffix(MINOR)
        reason = draft.missing.get(
            plain, draft.missing.get(column, say("needed in every row, and no column was found for it"))
        )
        lines.append((f'# {plain} = "..."', _told(reason.doubted(), language)))
    yield from _beside(lines)


def _why(draft: Draft, name: str, language: Language) -> str | None:
    reason = draft.reasons.get(name)
    return _told(reason, language) if reason else None


def _told(reason: Reason, language: Language) -> str:
    return (DOUBT if reason.doubtful else "") + _visible(reason.words(language))


def _visible(text: str) -> str:
    """The text with the signs that nobody sees spelled out: a column's name may end a comment or steer a terminal."""
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in _UNSEEN else sign for sign in text
    )


def _remark(reason: Reason, language: Language) -> Iterator[str]:
    text = _told(reason, language)
    yield from textwrap.wrap(
        text, _WIDE, initial_indent="# ", subsequent_indent="#   ", break_long_words=False, break_on_hyphens=False
    )


def _beside(lines: list[_Line], indent: str = "") -> Iterator[str]:
    """Lines with their comments: beside short ones, above long ones."""
    column = max((len(line) for line, comment in lines if comment and len(line) <= _SHORT), default=0)
    for line, comment in lines:
        if comment is None:
            yield line
        elif len(line) <= _SHORT and column + len(comment) + 4 <= _WIDE:
            yield f"{line.ljust(column)}  # {comment}"
        else:
            yield from textwrap.wrap(
                comment,
                _WIDE - len(indent),
                initial_indent=f"{indent}# ",
                subsequent_indent=f"{indent}#   ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            yield line


# -- TOML ----------------------------------------------------------------------------------------------------
def key(name: str) -> str:
    """A key as TOML writes it."""
    return name if _BARE.fullmatch(name) else value(name)


def value(found: Any) -> str:
    """A value on one line."""
    if isinstance(found, Mapping):
        return "{ " + ", ".join(f"{key(name)} = {value(one)}" for name, one in found.items()) + " }"
    if isinstance(found, (list, tuple)):
        return "[" + ", ".join(value(one) for one in found) + "]"
    written = str(tomlkit.item(found).as_string())
    return "".join(f"\\U{ord(sign):08x}" if unicodedata.category(sign) in _UNSEEN else sign for sign in written)
