"""Every error the layers below can raise is told in German, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import stamm
from stamm.app.retelling import retell
from stamm.lang import errors
from stamm.lang.language import Language
from stamm.predictions import PREDICTIONS
from stamm.sources import SOURCES, cells, checking, moments
from stamm.sources.exports import Export
from stamm.sources.mapped import adding, filling, numbers, source
from stamm.sources.reading import flaws, objects, workbook_process

SOURCE = Path(stamm.__file__).parent
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.StammError)}
GERMAN = Language("de")
GUESS = "`stamm import --guess` proposes how to read it. Or name it after one of"
#: texts put together from parts, as they come out
COMPOSED = {
    "GapColumns: Gap.": ("Columns: id, total.", "Perhaps total? Columns: id, total."),
    "GapFamilies: Gap.": ("Families: churn.", "Did you mean churn? Families: churn, retention."),
    "Gap not sound, so nothing was taken in. GapGap.": (
        "1 row is not sound, so nothing was taken in. a.csv, line 3: amount is too large.",
        "12 rows are not sound, so nothing was taken in. a.csv, line 3: amount is too large; and 7 more.",
    ),
    "Columns found: Gap.Gap": ("Columns found: a, b.", "Columns found: a, b. Perhaps b?"),
    "The mapping says `Gap` for Gap, but Gap.": (
        "The mapping says `row` for order_id, but rows of a table have no order.",
        "The mapping says `through` for order_id, but no file lies beside a table.",
    ),
    "This prediction needs at least Gap Gap, and there are Gap.": tuple(
        f"This prediction needs at least 100 {gate.words.en}, and there are 7."
        for prediction in PREDICTIONS
        for gate in prediction.gates
    ),
    "Gap must be Gap.": ("heading must be a whole number.", "columns must be a list of names."),
    "There is no Gap Gap.": ("There is no rule 'colum'.", "There is no column of orders named 'custmer_id'."),
    "There is no Gap.": ("There is no section [shop].", "There is no setting 'lapse' in [customers]."),
    "Gap in [Gap] must be Gap.": (
        "lapse_days in [customers] must be a whole number.",
        "name in [organisation] must be a text in quotation marks.",
    ),
    "Gap by Gap; waited Gap seconds.": (
        "The data is being written by process 7; waited 5 seconds.",
        "Kept facts are being made by another process; waited 5 seconds.",
    ),
    "Gap Gap Gap missing.": ("The column order_id is missing.", "The columns order_id, ordered_at are missing."),
    "Columns found: Gap.Gap Rename or add what is missing in the heading.": (
        "Columns found: a, b. Rename or add what is missing in the heading.",
        "Columns found: a, b. Perhaps order_id? Rename or add what is missing in the heading.",
    ),
    f"{GUESS} Gap; more may follow a hyphen (orders-2024.csv).Gap": (
        f"{GUESS} orders, returns; more may follow a hyphen (orders-2024.csv).",
        f"{GUESS} orders, returns; more may follow a hyphen (orders-2024.csv). Perhaps orders.csv?",
    ),
}


def texts(node: ast.expr) -> Iterator[str]:
    """What a text can be, with a word in each gap; nothing for what only a run would tell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "Gap" for part in node.values)  # type: ignore[misc]
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def raised() -> Iterator[tuple[str, str]]:
    for file in sorted(SOURCE.rglob("*.py")):
        if "cli" in file.relative_to(SOURCE).parts:
            continue  # speaks the reader's language itself
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and (name in KINDS or name == "wrong"):
                given = node.args[: 2 if name == "wrong" else 1]  # `Place.wrong` of mappings takes the remedy second
                for part in [*given, *(word.value for word in node.keywords if word.arg == "remedy")]:
                    for text in texts(part):
                        yield f"{file.relative_to(SOURCE)}:{node.lineno}", text


def test_every_error_is_told_in_german() -> None:
    said = {text: place for place, text in raised() if text.strip("Gap.? ")}
    assert set(COMPOSED) <= set(said)
    composed = [text for examples in COMPOSED.values() for text in examples]
    plain = [text for text in said if text not in COMPOSED]
    english = [(said.get(text), text) for text in plain + composed if retell(text, GERMAN) == text]
    assert english == [], "write them into a file in lang/locale/de, with {0}, {1} ... in the gaps"


def test_the_scan_finds_errors() -> None:
    assert len(list(raised())) > 80


@pytest.mark.parametrize("module", [cells, checking, moments, adding, filling, numbers, source])
def test_every_reason_of_a_rejected_row_is_told_in_german(module) -> None:
    reasons = [
        value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.startswith(("is ", "has "))
    ]
    assert reasons
    assert [reason for reason in reasons if retell(f"amount {reason}", GERMAN) == f"amount {reason}"] == []


@pytest.mark.parametrize("module", [objects, flaws, workbook_process])
def test_every_flaw_of_a_cell_or_a_row_is_told_in_german(module) -> None:
    named = {name: value for name, value in vars(module).items() if name.isupper() and name[0] != "_"}
    reasons = [value for value in named.values() if isinstance(value, str)]
    told = [f"amount {text}" if text.startswith(("holds ", "is ", "stands ")) else text for text in reasons]
    assert told
    assert [text for text in told if retell(text, GERMAN) == text] == []


