"""Corrections: what one would change, worked out before it is done, and all that was ever recorded of a credential."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from certhub.database import canonical, db
from certhub.models.accounts import User
from certhub.models.certification import Application, Certificate, Credential, CredentialPeriod, Decision, StatusEvent
from certhub.models.corrections import Correction
from certhub.models.messages import Obligation
from certhub.models.orders import BoardOrder, OrderEffect
from certhub.models.parties import Assignment, Party
from certhub.queries import credential_status, credentials, evaluations, orders, standards
from certhub.queries.knowledge import RENEWING
from certhub.queries.visibility import NotVisible
from certhub.rules.corrections import (
    CorrectedTerm,
    StatusChange,
    corrected_term,
    require_event,
    require_place,
    require_term,
    status_changes,
)
from certhub.rules.independence import Span
from certhub.rules.orders import TermDates, under
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.status import Event, History, Period
from certhub.rules.vocabulary import SubjectType

MOST_PLACEMENTS = 50
"""How many assignments a preview names; it says how many there are."""

_PLACED = {
    SubjectType.COORDINATOR: Assignment.coordinator_id,
    SubjectType.VENDOR: Assignment.vendor_id,
    SubjectType.PRACTICE: Assignment.practice_id,
}


@dataclass(frozen=True, slots=True)
class TouchedPlacement:
    """An assignment on some of whose days practice becomes allowed or forbidden."""

    coordinator: str
    practice: str
    days: Span
    allowed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a correction does, as it is shown before it is done."""

    changes: tuple[StatusChange, ...]
    term: CorrectedTerm | None
    """The term as it would be recorded; None where an event is corrected."""
    under_orders: tuple[BoardOrder, ...]
    placements: list[TouchedPlacement]
    placement_count: int
    applications: list[Application]
    certificate: Certificate | None
    """The newest certificate of the term, where it shows other days."""
    reminder_closes: date | None
    """The last day of which nobody is reminded any more."""
    reminder_opens: date | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RecordedTerm:
    """A term as it was recorded at one time: by whom, why, and what it replaced."""

    period: CredentialPeriod
    replaced: CredentialPeriod | None
    orders: list[BoardOrder]
    correction: Correction | None
    recorded_by: User | None


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A status event as it was recorded at one time."""

    event: StatusEvent
    replaced: StatusEvent | None
    correction: Correction | None
    recorded_by: User | None


def term(credential: Credential, period_id: int) -> CredentialPeriod:
    """A term of a credential, also one that was replaced since. Raises `NotVisible`."""
    found = db.session.scalar(
        select(CredentialPeriod).where(
            CredentialPeriod.id == period_id,
            CredentialPeriod.credential_id == credential.id,
        )
    )
    if found is None:
        raise NotVisible(period_id)
    return found


def event(credential: Credential, event_id: int) -> StatusEvent:
    """A status event of a credential, also one that was replaced since. Raises `NotVisible`."""
    found = db.session.scalar(
        select(StatusEvent).where(StatusEvent.id == event_id, StatusEvent.credential_id == credential.id)
    )
    if found is None:
        raise NotVisible(event_id)
    return found


def plan_of_term(period: CredentialPeriod, starts_on: date, expires_on: date | None, *, on: date) -> Plan:
    """What correcting a term to these days does. Raises `Refusal` for days that it cannot have.

    The days are those of the grant: orders of the Board that moved it are applied to them once more.
    """
    credential, granted = period.credential, orders.grant_of(period)
    others = _other_terms(period)
    previous = max((one.expires_on for one in others if one.starts_on < period.starts_on), default=None)
    right = corrected_term(
        standards.definition_of(period.standard_version).terms,
        starts_on,
        expires_on,
        previous_expiry=previous,
        birthday=evaluations.birthday(credential.party),
        corrected_on=on,
    )
    require_term(right, Span(granted.starts_on, granted.expires_on), granted_on=credential.granted_on)
    covering = orders.of_periods([period.id]).get(period.id, [])
    dates = under(
        TermDates(right.expires_on, right.grace_until, right.reinstatement_until, right.because),
        [orders.extension_of(order) for order in covering],
    )
    standing = CorrectedTerm(
        right.starts_on, dates.expires_on, dates.grace_until, dates.reinstatement_until, dates.because
    )
    require_place(
        standing.starts_on,
        standing.expires_on,
        [Span(one.starts_on, one.expires_on) for one in others],
        recorded_from=period.starts_on,
    )
    before = credential_status.history_of(credential.id)
    kept = tuple(one for one in before.periods if one.starts_on != period.starts_on)
    new = Period(standing.starts_on, standing.expires_on, standing.grace_until)
    after = replace(before, periods=(*kept, new))
    moves = period.expires_on != standing.expires_on and not any(one.starts_on > period.starts_on for one in others)
    return _plan(
        credential,
        before,
        after,
        term=right,
        under_orders=tuple(covering),
        applications=_judged_by(period, others),
        certificate=_showing_other_days(period, standing),
        reminder_closes=_reminded_of(credential, period.expires_on) if moves else None,
        reminder_opens=standing.expires_on if moves and standing.expires_on >= on else None,
        told=[period.id, right.starts_on, right.expires_on, standing.expires_on],
    )


def plan_of_event(recorded: StatusEvent, effective_on: date, ends_on: date | None) -> Plan:
    """What correcting the days of a status event does. Raises `Refusal` for days that it cannot have."""
    credential = recorded.credential
    require_event(
        effective_on, ends_on, Span(recorded.effective_on, recorded.ends_on), granted_on=credential.granted_on
    )
    before = credential_status.history_of(credential.id)
    events = list(before.events)
    events.remove(Event(recorded.kind, recorded.effective_on, recorded.ends_on))
    after = replace(before, events=(*events, Event(recorded.kind, effective_on, ends_on)))
    return _plan(credential, before, after, told=[recorded.id, effective_on, ends_on])


def recorded_terms(credential: Credential) -> list[RecordedTerm]:
    """Every term of a credential as it was ever recorded, in the order in which it became known."""
    periods = list(
        db.session.scalars(
            select(CredentialPeriod)
            .where(CredentialPeriod.credential_id == credential.id)
            .order_by(CredentialPeriod.recorded_at, CredentialPeriod.id)
        )
    )
    by_id = {period.id: period for period in periods}
    corrections = {one.period_id: one for one in _corrections(credential) if one.period_id}
    moved: dict[int, list[BoardOrder]] = {}
    rows = db.session.execute(
        select(OrderEffect.after_id, BoardOrder)
        .options(joinedload(BoardOrder.in_force_by))
        .join(BoardOrder, BoardOrder.id == OrderEffect.order_id)
        .where(OrderEffect.after_id.in_(by_id), OrderEffect.after_id != OrderEffect.before_id)
        .order_by(BoardOrder.id)
    )
    for after_id, order in rows:
        moved.setdefault(after_id, []).append(order)
    deciding = select(Decision).options(joinedload(Decision.decided_by))
    applied = {period.application_id for period in periods if period.application_id}
    decided = {
        one.application_id: one.decided_by
        for one in db.session.scalars(deciding.where(Decision.application_id.in_(applied)))
    }
    found = []
    for period in periods:
        correction, by_order = corrections.get(period.id), moved.get(period.id, [])
        who = decided.get(period.application_id) if period.application_id and not period.supersedes_id else None
        if correction is not None:
            who = correction.corrected_by
        elif by_order:
            who = by_order[-1].in_force_by
        replaced = by_id[period.supersedes_id] if period.supersedes_id else None
        found.append(RecordedTerm(period, replaced, by_order, correction, who))
    return found


def recorded_events(credential: Credential) -> list[RecordedEvent]:
    """Every status event of a credential as it was ever recorded, in the order in which it became known."""
    events = list(
        db.session.scalars(
            select(StatusEvent)
            .where(StatusEvent.credential_id == credential.id)
            .order_by(StatusEvent.recorded_at, StatusEvent.id)
        )
    )
    by_id = {one.id: one for one in events}
    corrections = {one.status_event_id: one for one in _corrections(credential) if one.status_event_id}
    writers = {one.recorded_by_id for one in events if one.recorded_by_id}
    people = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(writers)))}
    return [
        RecordedEvent(
            one,
            by_id[one.supersedes_id] if one.supersedes_id else None,
            corrections.get(one.id),
            people.get(one.recorded_by_id or 0),
        )
        for one in events
    ]


def last_changed_at(terms: Sequence[RecordedTerm], events: Sequence[RecordedEvent]) -> datetime | None:
    """When something that was recorded was last replaced or taken back; None where all of it still stands."""
    known = [one.period.superseded_at for one in terms] + [one.event.superseded_at for one in events]
    return max((at for at in known if at is not None), default=None)


def as_known(credential: Credential, known_at: datetime | None) -> History | None:
    """What was known of a credential at an instant, None where it was not known at all yet."""
    if known_at is not None and credential.recorded_at > known_at:
        return None
    return credential_status.history_of(credential.id, known_at)


def _corrections(credential: Credential) -> list[Correction]:
    return list(
        db.session.scalars(
            select(Correction)
            .options(joinedload(Correction.corrected_by))
            .where(Correction.credential_id == credential.id)
        )
    )


def _plan(
    credential: Credential,
    before: History,
    after: History,
    *,
    told: list[Any],
    term: CorrectedTerm | None = None,
    under_orders: tuple[BoardOrder, ...] = (),
    applications: Sequence[Application] = (),
    certificate: Certificate | None = None,
    reminder_closes: date | None = None,
    reminder_opens: date | None = None,
) -> Plan:
    changes = status_changes(before, after)
    placements = _touched(credential, changes)
    facts = [told, [(one.starts_on, one.expires_on, one.grace_until) for one in (*before.periods, *after.periods)]]
    facts += [[(one.kind, one.effective_on, one.ends_on) for one in before.events], [o.number for o in under_orders]]
    return Plan(
        changes,
        term,
        under_orders,
        placements[:MOST_PLACEMENTS],
        len(placements),
        list(applications),
        certificate,
        reminder_closes,
        reminder_opens,
        hashlib.sha256(canonical(facts).encode()).hexdigest(),
    )


def _other_terms(period: CredentialPeriod) -> list[CredentialPeriod]:
    return list(
        db.session.scalars(
            select(CredentialPeriod)
            .where(
                CredentialPeriod.credential_id == period.credential_id,
                CredentialPeriod.id != period.id,
                CredentialPeriod.superseded_at.is_(None),
            )
            .order_by(CredentialPeriod.starts_on)
        )
    )


def _touched(credential: Credential, changes: Sequence[StatusChange]) -> list[TouchedPlacement]:
    """The assignments that hang on the credential, on the days on which practice becomes allowed or forbidden."""
    column = _PLACED.get(credential.subject_type)
    turning = [(Span(one.from_on, one.to_on), one.practice) for one in changes if one.practice is not None]
    if column is None or not turning:
        return []
    person, practice = (Party.__table__.alias(name) for name in ("person", "place"))
    rows = db.session.execute(
        select(person.c.name, practice.c.name, Assignment.starts_on, Assignment.ends_on)
        .join(person, person.c.id == Assignment.coordinator_id)
        .join(practice, practice.c.id == Assignment.practice_id)
        .where(
            column == credential.party_id,
            Assignment.superseded_at.is_(None),
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= turning[0][0].from_on),
        )
        .order_by(person.c.sort_name, Assignment.starts_on, Assignment.id)
    )
    return [
        TouchedPlacement(name, place, shared, bool(allowed))
        for name, place, starts_on, ends_on in rows
        for days, allowed in turning
        if (shared := Span(starts_on, ends_on).overlap(days)) is not None
    ]


def _judged_by(period: CredentialPeriod, others: Sequence[CredentialPeriod]) -> list[Application]:
    """The renewals that were judged, or are, by the days of this term."""
    later = [one for one in others if one.starts_on > period.starts_on]
    not_these = [one.application_id for one in later[1:] if one.application_id]
    return list(
        db.session.scalars(
            select(Application)
            .where(
                Application.credential_id == period.credential_id,
                Application.kind.in_(RENEWING),
                Application.submitted_on >= period.starts_on,
                Application.id.not_in([*not_these, period.application_id or 0]),
            )
            .order_by(Application.submitted_on, Application.id)
        )
    )


def _showing_other_days(period: CredentialPeriod, standing: CorrectedTerm) -> Certificate | None:
    newest = credentials.newest_of_term(period)
    printed = newest and (newest.facts["starts_on"], newest.facts["expires_on"])
    return None if printed == (standing.starts_on.isoformat(), standing.expires_on.isoformat()) else newest


def _reminded_of(credential: Credential, last_day: date) -> date | None:
    return db.session.scalar(
        select(Obligation.due_on).where(
            Obligation.kind == ObligationKind.CREDENTIAL_RENEWAL,
            Obligation.subject_id == credential.id,
            Obligation.due_on == last_day,
            Obligation.closed_at.is_(None),
        )
    )
