"""The colour and the logo of a survey: what stands on a colour can be read, and a logo is a picture or nothing."""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from stamm.lang.errors import UsageError
from stamm.people import Database, open_database
from stamm.surveys import TABLES, keeping
from stamm.surveys.colour import DARK, LIGHT, checked_colour, contrast, shades
from stamm.surveys.keeping import MeanwhileError
from stamm.surveys.logo import MOST_BYTES, Logo, logo_digest, logo_named, read_logo, set_logo
from stamm.surveys.ready import ready
from tests.surveys.asked import NOON, opened


def picture(kind: str, width: int = 3, height: int = 2, mode: str = "RGB", **how: object) -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, (width, height), "teal").save(drawn, kind, **how)
    return drawn.getvalue()


# -- colour --------------------------------------------------------------------------------------------------
def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # 0.2, 0.4 and 0.6 of each part are 0.0331, 0.1329 and 0.3185 of its light: 1.05 / (0.1251 + 0.05)
    assert contrast("#336699", "#ffffff") == pytest.approx(6.00, abs=0.01)
    # the greys on both sides of 4.5 on white: 1.05 / (0.1812 + 0.05) and 1.05 / (0.1845 + 0.05)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.01)
    assert (shades("#767676").words, shades("#777777").words) == ("#ffffff", "#000000")


def test_whatever_the_colour_is_all_of_it_can_be_read() -> None:
    steps = [f"{step:02x}" for step in range(0, 256, 17)]
    for parts in product(steps, repeat=3):
        made = shades("#" + "".join(parts))
        assert contrast(made.fill, made.words) >= 4.5, made
        assert contrast(made.light, LIGHT) >= 4.5, made
        assert contrast(made.dark, DARK) >= 4.5, made
        # text of ours on what lies below a pointer
        assert contrast("#17191b", made.light_wash) >= 4.5, made
        assert contrast("#eceef0", made.dark_wash) >= 4.5, made


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    made = shades("#0b5a6b")
    assert (made.fill, made.light, made.words) == ("#0b5a6b", "#0b5a6b", "#ffffff")
    assert made.dark != made.fill


@pytest.mark.parametrize(
    ("text", "colour"), [("#0B5A6B", "#0b5a6b"), (" 0b5a6b ", "#0b5a6b"), ("#fa0", "#ffaa00"), ("", "")]
)
def test_a_colour_has_one_written_form(text: str, colour: str) -> None:
    assert checked_colour(text) == colour


@pytest.mark.parametrize(
    "text", ["red", "#12345", "#0b5a6b;}", "url(x)", "#0b5a6b\n*{}", "##fff", "\u0660\u0660\u0660"]
)
def test_what_is_no_colour_is_refused_wherever_a_survey_is_written(database: Database, text: str) -> None:
    with pytest.raises(UsageError, match="is no colour"), database.transaction() as run:
        keeping.make_survey(run, replace(ready("nps", "Spring"), colour=text), who="i", now=NOON)


# -- logo ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/png", picture("PNG")),
        ("image/jpeg", picture("JPEG")),
        ("image/jpeg", picture("JPEG", progressive=True, comment=b"x" * 300)),
        ("image/webp", picture("WEBP")),
        ("image/webp", picture("WEBP", lossless=True)),
        ("image/webp", picture("WEBP", mode="RGBA", exif=b"Exif\0\0" + b"x" * 20)),
    ],
)
def test_a_picture_is_what_its_bytes_say(kind: str, content: bytes) -> None:
    assert read_logo(content) == Logo(kind, content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(("width", "height", "mode"), [(2_000, 1, "RGB"), (1, 2_000, "RGB")])
def test_a_picture_may_have_so_many_pixels_and_not_one_more(kind: str, width: int, height: int, mode: str) -> None:
    for how in ({}, {"lossless": True}, {"exif": b"Exif\0\0MM\0*"}) if kind == "WEBP" else ({},):
        read_logo(picture(kind, width, height, mode, **how))
        more = (width + (width > 1), height + (height > 1))
        with pytest.raises(UsageError, match="2000 pixels"):
            read_logo(picture(kind, *more, mode, **how))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    "content",
    [
        b"", SVG, b"\xef\xbb\xbf" + SVG, b"GIF89a\1\0\1\0", b"%PDF-1.7", b"<html>", b"BM", b"\x89PNG\r\n\x1a\n" + SVG,
        b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff" + b"\xff" * 50, b"RIFF\0\0\0\0WEBP",
        b"RIFF\0\0\0\0WEBP" + SVG, picture("JPEG")[:20], picture("PNG")[:20], picture("GIF"), picture("BMP"),
    ],
)  # fmt: skip
def test_what_is_no_picture_of_the_three_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError, match="PNG, JPEG or WebP"):
        read_logo(content)


def with_small_one(content: bytes) -> bytes:
    """A JPEG with a small picture of itself before it, as cameras write it, which has an end of its own."""
    inside = b"Exif\0\0" + picture("JPEG")
    return content[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(inside)) + inside + content[2:]


