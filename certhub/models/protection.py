"""Tables that only grow: the database itself refuses UPDATE, DELETE and INSERT OR REPLACE on them, whoever asks.

It also keeps the head of the audit trail: each entry moves it along, nothing moves it back.
"""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, MetaData, Table, UniqueConstraint, event

from certhub.models.audit import AccessLog, AuditEntry
from certhub.models.base import Base
from certhub.models.caseload import CaseloadCount, CaseloadLine, CaseloadQuestionMove
from certhub.models.ce_audits import CeAudit, CeProof, CeResult, CeSelection
from certhub.models.certification import Certificate, Decision, EvaluationRecord, Evidence, ItemReview
from certhub.models.contract_oversight import (
    CorrectiveAnswer,
    DebarmentCheck,
    FinancialReport,
    ProviderQualification,
    SiteVisit,
)
from certhub.models.contracts import (
    BudgetLine,
    Contract,
    ContractAmendment,
    ContractOpenItem,
    ContractRate,
    ContractStep,
)
from certhub.models.convenings import ConveningAnswer, ConveningAttendance, ConveningInvitation, ConveningTheme
from certhub.models.corrections import Correction
from certhub.models.course_sessions import CompletionCertificate, SessionEvaluation
from certhub.models.due_process import ActionNotice, HearingEntry
from certhub.models.employer_changes import EmployerChangeAnswer, EmployerChangeEffect
from certhub.models.fund import FundAllocation, FundTrueUp, FundYearEvent
from certhub.models.fund_accounts import (
    Assessment,
    FundAdjustment,
    FundAppeal,
    FundAppealDecision,
    FundNotice,
    FundPayment,
    FundReferral,
    FundWriteOff,
    Instalment,
    TrueUpLine,
)
from certhub.models.ledger import FundMovement, LedgerEntry, LedgerPosting, PayerAnswer
from certhub.models.medical_home import FamilyFeedback, SelfAssessmentResult
from certhub.models.orders import BoardOrder, OrderEffect, OrderRevocation
from certhub.models.parties import LicenceCheck
from certhub.models.record_merges import RecordMergeItem
from certhub.models.references import ReferenceSignature
from certhub.models.reminder_policies import ReminderPolicyVersion
from certhub.models.review import ApplicationStage, Recommendation, RequirementNote
from certhub.models.signatures import Signature, Statement
from certhub.models.standards import StandardVersion
from certhub.models.submittals import Submittal, SubmittalReview
from certhub.models.training import TrainingApproval
from certhub.models.vendor_invoices import HoldDecision, PaymentHold, VendorInvoiceLine, VendorPayment
from certhub.rules.audit_chain import GENESIS

APPEND_ONLY = tuple(
    model.__tablename__
    for model in (
        AuditEntry,
        AccessLog,
        Evidence,
        ItemReview,
        EvaluationRecord,
        Decision,
        Certificate,
        TrainingApproval,
        OrderRevocation,
        OrderEffect,
        ApplicationStage,
        Recommendation,
        RequirementNote,
        ActionNotice,
        HearingEntry,
        ReferenceSignature,
        Statement,
        Signature,
        LicenceCheck,
        SelfAssessmentResult,
        FamilyFeedback,
        CeAudit,
        CeSelection,
        CeProof,
        CeResult,
        EmployerChangeAnswer,
        EmployerChangeEffect,
        Correction,
        RecordMergeItem,
        Submittal,
        SubmittalReview,
        CompletionCertificate,
        SessionEvaluation,
        ConveningInvitation,
        ConveningAnswer,
        ConveningAttendance,
        ConveningTheme,
        ContractStep,
        ContractOpenItem,
        DebarmentCheck,
        ProviderQualification,
        FinancialReport,
        SiteVisit,
        CorrectiveAnswer,
        VendorInvoiceLine,
        VendorPayment,
        PaymentHold,
        HoldDecision,
        CaseloadLine,
        CaseloadCount,
        CaseloadQuestionMove,
        FundAllocation,
        FundTrueUp,
        FundYearEvent,
        Assessment,
        Instalment,
        FundAdjustment,
        FundNotice,
        FundPayment,
        FundWriteOff,
        FundReferral,
        FundAppeal,
        FundAppealDecision,
        TrueUpLine,
        FundMovement,
        PayerAnswer,
        LedgerEntry,
        LedgerPosting,
        ReminderPolicyVersion,
    )
)

FROZEN_ONCE = {
    StandardVersion.__tablename__: "{row}.status <> 'draft'",
    BoardOrder.__tablename__: "{row}.in_force_at IS NOT NULL",
    Contract.__tablename__: "{row}.executed_at IS NOT NULL",
    ContractAmendment.__tablename__: "{row}.executed_at IS NOT NULL",
    BudgetLine.__tablename__: "{row}.in_force_at IS NOT NULL",
    ContractRate.__tablename__: "{row}.in_force_at IS NOT NULL",
}
"""Tables whose rows can be changed while they are drafts, with the condition from which on they cannot."""

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed or removed';
END $$
"""

_MOVE_HEAD = """
CREATE OR REPLACE FUNCTION move_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE audit_head SET seq = newest.seq, hash = newest.hash
  FROM (SELECT seq, hash FROM added ORDER BY seq DESC LIMIT 1) AS newest WHERE audit_head.seq < newest.seq;
  RETURN NULL;
