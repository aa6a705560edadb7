"""The tables: webhooks and what was sent to each; mails to customers, and what holds them back."""

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
    # one mail to one customer; whoever is erased is taken out of it. `handed`: how often it may have left,
    # `counted_at`: since when it counts towards the limits
    """CREATE TABLE IF NOT EXISTS customer_mail (
        id {identity},
        key varchar(40) NOT NULL UNIQUE,
        customer_id text NULL,
        purpose varchar(200) NOT NULL,
        occasion varchar(20) NOT NULL,
        programme varchar(50) NOT NULL,
        about text NOT NULL,
        campaign varchar(200) NOT NULL,
        made_at {moment} NOT NULL,
        until_at {moment} NOT NULL,
        state varchar(10) NOT NULL,
        outcome varchar(300) NOT NULL,
        handed integer NOT NULL,
        counted_at {moment} NULL,
        sent_at {moment} NULL,
        bounced_at {moment} NULL,
        unsubscribed_at {moment} NULL
    )""",
    "CREATE INDEX IF NOT EXISTS customer_mail_whose ON customer_mail (customer_id)",
    "CREATE INDEX IF NOT EXISTS customer_mail_made ON customer_mail (made_at)",
    """CREATE TABLE IF NOT EXISTS mail_suppressed (
        id {identity},
        mark varchar(64) NOT NULL UNIQUE,
        why varchar(20) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL
    )""",
    # each choice is a row of its own, and the last one holds
    """CREATE TABLE IF NOT EXISTS mail_restraint (
        id {identity},
        written text NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL
    )""",
)
