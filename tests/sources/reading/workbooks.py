"""Workbooks written by hand, as no program would write them (and some as programs do)."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_BOOK = f'<Relationship Id="r1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'


def xlsx(path: Path, rows: str, *, states: Sequence[str] = ("visible",)) -> Path:
    """A workbook in XML: its sheets `S1`, `S2` ... all hold these rows (elements `<row>`)."""
    sheets = enumerate(states, start=1)
    books = [f'<sheet name="S{at}" sheetId="{at}" state="{state}" r:id="r{at}"/>' for at, state in sheets]
    links = [
        f'<Relationship Id="r{at}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(states) + 1)
    ]
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f"<Relationships {_RELATIONS}>{_BOOK}</Relationships>",
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_LINKS}"><sheets>{"".join(books)}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships {_RELATIONS}>{''.join(links)}</Relationships>",
    }
    parts |= {
        f"xl/worksheets/sheet{at}.xml": f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>"
        for at in range(1, len(states) + 1)
    }
    return _zipped(path, parts)


def ods(path: Path, rows: str) -> Path:
    """An OpenDocument workbook; `rows` are elements `<table:table-row>`."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Aufträge">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return _zipped(path, {"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "content.xml": content})


def xlsb(path: Path, rows: Sequence[tuple[int, Sequence[tuple[int, str | float | bool]]]]) -> Path:
    """A binary workbook; rows and columns count from 0."""
    book = _record(0x9C, struct.pack("<II", 0, 1) + _wide("r1") + _wide("Binär")) + _record(0x90) + _record(0x84)
    cells = b""
    for number, row in rows:
        cells += _record(0x00, struct.pack("<I", number) + bytes(21))
        for column, value in row:
            place = struct.pack("<II", column, 0)
            if isinstance(value, bool):
                cells += _record(0x04, place + bytes([value]))
            elif isinstance(value, str):
                cells += _record(0x06, place + _wide(value))
            else:
                cells += _record(0x05, place + struct.pack("<d", value))
    size = struct.pack("<IIII", 0, max(number for number, _ in rows), 0, 9)
    sheet = _record(0x81) + _record(0x94, size) + _record(0x91) + cells + _record(0x92) + _record(0x82)
    links = f'<Relationship Id="r1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.bin"/>'
    return _zipped(
        path,
        {
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": f"<Relationships {_RELATIONS}>{links}</Relationships>",
            "xl/worksheets/sheet1.bin": sheet,
        },
    )


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(content)
    while length >= 0x80:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + size + bytes([length]) + content


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _zipped(path: Path, parts: dict[str, str | bytes] | dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
