"""The book of customers: a file beside the lake with a line each, sorted and searched faster than any query could."""

from stamm.store.book.lines import SCHEMA, Line, table_of
from stamm.store.book.reading import Book, Found, Wanted
from stamm.store.book.writing import write

__all__ = ["SCHEMA", "Book", "Found", "Line", "Wanted", "table_of", "write"]
