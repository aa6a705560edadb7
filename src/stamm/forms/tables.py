"""The tables. A version is written once; a submission is what one person sent."""

from __future__ import annotations

TABLES = (
    # `revision` is that of the newest version: whoever writes one takes it along, so that of two one is refused
    """CREATE TABLE IF NOT EXISTS form (
        id {identity},
        key varchar(60) NOT NULL UNIQUE,
        revision integer NOT NULL,
        made_at {moment} NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS form_version (
        id {identity},
        form_id bigint NOT NULL,
        revision integer NOT NULL,
        plan text NOT NULL,
        state varchar(10) NOT NULL,
        what varchar(20) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        UNIQUE (form_id, revision)
    )""",
    # `customer_id` is who it is of, known once it is told to the facts; `told` is 0 where the facts do not hold it as
    # it is, `facts` the keys of its rows there
    """CREATE TABLE IF NOT EXISTS form_submission (
        id {identity},
        form_id bigint NOT NULL,
        chance varchar(40) NOT NULL UNIQUE,
        email varchar(254) NOT NULL,
        content text NOT NULL,
        language varchar(10) NOT NULL,
        customer_id text NULL,
        is_new integer NOT NULL,
        sent_at {moment} NOT NULL,
        changed_at {moment} NOT NULL,
        held varchar(10) NOT NULL,
        told integer NOT NULL,
        facts text NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS form_submission_form ON form_submission (form_id, held)",
    "CREATE INDEX IF NOT EXISTS form_submission_email ON form_submission (email)",
    "CREATE INDEX IF NOT EXISTS form_submission_customer ON form_submission (customer_id)",
    "CREATE INDEX IF NOT EXISTS form_submission_untold ON form_submission (id) WHERE told = 0",
    # the file itself as base64; `kind` is what its bytes say
    """CREATE TABLE IF NOT EXISTS form_file (
        id {identity},
        submission_id bigint NOT NULL,
        place integer NOT NULL,
        kind varchar(20) NOT NULL,
        size integer NOT NULL,
        content text NOT NULL,
        UNIQUE (submission_id, place)
    )""",
    # what was ticked, as it was read; `asked_at`: since when the mail is planned, `state`: what became of it
    """CREATE TABLE IF NOT EXISTS form_confirmation (
        id {identity},
        submission_id bigint NOT NULL UNIQUE,
        ticked text NOT NULL,
        state varchar(10) NOT NULL,
        reason varchar(300) NOT NULL,
        asked_at {moment} NULL,
        confirmed_at {moment} NULL
    )""",
    # what came from where within the last hour; an address stands here as a hash that nobody can undo tomorrow
    """CREATE TABLE IF NOT EXISTS form_arrival (
        id {identity},
        address varchar(64) NOT NULL,
        submission_id bigint NOT NULL,
        at {moment} NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS form_arrival_address ON form_arrival (address, at)",
    """CREATE TABLE IF NOT EXISTS form_salt (
        day varchar(10) NOT NULL PRIMARY KEY,
        salt varchar(64) NOT NULL
    )""",
)
