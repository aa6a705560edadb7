"""What an address asks of a prediction: the prediction itself, how far to trust it, or how kept ones came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, QueryDict

from stamm.analyses import Analysis
from stamm.answers.reach import covered, kinds_needed
from stamm.answers.table import TableAnswer
from stamm.facts.predictions import CHURN, CONTRACT
from stamm.lang.definition import written
from stamm.lang.errors import TooLittleError
from stamm.predictions import PREDICTIONS, Prediction
from stamm.predictions.checked import Checked
from stamm.predictions.kind import NOTHING_KNOWN
from stamm.predictions.report import Enough, Report
from stamm.web.desk import Opened

#: what can be asked about a prediction
SIDES: Mapping[str, type[Report | Checked]] = {"report": Report, "check": Checked, "enough": Enough}


def risk_by(opened: Opened) -> str:
    """Whose word on who leaves is usually asked: subscribers' whose subscription makes them customers, else buyers'."""
    rule, coverage = opened.project.organisation.spell_rule, opened.answers.world.coverage
    subscribe = rule == "subscriptions" or "orders" not in coverage
    return CONTRACT if subscribe and "subscriptions" in coverage else CHURN


@dataclass(frozen=True)
class Foretelling:
    """A question of one prediction, or about it; it names what is kept of the answer."""

    key: str
    #: one of `SIDES`, or empty for the prediction itself
    side: str = ""
    settings: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, key: str, given: QueryDict, side: str = "") -> Foretelling:
        """As an address says it; raises Http404 for what there is not, UsageError for settings that it cannot have."""
        if key not in PREDICTIONS or side not in ("", *SIDES):
            raise Http404
        declared = PREDICTIONS[key].settings_declared()
        said = given.dict()
        settings = {name: said[name] for name in said if name in declared and str(said[name]).strip()}
        found = cls(key, side, tuple(settings.items()))
        if side and not found.prediction.checks:
            raise Http404
        return found

    @property
    def prediction(self) -> Prediction:
        """The prediction with its settings; raises UsageError for those that it cannot have."""
        return PREDICTIONS[self.key](**dict(self.settings))

    @property
    def asked(self) -> Analysis:
        """What is asked."""
        return SIDES[self.side](self.prediction) if self.side else self.prediction

    def answer(self, opened: Opened) -> TableAnswer:
        """The answer, made once of a snapshot; raises TooLittleError where the data do not suffice."""
        return opened.kept(("prediction", self), self.made)

    def made(self, opened: Opened) -> TableAnswer:
        """The answer, asked for now; raises as `answer` does."""
        world, asked = opened.answers.world, self.asked
        days = covered(world, kinds_needed(asked, world))
        if days is None:
            raise TooLittleError(NOTHING_KNOWN[self.prediction.facts()[0]], remedy="Bring some in with `stamm import`.")
        return opened.answers.analyse(asked, days)

    def address(self) -> str:
        """What leads back to it, behind the question mark."""
        return urlencode({name: written(value) for name, value in self.settings})
