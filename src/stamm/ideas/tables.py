"""The tables. A version of a board and a step of an idea are written once; a post holds what it is now."""

from __future__ import annotations

TABLES = (
    # `revision` is that of the newest version: whoever writes one takes it along, so that of two one is refused
    """CREATE TABLE IF NOT EXISTS idea_board (
        id {identity},
        key varchar(60) NOT NULL UNIQUE,
        revision integer NOT NULL,
        made_at {moment} NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS idea_board_version (
        id {identity},
        board_id bigint NOT NULL,
        revision integer NOT NULL,
        plan text NOT NULL,
        state varchar(10) NOT NULL,
        what varchar(20) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (board_id, revision)
    )""",
    # whoever takes part by a link of their own: a customer who was given one, or an address that asked for one
    """CREATE TABLE IF NOT EXISTS idea_participant (
        id {identity},
        board_id bigint NOT NULL,
        chance varchar(40) NOT NULL UNIQUE,
        customer_id text NULL,
        address text NULL,
        language varchar(10) NOT NULL,
        made_at {moment} NOT NULL,
        asked_at {moment} NOT NULL,
        mails integer NOT NULL,
        confirmed_at {moment} NULL,
        looked_up integer NOT NULL,
        UNIQUE (board_id, address)
    )""",
    "CREATE INDEX IF NOT EXISTS idea_participant_customer ON idea_participant (customer_id)",
    # an idea, a vote or a comment; `idea_id` of an idea is its own number. `told` is the revision that the facts hold
    """CREATE TABLE IF NOT EXISTS idea_post (
        id {identity},
        board_id bigint NOT NULL,
        idea_id bigint NOT NULL,
        kind varchar(10) NOT NULL,
        participant_id bigint NULL,
        chance varchar(40) NOT NULL UNIQUE,
        name text NOT NULL,
        title text NOT NULL,
        words text NOT NULL,
        held varchar(20) NOT NULL,
        at {moment} NOT NULL,
        changed_at {moment} NOT NULL,
        revision integer NOT NULL,
        told integer NOT NULL,
        in_facts integer NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS idea_post_board ON idea_post (board_id)",
    "CREATE INDEX IF NOT EXISTS idea_post_idea ON idea_post (idea_id)",
    "CREATE INDEX IF NOT EXISTS idea_post_participant ON idea_post (participant_id)",
    "CREATE INDEX IF NOT EXISTS idea_post_untold ON idea_post (id) WHERE told < revision",
    # of two votes of one participant at once one is kept
    "CREATE UNIQUE INDEX IF NOT EXISTS idea_post_vote ON idea_post (idea_id, participant_id) WHERE kind = 'vote'",
    # what the shop said of an idea; no row is changed, and the last one of an idea says how it stands
    """CREATE TABLE IF NOT EXISTS idea_step (
        id {identity},
        board_id bigint NOT NULL,
        idea_id bigint NOT NULL,
        revision integer NOT NULL,
        what varchar(10) NOT NULL,
        state varchar(20) NOT NULL,
        answer text NOT NULL,
        merged_into bigint NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (idea_id, revision)
    )""",
    "CREATE INDEX IF NOT EXISTS idea_step_board ON idea_step (board_id)",
    # who wants to be told of which idea; `confirmed` once they have said so by a link of their own
    """CREATE TABLE IF NOT EXISTS idea_news (
        id {identity},
        board_id bigint NOT NULL,
        idea_id bigint NOT NULL,
        participant_id bigint NOT NULL,
        wanted_at {moment} NOT NULL,
        confirmed integer NOT NULL,
        UNIQUE (idea_id, participant_id)
    )""",
    "CREATE INDEX IF NOT EXISTS idea_news_board ON idea_news (board_id)",
    "CREATE INDEX IF NOT EXISTS idea_news_participant ON idea_news (participant_id)",
    # of one step one mail to one participant; `counted_at`: since when it counts towards the
    # limits of an address, `handed`: how often it may have left
    """CREATE TABLE IF NOT EXISTS idea_news_mail (
        id {identity},
        board_id bigint NOT NULL,
        idea_id bigint NOT NULL,
        revision integer NOT NULL,
        state varchar(20) NOT NULL,
        participant_id bigint NOT NULL,
        outcome varchar(10) NOT NULL,
        reason varchar(300) NOT NULL,
        made_at {moment} NOT NULL,
        counted_at {moment} NULL,
        handed integer NOT NULL,
        UNIQUE (idea_id, revision, participant_id)
    )""",
    "CREATE INDEX IF NOT EXISTS idea_news_mail_participant ON idea_news_mail (participant_id)",
    # what came from where within the last minutes; an address stands here as a hash that nobody can undo tomorrow
    """CREATE TABLE IF NOT EXISTS idea_arrival (
        id {identity},
        address varchar(64) NOT NULL,
        post_id bigint NOT NULL,
        at {moment} NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS idea_arrival_address ON idea_arrival (address, at)",
    # the same of links that were asked for
    """CREATE TABLE IF NOT EXISTS idea_link_arrival (
        id {identity},
        address varchar(64) NOT NULL,
        participant_id bigint NOT NULL,
        at {moment} NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS idea_link_arrival_address ON idea_link_arrival (address, at)",
    """CREATE TABLE IF NOT EXISTS idea_salt (
        day varchar(10) NOT NULL PRIMARY KEY,
        salt varchar(64) NOT NULL
    )""",
)
