"""Assignments: a vendor places a coordinator in a practice, and ends it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import Contract
from certhub.models.parties import Assignment, Coordinator, Employment, Practice, VendorOrganization
from certhub.queries import (
    assignment_corrections,
    contract_budgets,
    contract_spending,
    coordinator_loads,
    exposure,
    independence,
)
from certhub.rules.assignment import (
    Load,
    over_capacity,
    require_chain,
    require_not_exhausted,
    require_reason_for_breaks,
)
from certhub.rules.audit_actions import AuditAction
from certhub.rules.employment import require_spell
from certhub.rules.independence import Independence, Span, require_independent
from certhub.rules.refusal import Refusal
from certhub.services import audit
from certhub.services.audit import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """An assignment that is asked for."""

    person: Coordinator
    practice: Practice
    contract: Contract
    load: Load
    days: Span


def record(
    wanted: Wanted, *, over_capacity_reason: str | None = None, actor: Actor, at: datetime
) -> tuple[Assignment, Independence]:
    """Place a coordinator in a practice; also returns what the independence rule has to disclose.

    Refused unless everything that it hangs on holds on every day of it. `over_capacity_reason` lets it pass the
    coordinator's capacity, and nothing else. Raises `Refusal`.
    """
    require_spell(wanted.days.from_on, wanted.days.to_on, today=clock.civil_date(at))
    person, practice, vendor = wanted.person, wanted.practice, wanted.contract.vendor
    _lock(practice, person, wanted.contract)
    _require_no_other(person, practice, wanted.days)
    require_chain(exposure.chain_of(person, practice, vendor, wanted.contract.id, wanted.days), on=clock.civil_date(at))
    found = require_independent(
        independence.arrangement(person.id, practice.id, vendor.id, wanted.days), field="practice_id"
    )
    _require_money(wanted)
    overridden = _require_capacity(wanted, over_capacity_reason)
    assignment = Assignment(
        coordinator_id=person.id,
        practice_id=practice.id,
        vendor_id=vendor.id,
        contract_id=wanted.contract.id,
        places=wanted.load.places,
        share_percent=wanted.load.share_percent,
        starts_on=wanted.days.from_on,
        ends_on=wanted.days.to_on,
        over_capacity_reason=overridden,
        recorded_at=at,
    )
    db.session.add(assignment)
    db.session.flush()
    audit.record(
        actor, AuditAction.ASSIGNMENT_RECORDED, assignment, at=at, party_id=person.id, practice=practice.name,
        contract=wanted.contract.number, over_capacity_reason=overridden,
    )  # fmt: skip
    return assignment, found


def end(assignment: Assignment, *, last_day: date, actor: Actor, at: datetime) -> Assignment:
    """Note the last day of an assignment; the one with its end supersedes the one without."""
    locked(assignment.coordinator, with_key=False)
    locked(assignment)
    if assignment.superseded_at is not None:
        raise Refusal("Somebody else changed this assignment. Open the record again and look before you change it.")
    if last_day < assignment.starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    if assignment.ends_on is not None and last_day > assignment.ends_on:
        raise Refusal("The assignment ends before that day. Record a new assignment to go on.", field="ends_on")
    assignment.superseded_at = at
    ended = _with_days(assignment, Span(assignment.starts_on, last_day), supersedes_id=assignment.id, at=at)
    audit.record(actor, AuditAction.ASSIGNMENT_ENDED, ended, at=at, party_id=ended.coordinator_id)
    return ended


def require_correctable(assignment: Assignment, span: Span, *, on: date) -> None:
    """Refuse days that the assignment cannot have, or has on record already. Raises `Refusal`."""
    require_spell(span.from_on, span.to_on, today=on)
    if span == Span(assignment.starts_on, assignment.ends_on):
        raise Refusal("These are the days on record already. Change one of them, or go back.", field="starts_on")
    _require_employed(assignment.coordinator, assignment.vendor, span)
    _require_no_other(assignment.coordinator, assignment.practice, span, field="starts_on", instead_of=assignment)
    require_independent(
        independence.arrangement(assignment.coordinator_id, assignment.practice_id, assignment.vendor_id, span),
        field="starts_on",
    )
    _require_room_for_more(assignment, span)


def correct(
    assignment: Assignment,
    *,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    seen: str,
    broken_links_reason: str | None = None,
    actor: User,
    at: datetime,
) -> Assignment:
    """Put the right days of an assignment in place of those that were recorded, exactly as the preview showed it.

    Days on which something that it hangs on does not hold need `broken_links_reason`. What was recorded stays on file
    as it was known. Raises `Refusal`.
    """
    _lock(assignment.practice, assignment.coordinator, _contract_of(assignment))
    locked(assignment)
    if assignment.superseded_at is not None:
        raise Refusal("Somebody else changed this assignment. Open the record again and look before you change it.")
    if not reason.strip():
        raise Refusal("Say what was wrong.", field="reason")
    span = Span(starts_on, ends_on)
    today = clock.civil_date(at)
    require_correctable(assignment, span, on=today)
    plan = assignment_corrections.plan(actor, assignment, span, on=today)
    if plan.fingerprint != seen:
        raise Refusal(
            "Nothing was changed yet: this is not what was last shown to you. Look at what changes, then confirm."
        )
    overridden = require_reason_for_breaks(plan.added, broken_links_reason)
    assignment.superseded_at = at
    db.session.flush()
    corrected = _with_days(assignment, span, supersedes_id=assignment.id, at=at)
    corrected.broken_links_reason = overridden or assignment.broken_links_reason
    db.session.flush()
    audit.record(
        actor, AuditAction.ASSIGNMENT_CORRECTED, corrected, at=at, party_id=corrected.coordinator_id,
        reason=reason.strip(), broken_links_reason=overridden,
    )  # fmt: skip
    return corrected


def _require_room_for_more(assignment: Assignment, span: Span) -> None:
    """Days that a correction adds are held to the money and the capacity as a new assignment is. Raises `Refusal`."""
    before = Span(assignment.starts_on, assignment.ends_on)
    if span.from_on >= before.from_on and not before.ends_before(span):
        return
    maxima = contract_budgets.maxima([assignment.contract_id]).get(assignment.contract_id, {})
    require_not_exhausted(maxima, contract_spending.drawn_by_year(assignment.contract_id), span)
    if assignment.over_capacity_reason:
        return
    spells, others = coordinator_loads.around(assignment.coordinator_id, assignment.vendor_id, but=assignment.id)
    load = Load(assignment.places, assignment.share_percent)
    too_much = over_capacity(load, span, spells=spells, others=others)
    if too_much is not None:
        raise Refusal(f"{assignment.coordinator.name} has no room for more days. {too_much}", field="ends_on")


def take_back(assignment: Assignment, *, actor: Actor, at: datetime) -> None:
    """Take back an assignment that begins after the employment; what was known stays on file, superseded by nothing."""
    assignment.superseded_at = at
    audit.record(actor, AuditAction.ASSIGNMENT_WITHDRAWN, assignment, at=at, party_id=assignment.coordinator_id)


def restore(before: Assignment, *, instead_of: Assignment | None, actor: Actor, at: datetime) -> Assignment:
    """Put an assignment back as it was before it was ended, or taken back where `instead_of` is None.

    Raises `Refusal` where it was changed since, or where the days are taken.
    """
    _lock(before.practice, before.coordinator, _contract_of(before))
    replaced = locked(instead_of or before)
    if instead_of is not None and replaced.superseded_at is not None:
        raise Refusal("Somebody else changed this assignment. Open the record again and look before you change it.")
    if instead_of is not None:
        replaced.superseded_at = at
        db.session.flush()
    span = Span(before.starts_on, before.ends_on)
    _require_employed(before.coordinator, before.vendor, span)
    _require_no_other(before.coordinator, before.practice, span)
    restored = _with_days(before, span, supersedes_id=replaced.id, at=at)
    audit.record(actor, AuditAction.ASSIGNMENT_RESTORED, restored, at=at, party_id=restored.coordinator_id)
    return restored


def _lock(practice: Practice, person: Coordinator, contract: Contract) -> None:
    for row in (practice, person, contract):  # always in this order, so that nobody waits for each other
        locked(row, with_key=False)


def _contract_of(assignment: Assignment) -> Contract:
    return db.session.get_one(Contract, assignment.contract_id)


def _with_days(before: Assignment, days: Span, *, supersedes_id: int, at: datetime) -> Assignment:
    """The same assignment on other days, as it is recorded now."""
    replacement = Assignment(
        coordinator_id=before.coordinator_id,
        practice_id=before.practice_id,
        vendor_id=before.vendor_id,
        contract_id=before.contract_id,
        places=before.places,
        share_percent=before.share_percent,
        over_capacity_reason=before.over_capacity_reason,
        broken_links_reason=before.broken_links_reason,
        starts_on=days.from_on,
        ends_on=days.to_on,
        recorded_at=at,
        supersedes_id=supersedes_id,
    )
    db.session.add(replacement)
    db.session.flush()
    return replacement


def _require_money(wanted: Wanted) -> None:
    """The contract is not exhausted in any fiscal year that the assignment begins or goes on in. Raises `Refusal`."""
    maxima = contract_budgets.maxima([wanted.contract.id]).get(wanted.contract.id, {})
    require_not_exhausted(maxima, contract_spending.drawn_by_year(wanted.contract.id), wanted.days)


def _require_capacity(wanted: Wanted, reason: str | None) -> str | None:
    """The reason where the assignment passes the capacity with one, None where it fits. Raises `Refusal`."""
    person, vendor = wanted.person, wanted.contract.vendor
    spells, others = coordinator_loads.around(person.id, vendor.id)
    too_much = over_capacity(wanted.load, wanted.days, spells=spells, others=others)
    if too_much is None:
        return None
    if not (reason or "").strip():
        raise Refusal(f"{person.name} has no room for this (CC-11). {too_much}", field=wanted.load.field)
    return (reason or "").strip()


def _require_employed(person: Coordinator, vendor: VendorOrganization, span: Span) -> None:
    """The vendor places its own people only: the assignment lies within an employment there."""
    spells = db.session.execute(
        select(Employment.starts_on, Employment.ends_on).where(
            Employment.coordinator_id == person.id,
            Employment.employer_id == vendor.id,
            Employment.superseded_at.is_(None),
        )
    ).all()
    for spell in spells:
        within = spell.ends_on is None or (span.to_on is not None and span.to_on <= spell.ends_on)
        if spell.starts_on <= span.from_on and within:
            return
    raise Refusal(
        f"{vendor.name} does not employ this coordinator on all days of the assignment. "
        "Record the employment first, or change the days.",
        field="starts_on",
    )


def _require_no_other(
    person: Coordinator,
    practice: Practice,
    span: Span,
    *,
    field: str = "practice_id",
    instead_of: Assignment | None = None,
) -> None:
    same = select(Assignment.id).where(
        Assignment.coordinator_id == person.id,
        Assignment.practice_id == practice.id,
        Assignment.superseded_at.is_(None),
        or_(Assignment.ends_on.is_(None), Assignment.ends_on >= span.from_on),
    )
    if span.to_on is not None:
        same = same.where(Assignment.starts_on <= span.to_on)
    if instead_of is not None:
        same = same.where(Assignment.id != instead_of.id)
    if db.session.scalar(same.limit(1)) is not None:
        raise Refusal("This coordinator already works with this practice on some of these days.", field=field)
