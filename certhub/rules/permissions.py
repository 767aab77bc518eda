"""Who may do what: one table of grants. Which objects a person may do it to is decided by `queries.visibility`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from certhub.rules.vocabulary import Role


class Permission(StrEnum):
    """`resource:action`; each view declares exactly one."""

    PUBLIC_READ = "public:read"
    ACCOUNT_USE = "account:use"
    USER_INVITE = "user:invite"
    USER_MANAGE = "user:manage"
    USER_READDRESS = "user:readdress"
    VENDOR_LIST = "vendor:list"
    COORDINATOR_LIST = "coordinator:list"
    PRACTICE_LIST = "practice:list"
    PROGRAM_LIST = "program:list"
    PARTY_READ = "party:read"
    PARTY_EDIT = "party:edit"
    ORGANIZATION_REGISTER = "organization:register"
    OWNERSHIP_RECORD = "ownership:record"
    COORDINATOR_REGISTER = "coordinator:register"
    EMPLOYMENT_RECORD = "employment:record"
    ASSIGNMENT_RECORD = "assignment:record"
    CONTRACT_READ = "contract:read"
    CONTRACT_MANAGE = "contract:manage"
    VENDOR_INVOICE_READ = "vendor_invoice:read"
    VENDOR_INVOICE_FILE = "vendor_invoice:file"
    VENDOR_INVOICE_DECIDE = "vendor_invoice:decide"
    CORRECTIVE_ACTION_ANSWER = "corrective_action:answer"
    EMPLOYER_CHANGE_READ = "employer_change:read"
    EMPLOYER_CHANGE_REQUEST = "employer_change:request"
    EMPLOYER_CHANGE_ANSWER = "employer_change:answer"
    EMPLOYER_CHANGE_CANCEL = "employer_change:cancel"
    LAST_DAY_PROPOSE = "last_day:propose"
    LAST_DAY_SETTLE = "last_day:settle"
    ROSTER_IMPORT = "roster:import"
    TRAINING_RECORD = "training:record"
    COURSE_READ = "course:read"
    COURSE_EDIT = "course:edit"
    SESSION_RUN = "session:run"
    ENROLMENT_READ = "enrolment:read"
    ENROLMENT_REQUEST = "enrolment:request"
    ENROLMENT_REQUEST_OWN = "enrolment:request_own"
    ENROLMENT_CHANGE = "enrolment:change"
    TRAINING_IMPORT = "training:import"
    LICENCE_RECORD = "licence:record"
    BACKGROUND_CHECK_RECORD = "background_check:record"
    FILE_READ = "file:read"
    APPLICATION_READ = "application:read"
    APPLICATION_OPEN = "application:open"
    APPLICATION_SUBMIT = "application:submit"
    EVIDENCE_PROVIDE = "evidence:provide"
    APPLICATION_NOTE = "application:note"
    APPLICATION_REVIEW = "application:review"
    APPLICATION_DECIDE = "application:decide"
    CREDENTIAL_READ = "credential:read"
    CREDENTIAL_CHANGE_STATUS = "credential:change_status"
    CREDENTIAL_CORRECT = "credential:correct"
    RECORD_MERGE = "record:merge"
    RECORD_MERGE_READ = "record_merge:read"
    CERTIFICATE_READ = "certificate:read"
    CERTIFICATE_REISSUE = "certificate:reissue"
    STANDARD_READ = "standard:read"
    STANDARD_DRAFT = "standard:draft"
    STANDARD_ADOPT = "standard:adopt"
    ORDER_READ = "order:read"
    ORDER_ADOPT = "order:adopt"
    REGISTER_READ = "register:read"
    SELF_ASSESSMENT_LIST = "self_assessment:list"
    SELF_ASSESSMENT_READ = "self_assessment:read"
    SELF_ASSESSMENT_RECORD = "self_assessment:record"
    EXPOSURE_READ = "exposure:read"
    DRIFT_LIST = "drift:list"
    CE_AUDIT_READ = "ce_audit:read"
    CE_AUDIT_DRAW = "ce_audit:draw"
    CE_AUDIT_REVIEW = "ce_audit:review"
    CE_REQUEST_READ = "ce_request:read"
    CE_REQUEST_ANSWER = "ce_request:answer"
    CONVENING_READ = "convening:read"
    CONVENING_PLAN = "convening:plan"
    CONVENING_ANSWER = "convening:answer"
    CONVENING_SHEET_READ = "convening_sheet:read"
    CONVENING_SHEET_ANSWER = "convening_sheet:answer"
    CASELOAD_READ = "caseload:read"
    CASELOAD_REPORT = "caseload:report"
    CASELOAD_QUESTION = "caseload:question"
    CASELOAD_ANSWER = "caseload:answer"
    UTILISATION_READ = "utilisation:read"
    UTILISATION_LIST = "utilisation:list"
    FUND_READ = "fund:read"
    FUND_MANAGE = "fund:manage"
    FUND_ADOPT = "fund:adopt"
    FUND_CLOSE = "fund:close"
    PAYER_MANAGE = "payer:manage"
    PAYMENT_RECORD = "payment:record"
    APPEAL_DECIDE = "appeal:decide"
    PROPOSAL_READ = "proposal:read"
    PROPOSAL_MAKE = "proposal:make"
    PRACTICE_NEED_RECORD = "practice_need:record"
    AUDIT_READ = "audit:read"
    MESSAGE_READ = "message:read"
    MESSAGE_RETRY = "message:retry"
    JOB_READ = "job:read"
    JOB_RUN = "job:run"
    REMINDER_READ = "reminder:read"
    REMINDER_SEARCH = "reminder:search"
    REMINDER_POLICY_READ = "reminder_policy:read"
    REMINDER_POLICY_CHANGE = "reminder_policy:change"


class Viewer(Protocol):
    """Whoever looks: an account, or the public."""

    @property
    def id(self) -> int:
        """The account's number; 0 for the public."""

    @property
    def role(self) -> Role:
        """The one role."""

    @property
    def party_id(self) -> int | None:
        """The organization acted for, or the coordinator."""


