"""Credentials and certificates: one, those of a party, and what anybody may learn by a verification code."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.documents.facts import CertificateFacts
from certhub.models.certification import Certificate, Credential, CredentialPeriod, StatusEvent
from certhub.models.orders import BoardOrder
from certhub.queries import credential_status, orders
from certhub.queries.visibility import NotVisible, credential_visible
from certhub.rules.identifiers import normalise_verification_code
from certhub.rules.permissions import Viewer
from certhub.rules.status import History, explain_status, is_authorized, status_on
from certhub.rules.vocabulary import CredentialStatus


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A credential with its terms, what happened to it, and its certificates, newest first."""

    credential: Credential
    status: CredentialStatus
    because: str
    periods: list[CredentialPeriod]
    events: list[StatusEvent]
    certificates: list[Certificate]


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
    """The term as it is now, where an order of the Board has moved its last day since the certificate was issued."""
    orders: list[BoardOrder]
    """The orders that moved it."""
    renewed_by: Certificate | None
    """The newest certificate of a later term."""

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
    """What a party holds or held."""
    return list(
        db.session.scalars(
            select(Credential)
            .where(Credential.party_id == party_id, credential_visible(viewer))
            .order_by(Credential.id)
        )
    )


def view(credential: Credential, *, on: date) -> CredentialView:
    """All that a record page shows of a credential on a day."""
    history = credential_status.history_of(credential.id)
    return CredentialView(
        credential=credential,
        status=status_on(history, on),
        because=explain_status(history, on),
        periods=list(
            db.session.scalars(
                select(CredentialPeriod)
                .where(CredentialPeriod.credential_id == credential.id, CredentialPeriod.superseded_at.is_(None))
                .order_by(CredentialPeriod.starts_on.desc())
            )
        ),
        events=list(
            db.session.scalars(
                select(StatusEvent)
                .where(StatusEvent.credential_id == credential.id, StatusEvent.superseded_at.is_(None))
                .order_by(StatusEvent.effective_on.desc(), StatusEvent.id.desc())
            )
        ),
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
    own, other = aliased(CredentialPeriod), aliased(CredentialPeriod)
    return db.session.scalar(
        select(Certificate)
        .join(other, other.id == Certificate.period_id)
        .join(own, own.id == certificate.period_id)
        .where(
            Certificate.credential_id == certificate.credential_id,
            Certificate.id > certificate.id,
            other.starts_on == own.starts_on,  # an order of the Board moves the last day of a term, never its first
        )
        .order_by(Certificate.id.desc())
        .limit(1)
    )


def standing_term(certificate: Certificate) -> CredentialPeriod:
    """The term of a certificate as it is now: an order of the Board may have moved its days since."""
    own = aliased(CredentialPeriod)
    standing = db.session.scalar(
        select(CredentialPeriod)
        .join(own, own.id == certificate.period_id)
        .where(
            CredentialPeriod.credential_id == certificate.credential_id,
            CredentialPeriod.starts_on == own.starts_on,
            CredentialPeriod.superseded_at.is_(None),
        )
    )
    return certificate.period if standing is None else standing


def moved_since(certificate: Certificate) -> CredentialPeriod | None:
    """The term of a certificate as it is now, where its last day is another one than the certificate says."""
    term = standing_term(certificate)
    return None if term.expires_on == date.fromisoformat(certificate.facts["expires_on"]) else term


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
    later, own, other = aliased(Certificate), aliased(CredentialPeriod), aliased(CredentialPeriod)
    history: History = credential_status.history_of(found.credential_id)
    starts_on, printed_on = (date.fromisoformat(found.facts[name]) for name in ("starts_on", "expires_on"))
    term = standing_term(found)
    renewed_by = (
        select(later)
        .join(other, other.id == later.period_id)
        .join(own, own.id == found.period_id)
        .where(later.credential_id == found.credential_id, other.starts_on > own.starts_on)
        .order_by(later.id.desc())
        .limit(1)
    )
    return Verification(
        certificate=found,
        status=status_on(history, on),
        because=explain_status(history, on),
        superseded_by=db.session.scalar(select(later).where(later.supersedes_id == found.id)),
        begins_on=starts_on if on < starts_on else None,
        ended_on=term.expires_on if term.expires_on < on else None,
        moved_to=term if term.expires_on != printed_on else None,
        orders=orders.of_periods([term.id]).get(term.id, []) if term.expires_on != printed_on else [],
        renewed_by=db.session.scalar(renewed_by),
    )
