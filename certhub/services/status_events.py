"""What happens to a credential after it is granted: recorded with its dates, ended, never removed."""

from datetime import date, datetime

from sqlalchemy import or_, select

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Credential, StatusEvent
from certhub.rules.audit_actions import AuditAction
from certhub.rules.corrections import require_event
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.status import require_lasting
from certhub.rules.terms import written
from certhub.rules.vocabulary import StatusEventKind
from certhub.services import audit


def record(
    credential: Credential,
    kind: StatusEventKind,
    *,
    effective_on: date,
    ends_on: date | None = None,
    reason: str,
    citation: str = "",
    actor: User,
    at: datetime,
) -> StatusEvent:
    """Put `kind` on the credential from `effective_on` through `ends_on`, or until it is lifted."""
    locked(credential)
    _require_dates(effective_on, ends_on, granted_on=credential.granted_on)
    require_lasting(kind, ends_on)
    _require_reason(reason)
    _require_no_other(credential, kind, effective_on, ends_on)
    event = StatusEvent(
        credential_id=credential.id,
        kind=kind,
        effective_on=effective_on,
        ends_on=ends_on,
        reason=reason.strip(),
        citation=citation.strip(),
        recorded_by_id=actor.id,
        recorded_at=at,
    )
    db.session.add(event)
    db.session.flush()
    audit.record(actor, AuditAction.CREDENTIAL_STATUS_CHANGED, event, at=at, party_id=credential.party_id)
    return event


def lift(event: StatusEvent, *, last_day: date, reason: str, actor: User, at: datetime) -> StatusEvent:
    """End `event` with `last_day`: a new row supersedes it, so that what was known before stays known."""
    locked(event)
    credential = event.credential
    if event.superseded_at is not None:
        raise Refusal("Somebody else has changed this status. Open the credential again and look.")
    if event.ends_on is not None and last_day >= event.ends_on:
        raise Refusal(f"It already ends on {written(event.ends_on)}.", field="last_day")
    if last_day < event.effective_on:
        raise Refusal("The last day cannot come before the first day of the status.", field="last_day")
    _require_reason(reason)
    event.superseded_at = at
    ended = StatusEvent(
        credential_id=event.credential_id,
        kind=event.kind,
        effective_on=event.effective_on,
        ends_on=last_day,
        reason=event.reason,
        citation=event.citation,
        recorded_by_id=actor.id,
        recorded_at=at,
        supersedes_id=event.id,
    )
    db.session.add(ended)
    db.session.flush()
    audit.record(
        actor, AuditAction.CREDENTIAL_STATUS_LIFTED, ended, at=at, party_id=credential.party_id, reason=reason.strip()
    )
    return ended


def correct(
    event: StatusEvent, *, effective_on: date, ends_on: date | None, reason: str, actor: User, at: datetime
) -> StatusEvent:
    """Put the right days in place of those that were recorded; the wrong ones stay as they were known."""
    locked(event)
    credential = event.credential
    if event.superseded_at is not None:
        raise Refusal("Somebody else has changed this status. Open the credential again and look.")
    _require_reason(reason)
    recorded = Span(event.effective_on, event.ends_on)
    require_event(effective_on, ends_on, recorded, granted_on=credential.granted_on)
    event.superseded_at = at
    db.session.flush()
    _require_no_other(credential, event.kind, effective_on, ends_on)
    corrected = StatusEvent(
        credential_id=event.credential_id,
        kind=event.kind,
        effective_on=effective_on,
        ends_on=ends_on,
        reason=event.reason,
        citation=event.citation,
        recorded_by_id=actor.id,
        recorded_at=at,
        supersedes_id=event.id,
    )
    db.session.add(corrected)
    db.session.flush()
    audit.record(
        actor, AuditAction.STATUS_EVENT_CORRECTED, corrected, at=at, party_id=credential.party_id,
        reason=reason.strip(),
    )  # fmt: skip
    return corrected


def annul(event: StatusEvent, *, reason: str, actor: User, at: datetime) -> None:
    """Set `event` aside from its first day: nothing takes its place, and what was known before stays known."""
    locked(event)
    if event.superseded_at is not None:
        raise Refusal("Somebody else has changed this status. Open the credential again and look.")
    _require_reason(reason)
    event.superseded_at = at
    audit.record(
        actor, AuditAction.CREDENTIAL_STATUS_ANNULLED, event, at=at, party_id=event.credential.party_id,
        reason=reason.strip(),
    )  # fmt: skip


def _require_dates(effective_on: date, ends_on: date | None, *, granted_on: date) -> None:
    if effective_on < granted_on:
        raise Refusal("The first day cannot come before the credential was granted.", field="effective_on")
    if ends_on is not None and ends_on < effective_on:
        raise Refusal("The last day cannot come before the first day.", field="ends_on")


def _require_no_other(credential: Credential, kind: StatusEventKind, effective_on: date, ends_on: date | None) -> None:
    """Raises `Refusal` where an event of the same kind shares a day: two of them would have to be ended apart."""
    other = db.session.scalar(
        select(StatusEvent)
        .where(
            StatusEvent.credential_id == credential.id,
            StatusEvent.kind == kind,
            StatusEvent.superseded_at.is_(None),
            or_(StatusEvent.ends_on.is_(None), StatusEvent.ends_on >= effective_on),
            *([StatusEvent.effective_on <= ends_on] if ends_on else []),
        )
        .order_by(StatusEvent.effective_on)
        .limit(1)
    )
    if other is not None:
        days = written(other.effective_on) + (f" through {written(other.ends_on)}" if other.ends_on else "")
        raise Refusal(
            f"The credential has this status already, from {days}. End that one first, or choose other dates.",
            field="kind",
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("Say why, in one or two sentences. The record keeps it.", field="reason")
