"""Rounds of family feedback: recorded, corrected, and handed in as evidence."""

from datetime import datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application, Evidence
from certhub.models.medical_home import FamilyFeedback
from certhub.models.parties import Practice
from certhub.queries import evaluations, family_feedback
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_forms import EvidenceInput
from certhub.rules.family_feedback import (
    DOCUMENT_TYPES,
    METHOD_LABELS,
    FeedbackRound,
    require_enough_asked,
    require_round,
    response_rate,
)
from certhub.rules.refusal import Refusal
from certhub.services import audit
from certhub.services import evidence as evidence_service


def record(practice: Practice, found: FeedbackRound, *, actor: User, at: datetime) -> FamilyFeedback:
    """Put a round on file. Raises `Refusal` for one that cannot be."""
    require_round(found, today=clock.civil_date(at))
    feedback = _kept(practice.id, found, None, actor=actor, at=at)
    audit.record(actor, AuditAction.FAMILY_FEEDBACK_RECORDED, feedback, at=at)
    return feedback


def correct(feedback: FamilyFeedback, found: FeedbackRound, *, actor: User, at: datetime) -> FamilyFeedback:
    """Put a better round in the place of one; what was handed in before stays as it was read."""
    require_round(found, today=clock.civil_date(at))
    if family_feedback.corrected_by(feedback) is not None:
        raise Refusal("Somebody has corrected this round already. Look at the newer one.")
    corrected = _kept(feedback.party_id, found, feedback.id, actor=actor, at=at)
    audit.record(actor, AuditAction.FAMILY_FEEDBACK_CORRECTED, corrected, at=at)
    return corrected


def hand_in(feedback: FamilyFeedback, application: Application, *, actor: User, at: datetime) -> Evidence:
    """Make a round evidence of an application. Raises `Refusal` where nothing asks for it or too few were asked."""
    locked(application)
    judgement = evaluations.judge(application, as_of=clock.civil_date(at))
    requirement = family_feedback.asking_for(judgement, feedback.method)
    if requirement is None or feedback.party_id != application.party_id:
        raise Refusal("The standard of this application does not ask for family feedback.")
    require_enough_asked(feedback.method, families=feedback.families, asked=feedback.asked)
    found = as_round(feedback)
    note = (
        f"{METHOD_LABELS[feedback.method]}: {feedback.answered:,} of {feedback.asked:,} families answered "
        f"({response_rate(found)} percent)."
    )
    value = {"document_type": DOCUMENT_TYPES[feedback.method], "note": note, "family_feedback_id": feedback.id}
    given = EvidenceInput(value, occurred_on=feedback.ends_on)
    return evidence_service.provide(application, requirement, given, file=None, actor=actor, at=at)


def as_round(feedback: FamilyFeedback) -> FeedbackRound:
    """What is on file of a round, as the rules read it."""
    return FeedbackRound(
        method=feedback.method,
        starts_on=feedback.starts_on,
        ends_on=feedback.ends_on,
        families=feedback.families,
        asked=feedback.asked,
        answered=feedback.answered,
        favourable=feedback.favourable,
    )


def _kept(
    party_id: int, found: FeedbackRound, supersedes_id: int | None, *, actor: User, at: datetime
) -> FamilyFeedback:
    feedback = FamilyFeedback(
        party_id=party_id,
        method=found.method,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        families=found.families,
        asked=found.asked,
        answered=found.answered,
        favourable=dict(found.favourable),
        recorded_by_id=actor.id,
        recorded_at=at,
        supersedes_id=supersedes_id,
    )
    db.session.add(feedback)
    db.session.flush()
    return feedback
