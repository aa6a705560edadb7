"""Whatever bytes stand in a file: rows and rejects that add up, or a refusal; never anything else."""

import csv
import io
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stamm.facts import imported
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources.files import Csv, Parquet
from stamm.sources.reading import Reading
from stamm.sources.reading.delimited import Delimited
from stamm.sources.reading.packing import open_bytes
from tests.sources.reading.whole import read, written

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
HEADINGS = (
    "event_id,customer_id,happened_at,kind,value,currency,properties",
    "event_id,happened_at,kind,anonymous_id,received_at,simulated",
)
CELLS = st.sampled_from(
    [
        "", " ", "1", "a", "2024-02-10", "2024-03-31T02:30:00", "2024-02-10T14:30:00.5+01:00", "9999-12-31", "page",
        "PAGE", "click", "12.30", "12.345", "-1", "1e999", "99999999999999999999", "EUR", "JPY", "eur", "EURO", "{}",
        '"{""a"": 1}"', "[1]", "true", "ü", "\0", '"', '""', '"a', 'a"b', '"a"b', '"a\nb"', '"a\r\nb"', "\r", "\ufeff",
        "'", "\u2028", "x" * 300,
    ]
)  # fmt: skip
LINES = st.lists(CELLS | st.text(max_size=5), min_size=1, max_size=8).map(",".join)
ENDINGS = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])
TEXTS = st.builds(
    lambda head, lines, ends: head + "\n" + "".join(line + end for line, end in zip(lines, ends, strict=False)),
    st.sampled_from([*HEADINGS, "a,b", "a", '"a","b\n2"']),
    st.lists(LINES, max_size=12),
    st.lists(ENDINGS, min_size=12, max_size=12),
)
BYTES = TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=200)

Found = tuple[list[str], list[tuple[int, tuple[str, ...]]], list[tuple[int, str]]] | str


def raw(path: Path, block: int, *, plain: bool) -> Found:
    """The heading, the rows with their lines and the rejects; or the words of the refusal."""
    heading: list[str] = []
    rows: list[tuple[int, tuple[str, ...]]] = []
    rejects: list[tuple[int, str]] = []
    try:
        with open_bytes(path) as stream:
            found = Delimited(stream, Reading(delimiter=","), 0, block=block, plain=plain)
            heading.extend(found.heading)
            for piece in found.chunks():
                cells = [piece.raw.columns[name].to_pylist() for name in found.names]
                rows += zip(piece.raw.lines.tolist(), zip(*cells, strict=True), strict=True)
                rejects += [(reject.line, reject.value) for reject in piece.rejects]
    except InputError as error:
        return str(error)
    return heading, rows, rejects


@given(TEXTS, st.sampled_from([1, 7, 64, 1 << 20]))
@example("a,b\n\ufeff\n", 1)
@example("a,b\n\ufeff1,2\n", 1)
@example("a,b\n1,2\n\n3,4\n", 1 << 20)
@example("a,b\r\n1,2\r\n\r\n3,4\r\n", 1 << 20)
@example('a,b\n1,"2\n3"\n4,5\n', 1 << 20)
@example('a,b\n1,"2"3\n', 1 << 20)
@example('a,b\n,","a\nb"\n', 1)
def test_arrow_and_the_csv_module_agree(tmp_path_factory: pytest.TempPathFactory, text: str, block: int) -> None:
    path = tmp_path_factory.getbasetemp() / "events.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert raw(path, block, plain=True) == raw(path, 1 << 20, plain=False)


PLAIN = st.lists(
    st.lists(
        st.sampled_from(["", "a", "ü", " ", "1", '"a"', '"a,b"', '"a""b"', '5"', '""""', "'"]), min_size=2, max_size=2
    ),
    max_size=30,
)


@given(PLAIN, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_they_agree_on_files_that_are_plain(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], ending: str, ended: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "events.csv"
    text = ending.join(["a,b", *(",".join(line) for line in lines)]) + (ending if ended else "")
    path.write_bytes(text.encode())
    both = raw(path, 1 << 20, plain=True)
    assert both == raw(path, 50, plain=False)
    if not isinstance(both, str):
        expected = list(csv.reader(io.StringIO(text, newline="")))
        assert [both[0], *(list(cells) for _, cells in both[1])] == expected
        assert [line for line, _ in both[1]] == list(range(2, len(lines) + 2))


def test_plain_files_take_the_quick_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.csv"
    path.write_text('a,b\n1,"x, y"\n2,"say ""hi"""\n')
    monkeypatch.setattr(Delimited, "_any", None)
    assert raw(path, 1 << 20, plain=True) == (["a", "b"], [(2, ("1", "x, y")), (3, ("2", 'say "hi"'))], [])


@given(BYTES, st.sampled_from(["events", "orders", "subscriptions", "customers"]), st.booleans())
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes, fact: str, packed: bool) -> None:
    path = tmp_path_factory.getbasetemp() / (f"{fact}.csv.gz" if packed else f"{fact}.csv")
    path.write_bytes(content)
    check(path, fact)


