"""The tables: webhooks, and what was sent to each."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE IF NOT EXISTS webhook (
        id {identity},
        name varchar(120) NOT NULL,
        url varchar(2000) NOT NULL,
        form varchar(10) NOT NULL,
        chance varchar(40) NOT NULL,
        who varchar(200) NOT NULL,
        made_at {moment} NOT NULL,
        failing_since {moment} NULL,
        stopped_at {moment} NULL,
        removed_at {moment} NULL
    )""",
    # `key` is the number that its receiver sees, the same at each repeat
    """CREATE TABLE IF NOT EXISTS webhook_message (
        id {identity},
        webhook_id bigint NOT NULL,
        key varchar(200) NOT NULL UNIQUE,
        content text NOT NULL,
        made_at {moment} NOT NULL,
        state varchar(10) NOT NULL,
        outcome varchar(300) NOT NULL,
        tried_at {moment} NULL
    )""",
)
