"""Recommending a decision, so that a second person makes it; setting a critical requirement aside takes that."""

from datetime import datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.review import Recommendation
from certhub.queries import evaluations, reviews
from certhub.queries.evaluations import Judgement
from certhub.rules import overrides
from certhub.rules.audit_actions import AuditAction
from certhub.rules.findings import listed
from certhub.rules.lifecycle import require_move
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome
from certhub.services import application_steps, audit

Grounds = tuple[Recommendation | None, bool]
"""The recommendation that a decision rests on, and whether the decision sets a critical requirement aside."""


def recommend(
    application: Application,
    outcome: DecisionOutcome,
    reason: str,
    override_reason: str,
    *,
    actor: User,
    at: datetime,
) -> Recommendation:
    """Recommend how an application is to be decided; the critical requirements that it sets aside are kept with it.

    Raises `Refusal` where one of them cannot be set aside, and where the reason for it is missing.
    """
    locked(application)
    require_move(application.status, ApplicationStatus.RECOMMENDED)
    reason, override_reason = reason.strip(), override_reason.strip()
    judgement = evaluations.judge(application, as_of=clock.civil_date(at))
    aside = reviews.set_aside(application, judgement) if outcome is DecisionOutcome.APPROVED else ()
    overrides.require_overridable(aside)
    if aside and not override_reason:
        names = listed([f"{requirement.code} {requirement.title}" for requirement, _ in aside])
        raise Refusal(f"Say why {names} is set aside. The record keeps the reason.", field="override_reason")
    if outcome is DecisionOutcome.DENIED and not reason:
        raise Refusal("Say why you recommend a denial. The person who decides reads it.", field="reason")
    recommendation = Recommendation(
        application_id=application.id,
        outcome=outcome,
        reason=reason,
        overrides=[
            {"code": requirement.code, "title": requirement.title, "reason": override_reason}
            for requirement, _ in aside
        ],
        evaluation_id=application_steps.keep(application, judgement, at=at).id,
        recommended_by_id=actor.id,
        recommended_at=at,
    )
    db.session.add(recommendation)
    application_steps.enter(application, ApplicationStatus.RECOMMENDED, actor=actor, at=at)
    db.session.flush()
    audit.record(
        actor, AuditAction.APPLICATION_RECOMMENDED, application, at=at, recommendation=recommendation.id,
        outcome=outcome, reason=reason, overrides=recommendation.overrides,
    )  # fmt: skip
    return recommendation


def send_back(application: Application, reason: str, *, actor: User, at: datetime) -> None:
    """Take a recommended application back into review, with what is still to be done."""
    locked(application)
    if application.status is not ApplicationStatus.RECOMMENDED:
        raise Refusal("No recommendation waits for a decision any more. Open the application again and look.")
    reason = reason.strip()
    if not reason:
        raise Refusal("Say what is still to be done, so that the reviewer knows.", field="reason")
    application_steps.enter(application, ApplicationStatus.UNDER_REVIEW, reason=reason, actor=actor, at=at)
    audit.record(actor, AuditAction.APPLICATION_SENT_BACK, application, at=at, reason=reason)


def grounds_for(application: Application, judgement: Judgement, outcome: DecisionOutcome, *, actor: User) -> Grounds:
    """The recommendation that a decision rests on, and whether it sets a critical requirement aside.

    Raises `Refusal` where the person who decides recommended it, and where an approval would set aside what no
    recommendation names.
    """
    standing = reviews.recommendation_of(application)
    if standing is not None:
        overrides.require_second_person(standing.recommended_by_id, actor.id)
    if outcome is DecisionOutcome.DENIED:
        return standing, False
    aside = reviews.set_aside(application, judgement)
    named = None if standing is None else [one["code"] for one in standing.overrides]
    overrides.require_grounds(aside, recommended=named)
    return standing, bool(aside)
