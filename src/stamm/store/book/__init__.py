"""The book of customers: a file beside the lake with a line each, sorted and searched faster than any query could."""

from stamm.store.book.reading import Book, Found, Wanted
from stamm.store.book.writing import Line, write

__all__ = ["Book", "Found", "Line", "Wanted", "write"]
