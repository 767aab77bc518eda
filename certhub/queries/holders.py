"""Whose record an address leads to: for each argument of an address that names something of one party, that party."""

from collections.abc import Callable
from typing import Any

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.ce_audits import CeSelection
from certhub.models.certification import Application, Certificate, Credential, Evidence
from certhub.models.contract_oversight import (
    CorrectiveActionPlan,
    CorrectiveMilestone,
    FinancialReport,
    InsurancePolicy,
)
from certhub.models.contracts import BudgetLine, Contract, ContractAmendment, ContractRate
from certhub.models.course_sessions import Enrolment
from certhub.models.due_process import ActionNotice
from certhub.models.employer_changes import EmployerChange
from certhub.models.files import StoredFile
from certhub.models.medical_home import FamilyFeedback, SelfAssessment
from certhub.models.messages import Message
from certhub.models.parties import Party
from certhub.models.proposals import ProposalLine
from certhub.models.record_merges import RecordMerge, ToldApart
from certhub.models.references import ReferenceRequest
from certhub.models.signatures import Signature, Statement
from certhub.models.submittals import Submittal
from certhub.models.vendor_invoices import PaymentHold, VendorInvoice, VendorPayment
from certhub.rules.vocabulary import SubjectType


def _of_certificate(number: int) -> int | None:
    found = db.session.get(Certificate, number)
    return db.session.get_one(Credential, found.credential_id).party_id if found else None


def _of_enrolment(number: int) -> int | None:
    found = db.session.get(Enrolment, number)
    return found.coordinator_id if found else None


def _of_merge(number: int) -> int | None:
    found = db.session.get(RecordMerge, number)
    return found.kept_id if found else None


def _of_mark(number: int) -> int | None:
    found = db.session.get(ToldApart, number)
    return found.one_id if found else None


def _of_contract(number: int) -> int | None:
    found = db.session.get(Contract, number)
    return found.vendor_id if found else None


def _under(model: type[Any]) -> Callable[[int], int | None]:
    """Of something that belongs to a contract."""

    def holder(number: int) -> int | None:
        found = db.session.get(model, number)
        return _of_contract(found.contract_id) if found else None

    return holder


def _of_milestone(number: int) -> int | None:
    found = db.session.get(CorrectiveMilestone, number)
    return _under(CorrectiveActionPlan)(found.plan_id) if found else None


def _of_hold(number: int) -> int | None:
    found = db.session.get(PaymentHold, number)
    return _under(VendorInvoice)(found.line.invoice_id) if found else None


def _of_vendor_payment(number: int) -> int | None:
    found = db.session.get(VendorPayment, number)
    return _under(VendorInvoice)(found.invoice_id) if found else None


def _of_policy(number: int) -> int | None:
    found = db.session.get(InsurancePolicy, number)
    return found.vendor_id if found else None


def _of_report(number: int) -> int | None:
    found = db.session.get(FinancialReport, number)
    return found.vendor_id if found else None


def _of_proposal_line(number: int) -> int | None:
    found = db.session.get(ProposalLine, number)
    return found.coordinator_id if found else None


def _of(model: type[Any]) -> Callable[[int], int | None]:
    def holder(number: int) -> int | None:
        found = db.session.get(model, number)
        return found.party_id if found else None

    return holder


HOLDERS: dict[str, Callable[[int], int | None]] = {
    "party_id": lambda number: number,
    "account_id": _of(User),
    "application_id": _of(Application),
    "certificate_id": _of_certificate,
    "change_id": _of(EmployerChange),
    "assessment_id": _of(SelfAssessment),
    "contract_id": _of_contract,
    "amendment_id": _under(ContractAmendment),
    "line_id": _under(BudgetLine),
    "rate_id": _under(ContractRate),
    "plan_id": _under(CorrectiveActionPlan),
    "milestone_id": _of_milestone,
    "policy_id": _of_policy,
    "financial_report_id": _of_report,
    "invoice_id": _under(VendorInvoice),
    "vendor_payment_id": _of_vendor_payment,
    "hold_id": _of_hold,
    "credential_id": _of(Credential),
    "enrolment_id": _of_enrolment,
    "evidence_id": _of(Evidence),
    "feedback_id": _of(FamilyFeedback),
    "file_id": _of(StoredFile),
    "mark_id": _of_mark,
    "merge_id": _of_merge,
    "message_id": _of(Message),
    "notice_id": _of(ActionNotice),
    "proposal_line_id": _of_proposal_line,
    "request_id": _of(ReferenceRequest),
    "selection_id": _of(CeSelection),
    "signature_id": _of(Signature),
    "statement_id": _of(Statement),
    "submittal_id": _of(Submittal),
    "seq": _of(AuditEntry),
}
"""What has been read for a page is still at hand when these ask for it, so they cost no query."""

OF_ANYBODY = frozenset({"file_id"})
"""Arguments whose objects can tell about persons whoever handed them in, such as the references in a vendor's file."""


def personal(argument: str, number: int) -> int | None:
    """The party whose personal record is behind an address; None where there is none."""
    party_id = HOLDERS[argument](number)
    party = db.session.get(Party, party_id) if party_id is not None else None
    if party is None:
        return None
    return party.id if party.kind is SubjectType.COORDINATOR or argument in OF_ANYBODY else None
