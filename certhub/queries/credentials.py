"""Credentials and certificates: one, those of a party, and what anybody may learn by a verification code."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.documents.facts import CertificateFacts
from certhub.models.certification import Certificate, Credential, CredentialPeriod, StatusEvent
from certhub.models.orders import BoardOrder
from certhub.models.parties import Coordinator
from certhub.queries import credential_status, orders
from certhub.queries.visibility import NotVisible, credential_visible, of_record
from certhub.rules.identifiers import normalise_verification_code
from certhub.rules.permissions import Viewer
from certhub.rules.status import History, explain_status, is_authorized, status_on
from certhub.rules.vocabulary import CredentialStatus


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A credential with its terms, what happened to it, and its certificates, newest first."""

    credential: Credential
    history: History
    status: CredentialStatus
    because: str
    periods: list[CredentialPeriod]
    events: list[StatusEvent]
    certificates: list[Certificate]

    @property
    def practice(self) -> bool:
        """Whether the holder may practice."""
        return is_authorized(self.status)


@dataclass(frozen=True, slots=True)
class CountsInstead:
    """The credential that took the place of a void one, with the code of its newest certificate where it has one."""

    number: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What anybody may know of a certificate: the facts as issued, and the status of the credential today.

    The two differ: the term that is printed on a certificate can be over while the credential was renewed.
    """

    certificate: Certificate
    status: CredentialStatus
    because: str
    superseded_by: Certificate | None
    """The certificate that was issued in place of this one, for the same term."""
    begins_on: date | None
    """The first day of the certificate's own term where that is still to come."""
    ended_on: date | None
    """The last day of the certificate's own term where that is over."""
    moved_to: CredentialPeriod | None
    """The term as it is now, where an order of the Board or a correction has moved its days since."""
    orders: list[BoardOrder]
    """The orders that moved it."""
    renewed_by: Certificate | None
    """The newest certificate of a later term."""
    counts_instead: CountsInstead | None
    """The credential that counts, where the holder was on record twice and this one became void."""

    @property
    def issued(self) -> CertificateFacts:
        """The facts as they are printed on the certificate."""
        return facts_of(self.certificate)

    @property
    def renewed_as(self) -> CertificateFacts | None:
        """The facts on the certificate of the later term."""
        return facts_of(self.renewed_by) if self.renewed_by else None

    @property
    def practice(self) -> bool:
        """Whether the holder may practice today."""
        return is_authorized(self.status)


def one(viewer: Viewer, credential_id: int) -> Credential:
    """A credential that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(select(Credential).where(Credential.id == credential_id, credential_visible(viewer)))
    if found is None:
        raise NotVisible(credential_id)
    return found


def of_party(viewer: Viewer, party_id: int) -> list[Credential]:
    """What a party holds or held; its own come before those of a record of the same person that it absorbed."""
    return list(
        db.session.scalars(
            select(Credential)
            .where(of_record(Credential.__table__.c.party_id, party_id), credential_visible(viewer))
            .order_by(Credential.party_id != party_id, Credential.id)
        )
    )


def view(credential: Credential, *, on: date) -> CredentialView:
    """All that a record page shows of a credential on a day."""
    periods = list(
        db.session.scalars(
            select(CredentialPeriod)
            .where(CredentialPeriod.credential_id == credential.id, CredentialPeriod.superseded_at.is_(None))
            .order_by(CredentialPeriod.starts_on.desc())
        )
    )
    events = list(
        db.session.scalars(
            select(StatusEvent)
            .where(StatusEvent.credential_id == credential.id, StatusEvent.superseded_at.is_(None))
            .order_by(StatusEvent.effective_on.desc(), StatusEvent.id.desc())
        )
    )
    history = credential_status.history_with(credential.id, periods, events)
    return CredentialView(
        credential=credential,
        history=history,
        status=status_on(history, on),
        because=explain_status(history, on),
        periods=periods,
        events=events,
        certificates=list(
            db.session.scalars(
                select(Certificate).where(Certificate.credential_id == credential.id).order_by(Certificate.id.desc())
            )
        ),
    )


def certificate(viewer: Viewer, certificate_id: int) -> Certificate:
    """A certificate that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(
        select(Certificate)
        .join(Credential, Credential.id == Certificate.credential_id)
        .where(Certificate.id == certificate_id, credential_visible(viewer))
    )
    if found is None:
        raise NotVisible(certificate_id)
    return found


def replacement_of(certificate: Certificate) -> Certificate | None:
    """The newest certificate that was issued in place of this one, for the same term; None where there is none."""
    newest = newest_of_term(certificate.period)
    return newest if newest is not None and newest.id > certificate.id else None


