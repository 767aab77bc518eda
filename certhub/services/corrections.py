"""Corrections of what was recorded of a credential: previewed, confirmed as shown, and done by superseding."""

from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import CredentialPeriod, StatusEvent
from certhub.models.corrections import Correction
from certhub.queries import corrections
from certhub.queries.corrections import Plan
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.services import audit, orders, status_events


def correct_term(
    period: CredentialPeriod,
    *,
    starts_on: date,
    expires_on: date | None,
    reason: str,
    citation: str = "",
    seen: str,
    actor: User,
    at: datetime,
) -> CredentialPeriod:
    """Put the right days of a term in place of those that were recorded, exactly as the preview showed it.

    Orders of the Board that moved the term count for the right days, too. Returns the term as it then is.
    """
    credential = locked(period.credential)
    db.session.refresh(period)
    if period.superseded_at is not None:
        raise Refusal("Somebody else has changed this term. Open the credential again and look.")
    _require_reason(reason)
    plan = corrections.plan_of_term(period, starts_on, expires_on, on=clock.civil_date(at))
    _require_seen(plan, seen)
    right = plan.term
    if right is None:
        raise ValueError("a plan of a term has no term")
    period.superseded_at = at
    db.session.flush()
    corrected = CredentialPeriod(
        credential=credential,
        application_id=period.application_id,
        standard_version_id=period.standard_version_id,
        starts_on=right.starts_on,
        expires_on=right.expires_on,
        grace_until=right.grace_until,
        reinstatement_until=right.reinstatement_until,
        because=right.because,
        recorded_at=at,
        supersedes_id=period.id,
    )
    db.session.add(corrected)
    db.session.flush()
    _ground(credential.id, reason, citation, period=corrected, actor=actor, at=at)
    audit.record(
        actor, AuditAction.TERM_CORRECTED, corrected, at=at, party_id=credential.party_id, reason=reason.strip()
    )
    return orders.apply(corrected, plan.under_orders, actor=actor, at=at)


def correct_event(
    event: StatusEvent,
    *,
    effective_on: date,
    ends_on: date | None,
    reason: str,
    citation: str = "",
    seen: str,
    actor: User,
    at: datetime,
) -> StatusEvent:
    """Put the right days of a status event in place of those that were recorded, exactly as the preview showed it."""
    locked(event.credential)
    db.session.refresh(event)
    if event.superseded_at is None:
        _require_seen(corrections.plan_of_event(event, effective_on, ends_on), seen)
    corrected = status_events.correct(
        event, effective_on=effective_on, ends_on=ends_on, reason=reason, actor=actor, at=at
    )
    _ground(corrected.credential_id, reason, citation, event=corrected, actor=actor, at=at)
    return corrected


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("Say why, in one or two sentences. The record keeps it.", field="reason")


def _require_seen(plan: Plan, seen: str) -> None:
    if plan.fingerprint != seen:
        raise Refusal(
            "Nothing was changed yet: this is not what was last shown to you. Look at what changes, then confirm."
        )


def _ground(
    credential_id: int,
    reason: str,
    citation: str,
    *,
    period: CredentialPeriod | None = None,
    event: StatusEvent | None = None,
    actor: User,
    at: datetime,
) -> None:
    db.session.add(
        Correction(
            credential_id=credential_id,
            period_id=period.id if period else None,
            status_event_id=event.id if event else None,
            reason=reason.strip(),
            citation=citation.strip(),
            corrected_by_id=actor.id,
            recorded_at=at,
        )
    )
    db.session.flush()