@dataclass(frozen=True, slots=True)
class PublicViewer:
    """Anybody who has not signed in."""

    id: int = 0
    role: Role = Role.PUBLIC
    party_id: int | None = None


PUBLIC = PublicViewer()


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs a command on the server, and so has the database in hand: reads what an auditor reads."""

    id: int = 0
    role: Role = Role.AUDITOR
    party_id: int | None = None


OPERATOR = Operator()

_P = Permission

_SIGNED_IN = frozenset({_P.ACCOUNT_USE, _P.STANDARD_READ, _P.ORDER_READ, _P.PUBLIC_READ})
_DPH_READS = _SIGNED_IN | {
    _P.VENDOR_LIST, _P.COORDINATOR_LIST, _P.PRACTICE_LIST, _P.PROGRAM_LIST, _P.PARTY_READ, _P.FILE_READ,
    _P.APPLICATION_READ, _P.CREDENTIAL_READ, _P.CERTIFICATE_READ, _P.REGISTER_READ, _P.SELF_ASSESSMENT_LIST,
    _P.SELF_ASSESSMENT_READ, _P.EXPOSURE_READ, _P.CE_AUDIT_READ, _P.CE_REQUEST_READ,
    _P.EMPLOYER_CHANGE_READ, _P.DRIFT_LIST, _P.COURSE_READ, _P.ENROLMENT_READ,
    _P.CONVENING_READ, _P.CONVENING_SHEET_READ, _P.CONTRACT_READ, _P.CASELOAD_READ,
    _P.UTILISATION_READ, _P.UTILISATION_LIST, _P.FUND_READ, _P.PROPOSAL_READ, _P.VENDOR_INVOICE_READ,
    _P.REMINDER_READ, _P.REMINDER_SEARCH, _P.REMINDER_POLICY_READ,
}  # fmt: skip
_APPLICANT = _SIGNED_IN | {
    _P.PARTY_READ, _P.PARTY_EDIT, _P.FILE_READ, _P.APPLICATION_READ, _P.APPLICATION_OPEN, _P.APPLICATION_SUBMIT,
    _P.EVIDENCE_PROVIDE, _P.APPLICATION_NOTE, _P.CREDENTIAL_READ, _P.CERTIFICATE_READ, _P.USER_INVITE,
    _P.USER_READDRESS, _P.REMINDER_READ,
}  # fmt: skip
_REVIEWS = frozenset(
    {
        _P.APPLICATION_REVIEW, _P.APPLICATION_NOTE, _P.APPLICATION_DECIDE, _P.CERTIFICATE_REISSUE, _P.EVIDENCE_PROVIDE,
        _P.CE_AUDIT_REVIEW, _P.BACKGROUND_CHECK_RECORD, _P.CASELOAD_QUESTION,
    }
)  # fmt: skip

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.DPH_ADMINISTRATOR: _DPH_READS | _REVIEWS | {
        _P.USER_INVITE, _P.USER_MANAGE, _P.USER_READDRESS, _P.ORGANIZATION_REGISTER, _P.OWNERSHIP_RECORD,
        _P.COORDINATOR_REGISTER, _P.PARTY_EDIT, _P.EMPLOYMENT_RECORD, _P.ASSIGNMENT_RECORD, _P.ROSTER_IMPORT,
        _P.TRAINING_RECORD, _P.TRAINING_IMPORT,
        _P.LICENCE_RECORD, _P.CREDENTIAL_CHANGE_STATUS, _P.CREDENTIAL_CORRECT, _P.ORDER_ADOPT, _P.AUDIT_READ,
        _P.REMINDER_POLICY_CHANGE,
        _P.MESSAGE_READ, _P.MESSAGE_RETRY, _P.JOB_READ, _P.STANDARD_DRAFT, _P.STANDARD_ADOPT, _P.CE_AUDIT_DRAW,
        _P.JOB_RUN,
        _P.RECORD_MERGE, _P.RECORD_MERGE_READ, _P.LAST_DAY_SETTLE, _P.COURSE_EDIT, _P.SESSION_RUN,
        _P.ENROLMENT_REQUEST, _P.ENROLMENT_CHANGE,
        _P.CONVENING_PLAN, _P.CONTRACT_MANAGE, _P.CASELOAD_REPORT, _P.PROPOSAL_MAKE, _P.PRACTICE_NEED_RECORD,
    },
    Role.DPH_REVIEWER: _DPH_READS | _REVIEWS,
    Role.FUND_MANAGER: _DPH_READS - {_P.APPLICATION_READ, _P.FILE_READ, _P.DRIFT_LIST} | {
        _P.CONTRACT_MANAGE, _P.VENDOR_INVOICE_DECIDE,
        _P.FUND_MANAGE, _P.FUND_ADOPT, _P.FUND_CLOSE, _P.PAYER_MANAGE, _P.PAYMENT_RECORD, _P.APPEAL_DECIDE,
    },
    Role.AUDITOR: _DPH_READS | {_P.AUDIT_READ, _P.MESSAGE_READ, _P.JOB_READ, _P.RECORD_MERGE_READ},
    Role.VENDOR_HR: _APPLICANT | {
        _P.COORDINATOR_LIST, _P.COORDINATOR_REGISTER, _P.EMPLOYMENT_RECORD, _P.ASSIGNMENT_RECORD, _P.ROSTER_IMPORT,
        _P.TRAINING_IMPORT,
        _P.TRAINING_RECORD, _P.LICENCE_RECORD, _P.EXPOSURE_READ, _P.CE_REQUEST_READ, _P.CE_REQUEST_ANSWER,
        _P.EMPLOYER_CHANGE_READ, _P.EMPLOYER_CHANGE_REQUEST, _P.EMPLOYER_CHANGE_CANCEL, _P.LAST_DAY_PROPOSE,
        _P.COURSE_READ, _P.ENROLMENT_READ, _P.ENROLMENT_REQUEST, _P.ENROLMENT_CHANGE,
        _P.CONVENING_READ, _P.CONVENING_SHEET_READ, _P.CONVENING_SHEET_ANSWER, _P.CONTRACT_READ,
        _P.CORRECTIVE_ACTION_ANSWER, _P.VENDOR_INVOICE_READ, _P.VENDOR_INVOICE_FILE,
        _P.CASELOAD_READ, _P.CASELOAD_REPORT, _P.CASELOAD_ANSWER, _P.UTILISATION_READ, _P.UTILISATION_LIST,
        _P.PROPOSAL_READ, _P.PROPOSAL_MAKE,
    },
    Role.PRACTICE_MANAGER: _APPLICANT | {_P.SELF_ASSESSMENT_READ, _P.SELF_ASSESSMENT_RECORD, _P.EXPOSURE_READ},
    Role.TRAINING_PROVIDER: _APPLICANT | {
        _P.COURSE_READ, _P.COURSE_EDIT, _P.SESSION_RUN, _P.ENROLMENT_READ, _P.ENROLMENT_CHANGE,
    },
    Role.COORDINATOR: _SIGNED_IN | {
        _P.PARTY_READ, _P.FILE_READ, _P.APPLICATION_READ, _P.EVIDENCE_PROVIDE, _P.APPLICATION_NOTE, _P.CREDENTIAL_READ,
        _P.CERTIFICATE_READ, _P.CE_REQUEST_READ, _P.CE_REQUEST_ANSWER, _P.EMPLOYER_CHANGE_READ,
        _P.EMPLOYER_CHANGE_ANSWER, _P.EMPLOYER_CHANGE_CANCEL, _P.LAST_DAY_SETTLE, _P.COURSE_READ, _P.ENROLMENT_READ,
        _P.ENROLMENT_REQUEST_OWN, _P.ENROLMENT_CHANGE,
        _P.CONVENING_READ, _P.CONVENING_ANSWER, _P.UTILISATION_READ, _P.REMINDER_READ,
    },
    Role.PUBLIC: frozenset({_P.PUBLIC_READ}),
}  # fmt: skip
"""What each role may do at all."""

ROLE_LABELS: dict[Role, str] = {
    Role.DPH_ADMINISTRATOR: "DPH administrator",
    Role.DPH_REVIEWER: "DPH reviewer",
    Role.FUND_MANAGER: "Fund manager",
    Role.AUDITOR: "Auditor",
    Role.VENDOR_HR: "Vendor HR",
    Role.PRACTICE_MANAGER: "Practice manager",
    Role.COORDINATOR: "Care coordinator",
    Role.TRAINING_PROVIDER: "Training provider",
    Role.PUBLIC: "Public",
}

DPH_ROLES = frozenset({Role.DPH_ADMINISTRATOR, Role.DPH_REVIEWER, Role.FUND_MANAGER, Role.AUDITOR})
"""Roles that see every record; all others see those of their own party."""


def may(viewer: Viewer, permission: Permission) -> bool:
    """Whether the viewer's role is granted `permission`."""
    return permission in GRANTS[viewer.role]