@pytest.mark.parametrize(
    "content",
    [
        picture("PNG", 30, 30),
        picture("JPEG", 30, 30),
        picture("JPEG", 30, 30, progressive=True),
        with_small_one(picture("JPEG", 30, 30)),
        picture("WEBP", 30, 30),
        picture("WEBP", 30, 30, lossless=True),
        picture("WEBP", 30, 30, "RGBA", exif=b"Exif\0\0MM\0*"),
    ],
    ids=["png", "jpeg", "progressive", "small-one", "webp", "lossless", "extended"],
)
def test_a_picture_that_is_cut_off_is_not_taken(content: bytes) -> None:
    """However much of it is there; what is short of the size it has is not even known as a picture."""
    assert read_logo(content).content == content
    assert read_logo(content + b"\n").content == content + b"\n"
    refused = []
    for length in range(len(content)):
        with pytest.raises(UsageError) as told:
            read_logo(content[:length])
        refused.append(told.value.what)
    assert set(refused) == {"A logo is a PNG, JPEG or WebP picture.", "The end of this picture is missing."}
    assert refused[-1] == "The end of this picture is missing."


def test_the_head_of_a_png_alone_and_a_webp_of_no_length_are_not_whole() -> None:
    empty = picture("WEBP")
    for content in (picture("PNG")[:33], empty[:4] + bytes(4) + empty[8:]):
        with pytest.raises(UsageError, match="The end of this picture is missing"):
            read_logo(content)


def test_a_logo_has_so_many_bytes_and_not_one_more() -> None:
    small = picture("PNG")
    assert len(read_logo(small + bytes(MOST_BYTES - len(small))).content) == MOST_BYTES
    with pytest.raises(UsageError, match="200 KB"):
        read_logo(small + bytes(MOST_BYTES - len(small) + 1))


def test_a_survey_has_one_logo_and_what_it_had_before_is_gone(database: Database) -> None:
    survey, other = opened(database), opened(database)
    first, second = read_logo(picture("PNG")), read_logo(picture("JPEG"))

    def put(number: int, logo: Logo | None) -> None:
        with database.transaction() as run:
            set_logo(run, number, logo, seen=logo_digest(run, number), who="i", now=NOON)

    def there() -> list[tuple[int, str]]:
        with database.transaction() as run:
            return [(number, kind) for number, kind in run("SELECT survey_id, kind FROM survey_logo", ())]

    def acts() -> int:
        with database.transaction() as run:
            return len(run("SELECT id FROM people_act WHERE what = 'survey_logo'", ()))

    put(survey, first)
    put(survey, first)
    assert (there(), acts()) == ([(survey, "image/png")], 1)
    put(other, first)
    put(survey, second)
    assert sorted(there()) == [(survey, "image/jpeg"), (other, "image/png")]
    with database.transaction() as run:
        assert logo_named(run, logo_digest(run, survey)) == second
        assert logo_named(run, "") is None
    put(survey, None)
    put(survey, None)
    assert (there(), acts()) == ([(other, "image/png")], 4)
    with pytest.raises(UsageError, match="no survey"):
        put(99, first)

    def break_off() -> None:
        with database.transaction() as run:
            set_logo(run, survey, first, seen="", who="i", now=NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert there() == [(other, "image/png")]


def test_whoever_saw_another_logo_changes_none(database: Database) -> None:
    survey = opened(database)
    first, second, third = (read_logo(picture("PNG", width)) for width in (1, 2, 3))

    def put(logo: Logo | None, seen: Logo | None) -> None:
        with database.transaction() as run:
            set_logo(run, survey, logo, seen=seen.digest if seen else "", who="i", now=NOON)

    put(first, None)
    put(first, None)  # sent once more
    put(second, first)
    for late in (None, third):
        for seen in (None, first):
            with pytest.raises(MeanwhileError, match="logo meanwhile"):
                put(late, seen)
    with database.transaction() as run:
        assert logo_digest(run, survey) == second.digest
    put(None, second)
    put(None, second)


def test_of_those_who_set_a_logo_at_once_one_does_and_the_others_are_told(
    database: Database, place: tuple[Path, str]
) -> None:
    survey, begin = opened(database), threading.Barrier(6)

    def put(width: int) -> str:
        logo = read_logo(picture("PNG", 1 + width))
        with closing(open_database(*place, TABLES)) as own:
            begin.wait()
            try:
                with own.transaction() as run:
                    set_logo(run, survey, logo, seen="", who="i", now=NOON)
            except MeanwhileError:
                return ""
            return logo.digest

    with ThreadPoolExecutor(6) as threads:
        done = [digest for digest in threads.map(put, range(6)) if digest]
    with database.transaction() as run:
        assert done == [logo_digest(run, survey)]


@pytest.mark.parametrize("name", ["", "\0", "x", "0" * 31, "0" * 33, "A" * 32, "\u0660" * 32, "0" * 31 + "\n"])
def test_what_is_no_name_of_a_logo_is_asked_of_no_database(name: str) -> None:
    def run(statement: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        raise AssertionError((statement, values))

    assert logo_named(run, name) is None