@given(st.builds(lambda text, heading: f"{heading}\n{text.split(chr(10), 1)[1]}", TEXTS, st.sampled_from(HEADINGS)))
def test_any_rows_below_a_sound_heading(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "events.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    check(path, "events")


SOUND_CELLS = st.tuples(
    st.sampled_from(["1", "2", "", "x"]),
    st.sampled_from(["7", ""]),
    st.sampled_from(["2024-02-10", "2024-03-31T02:30:00", "no", "2024-02-10T14:30:00Z", ""]),
    st.sampled_from(["page", "Track", "click", ""]),
    st.sampled_from(["", "12.30", "12.345", "x"]),
    st.sampled_from(["EUR", "JPY", "", "EURO"]),
    st.sampled_from(["", '"{""a"": 1}"', "[1]"]),
)


@given(st.lists(SOUND_CELLS, max_size=15))
def test_rows_that_are_nearly_sound(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    path = tmp_path_factory.getbasetemp() / "events.csv"
    path.write_text("\n".join([HEADINGS[0], *(",".join(row) for row in rows)]))
    read, accepted, _ = check(path, "events")
    sound = [
        row
        for row in rows
        if row[0]
        and row[1]
        and row[2] in {"2024-02-10", "2024-02-10T14:30:00Z"}
        and row[3] in {"page", "Track"}
        and row[5] != "EURO"
        and (row[4] == "" or (row[4] == "12.30" and row[5] == "EUR"))
        and row[6] != "[1]"
    ]
    assert (read, accepted) == (len(rows), len(sound))


def check(path: Path, fact: str) -> tuple[int, int, int]:
    """Reads a file; what is read must be sound or set aside. Gives rows read, accepted and rejected."""
    kind = imported()[fact]
    required = [name for name, column in kind.carried().items() if column.required]
    read = accepted = rejected = 0
    lines: list[int] = []
    refused: InputError | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            for chunk in Csv().read(path, organisation=BERLIN):
                chunk.table.validate(full=True)
                assert {field.name: field.type for field in chunk.table.schema}.items() <= {
                    field.name: field.type for field in kind.schema()
                }.items()
                assert all(chunk.table[name].null_count == 0 for name in required)
                assert all(reject.file == path.name and reject.reason for reject in chunk.rejects)
                read += chunk.rows_read
                accepted += chunk.table.num_rows
                rejected += len(chunk.rejects)
                lines += [reject.line for reject in chunk.rejects]
        except InputError as error:
            refused = error
    if refused is not None:
        assert refused.what
        assert refused.where
        assert refused.remedy
        return 0, 0, 0
    assert read == accepted + rejected
    assert lines == sorted(lines)
    return read, accepted, rejected


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_as_parquet(tmp_path_factory: pytest.TempPathFactory, content: bytes, dressed: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "orders.parquet"
    path.write_bytes(b"PAR1" + content + b"PAR1" if dressed else content)
    with pytest.raises(InputError, match="not sound Parquet"):
        list(Parquet().read(path, organisation=BERLIN))


READINGS = st.builds(
    Reading,
    delimiter=st.sampled_from([None, ";", "\t", "§", "a"]),
    quote=st.sampled_from(['"', "'", ""]),
    encoding=st.sampled_from(
        [None, "cp1252", "latin-1", "utf-16", "utf-16-be", "utf-7", "shift_jis", "iso2022_jp", "hz"]
    ),
    heading=st.sampled_from([None, 1, 2, 5]),
) | st.builds(Reading, columns=st.sampled_from([("a",), ("a", "b"), ("a", "a", "")]))
NAMES = st.sampled_from(
    ["any.csv", "any.ndjson", "any.parquet", "any.csv.gz", "any.txt.zst", "any.json.zip", "any.tsv.bz2"]
)
JSON = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", ":", ",", "\n", '"a"', '"', "1", "1e5", "-", "NaN", "null", "\\ud800", '"\\ud800"', " "]
    ),
    max_size=30,
).map(lambda parts: "".join(parts).encode())


@given(NAMES, BYTES | JSON, READINGS)
def test_any_bytes_read_in_any_way(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes, reading: Reading
) -> None:
    """Rows and rejects, or a refusal with place and remedy; never anything else."""
    path = written(tmp_path_factory.getbasetemp(), content, name)
    refused: InputError | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            whole = read(path, reading)
        except InputError as error:
            refused = error
        else:
            lines = sorted([*(line for line, _ in whole.rows), *(reject.line for reject in whole.rejects)])
            assert "json" in name or lines == sorted(set(lines)), "a line begins one row"
    assert refused is None or (refused.what and refused.where and refused.remedy)