END $$
"""


def protecting_statements(dialect: str) -> list[str]:
    """The statements that protect every append-only table, and what was a draft once, on `dialect`."""
    if dialect == "postgresql":
        statements = [_FUNCTION]
        for table in APPEND_ONLY:
            statements += [
                f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
                f"CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
            ]
        return [
            *statements,
            "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head FOR EACH ROW "
            "WHEN (NEW.seq <= OLD.seq OR NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change()",
            "CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head FOR EACH ROW "
            "EXECUTE FUNCTION refuse_change()",
            "CREATE TRIGGER audit_head_is_not_truncated BEFORE TRUNCATE ON audit_head "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
            *(
                f"CREATE TRIGGER {table}_is_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
                f"WHEN ({frozen.format(row='OLD')}) EXECUTE FUNCTION refuse_change()"
                for table, frozen in FROZEN_ONCE.items()
            ),
        ]
    statements = []
    for table in APPEND_ONLY:
        statements += [
            _refusing(f"{table}_refuses_update", f"UPDATE ON {table}", table),
            _refusing(f"{table}_refuses_delete", f"DELETE ON {table}", table),
            # REPLACE removes the row that is in the way without asking the DELETE trigger.
            _refusing(f"{table}_refuses_replace", f"INSERT ON {table}", table, " OR ".join(_taken(table))),
        ]
    return [
        *statements,
        _refusing(
            "audit_head_moves_on", "UPDATE ON audit_head", "audit_head", "NEW.seq <= OLD.seq OR NEW.id <> OLD.id"
        ),
        _refusing("audit_head_is_kept", "DELETE ON audit_head", "audit_head"),
        _refusing(
            "audit_head_refuses_replace", "INSERT ON audit_head", "audit_head", " OR ".join(_taken("audit_head"))
        ),
        *(statement for table, frozen in FROZEN_ONCE.items() for statement in _freezing(table, frozen)),
    ]


def sealing_statements(dialect: str) -> list[str]:
    """The statements that make each entry of the audit trail move the head along."""
    first = f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{GENESIS}')"  # noqa: S608  (our own constant)
    if dialect == "postgresql":
        return [
            first,
            _MOVE_HEAD,
            "CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION move_audit_head()",
        ]
    return [
        first,
        "CREATE TRIGGER audit_entry_moves_head AFTER INSERT ON audit_entry "
        "BEGIN UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash WHERE seq < NEW.seq; END",
    ]


def _freezing(table: str, frozen: str) -> Iterator[str]:
    yield _refusing(f"{table}_is_frozen", f"UPDATE ON {table}", table, frozen.format(row="OLD"))
    yield _refusing(f"{table}_is_kept", f"DELETE ON {table}", table, frozen.format(row="OLD"))
    kept = " OR ".join(_taken(table, frozen.format(row="kept")))
    yield _refusing(f"{table}_refuses_replace", f"INSERT ON {table}", table, kept)


def _refusing(name: str, moment: str, table: str, when: str = "") -> str:
    condition = f"WHEN {when} " if when else ""
    refusal = f"SELECT RAISE(ABORT, 'rows of {table} are never changed or removed')"
    return f"CREATE TRIGGER {name} BEFORE {moment} {condition}BEGIN {refusal}; END"


def _taken(name: str, also: str = "") -> Iterator[str]:
    """For each unique key of a table the condition, in SQLite's words, that a row with the new row's key exists."""
    table = Base.metadata.tables[name]
    for columns, where in _unique_keys(table):
        conditions = [f"kept.{column} = NEW.{column}" for column in columns]
        if where:
            named = re.compile(rf"\b({'|'.join(table.columns.keys())})\b")
            conditions += [named.sub(rf"{row}.\1", where) for row in ("kept", "NEW")]
        if also:
            conditions.append(also)
        yield f"EXISTS (SELECT 1 FROM {name} AS kept WHERE {' AND '.join(conditions)})"  # noqa: S608  (names of our own tables)


def _unique_keys(table: Table) -> Iterator[tuple[list[str], str]]:
    """The columns of each unique key, with the condition of a partial one; the primary key comes first."""
    yield [column.name for column in table.primary_key.columns], ""
    keys = [list(one.columns.keys()) for one in table.constraints if isinstance(one, UniqueConstraint)]
    yield from ((key, "") for key in sorted(keys))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            yield list(index.columns.keys()), "" if where is None else str(where)


@event.listens_for(Base.metadata, "after_create")
def _protect(_target: MetaData, connection: Connection, **_options: object) -> None:
    """A schema that is made from the models is protected like one that is migrated."""
    for statement in schema_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def schema_statements(dialect: str) -> list[str]:
    """All that the tables themselves do not say, for a migration upwards."""
    return protecting_statements(dialect) + sealing_statements(dialect)


def schema_removal(dialect: str) -> list[str]:
    """What takes all of it away again, for a migration downwards."""
    functions = ["DROP FUNCTION IF EXISTS move_audit_head()"] if dialect == "postgresql" else []
    return _dropping(sealing_statements(dialect), dialect) + functions + unprotecting_statements(dialect)


def unprotecting_statements(dialect: str) -> list[str]:
    """What takes the protection away again; the head of the audit trail still moves along."""
    functions = ["DROP FUNCTION IF EXISTS refuse_change()"] if dialect == "postgresql" else []
    return _dropping(protecting_statements(dialect), dialect) + functions


def _dropping(statements: list[str], dialect: str) -> list[str]:
    made = (re.match(r"CREATE TRIGGER (\w+) .*? ON (\w+)", statement) for statement in statements)
    return [
        f"DROP TRIGGER IF EXISTS {found[1]}" + (f" ON {found[2]}" if dialect == "postgresql" else "")
        for found in made
        if found
    ]
