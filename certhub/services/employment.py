"""Employment: recorded, ended and corrected; what was recorded once is superseded and never overwritten.

Each change locks the person first, as each change of an assignment does after the practice: of two that depend on each
other, such as an assignment and the end of the employment that it needs, one comes after the other.
"""

from collections.abc import Mapping
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.parties import Assignment, Coordinator, Employment, Party
from certhub.queries import coordinators, employment_corrections, independence
from certhub.rules.audit_actions import AuditAction
from certhub.rules.employment import Spell, placement_within, require_no_overlap, require_spell
from certhub.rules.independence import Conflict, Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import EmploymentKind
from certhub.services import assignments, audit, handovers
from certhub.services.audit import Actor

_FULL_TIME = 100


def record(
    person: Coordinator,
    employer: Party,
    *,
    kind: EmploymentKind,
    job_title: str,
    starts_on: date,
    ends_on: date | None = None,
    full_time_percent: int = 100,
    base_url: str,
    actor: Actor,
    at: datetime,
) -> Employment:
    """Note that a person works for an organization; refused where it overlaps or breaks independence.

    An open application that the former employer left behind goes to the new one.
    """
    locked(person, with_key=False)
    spell = _checked(
        person, employer, kind=kind, job_title=job_title, starts_on=starts_on, ends_on=ends_on,
        full_time_percent=full_time_percent, at=at,
    )  # fmt: skip
    db.session.add(spell)
    db.session.flush()
    _require_independent(person, spell.starts_on)
    audit.record(actor, AuditAction.EMPLOYMENT_RECORDED, spell, at=at, party_id=person.id, employer=employer.name)
    handovers.follow(person, base_url=base_url, actor=actor, at=at)
    return spell


def end(spell: Employment, *, last_day: date, base_url: str, actor: Actor, at: datetime) -> Employment:
    """Note the last day of work, and end the vendor's assignments of the person with it.

    The spell with its end supersedes the one before. A last day that is later than the one on file makes the employment
    longer, so the rule of independence is asked again.
    """
    _lock(spell)
    if last_day < spell.starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    ended = _superseded(
        spell, kind=spell.kind, job_title=spell.job_title or "", starts_on=spell.starts_on, ends_on=last_day, at=at
    )
    if spell.ends_on is not None and last_day > spell.ends_on:
        _require_independent(spell.coordinator, spell.starts_on, field="ends_on")
    audit.record(
        actor, AuditAction.EMPLOYMENT_ENDED, ended, at=at, party_id=ended.coordinator_id, employer=spell.employer.name
    )
    _end_assignments(spell, actor=actor, at=at)
    handovers.follow(spell.coordinator, base_url=base_url, actor=actor, at=at)
    return ended


def correct(
    spell: Employment,
    *,
    kind: EmploymentKind,
    job_title: str,
    starts_on: date,
    ends_on: date | None,
    full_time_percent: int | None = None,
    reason: str,
    base_url: str,
    actor: Actor,
    at: datetime,
) -> Employment:
    """Replace what was recorded wrongly; the old spell stays on file as it was known.

    Without `full_time_percent` the share of the week stays. Assignments that go on after an earlier last day end with
    it, as in `end`.
    """
    _lock(spell)
    if not reason:
        raise Refusal("Say what was wrong.", field="reason")
    _require_newest(spell)
    _require_fitting(spell, Span(starts_on, ends_on))
    corrected = _superseded(
        spell, kind=kind, job_title=job_title, starts_on=starts_on, ends_on=ends_on,
        full_time_percent=full_time_percent, at=at,
    )  # fmt: skip
    audit.record(
        actor, AuditAction.EMPLOYMENT_CORRECTED, corrected, at=at, party_id=spell.coordinator_id, reason=reason
    )
    if Span(starts_on, ends_on).ends_before(Span(spell.starts_on, spell.ends_on)):
        _end_assignments(spell, actor=actor, at=at)
    handovers.follow(spell.coordinator, base_url=base_url, actor=actor, at=at)
    return corrected


def require_correctable(spell: Employment, given: Spell, *, on: date) -> None:
    """Refuse what the employment cannot be, or is on record as already. Raises `Refusal`."""
    _require_newest(spell)
    recorded = Spell(spell.kind, spell.job_title or "", Span(spell.starts_on, spell.ends_on), spell.full_time_percent)
    if given == recorded:
        raise Refusal("This is what is on record already. Change something, or go back.", field="starts_on")
    span = require_spell(given.days.from_on, given.days.to_on, today=on)
    require_no_overlap(span, coordinators.days_employed(spell.coordinator_id, spell.employer_id, but=spell))
    _require_fitting(spell, span)


def correct_as_shown(
    spell: Employment, given: Spell, *, reason: str, seen: str, base_url: str, actor: User, at: datetime
) -> Employment:
    """Replace what was recorded wrongly exactly as the preview showed it. Raises `Refusal`."""
    _lock(spell)
    require_correctable(spell, given, on=clock.civil_date(at))
    if employment_corrections.plan(actor, spell, given, on=clock.civil_date(at)).fingerprint != seen:
        raise Refusal(
            "Nothing was changed yet: this is not what was last shown to you. Look at what changes, then confirm."
        )
    return correct(
        spell,
        kind=given.kind,
        job_title=given.job_title,
        full_time_percent=given.full_time_percent,
        starts_on=given.days.from_on,
        ends_on=given.days.to_on,
        reason=reason,
        base_url=base_url,
        actor=actor,
        at=at,
    )


