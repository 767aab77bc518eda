"""References: people outside CertHub are asked by mail, and send their form in themselves (272 CMR 4.03(1)(b))."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.references import ReferenceLink, ReferenceRequest, ReferenceSignature
from certhub.queries import references, signed_texts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_fields import KNOWN_FOR
from certhub.rules.evidence_forms import EvidenceInput
from certhub.rules.findings import listed
from certhub.rules.identifiers import normalise_email, require_email, require_person_name
from certhub.rules.lifecycle import WITH_APPLICANT, is_open
from certhub.rules.permissions import DPH_ROLES
from certhub.rules.references import (
    RATINGS,
    REQUEST_LASTS,
    STATEMENT,
    Ending,
    ReferenceState,
    answered,
    competencies_of,
    ending,
    is_to_be_reminded,
    require_referee,
    require_send_again,
)
from certhub.rules.refusal import Refusal
from certhub.rules.signing import CONSENT
from certhub.rules.standard import Requirement
from certhub.rules.tokens import new_token, token_hash
from certhub.services import applicants, audit, outbox
from certhub.services.evidence import keep


@dataclass(frozen=True, slots=True)
class Referee:
    """Whom to ask, as typed by whoever asks."""

    name: str
    email: str
    relation: str
    organization: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a referee typed and chose; `address` is the network address that it came from."""

    signed_name: str
    organization: str
    relationship: str
    known_for: str
    ratings: Mapping[str, str]
    comment: str
    address: str


def ask(
    application: Application,
    requirement: Requirement,
    referee: Referee,
    *,
    base_url: str,
    actor: User,
    at: datetime,
    instead_of: ReferenceRequest | None = None,
) -> ReferenceRequest:
    """Ask somebody for a reference by mail; `instead_of` is the request that this one takes the place of.

    Raises `Refusal` for one's own people and for whoever was asked already.
    """
    locked(application)
    _require_with_applicant(application, actor)
    name, email = require_person_name(referee.name), require_email(referee.email)
    if not referee.relation:
        raise Refusal("Say how this person knows the applicant's work.", field="relation")
    if instead_of is not None:
        cancel(instead_of, actor=actor, at=at)
        db.session.flush()
    require_referee(
        email,
        applicant=references.addresses_of(application.party_id),
        asking={normalise_email(actor.email), *references.addresses_of(application.owner_id)},
        asked={row.request.email: row.state for row in references.of_application(application, at=at)},
    )
    request = ReferenceRequest(
        application_id=application.id,
        party_id=application.party_id,
        requirement_code=requirement.code,
        name=name,
        email=email,
        relation=referee.relation,
        organization=referee.organization,
        asked_by_id=actor.id,
        asked_at=at,
        sent_at=at,
        expires_at=at + REQUEST_LASTS,
        replaces_id=instead_of.id if instead_of else None,
    )
    db.session.add(request)
    db.session.flush()
    audit.record(actor, AuditAction.REFERENCE_REQUESTED, request, at=at)
    _write(request, "reference-request", base_url=base_url, at=at)
    return request


def send_again(request: ReferenceRequest, *, base_url: str, actor: User, at: datetime) -> None:
    """Write to a referee once more and begin the time anew; links of earlier letters go on working."""
    locked(request)
    _require_with_applicant(request.application, actor)
    require_send_again(references.state(request, at=at), sent_at=request.sent_at, at=at)
    request.sent_at = at
    request.expires_at = at + REQUEST_LASTS
    request.reminded_at = request.expiry_told_at = None
    audit.record(actor, AuditAction.REFERENCE_SENT_AGAIN, request, at=at)
    _write(request, "reference-request", base_url=base_url, at=at)


def cancel(request: ReferenceRequest, *, actor: User, at: datetime) -> None:
    """Take a request back; its links end. Once more changes nothing, and what was answered stays."""
    locked(request)
    if request.cancelled_at is not None:
        return
    _require_with_applicant(request.application, actor)
    if request.answered_at is not None:
        raise Refusal(f"{request.name} has sent the reference already. It stays with the application.")
    if request.declined_at is not None:
        raise Refusal(f"{request.name} has declined already. You can ask somebody else.")
    request.cancelled_at = at
    audit.record(actor, AuditAction.REFERENCE_CANCELLED, request, at=at)


def why_ended(request: ReferenceRequest, *, at: datetime) -> Ending | None:
    """Why a link asks nothing any more; None while the referee can answer."""
    application = request.application
    return ending(
        references.state(request, at=at), applicant=application.party.name, is_open=is_open(application.status)
    )


