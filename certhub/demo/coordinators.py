"""The working lives of the coordinators: hired, trained, certified, placed in practices, renewed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert, select

from certhub.database import db
from certhub.demo import casework
from certhub.demo.lifecycle import Desk
from certhub.demo.office import Office
from certhub.demo.people import Somebody, birthday_of
from certhub.demo.timeline import Story, day_of_month, moment, office_day
from certhub.models.certification import CredentialPeriod
from certhub.models.parties import Assignment, Coordinator, Practice
from certhub.models.training import TrainingCompletion
from certhub.rules.audit_actions import AuditAction
from certhub.rules.licences import LICENCE_KINDS
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import Discipline, EmploymentKind
from certhub.services import assignments, audit, employment, licences, parties
from certhub.services.parties import Particulars

Activity = tuple[str, str, str, TrainingCategory, float]
"""Title, provider, course code, category, contact hours."""

_C = TrainingCategory
_INSTITUTE = "New England Care Coordination Institute"
_FAMILY = "Family Leadership Training Program"
_PIONEER = "Pioneer Care Coordination Certificate"

CORE: tuple[Activity, ...] = (
    *(
        (f"Pediatric Care Coordination Curriculum, module {n}", _INSTITUTE, f"PCCC-M{n}", _C.CORE, 5)
        for n in range(1, 6)
    ),
    ("MassHealth and CommonHealth for children", _PIONEER, "", _C.SYSTEMS, 6),
    ("School meetings, IEP and 504 plans", _FAMILY, "", _C.SYSTEMS, 4),
    ("Scope of practice for care coordinators", _INSTITUTE, "", _C.ETHICS_SCOPE, 3),
    ("Working with interpreters", _INSTITUTE, "", _C.CULTURAL, 3),
    ("Families as partners", _FAMILY, "", _C.FAMILY_PARTNERSHIP, 3),
)  # fmt: skip
"""Core training before the first application: 44 hours."""

YEARLY: tuple[tuple[Activity, ...], ...] = (
    (
        ("Benefits for children with disabilities: an update", _PIONEER, "", _C.SYSTEMS, 4),
        ("Boundaries and confidentiality", _INSTITUTE, "", _C.ETHICS_SCOPE, 1),
        ("Shared plans of care in practice", _INSTITUTE, "", _C.CORE, 3),
    ),
    (
        ("Cultural humility in home visits", _FAMILY, "", _C.CULTURAL, 3),
        ("Listening to siblings and fathers", _FAMILY, "", _C.FAMILY_PARTNERSHIP, 2),
        ("Moving from pediatric to adult care", _INSTITUTE, "", _C.CORE, 3.5),
    ),
    (
        ("Consent and records: cases for discussion", _INSTITUTE, "", _C.ETHICS_SCOPE, 1),
        ("Annual conference on children with special health care needs", _INSTITUTE, "", _C.GENERAL, 4),
        ("Housing, food and transport help", _PIONEER, "", _C.SYSTEMS, 2.5),
    ),
)
"""Continuing education in three parts of a term: 24 hours, 2 on ethics, 3 cultural, 2 on family partnership."""

PARTS_AFTER_DAYS = (200, 380, 560)
"""On which day of a term each part of the continuing education is finished."""

_LICENCE_OF = {
    Discipline.NURSE: ("RN", "RN"),
    Discipline.SOCIAL_WORKER: ("LICSW", "LCSW"),
    Discipline.EDUCATOR: ("EDUCATOR", "EDUCATOR"),
    Discipline.THERAPIST: ("OT", "SLP"),
}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A coordinator before there is a record, with the vendor that hires them."""

    somebody: Somebody
    vendor: str
    number: int
    """Their place among the ordinary coordinators: spreads dates and practices."""


