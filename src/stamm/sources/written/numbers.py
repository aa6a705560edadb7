"""Numbers with decimal commas and thousands separators, rewritten exactly with a point and nothing else.

`1.234,50`, `1 234,50 -` and `(1.234,50)` become `1234.50` and `-1234.50`. What cannot be so under the mapping's
signs (`12.34.5`, `1,234.5` with a decimal comma) is no number; nothing is guessed from a single cell.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.faults import NO_NUMBER
from stamm.facts.mapping import Writing
from stamm.sources.cells import mask_of
from stamm.sources.local_time import Mask

#: characters that look like a sign a mapping can name, and are meant as it
_MINUS = "[\u2212\u2013\u2012]"
_BLANK = "[\u00a0\u2007\u2009\u202f]"
_TICK = "[\u2019\u02bc\u00b4]"
#: a number as files hold it by type
_NUMBER = r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$"


def plain_numbers(
    text: pa.Array, writing: Writing, native: Mask | None = None, *, percent: bool = False
) -> tuple[pa.Array, Mask]:
    """Numbers with a decimal point and no thousands separators, exactly; and which cells are none.

    `text` is trimmed, null where empty. A cell that is no number is null. Native numbers stay as they are. Only with
    `percent` may one stand behind a number: `12,5 %` becomes `12.5e-2`.
    """
    rewrite = _percentages if percent else _plain
    if native is None or not native.any():
        return rewrite(text, writing)
    own = native & mask_of(pc.match_substring_regex(text, _NUMBER))
    plain, odd = rewrite(pc.if_else(pa.array(native), None, text), writing)
    # what is a flag or a moment by type is none
    return pc.if_else(pa.array(own), text, plain), odd | (native & ~own & mask_of(text.is_valid()))


def _plain(text: pa.Array, writing: Writing) -> tuple[pa.Array, Mask]:
    given = mask_of(text.is_valid())
    usual = mask_of(pc.match_substring_regex(text, _pattern(writing)))
    odd = given & ~usual
    if odd.any():
        tidy = _tidied(text.filter(pa.array(odd)), writing)
        fits = mask_of(pc.match_substring_regex(tidy, _pattern(writing)))
        text = pc.replace_with_mask(text, pa.array(odd), pc.if_else(pa.array(fits), tidy, None))
        odd[odd] = ~fits
    if writing.thousands:
        text = pc.replace_substring(text, writing.thousands, "")
    if writing.decimal != ".":
        text = pc.replace_substring(text, writing.decimal, ".")
    return text, odd


@lru_cache(maxsize=64)
def _pattern(writing: Writing) -> str:
    point, group = re.escape(writing.decimal), re.escape(writing.thousands)
    whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)" if writing.thousands else r"\d+"
    return rf"^[+-]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d{{1,4}})?$"


def _tidied(text: pa.Array, writing: Writing) -> pa.Array:
    """Typographic signs as plain ones; a minus behind the number or brackets around it as a minus before it."""
    text = pc.replace_substring_regex(text, _MINUS, "-")
    text = pc.replace_substring_regex(text, _BLANK, " ")
    if writing.thousands == "'":
        text = pc.replace_substring_regex(text, _TICK, "'")
    point = re.escape(writing.decimal)
    text = pc.replace_substring_regex(text, rf"^([^a-zA-Z]*\d){point}-{{1,2}}$", r"\1")  # 12,- and 12,--
    text = pc.replace_substring_regex(text, r"^\( ?([^()+-]+?) ?\)$", r"-\1")
    text = pc.replace_substring_regex(text, r"^([^+-]+?) ?([+-])$", r"\2\1")
    return pc.replace_substring_regex(text, r"^([+-]) (.*)$", r"\1\2")


def _percentages(text: pa.Array, writing: Writing) -> tuple[pa.Array, Mask]:
    percent = mask_of(pc.ends_with(text, pattern="%"))
    if not percent.any():
        return _plain(text, writing)
    bare = pc.utf8_rtrim(pc.utf8_rtrim(text, characters="%"), characters=" \u00a0\u202f")
    plain, odd = _plain(pc.if_else(pa.array(percent), bare, text), writing)
    odd |= percent & mask_of(pc.match_substring_regex(plain, "[eE]"))
    shifted = pc.binary_join_element_wise(plain, "e-2", "")
    return pc.if_else(pa.array(odd), None, pc.if_else(pa.array(percent), shifted, plain)), odd


def other_numbers(writing: Writing) -> str:
    """The reason for what is no number."""
    if (writing.decimal, writing.thousands) == (".", ""):
        return NO_NUMBER
    between = f"{writing.thousands!r} between thousands" if writing.thousands else "nothing between thousands"
    return f"is not a number written with {writing.decimal!r} before the decimals and {between}"
