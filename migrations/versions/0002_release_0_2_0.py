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
        "ALTER TABLE reminder_start DROP CONSTRAINT ck_reminder_start_obligationkind",
        "ALTER TABLE message DROP CONSTRAINT ck_message_messagestatus",
        "ALTER TABLE job_run DROP CONSTRAINT ck_job_run_jobstatus",
        "ALTER TABLE obligation DROP CONSTRAINT ck_obligation_obligationkind",
        "ALTER TABLE contract_step DROP CONSTRAINT ck_contract_step_stepkind",
        "ALTER TABLE reminder DROP CONSTRAINT ck_reminder_reminderstatus",
        "ALTER TABLE reminder_notice DROP CONSTRAINT ck_reminder_notice_audience",
        "ALTER TABLE reminder_notice DROP CONSTRAINT ck_reminder_notice_reminderstatus",
        """CREATE TABLE mail_opt_out (
	id SERIAL NOT NULL, 
	address VARCHAR(254) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	chosen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_mail_opt_out PRIMARY KEY (id), 
	CONSTRAINT uq_mail_opt_out_address_kind UNIQUE (address, kind)
)""",
        """CREATE TABLE failing_address (
	address VARCHAR(254) NOT NULL, 
	message_id BIGINT NOT NULL, 
	failed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	problem VARCHAR(300) NOT NULL, 
	bounced BOOLEAN NOT NULL, 
	CONSTRAINT pk_failing_address PRIMARY KEY (address)
)""",
        """CREATE TABLE job_pause (
	id SERIAL NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	paused_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	paused_by_id INTEGER NOT NULL, 
	ended_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_job_pause PRIMARY KEY (id)
)""",
        """CREATE TABLE mail_report (
	id SERIAL NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	message_id BIGINT NOT NULL, 
	permanent BOOLEAN NOT NULL, 
	code VARCHAR(20) NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_mail_report PRIMARY KEY (id), 
	CONSTRAINT uq_mail_report_sha256 UNIQUE (sha256)
)""",
        """CREATE TABLE training_shortfall (
	coordinator_id INTEGER NOT NULL, 
	credential_id INTEGER NOT NULL, 
	expires_on DATE NOT NULL, 
	lacking VARCHAR(400) NOT NULL, 
	looked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	CONSTRAINT pk_training_shortfall PRIMARY KEY (coordinator_id), 
	CONSTRAINT uq_training_shortfall_credential_id UNIQUE (credential_id)
)""",
        """CREATE TABLE job_request (
	id SERIAL NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	run_on DATE NOT NULL, 
	dry_run BOOLEAN NOT NULL, 
	asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	asked_by_id INTEGER NOT NULL, 
	run_id INTEGER, 
	withdrawn_at TIMESTAMP WITH TIME ZONE, 
	CONSTRAINT pk_job_request PRIMARY KEY (id)
)""",
        "ALTER TABLE message ADD COLUMN failed_at TIMESTAMP WITH TIME ZONE",
        "ALTER TABLE message ADD COLUMN opt_out VARCHAR(400) DEFAULT '' NOT NULL",
        "ALTER TABLE job_run ADD COLUMN runner VARCHAR(120) DEFAULT '' NOT NULL",
        "ALTER TABLE job_run ADD COLUMN by_hand BOOLEAN DEFAULT false NOT NULL",
        "ALTER TABLE job_run ADD COLUMN heartbeat_at TIMESTAMP WITH TIME ZONE",
        "ALTER TABLE job_run ADD COLUMN cancel_asked_at TIMESTAMP WITH TIME ZONE",
        "ALTER TABLE job_run ADD COLUMN cancel_asked_by_id INTEGER",
        "ALTER TABLE payer ADD COLUMN email VARCHAR(254)",
        "ALTER TABLE obligation ALTER COLUMN party_id DROP NOT NULL",
        "ALTER TABLE obligation ADD COLUMN payer_id INTEGER",
    ],
    "sqlite": [
        "DROP TRIGGER contract_step_refuses_update",
        "DROP TRIGGER contract_step_refuses_delete",
        "DROP TRIGGER contract_step_refuses_replace",
        "DROP INDEX ix_job_run_name",
        "DROP INDEX ix_message_party",
        "DROP INDEX ix_message_queue",
        "DROP INDEX ix_obligation_open",
        "DROP INDEX ix_obligation_party",
        "DROP INDEX ix_payer_sort",
        "DROP INDEX ix_reminder_planned",
        "DROP INDEX ix_reminder_notice_message",
        "DROP INDEX ix_reminder_notice_waiting",
        "DROP INDEX ix_contract_step_amendment_id",
        "DROP INDEX ix_contract_step_contract",
        """CREATE TABLE mail_opt_out (
	id INTEGER NOT NULL, 
	address VARCHAR(254) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	chosen_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_mail_opt_out PRIMARY KEY (id), 
	CONSTRAINT uq_mail_opt_out_address_kind UNIQUE (address, kind)
)""",
        "ALTER TABLE reminder_start RENAME TO reminder_start_before",
        """CREATE TABLE reminder_start (
	kind VARCHAR(40) NOT NULL, 
	watched_from DATE NOT NULL, 
	CONSTRAINT pk_reminder_start PRIMARY KEY (kind), 
	CONSTRAINT ck_reminder_start_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew', 'training_shortfall', 'training_session', 'contract_end', 'contract_option', 'financial_report', 'insurance_end', 'corrective_answer', 'corrective_milestone', 'caseload_report', 'vendor_invoice', 'invoice_returned', 'payer_instalment', 'application_goal', 'paper_goal', 'hearing_request', 'hearing'))
)""",
        """INSERT INTO reminder_start (kind, watched_from)
SELECT kind, watched_from
FROM reminder_start_before""",
        "DROP TABLE reminder_start_before",
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
	failed_at DATETIME, 
	opt_out VARCHAR(400) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_message PRIMARY KEY (id), 
	CONSTRAINT uq_message_dedupe_key UNIQUE (dedupe_key), 
	CONSTRAINT fk_message_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'in_doubt', 'sent', 'failed', 'bounced', 'withdrawn'))
)""",
        """INSERT INTO message (id, kind, dedupe_key, message_id, recipient, recipient_name, party_id, subject, body_text, body_html, calendar, status, attempts, created_at, next_attempt_at, sent_at, last_error)
