"""Signatures that were given on the screen: one with its text, and those of some evidence."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from certhub.database import db
from certhub.models.certification import Application, Evidence
from certhub.models.signatures import Signature
from certhub.queries import signed_texts
from certhub.queries.signed_texts import SignedText
from certhub.queries.visibility import NotVisible, application_visible, party_visible
from certhub.rules.permissions import Viewer


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
