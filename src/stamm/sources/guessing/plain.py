"""Facts that stand in a file one a row: each column filled by the best of the roles that can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from stamm.facts import imported
from stamm.facts.mapping import Condition, Rule
from stamm.facts.mapping.rules import JOIN
from stamm.sources.guessing import feedback
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.evidence import Evidence
from stamm.sources.guessing.naming import EXACT, means
from stamm.sources.guessing.reason import say

#: a day before any other, for what was always so
_ALWAYS = "1900-01-01"
#: columns that make a key together where no column numbers the rows
_KEYS = (
    "customer_id",
    "anonymous_id",
    "happened_at",
    "asked_at",
    "opened_at",
    "sent_at",
    "started_at",
    "returned_at",
    "name",
)
_STATUSES = ("trialing", "active", "past_due", "paused")


def one_a_row(kind: str, columns: Mapping[str, Sequence[str]], evidence: Evidence) -> Draft:
    """The fact of that kind; `columns` names the roles that may fill each column, the best first."""
    draft, used = Draft(kind), set[str]()
    wanted = imported()[kind].carried()
    for column, roles in columns.items():
        pick = evidence.roles.first(*roles)
        required = column in wanted and wanted[column].required
        first = pick is not None and (pick.role == roles[0] or pick.points >= EXACT)
        if pick is None or (pick.column in used and not required and pick.role != roles[0]):
            continue
        used.add(pick.column)
        reason = pick.reason if first else say("nothing better was found").doubted()
        draft.put(column, Rule((pick.column,)), reason)
    _COMPLETE.get(kind, _nothing_more)(draft, evidence)
    _number(draft, evidence)
    return draft


def _nothing_more(draft: Draft, evidence: Evidence) -> None:
    del draft, evidence


def _number(draft: Draft, evidence: Evidence) -> None:
    """A key: the column found, where it tells rows apart, else one made of what happened to whom and when."""
    fact = imported()[draft.fact]
    key = fact.key_columns[0]
    rule = draft.rules.get(key)
    there = [
        draft.rules[column].columns[0]
        for column in fact.key_columns
        if column in draft.rules and draft.rules[column].columns
    ]
    if rule is None:
        made = tuple(
            dict.fromkeys(
                draft.rules[name].columns[0] for name in _KEYS if name in draft.rules and draft.rules[name].columns
            )
        )
        if made:
            reason = say(
                "no column numbers the rows; numbered by {columns}, and counted where these are equal", columns=made
            )
            draft.put(key, Rule(made, row=made), reason.doubted())
        return
    told = tuple(dict.fromkeys((*(rule.columns), *there)))
    if told and evidence.dependencies.unique(told) < 1:
        reason = say("{columns} do not differ in each row; of equal ones the last counts", columns=told)
        draft.reasons[key] = reason.doubted()


# -- what single kinds need ----------------------------------------------------------------------------------
def _events(draft: Draft, evidence: Evidence) -> None:
    """The kind of an event: page, screen or track, by its type, its name or its page."""
    for role in ("event_kind", "event_name"):
        column = evidence.roles.column(role)
        if column is None:
            continue
        frequent = [word for word, _ in evidence.shapes[column].frequent]
        pages, screens = (tuple(word for word in frequent if means(meaning, word)) for meaning in ("page", "screen"))
        if pages or screens:
            found, kind = (pages, "page") if pages else (screens, "screen")
            rule = Rule(constant=kind, where=(Condition(column, "is", found),), default="track")
            draft.put(
                "kind", rule, say("{words} in {column} are pages seen, all others actions", words=found, column=column)
            )
            return
    kind = "page" if "page" in draft.rules and "name" not in draft.rules else "track"
    draft.put("kind", Rule(constant=kind), say("nothing tells pages from actions").doubted())


def _subscriptions(draft: Draft, evidence: Evidence) -> None:
    """The status by its words; and what is not paid monthly."""
    interval = evidence.roles.column("interval")
    if interval and "mrr" in draft.rules:
        others = [word for word, _ in evidence.shapes[interval].frequent if not means("monthly", word)]
        if others:
            told = say("mrr is what is paid a month; {column} has {words} too", column=interval, words=others[:5])
            draft.about.append(told.doubted())
    column = evidence.roles.column("status")
    if column is None:
        draft.put("status", Rule(constant="active"), say("no column tells it").doubted())
        return
    words: dict[str, str] = {}
    unknown = []
    for word, _ in evidence.shapes[column].frequent:
        found = next((status for status in _STATUSES if means(status, word)), "active" if means("ended", word) else "")
        if not found:
            unknown.append(word)
        elif found != word.lower():
            words[word] = found
    reason = say("its words put into ours")
    if unknown:
        reason = say("unclear: {words}", words=unknown[:5]).doubted()
    draft.put("status", Rule((column,), words=words), reason)


def _customers(draft: Draft, evidence: Evidence) -> None:
    """From when what is known of a customer holds; without a date, always. And the name in two parts."""
    names = tuple(column for role in ("first_name", "last_name") if (column := evidence.roles.column(role)))
    if names and "name" not in draft.rules:
        draft.put("name", Rule(names, join=" " if len(names) > 1 else JOIN), say("first and last name"))
    if "valid_from" not in draft.rules:
        reason = say("no column says since when it is so; taken as always so").doubted()
        draft.put("valid_from", Rule(constant=_ALWAYS), reason)


def _messages(draft: Draft, evidence: Evidence) -> None:
    """The channel, which mailing systems do not say."""
    del evidence
    if "channel" not in draft.rules:
        draft.put("channel", Rule(constant="email"), say("no column tells it").doubted())


_COMPLETE: dict[str, Callable[[Draft, Evidence], None]] = {
    "events": _events,
    "subscriptions": _subscriptions,
    "customers": _customers,
    "messages": _messages,
    "responses": feedback.complete,
}
