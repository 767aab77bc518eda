"""Self-assessments: opened, answered by several people, agreed on, closed, and handed in as evidence."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application, Evidence
from certhub.models.medical_home import SelfAssessment, SelfAssessmentRespondent, SelfAssessmentResult
from certhub.models.parties import Practice
from certhub.queries import evaluations, instrument_words, self_assessments
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_forms import EvidenceInput
from certhub.rules.identifiers import require_email, require_person_name
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, complete, scored
from certhub.rules.self_assessment import (
    LINK_LASTS,
    MOST_RESPONDENTS,
    RESPONDENT_LABELS,
    require_closable,
    with_scores,
)
from certhub.rules.standard import Requirement
from certhub.rules.tokens import new_token, token_hash
from certhub.rules.vocabulary import RespondentRole
from certhub.services import audit, outbox
from certhub.services import evidence as evidence_service

MESSAGE = "self-assessment-invitation"

_COORDINATION = "3"
_ENDED = "This self-assessment is closed. What was answered and agreed on stays as it is."

Link = Callable[[str], str]
"""Makes the address that goes into the mail from the link's secret."""


def open_(practice: Practice, *, instrument_id: str, licensed_copy: str, actor: User, at: datetime) -> SelfAssessment:
    """Start a self-assessment; a practice has one at a time. Raises `Refusal` while another one is under way."""
    locked(practice)
    if db.session.scalar(
        select(SelfAssessment.id).where(SelfAssessment.party_id == practice.id, SelfAssessment.ended_at.is_(None))
    ):
        raise Refusal("A self-assessment is under way already. Close it or give it up before you start another one.")
    if instrument_id not in INSTRUMENTS:
        raise Refusal("Choose one of the two versions of the index.", field="instrument")
    if not licensed_copy.strip():
        raise Refusal("Say where your licensed copy is kept. You need it to rate each theme.", field="licensed_copy")
    assessment = SelfAssessment(
        party_id=practice.id,
        instrument=instrument_id,
        instrument_version=instrument_words.newest(instrument_id).version,
        licensed_copy=licensed_copy.strip(),
        consensus={},
        opened_by_id=actor.id,
        opened_at=at,
    )
    db.session.add(assessment)
    db.session.flush()
    audit.record(actor, AuditAction.SELF_ASSESSMENT_OPENED, assessment, at=at)
    return assessment


def add_respondent(
    assessment: SelfAssessment,
    *,
    name: str,
    role: RespondentRole,
    email: str,
    link: Link,
    actor: User,
    at: datetime,
) -> SelfAssessmentRespondent:
    """Add somebody who answers: by a personal link to `email`, or on paper where it is empty."""
    _require_under_way(assessment)
    taking_part = self_assessments.taking_part(assessment)
    if len(taking_part) >= MOST_RESPONDENTS:
        raise Refusal(f"{MOST_RESPONDENTS} people take part already. That is the most that can be compared.")
    called, address = require_person_name(name), require_email(email) if email.strip() else None
    if address is not None and any(one.email == address for one in taking_part):
        raise Refusal("Somebody with this e-mail address takes part already.", field="email")
    respondent = SelfAssessmentRespondent(
        assessment=assessment, name=called, role=role, email=address, answers={}, added_at=at
    )
    db.session.add(respondent)
    db.session.flush()
    if address is not None:
        _send(respondent, assessment, link, actor=actor, at=at)
    audit.record(actor, AuditAction.RESPONDENT_ADDED, respondent, at=at, party_id=assessment.party_id)
    return respondent


def send_again(respondent: SelfAssessmentRespondent, *, link: Link, actor: User, at: datetime) -> None:
    """Send a new link; the one before it no longer works. What was answered is kept."""
    _require_under_way(respondent.assessment)
    if respondent.email is None:
        raise Refusal(f"{respondent.name} answers on paper. There is no e-mail address to send a link to.")
    _send(respondent, respondent.assessment, link, actor=actor, at=at)
    audit.record(
        actor, AuditAction.RESPONDENT_INVITED_AGAIN, respondent, at=at, party_id=respondent.assessment.party_id
    )


def remove_respondent(respondent: SelfAssessmentRespondent, *, actor: User, at: datetime) -> None:
    """Take somebody out who was added by mistake: the link ends, and the answers no longer show."""
    _require_under_way(respondent.assessment)
    if respondent.removed_at is None:
        respondent.removed_at = at
        respondent.token_hash = None
        audit.record(actor, AuditAction.RESPONDENT_REMOVED, respondent, at=at, party_id=respondent.assessment.party_id)


def save_answers(
    respondent: SelfAssessmentRespondent, chosen: Mapping[str, int | None], *, actor: audit.Actor, at: datetime
) -> None:
    """Keep the answers of one page; those of the other pages stay as they are."""
    _require_under_way(respondent.assessment)
    locked(respondent)
    if respondent.removed_at is not None:
        raise Refusal("This person no longer takes part in the self-assessment.")
    merged = with_scores(respondent.answers, chosen)
    if merged != respondent.answers:
        respondent.answers = merged
        db.session.flush()
        audit.record(actor, AuditAction.RESPONDENT_ANSWERED, respondent, at=at, party_id=respondent.assessment.party_id)


