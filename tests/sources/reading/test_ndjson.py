"""JSON as rows."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.sources.reading import Reading, ndjson, open_rows
from stamm.sources.reading.flaws import NUL
from stamm.sources.reading.ndjson import Ndjson
from stamm.sources.reading.objects import (
    DOUBLED,
    NAME_DOUBLED,
    NO_JSON,
    NO_NUMBER,
    NO_OBJECT,
    NO_TEXT,
    OBJECT_TOO_DEEP,
)
from stamm.sources.reading.packing import open_bytes
from tests.sources.reading.whole import Whole, read, refusal, take, written


def lines(folder: Path, *texts: str) -> Path:
    return written(folder, "".join(f"{text}\n" for text in texts).encode("utf-8", "surrogatepass"), "any.ndjson")


def in_blocks(path: Path, block: int) -> Whole:
    return take(Ndjson(lambda: open_bytes(path), Reading(), path.name, 0, block=block))


def test_an_object_a_line(tmp_path: Path) -> None:
    whole = read(lines(tmp_path, '{"id": "a", "n": 12.30}', "", ' {"n": 1, "late": true} '))
    assert whole.names == ("id", "n", "late")
    assert whole.rows == [(1, {"id": "a", "n": "12.30"}), (3, {"n": "1", "late": "true"})]
    assert whole.native == {(1, "n"), (3, "n"), (3, "late")}


@pytest.mark.parametrize("ending", ["\r\n", "\n\n", "\n \n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_encodings(tmp_path: Path, ending: str, encoding: str) -> None:
    path = written(tmp_path, ending.join(['{"a": "ü"}', '{"a": 2}']).encode(encoding), "any.jsonl")
    assert read(path).cells == [{"a": "ü"}, {"a": "2"}]


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        ("12.30", "12.30"),
        ("0.1", "0.1"),
        ("-0", "-0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.1234567890123456789", "0.1234567890123456789"),
        ("1.5e3", "1500"),
        ("1.50E-2", "0.0150"),
        ("1e400", "1e400"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_numbers_are_kept_exactly(tmp_path: Path, number: str, cell: str) -> None:
    assert read(lines(tmp_path, f'{{"n": {number}}}')).cells == [{"n": cell}]


def test_text_that_looks_like_a_number_stays_text(tmp_path: Path) -> None:
    whole = read(lines(tmp_path, '{"n": "1e3"}', '{"n": 1e3}'))
    assert whole.cells == [{"n": "1e3"}, {"n": "1000"}]
    assert whole.native == {(2, "n")}


def test_objects_in_objects(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        '{"id": 1, "at": {"day": "Mo", "clock": {"h": 9.0}}, "tags": ["a", 1.50, null, {"b": true}], "none": null}',
        '{"id": 2, "at": "later", "tags": []}',
    )
    whole = read(path)
    assert whole.names == ("id", "at", "tags", "none", "at.day", "at.clock", "at.clock.h")
    assert whole.cells == [
        {
            "id": "1",
            "at": '{"day": "Mo", "clock": {"h": 9.0}}',
            "at.day": "Mo",
            "at.clock": '{"h": 9.0}',
            "at.clock.h": "9.0",
            "tags": '["a", 1.50, null, {"b": true}]',
        },
        {"id": "2", "at": "later", "tags": "[]"},
    ]
    with open_rows(path) as rows:
        assert rows.inner == {"at.day", "at.clock", "at.clock.h"}
    assert read(path, columns=["at.clock.h"]).cells == [{"at.clock.h": "9.0"}, {}]


def test_a_column_that_comes_late_is_not_lost(tmp_path: Path) -> None:
    path = lines(tmp_path, *['{"a": 1}'] * 5000, '{"b": {"c": 2}}')
    whole = in_blocks(path, 100)
    assert whole.names == ("a", "b", "b.c")
    assert whole.rows[-1] == (5001, {"b": '{"c": 2}', "b.c": "2"})


def test_pieces_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lines(tmp_path, *['{"a": 1, "b": 2}'] * 1000)
    monkeypatch.setattr(ndjson, "CELLS", 100)
    assert read(path).pieces == 20
    monkeypatch.setattr(ndjson, "BLOCK", 160)
    assert read(path, columns=["a"]).pieces == 100
    assert read(path, columns=[]).rows[-1] == (1000, {})


def test_names_are_made_distinct(tmp_path: Path) -> None:
    whole = read(lines(tmp_path, '{" a": 1, "a": 2, "": 3, "b.c": 4, "b": {"d": 5}}'))
    assert whole.cells == [{"a (1)": "1", "a (2)": "2", "column 3": "3", "b.c": "4", "b": '{"d": 5}', "b.d": "5"}]


# -- what is wrong -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", NO_JSON),
        ('{"a": 1', NO_JSON),
        ('{"a": 1}}', NO_JSON),
        ('{"a": 1} {"a": 2}', NO_JSON),
        ("{'a': 1}", NO_JSON),
        ('{"a": "x\0"}', NO_JSON),
        ('{"a": 01}', NO_JSON),
        ("1", NO_OBJECT),
        ('"a"', NO_OBJECT),
        ("null", NO_OBJECT),
        ("NaN", NO_OBJECT),
        ('{"a": 1, "a": 2}', NAME_DOUBLED),
        ("[" * 100_000, OBJECT_TOO_DEEP),
    ],
)
def test_lines_that_are_no_rows_are_set_aside(tmp_path: Path, line: str, reason: str) -> None:
    whole = read(lines(tmp_path, '{"a": 1}', line, '{"a": 3}'))
    assert whole.rows == [(1, {"a": "1"}), (3, {"a": "3"})]
    assert [(one.line, one.column, one.reason) for one in whole.rejects] == [(2, "", reason)]
    assert whole.rejects[0].value == line[:200]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("NaN", NO_NUMBER),
        ("-Infinity", NO_NUMBER),
        ('"\\ud83d"', NO_TEXT),
        ('["\\udc00"]', NO_TEXT),
        ('"a\\u0000b"', NUL),
        ("[NaN]", NO_NUMBER),
        ('{"x": {"y": 1, "y": 2}}', DOUBLED),
    ],
)
def test_cells_that_are_wrong_are_told_with_their_column(tmp_path: Path, cell: str, reason: str) -> None:
    path = lines(tmp_path, '{"id": 1, "b": "x"}', f'{{"id": 2, "b": {cell}}}')
    whole = read(path)
    assert whole.rows[1][1]["id"] == "2"
    assert "b" not in whole.rows[1][1]
    assert (2, "b", reason) in whole.flaws
    assert whole.rejects == []
    assert read(path, columns=["id"]).flaws == [], "what nobody asks for does no harm"


def test_one_name_with_two_values(tmp_path: Path) -> None:
    whole = read(lines(tmp_path, '{"a.b": 1, "a": {"b": 2}}'))
    assert whole.flaws == [(1, "a.b", DOUBLED)]


def test_a_pair_of_halves_is_a_character(tmp_path: Path) -> None:
    assert read(lines(tmp_path, '{"a": "\\ud83d\\ude00"}')).cells == [{"a": "😀"}]


def test_names_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    assert read(lines(tmp_path, '{"\\ud83d": 1, "a\\u0000": 2, "b": 3}')).cells == [{"b": "3"}]


def test_very_deep_objects_stand_as_json_from_some_depth_on(tmp_path: Path) -> None:
    whole = read(lines(tmp_path, '{"a": ' * 400 + "1" + "}" * 400))
    assert len(whole.names) == 21
    assert str(whole.cells[0][whole.names[-1]]).count("{") == 379


def test_ids_used_as_names_are_refused(tmp_path: Path) -> None:
    path = lines(tmp_path, *(f'{{"{number}": 1}}' for number in range(20_000)))
    assert refusal(path) == (
        "any.ndjson, line 16385: The objects have more than 16,384 names in all. "
        "Look whether ids are used as names; write them as values instead."
    )


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_nothing(tmp_path: Path, content: str) -> None:
    told = "Write one object on each line, or an array of objects."
    assert refusal(written(tmp_path, content, "any.json")) == f"any.json: The file is empty. {told}"


def test_one_object_over_many_lines_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"data": [{"a": 1}]}, indent=2), "any.json")
    assert refusal(path) == (
        "any.json: The file holds no JSON object that could be a row. "
        "Write one object on each line, or an array of objects."
    )


def test_an_object_of_nothing_is_a_row_of_nothing(tmp_path: Path) -> None:
    assert read(lines(tmp_path, "{}")).rows == [(1, {})]


# -- arrays --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("block", [1, 10, 1 << 20])
def test_an_array_of_objects(tmp_path: Path, indent: int | None, block: int) -> None:
    words = [str(number) + 'ü]}},{["' for number in range(50)]
    rows = [{"a": number, "b": {"c": word}} for number, word in enumerate(words)]
    text = "\n " + json.dumps(rows, indent=indent, ensure_ascii=False) + "\n"
    whole = in_blocks(written(tmp_path, text, "any.json"), block)
    assert [cells["b.c"] for cells in whole.cells] == words
    assert [line for line, _ in whole.rows] == [3 + 6 * number if indent else 2 for number in range(50)]


def test_an_array_of_other_things(tmp_path: Path) -> None:
    whole = in_blocks(written(tmp_path, '[\n{"a": 1},\n12,\n"x",\nnull, {"a": 2}]', "any.json"), 4)
    assert whole.rows == [(2, {"a": "1"}), (5, {"a": "2"})]
    assert [(one.line, one.value, one.reason) for one in whole.rejects] == [
        (3, "12", NO_OBJECT),
        (4, '"x"', NO_OBJECT),
        (5, "null", NO_OBJECT),
    ]


@pytest.mark.parametrize("block", [1, 5, 6, 7])
def test_a_number_is_not_cut_where_a_block_ends(tmp_path: Path, block: int) -> None:
    whole = in_blocks(written(tmp_path, '[1234567, {"a": 1}]', "any.json"), block)
    assert (whole.cells, [one.value for one in whole.rejects]) == ([{"a": "1"}], ["1234567"])


@pytest.mark.parametrize(
    "text",
    ['[{"a": 1}\n', '[{"a": 1}\n{"a": 2}]', '[{"a": 1},\n]', '[{"a": 1}]\nx', '[{"a": 1}\n, {"a": }]', '[{"a": 1},\n['],
)
def test_an_array_that_breaks_off_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(written(tmp_path, text, "any.json")) == (
        "any.json, line 2: The array is not sound JSON from here on. "
        "Correct it; or write one object on each line, then a bad one does no harm to the others."
    )


def test_an_empty_array(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "[]", "any.json")).startswith("any.json: The file is empty.")


# -- what is written is read ---------------------------------------------------------------------------------
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=6)
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
OBJECTS = st.lists(st.dictionaries(st.sampled_from(["a", "b", "ü"]), VALUES, min_size=1), min_size=1, max_size=20)


@given(OBJECTS, st.booleans(), st.booleans(), st.sampled_from([1, 20, 1 << 20]))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, object]], ascii_: bool, array: bool, block: int
) -> None:
    texts = [json.dumps(one, ensure_ascii=ascii_) for one in objects]
    text = "[" + ",\n".join(texts) + "]" if array else "\n".join(texts)
    whole = in_blocks(written(tmp_path_factory.getbasetemp(), text, "any.json"), block)
    assert (whole.rejects, whole.flaws) == ([], [])
    for (line, cells), one in zip(whole.rows, objects, strict=True):
        kept = {name: value for name, value in one.items() if value is not None}
        assert set(cells) == set(kept)
        for name, value in kept.items():
            own = not isinstance(value, str)
            assert ((line, name) in whole.native) == own
            found = json.loads(str(cells[name])) if own else cells[name]
            assert (float(found) if isinstance(value, float) else found) == value
