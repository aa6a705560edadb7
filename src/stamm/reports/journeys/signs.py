"""Signs of life as people say them: page:/cart is the page /cart."""

from __future__ import annotations

from collections import Counter

from stamm.analyses.signs import ACTIVITY, ANY, EVENT, ORDER, PAGE, PLAIN, VISIT, Sign
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language

#: so many pages that begin alike may better be one step
ALIKE = 4


def sign_words(sign: Sign, say: Language) -> str:
    """What somebody did, as the name of a step."""
    if not sign.name:
        return kind_words(say)[sign.kind]
    if sign.kind == PAGE and sign.name.endswith(ANY):
        return say("Page beginning with {path}", path=sign.name.removesuffix(ANY))
    named = {PAGE: say("Page {name}"), "screen": say("Screen {name}"), "track": say("Action {name}")}
    return named.get(sign.kind, say("Event {name}")).format(name=sign.name)


def names_by_kind(answer: TableAnswer) -> dict[str, list[str]]:
    """What people do, by its kind; paths that several begin with first, as they are taken together."""
    found: dict[str, list[str]] = {}
    for deed in answer.rows:
        if deed.times is not None:
            found.setdefault(deed.kind, []).append(deed.name)
    pages = found.get(PAGE, [])
    begins = Counter(page[: page.index("/", 1) + 1] for page in pages if "/" in page[1:])
    alike = [f"{first}{ANY}" for first, count in begins.most_common() if count >= ALIKE and first.startswith("/")]
    return {**found, **({PAGE: [*alike, *pages]} if pages else {})}


def kind_words(say: Language) -> dict[str, str]:
    """The kinds of signs, in the order of a list to choose from."""
    words = {
        ORDER: say("Order"),
        VISIT: say("Visit"),
        PAGE: say("Page"),
        "track": say("Action"),
        "screen": say("Screen"),
        EVENT: say("Any event"),
        ACTIVITY: say("Any event or order"),
    }
    return {kind: words[kind] for kind in words if kind in PLAIN}
