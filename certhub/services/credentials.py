"""Credentials: granted, renewed; each term a period of its own, each number used once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, CredentialPeriod, NumberSequence
from certhub.queries import credentials
from certhub.queries.evaluations import Judgement
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import credential_number
from certhub.rules.refusal import Refusal
from certhub.rules.terms import renewal_window
from certhub.rules.vocabulary import SubjectType
from certhub.services import audit, orders


def grant(application: Application, judgement: Judgement, *, actor: User, at: datetime) -> CredentialPeriod:
    """Grant or renew the credential that was applied for: a new period, from its own first day to its last."""
    credential = application.credential or _new_credential(application, at=at)
    window = renewal_window(judgement.standard.terms, judgement.term.expires_on)
    previous = credentials.latest_period(credential)
    if previous is not None and judgement.term.starts_on <= previous.expires_on:
        raise Refusal("The new term would begin before the last one ends. Nothing was granted.")
    period = CredentialPeriod(
        credential=credential,
        application_id=application.id,
        standard_version_id=judgement.version.id,
        starts_on=judgement.term.starts_on,
        expires_on=judgement.term.expires_on,
        grace_until=window.grace_until.on,
        reinstatement_until=window.reinstatement_until.on,
        because=judgement.term.because,
        recorded_at=at,
    )
    db.session.add(period)
    db.session.flush()
    action = AuditAction.CREDENTIAL_GRANTED if previous is None else AuditAction.CREDENTIAL_RENEWED
    audit.record(actor, action, credential, at=at, starts_on=period.starts_on, expires_on=period.expires_on)
    return orders.follow_grant(period, actor=actor, at=at)


def _new_credential(application: Application, *, at: datetime) -> Credential:
    today = clock.civil_date(at)
    subject_type = application.party.kind
    credential = Credential(
        party_id=application.party_id,
        subject_type=subject_type,
        standard_id=application.standard_id,
        number=credential_number(subject_type, today.year, _next_number(subject_type, today.year)),
        granted_on=today,
        recorded_at=at,
    )
    db.session.add(credential)
    db.session.flush()
    application.credential = credential
    return credential


def _next_number(subject_type: SubjectType, year: int) -> int:
    """The next number of the year; the row stays locked until the transaction ends, so none is given out twice."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    db.session.execute(
        dialect.insert(NumberSequence).values(subject_type=subject_type, year=year, last=0).on_conflict_do_nothing()
    )
    row = db.session.scalars(
        select(NumberSequence)
        .where(NumberSequence.subject_type == subject_type, NumberSequence.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row.last += 1
    db.session.flush()
    return row.last
