"""What a consent to a change of employer does to employments and assignments, and how it is undone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from certhub.database import db, locked
from certhub.models.contracts import Contract
from certhub.models.employer_changes import EmployerChange, EmployerChangeEffect
from certhub.models.parties import Assignment, Coordinator, Employment, Practice, VendorOrganization
from certhub.queries import contract_work, coordinators, employer_changes
from certhub.rules.assignment import Load
from certhub.rules.employer_change import last_day_before
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.services import assignments, employment
from certhub.services.assignments import Wanted
from certhub.services.audit import Actor

_CHANGED_SINCE = (
    "Somebody changed these records after the consent, so the change is not taken back by itself. "
    "Ask DPH to correct them."
)


@dataclass(slots=True)
class Done:
    """What came of a consent."""

    not_kept: dict[str, str] = field(default_factory=dict)
    """The practices where the work could not go on for the new employer, each with the reason."""


def carry_out(
    change: EmployerChange,
    person: Coordinator,
    ending: Collection[int],
    *,
    base_url: str,
    actor: Actor,
    at: datetime,
) -> Done:
    """End the chosen employments on the eve of the first day, record the new one, and move what goes on.

    Raises `Refusal` where an employment is not one of the person's present ones, or where the new one cannot be.
    """
    present = {one.id for one in employer_changes.present(change)}
    if not set(ending) <= present:
        raise Refusal("Your employments have changed meanwhile. Look at them again and choose.", field="ending")
    ended: list[Assignment] = []
    for number in sorted(ending):
        spell = locked(db.session.get_one(Employment, number))
        ended += _end(change, spell, base_url=base_url, actor=actor, at=at)
    joined = employment.record(
        person, change.vendor, kind=change.kind, job_title=change.job_title or "", starts_on=change.starts_on,
        base_url=base_url, actor=actor, at=at,
    )  # fmt: skip
    _note(change, change.vendor_id, employment_after_id=joined.id)
    return _moved(change, person, ended, actor=actor, at=at)


def undo(change: EmployerChange, *, base_url: str, actor: Actor, at: datetime) -> None:
    """Take the new employment back and restore the old ones with their work, by superseding.

    Raises `Refusal` where one of them was changed since.
    """
    effects = employer_changes.effects(change)
    for one in effects:
        if one.employment_after is not None and one.employment_before is None:
            employment.take_back(_unchanged(one.employment_after), base_url=base_url, actor=actor, at=at)
    for one in effects:
        before, after = one.employment_before, one.employment_after
        if before is not None and after is not None:
            employment.correct(
                _unchanged(after), kind=before.kind, job_title=before.job_title or "",
                full_time_percent=before.full_time_percent, starts_on=before.starts_on,
                ends_on=before.ends_on, reason="The change of employer was taken back.", base_url=base_url,
                actor=actor, at=at,
            )  # fmt: skip
    for one in effects:
        if one.assignment_before is not None:
            assignments.restore(one.assignment_before, instead_of=one.assignment_after, actor=actor, at=at)


def _end(change: EmployerChange, spell: Employment, *, base_url: str, actor: Actor, at: datetime) -> list[Assignment]:
    """End one employment; its assignments, as they were before, that ended with it."""
    placed = coordinators.assignments_in(spell)
    last_day = last_day_before(change.starts_on)
    after = employment.end(spell, last_day=last_day, base_url=base_url, actor=actor, at=at)
    _note(change, spell.employer_id, employment_before_id=spell.id, employment_after_id=after.id)
    touched = [one for one in placed if one.superseded_at is not None]
    replaced = {
        row.supersedes_id: row.id
        for row in db.session.execute(
            select(Assignment.supersedes_id, Assignment.id).where(
                Assignment.supersedes_id.in_([one.id for one in touched])
            )
        )
    }
    for one in touched:
        _note(change, spell.employer_id, assignment_before_id=one.id, assignment_after_id=replaced.get(one.id))
    return touched


def _moved(
    change: EmployerChange, person: Coordinator, ended: Collection[Assignment], *, actor: Actor, at: datetime
) -> Done:
    """Go on for the new employer in the practices that it named, as far as the rules allow."""
    done, named = Done(), {one.practice_id for one in change.practices}
    for before in ended:  # all of them: a person can go on with a practice in two stretches, or under two contracts
        if before.practice_id not in named:
            continue
        practice = db.session.get_one(Practice, before.practice_id)
        try:
            days = Span(max(change.starts_on, before.starts_on), before.ends_on)
            moved, _ = assignments.record(
                Wanted(
                    person, practice, _contract_of(change.vendor, days), Load(before.places, before.share_percent), days
                ),
                actor=actor, at=at,
            )  # fmt: skip
        except Refusal as refusal:  # the rules speak before anything is written
            told = done.not_kept.get(practice.name)
            done.not_kept[practice.name] = f"{told} {refusal.message}" if told else refusal.message
        else:
            _note(change, change.vendor_id, assignment_after_id=moved.id)
    return done


def _contract_of(vendor: VendorOrganization, days: Span) -> Contract:
    """The contract of the new employer that the work goes on under: of several the one that lasts longest."""
    found = contract_work.of_vendor_on(vendor.id, days)
    if not found:
        raise Refusal(f"{vendor.name} has no contract with DPH in force on {written(days.from_on)}.")
    return found[0]


def _note(
    change: EmployerChange,
    employer_id: int,
    *,
    employment_before_id: int | None = None,
    employment_after_id: int | None = None,
    assignment_before_id: int | None = None,
    assignment_after_id: int | None = None,
) -> None:
    db.session.add(
        EmployerChangeEffect(
            change_id=change.id,
            employer_id=employer_id,
            employment_before_id=employment_before_id,
            employment_after_id=employment_after_id,
            assignment_before_id=assignment_before_id,
            assignment_after_id=assignment_after_id,
        )
    )
    db.session.flush()


def _unchanged(spell: Employment) -> Employment:
    if locked(spell).superseded_at is not None:
        raise Refusal(_CHANGED_SINCE)
    return spell
