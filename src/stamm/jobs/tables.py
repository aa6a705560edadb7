"""The tables. No row names a customer: what a job is about stands in it by number."""

from __future__ import annotations

TABLES = (
    # `begun`: how often it was begun without an outcome so far
    """CREATE TABLE IF NOT EXISTS job (
        id {identity},
        key varchar(200) NOT NULL UNIQUE,
        kind varchar(50) NOT NULL,
        given text NOT NULL,
        state varchar(10) NOT NULL,
        due_at {moment} NOT NULL,
        tries integer NOT NULL,
        begun integer NOT NULL,
        lease varchar(40) NULL,
        leased_until {moment} NULL,
        reason varchar(300) NOT NULL,
        made_at {moment} NOT NULL,
        ended_at {moment} NULL
    )""",
    "CREATE INDEX IF NOT EXISTS job_due ON job (state, due_at)",
    "CREATE INDEX IF NOT EXISTS job_ended ON job (ended_at)",
    """CREATE TABLE IF NOT EXISTS job_timer (
        id {identity},
        name varchar(100) NOT NULL UNIQUE,
        kind varchar(50) NOT NULL,
        given text NOT NULL,
        rhythm text NOT NULL,
        due_at {moment} NOT NULL
    )""",
)