SELECT id, kind, dedupe_key, message_id, recipient, recipient_name, party_id, subject, body_text, body_html, calendar, status, attempts, created_at, next_attempt_at, sent_at, last_error
FROM message_before""",
        "DROP TABLE message_before",
        """CREATE TABLE failing_address (
	address VARCHAR(254) NOT NULL, 
	message_id INTEGER NOT NULL, 
	failed_at DATETIME NOT NULL, 
	problem VARCHAR(300) NOT NULL, 
	bounced BOOLEAN NOT NULL, 
	CONSTRAINT pk_failing_address PRIMARY KEY (address), 
	CONSTRAINT fk_failing_address_message_id FOREIGN KEY(message_id) REFERENCES message (id)
)""",
        """CREATE TABLE job_pause (
	id INTEGER NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	reason VARCHAR(300) NOT NULL, 
	paused_at DATETIME NOT NULL, 
	paused_by_id INTEGER NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_job_pause PRIMARY KEY (id), 
	CONSTRAINT fk_job_pause_paused_by_id FOREIGN KEY(paused_by_id) REFERENCES account (id)
)""",
        "ALTER TABLE job_run RENAME TO job_run_before",
        """CREATE TABLE job_run (
	id INTEGER NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	run_on DATE NOT NULL, 
	dry_run BOOLEAN NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	done INTEGER NOT NULL, 
	total INTEGER, 
	counts JSON NOT NULL, 
	error TEXT, 
	runner VARCHAR(120) DEFAULT '' NOT NULL, 
	by_hand BOOLEAN DEFAULT false NOT NULL, 
	heartbeat_at DATETIME, 
	cancel_asked_at DATETIME, 
	cancel_asked_by_id INTEGER, 
	CONSTRAINT pk_job_run PRIMARY KEY (id), 
	CONSTRAINT ck_job_run_jobstatus CHECK (status IN ('running', 'finished', 'failed', 'cancelled', 'interrupted')), 
	CONSTRAINT fk_job_run_cancel_asked_by_id FOREIGN KEY(cancel_asked_by_id) REFERENCES account (id)
)""",
        """INSERT INTO job_run (id, name, run_on, dry_run, status, started_at, finished_at, done, total, counts, error)
SELECT id, name, run_on, dry_run, status, started_at, finished_at, done, total, counts, error
FROM job_run_before""",
        "DROP TABLE job_run_before",
        """CREATE TABLE mail_report (
	id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	message_id INTEGER NOT NULL, 
	permanent BOOLEAN NOT NULL, 
	code VARCHAR(20) NOT NULL, 
	received_at DATETIME NOT NULL, 
	CONSTRAINT pk_mail_report PRIMARY KEY (id), 
	CONSTRAINT uq_mail_report_sha256 UNIQUE (sha256), 
	CONSTRAINT fk_mail_report_message_id FOREIGN KEY(message_id) REFERENCES message (id)
)""",
        "ALTER TABLE payer RENAME TO payer_before",
        """CREATE TABLE payer (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	sort_name VARCHAR(200) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	attention VARCHAR(200) NOT NULL, 
	email VARCHAR(254), 
	address VARCHAR(400) NOT NULL, 
	successor_id INTEGER, 
	merged_on DATE, 
	left_on DATE, 
	registered_by_id INTEGER NOT NULL, 
	registered_at DATETIME NOT NULL, 
	CONSTRAINT pk_payer PRIMARY KEY (id), 
	CONSTRAINT ck_payer_merged_whole CHECK ((successor_id IS NULL) = (merged_on IS NULL)), 
	CONSTRAINT ck_payer_merged_elsewhere CHECK (successor_id IS NULL OR successor_id <> id), 
	CONSTRAINT uq_payer_name UNIQUE (name), 
	CONSTRAINT ck_payer_payerkind CHECK (kind IN ('health_insurer', 'hmo', 'third_party_administrator', 'self_insured_plan')), 
	CONSTRAINT fk_payer_successor_id FOREIGN KEY(successor_id) REFERENCES payer (id), 
	CONSTRAINT fk_payer_registered_by_id FOREIGN KEY(registered_by_id) REFERENCES account (id)
)""",
        """INSERT INTO payer (id, name, sort_name, kind, attention, address, successor_id, merged_on, left_on, registered_by_id, registered_at)
