"""Courses of the catalogue: added, changed, no longer offered; and those that every installation starts with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from certhub import clock
from certhub.database import db
from certhub.models.courses import Course, CourseHours, CourseLanguage, CoursePrerequisite, CourseTag
from certhub.queries import courses
from certhub.rules.audit_actions import AuditAction
from certhub.rules.courses import Delivery, require_course_code, require_external, require_offered, require_tags
from certhub.rules.languages import LANGUAGES
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import require_minutes, require_score
from certhub.services import audit
from certhub.services.audit import Actor

LONGEST_COURSE = 400 * 60
"""Minutes of a course (program default): a longer one has a wrong number."""


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What a course is, as it was typed; `prerequisites` are the numbers of courses."""

    code: str
    title: str
    delivery: Delivery
    hours: Mapping[TrainingCategory, Decimal]
    offered_from: date
    program_id: int | None = None
    summary: str = ""
    accessibility: str = ""
    languages: Collection[str] = ("en",)
    tags: Collection[str] = ()
    prerequisites: Collection[int] = ()
    pass_mark: int | None = None
    partial_credit: bool = False
    valid_months: int | None = None
    external_system: str = ""
    external_affiliate: str = ""
    external_course_id: str = ""
    offered_until: date | None = None


def add(facts: CourseFacts, *, actor: Actor, at: datetime) -> Course:
    """Put a course into the catalogue. Raises `Refusal`."""
    course = Course(program_id=facts.program_id, recorded_at=at)
    _describe(course, facts)
    db.session.add(course)
    db.session.flush()
    audit.record(actor, AuditAction.COURSE_ADDED, course, at=at, party_id=course.program_id, **_told(course))
    return course


def change(course: Course, facts: CourseFacts, *, actor: Actor, at: datetime) -> None:
    """Change a course. Hours that were earned before stay as they were earned. Raises `Refusal`.

    A new title is a change of the calendar entries of all sessions that are to come or under way.
    """
    before, title = _told(course), course.title
    if Delivery.SELF_PACED in (facts.delivery, course.delivery) and facts.delivery is not course.delivery:
        if courses.has_sessions(course):
            raise Refusal(
                "Sessions of this course were planned: what people did in them is noted by how it was given. Add a "
                "second course.",
                field="delivery",
            )
    elif facts.delivery is not course.delivery and courses.has_unsettled_sessions(course):
        raise Refusal(
            "Sessions of this course are not closed yet, and attendance is noted by how it is given. Close or cancel "
            "them first, or add a second course.",
            field="delivery",
        )
    if require_course_code(facts.code) != course.code and courses.has_sessions(course):
        raise Refusal("Sessions of this course were planned under its code. Add a second course.", field="code")
    _describe(course, facts)
    db.session.flush()
    after = _told(course)
    differs = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
    audit.record(actor, AuditAction.COURSE_CHANGED, course, at=at, party_id=course.program_id, **differs)
    if course.title != title:
        _rename_what_is_to_come(course, actor=actor, at=at)


def _rename_what_is_to_come(course: Course, *, actor: Actor, at: datetime) -> None:
    """Raise the number of the calendar entries, which bear the title: programs pass over a change without (RFC 5545).

    Cancelled sessions are in calendars until their day, too.
    """
    for session in courses.unfinished_sessions(course, at=at):
        session.calendar_sequence += 1
        session.changed_at = at
        audit.record(actor, AuditAction.COURSE_SESSION_CHANGED, session, at=at, party_id=course.program_id)


def load_shipped(actor: Actor, *, at: datetime) -> None:
    """Put the core curriculum and the scope of practice into an empty catalogue."""
    if db.session.scalar(select(func.count()).select_from(Course)):
        return
    for one in courses.shipped():
        add(_shipped(one, clock.civil_date(at)), actor=actor, at=at)


