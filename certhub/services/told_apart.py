"""Two records that look alike and are of two people: marked as such, so that nobody merges them, and doubted again."""

from datetime import datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.parties import Coordinator
from certhub.models.record_merges import ToldApart
from certhub.queries import record_merges
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.services import audit


def mark(one: Coordinator, other: Coordinator, *, reason: str, actor: User, at: datetime) -> ToldApart:
    """Note that two records are of two people; they leave the list of probable doubles. Raises `Refusal`."""
    first, second = sorted((one, other), key=lambda person: person.id)  # the order of a merge: no deadlock
    for person in (first, second):
        locked(person)
    if first.id == second.id:
        raise Refusal("This is one record. Choose another one to compare it with.")
    if first.merged_into_id is not None or second.merged_into_id is not None:
        raise Refusal("One of these records was merged already. Open it again and look.")
    if record_merges.apart(first.id, second.id) is not None:
        raise Refusal("These records are marked as of two people already. Open the list again and look.")
    _require_reason(reason, "Say how you know that these are two people. The record keeps it.")
    told = ToldApart(
        one_id=first.id, other_id=second.id, reason=reason.strip(), told_by_id=actor.id, told_at=at
    )  # fmt: skip
    db.session.add(told)
    db.session.flush()
    _record(AuditAction.RECORD_DISTINGUISHED, told, reason, actor=actor, at=at)
    return told


def take_back(told: ToldApart, *, reason: str, actor: User, at: datetime) -> None:
    """Take the mark back: the records may be of one person after all. Raises `Refusal`."""
    if locked(told).taken_back_at is not None:
        raise Refusal("This mark was taken back already. Open the list again and look.")
    _require_reason(reason, "Say why, in one or two sentences. The record keeps it.")
    told.taken_back_at, told.taken_back_by_id, told.taken_back_reason = at, actor.id, reason.strip()
    db.session.flush()
    _record(AuditAction.RECORD_DOUBTED_AGAIN, told, reason, actor=actor, at=at)


def _require_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise Refusal(sentence, field="reason")


def _record(action: AuditAction, told: ToldApart, reason: str, *, actor: User, at: datetime) -> None:
    for party_id in (told.one_id, told.other_id):
        audit.record(actor, action, told, at=at, party_id=party_id, reason=reason.strip())
