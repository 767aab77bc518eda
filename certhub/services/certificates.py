"""Certificates: issued from frozen facts, issued again with a reason, never changed."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from certhub import clock
from certhub.database import db, locked
from certhub.documents.certificate import render
from certhub.documents.engines import Engine
from certhub.documents.facts import CertificateFacts
from certhub.documents.fonts import uncovered_characters
from certhub.filestore import FileStore
from certhub.models.accounts import User
from certhub.models.certification import Certificate, CredentialPeriod
from certhub.models.parties import Coordinator, Party
from certhub.queries import credentials, standards
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import new_verification_code
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import Discipline, SubjectType
from certhub.services import audit

ISSUER = ("Commonwealth of Massachusetts", "Department of Public Health")

TITLES = {
    SubjectType.COORDINATOR: "Certified Pediatric Care Coordinator",
    SubjectType.VENDOR: "Certified Vendor Organization",
    SubjectType.PRACTICE: "Medical Home Practice",
    SubjectType.TRAINING_PROGRAM: "Approved Training Program",
}
STATEMENTS = {
    SubjectType.COORDINATOR: "has met the standard for care coordination of children and youth with special health "
    "care needs and is certified to practice as a care coordinator in the Commonwealth’s network.",
    SubjectType.VENDOR: "has met the standard for community organizations and is certified to contract with the "
    "Department and to employ care coordinators in the Commonwealth’s network.",
    SubjectType.PRACTICE: "has committed to the medical home for children and youth with special health care needs "
    "and takes part in the Commonwealth’s care coordination network.",
    SubjectType.TRAINING_PROGRAM: "has met the standard for training programs and is approved to train care "
    "coordinators for the Commonwealth’s network.",
}
DISCIPLINES = {
    Discipline.NURSE: "Nurse",
    Discipline.SOCIAL_WORKER: "Social worker",
    Discipline.EDUCATOR: "Educator",
    Discipline.THERAPIST: "Therapist",
    Discipline.EXPERIENCED_PARENT: "Experienced parent",
    Discipline.OTHER: "",
}


@dataclass(frozen=True, slots=True)
class Press:
    """What printing needs: the engine, the place for the bytes, and what each certificate says of its issuer."""

    engine: Engine
    store: FileStore
    base_url: str
    signatory_name: str
    signatory_title: str


def issue(period: CredentialPeriod, *, press: Press, actor: audit.Actor, at: datetime) -> Certificate:
    """Issue the certificate of a period. The database allows one; a second one must supersede it."""
    return _issue(period, None, "", press=press, actor=actor, at=at)


def reissue(certificate: Certificate, reason: str, *, press: Press, actor: User, at: datetime) -> Certificate:
    """Issue a certificate again, from the records as they are now; the old one stays verifiable as superseded."""
    if not reason.strip():
        raise Refusal("Say why the certificate is issued again.", field="reason")
    locked(certificate.period.credential)
    newer = credentials.replacement_of(certificate)
    if newer is not None:
        day = clock.civil_date(newer.issued_at)
        raise Refusal(
            f"This certificate was already replaced on {written(day)}, by certificate "
            f"{newer.facts['serial']}. Look at the newer one; if it is wrong, issue that one again."
        )
    return _issue(credentials.standing_term(certificate), certificate, reason.strip(), press=press, actor=actor, at=at)


def _issue(
    period: CredentialPeriod,
    supersedes: Certificate | None,
    reason: str,
    *,
    press: Press,
    actor: audit.Actor,
    at: datetime,
) -> Certificate:
    code = new_verification_code(secrets.token_bytes(16))
    facts = facts_of(period, supersedes, code, press=press, at=at)
    printed = render(facts, press.engine)
    press.store.put(printed.data)
    certificate = Certificate(
        credential_id=period.credential.id,
        period_id=period.id,
        facts=json.loads(facts.to_json()),
        template_version=printed.template_version,
        engine=f"{printed.engine} {printed.engine_version}",
        conformance=", ".join(printed.conformance),
        sha256=printed.sha256,
        size=len(printed.data),
        verification_code=code,
        issued_at=at,
        issued_by_id=actor.id if isinstance(actor, User) else None,
        supersedes_id=supersedes.id if supersedes else None,
        reason=reason,
    )
    db.session.add(certificate)
    db.session.flush()
    action = AuditAction.CERTIFICATE_REISSUED if supersedes else AuditAction.CERTIFICATE_ISSUED
    audit.record(actor, action, certificate, at=at, party_id=period.credential.party_id)
    return certificate


def facts_of(
    period: CredentialPeriod, supersedes: Certificate | None, code: str, *, press: Press, at: datetime
) -> CertificateFacts:
    """The facts that are frozen. Raises `Refusal` where the holder's name cannot be printed."""
    credential = period.credential
    party = credential.party
    version = period.standard_version
    name = party.certificate_name or party.name
    unprintable = uncovered_characters(name)
    if unprintable:
        raise Refusal(
            f"The certificate cannot print the name “{name}”: its letters {' '.join(unprintable)} are not in the "
            "certificate's fonts. Add the name in Latin letters to the record and try again."
        )
    return CertificateFacts(
        credential_number=credential.number,
        subject_type=credential.subject_type,
        holder_name=name,
        holder_detail=_detail(party),
        title=TITLES[credential.subject_type],
        statement=STATEMENTS[credential.subject_type],
        standard_code=version.standard.code,
        standard_title=standards.definition_of(version).title,
        standard_version=str(version.version),
        starts_on=period.starts_on,
        expires_on=period.expires_on,
        issued_on=clock.civil_date(at),
        dates_because=period.because,
        issuer=ISSUER,
        signatory_name=press.signatory_name,
        signatory_title=press.signatory_title,
        verification_code=code,
        verification_url=f"{press.base_url}/verify/{code}",
        serial=f"{credential.number}/{period.starts_on:%Y%m%d}/{_issues_before(supersedes) + 1}",
        supersedes=supersedes.facts["serial"] if supersedes else None,
    )


def _issues_before(supersedes: Certificate | None) -> int:
    """How often this period's certificate was issued before: the last part of the serial counts the issues."""
    return int(supersedes.facts["serial"].rpartition("/")[2]) if supersedes else 0


def _detail(party: Party) -> str:
    if isinstance(party, Coordinator):
        return DISCIPLINES[party.discipline]
    return party.municipality.name if party.municipality else ""
