"""Evidence for the requirements of an application: provided, taken back, never changed."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application, Evidence
from certhub.models.files import StoredFile
from certhub.queries import applications, evaluations
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_fields import SENT_DIRECTLY
from certhub.rules.evidence_forms import (
    EvidenceInput,
    done_by_department,
    is_computed,
    may_be_searched_again,
    needs_file,
)
from certhub.rules.lifecycle import ENTERED_BY_DEPARTMENT, WITH_APPLICANT, is_open
from certhub.rules.permissions import DPH_ROLES
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.services import audit, drifts, statements


def provide(
    application: Application,
    requirement: Requirement,
    given: EvidenceInput,
    *,
    file: StoredFile | None,
    actor: User,
    at: datetime,
) -> Evidence:
    """Add evidence for one requirement. Evidence is never changed: a better one is added, a wrong one taken back.

    A signature is given on paper here, as a file; on the screen it is given through `services.signatures`.
    """
    require_open(application, requirement, actor)
    if is_computed(requirement):
        raise Refusal("Nothing is entered for this requirement: it is computed from the records.")
    if needs_file(requirement) and file is None:
        raise Refusal("Upload the document. Without it this requirement cannot be met.", field="file")
    evidence = keep(
        requirement.code, given,
        party_id=application.party_id, application_id=application.id, file=file, provided_by=actor, at=at,
    )  # fmt: skip
    statements.keep_paper(evidence, requirement, party=application.party, at=at)
    audit.record(actor, AuditAction.EVIDENCE_PROVIDED, evidence, at=at)
    return evidence


def keep(
    requirement_code: str,
    given: EvidenceInput,
    *,
    party_id: int,
    application_id: int | None = None,
    file: StoredFile | None = None,
    provided_by: User | None,
    at: datetime,
) -> Evidence:
    """Put evidence on file; whoever asks for it checks first whether it may be, and tells the audit trail.

    `provided_by` is nobody where it came from somebody without an account, such as a referee.
    """
    evidence = Evidence(
        party_id=party_id,
        application_id=application_id,
        requirement_code=requirement_code,
        value=dict(given.value),
        file_id=file.id if file else None,
        occurred_on=given.occurred_on,
        expires_on=given.expires_on,
        provided_by_id=provided_by.id if provided_by else None,
        recorded_at=at,
    )
    db.session.add(evidence)
    db.session.flush()
    return evidence


def take_back(application: Application, evidence: Evidence, *, actor: User, at: datetime) -> None:
    """Take back evidence that was given by mistake, once: the row stays, a later one cancels it."""
    if evidence.application_id != application.id:
        raise Refusal("This evidence belongs to an earlier application and stays on file.")
    if evidence.value.get(SENT_DIRECTLY):
        raise Refusal(
            "The referee sent this form, so it stays with the application. You can ask somebody else as well."
        )
    if actor.role not in DPH_ROLES and evidence.id in applications.entered_by_department(application):
        raise Refusal("DPH entered this, so it stays with the application.")
    locked(application)
    if db.session.scalar(select(Evidence.id).where(Evidence.supersedes_id == evidence.id)):
        return
    judged = evaluations.judge(application, as_of=clock.civil_date(at)).requirement(evidence.requirement_code)
    if judged is None:
        raise Refusal("The standard does not ask for this.")
    require_open(application, judged, actor)
    audit.record(actor, AuditAction.EVIDENCE_WITHDRAWN, cancel(evidence, actor=actor, at=at), at=at)
    drifts.note(application.party, actor=actor, at=at)  # an earlier statement may stand again


def cancel(evidence: Evidence, *, actor: User, at: datetime) -> Evidence:
    """Put a row on file that takes evidence back; the audit trail is told by whoever asks, as with `keep`."""
    row = Evidence(
        party_id=evidence.party_id,
        application_id=evidence.application_id,
        requirement_code=evidence.requirement_code,
        value={},
        provided_by_id=actor.id,
        recorded_at=at,
        supersedes_id=evidence.id,
        withdrawn=True,
    )
    db.session.add(row)
    db.session.flush()
    return row


def require_open(application: Application, requirement: Requirement, actor: User) -> None:
    """Raises `Refusal` where the actor cannot add evidence for a requirement now."""
    by_department = done_by_department(requirement)
    if not is_open(application.status):
        raise Refusal("This application has ended, so nothing can be added to it. What is new goes into the next one.")
    if actor.role in DPH_ROLES:
        if not by_department and not may_be_searched_again(requirement):
            raise Refusal("The applicant provides this evidence.")
        if application.status not in ENTERED_BY_DEPARTMENT:
            raise Refusal("DPH enters this while the application is with DPH.")
        return
    if by_department:
        raise Refusal("DPH enters this one. There is nothing for you to do.")
    if application.status not in WITH_APPLICANT:
        raise Refusal("The application is with DPH now. Evidence can be added again if DPH returns it to you.")