SELECT id, name, sort_name, kind, attention, address, successor_id, merged_on, left_on, registered_by_id, registered_at
FROM payer_before""",
        "DROP TABLE payer_before",
        """CREATE TABLE training_shortfall (
	coordinator_id INTEGER NOT NULL, 
	credential_id INTEGER NOT NULL, 
	expires_on DATE NOT NULL, 
	lacking VARCHAR(400) NOT NULL, 
	looked_at DATETIME NOT NULL, 
	CONSTRAINT pk_training_shortfall PRIMARY KEY (coordinator_id), 
	CONSTRAINT fk_training_shortfall_coordinator_id FOREIGN KEY(coordinator_id) REFERENCES coordinator (id), 
	CONSTRAINT uq_training_shortfall_credential_id UNIQUE (credential_id), 
	CONSTRAINT fk_training_shortfall_credential_id FOREIGN KEY(credential_id) REFERENCES credential (id)
)""",
        """CREATE TABLE job_request (
	id INTEGER NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	run_on DATE NOT NULL, 
	dry_run BOOLEAN NOT NULL, 
	asked_at DATETIME NOT NULL, 
	asked_by_id INTEGER NOT NULL, 
	run_id INTEGER, 
	withdrawn_at DATETIME, 
	CONSTRAINT pk_job_request PRIMARY KEY (id), 
	CONSTRAINT fk_job_request_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES account (id), 
	CONSTRAINT fk_job_request_run_id FOREIGN KEY(run_id) REFERENCES job_run (id)
)""",
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
	CONSTRAINT ck_obligation_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew', 'training_shortfall', 'training_session', 'contract_end', 'contract_option', 'financial_report', 'insurance_end', 'corrective_answer', 'corrective_milestone', 'caseload_report', 'vendor_invoice', 'invoice_returned', 'payer_instalment', 'application_goal', 'paper_goal', 'hearing_request', 'hearing')), 
	CONSTRAINT fk_obligation_party_id FOREIGN KEY(party_id) REFERENCES party (id), 
	CONSTRAINT fk_obligation_payer_id FOREIGN KEY(payer_id) REFERENCES payer (id)
)""",
        """INSERT INTO obligation (id, kind, subject_id, party_id, due_on, created_at, closed_at, closed_because)
SELECT id, kind, subject_id, party_id, due_on, created_at, closed_at, closed_because
FROM obligation_before""",
        "DROP TABLE obligation_before",
        "ALTER TABLE contract_step RENAME TO contract_step_before",
        """CREATE TABLE contract_step (
	id INTEGER NOT NULL, 
	contract_id INTEGER NOT NULL, 
	amendment_id INTEGER, 
	kind VARCHAR(40) NOT NULL, 
	happened_on DATE NOT NULL, 
	person VARCHAR(200), 
	person_title VARCHAR(120), 
	note TEXT, 
	file_id INTEGER, 
	recorded_by_id INTEGER NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_contract_step PRIMARY KEY (id), 
	CONSTRAINT fk_contract_step_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_contract_step_amendment_id FOREIGN KEY(amendment_id) REFERENCES contract_amendment (id), 
	CONSTRAINT ck_contract_step_stepkind CHECK (kind IN ('negotiated', 'sent_for_signature', 'contractor_signed', 'department_signed', 'secretariat_approved', 'recalled', 'withdrawn', 'suspended', 'reinstated', 'terminated_for_cause', 'terminated_without_cause', 'termination_taken_back', 'options_declined', 'closed_out')), 
	CONSTRAINT fk_contract_step_file_id FOREIGN KEY(file_id) REFERENCES stored_file (id), 
	CONSTRAINT fk_contract_step_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES account (id)
)""",
        """INSERT INTO contract_step (id, contract_id, amendment_id, kind, happened_on, person, person_title, note, file_id, recorded_by_id, recorded_at)
SELECT id, contract_id, amendment_id, kind, happened_on, person, person_title, note, file_id, recorded_by_id, recorded_at
FROM contract_step_before""",
        "DROP TABLE contract_step_before",
        "ALTER TABLE reminder RENAME TO reminder_before",
        """CREATE TABLE reminder (
	id INTEGER NOT NULL, 
	obligation_id INTEGER NOT NULL, 
	due_on DATE NOT NULL, 
	step INTEGER NOT NULL, 
	send_on DATE NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	reason VARCHAR(200), 
	decided_at DATETIME, 
	CONSTRAINT pk_reminder PRIMARY KEY (id), 
	CONSTRAINT uq_reminder_obligation_id_due_on_step UNIQUE (obligation_id, due_on, step), 
	CONSTRAINT ck_reminder_suppressed_has_reason CHECK (status <> 'suppressed' OR reason IS NOT NULL), 
	CONSTRAINT fk_reminder_obligation_id FOREIGN KEY(obligation_id) REFERENCES obligation (id), 
	CONSTRAINT ck_reminder_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed', 'bounced'))
)""",
        """INSERT INTO reminder (id, obligation_id, due_on, step, send_on, status, reason, decided_at)
SELECT id, obligation_id, due_on, step, send_on, status, reason, decided_at
FROM reminder_before""",
        "DROP TABLE reminder_before",
        "ALTER TABLE reminder_notice RENAME TO reminder_notice_before",
        """CREATE TABLE reminder_notice (
	id INTEGER NOT NULL, 
	reminder_id INTEGER, 
	employment_id INTEGER, 
	audience VARCHAR(40) NOT NULL, 
	recipient VARCHAR(254) NOT NULL, 
	recipient_name VARCHAR(200) NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	reason VARCHAR(200), 
	message_id INTEGER, 
	CONSTRAINT pk_reminder_notice PRIMARY KEY (id), 
	CONSTRAINT uq_reminder_notice_reminder_id_recipient UNIQUE (reminder_id, recipient), 
	CONSTRAINT uq_reminder_notice_employment_id_recipient UNIQUE (employment_id, recipient), 
	CONSTRAINT ck_reminder_notice_about_one_thing CHECK ((reminder_id IS NULL) <> (employment_id IS NULL)), 
	CONSTRAINT ck_reminder_notice_suppressed_has_reason CHECK (status <> 'suppressed' OR reason IS NOT NULL), 
	CONSTRAINT fk_reminder_notice_reminder_id FOREIGN KEY(reminder_id) REFERENCES reminder (id), 
	CONSTRAINT fk_reminder_notice_employment_id FOREIGN KEY(employment_id) REFERENCES employment (id), 
	CONSTRAINT ck_reminder_notice_audience CHECK (audience IN ('holder', 'employer', 'organization', 'payer', 'reviewer', 'fund', 'dph', 'former_employer')), 
	CONSTRAINT ck_reminder_notice_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed', 'bounced')), 
	CONSTRAINT fk_reminder_notice_message_id FOREIGN KEY(message_id) REFERENCES message (id)
)""",
        """INSERT INTO reminder_notice (id, reminder_id, employment_id, audience, recipient, recipient_name, status, reason, message_id)
SELECT id, reminder_id, employment_id, audience, recipient, recipient_name, status, reason, message_id
FROM reminder_notice_before""",
        "DROP TABLE reminder_notice_before",
        "CREATE INDEX ix_message_party ON message (party_id, id)",
        "CREATE INDEX ix_message_queue ON message (status, next_attempt_at, id)",
        "CREATE UNIQUE INDEX ix_job_pause_open ON job_pause (name) WHERE ended_at IS NULL",
        "CREATE INDEX ix_job_run_name ON job_run (name, id)",
        "CREATE INDEX ix_mail_report_message ON mail_report (message_id, id)",
        "CREATE INDEX ix_payer_sort ON payer (sort_name, id)",
        "CREATE UNIQUE INDEX ix_job_request_waiting ON job_request (name, run_on, dry_run) WHERE run_id IS NULL AND withdrawn_at IS NULL",
        "CREATE INDEX ix_obligation_open ON obligation (closed_at, due_on, id)",
        "CREATE INDEX ix_obligation_party ON obligation (party_id, due_on)",
        "CREATE INDEX ix_obligation_payer ON obligation (payer_id, due_on)",
        "CREATE INDEX ix_contract_step_amendment_id ON contract_step (amendment_id)",
        "CREATE INDEX ix_contract_step_contract ON contract_step (contract_id, id)",
        "CREATE INDEX ix_reminder_planned ON reminder (status, send_on, id)",
        "CREATE INDEX ix_reminder_notice_message ON reminder_notice (message_id)",
        "CREATE INDEX ix_reminder_notice_waiting ON reminder_notice (status, message_id, recipient)",
    ],
}

