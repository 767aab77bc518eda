"""Training completions: entered with hours by category, and taken back with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.course_sessions import Enrolment
from certhub.models.courses import Course
from certhub.models.files import StoredFile
from certhub.models.parties import Coordinator
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import training, training_corrections
from certhub.rules.audit_actions import AuditAction
from certhub.rules.findings import counted
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import (
    course_code_of,
    marks_of,
    require_completed_on,
    require_minutes,
    require_score,
)
from certhub.rules.vocabulary import ApplicationStatus
from certhub.services import audit
from certhub.services.audit import Actor


def record(
    person: Coordinator,
    *,
    vendor_id: int | None,
    title: str,
    provider: str,
    provider_approved: bool,
    course_code: str,
    completed_on: date,
    hours: Mapping[TrainingCategory, Decimal],
    score: int | None,
    file: StoredFile | None,
    actor: Actor,
    at: datetime,
) -> list[TrainingCompletion]:
    """Enter one finished activity; each category with hours becomes a row of its own."""
    if not title:
        raise Refusal("Enter the title of the training.", field="title")
    if not provider:
        raise Refusal("Enter who gave the training.", field="provider")
    require_completed_on(completed_on, today=clock.civil_date(at))
    require_score(score)
    rows = [
        TrainingCompletion(
            coordinator_id=person.id,
            vendor_id=vendor_id,
            title=title,
            provider=provider,
            provider_approved=provider_approved,
            course_code=course_code_of(course_code),
            category=category.value,
            minutes=minutes,
            score=score,
            completed_on=completed_on,
            file_id=file.id if file else None,
            recorded_by_id=actor.id if isinstance(actor, User) else None,
            recorded_at=at,
        )
        for category, minutes in require_minutes(hours).items()
    ]
    for row in rows:
        _require_new(row)
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        audit.record(actor, AuditAction.TRAINING_RECORDED, row, at=at, party_id=person.id)
    return rows


def _require_new(given: TrainingCompletion) -> None:
    """Refuse hours that are on file already: the same training would count twice."""
    marks = marks_of(given.title, given.provider, given.course_code, given.completed_on, given.category)
    for row in training.of_day(given.coordinator_id, given.completed_on):
        same = marks & marks_of(row.title, row.provider, row.course_code, row.completed_on, row.category)
        if same:
            by_title = any(mark[0] == "title" for mark in same)
            way_out = "If this was another part, say so in the title." if by_title else "Check the course code."
            raise Refusal(
                f'This training is on file already: "{row.title}", given by {row.provider}, with '
                f"{counted(row.hours, 'hour')} for {row.category.short_label}. If that entry is wrong, take it back "
                f"first. {way_out}",
                field="title" if by_title else "course_code",
            )


def withdraw_as_shown(
    completion: TrainingCompletion, *, reason: str, seen: str, actor: User, at: datetime
) -> TrainingCompletion:
    """Take hours back exactly as the page showed what that changes. Raises `Refusal`."""
    _require_on_file(locked(completion))
    if completion.enrolment_id is not None:
        raise Refusal(
            "A session of a course gave these hours. Ask whoever gave it to correct the attendance: the hours and the "
            "certificate of completion follow."
        )
    if training_corrections.plan(actor, completion, on=clock.civil_date(at)).fingerprint != seen:
        raise Refusal(
            "Nothing was changed yet: this is not what was last shown to you. Look at what changes, then confirm."
        )
    return withdraw(completion, reason=reason, actor=actor, at=at)


def withdraw(completion: TrainingCompletion, *, reason: str, actor: Actor, at: datetime) -> TrainingCompletion:
    """Take back hours that were entered wrongly; the row and the reason stay on file."""
    if not reason:
        raise Refusal("Say why these hours are taken back.", field="reason")
    _require_on_file(completion)
    completion.superseded_at = at
    taken_back = TrainingCompletion(
        coordinator_id=completion.coordinator_id,
        vendor_id=completion.vendor_id,
        title=completion.title,
        provider=completion.provider,
        provider_approved=completion.provider_approved,
        course_code=completion.course_code,
        category=completion.category,
        minutes=completion.minutes,
        score=completion.score,
        completed_on=completion.completed_on,
        file_id=completion.file_id,
        enrolment_id=completion.enrolment_id,
        recorded_by_id=actor.id if isinstance(actor, User) else None,
        recorded_at=at,
        supersedes_id=completion.id,
        withdrawn=True,
    )
    db.session.add(taken_back)
    db.session.flush()
    audit.record(
        actor, AuditAction.TRAINING_WITHDRAWN, taken_back, at=at, party_id=completion.coordinator_id, reason=reason
    )
    return taken_back


def _require_on_file(completion: TrainingCompletion) -> None:
    if completion.superseded_at is not None or completion.withdrawn:
        raise Refusal("These hours were taken back before.")


def enter_result(
    enrolment: Enrolment,
    course: Course,
    *,
    category: str,
    minutes: int,
    completed_on: date,
    whole: bool,
    approved: bool,
    instead_of: TrainingCompletion | None,
    actor: Actor,
    at: datetime,
) -> TrainingCompletion:
    """Enter hours that a session of the catalogue gave; they supersede what was entered of it before.

    A part of a course is no course that a standard asks for, so it has no code. A reviewer's word on what is superseded
    stands for what takes its place.
    """
    if instead_of is not None:
        _require_on_file(instead_of)
        instead_of.superseded_at = at
        db.session.flush()
    person_id = enrolment.coordinator.merged_into_id or enrolment.coordinator_id
    row = TrainingCompletion(
        coordinator_id=person_id,
        vendor_id=enrolment.vendor_id,
        title=course.title if whole else f"{course.title[:190]} (in part)",
        provider=course.provider,
        provider_approved=approved,
        course_code=course.code if whole else None,
        category=category,
        minutes=minutes,
        score=enrolment.score,
        completed_on=completed_on,
        enrolment_id=enrolment.id,
        recorded_by_id=actor.id if isinstance(actor, User) else None,
        recorded_at=at,
        supersedes_id=instead_of.id if instead_of else None,
    )
    db.session.add(row)
    db.session.flush()
    action = AuditAction.TRAINING_CORRECTED if instead_of else AuditAction.TRAINING_RECORDED
    audit.record(actor, action, row, at=at, party_id=person_id)
    word = training.word_on(instead_of) if instead_of else None
    if word is not None:
        _say(row, approved=word.approved, reason=word.reason, reviewer_id=word.reviewer_id, actor=actor, at=at)
    return row


def rule_on_approval(
    completion: TrainingCompletion,
    application: Application,
    *,
    approved: bool,
    reason: str,
    actor: User,
    at: datetime,
) -> TrainingApproval:
    """Confirm or reject that a training is approved; one that is rejected no longer counts for a renewal."""
    if application.status is not ApplicationStatus.UNDER_REVIEW:
        raise Refusal("Take up the application first: training is checked while the application is under review.")
    if completion.superseded_at is not None or completion.withdrawn:
        raise Refusal("These hours were taken back. They do not count any more.")
    reason = reason.strip()
    if not approved and not reason:
        raise Refusal("Say why, so that the employer knows what to do.", field="reason")
    return _say(completion, approved=approved, reason=reason, reviewer_id=actor.id, actor=actor, at=at)


def _say(
    completion: TrainingCompletion, *, approved: bool, reason: str, reviewer_id: int, actor: Actor, at: datetime
) -> TrainingApproval:
    found = TrainingApproval(
        completion_id=completion.id, approved=approved, reason=reason, reviewer_id=reviewer_id, recorded_at=at
    )
    db.session.add(found)
    db.session.flush()
    action = AuditAction.TRAINING_APPROVAL_CONFIRMED if approved else AuditAction.TRAINING_APPROVAL_REJECTED
    audit.record(actor, action, found, at=at, party_id=completion.coordinator_id, training=completion.title)
    return found