def hired(office: Office, newcomer: Newcomer, *, on: date) -> Story[Coordinator]:
    """The record and the employment; core training follows within the first weeks."""
    at = moment(on, 5)
    yield at
    somebody, vendor, hr = newcomer.somebody, office.vendors[newcomer.vendor], office.hr[newcomer.vendor]
    birthday = birthday_of(somebody)
    person = parties.register_coordinator(
        Particulars(
            name=somebody.name, certificate_name=somebody.certificate_name, email=somebody.email,
            phone=somebody.phone, preferred_language=somebody.preferred_language, languages=somebody.languages,
            municipality_id=vendor.municipality_id,
        ),
        discipline=somebody.discipline, birthday=(birthday.month, birthday.day), actor=hr, at=at,
    )  # fmt: skip
    contractor = newcomer.number % 11 == 7  # noqa: PLR2004  (one in eleven works on contract)
    employment.record(
        person, vendor, kind=EmploymentKind.CONTRACTOR if contractor else EmploymentKind.EMPLOYEE,
        job_title="Care coordinator", starts_on=on, base_url=office.press.base_url, actor=hr, at=at,
    )  # fmt: skip
    office.coordinators[somebody.name] = person
    return person


def learned(
    office: Office, newcomer: Newcomer, activities: Sequence[Activity], *, on: date, every: int = 1
) -> Story[None]:
    """Finished activities, the last of them on `on`, entered together by HR."""
    at = moment(on, 200)
    yield at
    person, hr = office.coordinators[newcomer.somebody.name], office.hr[newcomer.vendor]
    rows = [
        {
            "coordinator_id": person.id, "vendor_id": hr.party_id, "title": title, "provider": provider,
            "provider_approved": True, "course_code": code or None, "category": category.value,
            "minutes": int(hours * 60), "completed_on": on - timedelta(days=every * (len(activities) - 1 - turn)),
            "recorded_by_id": hr.id, "recorded_at": at, "withdrawn": False,
        }
        for turn, (title, provider, code, category, hours) in enumerate(activities)
    ]  # fmt: skip
    db.session.execute(insert(TrainingCompletion), rows)
    hours = sum(activity[-1] for activity in activities)
    audit.record_plain(
        hr, AuditAction.TRAINING_RECORDED, "training_completion", None, at=at, party_id=person.id,
        told={"activities": len(rows), "hours": hours, "last": on},
    )  # fmt: skip


def prepared(office: Office, newcomer: Newcomer, *, on: date) -> Story[tuple[Coordinator, Desk]]:
    """Hired and through core training, so that an application can be begun on `on`."""
    person = yield from hired(office, newcomer, on=on - timedelta(days=70 + newcomer.number % 5 * 12))
    yield from learned(office, newcomer, CORE, on=on - timedelta(days=6), every=5)
    return person, office.desk(office.hr[newcomer.vendor])


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is to work with a practice from a day on, while the credential lasts."""

    newcomer: Newcomer
    turn: int
    from_on: date
    until: date


def placement_ended(office: Office, newcomer: Newcomer, assignment: Assignment, *, on: date) -> Story[None]:
    """The last day of an assignment."""
    at = moment(on, 25)
    yield at
    assignments.end(assignment, last_day=on, actor=office.hr[newcomer.vendor], at=at)


def assignments_of(person: Coordinator) -> list[Assignment]:
    """The assignments that go on."""
    return list(
        db.session.scalars(
            select(Assignment)
            .where(
                Assignment.coordinator_id == person.id,
                Assignment.superseded_at.is_(None),
                Assignment.ends_on.is_(None),
            )
            .order_by(Assignment.id)
        )
    )


def practice_for(office: Office, newcomer: Newcomer, turn: int = 0) -> Practice:
    """A practice in the vendor's region, or anywhere for a statewide vendor; each has its turn."""
    places = near(office, newcomer)
    return places[(newcomer.number * 3 + turn) % len(places)]


def near(office: Office, newcomer: Newcomer) -> list[Practice]:
    """The practices that a vendor's people work with: in its region, or anywhere for a statewide vendor."""
    region = office.vendors[newcomer.vendor].region
    statewide = newcomer.vendor in ("commonwealth", "baystate")
    return [practice for practice in office.practices.values() if statewide or practice.region is region]


