"""Credentials that end, unless they are renewed."""

from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, select
from sqlalchemy.orm import aliased

from certhub.models.certification import Application, Credential, CredentialPeriod, StatusEvent
from certhub.models.messages import Obligation
from certhub.models.orders import OrderEffect
from certhub.models.standards import StandardSet
from certhub.queries.obligation_sources.source import CORRECTED, MOVED, RENEWED, Falling, Source, falling, reasons
from certhub.queries.standing import ended, ending_events
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.service_goals import WITH_DEPARTMENT
from certhub.rules.vocabulary import ApplicationKind, SubjectType

SUBMITTED = "renewal application submitted"


def _falls_due(day: date, floor: date) -> Falling:
    last_day = func.max(CredentialPeriod.expires_on)
    return (
        falling(Credential.__table__.c.id, Credential.__table__.c.party_id, last_day)
        .select_from(Credential)
        .join(CredentialPeriod, CredentialPeriod.credential_id == Credential.id)
        .where(CredentialPeriod.superseded_at.is_(None), ~ended(day, Credential.__table__.c.id))
        .group_by(Credential.id, Credential.party_id)
        .having(last_day >= floor)
    )


def _settled(day: date) -> ColumnElement[str | None]:
    standing = and_(CredentialPeriod.credential_id == Obligation.subject_id, CredentialPeriod.superseded_at.is_(None))
    event = (
        select(literal("credential ended (", String) + func.min(cast(StatusEvent.kind, String)) + literal(")", String))
        .where(ending_events(day, Obligation.subject_id))
        .correlate(Obligation)
        .scalar_subquery()
    )
    before = aliased(CredentialPeriod)
    moved = exists().where(
        OrderEffect.before_id == before.id,
        OrderEffect.after_id != before.id,
        before.credential_id == Obligation.subject_id,
        before.expires_on == Obligation.due_on,
    )
    stands = exists().where(standing, CredentialPeriod.expires_on == Obligation.due_on)
    return func.coalesce(
        reasons(
            (and_(~stands, moved), MOVED),
            (exists().where(standing, CredentialPeriod.expires_on > Obligation.due_on), RENEWED),
            (~stands, CORRECTED),
        ),
        event,
    )


def with_department(_day: date) -> ColumnElement[str | None]:
    """Why a credential's renewal waits: its application is with DPH."""
    submitted = exists().where(
        Application.credential_id == Obligation.subject_id,
        Application.status.in_(WITH_DEPARTMENT),
        Application.closed_on.is_(None),
    )
    return reasons((submitted, SUBMITTED))


def stays_in_force() -> ColumnElement[bool]:
    """Whether a renewal that was filed in time, and is with the applicant again, keeps the credential in force."""
    return exists().where(
        Obligation.kind == ObligationKind.CREDENTIAL_RENEWAL,
        Application.credential_id == Obligation.subject_id,
        Application.kind != ApplicationKind.INITIAL,
        Application.complete_at.is_not(None),
        Application.submitted_on <= Obligation.due_on,
        Application.closed_on.is_(None),
    )


SOURCES = (
    Source(
        kind=ObligationKind.CREDENTIAL_RENEWAL,
        falls_due=_falls_due,
        settled=_settled,
        waits_because=with_department,
        what=lambda: (
            select(StandardSet.code + literal(" ", String) + Credential.number)
            .where(Credential.id == Obligation.subject_id, StandardSet.id == Credential.standard_id)
            .correlate(Obligation)
            .scalar_subquery()
        ),
        words=DueWords(
            noun="credential",
            ahead="Start the renewal application, and send it in before the credential ends.",
            past="Assignments stop on the day after a credential ends. See whether a late renewal is still open, and "
            "apply.",
            ends=True,
        ),
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.ORGANIZATION, Audience.DPH}),
        holders=frozenset(SubjectType),
    ),
)
