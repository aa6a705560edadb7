"""What a program is told where there is no answer: problem details (RFC 9457) in the reader's language.

`what` was wrong, `where`, and the `remedy`, as the command line says them; a code for programs, and never a word of
what stands in the data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from stamm.app.retelling import retell
from stamm.lang.errors import CurrencyError, ScaleError, StammError, StoppedError, TooLittleError, UsageError
from stamm.lang.language import Language

#: code -> status and title
PROBLEMS: Mapping[str, tuple[int, str]] = {
    "bad_question": (400, "The question does not make sense"),
    "token_in_address": (400, "A token does not belong into an address"),
    "no_token": (401, "A token is missing"),
    "unknown_token": (401, "There is no such token, or it is revoked"),
    "wrong_scope": (403, "The token is not for this"),
    "no_such_place": (404, "There is nothing at this address"),
    "wrong_method": (405, "This address does not take that method"),
    "other_snapshot": (409, "The data have changed"),
    "not_one_sum": (422, "What must not be added up cannot be answered"),
    "too_many": (429, "The token has asked more than it may"),
    "fault": (500, "This is a fault in Stamm"),
    "busy": (503, "Too much is being asked just now"),
    "too_slow": (503, "The answer took too long"),
    "unusable": (503, "The data cannot be read just now"),
}
_OPTION = re.compile(r"--(?=[a-z])")


class Problem(Exception):  # noqa: N818 - an answer, not an error of ours
    """A question that is answered with a code instead of numbers; its sentences are English.

    Those of the layers below speak to somebody who types options; here these are parameters of the same names.
    """

    options = False

    def __init__(
        self, code: str, what: str, *, where: str = "", remedy: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(what)
        self.code, self.what, self.where, self.remedy = code, what, where, remedy
        self.status, self.title = PROBLEMS[code]
        self.retry_after = retry_after

    def told(self, say: Language) -> dict[str, object]:
        """Problem details in the reader's language."""
        content: dict[str, object] = {
            "type": f"urn:stamm:problem:{self.code}",
            "title": say(self.title),
            "status": self.status,
            "code": self.code,
            "detail": retell(self.what, say),
        }
        more = {"where": retell(self.where, say), "remedy": retell(self.remedy, say)}
        told = {name: _OPTION.sub("", text) if self.options else text for name, text in more.items() if text}
        return {**content, **told}


def problem_of(error: StammError) -> Problem:
    """What an error of the layers below means to a program."""
    if isinstance(error, UsageError | TooLittleError):  # other data, or other days, would do
        code = "bad_question"
    elif isinstance(error, CurrencyError | ScaleError):
        code = "not_one_sum"
    else:
        code = "too_slow" if isinstance(error, StoppedError) else "unusable"
    problem = Problem(code, error.what, where=error.where, remedy=error.remedy)
    problem.options = True
    return problem


def fault() -> Problem:
    """What is told of a failure of our own: nothing of what stood in the data, or was asked."""
    remedy = "Ask again; should it stay, report what was asked."
    return Problem("fault", "This is a fault in Stamm, not yours.", remedy=remedy)