def take_back(spell: Employment, *, base_url: str, actor: Actor, at: datetime) -> None:
    """Take back an employment that has not begun, with the vendor's assignments in it; superseded by nothing.

    An open application goes back with it.
    """
    _lock(spell)
    if spell.starts_on <= clock.civil_date(at):
        raise Refusal("This employment has begun. Record its last day instead.")
    spell.superseded_at = at
    db.session.flush()
    audit.record(
        actor,
        AuditAction.EMPLOYMENT_WITHDRAWN,
        spell,
        at=at,
        party_id=spell.coordinator_id,
        employer=spell.employer.name,
    )
    _end_assignments(spell, actor=actor, at=at)
    handovers.follow(spell.coordinator, base_url=base_url, actor=actor, at=at)


def conflicts_of(
    coordinator_id: int, from_on: date, to_on: date | None = None, *, instead: Mapping[int, Span] | None = None
) -> list[Conflict]:
    """Each breach of independence in the coordinator's assignments on the days from `from_on` to `to_on`.

    `instead` are other days of employments, by their numbers.
    """
    wanted = Span(from_on, to_on)
    found = independence.conflicts_where(Assignment.coordinator_id == coordinator_id, from_on=from_on, instead=instead)
    return [conflict for conflict in found if Span(conflict.from_on, conflict.to_on).overlap(wanted) is not None]


def _lock(spell: Employment) -> None:
    locked(spell.coordinator, with_key=False)
    locked(spell)


def _superseded(
    spell: Employment,
    *,
    kind: EmploymentKind,
    job_title: str,
    starts_on: date,
    ends_on: date | None,
    full_time_percent: int | None = None,
    at: datetime,
) -> Employment:
    _require_newest(spell)
    replacement = _checked(
        spell.coordinator,
        spell.employer,
        kind=kind,
        job_title=job_title,
        starts_on=starts_on,
        ends_on=ends_on,
        full_time_percent=spell.full_time_percent if full_time_percent is None else full_time_percent,
        at=at,
        instead_of=spell,
    )
    spell.superseded_at = at
    replacement.supersedes_id = spell.id
    db.session.add(replacement)
    db.session.flush()
    return replacement


def _checked(
    person: Coordinator,
    employer: Party,
    *,
    kind: EmploymentKind,
    job_title: str,
    starts_on: date,
    ends_on: date | None,
    full_time_percent: int,
    at: datetime,
    instead_of: Employment | None = None,
) -> Employment:
    if not 1 <= full_time_percent <= _FULL_TIME:
        raise Refusal("Type a share from 1 to 100 percent.", field="full_time_percent")
    span = require_spell(starts_on, ends_on, today=clock.civil_date(at))
    require_no_overlap(span, coordinators.days_employed(person.id, employer.id, but=instead_of))
    return Employment(
        coordinator_id=person.id,
        employer_id=employer.id,
        kind=kind,
        job_title=job_title or None,
        full_time_percent=full_time_percent,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=at,
    )


def _end_assignments(spell: Employment, *, actor: Actor, at: datetime) -> None:
    """End the vendor's assignments that began in a spell, which was replaced, with the days that it employs the person.

    One that would begin after these days is taken back.
    """
    for one in employment_corrections.shortened_by(
        spell, coordinators.days_employed(spell.coordinator_id, spell.employer_id)
    ):
        if one.left is None:
            assignments.take_back(one.assignment, actor=actor, at=at)
        elif one.left.to_on is not None:
            assignments.end(one.assignment, last_day=one.left.to_on, actor=actor, at=at)


def _require_newest(spell: Employment) -> None:
    if spell.superseded_at is not None:
        raise Refusal("Somebody else changed this employment. Open the record again and look before you change it.")


def _require_fitting(spell: Employment, span: Span) -> None:
    """Refuse other days of a spell that break independence, or begin after work in it has begun."""
    _refuse(conflicts_of(spell.coordinator_id, span.from_on, instead={spell.id: span}), "starts_on")
    if span.from_on <= spell.starts_on:
        return
    days = [*coordinators.days_employed(spell.coordinator_id, spell.employer_id, but=spell), span]
    for assignment in coordinators.assignments_in(spell):
        placed = Span(assignment.starts_on, assignment.ends_on)
        if assignment.starts_on < span.from_on and placement_within(placed, days) is None:
            raise Refusal(
                f"The work with {assignment.practice.name} began on {written(assignment.starts_on)}, before this first "
                "day. Choose an earlier day.",
                field="starts_on",
            )


def _require_independent(person: Coordinator, from_on: date, *, field: str = "employer_id") -> None:
    _refuse(conflicts_of(person.id, from_on), field)


def _refuse(conflicts: list[Conflict], field: str) -> None:
    if conflicts:
        raise Refusal(
            " ".join(conflict.sentence for conflict in conflicts)
            + " A coordinator must be independent of the practice. End the assignment or change the dates first.",
            field=field,
        )
