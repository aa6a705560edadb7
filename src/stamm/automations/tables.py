"""The tables: reports, whom they go to, and what went out; reminders, and of what; alerts, and what they told."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE IF NOT EXISTS report (
        id {identity},
        about text NOT NULL,
        who varchar(200) NOT NULL,
        made_at {moment} NOT NULL,
        removed_at {moment} NULL
    )""",
    """CREATE TABLE IF NOT EXISTS report_recipient (
        id {identity},
        report_id bigint NOT NULL,
        address varchar(254) NOT NULL,
        language varchar(2) NOT NULL,
        stopped_at {moment} NULL,
        UNIQUE (report_id, address)
    )""",
    """CREATE TABLE IF NOT EXISTS report_sent (
        id {identity},
        report_id bigint NOT NULL,
        recipient_id bigint NOT NULL,
        day varchar(16) NOT NULL,
        outcome varchar(300) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (recipient_id, day)
    )""",
    # each choice is a row of its own, and the last one holds
    """CREATE TABLE IF NOT EXISTS ticket_reminder (
        id {identity},
        about text NOT NULL,
        who varchar(200) NOT NULL,
        made_at {moment} NOT NULL
    )""",
    # a ticket of which somebody was reminded, as a keyed digest; `look` names when
    """CREATE TABLE IF NOT EXISTS ticket_reminded (
        id {identity},
        mark varchar(64) NOT NULL UNIQUE,
        look varchar(40) NOT NULL,
        at {moment} NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS ticket_reminded_look ON ticket_reminded (look)",
    # `turn` grows with each time that it begins anew; `judged_until` is empty until it has looked once
    """CREATE TABLE IF NOT EXISTS alert (
        id {identity},
        about text NOT NULL,
        who varchar(200) NOT NULL,
        made_at {moment} NOT NULL,
        turn integer NOT NULL,
        judged_until varchar(10) NOT NULL,
        state varchar(10) NOT NULL,
        problem varchar(300) NOT NULL,
        paused_at {moment} NULL,
        removed_at {moment} NULL
    )""",
    # a window is told once, whatever late facts make of it; `look` is when it was found, as a name
    """CREATE TABLE IF NOT EXISTS alert_told (
        id {identity},
        alert_id bigint NOT NULL,
        period varchar(30) NOT NULL,
        look varchar(20) NOT NULL,
        found text NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (alert_id, period)
    )""",
    """CREATE TABLE IF NOT EXISTS alert_sent (
        id {identity},
        alert_id bigint NOT NULL,
        look varchar(20) NOT NULL,
        address varchar(254) NOT NULL,
        outcome varchar(300) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (alert_id, look, address)
    )""",
)
