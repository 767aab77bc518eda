"""Seats in sessions, and hours behind their pace: told to the person, and ended by what is done."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.certification import Credential
from certhub.models.course_sessions import CourseSession, Enrolment
from certhub.models.parties import Coordinator
from certhub.models.training import TrainingShortfall
from certhub.queries import training_hours
from certhub.queries.training_hours import HoursFilters
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.permissions import OPERATOR
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.training_pace import LOOKED_AT_DAYS
from certhub.rules.vocabulary import ApplicationStatus, Role
from certhub.services import training_pace
from tests.factories import make_coordinator, make_user, make_vendor
from tests.integration.reminders.arranging import (
    a_credential,
    a_renewal,
    changed,
    instant,
    ledger,
    run_on,
    watch_from,
)
from tests.integration.reminders.dates import after, due, told
from tests.integration.training import arranging as training

K = ObligationKind
HELD = date(2027, 3, 10)


@pytest.fixture
def person(app: Flask) -> Coordinator:
    vendor = make_vendor()
    make_user(Role.VENDOR_HR, vendor, email="hr@example.org")
    return make_coordinator("Ana Ferreira", email="ana@example.org", vendor=vendor)


@pytest.fixture
def seat(person: Coordinator) -> Enrolment:
    session = training.session(training.course())
    training.enrol(session, person)
    late_in_the_evening = datetime(2027, 3, 11, 1, 0, tzinfo=UTC)  # eight o'clock on March 10 in Boston
    changed(session, starts_at=late_in_the_evening, ends_at=late_in_the_evening + timedelta(hours=1))
    watch_from(date(2027, 2, 1))
    return training.place(session, person)


@pytest.mark.parametrize("days_before", [7, 1])
def test_whoever_has_a_seat_is_reminded_by_the_day_in_massachusetts(seat: Enrolment, days_before: int) -> None:
    run_on(HELD - timedelta(days=days_before))
    assert due(K.TRAINING_SESSION) == [HELD]
    assert "Your training session Course CARE-1" in told("ana@example.org")
    assert "It takes place on March 10, 2027" in told("ana@example.org")
    assert told("hr@example.org") == ""


def cancelled(seat: Enrolment) -> None:
    changed(db.session.get_one(CourseSession, seat.session_id), cancelled_at=instant(HELD), cancelled_because="Snow")


def given_up(seat: Enrolment) -> None:
    changed(seat, status=EnrolmentStatus.WITHDRAWN, seat_number=None)


def put_off(seat: Enrolment) -> None:
    later = datetime(2027, 3, 18, 15, 0, tzinfo=UTC)
    session = db.session.get_one(CourseSession, seat.session_id)
    changed(session, starts_at=later, ends_at=later + timedelta(hours=1))


@pytest.mark.parametrize(
    ("act", "left", "why"),
    [
        (cancelled, [], "the session was cancelled"),
        (given_up, [], "the seat was given up"),
        (put_off, [date(2027, 3, 18)], "the session was moved to another day"),
    ],
)
def test_the_reminder_ends_with_the_seat_the_session_or_its_day(
    seat: Enrolment, act: Callable[[Enrolment], None], left: list[date], why: str
) -> None:
    run_on(date(2027, 3, 1))
    act(seat)
    assert after(date(2027, 3, 2), K.TRAINING_SESSION) == (left, [why])


def test_a_session_that_has_begun_needs_no_reminder(seat: Enrolment) -> None:
    run_on(HELD - timedelta(days=1))
    assert after(HELD + timedelta(days=1), K.TRAINING_SESSION) == ([], ["the session has begun"])


def test_a_course_at_ones_own_pace_has_no_day(person: Coordinator) -> None:
    session = training.session(training.course(delivery=Delivery.SELF_PACED))
    training.enrol(session, person)
    run_on(clock.today())
    assert due(K.TRAINING_SESSION) == []


ENDS = date(2027, 6, 30)


@pytest.fixture
def credential(person: Coordinator) -> Credential:
    watch_from(date(2026, 10, 1))
    return a_credential(person, ENDS)


def looked_at(day: date) -> int:
    filters = HoursFilters(ends_within=LOOKED_AT_DAYS)
    with transaction():
        return training_pace.note(training_hours.whole(OPERATOR, filters, as_of=day), as_of=day, at=instant(day))


def test_whoever_is_behind_hears_first_and_hr_in_the_last_three_months(credential: Credential) -> None:
    day = ENDS - timedelta(days=176)
    assert looked_at(day) == 1
    run_on(day)
    assert due(K.TRAINING_SHORTFALL) == [ENDS]
    assert "Your continuing education for the renewal, still lacking CC-09: 24 hours" in told("ana@example.org")
    assert "continuing education" not in told("hr@example.org")
    later = ENDS - timedelta(days=86)
    looked_at(later)
    run_on(later)
    assert "Ana Ferreira: continuing education for the renewal" in told("hr@example.org")


def test_hours_that_come_in_end_it(credential: Credential) -> None:
    day = ENDS - timedelta(days=100)
    looked_at(day)
    run_on(day)
    with transaction():
        training_pace.forget_unseen(instant(day) + timedelta(hours=1))
    assert after(day, K.TRAINING_SHORTFALL) == ([], ["the hours keep their pace now"])


def test_a_renewal_that_is_with_dph_asks_for_no_hours(credential: Credential) -> None:
    day = ENDS - timedelta(days=100)
    looked_at(day)
    a_renewal(credential, ApplicationStatus.SUBMITTED)
    run_on(day)
    assert all(status == "suppressed" for _, status, _ in ledger())


def test_nobody_is_noted_long_before_the_end(credential: Credential) -> None:
    assert looked_at(ENDS - timedelta(days=LOOKED_AT_DAYS + 1)) == 0
    assert db.session.scalars(select(TrainingShortfall)).all() == []
