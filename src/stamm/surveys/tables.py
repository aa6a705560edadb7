"""The tables. A version is written once; a sheet is one customer's answers, and holds what they are now."""

from __future__ import annotations

TABLES = (
    # `revision` is that of the newest version: whoever writes one takes it along, so that of two one is refused
    """CREATE TABLE IF NOT EXISTS survey (
        id {identity},
        key varchar(60) NOT NULL UNIQUE,
        revision integer NOT NULL,
        made_at {moment} NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS survey_version (
        id {identity},
        survey_id bigint NOT NULL,
        revision integer NOT NULL,
        plan text NOT NULL,
        state varchar(10) NOT NULL,
        what varchar(20) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (survey_id, revision)
    )""",
    # one that is open to whoever has it
    """CREATE TABLE IF NOT EXISTS survey_link (
        id {identity},
        survey_id bigint NOT NULL,
        touchpoint varchar(60) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (survey_id, touchpoint)
    )""",
    # `told` is the revision that the facts hold, 0 where they have to be looked at, `facts` the keys of its rows there
    """CREATE TABLE IF NOT EXISTS survey_sheet (
        id {identity},
        survey_id bigint NOT NULL,
        chance varchar(40) NOT NULL UNIQUE,
        customer_id text NULL,
        touchpoint varchar(60) NOT NULL,
        asked_at {moment} NOT NULL,
        changed_at {moment} NOT NULL,
        begun_at {moment} NULL,
        finished_at {moment} NULL,
        answers text NOT NULL,
        moments text NOT NULL,
        held varchar(10) NOT NULL,
        revision integer NOT NULL,
        told integer NOT NULL,
        facts text NOT NULL
    )""",
    # one time that customers were asked by mail, and in which words
    """CREATE TABLE IF NOT EXISTS survey_mailing (
        id {identity},
        survey_id bigint NOT NULL,
        words text NOT NULL,
        purpose varchar(200) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL
    )""",
    # how a survey asks by itself; each choice is a row of its own, and the last one holds
    """CREATE TABLE IF NOT EXISTS survey_by_itself (
        id {identity},
        survey_id bigint NOT NULL,
        about text NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL
    )""",
    # the mail of one sheet: it waits, was sent, or was held back for a reason
    """CREATE TABLE IF NOT EXISTS survey_mail (
        sheet_id bigint NOT NULL PRIMARY KEY,
        survey_id bigint NOT NULL,
        mailing_id bigint NOT NULL,
        state varchar(10) NOT NULL,
        reason varchar(300) NOT NULL
    )""",
    # what was done about an answer; no row is changed, and the last one of a sheet says how it stands
    """CREATE TABLE IF NOT EXISTS survey_follow_up (
        id {identity},
        sheet_id bigint NOT NULL,
        survey_id bigint NOT NULL,
        revision integer NOT NULL,
        what varchar(10) NOT NULL,
        state varchar(10) NOT NULL,
        whose varchar(200) NOT NULL,
        told text NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (sheet_id, revision)
    )""",
    "CREATE INDEX IF NOT EXISTS survey_follow_up_survey ON survey_follow_up (survey_id)",
    "CREATE INDEX IF NOT EXISTS survey_follow_up_whose ON survey_follow_up (whose)",
    "CREATE INDEX IF NOT EXISTS survey_mail_survey ON survey_mail (survey_id)",
    "CREATE INDEX IF NOT EXISTS survey_sheet_survey ON survey_sheet (survey_id)",
    "CREATE INDEX IF NOT EXISTS survey_sheet_customer ON survey_sheet (customer_id)",
    "CREATE INDEX IF NOT EXISTS survey_sheet_untold ON survey_sheet (id) WHERE told < revision",
    # what came from where within the last minutes; an address stands here as a hash that nobody can undo tomorrow
    """CREATE TABLE IF NOT EXISTS survey_arrival (
        id {identity},
        address varchar(64) NOT NULL,
        sheet_id bigint NOT NULL,
        at {moment} NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS survey_arrival_address ON survey_arrival (address, at)",
    # the picture itself as base64, at most one for each survey
    """CREATE TABLE IF NOT EXISTS survey_logo (
        survey_id bigint NOT NULL PRIMARY KEY,
        digest varchar(32) NOT NULL,
        kind varchar(20) NOT NULL,
        content text NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS survey_salt (
        day varchar(10) NOT NULL PRIMARY KEY,
        salt varchar(64) NOT NULL
    )""",
)
