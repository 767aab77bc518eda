"""The champions of a practice: named, gone, corrected, struck; a record is superseded, never overwritten."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from certhub import clock
from certhub.database import db
from certhub.models.parties import Champion, Practice
from certhub.queries import champions
from certhub.rules.audit_actions import AuditAction
from certhub.rules.champions import ChampionRole, champion_in_words, require_alone
from certhub.rules.employment import require_spell
from certhub.rules.identifiers import require_email, require_person_name
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.services import audit, drifts
from certhub.services.audit import Actor


@dataclass(frozen=True, slots=True)
class Leading:
    """Who leads the work, and on which days, as it was typed."""

    role: ChampionRole
    name: str
    email: str
    starts_on: date
    ends_on: date | None = None


def name(practice: Practice, given: Leading, *, actor: Actor, at: datetime) -> Champion:
    """Note who leads the work in a practice; refused beside somebody in the same role on the same day."""
    champion = _checked(practice, given, at=at)
    db.session.add(champion)
    db.session.flush()
    audit.record(actor, AuditAction.CHAMPION_NAMED, champion, at=at, party_id=practice.id)
    drifts.note(practice, actor=actor, at=at)
    return champion


def end(champion: Champion, *, last_day: date, actor: Actor, at: datetime) -> Champion:
    """Note the last day of a champion; statements that rest on the person are to be signed anew."""
    if last_day < champion.starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    ended = _superseded(champion, replace(_as_recorded(champion), ends_on=last_day), at=at)
    audit.record(actor, AuditAction.CHAMPION_ENDED, ended, at=at, party_id=champion.practice_id)
    drifts.note(champion.practice, actor=actor, at=at)
    return ended


def correct(champion: Champion, given: Leading, *, reason: str, actor: Actor, at: datetime) -> Champion:
    """Replace what was recorded wrongly; a name that was misspelled asks nobody to sign anew."""
    if not reason:
        raise Refusal("Say what was wrong.", field="reason")
    corrected = _superseded(champion, given, at=at)
    audit.record(actor, AuditAction.CHAMPION_CORRECTED, corrected, at=at, party_id=champion.practice_id, reason=reason)
    drifts.note(champion.practice, actor=actor, at=at)
    return corrected


def strike(champion: Champion, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take an entry back that was wholly a mistake: it is superseded by nothing, and stays readable.

    Statements that rest on the person are to be signed anew.
    """
    if not reason:
        raise Refusal("Say what was wrong.", field="reason")
    _require_newest(champion)
    champion.superseded_at = at
    named = champion_in_words(champion.name, champion.role)
    audit.record(
        actor,
        AuditAction.CHAMPION_WITHDRAWN,
        champion,
        at=at,
        party_id=champion.practice_id,
        named=named,
        reason=reason,
    )
    drifts.note(champion.practice, actor=actor, at=at)


def _as_recorded(champion: Champion) -> Leading:
    return Leading(champion.role, champion.name, champion.email, champion.starts_on, champion.ends_on)


def _superseded(champion: Champion, given: Leading, *, at: datetime) -> Champion:
    _require_newest(champion)
    replacement = _checked(champion.practice, given, at=at, instead_of=champion)
    champion.superseded_at = at
    db.session.flush()  # first, because a role has one open champion at a time
    replacement.supersedes_id = champion.id
    db.session.add(replacement)
    db.session.flush()
    return replacement


def _require_newest(champion: Champion) -> None:
    if champion.superseded_at is not None:
        raise Refusal("Somebody else changed this champion. Open the record again and look before you change it.")


def _checked(practice: Practice, given: Leading, *, at: datetime, instead_of: Champion | None = None) -> Champion:
    span = require_spell(given.starts_on, given.ends_on, today=clock.civil_date(at))
    others = [one for one in champions.of_practice(practice.id) if one.role is given.role and one is not instead_of]
    require_alone(given.role, span, [(one.name, Span(one.starts_on, one.ends_on)) for one in others])
    return Champion(
        practice_id=practice.id,
        role=given.role,
        name=require_person_name(given.name),
        email=require_email(given.email),
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        recorded_at=at,
    )