def works_for_dph(viewer: Viewer) -> bool:
    """Whether the viewer works for DPH and sees every organization's records."""
    return viewer.role in DPH_ROLES


def is_employer(viewer: Viewer) -> bool:
    """Whether the viewer acts for a vendor, which employs coordinators and sees them only while it does."""
    return viewer.role is Role.VENDOR_HR


def reports_for_the_office(viewer: Viewer) -> bool:
    """Whether what the viewer types of a vendor's caseload is DPH's work from paper, and not the vendor's own."""
    return not is_employer(viewer)


def may_place(viewer: Viewer) -> bool:
    """Whether the viewer may make proposals of assignments and accept them."""
    return may(viewer, Permission.PROPOSAL_MAKE)


def manages_fund(viewer: Viewer) -> bool:
    """Whether the viewer manages the pooled fund, and decides and pays the invoices of vendors."""
    return viewer.role is Role.FUND_MANAGER


def is_coordinator(viewer: Viewer) -> bool:
    """Whether the viewer is a care coordinator, who sees the own record."""
    return viewer.role is Role.COORDINATOR


def trains(viewer: Viewer) -> bool:
    """Whether the viewer acts for a training program, which sees of a coordinator only who comes to its sessions."""
    return viewer.role is Role.TRAINING_PROVIDER


def is_practice(viewer: Viewer) -> bool:
    """Whether the viewer acts for a practice, which reads of a coordinator only what its own families depend on."""
    return viewer.role is Role.PRACTICE_MANAGER


def sees_network_addresses(viewer: Viewer) -> bool:
    """Whether the viewer may read from which network address somebody signed: DPH and auditors."""
    return viewer.role in DPH_ROLES


ANOTHER_EMPLOYER = "Another employer"


def name_shown(viewer: Viewer, name: str, *, role: Role, party_id: int | None) -> str:
    """The name of whoever did something, as the viewer may read it; `role` and `party_id` are those of that account.

    A record belongs to the person and outlives employers: a vendor's staff is not named to the next vendor.
    """
    colleague = role is not Role.VENDOR_HR or viewer.role is not Role.VENDOR_HR or party_id == viewer.party_id
    return name if colleague else ANOTHER_EMPLOYER
