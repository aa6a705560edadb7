"""Files and messages of other systems whose format is published: recognised by how they begin, read into facts."""

from stamm.sources.exports.documents import Documents
from stamm.sources.exports.kind import Export, Known, Row, Rows, attempt
from stamm.sources.exports.tables import Table
from stamm.sources.exports.values import FaultError

__all__ = ["Documents", "Export", "FaultError", "Known", "Row", "Rows", "Table", "attempt"]
