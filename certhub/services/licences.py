"""External licences: what another board gave, recorded, updated and checked at the source."""

from datetime import date, datetime

from sqlalchemy import func, select

from certhub import clock
from certhub.database import db
from certhub.models.parties import Coordinator, ExternalLicence, LicenceCheck
from certhub.queries import standards
from certhub.rules.audit_actions import AuditAction
from certhub.rules.licences import LICENCE_STATUSES, RECHECK_DAYS, CheckResult, check_again_on
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.services import audit
from certhub.services.audit import Actor


def record(
    person: Coordinator,
    *,
    kind: str,
    number: str,
    issued_by: str,
    status: str,
    expires_on: date | None,
    verified_on: date | None,
    actor: Actor,
    at: datetime,
) -> ExternalLicence:
    """Note a licence that a coordinator holds from another body."""
    licence = _checked(
        person.id,
        kind=kind,
        number=number,
        issued_by=issued_by,
        status=status,
        expires_on=expires_on,
        verified_on=verified_on,
        at=at,
    )
    db.session.add(licence)
    db.session.flush()
    audit.record(actor, AuditAction.LICENCE_RECORDED, licence, at=at, party_id=person.id)
    return licence


def update(
    licence: ExternalLicence,
    *,
    kind: str,
    number: str,
    issued_by: str,
    status: str,
    expires_on: date | None,
    verified_on: date | None,
    actor: Actor,
    at: datetime,
) -> ExternalLicence:
    """Replace what is known of a licence (renewed, checked, or recorded wrongly); the old row stays on file."""
    if licence.superseded_at is not None:
        raise Refusal("Somebody else changed this licence. Open the record again and look before you change it.")
    replacement = _checked(
        licence.coordinator_id,
        kind=kind,
        number=number,
        issued_by=issued_by,
        status=status,
        expires_on=expires_on,
        verified_on=verified_on,
        at=at,
        instead_of=licence,
    )
    licence.superseded_at = at
    replacement.supersedes_id = licence.id
    db.session.add(replacement)
    db.session.flush()
    audit.record(actor, AuditAction.LICENCE_UPDATED, replacement, at=at, party_id=licence.coordinator_id)
    return replacement


def check(
    licence: ExternalLicence, *, checked_on: date, source: str, result: CheckResult, actor: Actor, at: datetime
) -> LicenceCheck:
    """Record that somebody looked a licence up at its source, and what was found there.

    Only a licence that was found as recorded counts as checked. For any other result it counts as not in order until
    the entry is corrected, or somebody looks again.
    """
    if licence.superseded_at is not None:
        raise Refusal("Somebody else changed this licence. Open the record again and look before you change it.")
    if checked_on > clock.civil_date(at):
        raise Refusal("The day of the check cannot be in the future.", field="checked_on")
    if licence.verified_on is not None and checked_on < licence.verified_on:
        raise Refusal(
            f"A check of {written(licence.verified_on)} is on file already. Enter that day or a later one.",
            field="checked_on",
        )
    if not source:
        raise Refusal("Say where you looked the licence up.", field="source")
    done = LicenceCheck(
        coordinator_id=licence.coordinator_id,
        licence_id=licence.id,
        source=source,
        result=result,
        checked_on=checked_on,
        recorded_at=at,
    )
    db.session.add(done)
    db.session.flush()
    audit.record(actor, AuditAction.LICENCE_CHECKED, done, at=at, party_id=licence.coordinator_id)
    update(
        licence,
        kind=licence.kind,
        number=licence.number,
        issued_by=licence.issued_by,
        status=licence.status,
        expires_on=licence.expires_on,
        verified_on=checked_on if result is CheckResult.AS_RECORDED else None,
        actor=actor,
        at=at,
    )
    return done


def _checked(
    coordinator_id: int,
    *,
    kind: str,
    number: str,
    issued_by: str,
    status: str,
    expires_on: date | None,
    verified_on: date | None,
    at: datetime,
    instead_of: ExternalLicence | None = None,
) -> ExternalLicence:
    for value, field, sentence in (
        (kind, "kind", "Enter the kind of licence, for example RN or LICSW."),
        (number, "number", "Enter the licence number."),
        (issued_by, "issued_by", "Enter who issued the licence."),
    ):
        if not value:
            raise Refusal(sentence, field=field)
    if status not in LICENCE_STATUSES:
        raise Refusal("Choose a status from the list.", field="licence_status")
    if verified_on is not None and verified_on > clock.civil_date(at):
        raise Refusal("The day of the check cannot be in the future.", field="verified_on")
    same = db.session.scalar(
        select(ExternalLicence.id).where(
            ExternalLicence.coordinator_id == coordinator_id,
            ExternalLicence.superseded_at.is_(None),
            func.lower(ExternalLicence.kind) == kind.lower(),
            func.lower(ExternalLicence.number) == number.lower(),
            ExternalLicence.id != (instead_of.id if instead_of else 0),
        )
    )
    if same is not None:
        raise Refusal("This licence is already on file. Update that entry.", field="number")
    recheck_days = standards.licence_recheck_days(clock.civil_date(at)) if verified_on else {}
    return ExternalLicence(
        coordinator_id=coordinator_id,
        kind=kind,
        number=number,
        issued_by=issued_by,
        status=status,
        expires_on=expires_on,
        verified_on=verified_on,
        check_again_on=check_again_on(verified_on, recheck_days.get(kind, RECHECK_DAYS)),
        recorded_at=at,
    )
