"""The initial schema, with the triggers that protect what must only grow.

Written by migrations/renew_initial.py. From the first release on it is never changed again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PROTECT = {
    "postgresql": [
        "\nCREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  RAISE EXCEPTION USING MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed or removed';\nEND $$\n",
        "CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_entry_is_not_truncated BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE ON access_log FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER access_log_is_not_truncated BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evidence_is_append_only BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evidence_is_not_truncated BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER item_review_is_append_only BEFORE UPDATE OR DELETE ON item_review FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER item_review_is_not_truncated BEFORE TRUNCATE ON item_review FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evaluation_record_is_append_only BEFORE UPDATE OR DELETE ON evaluation_record FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER evaluation_record_is_not_truncated BEFORE TRUNCATE ON evaluation_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER decision_is_append_only BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER decision_is_not_truncated BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER certificate_is_append_only BEFORE UPDATE OR DELETE ON certificate FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER certificate_is_not_truncated BEFORE TRUNCATE ON certificate FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER training_approval_is_append_only BEFORE UPDATE OR DELETE ON training_approval FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER training_approval_is_not_truncated BEFORE TRUNCATE ON training_approval FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_audit_is_append_only BEFORE UPDATE OR DELETE ON ce_audit FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_audit_is_not_truncated BEFORE TRUNCATE ON ce_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_selection_is_append_only BEFORE UPDATE OR DELETE ON ce_selection FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_selection_is_not_truncated BEFORE TRUNCATE ON ce_selection FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_proof_is_append_only BEFORE UPDATE OR DELETE ON ce_proof FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_proof_is_not_truncated BEFORE TRUNCATE ON ce_proof FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_result_is_append_only BEFORE UPDATE OR DELETE ON ce_result FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER ce_result_is_not_truncated BEFORE TRUNCATE ON ce_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.seq <= OLD.seq OR NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER audit_head_is_not_truncated BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER standard_version_is_frozen BEFORE UPDATE ON standard_version FOR EACH ROW WHEN (OLD.status <> 'draft' AND (OLD.definition_hash <> NEW.definition_hash OR OLD.definition <> NEW.definition OR OLD.version <> NEW.version)) EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER standard_version_is_kept BEFORE DELETE ON standard_version FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_change()",
        "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '3a32e2c96111a014236cb180d4b5385b7063b62089f96d02b8111e36c98533a4')",
        "\nCREATE OR REPLACE FUNCTION move_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  UPDATE audit_head SET seq = newest.seq, hash = newest.hash\n  FROM (SELECT seq, hash FROM added ORDER BY seq DESC LIMIT 1) AS newest WHERE audit_head.seq < newest.seq;\n  RETURN NULL;\nEND $$\n",
        "CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION move_audit_head()",
    ],
    "sqlite": [
        "CREATE TRIGGER audit_entry_refuses_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'rows of audit_entry are never changed or removed'); END",
        "CREATE TRIGGER audit_entry_refuses_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'rows of audit_entry are never changed or removed'); END",
        "CREATE TRIGGER audit_entry_refuses_replace BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry AS kept WHERE kept.seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'rows of audit_entry are never changed or removed'); END",
        "CREATE TRIGGER access_log_refuses_update BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'rows of access_log are never changed or removed'); END",
        "CREATE TRIGGER access_log_refuses_delete BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'rows of access_log are never changed or removed'); END",
        "CREATE TRIGGER access_log_refuses_replace BEFORE INSERT ON access_log WHEN EXISTS (SELECT 1 FROM access_log AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of access_log are never changed or removed'); END",
        "CREATE TRIGGER evidence_refuses_update BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'rows of evidence are never changed or removed'); END",
        "CREATE TRIGGER evidence_refuses_delete BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'rows of evidence are never changed or removed'); END",
        "CREATE TRIGGER evidence_refuses_replace BEFORE INSERT ON evidence WHEN EXISTS (SELECT 1 FROM evidence AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM evidence AS kept WHERE kept.supersedes_id = NEW.supersedes_id) BEGIN SELECT RAISE(ABORT, 'rows of evidence are never changed or removed'); END",
        "CREATE TRIGGER item_review_refuses_update BEFORE UPDATE ON item_review BEGIN SELECT RAISE(ABORT, 'rows of item_review are never changed or removed'); END",
        "CREATE TRIGGER item_review_refuses_delete BEFORE DELETE ON item_review BEGIN SELECT RAISE(ABORT, 'rows of item_review are never changed or removed'); END",
        "CREATE TRIGGER item_review_refuses_replace BEFORE INSERT ON item_review WHEN EXISTS (SELECT 1 FROM item_review AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of item_review are never changed or removed'); END",
        "CREATE TRIGGER evaluation_record_refuses_update BEFORE UPDATE ON evaluation_record BEGIN SELECT RAISE(ABORT, 'rows of evaluation_record are never changed or removed'); END",
        "CREATE TRIGGER evaluation_record_refuses_delete BEFORE DELETE ON evaluation_record BEGIN SELECT RAISE(ABORT, 'rows of evaluation_record are never changed or removed'); END",
        "CREATE TRIGGER evaluation_record_refuses_replace BEFORE INSERT ON evaluation_record WHEN EXISTS (SELECT 1 FROM evaluation_record AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of evaluation_record are never changed or removed'); END",
        "CREATE TRIGGER decision_refuses_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed or removed'); END",
        "CREATE TRIGGER decision_refuses_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed or removed'); END",
        "CREATE TRIGGER decision_refuses_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM decision AS kept WHERE kept.application_id = NEW.application_id) BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed or removed'); END",
        "CREATE TRIGGER certificate_refuses_update BEFORE UPDATE ON certificate BEGIN SELECT RAISE(ABORT, 'rows of certificate are never changed or removed'); END",
        "CREATE TRIGGER certificate_refuses_delete BEFORE DELETE ON certificate BEGIN SELECT RAISE(ABORT, 'rows of certificate are never changed or removed'); END",
        "CREATE TRIGGER certificate_refuses_replace BEFORE INSERT ON certificate WHEN EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.verification_code = NEW.verification_code) OR EXISTS (SELECT 1 FROM certificate AS kept WHERE kept.period_id = NEW.period_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of certificate are never changed or removed'); END",
        "CREATE TRIGGER training_approval_refuses_update BEFORE UPDATE ON training_approval BEGIN SELECT RAISE(ABORT, 'rows of training_approval are never changed or removed'); END",
        "CREATE TRIGGER training_approval_refuses_delete BEFORE DELETE ON training_approval BEGIN SELECT RAISE(ABORT, 'rows of training_approval are never changed or removed'); END",
        "CREATE TRIGGER training_approval_refuses_replace BEFORE INSERT ON training_approval WHEN EXISTS (SELECT 1 FROM training_approval AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of training_approval are never changed or removed'); END",
        "CREATE TRIGGER ce_audit_refuses_update BEFORE UPDATE ON ce_audit BEGIN SELECT RAISE(ABORT, 'rows of ce_audit are never changed or removed'); END",
        "CREATE TRIGGER ce_audit_refuses_delete BEFORE DELETE ON ce_audit BEGIN SELECT RAISE(ABORT, 'rows of ce_audit are never changed or removed'); END",
        "CREATE TRIGGER ce_audit_refuses_replace BEFORE INSERT ON ce_audit WHEN EXISTS (SELECT 1 FROM ce_audit AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM ce_audit AS kept WHERE kept.standard_id = NEW.standard_id AND kept.decided_from = NEW.decided_from AND kept.decided_to = NEW.decided_to) BEGIN SELECT RAISE(ABORT, 'rows of ce_audit are never changed or removed'); END",
        "CREATE TRIGGER ce_selection_refuses_update BEFORE UPDATE ON ce_selection BEGIN SELECT RAISE(ABORT, 'rows of ce_selection are never changed or removed'); END",
        "CREATE TRIGGER ce_selection_refuses_delete BEFORE DELETE ON ce_selection BEGIN SELECT RAISE(ABORT, 'rows of ce_selection are never changed or removed'); END",
        "CREATE TRIGGER ce_selection_refuses_replace BEFORE INSERT ON ce_selection WHEN EXISTS (SELECT 1 FROM ce_selection AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM ce_selection AS kept WHERE kept.ce_audit_id = NEW.ce_audit_id AND kept.credential_id = NEW.credential_id) OR EXISTS (SELECT 1 FROM ce_selection AS kept WHERE kept.ce_audit_id = NEW.ce_audit_id AND kept.place = NEW.place) BEGIN SELECT RAISE(ABORT, 'rows of ce_selection are never changed or removed'); END",
        "CREATE TRIGGER ce_proof_refuses_update BEFORE UPDATE ON ce_proof BEGIN SELECT RAISE(ABORT, 'rows of ce_proof are never changed or removed'); END",
        "CREATE TRIGGER ce_proof_refuses_delete BEFORE DELETE ON ce_proof BEGIN SELECT RAISE(ABORT, 'rows of ce_proof are never changed or removed'); END",
        "CREATE TRIGGER ce_proof_refuses_replace BEFORE INSERT ON ce_proof WHEN EXISTS (SELECT 1 FROM ce_proof AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of ce_proof are never changed or removed'); END",
        "CREATE TRIGGER ce_result_refuses_update BEFORE UPDATE ON ce_result BEGIN SELECT RAISE(ABORT, 'rows of ce_result are never changed or removed'); END",
        "CREATE TRIGGER ce_result_refuses_delete BEFORE DELETE ON ce_result BEGIN SELECT RAISE(ABORT, 'rows of ce_result are never changed or removed'); END",
        "CREATE TRIGGER ce_result_refuses_replace BEFORE INSERT ON ce_result WHEN EXISTS (SELECT 1 FROM ce_result AS kept WHERE kept.id = NEW.id) OR EXISTS (SELECT 1 FROM ce_result AS kept WHERE kept.supersedes_id = NEW.supersedes_id) OR EXISTS (SELECT 1 FROM ce_result AS kept WHERE kept.selection_id = NEW.selection_id AND kept.supersedes_id IS NULL AND NEW.supersedes_id IS NULL) BEGIN SELECT RAISE(ABORT, 'rows of ce_result are never changed or removed'); END",
        "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head WHEN NEW.seq <= OLD.seq OR NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'rows of audit_head are never changed or removed'); END",
        "CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'rows of audit_head are never changed or removed'); END",
        "CREATE TRIGGER audit_head_refuses_replace BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head AS kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'rows of audit_head are never changed or removed'); END",
        "CREATE TRIGGER standard_version_is_frozen BEFORE UPDATE OF definition, definition_hash, version ON standard_version WHEN OLD.status <> 'draft' AND (OLD.definition_hash <> NEW.definition_hash OR OLD.definition <> NEW.definition OR OLD.version <> NEW.version) BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
        "CREATE TRIGGER standard_version_is_kept BEFORE DELETE ON standard_version WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
        "CREATE TRIGGER standard_version_refuses_replace BEFORE INSERT ON standard_version WHEN EXISTS (SELECT 1 FROM standard_version AS kept WHERE kept.id = NEW.id AND kept.status <> 'draft') OR EXISTS (SELECT 1 FROM standard_version AS kept WHERE kept.standard_id = NEW.standard_id AND kept.version = NEW.version AND kept.status <> 'draft') BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
        "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '3a32e2c96111a014236cb180d4b5385b7063b62089f96d02b8111e36c98533a4')",
        "CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry BEGIN UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE seq < NEW.seq; END",
    ],
}

UNPROTECT = {
    "postgresql": [
        "DROP TRIGGER IF EXISTS audit_entry_moves_head ON audit_entry",
        "DROP FUNCTION IF EXISTS move_audit_head()",
        "DROP TRIGGER IF EXISTS audit_entry_is_append_only ON audit_entry",
        "DROP TRIGGER IF EXISTS audit_entry_is_not_truncated ON audit_entry",
        "DROP TRIGGER IF EXISTS access_log_is_append_only ON access_log",
        "DROP TRIGGER IF EXISTS access_log_is_not_truncated ON access_log",
        "DROP TRIGGER IF EXISTS evidence_is_append_only ON evidence",
        "DROP TRIGGER IF EXISTS evidence_is_not_truncated ON evidence",
        "DROP TRIGGER IF EXISTS item_review_is_append_only ON item_review",
        "DROP TRIGGER IF EXISTS item_review_is_not_truncated ON item_review",
        "DROP TRIGGER IF EXISTS evaluation_record_is_append_only ON evaluation_record",
        "DROP TRIGGER IF EXISTS evaluation_record_is_not_truncated ON evaluation_record",
        "DROP TRIGGER IF EXISTS decision_is_append_only ON decision",
        "DROP TRIGGER IF EXISTS decision_is_not_truncated ON decision",
        "DROP TRIGGER IF EXISTS certificate_is_append_only ON certificate",
        "DROP TRIGGER IF EXISTS certificate_is_not_truncated ON certificate",
        "DROP TRIGGER IF EXISTS training_approval_is_append_only ON training_approval",
        "DROP TRIGGER IF EXISTS training_approval_is_not_truncated ON training_approval",
        "DROP TRIGGER IF EXISTS ce_audit_is_append_only ON ce_audit",
        "DROP TRIGGER IF EXISTS ce_audit_is_not_truncated ON ce_audit",
        "DROP TRIGGER IF EXISTS ce_selection_is_append_only ON ce_selection",
        "DROP TRIGGER IF EXISTS ce_selection_is_not_truncated ON ce_selection",
        "DROP TRIGGER IF EXISTS ce_proof_is_append_only ON ce_proof",
        "DROP TRIGGER IF EXISTS ce_proof_is_not_truncated ON ce_proof",
        "DROP TRIGGER IF EXISTS ce_result_is_append_only ON ce_result",
        "DROP TRIGGER IF EXISTS ce_result_is_not_truncated ON ce_result",
        "DROP TRIGGER IF EXISTS audit_head_moves_on ON audit_head",
        "DROP TRIGGER IF EXISTS audit_head_is_kept ON audit_head",
        "DROP TRIGGER IF EXISTS audit_head_is_not_truncated ON audit_head",
        "DROP TRIGGER IF EXISTS standard_version_is_frozen ON standard_version",
        "DROP TRIGGER IF EXISTS standard_version_is_kept ON standard_version",
        "DROP FUNCTION IF EXISTS refuse_change()",
    ],
    "sqlite": [
        "DROP TRIGGER IF EXISTS audit_entry_moves_head",
        "DROP TRIGGER IF EXISTS audit_entry_refuses_update",
        "DROP TRIGGER IF EXISTS audit_entry_refuses_delete",
        "DROP TRIGGER IF EXISTS audit_entry_refuses_replace",
        "DROP TRIGGER IF EXISTS access_log_refuses_update",
        "DROP TRIGGER IF EXISTS access_log_refuses_delete",
        "DROP TRIGGER IF EXISTS access_log_refuses_replace",
        "DROP TRIGGER IF EXISTS evidence_refuses_update",
        "DROP TRIGGER IF EXISTS evidence_refuses_delete",
        "DROP TRIGGER IF EXISTS evidence_refuses_replace",
        "DROP TRIGGER IF EXISTS item_review_refuses_update",
        "DROP TRIGGER IF EXISTS item_review_refuses_delete",
        "DROP TRIGGER IF EXISTS item_review_refuses_replace",
        "DROP TRIGGER IF EXISTS evaluation_record_refuses_update",
        "DROP TRIGGER IF EXISTS evaluation_record_refuses_delete",
        "DROP TRIGGER IF EXISTS evaluation_record_refuses_replace",
        "DROP TRIGGER IF EXISTS decision_refuses_update",
        "DROP TRIGGER IF EXISTS decision_refuses_delete",
        "DROP TRIGGER IF EXISTS decision_refuses_replace",
        "DROP TRIGGER IF EXISTS certificate_refuses_update",
        "DROP TRIGGER IF EXISTS certificate_refuses_delete",
        "DROP TRIGGER IF EXISTS certificate_refuses_replace",
        "DROP TRIGGER IF EXISTS training_approval_refuses_update",
        "DROP TRIGGER IF EXISTS training_approval_refuses_delete",
        "DROP TRIGGER IF EXISTS training_approval_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_audit_refuses_update",
        "DROP TRIGGER IF EXISTS ce_audit_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_audit_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_selection_refuses_update",
        "DROP TRIGGER IF EXISTS ce_selection_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_selection_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_proof_refuses_update",
        "DROP TRIGGER IF EXISTS ce_proof_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_proof_refuses_replace",
        "DROP TRIGGER IF EXISTS ce_result_refuses_update",
        "DROP TRIGGER IF EXISTS ce_result_refuses_delete",
        "DROP TRIGGER IF EXISTS ce_result_refuses_replace",
        "DROP TRIGGER IF EXISTS audit_head_moves_on",
        "DROP TRIGGER IF EXISTS audit_head_is_kept",
        "DROP TRIGGER IF EXISTS audit_head_refuses_replace",
        "DROP TRIGGER IF EXISTS standard_version_is_frozen",
        "DROP TRIGGER IF EXISTS standard_version_is_kept",
        "DROP TRIGGER IF EXISTS standard_version_refuses_replace",
    ],
}


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="1, 2, 3 ... without a gap",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True, comment="The account; empty for a job or a command"),
        sa.Column("actor", sa.String(length=240), nullable=False, comment="Who it was, as known then"),
        sa.Column("action", sa.String(length=60), nullable=False, comment="resource.past_tense"),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True, comment="Whom it concerns, for one record's history"),
        sa.Column(
            "changes", sa.Text(), nullable=False, comment="Canonical JSON: before and after of every changed column"
        ),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        comment="One change, hashed over the entry before it; written in the same transaction as the change.",
    )
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "seq"], unique=False)
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor_id", "seq"], unique=False)
    op.create_index("ix_audit_entry_party", "audit_entry", ["party_id", "seq"], unique=False)
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_type", "subject_id", "seq"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Always 1"),
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="Its number; a trail that ends earlier was cut off",
        ),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        comment="The highest entry that was ever chained: the database moves it along with each entry, and never back.",
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False, comment="The day that the job was run for"),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "running", "finished", "failed", name="jobstatus", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column(
            "counts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        comment="One run of a job: when, for which day, how far, and with what result.",
    )
    op.create_index("ix_job_run_name", "job_run", ["name", "id"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False, comment="Grows with each new holder"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        comment="Who runs the clock: at most one holder at a time, on any number of hosts.",
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("county", sa.String(length=30), nullable=False),
        sa.Column("county_fips", sa.String(length=5), nullable=False),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="Regions are groups of municipalities, never of counties",
        ),
        sa.Column("latitude", sa.Double(), nullable=False, comment="Degrees north"),
        sa.Column("longitude", sa.Double(), nullable=False, comment="Degrees east (negative)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("name", name=op.f("uq_municipality_name")),
        comment="One of the 351 cities and towns of Massachusetts, with its EOHHS region.",
    )
    op.create_index(op.f("ix_municipality_region"), "municipality", ["region"], unique=False)
    op.create_table(
        "number_sequence",
        sa.Column(
            "subject_type",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject_type", "year", name=op.f("pk_number_sequence")),
        comment="The last number given out for a kind of credential in a year; the row's lock keeps numbers unique.",
    )
    op.create_table(
        "ownership_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ownership_group_name")),
        comment="Entities under one tax number, parent or common control.",
    )
    op.create_table(
        "reminder_start",
        sa.Column(
            "kind",
            sa.Enum(
                "credential_renewal",
                "licence_renewal",
                "document_renewal",
                name="obligationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("watched_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_reminder_start")),
        comment="From which day reminders of a kind are sent; what should have been told before is not told later.",
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("key", sa.String(length=80), nullable=False, comment="Hash of what was typed; no address is kept"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_throttle")),
        comment="Tries in vain of one network address or account, kept in the database so that all workers agree.",
    )
    op.create_table(
        "standard_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column(
            "subject_type",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_set")),
        sa.UniqueConstraint("code", name=op.f("uq_standard_set_code")),
        comment="A standard for one kind of subject, such as CC-CORE for coordinators.",
    )
    op.create_index(op.f("ix_standard_set_subject_type"), "standard_set", ["subject_type"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False, comment="Legal name, in any script"),
        sa.Column(
            "sort_name",
            sa.String(length=200),
            nullable=False,
            comment="Folded name that lists are ordered and paged by",
        ),
        sa.Column(
            "certificate_name",
            sa.String(length=200),
            nullable=True,
            comment="Name in Latin letters for the certificate, where the legal name is in another script",
        ),
        sa.Column("email", sa.String(length=254), nullable=True, comment="Business e-mail; never public"),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("preferred_language", sa.String(length=8), nullable=False, comment="ISO 639 code for letters"),
        sa.Column("address_line", sa.String(length=200), nullable=True),
        sa.Column("zip_code", sa.String(length=10), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column(
            "region",
            sa.Enum(
                "western",
                "central",
                "northeast",
                "metro_west",
                "southeast",
                "boston",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
            comment="Of the municipality; kept here so that lists filter by index",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_party_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        comment="Anybody who can hold a credential: an organization, a practice, a program or a person.",
    )
    op.create_index(op.f("ix_party_email"), "party", ["email"], unique=False)
    op.create_index("ix_party_kind_region_sort", "party", ["kind", "region", "sort_name", "id"], unique=False)
    op.create_index("ix_party_kind_sort", "party", ["kind", "sort_name", "id"], unique=False)
    op.create_index(op.f("ix_party_municipality_id"), "party", ["municipality_id"], unique=False)
    op.create_index(
        "uq_party_coordinator_email",
        "party",
        ["email"],
        unique=True,
        postgresql_where=sa.text("kind = 'coordinator'"),
        sqlite_where=sa.text("kind = 'coordinator'"),
    )
    op.create_table(
        "standard_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "adopted",
                "retired",
                name="versionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column(
            "effective_to", sa.Date(), nullable=True, comment="Last day on which applications are judged under it"
        ),
        sa.Column(
            "definition",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Requirements, groups and term policy; see rules.standard_definition",
        ),
        sa.Column(
            "definition_hash", sa.String(length=64), nullable=False, comment="SHA-256 of the canonical definition"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status = 'draft' OR (adopted_on IS NOT NULL AND effective_from IS NOT NULL)",
            name=op.f("ck_standard_version_adopted_has_dates"),
        ),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to >= effective_from", name=op.f("ck_standard_version_dates_in_order")
        ),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_standard_version_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_version")),
        sa.UniqueConstraint("standard_id", "version", name=op.f("uq_standard_version_standard_id_version")),
        comment="One version of a standard; what it asks for is frozen at adoption.",
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False, comment="Lower case; what people sign in with"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "dph_administrator",
                "dph_reviewer",
                "fund_manager",
                "auditor",
                "vendor_hr",
                "practice_manager",
                "coordinator",
                "training_provider",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "party_id",
            sa.Integer(),
            nullable=True,
            comment="The organization acted for, or the coordinator who signs in",
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=True, comment="argon2id"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('dph_administrator','dph_reviewer','fund_manager','auditor') OR party_id IS NOT NULL",
            name=op.f("ck_account_outside_roles_have_party"),
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_account_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        comment="A person's account, with exactly one role, for DPH or for one party.",
    )
    op.create_index(op.f("ix_account_party_id"), "account", ["party_id"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "responsibility",
            sa.String(length=80),
            nullable=False,
            comment="For example contract manager, CORI coordinator",
        ),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contact_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        comment="A person at an organization whom DPH can reach about a subject.",
    )
    op.create_index(op.f("ix_contact_party_id"), "contact", ["party_id"], unique=False)
    op.create_table(
        "coordinator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "discipline",
            sa.Enum(
                "nurse",
                "social_worker",
                "educator",
                "therapist",
                "experienced_parent",
                "other",
                name="discipline",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "birth_month", sa.Integer(), nullable=True, comment="Month and day only, for terms that end on a birthday"
        ),
        sa.Column("birth_day", sa.Integer(), nullable=True),
        sa.CheckConstraint("(birth_month IS NULL) = (birth_day IS NULL)", name=op.f("ck_coordinator_birthday_whole")),
        sa.CheckConstraint(
            "birth_day IS NULL OR birth_day BETWEEN 1 AND 31", name=op.f("ck_coordinator_birth_day_range")
        ),
        sa.CheckConstraint(
            "birth_month IS NULL OR birth_month BETWEEN 1 AND 12", name=op.f("ck_coordinator_birth_month_range")
        ),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_coordinator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator")),
        comment="A person who coordinates care; keeps the record when the employer changes.",
    )
    op.create_index(op.f("ix_coordinator_discipline"), "coordinator", ["discipline"], unique=False)
    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column(
            "subject_type",
            sa.Enum(
                "vendor",
                "coordinator",
                "practice",
                "training_program",
                name="subjecttype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column(
            "number", sa.String(length=24), nullable=False, comment="For example CC-2026-000123-4, with a check digit"
        ),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_credential_party_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_credential_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("number", name=op.f("uq_credential_number")),
        sa.UniqueConstraint("party_id", "standard_id", name=op.f("uq_credential_party_id_standard_id")),
        comment="What a party holds under a standard; its number is never used again.",
    )
    op.create_index("ix_credential_subject", "credential", ["subject_type", "id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind", sa.String(length=60), nullable=False, comment="Name of the message, a folder under templates/emails"
        ),
        sa.Column("dedupe_key", sa.String(length=160), nullable=False, comment="What must be told once only"),
        sa.Column(
            "message_id",
            sa.String(length=160),
            nullable=False,
            comment="The Message-ID header; the same at each attempt",
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True, comment="Whom it is about"),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                "withdrawn",
                name="messagestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_message_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
        comment="An e-mail in the outbox, written in the transaction of what it tells about.",
    )
    op.create_index("ix_message_party", "message", ["party_id", "id"], unique=False)
    op.create_index("ix_message_queue", "message", ["status", "next_attempt_at", "id"], unique=False)
    op.create_table(
        "obligation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "credential_renewal",
                "licence_renewal",
                "document_renewal",
                name="obligationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "subject_id", sa.Integer(), nullable=False, comment="The credential, licence or evidence that falls due"
        ),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="When it was met or fell away"),
        sa.Column("closed_because", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_obligation_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint("kind", "subject_id", "due_on", name=op.f("uq_obligation_kind_subject_id_due_on")),
        comment="Something with a due date that somebody must act on; derived from the records, never typed in.",
    )
    op.create_index("ix_obligation_open", "obligation", ["closed_at", "due_on", "id"], unique=False)
    op.create_index("ix_obligation_party", "obligation", ["party_id", "due_on"], unique=False)
    op.create_table(
        "ownership_stake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column(
            "percent",
            sa.Integer(),
            nullable=False,
            comment="Whole percent of control; above 5 counts as common control",
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_ownership_stake_dates_in_order")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_ownership_stake_percent_range")),
        sa.ForeignKeyConstraint(["group_id"], ["ownership_group.id"], name=op.f("fk_ownership_stake_group_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_ownership_stake_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_stake")),
        comment="A party's membership in an ownership group, with the share that the group controls.",
    )
    op.create_index(op.f("ix_ownership_stake_group_id"), "ownership_stake", ["group_id"], unique=False)
    op.create_index(op.f("ix_ownership_stake_party_id"), "ownership_stake", ["party_id"], unique=False)
    op.create_table(
        "party_language",
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False, comment="ISO 639 code"),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_language_party_id")),
        sa.PrimaryKeyConstraint("party_id", "code", name=op.f("pk_party_language")),
        comment="A language that a party can serve families in.",
    )
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "npi",
            sa.String(length=10),
            nullable=False,
            comment="National Provider Identifier; doubles are flagged, not refused",
        ),
        sa.Column(
            "pays_coordinator_wages",
            sa.Boolean(),
            nullable=False,
            comment="The practice declared that it pays part of a coordinator's wages: a conflict",
        ),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        comment="A pediatric practice that commits to the medical home; it never employs its coordinators.",
    )
    op.create_index(op.f("ix_practice_npi"), "practice", ["npi"], unique=False)
    op.create_table(
        "training_program",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_institution", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_training_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_program")),
        comment="A program that trains coordinators and is approved under TP-CORE.",
    )
    op.create_table(
        "vendor_organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_code", sa.String(length=12), nullable=False, comment="MMARS vendor code: VC and ten digits"),
        sa.ForeignKeyConstraint(["id"], ["party.id"], name=op.f("fk_vendor_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_organization")),
        sa.UniqueConstraint("vendor_code", name=op.f("uq_vendor_organization_vendor_code")),
        comment="A community organization that contracts with DPH and employs coordinators.",
    )
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True, comment="Whose record; empty for a list"),
        sa.Column("what", sa.String(length=60), nullable=False, comment="Which page or file was read, by its endpoint"),
        sa.Column(
            "listing",
            sa.Text(),
            nullable=False,
            comment="Of a list, in JSON: which one, its filters and how many rows; empty for one record",
        ),
        sa.CheckConstraint("(party_id IS NULL) = (listing <> '')", name=op.f("ck_access_log_record_or_list")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_access_log_party_id")),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_access_log_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
        comment="One reading of a personal record, or of a list of them (M.G.L. c.66A asks for a record of access).",
    )
    op.create_index("ix_access_log_party", "access_log", ["party_id", "id"], unique=False)
    op.create_index("ix_access_log_user", "access_log", ["user_id", "id"], unique=False)
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column(
            "owner_id",
            sa.Integer(),
            nullable=False,
            comment="The organization that handles it: the vendor for a coordinator, else the party itself",
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "initial",
                "renewal",
                "reinstatement",
                name="applicationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "incomplete",
                "under_review",
                "recommended",
                "approved",
                "denied",
                "withdrawn",
                "expired",
                name="applicationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column(
            "standard_version_id",
            sa.Integer(),
            nullable=True,
            comment="The version in force on the day of submission; fixed from then on",
        ),
        sa.Column("credential_id", sa.Integer(), nullable=True, comment="What is renewed or reinstated"),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "submitted_on",
            sa.Date(),
            nullable=True,
            comment="Agency date of submission: decides version and timeliness",
        ),
        sa.Column(
            "complete_at", sa.DateTime(timezone=True), nullable=True, comment="When the completeness check passed"
        ),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column(
            "with_applicant_from",
            sa.Date(),
            nullable=True,
            comment="Since when the next step is the applicant's; one that is left alone for too long is closed",
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "closed_on", sa.Date(), nullable=True, comment="Agency date on which it was decided, withdrawn or expired"
        ),
        sa.CheckConstraint(
            "status IN ('draft','withdrawn','expired') OR submitted_at IS NOT NULL",
            name=op.f("ck_application_submitted_has_date"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved','denied') OR closed_on IS NOT NULL", name=op.f("ck_application_decided_has_date")
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_on IS NULL)", name=op.f("ck_application_submitted_whole")
        ),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_application_credential_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_application_opened_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["party.id"], name=op.f("fk_application_owner_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_application_party_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_application_reviewer_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_application_standard_id")),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_application_standard_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        comment="A request to be certified, renewed or reinstated under a standard.",
    )
    op.create_index("ix_application_closed", "application", ["closed_on", "credential_id"], unique=False)
    op.create_index("ix_application_credential", "application", ["credential_id", "submitted_on"], unique=False)
    op.create_index("ix_application_owner", "application", ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_application_party_id"), "application", ["party_id"], unique=False)
    op.create_index("ix_application_queue", "application", ["status", "id"], unique=False)
    op.create_index("ix_application_reviewer", "application", ["reviewer_id", "status"], unique=False)
    op.create_index(
        "uq_application_open",
        "application",
        ["party_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
        sqlite_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_assignment_dates_in_order")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_assignment_coordinator_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_assignment_practice_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["assignment.id"], name=op.f("fk_assignment_supersedes_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_assignment_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_assignment_supersedes_id")),
        comment="A coordinator placed in a practice by a vendor; contracts and capacity come with the contracting area.",
    )
    op.create_index(op.f("ix_assignment_coordinator_id"), "assignment", ["coordinator_id"], unique=False)
    op.create_index(op.f("ix_assignment_practice_id"), "assignment", ["practice_id"], unique=False)
    op.create_index("ix_assignment_vendor_open", "assignment", ["vendor_id", "superseded_at", "ends_on"], unique=False)
    op.create_table(
        "ce_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("decided_from", sa.Date(), nullable=False, comment="Renewals approved from this day"),
        sa.Column("decided_to", sa.Date(), nullable=False, comment="Through this day"),
        sa.Column(
            "known_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The population is what was on record at this instant",
        ),
        sa.Column(
            "population",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="Credential numbers in the order of the alphabet",
        ),
        sa.Column("population_count", sa.Integer(), nullable=False),
        sa.Column(
            "population_hash", sa.String(length=64), nullable=False, comment="SHA-256 over the numbers, one to a line"
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "by_percent", sa.Boolean(), nullable=False, comment="The size is a tenth, rounded up; else it was typed"
        ),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column(
            "seed_typed",
            sa.Boolean(),
            nullable=False,
            comment="Somebody typed the seed; else CertHub made it during the draw",
        ),
        sa.Column("due_on", sa.Date(), nullable=False, comment="Last day for the proofs"),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("decided_to >= decided_from", name=op.f("ck_ce_audit_dates_in_order")),
        sa.CheckConstraint("size BETWEEN 1 AND population_count", name=op.f("ck_ce_audit_size_range")),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["account.id"], name=op.f("fk_ce_audit_drawn_by_id")),
        sa.ForeignKeyConstraint(["standard_id"], ["standard_set.id"], name=op.f("fk_ce_audit_standard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_audit")),
        sa.UniqueConstraint(
            "standard_id", "decided_from", "decided_to", name=op.f("uq_ce_audit_standard_id_decided_from_decided_to")
        ),
        comment="One draw: the population, its hash, the size and the seed, so that anybody can draw it again.",
    )
    op.create_table(
        "employment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column(
            "employer_id",
            sa.Integer(),
            nullable=False,
            comment="A vendor organization; a practice only where an existing conflict is recorded",
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "employee", "contractor", name="employmentkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("job_title", sa.String(length=120), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Last day of work, inclusive; empty while it goes on"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_employment_dates_in_order")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_employment_coordinator_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["party.id"], name=op.f("fk_employment_employer_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["employment.id"], name=op.f("fk_employment_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employment")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_employment_supersedes_id")),
        comment="A spell in which a person works for an organization; corrections supersede, nothing is overwritten.",
    )
    op.create_index("ix_employment_coordinator", "employment", ["coordinator_id", "superseded_at"], unique=False)
    op.create_index(
        "ix_employment_employer_open",
        "employment",
        ["employer_id", "superseded_at", "ends_on", "coordinator_id"],
        unique=False,
    )
    op.create_table(
        "exposure_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column(
            "link",
            sa.Enum(
                "vendor-certification",
                "employment",
                "credential",
                "commitment",
                name="link",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "first_on", sa.Date(), nullable=False, comment="First day on which the placement is exposed by this link"
        ),
        sa.Column(
            "reader",
            sa.Enum(
                "department", "vendor", "practice", name="reader", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
            comment="In what role the recipient is told",
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The letter that told of it",
        ),
        sa.Column("over_on", sa.Date(), nullable=True, comment="The day on which it was found to be over"),
        sa.Column(
            "end_message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The letter that told that it is over",
        ),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinator.id"], name=op.f("fk_exposure_notice_coordinator_id")),
        sa.ForeignKeyConstraint(["end_message_id"], ["message.id"], name=op.f("fk_exposure_notice_end_message_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_exposure_notice_message_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_exposure_notice_practice_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_exposure_notice_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_notice")),
        sa.UniqueConstraint(
            "coordinator_id",
            "practice_id",
            "vendor_id",
            "link",
            "first_on",
            "recipient",
            name=op.f("uq_exposure_notice_coordinator_id_practice_id_vendor_id_link_first_on_recipient"),
        ),
        comment="That one recipient is told of one broken link of one placement, once, and once that it is over.",
    )
    op.create_index("ix_exposure_notice_end", "exposure_notice", ["end_message_id"], unique=False)
    op.create_index("ix_exposure_notice_link", "exposure_notice", ["link", "coordinator_id"], unique=False)
    op.create_index("ix_exposure_notice_message", "exposure_notice", ["message_id"], unique=False)
    op.create_index("ix_exposure_notice_practice", "exposure_notice", ["practice_id", "link"], unique=False)
    op.create_index("ix_exposure_notice_recipient", "exposure_notice", ["recipient", "message_id"], unique=False)
    op.create_index("ix_exposure_notice_vendor", "exposure_notice", ["vendor_id", "link"], unique=False)
    op.create_table(
        "external_licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="For example RN, LICSW, CCM"),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("issued_by", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column(
            "verified_on", sa.Date(), nullable=True, comment="The day on which somebody checked it at the source"
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_external_licence_coordinator_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["external_licence.id"], name=op.f("fk_external_licence_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_licence")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_external_licence_supersedes_id")),
        comment="A licence or certificate from another body (RN, LICSW, CCM ...), with its own expiry.",
    )
    op.create_index(
        "ix_external_licence_coordinator", "external_licence", ["coordinator_id", "superseded_at"], unique=False
    )
    op.create_index(op.f("ix_external_licence_expires_on"), "external_licence", ["expires_on"], unique=False)
    op.create_table(
        "form_submission",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_form_submission_user_id")),
        sa.PrimaryKeyConstraint("user_id", "token", name=op.f("pk_form_submission")),
        comment="A form that did its work, so that a double click leads to the same page and not to a second record.",
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "dph_administrator",
                "dph_reviewer",
                "fund_manager",
                "auditor",
                "vendor_hr",
                "practice_manager",
                "coordinator",
                "training_provider",
                "public",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_invitation_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        comment="An invitation by mail to open an account; the link's secret is kept only as a hash.",
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_index(op.f("ix_invitation_party_id"), "invitation", ["party_id"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "voided_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a newer link or a new password made it void",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_password_reset_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
        comment="A single-use link to choose a new password.",
    )
    op.create_index(op.f("ix_password_reset_user_id"), "password_reset", ["user_id"], unique=False)
    op.create_table(
        "practice_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address_line", sa.String(length=200), nullable=False),
        sa.Column("zip_code", sa.String(length=10), nullable=True),
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("service_location", sa.String(length=20), nullable=True, comment="MassHealth PID/SL"),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_practice_site_municipality_id")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_practice_site_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_site")),
        comment="A place where a practice sees patients.",
    )
    op.create_index(op.f("ix_practice_site_practice_id"), "practice_site", ["practice_id"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("obligation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False, comment="Days before the due date; negative after it"),
        sa.Column("send_on", sa.Date(), nullable=False, comment="The business day on which it goes out"),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "sent",
                "suppressed",
                "failed",
                name="reminderstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True, comment="Why it was not sent"),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=True, comment="When it was sent, suppressed or given up"
        ),
        sa.CheckConstraint(
            "status <> 'suppressed' OR reason IS NOT NULL", name=op.f("ck_reminder_suppressed_has_reason")
        ),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"], name=op.f("fk_reminder_obligation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("obligation_id", "due_on", "step", name=op.f("uq_reminder_obligation_id_due_on_step")),
        comment="One step of the ladder for an obligation: planned, and what became of it. Never twice, by constraint.",
    )
    op.create_index("ix_reminder_planned", "reminder", ["status", "send_on", "id"], unique=False)
    op.create_table(
        "status_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "probation",
                "nd_condition",
                "nd_restriction",
                "suspended",
                "summary_suspension",
                "revoked",
                "surrendered",
                "void",
                "deceased",
                "retired",
                name="statuseventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="Last day, inclusive; empty while it lasts"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("citation", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= effective_on", name=op.f("ck_status_event_dates_in_order")),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_status_event_credential_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_status_event_recorded_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["status_event.id"], name=op.f("fk_status_event_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_event")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_status_event_supersedes_id")),
        comment="Something that happened to a credential: probation, suspension, surrender ... with its dates.",
    )
    op.create_index("ix_status_event_credential", "status_event", ["credential_id", "effective_on"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False, comment="The organization that handles it"),
        sa.Column("party_id", sa.Integer(), nullable=False, comment="Whom it is about"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes"),
        sa.Column(
            "media_type",
            sa.String(length=100),
            nullable=False,
            comment="Sniffed from the bytes, never taken from the browser",
        ),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["party.id"], name=op.f("fk_stored_file_owner_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_stored_file_party_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["account.id"], name=op.f("fk_stored_file_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        comment="A file that somebody provided, kept by its SHA-256; the name is only what the person called it.",
    )
    op.create_index(op.f("ix_stored_file_owner_id"), "stored_file", ["owner_id"], unique=False)
    op.create_index(op.f("ix_stored_file_party_id"), "stored_file", ["party_id"], unique=False)
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False, comment="IP address at sign-in"),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
        comment="A signed-in browser; ending the row signs it out wherever it is.",
    )
    op.create_index("ix_user_session_user", "user_session", ["user_id", "ended_at"], unique=False)
    op.create_table(
        "ce_selection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ce_audit_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False, comment="The renewal that is audited"),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_ce_selection_application_id")),
        sa.ForeignKeyConstraint(["ce_audit_id"], ["ce_audit.id"], name=op.f("fk_ce_selection_ce_audit_id")),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_ce_selection_credential_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_ce_selection_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_selection")),
        sa.UniqueConstraint("ce_audit_id", "credential_id", name=op.f("uq_ce_selection_ce_audit_id_credential_id")),
        sa.UniqueConstraint("ce_audit_id", "place", name=op.f("uq_ce_selection_ce_audit_id_place")),
        comment="A holder whom a draw has selected, in the order of the draw.",
    )
    op.create_index(op.f("ix_ce_selection_party_id"), "ce_selection", ["party_id"], unique=False)
    op.create_table(
        "credential_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("grace_until", sa.Date(), nullable=False),
        sa.Column("reinstatement_until", sa.Date(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False, comment="Why the term ends on this day, in one sentence"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("expires_on >= starts_on", name=op.f("ck_credential_period_dates_in_order")),
        sa.CheckConstraint("grace_until >= expires_on", name=op.f("ck_credential_period_grace_after_expiry")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_credential_period_application_id")
        ),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_credential_period_credential_id")),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_credential_period_standard_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["credential_period.id"], name=op.f("fk_credential_period_supersedes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_period")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_credential_period_supersedes_id")),
        comment="One term of a credential, valid through its last day; a renewal adds a period, a correction supersedes one.",
    )
    op.create_index(op.f("ix_credential_period_application_id"), "credential_period", ["application_id"], unique=False)
    op.create_index(
        "ix_credential_period_expiry",
        "credential_period",
        ["expires_on", "grace_until", "credential_id", "superseded_at", "starts_on"],
        unique=False,
    )
    op.create_index(
        "uq_credential_period_start",
        "credential_period",
        ["credential_id", "starts_on"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "evaluation_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column(
            "findings", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("engine_version", sa.String(length=20), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_evaluation_record_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"], ["standard_version.id"], name=op.f("fk_evaluation_record_standard_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_record")),
        comment="What the rules said of an application on a day, with a hash of all that they looked at.",
    )
    op.create_index("ix_evaluation_record_application", "evaluation_record", ["application_id", "id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column(
            "value", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("provided_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="This row only takes back the one it supersedes"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_evidence_application_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_evidence_file_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_evidence_party_id")),
        sa.ForeignKeyConstraint(["provided_by_id"], ["account.id"], name=op.f("fk_evidence_provided_by_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["evidence.id"], name=op.f("fk_evidence_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_evidence_supersedes_id")),
        comment="What was provided for a requirement; never changed, a later row supersedes an earlier one.",
    )
    op.create_index(op.f("ix_evidence_application_id"), "evidence", ["application_id"], unique=False)
    op.create_index("ix_evidence_party", "evidence", ["party_id", "requirement_code"], unique=False)
    op.create_table(
        "reminder_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reminder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "employment_id",
            sa.Integer(),
            nullable=True,
            comment="The employment that ended, of which the employer hears once",
        ),
        sa.Column(
            "audience",
            sa.Enum(
                "holder",
                "employer",
                "organization",
                "dph",
                "former_employer",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
            comment="In what role the recipient is told",
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "sent",
                "suppressed",
                "failed",
                name="reminderstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True, comment="Why it was not sent"),
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="The digest that it is part of",
        ),
        sa.CheckConstraint(
            "status <> 'suppressed' OR reason IS NOT NULL", name=op.f("ck_reminder_notice_suppressed_has_reason")
        ),
        sa.CheckConstraint(
            "(reminder_id IS NULL) <> (employment_id IS NULL)", name=op.f("ck_reminder_notice_about_one_thing")
        ),
        sa.ForeignKeyConstraint(["employment_id"], ["employment.id"], name=op.f("fk_reminder_notice_employment_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_reminder_notice_message_id")),
        sa.ForeignKeyConstraint(["reminder_id"], ["reminder.id"], name=op.f("fk_reminder_notice_reminder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_notice")),
        sa.UniqueConstraint("employment_id", "recipient", name=op.f("uq_reminder_notice_employment_id_recipient")),
        sa.UniqueConstraint("reminder_id", "recipient", name=op.f("uq_reminder_notice_reminder_id_recipient")),
        comment="What one person is told: a step of a reminder, or once that reminders for somebody who left have stopped.",
    )
    op.create_index("ix_reminder_notice_message", "reminder_notice", ["message_id"], unique=False)
    op.create_index(
        "ix_reminder_notice_waiting", "reminder_notice", ["status", "message_id", "recipient"], unique=False
    )
    op.create_table(
        "roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "checked",
                "applied",
                "discarded",
                name="importstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column(
            "report",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
            comment="What the dry run found; personal data that the audit trail need not repeat",
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["account.id"], name=op.f("fk_roster_import_created_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_roster_import_file_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendor_organization.id"], name=op.f("fk_roster_import_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
        comment="A spreadsheet of coordinators with the report of its dry run.",
    )
    op.create_index("ix_roster_import_vendor", "roster_import", ["vendor_id", "id"], unique=False)
    op.create_table(
        "training_completion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column(
            "vendor_id",
            sa.Integer(),
            nullable=True,
            comment="The vendor that recorded it; its list is read by this index",
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column(
            "provider_approved",
            sa.Boolean(),
            nullable=False,
            comment="What whoever entered it says; a reviewer's word in training_approval goes before it",
        ),
        sa.Column("course_code", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="Contact time; 60 minutes are one contact hour"),
        sa.Column("score", sa.Integer(), nullable=True, comment="Percent in the final assessment, where there was one"),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, comment="This row only takes back the one it supersedes"),
        sa.CheckConstraint("minutes > 0 AND minutes <= 60000", name=op.f("ck_training_completion_minutes_range")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinator.id"], name=op.f("fk_training_completion_coordinator_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_training_completion_file_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_training_completion_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["training_completion.id"], name=op.f("fk_training_completion_supersedes_id")
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor_organization.id"], name=op.f("fk_training_completion_vendor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_completion")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_training_completion_supersedes_id")),
        comment="Contact hours of one category that a coordinator earned in one activity.",
    )
    op.create_index(
        "ix_training_completion_coordinator",
        "training_completion",
        ["coordinator_id", "superseded_at", "completed_on"],
        unique=False,
    )
    op.create_index("ix_training_completion_vendor", "training_completion", ["vendor_id", "id"], unique=False)
    op.create_table(
        "ce_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("selection_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("provided_by_id", sa.Integer(), nullable=False),
        sa.Column("provided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_ce_proof_file_id")),
        sa.ForeignKeyConstraint(["provided_by_id"], ["account.id"], name=op.f("fk_ce_proof_provided_by_id")),
        sa.ForeignKeyConstraint(["selection_id"], ["ce_selection.id"], name=op.f("fk_ce_proof_selection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_proof")),
        comment="A paper that was handed in for an audit; never changed, more can follow.",
    )
    op.create_index(op.f("ix_ce_proof_selection_id"), "ce_proof", ["selection_id"], unique=False)
    op.create_table(
        "ce_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("selection_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "passed",
                "passed_after_correction",
                "failed",
                "excused",
                name="ceoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_ce_result_reviewer_id")),
        sa.ForeignKeyConstraint(["selection_id"], ["ce_selection.id"], name=op.f("fk_ce_result_selection_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["ce_result.id"], name=op.f("fk_ce_result_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ce_result")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_ce_result_supersedes_id")),
        comment="A reviewer's word on how the audit of one holder ended; a correction supersedes the one before it.",
    )
    op.create_index("ix_ce_result_selection", "ce_result", ["selection_id", "id"], unique=False)
    op.create_index(
        "uq_ce_result_first",
        "ce_result",
        ["selection_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("template_version", sa.String(length=20), nullable=False),
        sa.Column(
            "engine", sa.String(length=40), nullable=False, comment="Which engine made the bytes, with its version"
        ),
        sa.Column(
            "conformance",
            sa.String(length=60),
            nullable=False,
            comment="For example PDF/A-2a, PDF/UA-1; empty for pdfkit",
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes"),
        sa.Column("verification_code", sa.String(length=40), nullable=False, comment="128 random bits, never derived"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was issued again"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_certificate_credential_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["account.id"], name=op.f("fk_certificate_issued_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["credential_period.id"], name=op.f("fk_certificate_period_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["certificate.id"], name=op.f("fk_certificate_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_certificate_supersedes_id")),
        sa.UniqueConstraint("verification_code", name=op.f("uq_certificate_verification_code")),
        comment="An issued document: frozen facts, frozen bytes, and the code under which anybody can verify it.",
    )
    op.create_index(op.f("ix_certificate_credential_id"), "certificate", ["credential_id"], unique=False)
    op.create_index(op.f("ix_certificate_sha256"), "certificate", ["sha256"], unique=False)
    op.create_index(
        "uq_certificate_first",
        "certificate",
        ["period_id"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("approved", "denied", name="decisionoutcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("appeal_until", sa.Date(), nullable=True, comment="Last day to ask for a hearing after a denial"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_decision_application_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_decision_decided_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation_record.id"], name=op.f("fk_decision_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("application_id", name=op.f("uq_decision_application_id")),
        comment="How an application ended, on what evaluation, by whom and why.",
    )
    op.create_table(
        "item_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("requirement_code", sa.String(length=20), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "pending",
                "accepted",
                "returned",
                "waived",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "last_evidence_id",
            sa.Integer(),
            nullable=True,
            comment="The newest evidence that was looked at; later evidence is pending again",
        ),
        sa.Column(
            "seen_inputs",
            sa.String(length=64),
            nullable=False,
            comment="Hash of what a returned item was judged by; returned while it stays the same",
        ),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_item_review_application_id")),
        sa.ForeignKeyConstraint(["last_evidence_id"], ["evidence.id"], name=op.f("fk_item_review_last_evidence_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_item_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_review")),
        comment="A reviewer's word on the evidence for one requirement of an application; the latest counts.",
    )
    op.create_index(
        "ix_item_review_application", "item_review", ["application_id", "requirement_code", "id"], unique=False
    )
    op.create_table(
        "training_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["training_completion.id"], name=op.f("fk_training_approval_completion_id")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_training_approval_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_approval")),
        comment="A reviewer's word on whether a training is approved, whatever was said when it was entered; the latest counts.",
    )
    op.create_index("ix_training_approval_completion", "training_approval", ["completion_id", "id"], unique=False)

    for statement in PROTECT[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in UNPROTECT[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)

    op.drop_index("ix_training_approval_completion", table_name="training_approval")
    op.drop_table("training_approval")
    op.drop_index("ix_item_review_application", table_name="item_review")
    op.drop_table("item_review")
    op.drop_table("decision")
    op.drop_index(
        "uq_certificate_first",
        table_name="certificate",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index(op.f("ix_certificate_sha256"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_credential_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_index(
        "uq_ce_result_first",
        table_name="ce_result",
        postgresql_where=sa.text("supersedes_id IS NULL"),
        sqlite_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index("ix_ce_result_selection", table_name="ce_result")
    op.drop_table("ce_result")
    op.drop_index(op.f("ix_ce_proof_selection_id"), table_name="ce_proof")
    op.drop_table("ce_proof")
    op.drop_index("ix_training_completion_vendor", table_name="training_completion")
    op.drop_index("ix_training_completion_coordinator", table_name="training_completion")
    op.drop_table("training_completion")
    op.drop_index("ix_roster_import_vendor", table_name="roster_import")
    op.drop_table("roster_import")
    op.drop_index("ix_reminder_notice_waiting", table_name="reminder_notice")
    op.drop_index("ix_reminder_notice_message", table_name="reminder_notice")
    op.drop_table("reminder_notice")
    op.drop_index("ix_evidence_party", table_name="evidence")
    op.drop_index(op.f("ix_evidence_application_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_evaluation_record_application", table_name="evaluation_record")
    op.drop_table("evaluation_record")
    op.drop_index(
        "uq_credential_period_start",
        table_name="credential_period",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index("ix_credential_period_expiry", table_name="credential_period")
    op.drop_index(op.f("ix_credential_period_application_id"), table_name="credential_period")
    op.drop_table("credential_period")
    op.drop_index(op.f("ix_ce_selection_party_id"), table_name="ce_selection")
    op.drop_table("ce_selection")
    op.drop_index("ix_user_session_user", table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_stored_file_sha256"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_party_id"), table_name="stored_file")
    op.drop_index(op.f("ix_stored_file_owner_id"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index("ix_status_event_credential", table_name="status_event")
    op.drop_table("status_event")
    op.drop_index("ix_reminder_planned", table_name="reminder")
    op.drop_table("reminder")
    op.drop_index(op.f("ix_practice_site_practice_id"), table_name="practice_site")
    op.drop_table("practice_site")
    op.drop_index(op.f("ix_password_reset_user_id"), table_name="password_reset")
    op.drop_table("password_reset")
    op.drop_index(op.f("ix_invitation_party_id"), table_name="invitation")
    op.drop_index(op.f("ix_invitation_email"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_table("form_submission")
    op.drop_index(op.f("ix_external_licence_expires_on"), table_name="external_licence")
    op.drop_index("ix_external_licence_coordinator", table_name="external_licence")
    op.drop_table("external_licence")
    op.drop_index("ix_exposure_notice_vendor", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_recipient", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_practice", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_message", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_link", table_name="exposure_notice")
    op.drop_index("ix_exposure_notice_end", table_name="exposure_notice")
    op.drop_table("exposure_notice")
    op.drop_index("ix_employment_employer_open", table_name="employment")
    op.drop_index("ix_employment_coordinator", table_name="employment")
    op.drop_table("employment")
    op.drop_table("ce_audit")
    op.drop_index("ix_assignment_vendor_open", table_name="assignment")
    op.drop_index(op.f("ix_assignment_practice_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_coordinator_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(
        "uq_application_open",
        table_name="application",
        postgresql_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
        sqlite_where=sa.text("status IN ('draft','submitted','incomplete','under_review','recommended')"),
    )
    op.drop_index("ix_application_reviewer", table_name="application")
    op.drop_index("ix_application_queue", table_name="application")
    op.drop_index(op.f("ix_application_party_id"), table_name="application")
    op.drop_index("ix_application_owner", table_name="application")
    op.drop_index("ix_application_credential", table_name="application")
    op.drop_index("ix_application_closed", table_name="application")
    op.drop_table("application")
    op.drop_index("ix_access_log_user", table_name="access_log")
    op.drop_index("ix_access_log_party", table_name="access_log")
    op.drop_table("access_log")
    op.drop_table("vendor_organization")
    op.drop_table("training_program")
    op.drop_index(op.f("ix_practice_npi"), table_name="practice")
    op.drop_table("practice")
    op.drop_table("party_language")
    op.drop_index(op.f("ix_ownership_stake_party_id"), table_name="ownership_stake")
    op.drop_index(op.f("ix_ownership_stake_group_id"), table_name="ownership_stake")
    op.drop_table("ownership_stake")
    op.drop_index("ix_obligation_party", table_name="obligation")
    op.drop_index("ix_obligation_open", table_name="obligation")
    op.drop_table("obligation")
    op.drop_index("ix_message_queue", table_name="message")
    op.drop_index("ix_message_party", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_credential_subject", table_name="credential")
    op.drop_table("credential")
    op.drop_index(op.f("ix_coordinator_discipline"), table_name="coordinator")
    op.drop_table("coordinator")
    op.drop_index(op.f("ix_contact_party_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(op.f("ix_account_party_id"), table_name="account")
    op.drop_table("account")
    op.drop_table("standard_version")
    op.drop_index(
        "uq_party_coordinator_email",
        table_name="party",
        postgresql_where=sa.text("kind = 'coordinator'"),
        sqlite_where=sa.text("kind = 'coordinator'"),
    )
    op.drop_index(op.f("ix_party_municipality_id"), table_name="party")
    op.drop_index("ix_party_kind_sort", table_name="party")
    op.drop_index("ix_party_kind_region_sort", table_name="party")
    op.drop_index(op.f("ix_party_email"), table_name="party")
    op.drop_table("party")
    op.drop_index(op.f("ix_standard_set_subject_type"), table_name="standard_set")
    op.drop_table("standard_set")
    op.drop_table("sign_in_throttle")
    op.drop_table("reminder_start")
    op.drop_table("ownership_group")
    op.drop_table("number_sequence")
    op.drop_index(op.f("ix_municipality_region"), table_name="municipality")
    op.drop_table("municipality")
    op.drop_table("lease")
    op.drop_index("ix_job_run_name", table_name="job_run")
    op.drop_table("job_run")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_index("ix_audit_entry_party", table_name="audit_entry")
    op.drop_index("ix_audit_entry_actor", table_name="audit_entry")
    op.drop_index("ix_audit_entry_action", table_name="audit_entry")
    op.drop_table("audit_entry")
