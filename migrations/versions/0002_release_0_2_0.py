"""The changes of release 0.2.0, on top of 0.1.0.

Written by `python -m migrations.renew_unreleased`, never by hand; renewed until the release, and never changed again
after it. What is done by hand comes from migrations/unreleased_steps.py.
"""

from alembic import op
from sqlalchemy import Connection

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILLED: dict[str, str] = {}


def fill(bind: Connection) -> None:
    """Nothing to do by hand."""


BEFORE = {
    "postgresql": [
        "ALTER TABLE message DROP CONSTRAINT ck_message_messagestatus",
    ],
    "sqlite": [
        "DROP INDEX ix_message_party",
        "DROP INDEX ix_message_queue",
        "ALTER TABLE message RENAME TO message_before",
        """CREATE TABLE message (
	id INTEGER NOT NULL, 
	kind VARCHAR(60) NOT NULL, 
	dedupe_key VARCHAR(160) NOT NULL, 
	message_id VARCHAR(160) NOT NULL, 
	recipient VARCHAR(254) NOT NULL, 
	recipient_name VARCHAR(200) NOT NULL, 
	party_id INTEGER, 
	subject VARCHAR(300) NOT NULL, 
	body_text TEXT NOT NULL, 
	body_html TEXT NOT NULL, 
	calendar TEXT DEFAULT '' NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	attempts INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	next_attempt_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	last_error VARCHAR(300), 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT uq_message_dedupe_key UNIQUE (dedupe_key), 
	CONSTRAINT fk_message_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'in_doubt', 'sent', 'failed', 'withdrawn'))
)""",
        """INSERT INTO message (id, kind, dedupe_key, message_id, recipient, recipient_name, party_id, subject, body_text, body_html, calendar, status, attempts, created_at, next_attempt_at, sent_at, last_error)
SELECT id, kind, dedupe_key, message_id, recipient, recipient_name, party_id, subject, body_text, body_html, calendar, status, attempts, created_at, next_attempt_at, sent_at, last_error
FROM message_before""",
        "DROP TABLE message_before",
        "CREATE INDEX ix_message_party ON message (party_id, id)",
        "CREATE INDEX ix_message_queue ON message (status, next_attempt_at, id)",
    ],
}

AFTER = {
    "postgresql": [
        "ALTER TABLE message ADD CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'in_doubt', 'sent', 'failed', 'withdrawn'))",
    ],
    "sqlite": [],
}

BACK = {
    "postgresql": [
        "ALTER TABLE message DROP CONSTRAINT ck_message_messagestatus",
        "ALTER TABLE message ADD CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'withdrawn'))",
    ],
    "sqlite": [
        "DROP INDEX ix_message_party",
        "DROP INDEX ix_message_queue",
        "ALTER TABLE message RENAME TO message_before",
        """CREATE TABLE message (
	id INTEGER NOT NULL, 
	kind VARCHAR(60) NOT NULL, 
	dedupe_key VARCHAR(160) NOT NULL, 
	message_id VARCHAR(160) NOT NULL, 
	recipient VARCHAR(254) NOT NULL, 
	recipient_name VARCHAR(200) NOT NULL, 
	party_id INTEGER, 
	subject VARCHAR(300) NOT NULL, 
	body_text TEXT NOT NULL, 
	body_html TEXT NOT NULL, 
	calendar TEXT DEFAULT '' NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	attempts INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	next_attempt_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	last_error VARCHAR(300), 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT fk_message_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT uq_message_dedupe_key UNIQUE (dedupe_key), 
	CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'withdrawn'))
)""",
        """INSERT INTO message (id, kind, dedupe_key, message_id, recipient, recipient_name, party_id, subject, body_text, body_html, calendar, status, attempts, created_at, next_attempt_at, sent_at, last_error)
SELECT id, kind, dedupe_key, message_id, recipient, recipient_name, party_id, subject, body_text, body_html, calendar, status, attempts, created_at, next_attempt_at, sent_at, last_error
FROM message_before""",
        "DROP TABLE message_before",
        "CREATE INDEX ix_message_party ON message (party_id, id)",
        "CREATE INDEX ix_message_queue ON message (status, next_attempt_at, id)",
    ],
}


def run(statements: list[str]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        # A table that is put aside keeps what refers to it by its name.
        bind.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    run(BEFORE[bind.dialect.name])
    fill(bind)
    run(AFTER[bind.dialect.name])
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA legacy_alter_table=OFF")


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    run(BACK[bind.dialect.name])
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA legacy_alter_table=OFF")