AFTER = {
    "postgresql": [
        "ALTER TABLE contract_step ADD CONSTRAINT ck_contract_step_stepkind CHECK (kind IN ('negotiated', 'sent_for_signature', 'contractor_signed', 'department_signed', 'secretariat_approved', 'recalled', 'withdrawn', 'suspended', 'reinstated', 'terminated_for_cause', 'terminated_without_cause', 'termination_taken_back', 'options_declined', 'closed_out'))",
        "ALTER TABLE job_run ADD CONSTRAINT ck_job_run_jobstatus CHECK (status IN ('running', 'finished', 'failed', 'cancelled', 'interrupted'))",
        "ALTER TABLE message ADD CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'in_doubt', 'sent', 'failed', 'bounced', 'withdrawn'))",
        "ALTER TABLE obligation ADD CONSTRAINT ck_obligation_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew', 'training_shortfall', 'training_session', 'contract_end', 'contract_option', 'financial_report', 'insurance_end', 'corrective_answer', 'corrective_milestone', 'caseload_report', 'vendor_invoice', 'invoice_returned', 'payer_instalment', 'application_goal', 'paper_goal', 'hearing_request', 'hearing'))",
        "ALTER TABLE obligation ADD CONSTRAINT ck_obligation_of_one CHECK (party_id IS NULL OR payer_id IS NULL)",
        "ALTER TABLE reminder ADD CONSTRAINT ck_reminder_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed', 'bounced'))",
        "ALTER TABLE reminder_notice ADD CONSTRAINT ck_reminder_notice_audience CHECK (audience IN ('holder', 'employer', 'organization', 'payer', 'reviewer', 'fund', 'dph', 'former_employer'))",
        "ALTER TABLE reminder_notice ADD CONSTRAINT ck_reminder_notice_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed', 'bounced'))",
        "ALTER TABLE reminder_start ADD CONSTRAINT ck_reminder_start_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew', 'training_shortfall', 'training_session', 'contract_end', 'contract_option', 'financial_report', 'insurance_end', 'corrective_answer', 'corrective_milestone', 'caseload_report', 'vendor_invoice', 'invoice_returned', 'payer_instalment', 'application_goal', 'paper_goal', 'hearing_request', 'hearing'))",
        "ALTER TABLE failing_address ADD CONSTRAINT fk_failing_address_message_id FOREIGN KEY(message_id) REFERENCES message (id)",
        "ALTER TABLE job_pause ADD CONSTRAINT fk_job_pause_paused_by_id FOREIGN KEY(paused_by_id) REFERENCES account (id)",
        "ALTER TABLE job_request ADD CONSTRAINT fk_job_request_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES account (id)",
        "ALTER TABLE job_request ADD CONSTRAINT fk_job_request_run_id FOREIGN KEY(run_id) REFERENCES job_run (id)",
        "ALTER TABLE job_run ADD CONSTRAINT fk_job_run_cancel_asked_by_id FOREIGN KEY(cancel_asked_by_id) REFERENCES account (id)",
        "ALTER TABLE mail_report ADD CONSTRAINT fk_mail_report_message_id FOREIGN KEY(message_id) REFERENCES message (id)",
        "ALTER TABLE obligation ADD CONSTRAINT fk_obligation_payer_id FOREIGN KEY(payer_id) REFERENCES payer (id)",
        "ALTER TABLE training_shortfall ADD CONSTRAINT fk_training_shortfall_coordinator_id FOREIGN KEY(coordinator_id) REFERENCES coordinator (id)",
        "ALTER TABLE training_shortfall ADD CONSTRAINT fk_training_shortfall_credential_id FOREIGN KEY(credential_id) REFERENCES credential (id)",
        "CREATE UNIQUE INDEX ix_job_pause_open ON job_pause (name) WHERE ended_at IS NULL",
        "CREATE INDEX ix_mail_report_message ON mail_report (message_id, id)",
        "CREATE UNIQUE INDEX ix_job_request_waiting ON job_request (name, run_on, dry_run) WHERE run_id IS NULL AND withdrawn_at IS NULL",
        "CREATE INDEX ix_obligation_payer ON obligation (payer_id, due_on)",
        "COMMENT ON TABLE mail_opt_out IS 'A kind of mail that somebody does not want, where the law lets them choose.'",
        "COMMENT ON COLUMN mail_opt_out.address IS 'Lower case'",
        "COMMENT ON COLUMN mail_opt_out.kind IS 'A kind of reminder, or the name of a message'",
        "COMMENT ON COLUMN mail_opt_out.ended_at IS 'When they wanted it again'",
        "COMMENT ON COLUMN message.failed_at IS 'When it was refused for good, given up, or came back'",
        "COMMENT ON COLUMN message.opt_out IS 'The kinds of mail in it that its reader may opt out of'",
        "COMMENT ON TABLE failing_address IS 'An e-mail address that takes no mail at present; a later success removes it.'",
        "COMMENT ON COLUMN failing_address.address IS 'Lower case'",
        "COMMENT ON COLUMN failing_address.message_id IS 'The last message that failed'",
        "COMMENT ON COLUMN failing_address.bounced IS 'Whether mail came back after it was taken; then another one that is taken proves nothing at once'",
        "COMMENT ON TABLE job_pause IS 'A job that the worker leaves alone until somebody lets it go on.'",
        "COMMENT ON COLUMN job_run.runner IS 'Host and number of the process that runs it'",
        "COMMENT ON COLUMN job_run.by_hand IS 'Run in a terminal, not by a worker'",
        "COMMENT ON COLUMN job_run.heartbeat_at IS 'When the run last gave a sign of life'",
        "COMMENT ON TABLE mail_report IS 'What a mail server reported about a message that it had taken: it came back, or is late.'",
        "COMMENT ON COLUMN mail_report.sha256 IS 'Of the report, so that each counts once'",
        "COMMENT ON COLUMN mail_report.permanent IS 'Whether the message came back; otherwise it was only delayed'",
        "COMMENT ON COLUMN mail_report.code IS 'The enhanced status code (RFC 3463), such as 5.1.1'",
        "COMMENT ON COLUMN payer.email IS 'Where reminders of instalments go; never public'",
        "COMMENT ON TABLE training_shortfall IS 'Somebody whose hours are short of their pace before a renewal, as the last look found it; derived each night.'",
        "COMMENT ON COLUMN training_shortfall.expires_on IS 'Last day of the term that the hours are for'",
        "COMMENT ON COLUMN training_shortfall.lacking IS 'What is lacking, in words'",
        "COMMENT ON TABLE job_request IS 'A run that somebody asked for on the page of the jobs; a worker takes it up.'",
        "COMMENT ON COLUMN job_request.run_on IS 'The day to run the job for'",
        "COMMENT ON COLUMN job_request.run_id IS 'The run that it became'",
        "COMMENT ON COLUMN obligation.subject_id IS 'The row that falls due, by its kind'",
        "COMMENT ON COLUMN obligation.party_id IS 'Whose it is, where it is a party''s'",
        "COMMENT ON COLUMN obligation.payer_id IS 'Whose it is, where it is a payer''s'",
    ],
    "sqlite": [
        "CREATE TRIGGER contract_step_refuses_update BEFORE UPDATE ON contract_step BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
        "CREATE TRIGGER contract_step_refuses_delete BEFORE DELETE ON contract_step BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
        "CREATE TRIGGER contract_step_refuses_replace BEFORE INSERT ON contract_step WHEN EXISTS (SELECT 1 FROM contract_step AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
    ],
}

