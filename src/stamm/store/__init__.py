"""Where facts live: the lake, its one writer, and the snapshots readers see."""

from stamm.store.lake import Lake
from stamm.store.merging import Counts
from stamm.store.snapshot import Snapshot
from stamm.store.writer import Writer

__all__ = ["Counts", "Lake", "Snapshot", "Writer"]