def faults() -> set[str]:
    """What can be wrong with a thing of somebody's export, as it is told: with the name of its column before it."""
    found = set()
    for file in (SOURCE / "sources").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FaultError":
                found |= set(texts(node.args[1]))
        if "exports" in file.parts or (file.parent / "recorded").is_dir():
            found |= {
                node.value.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
                and node.value.value.startswith(("is ", "are ", "has ", "holds "))
            }
    return found


def test_every_fault_of_an_export_is_told_in_german() -> None:
    assert len(faults()) > 10
    assert [fault for fault in faults() if retell(f"id {fault}", GERMAN) == f"id {fault}"] == []


def test_what_is_remarked_on_exports_is_told_in_german() -> None:
    remarks = [one for kind in SOURCES if issubclass(kind, Export) for some in kind.remarks_on.values() for one in some]
    assert remarks
    assert [remark for remark in remarks if retell(remark, GERMAN) == remark] == []


@pytest.mark.parametrize(
    ("told", "german"),
    [
        (
            "the row has 3 cells, the heading 4; quote cells that hold ';'",
            "die Zeile hat 3 Zellen, die Kopfzeile 4; setzen Sie Zellen in Anführungszeichen, die ';' enthalten",
        ),
        (
            'the quotes are wrong; inside quotes write a quote twice ("")',
            'die Anführungszeichen stimmen nicht; innerhalb schreiben Sie eines doppelt ("")',
        ),
        (
            "Price is not a number written with ',' before the decimals and nothing between thousands",
            "Price: keine Zahl mit ',' vor den Nachkommastellen und nichts zwischen den Tausendern",
        ),
        ("%Q is not known; known are %d, %m.", "%Q ist nicht bekannt; bekannt sind %d, %m."),
        ("Hours are %H, or %I together with %p.", "Stunden sind %H oder %I zusammen mit %p."),
        ("%d stands in it twice.", "%d steht zweimal darin."),
        ("%M needs %H too.", "%M braucht auch %H."),
        (
            'Write the name of a column, such as "Invoice", or a table such as { constant = "EUR" }.',
            'Schreiben Sie den Namen einer Spalte wie "Invoice" oder eine Tabelle wie { constant = "EUR" }.',
        ),
        ("Datum is not written as %d.%m.%Y", "Datum: nicht so geschrieben: %d.%m.%Y"),
        ("the columns are separated by ';'", "die Spalten sind durch ';' getrennt"),
        (
            "named alike in the heading, numbered here: a (1), a (2)",
            "in der Kopfzeile gleich benannt, hier nummeriert: a (1), a (2)",
        ),
    ],
)
def test_what_is_told_of_a_file_is_told_in_german(told: str, german: str) -> None:
    assert retell(told, GERMAN) == german


def test_what_stood_in_the_gaps_is_kept() -> None:
    text = "The window from 2018-01-01 to 2017-01-01 is empty or runs backwards."
    assert retell(text, GERMAN) == "Der Zeitraum von 2018-01-01 bis 2017-01-01 ist leer oder läuft rückwärts."
    assert retell(text, Language("en")) == text
    assert retell("Nobody ever wrote this.", GERMAN) == "Nobody ever wrote this."
    odd = 'traits is not a JSON object; write it as {"key": "value"}'
    assert retell(odd, GERMAN) == 'traits: kein JSON-Objekt; schreiben Sie es als {"schlüssel": "wert"}'


def test_a_choice_of_words_is_joined_in_german() -> None:
    assert retell("Did you mean revenue or visits or churn?", GERMAN) == "Meinten Sie revenue oder visits oder churn?"


#: stands in every gap of what an act was about: an address, and the name of a list
ANYTHING = "ben@example.csv"


def abouts() -> Iterator[tuple[str, str]]:
    """What acts are about, as far as it stands where the act is written down, or right before."""
    place_of = {"Act": 3, "acted": 2, "note": 1}
    for file in sorted(SOURCE.rglob("*.py")):
        written = file.read_text(encoding="utf-8")
        notes = "project.note(" in written
        if not notes and "Act(" not in written and "acted(" not in written:
            continue
        for node in ast.walk(ast.parse(written)):
            told = None
            if isinstance(node, ast.Call):
                place = place_of.get(getattr(node.func, "id", getattr(node.func, "attr", "")), 99)
                told = node.args[place] if len(node.args) > place else None
            elif notes and isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").startswith("about"):
                told = node.value
            for text in texts(told) if told is not None else ():
                yield f"{file.relative_to(SOURCE)}:{node.lineno}", text.replace("Gap", ANYTHING)


def test_what_an_act_was_about_is_told_in_german() -> None:
    said = {text: place for place, text in abouts() if re.search(r"[a-z]{2}", text.replace(ANYTHING, ""))}
    assert len(said) > 20
    assert [(place, text) for text, place in said.items() if retell(text, GERMAN) == text] == []
    assert retell("rows 5, superseded 0, arrived 1", GERMAN) == "Zeilen 5, überholte 0, Eingetroffenes 1"