def granted_in(office: Office, newcomer: Newcomer, months: int) -> date:
    """The day to apply on for a decision in the month `months` from the present one."""
    target = day_of_month(office.today, months, 6 + newcomer.number * 5 % 12)
    return office_day(target - timedelta(days=casework.REVIEW_DAYS))


def first_term(office: Office, newcomer: Newcomer, ends_in: int) -> Story[CredentialPeriod]:
    """Certified for the first time; the term ends with the month `ends_in` from the present one."""
    on = granted_in(office, newcomer, ends_in - 24)
    person, desk = yield from prepared(office, newcomer, on=on)
    period = yield from casework.certified(person, desk, on=on)
    for turn in range(1 + newcomer.number % 3 // 2):
        office.waiting.append(
            Waiting(newcomer, turn, period.starts_on + timedelta(days=9 + turn * 30), period.expires_on)
        )
    return period


def educated(
    office: Office, newcomer: Newcomer, period: CredentialPeriod, parts: Sequence[Sequence[Activity]] = YEARLY
) -> Story[None]:
    """Continuing education over a term, as far as it has come."""
    for days, part in zip(PARTS_AFTER_DAYS, parts, strict=False):
        yield from learned(
            office, newcomer, part, on=period.starts_on + timedelta(days=days + newcomer.number % 9), every=11
        )


def certified_once(office: Office, newcomer: Newcomer, ends_in: int) -> Story[None]:
    """In the first term, with the hours of continuing education that belong to the time so far."""
    period = yield from first_term(office, newcomer, ends_in)
    yield from educated(office, newcomer, period)


def renewed(office: Office, newcomer: Newcomer, ends_in: int, *, early: int = 55) -> Story[None]:
    """In the second term, which ends with the month `ends_in` from the present one."""
    first = yield from first_term(office, newcomer, ends_in - 24)
    yield from educated(office, newcomer, first)
    person, desk = office.coordinators[newcomer.somebody.name], office.desk(office.hr[newcomer.vendor])
    second = yield from casework.certified(
        person, desk, on=office_day(first.expires_on - timedelta(days=early)), papers=casework.PERFECT
    )
    yield from educated(office, newcomer, second)


def licensed(office: Office, newcomer: Newcomer, *, expires_on: date | None = None) -> Story[None]:
    """A licence from another board, entered and checked at its source within the last year."""
    somebody = newcomer.somebody
    kinds = _LICENCE_OF.get(somebody.discipline)
    if kinds is None:
        return
    at = moment(office.today - timedelta(days=9 + somebody.number * 2), 50)
    yield at
    while somebody.name not in office.coordinators:
        at += timedelta(days=5)
        yield at
    kind = kinds[somebody.number % 2]
    licences.record(
        office.coordinators[somebody.name], kind=kind, number=f"{kind[:2]}{230_000 + somebody.number * 379}",
        issued_by=LICENCE_KINDS[kind][1], status="current", expires_on=expires_on or _licence_end(office, somebody),
        verified_on=at.date(), actor=office.hr[newcomer.vendor], at=at,
    )  # fmt: skip


def _licence_end(office: Office, somebody: Somebody) -> date:
    """The next birthday that ends the licence: in an even year for nurses, in two years at most for the others."""
    birthday = birthday_of(somebody)
    year = office.today.year + somebody.number % 2
    if somebody.discipline is Discipline.NURSE:
        year = office.today.year + office.today.year % 2
    end = birthday.replace(year=year)
    return end if end >= office.today else birthday.replace(year=year + 2)


def ordinary(office: Office, newcomer: Newcomer, vendor_ends_in: int) -> Story[None]:
    """One of the many: three in four in the first term, one in four renewed already.

    A renewed coordinator's first term cannot begin before the vendor's, so the later terms go to them.
    """
    turn = newcomer.number
    if turn % 4 == 0 and vendor_ends_in <= 18:  # noqa: PLR2004  (vendors whose first term began early enough)
        return renewed(office, newcomer, max(vendor_ends_in + 2, 4 + turn * 2 % 20))
    return certified_once(office, newcomer, (0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22)[turn % 18])
