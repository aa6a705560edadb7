"""Cells as somebody's system writes them: decimal commas, signs of currencies, dates in formats of their own.

What a file itself holds as a number, a moment or a flag (a workbook, JSON) is *native*: it comes in canonical writing
and is read as that, whatever the mapping says about text.
"""

from stamm.sources.written.dates import other_than, put_written
from stamm.sources.written.numbers import other_numbers, plain_numbers
from stamm.sources.written.signs import without_sign

__all__ = ["other_numbers", "other_than", "plain_numbers", "put_written", "without_sign"]
