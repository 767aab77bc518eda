"""Signing on the screen (M.G.L. c.110G): what was shown is what is signed, and the signer gets a copy at once."""

from dataclasses import dataclass
from datetime import datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application, Evidence
from certhub.models.parties import Party
from certhub.models.signatures import Signature, Statement
from certhub.queries import signed_texts
from certhub.queries.signed_texts import SignedText
from certhub.queries.sites import open_sites
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_forms import EvidenceInput, asks_reasons, checked_value, text_to_sign
from certhub.rules.permissions import DPH_ROLES
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.papers import REASONS, party_name, require_signer
from certhub.rules.signing import AUTHORITY_TOLD, CONSENT, require_authority, require_own_name
from certhub.rules.sites import SITES, sites_named
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import RequirementKind
from certhub.services import audit, outbox, statements
from certhub.services import evidence as evidence_service

COPY = "signature-copy"


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signer chose and typed; `text_seen` and `consent_seen` are what the form says that it showed."""

    signed_for: str
    text_seen: str
    consent_seen: str
    authority: str
    title: str
    signed_name: str
    name_confirmed: bool
    address: str
    sites: tuple[str, ...] = ()
    """The numbers of the sites that the statement is for, where it is asked for each site."""
    reasons: str = ""
    """What the signer gives as reasons, where the requirement asks for them."""


def texts_of(requirement: Requirement) -> tuple[SignedText, SignedText]:
    """The text that a requirement asks to sign, and the consent to do it on the screen."""
    wanted = text_to_sign(requirement)
    if wanted is None:
        raise Refusal("Nothing is signed for this requirement.")
    return signed_texts.signed_text(*wanted), signed_texts.signed_text(*CONSENT)


def sign(
    application: Application, requirement: Requirement, given: Signing, *, base_url: str, actor: User, at: datetime
) -> Signature:
    """Sign a statement for an application.

    Raises `Refusal` where the signer saw other words, for somebody else's signature, for a name or an authority that
    does not fit, and where the application takes no evidence now.
    """
    locked(application)
    evidence_service.require_open(application, requirement, actor)
    return _signed(application.party, requirement, given, application.id, base_url=base_url, actor=actor, at=at)


def sign_anew(
    statement: Statement, requirement: Requirement, given: Signing, *, base_url: str, actor: User, at: datetime
) -> Signature:
    """Sign a statement once more in the middle of a term, because a fact under it has changed.

    It is no part of an application, and does not count for the next one. Raises `Refusal` as `sign` does.
    """
    locked(statement.party)
    if actor.role in DPH_ROLES:
        raise Refusal("The organization signs this.")
    return _signed(statement.party, requirement, given, None, base_url=base_url, actor=actor, at=at)


def _signed(
    party: Party,
    requirement: Requirement,
    given: Signing,
    application_id: int | None,
    *,
    base_url: str,
    actor: User,
    at: datetime,
) -> Signature:
    text, consent = texts_of(requirement)
    if (given.text_seen, given.consent_seen) != (text.seen, consent.seen):
        raise Refusal("The text is not the one that you were shown. Read the text below and sign again.")
    require_signer(given.signed_for, actor.role)
    authority, title = require_authority(given.authority, given.title, actor.role)
    name = require_own_name(given.signed_name, actor.name, confirmed=given.name_confirmed)
    today = clock.civil_date(at)
    typed: dict[str, str | list[str]] = {"agreed": "y", "signed_by": name, "occurred_on": today.isoformat()}
    if asks_reasons(requirement):
        typed[REASONS] = given.reasons
    if requirement.kind is RequirementKind.AGREEMENT:
        typed["party"] = given.signed_for
    checked = checked_value(requirement, typed, today=today)
    sites = sites_named(requirement, given.sites, open_sites(party.id, today))
    evidence = evidence_service.keep(
        requirement.code, EvidenceInput({**checked.value, **sites}, checked.occurred_on),
        party_id=party.id, application_id=application_id, provided_by=actor, at=at,
    )  # fmt: skip
    statements.keep(evidence, requirement, party=party, signer=actor, name=name, at=at)
    signature = Signature(
        evidence_id=evidence.id,
        party_id=party.id,
        requirement_code=requirement.code,
        account_id=actor.id,
        account_name=actor.name,
        signed_name=name,
        signed_for=given.signed_for,
        authority=authority,
        title=title,
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
    db.session.flush()
    audit.record(actor, AuditAction.EVIDENCE_PROVIDED, evidence, at=at)
    audit.record(actor, AuditAction.SIGNATURE_GIVEN, signature, at=at)
    _send_copy(signature, evidence, text, consent, base_url=base_url, actor=actor)
    return signature


def _send_copy(
    signature: Signature,
    evidence: Evidence,
    text: SignedText,
    consent: SignedText,
    *,
    base_url: str,
    actor: User,
) -> None:
    outbox.enqueue(
        COPY,
        recipient=actor.email,
        recipient_name=signature.signed_name,
        dedupe_key=f"{COPY}:{signature.id}",
        context={
            "text": text,
            "paragraphs": text.paragraphs(),
            "consent": consent,
            "consent_paragraphs": consent.paragraphs(),
            "party_name": signature.party.name,
            "requirement": signature.requirement_code,
            "sites": list(evidence.value.get(SITES, {}).values()),
            "reasons": evidence.value.get(REASONS, ""),
            "signed_for": party_name(signature.signed_for),
            "authority": AUTHORITY_TOLD[signature.authority],
            "title": signature.title,
            "account_name": signature.account_name,
            "signed_at": signature.signed_at,
            "link": f"{base_url}/signatures/{signature.id}",
        },
        party_id=signature.party_id,
        at=signature.signed_at,
    )
