"""A worker that is killed at any step: every acknowledged message becomes facts exactly once."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from stamm.app.project import Project
from stamm.store.log import Counters
from tests.projecting.dying import project_until
from tests.projecting.shops import arrive, message, project_all, rows, shop, track
from tests.thorough import THOROUGH

SPAWN = multiprocessing.get_context("spawn")
SAID = [
    message("page", 1, anonymousId="phone"),
    track("Order Completed", 2, user="anna-before", order_id="o1", subtotal=20, products=[{"sku": "a", "price": 20}]),
    track("Order Completed", 3, user="anna", order_id="o2"),  # costs nobody knows what
    message("identify", 4, anonymousId="phone", userId="anna", traits={"country": "DE"}),
    message("alias", 5, previousId="anna-before", userId="anna"),
    track("Email Opened", 9, email_id="e1"),
    track("Order Cancelled", 7, order_id="o1"),
    message("page", 8),  # of nobody
    track("Email Opened", 6, email_id="e1"),
    track("clicked", 10, user="anna-before"),
]


def seen(project: Project) -> dict[str, Any]:
    """All that the lake and the log tell."""
    log = project.log()
    try:
        told = {"counters": log.counters()["web"], "failed": [one.entry.reason for one in log.failures()]}
        assert log.read() == []
    finally:
        log.close()
    return {
        **told,
        "events": rows(project, "events", "event_id", "customer_id", "anonymous_id", "happened_at"),
        "orders": rows(project, "orders", "order_id", "customer_id", "amount_minor", "cancelled_at"),
        "order_lines": rows(project, "order_lines", "order_id", "line_id", "customer_id"),
        "links": rows(project, "links", "anonymous_id", "customer_id", "linked_at"),
        "customers": rows(project, "customers", "customer_id", "valid_from", "country"),
        "messages": rows(project, "messages", "message_id", "opened_at"),
    }


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in whose log all messages wait."""
    directory = tmp_path_factory.mktemp("arrived") / "shop"
    arrive(shop(directory), SAID)
    return directory


def killed_at(step: int, arrived: Path, tmp_path: Path, most: int) -> bool:
    """Whether there was such a step in commits of so many messages; after it, all is as if nobody had been killed."""
    directory, told = tmp_path / f"at {step}", tmp_path / f"told {step}"
    shutil.copytree(arrived, directory)
    process = SPAWN.Process(target=project_until, args=(str(directory), step, str(told), most))
    process.start()
    process.join(120)
    assert process.exitcode == (0 if told.exists() else -signal.SIGKILL)
    project = Project.open(directory)
    project_all(project)
    found = seen(project)
    assert found["counters"] == Counters(received=10, accepted=8, failed=2)
    assert sorted(found["failed"]) == ["missing:subtotal", "no_customer:userId"]
    assert found["events"] == [("web/m1", None, "phone", "09:01"), ("web/m10", "anna", None, "09:10")]
    assert found["orders"] == [("o1", "anna", 2000, "09:07")]
    assert found["order_lines"] == [("o1", "a", "anna")]
    assert found["links"] == [("anna-before", "anna", "09:05"), ("customer:anna-before", "anna", "09:05"),
                              ("phone", "anna", "09:04")]  # fmt: skip
    assert found["customers"] == [("anna", "09:04", "DE")]
    assert found["messages"] == [("e1/anna", "09:06")]
    return not told.exists()


def test_killed_at_a_step(arrived: Path, tmp_path: Path) -> None:
    assert killed_at(30, arrived, tmp_path, most=4)


@pytest.mark.long
def test_killed_at_every_step(arrived: Path, tmp_path: Path) -> None:
    step = 1
    while killed_at(step, arrived, tmp_path, most=10):
        step += 1 if THOROUGH else 3
    assert step > 40
