"""The reviewers' desk: who looks after an application, and what both sides write on a requirement."""

from datetime import datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.review import RequirementNote
from certhub.rules.audit_actions import AuditAction
from certhub.rules.lifecycle import is_open
from certhub.rules.permissions import DPH_ROLES, Permission, may
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import ApplicationStatus
from certhub.services import applicants, audit, outbox


def assign(application: Application, reviewer: User, *, base_url: str, actor: User, at: datetime) -> None:
    """Give an application to a reviewer, who hears of it once; whoever takes it for themselves is not written to."""
    locked(application)
    if not is_open(application.status) or application.status is ApplicationStatus.DRAFT:
        raise Refusal("Only an application that was submitted and is not decided yet can be given to a reviewer.")
    if not reviewer.is_active or not may(reviewer, Permission.APPLICATION_REVIEW):
        raise Refusal("This account cannot review applications. Choose another person.", field="reviewer")
    if application.reviewer_id == reviewer.id:
        raise Refusal(f"{reviewer.name} has this application already. Nothing was changed.", field="reviewer")
    application.reviewer_id = reviewer.id
    db.session.flush()
    audit.record(actor, AuditAction.APPLICATION_ASSIGNED, application, at=at, reviewer=reviewer.name)
    if reviewer.id != actor.id:
        outbox.enqueue(
            "application-assigned",
            recipient=reviewer.email,
            recipient_name=reviewer.name,
            dedupe_key=f"application-assigned:{application.id}:{reviewer.id}:{at.isoformat()}",
            context={
                "link": f"{base_url}/applications/{application.id}",
                "standard": application.standard.code,
                "application_kind": application.kind.value,
                "given_by": actor.name,
                "due_on": application.due_on,
            },
            party_id=application.party_id,
            at=at,
        )


def write_note(
    application: Application,
    requirement: Requirement,
    text: str,
    *,
    internal: bool,
    base_url: str,
    actor: User,
    at: datetime,
) -> RequirementNote:
    """Write a note on a requirement; the other side hears that there is one, unless it is for DPH alone."""
    text = text.strip()
    if not text:
        raise Refusal("Write something first.", field="text")
    locked(application)
    if not is_open(application.status):
        raise Refusal("This application is closed. Notes are written while it is open.")
    from_dph = actor.role in DPH_ROLES
    if internal and not from_dph:
        raise Refusal("Only DPH writes notes for itself.", field="internal")
    note = RequirementNote(
        application_id=application.id,
        requirement_code=requirement.code,
        text=text,
        internal=internal,
        written_by_id=actor.id,
        recorded_at=at,
    )
    db.session.add(note)
    db.session.flush()
    # The party's own history does not tell of a note that DPH wrote for itself.
    audit.record(actor, AuditAction.NOTE_WRITTEN, note, at=at, party_id=None if internal else application.party_id)
    if internal:
        return note
    told = {"code": requirement.code, "title": requirement.title}
    if from_dph:
        applicants.tell(application, "application-note", base_url=base_url, at=at, **told)
    elif application.reviewer is not None and application.reviewer.is_active:
        outbox.enqueue(
            "application-note",
            recipient=application.reviewer.email,
            recipient_name=application.reviewer.name,
            dedupe_key=f"application-note:{note.id}",
            context={
                "link": f"{base_url}/applications/{application.id}",
                "party_name": application.party.name,
                "standard": application.standard.code,
                "application_kind": application.kind.value,
                **told,
            },
            party_id=application.party_id,
            at=at,
        )
    return note
