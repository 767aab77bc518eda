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
        "ALTER TABLE obligation ALTER COLUMN party_id DROP NOT NULL",
        "ALTER TABLE obligation ADD COLUMN payer_id INTEGER",
    ],
    "sqlite": [
        "DROP INDEX ix_message_party",
        "DROP INDEX ix_message_queue",
        "DROP INDEX ix_obligation_open",
        "DROP INDEX ix_obligation_party",
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
        "ALTER TABLE obligation RENAME TO obligation_before",
        """CREATE TABLE obligation (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	subject_id INTEGER NOT NULL, 
	party_id INTEGER, 
	payer_id INTEGER, 
	due_on DATE NOT NULL, 
	created_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	closed_because VARCHAR(200), 
	CONSTRAINT pk_obligation PRIMARY KEY (id), 
	CONSTRAINT uq_obligation_kind_subject_id_due_on UNIQUE (kind, subject_id, due_on), 
	CONSTRAINT ck_obligation_of_one CHECK (party_id IS NULL OR payer_id IS NULL), 
	CONSTRAINT ck_obligation_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew')), 
	CONSTRAINT fk_obligation_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT fk_obligation_payer_id FOREIGN KEY(payer_id) REFERENCES payer (id)
)""",
        """INSERT INTO obligation (id, kind, subject_id, party_id, due_on, created_at, closed_at, closed_because)
SELECT id, kind, subject_id, party_id, due_on, created_at, closed_at, closed_because
FROM obligation_before""",
        "DROP TABLE obligation_before",
        "CREATE INDEX ix_message_party ON message (party_id, id)",
        "CREATE INDEX ix_message_queue ON message (status, next_attempt_at, id)",
        "CREATE INDEX ix_obligation_open ON obligation (closed_at, due_on, id)",
        "CREATE INDEX ix_obligation_party ON obligation (party_id, due_on)",
        "CREATE INDEX ix_obligation_payer ON obligation (payer_id, due_on)",
    ],
}

AFTER = {
    "postgresql": [
        "ALTER TABLE message ADD CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'in_doubt', 'sent', 'failed', 'withdrawn'))",
        "ALTER TABLE obligation ADD CONSTRAINT ck_obligation_of_one CHECK (party_id IS NULL OR payer_id IS NULL)",
        "ALTER TABLE obligation ADD CONSTRAINT fk_obligation_payer_id FOREIGN KEY(payer_id) REFERENCES payer (id)",
        "CREATE INDEX ix_obligation_payer ON obligation (payer_id, due_on)",
        "COMMENT ON COLUMN obligation.subject_id IS 'The row that falls due, by its kind'",
        "COMMENT ON COLUMN obligation.party_id IS 'Whose it is, where it is a party''s'",
        "COMMENT ON COLUMN obligation.payer_id IS 'Whose it is, where it is a payer''s'",
    ],
    "sqlite": [],
}

BACK = {
    "postgresql": [
        "ALTER TABLE obligation DROP CONSTRAINT fk_obligation_payer_id",
        "ALTER TABLE message DROP CONSTRAINT ck_message_messagestatus",
        "ALTER TABLE obligation DROP CONSTRAINT ck_obligation_of_one",
        "DROP INDEX ix_obligation_payer",
        "ALTER TABLE obligation DISABLE TRIGGER USER",
        "UPDATE obligation SET party_id = coalesce(party_id, 0)",
        "ALTER TABLE obligation ENABLE TRIGGER USER",
        "ALTER TABLE obligation ALTER COLUMN party_id SET NOT NULL",
        "ALTER TABLE obligation DROP COLUMN payer_id",
        "ALTER TABLE message ADD CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'withdrawn'))",
        "COMMENT ON COLUMN obligation.subject_id IS 'The credential, licence, evidence or drift that falls due'",
        "COMMENT ON COLUMN obligation.party_id IS NULL",
    ],
    "sqlite": [
        "DROP INDEX ix_message_party",
        "DROP INDEX ix_message_queue",
        "DROP INDEX ix_obligation_open",
        "DROP INDEX ix_obligation_party",
        "DROP INDEX ix_obligation_payer",
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
        "ALTER TABLE obligation RENAME TO obligation_before",
        """CREATE TABLE obligation (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	subject_id INTEGER NOT NULL, 
	party_id INTEGER NOT NULL, 
	due_on DATE NOT NULL, 
	created_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	closed_because VARCHAR(200), 
	CONSTRAINT pk_obligation PRIMARY KEY (id), 
	CONSTRAINT fk_obligation_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT uq_obligation_kind_subject_id_due_on UNIQUE (kind, subject_id, due_on), 
	CONSTRAINT ck_obligation_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew'))
)""",
        """INSERT INTO obligation (id, kind, subject_id, party_id, due_on, created_at, closed_at, closed_because)
SELECT id, kind, subject_id, coalesce(party_id, 0), due_on, created_at, closed_at, closed_because
FROM obligation_before""",
        "DROP TABLE obligation_before",
        "CREATE INDEX ix_message_party ON message (party_id, id)",
        "CREATE INDEX ix_message_queue ON message (status, next_attempt_at, id)",
        "CREATE INDEX ix_obligation_open ON obligation (closed_at, due_on, id)",
        "CREATE INDEX ix_obligation_party ON obligation (party_id, due_on)",
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
