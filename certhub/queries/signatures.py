"""Signatures that were given on the screen: one with its text, those of some evidence, and the facts under them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, Evidence
from certhub.models.parties import OwnershipStake, Party
from certhub.models.signatures import Signature
from certhub.queries import champions, dossiers, signed_texts, sites, standards
from certhub.queries.signed_texts import SignedText
from certhub.queries.visibility import NotVisible, application_visible, party_visible
from certhub.rules.drift import Fact, FactKind, Gone
from certhub.rules.permissions import Viewer
from certhub.rules.standard import Requirement
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import SubjectType


@dataclass(frozen=True, slots=True)
class SignedCopy:
    """A signature with the words that were signed."""

    signature: Signature
    text: SignedText
    consent: SignedText
    is_as_signed: bool
    """Whether the words that CertHub has are still those that were signed."""
    taken_back: bool
    """Whether the signer's organization took the statement back later."""


def one(viewer: Viewer, signature_id: int) -> SignedCopy:
    """A signature that the viewer gave or whose application the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(
        select(Signature)
        .join(Signature.evidence)
        .outerjoin(Application, Application.id == Evidence.application_id)
        .where(Signature.id == signature_id, _visible(viewer))
        .options(contains_eager(Signature.evidence), joinedload(Signature.party), joinedload(Signature.account))
    )
    if found is None:
        raise NotVisible(signature_id)
    text = signed_texts.signed_text(found.text_id, found.text_version)
    consent = signed_texts.signed_text(found.consent_id, found.consent_version)
    as_signed = (text.sha256, consent.sha256) == (found.text_sha256, found.consent_sha256)
    back = db.session.scalar(select(Evidence.id).where(Evidence.supersedes_id == found.evidence_id)) is not None
    return SignedCopy(found, text, consent, is_as_signed=as_signed, taken_back=back)


def readable(viewer: Viewer, evidence_ids: Collection[int]) -> dict[int, int]:
    """Of some evidence the signatures that the viewer may read: the number of each, by that of its evidence."""
    if not evidence_ids:
        return {}
    rows = db.session.execute(
        select(Signature.evidence_id, Signature.id)
        .join(Evidence, Evidence.id == Signature.evidence_id)
        .outerjoin(Application, Application.id == Evidence.application_id)
        .where(Signature.evidence_id.in_(evidence_ids), _visible(viewer))
    )
    return {evidence_id: number for evidence_id, number in rows}  # noqa: C416  (a Row is not a pair to the type checker)


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    """Who signed, who sees the application that it was given for, and for one given without any who sees the party."""
    outside = Evidence.application_id.is_(None) & party_visible(viewer, Signature.__table__.c.party_id)
    return or_(
        Signature.account_id == viewer.id, outside, Evidence.application_id.is_not(None) & application_visible(viewer)
    )


def requirement_now(signature: Signature) -> Requirement | None:
    """What the party must sign in the term that runs; None where its standard asks for the statement no longer."""
    credential = db.session.scalar(
        select(Credential).where(Credential.party_id == signature.party_id).order_by(Credential.id.desc()).limit(1)
    )
    period = dossiers.latest_period(credential) if credential else None
    if period is None:
        return None
    definition = standards.definition_of(period.standard_version)
    return next((one for one in definition.requirements if one.code == signature.requirement_code), None)


def standing(party_id: int) -> list[Signature]:
    """For each statement of a party the latest signature that was not taken back."""
    later, newer = aliased(Evidence), aliased(Signature)
    not_taken_back = ~exists().where(later.supersedes_id == newer.evidence_id)
    return list(
        db.session.scalars(
            select(Signature).where(
                Signature.party_id == party_id,
                ~exists().where(later.supersedes_id == Signature.evidence_id),
                ~exists().where(
                    newer.party_id == Signature.party_id,
                    newer.requirement_code == Signature.requirement_code,
                    newer.signed_for == Signature.signed_for,
                    newer.id > Signature.id,
                    not_taken_back,
                ),
            )
        )
    )


def facts_under(party: Party, signer: User) -> tuple[list[Fact], list[Gone]]:
    """The facts on file that a signature of `signer` for `party` can rest on, and those that stand no longer."""
    facts, gone = _facts_of(party)
    key = str(signer.id)
    if signer.deactivated_at is None:
        facts.append(Fact(FactKind.SIGNER, key, signer.name))
    else:
        gone.append(Gone(FactKind.SIGNER, key, clock.civil_date(signer.deactivated_at)))
    return facts, gone


def _facts_of(party: Party) -> tuple[list[Fact], list[Gone]]:
    facts = [Fact(FactKind.NAME, "name", party.name)]
    gone: list[Gone] = []
    for stake in db.session.scalars(
        select(OwnershipStake).where(OwnershipStake.party_id == party.id).order_by(OwnershipStake.starts_on)
    ):
        key = str(stake.group_id)
        if stake.ends_on is None:
            facts.append(Fact(FactKind.OWNERS, key, stake.group.name, stake.starts_on))
        else:
            gone.append(Gone(FactKind.OWNERS, key, stake.ends_on + ONE_DAY))
    if party.kind is SubjectType.PRACTICE:
        recorded = sites.recorded(party.id)
        first, miswritten = sites.first_of_each(recorded), sites.miswritten(recorded)
        for site in recorded:
            key = str(first[site.id])
            if site.superseded_at is not None:
                continue
            if site.closed_on is None:
                words = sites.in_words(site)
                facts.append(Fact(FactKind.SITES, key, words, site.opened_on, miswritten[site.id]))
            else:
                gone.append(Gone(FactKind.SITES, key, site.closed_on + ONE_DAY))
        leading, left = champions.facts_of(party.id)
        facts += leading
        gone += left
    return facts, gone
