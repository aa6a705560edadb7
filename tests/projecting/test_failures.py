"""What is no fact is kept as it came, and becomes one after a fix; nothing is lost or counted twice."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from stamm.app.failures import Failures, Reread
from stamm.app.project import Project
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.sources.segment.problem import MEANINGS
from stamm.store.log import Counters, Entry
from tests.projecting.shops import NOON, arrive, message, project_all, rows, track


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A shop whose settings say that it takes yen, which is wrong."""
    project = Project.create(tmp_path / "shop", Organisation(currency="JPY"))
    arrive(
        project,
        [
            track("Order Completed", 1, order_id="o1", subtotal=12.5),
            track("Order Completed", 2, order_id="o2", subtotal=5),
            track("Order Completed", 3, order_id="o3"),
            message("page", 4),
        ],
    )
    project_all(project)
    return project


def test_received_is_accepted_and_duplicate_and_failed(project: Project) -> None:
    arrive(project, [track("Order Completed", 2, order_id="o2", subtotal=5)], first=2)
    with closing(project.log()) as log:
        failures = Failures(project, log)
        seen = failures.counters()["web"]
        assert seen == Counters(received=5, accepted=1, duplicate=1, failed=3)
        assert [failed.entry.reason for failed in failures.all()] == [
            "too_fine:subtotal", "missing:subtotal", "no_customer:userId",
        ]  # fmt: skip


def test_after_a_fix_it_becomes_a_fact_once(project: Project) -> None:
    project = project.rewrite(replace(project.organisation, currency="EUR"))
    for wanted in (Reread(1, 0, (("missing:subtotal", 1), ("no_customer:userId", 1))),
                   Reread(0, 0, (("missing:subtotal", 1), ("no_customer:userId", 1)))):  # fmt: skip
        with closing(project.log()) as log:
            assert Failures(project, log).read_again() == wanted
        project_all(project)
        assert rows(project, "orders", "order_id", "amount_minor") == [("o1", 1250), ("o2", 5)]
    with closing(project.log()) as log:
        assert log.counters()["web"] == Counters(received=4, accepted=2, failed=2)


def test_some_are_read_again_by_their_numbers(project: Project) -> None:
    project = project.rewrite(replace(project.organisation, currency="EUR"))
    with closing(project.log()) as log:
        failures = Failures(project, log)
        numbers = [failed.number for failed in failures.all()]
        assert failures.read_again(numbers[1:2]) == Reread(still=(("missing:subtotal", 1),))
        assert failures.read_again(numbers[:1]) == Reread(put_back=1)
        with pytest.raises(UsageError, match="There is no failed message"):
            failures.one(numbers[0])


def test_what_has_no_id_stays(project: Project) -> None:
    with closing(project.log()) as log:
        log.append([Entry("web", "", b'{"type":"page","userId":"anna"}', NOON, reason="no_id")])
        assert ("no_id", 1) in Failures(project, log).read_again().still


def test_every_reason_is_told_in_german() -> None:
    german = Language("de")
    assert [meaning for meaning in MEANINGS.values() if german(meaning) == meaning] == []