def record_consensus(
    assessment: SelfAssessment, chosen: Mapping[str, int | None], *, actor: User, at: datetime
) -> None:
    """Keep the scores that the meeting agreed on for the themes of one page."""
    _require_under_way(assessment)
    merged = with_scores(assessment.consensus, chosen)
    if merged != assessment.consensus:
        assessment.consensus = merged
        db.session.flush()
        audit.record(actor, AuditAction.SELF_ASSESSMENT_AGREED, assessment, at=at)


def close(assessment: SelfAssessment, *, held_on: date, actor: User, at: datetime) -> SelfAssessmentResult:
    """Freeze what was agreed on, and hand it in where an open application of the practice waits for it.

    Names of those who answered are not kept with the result, their roles are.
    """
    _require_under_way(assessment)
    instrument = INSTRUMENTS[assessment.instrument]
    people = self_assessments.answered(assessment)
    require_closable(
        instrument,
        assessment.consensus,
        people,
        held_on=held_on,
        opened_on=clock.civil_date(assessment.opened_at),
        today=clock.civil_date(at),
    )
    score = scored(instrument, assessment.consensus)
    coordination = score.domain_means.get(_COORDINATION)
    result = SelfAssessmentResult(
        assessment_id=assessment.id,
        party_id=assessment.party_id,
        held_on=held_on,
        scores=dict(assessment.consensus),
        answers=[{"role": one.role.value, "scores": dict(one.scores)} for one in people],
        total=score.total,
        percent_hundredths=int(score.percent * 100),
        coordination_hundredths=None if coordination is None else int(coordination * 100),
        recorded_by_id=actor.id,
        recorded_at=at,
    )
    assessment.result = result
    assessment.ended_at = at
    db.session.flush()
    audit.record(actor, AuditAction.SELF_ASSESSMENT_CLOSED, result, at=at)
    application = db.session.scalar(
        select(Application).where(Application.party_id == assessment.party_id, Application.status.in_(WITH_APPLICANT))
    )
    if application is not None and _asking(application, assessment, at=at) is not None:
        hand_in(assessment, application, actor=actor, at=at)
    return result


def give_up(assessment: SelfAssessment, *, actor: User, at: datetime) -> None:
    """End a self-assessment without a result; the links to it no longer work."""
    _require_under_way(assessment)
    assessment.ended_at = at
    audit.record(actor, AuditAction.SELF_ASSESSMENT_ABANDONED, assessment, at=at)


def hand_in(assessment: SelfAssessment, application: Application, *, actor: User, at: datetime) -> Evidence:
    """Make a closed self-assessment evidence of an application. Raises `Refusal` where nothing asks for it."""
    result = assessment.result
    if result is None or assessment.party_id != application.party_id:
        raise Refusal("Close the self-assessment first. Then it can be handed in.")
    locked(application)
    requirement = _asking(application, assessment, at=at)
    if requirement is None:
        raise Refusal("The standard of this application does not ask for this self-assessment.")
    instrument = INSTRUMENTS[assessment.instrument]
    roles = {one["role"] for one in result.answers if complete(instrument, one["scores"])}
    value = {
        "instrument": assessment.instrument,
        "completed_by": [role.value for role in RESPONDENT_LABELS if role.value in roles],
        "scores": dict(result.scores),
        "self_assessment_id": assessment.id,
    }
    given = EvidenceInput(value, occurred_on=result.held_on)
    return evidence_service.provide(application, requirement, given, file=None, actor=actor, at=at)


def why_link_ended(respondent: SelfAssessmentRespondent, *, at: datetime) -> str | None:
    """Why somebody's link can no longer be used, in a sentence; None while it can."""
    if respondent.removed_at is not None:
        return "You no longer take part in this self-assessment. Ask the practice manager if that is a mistake."
    if respondent.assessment.ended_at is not None:
        return "This self-assessment has ended. Thank you for your part in it; there is nothing left to do."
    if respondent.link_until is None or respondent.link_until <= at:
        return (
            f"This link was good for {LINK_LASTS.days} days. Your answers are kept. "
            "Ask the practice manager to send you a new link."
        )
    return None


def _asking(application: Application, assessment: SelfAssessment, *, at: datetime) -> Requirement | None:
    judgement = evaluations.judge(application, as_of=clock.civil_date(at))
    return self_assessments.asking_for(judgement, assessment.instrument)


def _require_under_way(assessment: SelfAssessment) -> None:
    locked(assessment)
    if assessment.ended_at is not None:
        raise Refusal(_ENDED)


def _send(
    respondent: SelfAssessmentRespondent, assessment: SelfAssessment, link: Link, *, actor: User, at: datetime
) -> None:
    token = new_token()
    respondent.token_hash = token_hash(token)
    respondent.link_until = at + LINK_LASTS
    outbox.enqueue(
        MESSAGE,
        recipient=respondent.email or "",
        recipient_name=respondent.name,
        dedupe_key=f"{MESSAGE}:{respondent.id}:{at.isoformat()}",
        context={
            "inviter": actor.name,
            "practice": assessment.practice.name,
            "questions": len(INSTRUMENTS[assessment.instrument].themes),
            "link": link(token),
            "expires_at": respondent.link_until,
        },
        party_id=assessment.party_id,
        at=at,
    )
