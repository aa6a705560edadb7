"""What holds for every test run: what fails is named at once; what was not run is named, and in CI that is a failure.

Hypothesis sets no time limit per example (a busy machine is no bug), and in CI it draws the same examples
every time, so that a change is judged by itself and not by luck; elsewhere it goes on looking for new ones.
"""

import os
import sys

import pytest
from hypothesis import settings

IN_CI = bool(os.environ.get("CI"))

settings.register_profile("house", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("house")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name what fails at once: whoever has to stop a run, or reads what is left of one, knows it."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        crash = getattr(report.longrepr, "reprcrash", None)
        why = f"\n{crash.path}:{crash.lineno}: {crash.message[:600]}" if crash else ""
        sys.stdout.write(f"\nFAILED {report.nodeid} ({report.when}, {report.duration:.1f} s){why}\n")
        sys.stdout.flush()


def _not_run(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return [f"{report.nodeid}: {report.longrepr[2]}" for report in skipped]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if IN_CI and _not_run(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not_run := _not_run(config):
        terminalreporter.section("not run" + (": in CI every test has to run" if IN_CI else ""), red=IN_CI)
        for line in not_run:
            terminalreporter.line(line)