BACK = {
    "postgresql": [
        "ALTER TABLE job_run DROP CONSTRAINT fk_job_run_cancel_asked_by_id",
        "ALTER TABLE obligation DROP CONSTRAINT fk_obligation_payer_id",
        "ALTER TABLE job_run DROP CONSTRAINT ck_job_run_jobstatus",
        "ALTER TABLE reminder_start DROP CONSTRAINT ck_reminder_start_obligationkind",
        "ALTER TABLE message DROP CONSTRAINT ck_message_messagestatus",
        "ALTER TABLE obligation DROP CONSTRAINT ck_obligation_obligationkind",
        "ALTER TABLE obligation DROP CONSTRAINT ck_obligation_of_one",
        "ALTER TABLE reminder DROP CONSTRAINT ck_reminder_reminderstatus",
        "ALTER TABLE reminder_notice DROP CONSTRAINT ck_reminder_notice_audience",
        "ALTER TABLE reminder_notice DROP CONSTRAINT ck_reminder_notice_reminderstatus",
        "ALTER TABLE contract_step DROP CONSTRAINT ck_contract_step_stepkind",
        "DROP INDEX ix_obligation_payer",
        "ALTER TABLE obligation DISABLE TRIGGER USER",
        "UPDATE obligation SET party_id = coalesce(party_id, 0)",
        "ALTER TABLE obligation ENABLE TRIGGER USER",
        "ALTER TABLE job_run DROP COLUMN runner",
        "ALTER TABLE job_run DROP COLUMN by_hand",
        "ALTER TABLE job_run DROP COLUMN heartbeat_at",
        "ALTER TABLE job_run DROP COLUMN cancel_asked_at",
        "ALTER TABLE job_run DROP COLUMN cancel_asked_by_id",
        "ALTER TABLE message DROP COLUMN failed_at",
        "ALTER TABLE message DROP COLUMN opt_out",
        "ALTER TABLE obligation ALTER COLUMN party_id SET NOT NULL",
        "ALTER TABLE obligation DROP COLUMN payer_id",
        "ALTER TABLE payer DROP COLUMN email",
        "ALTER TABLE contract_step ADD CONSTRAINT ck_contract_step_stepkind CHECK (kind IN ('negotiated', 'sent_for_signature', 'contractor_signed', 'department_signed', 'secretariat_approved', 'recalled', 'withdrawn', 'suspended', 'reinstated', 'terminated_for_cause', 'terminated_without_cause', 'termination_taken_back', 'closed_out'))",
        "ALTER TABLE job_run ADD CONSTRAINT ck_job_run_jobstatus CHECK (status IN ('running', 'finished', 'failed'))",
        "ALTER TABLE message ADD CONSTRAINT ck_message_messagestatus CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'withdrawn'))",
        "ALTER TABLE obligation ADD CONSTRAINT ck_obligation_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew'))",
        "ALTER TABLE reminder ADD CONSTRAINT ck_reminder_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed'))",
        "ALTER TABLE reminder_notice ADD CONSTRAINT ck_reminder_notice_audience CHECK (audience IN ('holder', 'employer', 'organization', 'dph', 'former_employer'))",
        "ALTER TABLE reminder_notice ADD CONSTRAINT ck_reminder_notice_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed'))",
        "ALTER TABLE reminder_start ADD CONSTRAINT ck_reminder_start_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew'))",
        "DROP TABLE job_request CASCADE",
        "DROP TABLE training_shortfall CASCADE",
        "DROP TABLE mail_report CASCADE",
        "DROP TABLE job_pause CASCADE",
        "DROP TABLE failing_address CASCADE",
        "DROP TABLE mail_opt_out CASCADE",
        "COMMENT ON COLUMN obligation.subject_id IS 'The credential, licence, evidence or drift that falls due'",
        "COMMENT ON COLUMN obligation.party_id IS NULL",
    ],
    "sqlite": [
        "DROP TRIGGER contract_step_refuses_update",
        "DROP TRIGGER contract_step_refuses_delete",
        "DROP TRIGGER contract_step_refuses_replace",
        "DROP INDEX ix_message_party",
        "DROP INDEX ix_message_queue",
        "DROP INDEX ix_job_run_name",
        "DROP INDEX ix_payer_sort",
        "DROP INDEX ix_obligation_open",
        "DROP INDEX ix_obligation_party",
        "DROP INDEX ix_obligation_payer",
        "DROP INDEX ix_contract_step_amendment_id",
        "DROP INDEX ix_contract_step_contract",
        "DROP INDEX ix_reminder_planned",
        "DROP INDEX ix_reminder_notice_message",
        "DROP INDEX ix_reminder_notice_waiting",
        "ALTER TABLE job_run RENAME TO job_run_before",
        """CREATE TABLE job_run (
	id INTEGER NOT NULL, 
	name VARCHAR(60) NOT NULL, 
	run_on DATE NOT NULL, 
	dry_run BOOLEAN NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	done INTEGER NOT NULL, 
	total INTEGER, 
	counts JSON NOT NULL, 
	error TEXT, 
	CONSTRAINT pk_job_run PRIMARY KEY (id), 
	CONSTRAINT ck_job_run_jobstatus CHECK (status IN ('running', 'finished', 'failed'))
)""",
        """INSERT INTO job_run (id, name, run_on, dry_run, status, started_at, finished_at, done, total, counts, error)
SELECT id, name, run_on, dry_run, status, started_at, finished_at, done, total, counts, error
FROM job_run_before""",
        "DROP TABLE job_run_before",
        "ALTER TABLE reminder_start RENAME TO reminder_start_before",
        """CREATE TABLE reminder_start (
	kind VARCHAR(40) NOT NULL, 
	watched_from DATE NOT NULL, 
	CONSTRAINT pk_reminder_start PRIMARY KEY (kind), 
	CONSTRAINT ck_reminder_start_obligationkind CHECK (kind IN ('credential_renewal', 'licence_renewal', 'document_renewal', 'licence_recheck', 'background_recheck', 'ce_proof', 'attest_anew'))
)""",
        """INSERT INTO reminder_start (kind, watched_from)
SELECT kind, watched_from
FROM reminder_start_before""",
        "DROP TABLE reminder_start_before",
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
        "ALTER TABLE payer RENAME TO payer_before",
        """CREATE TABLE payer (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	sort_name VARCHAR(200) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	attention VARCHAR(200) NOT NULL, 
	address VARCHAR(400) NOT NULL, 
	successor_id INTEGER, 
	merged_on DATE, 
	left_on DATE, 
	registered_by_id INTEGER NOT NULL, 
	registered_at DATETIME NOT NULL, 
	CONSTRAINT pk_payer PRIMARY KEY (id), 
	CONSTRAINT ck_payer_merged_whole CHECK ((successor_id IS NULL) = (merged_on IS NULL)), 
	CONSTRAINT ck_payer_merged_elsewhere CHECK (successor_id IS NULL OR successor_id <> id), 
	CONSTRAINT fk_payer_registered_by_id FOREIGN KEY(registered_by_id) REFERENCES account (id), 
	CONSTRAINT fk_payer_successor_id FOREIGN KEY(successor_id) REFERENCES payer (id), 
	CONSTRAINT uq_payer_name UNIQUE (name), 
	CONSTRAINT ck_payer_payerkind CHECK (kind IN ('health_insurer', 'hmo', 'third_party_administrator', 'self_insured_plan'))
)""",
        """INSERT INTO payer (id, name, sort_name, kind, attention, address, successor_id, merged_on, left_on, registered_by_id, registered_at)
SELECT id, name, sort_name, kind, attention, address, successor_id, merged_on, left_on, registered_by_id, registered_at
FROM payer_before""",
        "DROP TABLE payer_before",
        "ALTER TABLE reminder RENAME TO reminder_before",
        """CREATE TABLE reminder (
	id INTEGER NOT NULL, 
	obligation_id INTEGER NOT NULL, 
	due_on DATE NOT NULL, 
	step INTEGER NOT NULL, 
	send_on DATE NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	reason VARCHAR(200), 
	decided_at DATETIME, 
	CONSTRAINT pk_reminder PRIMARY KEY (id), 
	CONSTRAINT ck_reminder_suppressed_has_reason CHECK (status <> 'suppressed' OR reason IS NOT NULL), 
	CONSTRAINT fk_reminder_obligation_id FOREIGN KEY(obligation_id) REFERENCES obligation (id), 
	CONSTRAINT uq_reminder_obligation_id_due_on_step UNIQUE (obligation_id, due_on, step), 
	CONSTRAINT ck_reminder_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed'))
)""",
        """INSERT INTO reminder (id, obligation_id, due_on, step, send_on, status, reason, decided_at)
SELECT id, obligation_id, due_on, step, send_on, status, reason, decided_at
FROM reminder_before""",
        "DROP TABLE reminder_before",
        "ALTER TABLE reminder_notice RENAME TO reminder_notice_before",
        """CREATE TABLE reminder_notice (
	id INTEGER NOT NULL, 
	reminder_id INTEGER, 
	employment_id INTEGER, 
	audience VARCHAR(40) NOT NULL, 
	recipient VARCHAR(254) NOT NULL, 
	recipient_name VARCHAR(200) NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	reason VARCHAR(200), 
	message_id INTEGER, 
	CONSTRAINT pk_reminder_notice PRIMARY KEY (id), 
	CONSTRAINT ck_reminder_notice_suppressed_has_reason CHECK (status <> 'suppressed' OR reason IS NOT NULL), 
	CONSTRAINT ck_reminder_notice_about_one_thing CHECK ((reminder_id IS NULL) <> (employment_id IS NULL)), 
	CONSTRAINT fk_reminder_notice_employment_id FOREIGN KEY(employment_id) REFERENCES employment (id), 
	CONSTRAINT fk_reminder_notice_message_id FOREIGN KEY(message_id) REFERENCES message (id), 
	CONSTRAINT fk_reminder_notice_reminder_id FOREIGN KEY(reminder_id) REFERENCES reminder (id), 
	CONSTRAINT uq_reminder_notice_employment_id_recipient UNIQUE (employment_id, recipient), 
	CONSTRAINT uq_reminder_notice_reminder_id_recipient UNIQUE (reminder_id, recipient), 
	CONSTRAINT ck_reminder_notice_audience CHECK (audience IN ('holder', 'employer', 'organization', 'dph', 'former_employer')), 
	CONSTRAINT ck_reminder_notice_reminderstatus CHECK (status IN ('planned', 'sent', 'suppressed', 'failed'))
)""",
        """INSERT INTO reminder_notice (id, reminder_id, employment_id, audience, recipient, recipient_name, status, reason, message_id)
SELECT id, reminder_id, employment_id, audience, recipient, recipient_name, status, reason, message_id
FROM reminder_notice_before""",
        "DROP TABLE reminder_notice_before",
        "ALTER TABLE contract_step RENAME TO contract_step_before",
        """CREATE TABLE contract_step (
	id INTEGER NOT NULL, 
	contract_id INTEGER NOT NULL, 
	amendment_id INTEGER, 
	kind VARCHAR(40) NOT NULL, 
	happened_on DATE NOT NULL, 
	person VARCHAR(200), 
	person_title VARCHAR(120), 
	note TEXT, 
	file_id INTEGER, 
	recorded_by_id INTEGER NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_contract_step PRIMARY KEY (id), 
	CONSTRAINT fk_contract_step_amendment_id FOREIGN KEY(amendment_id) REFERENCES contract_amendment (id), 
	CONSTRAINT fk_contract_step_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id), 
	CONSTRAINT fk_contract_step_file_id FOREIGN KEY(file_id) REFERENCES stored_file (id), 
	CONSTRAINT fk_contract_step_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES account (id), 
	CONSTRAINT ck_contract_step_stepkind CHECK (kind IN ('negotiated', 'sent_for_signature', 'contractor_signed', 'department_signed', 'secretariat_approved', 'recalled', 'withdrawn', 'suspended', 'reinstated', 'terminated_for_cause', 'terminated_without_cause', 'termination_taken_back', 'closed_out'))
)""",
        """INSERT INTO contract_step (id, contract_id, amendment_id, kind, happened_on, person, person_title, note, file_id, recorded_by_id, recorded_at)
SELECT id, contract_id, amendment_id, kind, happened_on, person, person_title, note, file_id, recorded_by_id, recorded_at
FROM contract_step_before""",
        "DROP TABLE contract_step_before",
        "CREATE INDEX ix_job_run_name ON job_run (name, id)",
        "CREATE INDEX ix_message_party ON message (party_id, id)",
        "CREATE INDEX ix_message_queue ON message (status, next_attempt_at, id)",
        "CREATE INDEX ix_obligation_open ON obligation (closed_at, due_on, id)",
        "CREATE INDEX ix_obligation_party ON obligation (party_id, due_on)",
        "CREATE INDEX ix_payer_sort ON payer (sort_name, id)",
        "CREATE INDEX ix_reminder_planned ON reminder (status, send_on, id)",
        "CREATE INDEX ix_reminder_notice_message ON reminder_notice (message_id)",
        "CREATE INDEX ix_reminder_notice_waiting ON reminder_notice (status, message_id, recipient)",
        "CREATE INDEX ix_contract_step_amendment_id ON contract_step (amendment_id)",
        "CREATE INDEX ix_contract_step_contract ON contract_step (contract_id, id)",
        "DROP TABLE job_request",
        "DROP TABLE training_shortfall",
        "DROP TABLE mail_report",
        "DROP TABLE job_pause",
        "DROP TABLE failing_address",
        "DROP TABLE mail_opt_out",
        "CREATE TRIGGER contract_step_refuses_update BEFORE UPDATE ON contract_step BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
        "CREATE TRIGGER contract_step_refuses_delete BEFORE DELETE ON contract_step BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
        "CREATE TRIGGER contract_step_refuses_replace BEFORE INSERT ON contract_step WHEN EXISTS (SELECT 1 FROM contract_step AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of contract_step are never changed or removed'); END",
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