def newest_of_term(period: CredentialPeriod) -> Certificate | None:
    """The newest certificate of a term, however its days were recorded when it was issued."""
    return db.session.scalar(
        select(Certificate)
        .where(Certificate.period_id.in_([one.id for one in _records_of_term(period)]))
        .order_by(Certificate.id.desc())
        .limit(1)
    )


def standing_term(certificate: Certificate) -> CredentialPeriod:
    """The term of a certificate as it is now: an order of the Board or a correction may have moved its days since."""
    records = _records_of_term(certificate.period)
    return next((one for one in records if one.superseded_at is None), certificate.period)


def moved_since(certificate: Certificate) -> CredentialPeriod | None:
    """The term of a certificate as it is now, where its days are others than the certificate says."""
    term = standing_term(certificate)
    return None if _as_printed(term, certificate) else term


def verify(code: str, *, on: date) -> Verification | None:
    """What is behind a verification code, None where nobody gave it out. Anybody may ask."""
    normal = normalise_verification_code(code)
    if normal is None:
        return None
    found = db.session.scalar(select(Certificate).where(Certificate.verification_code == normal))
    return None if found is None else _verification(found, on)


def verify_bytes(sha256: str, *, on: date) -> Verification | None:
    """What is known of a document with this hash, None where no such bytes were issued. Anybody may ask."""
    found = db.session.scalar(select(Certificate).where(Certificate.sha256 == sha256))
    return None if found is None else _verification(found, on)


def facts_of(certificate: Certificate) -> CertificateFacts:
    """The facts that were frozen when the certificate was issued."""
    return CertificateFacts.from_json(json.dumps(certificate.facts))


def latest_certificate(number: str) -> Certificate | None:
    """The newest certificate of a credential number; for the command line."""
    return db.session.scalar(
        select(Certificate)
        .join(Credential, Credential.id == Certificate.credential_id)
        .where(Credential.number == number)
        .order_by(Certificate.id.desc())
        .limit(1)
    )


def _verification(found: Certificate, on: date) -> Verification:
    history: History = credential_status.history_of(found.credential_id)
    term = standing_term(found)
    moved = not _as_printed(term, found)
    renewed_by = (
        select(Certificate)
        .join(CredentialPeriod, CredentialPeriod.id == Certificate.period_id)
        .where(
            Certificate.credential_id == found.credential_id,
            CredentialPeriod.starts_on > term.expires_on,
            CredentialPeriod.id.not_in([one.id for one in _records_of_term(found.period)]),
        )
        .order_by(Certificate.id.desc())
        .limit(1)
    )
    return Verification(
        certificate=found,
        status=status_on(history, on),
        because=explain_status(history, on),
        superseded_by=db.session.scalar(select(Certificate).where(Certificate.supersedes_id == found.id)),
        begins_on=term.starts_on if on < term.starts_on else None,
        ended_on=term.expires_on if term.expires_on < on else None,
        moved_to=term if moved else None,
        orders=orders.of_periods([term.id]).get(term.id, []) if moved else [],
        renewed_by=db.session.scalar(renewed_by),
        counts_instead=_counts_instead(found.credential_id),
    )


def _counts_instead(credential_id: int) -> CountsInstead | None:
    own, absorbed = aliased(Credential), Coordinator.__table__.c
    found = db.session.execute(
        select(Credential.number, Certificate.verification_code)
        .join(absorbed.id.table, absorbed.merged_into_id == Credential.party_id)
        .join(own, and_(own.party_id == absorbed.id, own.standard_id == Credential.standard_id))
        .outerjoin(Certificate, Certificate.credential_id == Credential.id)
        .where(own.id == credential_id)
        .order_by(Certificate.id.desc())
        .limit(1)
    ).first()
    return None if found is None else CountsInstead(*found)


def _as_printed(term: CredentialPeriod, certificate: Certificate) -> bool:
    printed = certificate.facts["starts_on"], certificate.facts["expires_on"]
    return printed == (term.starts_on.isoformat(), term.expires_on.isoformat())


def _records_of_term(period: CredentialPeriod) -> list[CredentialPeriod]:
    """One term as it was ever recorded: each record that an order or a correction put in place of another."""
    recorded = list(
        db.session.scalars(
            select(CredentialPeriod)
            .where(CredentialPeriod.credential_id == period.credential_id)
            .order_by(CredentialPeriod.id)
        )
    )
    replaces = {one.id: one.supersedes_id for one in recorded}

    def first(period_id: int) -> int:
        while (before := replaces[period_id]) is not None:
            period_id = before
        return period_id

    return [one for one in recorded if first(one.id) == first(period.id)]


def latest_period(credential: Credential) -> CredentialPeriod | None:
    """The credential's last term, as known now."""
    return db.session.scalar(
        select(CredentialPeriod)
        .where(CredentialPeriod.credential_id == credential.id, CredentialPeriod.superseded_at.is_(None))
        .order_by(CredentialPeriod.starts_on.desc())
        .limit(1)
    )
