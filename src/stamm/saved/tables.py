"""The tables. A version is written once: what a segment was stays as it was."""

from __future__ import annotations

TABLES = (
    # `revision` is that of the newest version: whoever writes one takes it along, so that of two one is refused
    """CREATE TABLE IF NOT EXISTS segment (
        id {identity},
        key varchar(60) NOT NULL UNIQUE,
        revision integer NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS segment_version (
        id {identity},
        segment_id bigint NOT NULL,
        revision integer NOT NULL,
        name varchar(100) NOT NULL,
        note text NOT NULL,
        rule text NOT NULL,
        removed integer NOT NULL,
        what varchar(20) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (segment_id, revision)
    )""",
)
