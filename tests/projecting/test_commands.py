"""`stamm work`, `failed` and `identity` as a person sees them, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.app.project import Project
from stamm.cli.main import cli
from tests.projecting.shops import arrive, message, shop, track


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = shop(tmp_path / "shop")
    arrive(
        project,
        [
            track("Order Completed", 1, order_id="o1", subtotal=12.5),
            track("Order Completed", 2, order_id="o2", subtotal="12,5"),
            message("alias", 3, previousId="guest", userId="anna"),
        ],
    )
    return project


def told(project: Project, *words: str) -> str:
    result = CliRunner().invoke(cli, ["--project", str(project.directory), *words], prog_name="stamm")
    return result.output


def test_from_a_message_to_a_number(project: Project) -> None:
    assert told(project, "work", "--once").splitlines()[:2] == [
        "Messages taken in: 2; facts: 3; snapshot 2.",
        "Messages that are no facts: 1; `stamm failed` says why.",
    ]
    number = told(project, "metric", "gross_revenue", "--from", "2024-02-01", "--to", "2024-02-02", "--format", "csv")
    assert number.splitlines()[1].split(",")[2] == "1250"
    assert told(project, "work", "--once").startswith("Current as of snapshot 2.")


def test_what_failed(project: Project) -> None:
    assert told(project, "failed").splitlines()[2].split() == ["web", "3", "3", "0", "0"]
    told(project, "work", "--once")
    lines = told(project, "failed").splitlines()
    assert lines[2].split() == ["web", "3", "2", "0", "1"]
    assert "subtotal is not a number" in lines[-1]
    german = told(project, "--language", "de", "failed")
    assert "subtotal ist keine Zahl" in german
    assert "12,5" not in german
    assert '"subtotal": "12,5"' in told(project, "failed", "show", "1")
    assert "Still no facts: 1 (subtotal is not a number)." in told(project, "failed", "replay")
    assert "Put back" not in told(project, "failed", "replay")
    assert "There is no failed message 7." in told(project, "failed", "show", "7")


def test_without_a_log_nothing_was_received(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    assert told(project, "--language", "de", "failed") == "Bisher wurde nichts empfangen.\n"
    assert not project.log_file.exists()


def test_where_nothing_failed_nothing_is_read_again(tmp_path: Path) -> None:
    project = shop(tmp_path / "shop")
    arrive(project, [message("identify", 1, anonymousId="phone", userId="anna")])
    told(project, "work", "--once")
    assert told(project, "failed", "replay") == "No message has failed, so there is nothing to read again.\n"
    german = told(project, "--language", "de", "identity", "unmerge", "phone")
    assert german.startswith("Zurückgenommen, was sagte, wem das Gerät phone gehört.")


def test_who_is_who(project: Project) -> None:
    told(project, "work", "--once")
    assert "takes no numbers" in told(project, "failed", "list", "3")
    assert told(project, "identity", "show", "guest").startswith("guest is the customer anna.\n")
    assert "guest ist der Kunde anna." in told(project, "--language", "de", "identity", "show", "guest")
    assert "takes two ids" in told(project, "identity", "merge", "anna")
    assert "takes a former id or a device" in told(project, "identity", "unmerge")
    assert "takes one id, or none" in told(project, "identity", "show", "anna", "guest")
    assert told(project, "identity", "unmerge", "guest").startswith("Rows that are")  # a customer's, and no device
    assert told(project, "identity", "show").startswith("No customers were merged.\n")
