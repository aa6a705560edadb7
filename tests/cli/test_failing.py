"""Failures: one block, an exit code, no trace; help; screens wide, narrow, coloured and not; pipes that close."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.app.rounds import Delayed
from stamm.cli.group import Stamm
from stamm.cli.keeping import print_delayed
from stamm.cli.main import cli
from stamm.cli.session import Screen, begin
from stamm.lang.errors import StammError
from stamm.metrics import METRICS

NAMES = list(cli.found())


def stamm(*words: str, **environment: str) -> list[str]:
    """The command line as a process of its own; LANG and such as given."""
    return [sys.executable, "-m", "stamm.cli.main", *words]


def env(**more: str) -> dict[str, str]:
    search = os.pathsep.join(path for path in sys.path if path)
    return {**os.environ, "PYTHONPATH": search, "LANG": "C.UTF-8", "LC_ALL": "", **more}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", NAMES)
def test_every_help_teaches(run, name, language) -> None:
    result = run(name, "--help", "--language", language)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].strip()
    titles = ("Examples:", "Everywhere:", "Usage:") if language == "en" else ("Beispiele:", "Überall:", "Aufruf:")
    for title in titles:
        assert any(line.startswith(title) for line in lines), title
    assert sum(line.strip().startswith("stamm ") for line in lines) >= 2
    assert all(len(line) <= 110 for line in lines)


def test_the_help_lists_all_commands(run) -> None:
    expected = {"init", "import", "metric", "explain", "compare", "check", "doctor", "report"}
    assert expected <= set(NAMES)
    for words in ((), ("--help",)):
        result = run(*words)
        assert result.exit_code == 0
        assert all(f"  {name} " in result.stdout for name in NAMES)


@pytest.mark.parametrize(
    ("words", "english", "german"),
    [
        (("metrik",), "There is no command 'metrik'. | Did you mean metric?", "Es gibt keinen Befehl 'metrik'."),
        (("metric", "--grian", "day"), "There is no option --grian. | --grain", "Es gibt keine Option --grian."),
        (("metric", "revenue", "--window"), "--window needs a value.", "--window braucht einen Wert."),
        (("explain", "--language", "fr"), "Choose one of en, de.", ""),
        (("metric", "revenuu"), "There is no metric named 'revenuu'.", "Es gibt keine Kennzahl namens 'revenuu'."),
        (("metric", "revenue", "--by"), "--by needs a value.", "--by braucht einen Wert."),
        (
            ("serve", "--port", "99999"),
            "--port: 99999 is not in the range 0<=x<=65535.",
            "--port: 99999 liegt nicht im Bereich 0<=x<=65535.",
        ),
        (
            ("serve", "--port", "web"),
            "--port: 'web' is not a valid integer",
            "--port: 'web' ist keine ganze Zahl.",
        ),
    ],
)
def test_a_line_that_makes_no_sense(run, words, english, german) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    for said in english.split(" | "):
        assert said in result.stderr
    if german:
        told = (
            run(*words, "--language", "de")
            if words[-1] not in ("--window", "--by")
            else run("--language", "de", *words)
        )
        assert told.exit_code == 2
        assert german in told.stderr
        assert told.stderr.startswith("Fehler: ")


def test_every_kind_of_error_has_its_own_code() -> None:
    codes = [kind.exit_code for kind in StammError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert not {0, 1} & set(codes)


def test_a_fault_of_the_program_is_told_and_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("the gears")

    monkeypatch.setattr(type(METRICS), "__getitem__", broken)
    result = CliRunner().invoke(cli, ["explain", "revenue"])
    assert result.exit_code == 70
    assert "fault in Stamm" in result.stderr
    assert "KeyError" in result.stderr
    assert "Traceback" not in result.stderr
    again = CliRunner().invoke(cli, ["explain", "revenue", "--debug"])
    assert again.exit_code == 70
    assert "Traceback" in again.stderr
    assert "broken" in again.stderr


def test_stopping_it_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Stamm, "invoke", stopped)
    result = CliRunner().invoke(cli, ["explain"])
    assert result.exit_code == 130
    assert "Nothing was left half done" in result.stderr


def test_the_language_comes_from_the_option_the_project_or_the_environment(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("init", ".")
    file = tmp_path / "stamm.toml"
    assert "Befehle:" not in run("--help").stdout
    monkeypatch.setenv("LANG", "de_AT.UTF-8")
    assert "Befehle:" in run("--help").stdout
    file.write_text(file.read_text(encoding="utf-8").replace('language = ""', 'language = "en"'), encoding="utf-8")
    assert "Commands:" in run("--help").stdout
    assert "Befehle:" in run("--language", "de", "--help").stdout
    assert "Befehle:" in run("--help", "--language=de").stdout
    file.write_text("not toml at all [", encoding="utf-8")
    assert "Befehle:" in run("--help").stdout


def test_a_reader_that_stops_reading_is_no_failure() -> None:
    words = stamm("explain", "customer_lifetime_value")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""
    assert process.returncode == 141


def test_in_a_pipe_there_is_no_colour_and_no_folding() -> None:
    ended = subprocess.run(stamm("explain"), capture_output=True, env=env(TERM="xterm-256color"), check=False)
    assert ended.returncode == 0
    assert b"\x1b" not in ended.stdout
    assert ended.stderr == b""


def screen(monkeypatch: pytest.MonkeyPatch, width: int, **environment: str) -> Screen:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Screen()


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    for wish, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        made = screen(monkeypatch, 80, **wish)
        with made.capture() as captured:
            made.print("bad", style="bad")
        assert ("\x1b[31m" in captured.get()) is coloured


def test_a_narrow_screen_folds_and_loses_nothing(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = run("explain", "customer_churn_rate").stdout.splitlines()
    assert "churn_rate_all_leavers" in lines
    sentence = METRICS["churn_rate_all_leavers"].sentence().split()
    place = lines.index("churn_rate_all_leavers") + 1
    assert " ".join(lines[place : place + 4]).split()[: len(sentence)] == sentence
    assert all(len(line) <= 40 for line in lines[place : place + 4])


def test_no_cell_and_no_name_steers_the_terminal(run, shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "b\x1b[31m.csv"
    lines = "".join(f"\x1b]0;t\x07{n},k{n % 3},2024-01-{n:02d},1.5{n % 10}\n" for n in range(10, 20))
    file.write_text("order_id,customer_id,ordered_at,amount\n" + lines)
    shown = run("import", "--guess", file, "--project", shop)
    assert shown.exit_code == 0, shown.output
    assert "\ufffd]0;t10 " in shown.output
    refused = run("import", file, "--project", shop)
    for output in (shown.output, refused.output):
        assert not set(output) & {"\x1b", "\x07"}


def test_what_delays_the_worker_is_told_with_place_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    error = PermissionError(13, "Permission denied", "shop/lake/orders")
    print_delayed(Delayed(error), begin(("--language", "en")))
    assert capsys.readouterr().err == (
        "It is tried again shortly: shop/lake/orders: Permission denied. Check that the place exists, may be "
        "written to, and has space left (`stamm doctor`).\n"
    )
