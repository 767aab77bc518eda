"""Noting drift: in the transaction in which a fact changes, each statement that rests on it is found."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.parties import Party
from certhub.models.signatures import Drift, Statement
from certhub.queries import statements
from certhub.rules.audit_actions import AuditAction
from certhub.rules.drift import Change, changes
from certhub.rules.vocabulary import SubjectType
from certhub.services import audit
from certhub.services.audit import Actor

_LONGEST_SENTENCE = 500


def note(party: Party, *, actor: Actor, at: datetime) -> None:
    """Note what is not as it was under the signed statements of a party, and withdraw what is as before again.

    To be called after a fact of the party has changed, and when another statement stands than before. A change that was
    noted before keeps its date, unless that date was corrected: then it is withdrawn and noted with the right one.
    """
    db.session.flush()
    if party.kind is SubjectType.COORDINATOR:
        return  # what a person signs rests on nothing that is on file
    locked(party)  # waits for evidence of the party that is being put on file, which holds it by its foreign key
    stand = statements.standing(party.id)
    if not stand:
        return
    facts, gone = statements.facts_of(party)
    for statement in stand:
        signing, left = statements.signer_of(statement.signer, statement.signed_name)
        found = changes(statement.rests_on, facts=[*facts, *signing], gone=[*gone, *left], today=clock.civil_date(at))
        _note_one(statement, {one.fact: one for one in found}, actor, at)


def _note_one(statement: Statement, found: dict[str, Change], actor: Actor, at: datetime) -> None:
    noted = {
        one.fact: one
        for one in db.session.scalars(
            select(Drift).where(Drift.statement_id == statement.id, Drift.withdrawn_at.is_(None))
        )
    }
    for fact, drift in list(noted.items()):
        change = found.get(fact)
        redated = change and change.corrects(drift.changed_on, noted_on=clock.civil_date(drift.noted_at))
        if change is not None and not redated:
            continue
        drift.withdrawn_at = at
        db.session.flush()  # first, because a fact has one standing row
        action = AuditAction.DRIFT_REDATED if redated else AuditAction.DRIFT_WITHDRAWN
        audit.record(actor, action, drift, at=at)
        del noted[fact]
    for fact, change in found.items():
        if fact in noted:
            continue
        drift = Drift(
            party_id=statement.party_id,
            statement_id=statement.id,
            requirement_code=statement.requirement_code,
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
