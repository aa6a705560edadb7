"""What differs between the table that a book was made of and another one, told by columns and not line by line."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from stamm.store.book.lines import SCHEMA, TELLING

#: joins the texts of a list, so that lists are compared as texts
_BETWEEN = "\x1f"


class Change(NamedTuple):
    """What makes another book of one: tables of lines with the `number` that a customer keeps.

    `table` is all of the new book, `gone` who is in it no longer, `changed` what is other or new. Of whoever is found
    by other words, `unsaid` are the lines before and `said` those after.
    """

    table: pa.Table
    gone: pa.Table
    changed: pa.Table
    unsaid: pa.Table
    said: pa.Table

    @property
    def telling(self) -> int:
        """How many are found by other words, or no longer."""
        return int(max(self.unsaid.num_rows, self.said.num_rows))


def change(old: pa.Table, new: pa.Table) -> Change:
    """The change from a table with numbers to one without (`SCHEMA`)."""
    old, new = old.combine_chunks(), new.combine_chunks()
    place = pc.index_in(new["customer_id"], old["customer_id"].combine_chunks()).combine_chunks()
    before, is_new = old.take(place), pc.is_null(place)
    last = pc.max(old["number"]).as_py() or 0
    fresh = pc.add(pc.cumulative_sum(is_new.cast("int64")), last)
    table = new.append_column("number", pc.coalesce(before["number"], fresh))
    other, otherwise = is_new, is_new
    for name in SCHEMA.names:
        differs = _differs(before[name], new[name])
        other = pc.or_(other, differs)
        otherwise = pc.or_(otherwise, differs) if name in TELLING else otherwise
    gone = old.filter(pc.invert(pc.is_in(old["customer_id"], new["customer_id"].combine_chunks())))
    unsaid = before.filter(pc.and_(otherwise, pc.invert(is_new)))
    return Change(table, gone, table.filter(other), pa.concat_tables([unsaid, gone]), table.filter(otherwise))


def _differs(before: pa.ChunkedArray, after: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where two columns are not the same; nothing is the same as nothing, and as an empty list."""
    if pa.types.is_list(before.type):
        before, after = (pc.coalesce(pc.binary_join(each, _BETWEEN), "") for each in (before, after))
    known = pc.fill_null(pc.not_equal(before, after), fill_value=False)
    return pc.or_(known, pc.not_equal(pc.is_null(before), pc.is_null(after)))
