"""The sites of a practice: added, moved, corrected, closed."""

from datetime import date, datetime

from certhub.database import db
from certhub.models.parties import Practice, PracticeSite
from certhub.queries import sites
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import require_massachusetts_zip, require_organization_name
from certhub.rules.refusal import Refusal
from certhub.rules.sites import require_opening_day
from certhub.rules.terms import ONE_DAY
from certhub.services import audit, drifts
from certhub.services.audit import Actor
from certhub.services.parties import municipality


def add(
    practice: Practice,
    *,
    name: str,
    address_line: str,
    zip_code: str,
    municipality_id: int,
    service_location: str,
    opened_on: date | None,
    actor: Actor,
    at: datetime,
) -> PracticeSite:
    """Add a place where the practice sees patients."""
    site = _site(
        practice.id, name=name, address_line=address_line, zip_code=zip_code, municipality_id=municipality_id,
        service_location=service_location,
    )  # fmt: skip
    site.opened_on, site.recorded_at = opened_on, at
    db.session.add(site)
    db.session.flush()
    audit.record(actor, AuditAction.SITE_ADDED, site, at=at, party_id=practice.id)
    drifts.note(practice, actor=actor, at=at)
    return site


def move(
    site: PracticeSite,
    *,
    address_line: str,
    zip_code: str,
    municipality_id: int,
    moved_on: date,
    actor: Actor,
    at: datetime,
) -> PracticeSite:
    """Record that a site moves: it closes where it was on the day before, and is open at the new address from then on.

    Raises `Refusal` for a site that is closed or has moved already, and for a day before it opened.
    """
    moved = _site(
        site.practice_id, name=site.name, address_line=address_line, zip_code=zip_code,
        municipality_id=municipality_id, service_location=site.service_location or "",
    )  # fmt: skip
    _require_newest(site)
    if site.closed_on is not None:
        raise Refusal("This site is closed, or has moved already.")
    if site.opened_on is not None and moved_on <= site.opened_on:
        raise Refusal(
            "The first day at the new address must be after the day on which the site opened.", field="moved_on"
        )
    site.closed_on = moved_on - ONE_DAY
    moved.opened_on, moved.moved_from_id, moved.recorded_at = moved_on, site.id, at
    db.session.add(moved)
    db.session.flush()
    audit.record(actor, AuditAction.SITE_CLOSED, site, at=at, party_id=site.practice_id)
    audit.record(actor, AuditAction.SITE_MOVED, moved, at=at, party_id=site.practice_id)
    drifts.note(site.practice, actor=actor, at=at)
    return moved


def correct(
    site: PracticeSite,
    *,
    name: str,
    address_line: str,
    zip_code: str,
    municipality_id: int,
    service_location: str,
    opened_on: date | None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> PracticeSite:
    """Replace what was recorded wrongly about a site; what was recorded before stays on file.

    It stays the same place, so nothing is to be signed anew. Where the site had moved here, the last day at its old
    address goes with the first day here. Raises `Refusal` for a site that has moved away.
    """
    corrected = _site(
        site.practice_id, name=name, address_line=address_line, zip_code=zip_code, municipality_id=municipality_id,
        service_location=service_location,
    )  # fmt: skip
    if not reason:
        raise Refusal("Say what was wrong.", field="reason")
    _require_newest(site)
    if sites.has_moved(site):
        raise Refusal("This site has moved. Correct it at its new address.")
    left = sites.left_for(site)
    require_opening_day(
        opened_on,
        closed_on=site.closed_on,
        has_moved_here=left is not None,
        opened_before=left.opened_on if left else None,
    )
    corrected.opened_on, corrected.closed_on = opened_on, site.closed_on
    if left is not None and opened_on is not None and opened_on != site.opened_on:
        closed = _until(left, opened_on - ONE_DAY)
        _supersede(left, closed, reason, actor, at)
        corrected.moved_from_id = closed.id
    _supersede(site, corrected, reason, actor, at)
    drifts.note(site.practice, actor=actor, at=at)
    return corrected


def close(site: PracticeSite, *, closed_on: date, actor: Actor, at: datetime) -> None:
    """Note the last day on which a site is open."""
    _require_newest(site)
    if sites.has_moved(site):
        raise Refusal("This site has moved. Close it at its new address.", field="ends_on")
    if site.opened_on is not None and closed_on < site.opened_on:
        raise Refusal("The last day cannot be before the day on which the site opened.", field="ends_on")
    site.closed_on = closed_on
    audit.record(actor, AuditAction.SITE_CLOSED, site, at=at, party_id=site.practice_id)
    drifts.note(site.practice, actor=actor, at=at)


def _site(
    practice_id: int, *, name: str, address_line: str, zip_code: str, municipality_id: int, service_location: str
) -> PracticeSite:
    """A place as it was typed. Raises `Refusal` beside what cannot be."""
    if not address_line:
        raise Refusal("Enter the street and number.", field="address_line")
    return PracticeSite(
        practice_id=practice_id,
        name=require_organization_name(name),
        address_line=address_line,
        zip_code=require_massachusetts_zip(zip_code) if zip_code else None,
        municipality_id=municipality(municipality_id).id,
        service_location=service_location or None,
    )


def _require_newest(site: PracticeSite) -> None:
    if site.superseded_at is not None:
        raise Refusal("Somebody else corrected this site. Open the record again and look before you change it.")


def _until(site: PracticeSite, closed_on: date) -> PracticeSite:
    return PracticeSite(
        practice_id=site.practice_id,
        name=site.name,
        address_line=site.address_line,
        zip_code=site.zip_code,
        municipality_id=site.municipality_id,
        service_location=site.service_location,
        opened_on=site.opened_on,
        closed_on=closed_on,
    )


def _supersede(site: PracticeSite, corrected: PracticeSite, reason: str, actor: Actor, at: datetime) -> None:
    site.superseded_at = at
    corrected.recorded_at, corrected.supersedes_id = at, site.id
    db.session.add(corrected)
    db.session.flush()
    audit.record(actor, AuditAction.SITE_CORRECTED, corrected, at=at, party_id=site.practice_id, reason=reason)