def answer(
    request: ReferenceRequest,
    requirement: Requirement,
    given: Answers,
    *,
    base_url: str,
    at: datetime,
    actor: audit.Actor,
) -> None:
    """Take a referee's form as evidence that waits for the reviewer; of two that are sent at once, one is kept.

    Raises `Refusal` where the request has ended, and beside a question without an answer.
    """
    application = locked(request.application)  # first, as whoever asks does
    locked(request)
    if request.answered_at is not None:
        return
    _require_open(request, at=at)
    name = require_person_name(given.signed_name, field="signed_name")
    text, consent = signed_texts.signed_text(*STATEMENT), signed_texts.signed_text(*CONSENT)
    found = answered(
        requirement,
        name=name,
        organization=given.organization,
        relationship=given.relationship,
        known_for=given.known_for,
        ratings=given.ratings,
        comment=given.comment,
    )
    evidence = keep(
        request.requirement_code, EvidenceInput(found.value, clock.civil_date(at)),
        party_id=request.party_id, application_id=application.id, provided_by=None, at=at,
    )  # fmt: skip
    signature = ReferenceSignature(
        request_id=request.id,
        evidence_id=evidence.id,
        party_id=request.party_id,
        signed_name=name,
        text_id=text.id,
        text_version=text.version,
        text_sha256=text.sha256,
        consent_id=consent.id,
        consent_version=consent.version,
        consent_sha256=consent.sha256,
        address=given.address[:45],
        signed_at=at,
    )
    db.session.add(signature)
    request.answered_at = at
    db.session.flush()
    audit.record(actor, AuditAction.EVIDENCE_PROVIDED, evidence, at=at)
    audit.record(actor, AuditAction.REFERENCE_GIVEN, signature, at=at)
    names = competencies_of(requirement)
    outbox.enqueue(
        "reference-copy",
        recipient=request.email,
        recipient_name=name,
        dedupe_key=f"reference-copy:{request.id}",
        context={
            "applicant": application.party.name,
            "signed_at": at,
            "known_for": KNOWN_FOR[given.known_for],
            "relationship": given.relationship,
            "comment": given.comment,
            "ratings": [(title, RATINGS[str(found.value["ratings"][key])]) for key, title in names.items()],
            "statement": " ".join(text.text.split()),
            "consent": consent,
            "consent_paragraphs": consent.paragraphs(),
        },
        at=at,
    )
    applicants.tell(
        application, "reference-received", base_url=base_url, at=at,
        referee=request.name, rated=found.rated, of_all=len(names),
    )  # fmt: skip


def decline(request: ReferenceRequest, *, base_url: str, at: datetime, actor: audit.Actor) -> None:
    """Take a referee's word that they cannot give the reference, and tell the applicant. Twice is once."""
    locked(request)
    if request.declined_at is not None:
        return
    _require_open(request, at=at)
    request.declined_at = at
    audit.record(actor, AuditAction.REFERENCE_DECLINED, request, at=at)
    applicants.tell(request.application, "reference-declined", base_url=base_url, at=at, referee=request.name)


def remind(request: ReferenceRequest, *, base_url: str, actor: audit.Actor, at: datetime) -> bool:
    """Bring a request to mind before it expires, once; whether a letter was written."""
    locked(request)
    waits = references.state(request, at=at) is ReferenceState.WAITING and is_open(request.application.status)
    if not waits or not is_to_be_reminded(expires_at=request.expires_at, reminded_at=request.reminded_at, at=at):
        return False
    request.reminded_at = at
    audit.record(actor, AuditAction.REFERENCE_REMINDED, request, at=at)
    _write(request, "reference-reminder", base_url=base_url, at=at)
    return True


def tell_expired(
    application: Application, requests: Sequence[ReferenceRequest], *, base_url: str, actor: audit.Actor, at: datetime
) -> int:
    """Tell the applicant once, in one letter, which requests of an application have expired; how many they are."""
    locked(application)
    if application.status not in WITH_APPLICANT:
        return 0
    expired = [
        request for request in map(locked, requests)
        if request.expiry_told_at is None and references.state(request, at=at) is ReferenceState.EXPIRED
    ]  # fmt: skip
    for request in expired:
        request.expiry_told_at = at
        audit.record(actor, AuditAction.REFERENCE_EXPIRED, request, at=at)
    if expired:
        names = listed([request.name for request in expired])
        applicants.tell(
            application, "reference-expired", base_url=base_url, at=at, referees=names, days=REQUEST_LASTS.days
        )
    return len(expired)


def referee_of(request: ReferenceRequest) -> audit.SystemActor:
    """The referee as the audit trail names somebody without an account."""
    return audit.SystemActor(f"{request.name[:200]} (referee)")


def _write(request: ReferenceRequest, kind: str, *, base_url: str, at: datetime) -> None:
    """A letter with a link of its own: only the hash of a link is kept, so no letter can repeat an earlier one."""
    token = new_token()
    link = ReferenceLink(request_id=request.id, token_hash=token_hash(token), created_at=at)
    db.session.add(link)
    db.session.flush()
    application = request.application
    outbox.enqueue(
        kind,
        recipient=request.email,
        recipient_name=request.name,
        dedupe_key=f"{kind}:{link.id}",
        context={
            "applicant": application.party.name,
            "asker": asker_of(request),
            "link": f"{base_url}/references/{token}",
            "expires_at": request.expires_at,
        },
        at=at,
    )


def asker_of(request: ReferenceRequest) -> str:
    """Who asks, as the referee reads it."""
    asker, owner = request.asked_by, request.application.owner
    return asker.name if asker.party_id == request.party_id else f"{asker.name} of {owner.name}"


def _require_with_applicant(application: Application, actor: User) -> None:
    if actor.role in DPH_ROLES:
        raise Refusal("The applicant names the people who give a reference.")
    if application.status not in WITH_APPLICANT:
        raise Refusal("The application is with DPH now. People can be asked again if DPH returns it to you.")


def _require_open(request: ReferenceRequest, *, at: datetime) -> None:
    ended = why_ended(request, at=at)
    if ended is not None:
        raise Refusal(f"{ended.title}. {ended.text}")
