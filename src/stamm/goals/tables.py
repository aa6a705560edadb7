"""The tables. A version and a check-in are written once: what was aimed at and said stays as it was."""

from __future__ import annotations

TABLES = (
    # `revision` is that of the newest version: whoever writes one takes it along, so that of two one is refused
    """CREATE TABLE IF NOT EXISTS goal (
        id {identity},
        revision integer NOT NULL,
        made_at {moment} NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS goal_version (
        id {identity},
        goal_id bigint NOT NULL,
        revision integer NOT NULL,
        aim text NOT NULL,
        archived integer NOT NULL,
        what varchar(20) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (goal_id, revision)
    )""",
    """CREATE TABLE IF NOT EXISTS goal_check_in (
        id {identity},
        goal_id bigint NOT NULL,
        told text NOT NULL,
        value double precision NULL,
        known_on varchar(10) NULL,
        task integer NULL,
        done integer NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS goal_check_in_goal ON goal_check_in (goal_id)",
)