def _shipped(one: Mapping[str, Any], first: date) -> CourseFacts:
    return CourseFacts(
        code=one["code"],
        title=one["title"],
        summary=one["summary"].strip(),
        delivery=Delivery(one["delivery"]),
        hours={TrainingCategory(name): Decimal(str(hours)) for name, hours in one["hours"].items()},
        tags=one["tags"],
        accessibility=one.get("accessibility", ""),
        pass_mark=one.get("pass_mark"),
        offered_from=first,
    )


def _describe(course: Course, facts: CourseFacts) -> None:
    code = require_course_code(facts.code)
    holder = courses.with_code(code)
    if holder is not None and holder is not course:
        raise Refusal(f'The code {code} belongs to the course "{holder.title}". Choose another one.', field="code")
    if not facts.title:
        raise Refusal("Enter the title of the course.", field="title")
    require_offered(facts.offered_from, facts.offered_until)
    require_external(facts.external_system, facts.external_course_id, facts.external_affiliate)
    if not facts.languages:
        raise Refusal("Check at least one language.", field="languages")
    if facts.pass_mark == 0:
        raise Refusal("Type a pass mark from 1 to 100, or leave it empty if there is no test.", field="pass_mark")
    minutes = require_minutes(facts.hours)
    if sum(minutes.values()) > LONGEST_COURSE:
        raise Refusal("A course has at most 400 contact hours in all. Make two of it.", field="code")
    course.code, course.title, course.summary = code, facts.title, facts.summary
    course.delivery, course.accessibility = facts.delivery, facts.accessibility
    course.pass_mark, course.partial_credit = require_score(facts.pass_mark, field="pass_mark"), facts.partial_credit
    course.valid_months = facts.valid_months
    course.external_system, course.external_affiliate = facts.external_system, facts.external_affiliate
    course.external_course_id = facts.external_course_id
    course.offered_from, course.offered_until = facts.offered_from, facts.offered_until
    with db.session.no_autoflush:
        _set_lists(course, facts, minutes)


def _set_lists(course: Course, facts: CourseFacts, minutes: Mapping[TrainingCategory, int]) -> None:
    """Change what differs only: a row that is taken out and put in again would be two rows with one key."""
    kept = {one.category: one for one in course.hours}
    for category, value in minutes.items():
        if category.value in kept:
            kept[category.value].minutes = value
    course.hours = [
        kept.get(category.value) or CourseHours(category=category.value, minutes=value)
        for category, value in minutes.items()
    ]
    tags = {one.tag: one for one in course.tags}
    course.tags = [tags.get(tag) or CourseTag(tag=tag) for tag in require_tags(facts.tags)]
    spoken = {one.code: one for one in course.languages}
    course.languages = [
        spoken.get(code) or CourseLanguage(code=code) for code in LANGUAGES if code in set(facts.languages)
    ]
    needed = {one.needs_id: one for one in course.prerequisites}
    course.prerequisites = [
        needed.get(number) or CoursePrerequisite(needs_id=number, needs=_other(course, number))
        for number in sorted(set(facts.prerequisites))
    ]


def _other(course: Course, number: int) -> Course:
    """A course that is needed before; refuses circles, in which nobody could ever begin."""
    needed = db.session.get(Course, number)
    if needed is None:
        raise Refusal("Choose courses of the list.", field="prerequisites")
    ahead, seen = [needed], set[int]()
    while ahead:
        one = ahead.pop()
        if one is course or one.id == course.id:
            raise Refusal(
                f"{needed.code} needs this course first, so this course cannot need {needed.code}.",
                field="prerequisites",
            )
        if one.id not in seen:
            seen.add(one.id)
            ahead += [link.needs for link in one.prerequisites]
    return needed


def _told(course: Course) -> dict[str, Any]:
    """What the columns of the course itself do not say."""
    return {
        "hours": {one.category: one.minutes for one in course.hours},
        "tags": sorted(one.tag for one in course.tags),
        "languages": sorted(one.code for one in course.languages),
        "prerequisites": sorted(one.needs.code for one in course.prerequisites),
    }
