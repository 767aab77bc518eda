"""Noting drift: in the transaction in which a fact changes, each signature that rests on it is found."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.models.parties import Party
from certhub.models.signatures import Drift, Signature
from certhub.queries import signatures
from certhub.rules.audit_actions import AuditAction
from certhub.rules.drift import changes
from certhub.services import audit
from certhub.services.audit import Actor

_LONGEST_SENTENCE = 500


def note(party: Party, *, actor: Actor, at: datetime) -> None:
    """Note what is not as it was under the signatures of a party, and withdraw what is as before again.

    To be called after a fact of the party has changed. A change that was noted before keeps its date.
    """
    db.session.flush()
    for signature in signatures.standing(party.id):
        _note_one(signature, party, actor, at)


def _note_one(signature: Signature, party: Party, actor: Actor, at: datetime) -> None:
    facts, gone = signatures.facts_under(party, signature.account)
    found = {one.fact: one for one in changes(signature.rests_on, facts=facts, gone=gone, today=clock.civil_date(at))}
    noted = {
        one.fact: one
        for one in db.session.scalars(
            select(Drift).where(Drift.signature_id == signature.id, Drift.withdrawn_at.is_(None))
        )
    }
    for fact, drift in noted.items():
        if fact not in found:
            drift.withdrawn_at = at
            audit.record(actor, AuditAction.DRIFT_WITHDRAWN, drift, at=at)
    for fact, change in found.items():
        if fact in noted:
            continue
        drift = Drift(
            party_id=party.id,
            signature_id=signature.id,
            requirement_code=signature.requirement_code,
            fact=fact,
            kind=change.kind,
            sentence=change.sentence[:_LONGEST_SENTENCE],
            changed_on=change.changed_on,
            due_on=change.due_on,
            noted_at=at,
        )
        db.session.add(drift)
        db.session.flush()
        audit.record(actor, AuditAction.DRIFT_NOTED, drift, at=at)
