"""Any tabular file as chunks of raw rows: how it is laid out, what packs it, what its columns are called."""

from stamm.sources.reading.kind import Piece, Reading, Rows
from stamm.sources.reading.opening import format_of, open_rows, refuse_no_file

__all__ = ["Piece", "Reading", "Rows", "format_of", "open_rows", "refuse_no_file"]
