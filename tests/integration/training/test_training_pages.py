"""The pages of training: what each reader sees and may do, and forms that keep what was typed."""

from datetime import timedelta
from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.course_sessions import CourseSession, SessionEvaluation
from certhub.models.courses import Course
from certhub.models.training import TrainingCompletion
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.evaluation_form import STATEMENTS
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import Role
from certhub.services import enrolments
from tests.factories import (
    ARRANGING,
    make_coordinator,
    make_program,
    make_user,
    make_vendor,
    saved,
    sign_in,
)
from tests.integration.parties.browsing import administrator, checked, fetched, send, vendor_hr
from tests.integration.training.arranging import CORE, course, enrol, moved, people, place, places, session
from tests.integration.training.test_results import after, hours
from tests.integration.training.test_sheets import on_page

SESSION_FORM = {
    "day_1": "2027-03-10", "from_1": "9:00 AM", "to_1": "3:00 PM", "seats": "8", "trainers": "Dana Reyes",
    "language": "en", "enrol_until": "2027-03-09", "withdraw_until": "2027-03-01",
}  # fmt: skip


def sessions() -> list[CourseSession]:
    return list(db.session.scalars(select(CourseSession).order_by(CourseSession.id)))


def test_hr_enrols_many_at_once_and_reads_what_became_of_each(client: FlaskClient) -> None:
    vendor = make_vendor()
    hr = vendor_hr(client, vendor)
    first, second, third = people(vendor, 3)
    stranger = make_coordinator("Stranger", vendor=make_vendor())
    room = session(course(), seats=2)
    enrol(room, first)
    address = f"/training/sessions/{room.id}/enrol"

    page = fetched(client, address)
    assert "Is enrolled already." in page
    assert "Stranger" not in page
    answer = send(client, address, people=[str(second.id), str(third.id), str(stranger.id)])

    text = checked(answer)
    assert "On the waiting list" in text
    assert "Stranger" not in text
    assert "1 person whom you picked is no longer on your roster and got no place." in text
    assert "2 people have a place now, 1 not." in text
    assert places(room) == {
        "Person 00": EnrolmentStatus.ENROLLED, "Person 01": EnrolmentStatus.ENROLLED,
        "Person 02": EnrolmentStatus.WAITLISTED,
    }  # fmt: skip
    assert place(room, second).requested_by_id == hr.id


def test_an_empty_pick_is_refused_and_nothing_is_saved(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    people(vendor, 1)
    room = session(course())

    answer = send(client, f"/training/sessions/{room.id}/enrol")

    assert answer.status_code == 422
    assert "Pick at least one person." in checked(answer)
    assert places(room) == {}


def test_a_meeting_in_the_hour_that_the_clocks_skip_is_refused_beside_its_time(client: FlaskClient) -> None:
    administrator(client)
    of = course()
    address = f"/training/courses/{of.id}/sessions/new"

    answer = send(client, address, **{**SESSION_FORM, "day_1": "2027-03-14", "from_1": "2:30 AM", "to_1": "4:00 AM"})

    text = checked(answer)
    assert answer.status_code == 422
    assert "There is no 2:30\u00a0AM on March 14, 2027" in text
    assert 'href="#from_1"' in text
    assert 'value="Dana Reyes"' in text
    assert sessions() == []


def test_more_rows_keep_what_was_typed_and_save_nothing(client: FlaskClient) -> None:
    administrator(client)
    address = f"/training/courses/{course().id}/sessions/new"

    text = checked(send(client, address, **SESSION_FORM, day_2="", day_3="", day_4="", more_rows="1"))

    assert 'name="day_8"' in text
    assert 'name="day_9"' not in text
    assert 'value="Dana Reyes"' in text
    assert sessions() == []
    send(client, address, **SESSION_FORM)
    assert [one.seats for one in sessions()] == [8]


def test_a_program_runs_its_own_sessions_and_finds_no_others(client: FlaskClient) -> None:
    program, other = make_program(), make_program()
    sign_in(client, make_user(Role.TRAINING_PROVIDER, program))
    own, foreign = session(course(program)), session(course(other, code="OTHER"), days=31)
    person = people(make_vendor(), 1)[0]
    enrol(own, person)
    enrol(foreign, person)

    assert person.name in fetched(client, f"/training/sessions/{own.id}/participants")
    assert person.name not in fetched(client, f"/training/sessions/{foreign.id}/participants")
    for path in ("edit", "cancel", "attendance", "sign-in-sheet", "evaluations"):
        assert client.get(f"/training/sessions/{foreign.id}/{path}").status_code == 404
        assert client.get(f"/training/sessions/{own.id}/{path}").status_code == 200
    assert client.get(f"/training/courses/{foreign.course_id}/edit").status_code == 404
    assert client.get(f"/training/enrolments/{place(foreign, person).id}/withdraw").status_code == 404


def test_the_sheet_is_saved_by_box_or_minutes_and_closing_enters_the_hours_once(client: FlaskClient) -> None:
    program = make_program()
    trainer = make_user(Role.TRAINING_PROVIDER, program)
    came, part = people(make_vendor(), 2)
    room = session(course(program, partial_credit=True))
    enrol(room, came, part)
    meeting = room.meetings[0].id
    numbers = {one: place(room, one).id for one in (came, part)}
    sheet = {
        **{f"on_page_{number}": "1" for number in numbers.values()},
        f"there_{numbers[came]}_{meeting}": "1", f"minutes_{numbers[part]}_{meeting}": "180",
    }  # fmt: skip
    with after(room):
        sign_in(client, trainer)
        address = f"/training/sessions/{room.id}/attendance"
        wrong = send(client, address, **{**sheet, f"minutes_{numbers[part]}_{meeting}": "3 hours"})
        assert "is no whole number" in checked(wrong)
        send(client, address, **sheet)
        assert "Would earn" in fetched(client, address)
        assert hours(came) == {}
        fresh = on_page(client, room)
        send(client, address, **{**sheet, **fresh}, close="1")
        assert hours(came) == {"core": 360}
        assert hours(part) == {"core": 180}
        send(client, address, **{**sheet, **fresh}, close="1")

    assert db.session.scalar(select(func.count()).select_from(TrainingCompletion)) == 2


def test_a_coordinator_enrols_where_the_employer_allows_it_and_gives_the_place_up_again(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = people(vendor, 1)[0]
    sign_in(client, make_user(Role.COORDINATOR, person))
    room = session(course())
    address = f"/training/sessions/{room.id}"
    assert "Your employer enrols its people" in fetched(client, address)
    send(client, f"{address}/enrol-myself", page=address)
    assert places(room) == {}

    with transaction():
        enrolments.allow_self_enrolment(vendor, allowed=True, actor=ARRANGING, at=clock.now())
    assert "Enrol me" in fetched(client, address)
    send(client, f"{address}/enrol-myself", page=address)
    assert places(room) == {person.name: EnrolmentStatus.ENROLLED}
    assert "seat 1" in fetched(client, address)
    send(client, f"/training/enrolments/{place(room, person).id}/withdraw", reason="Ill")
    assert places(room) == {person.name: EnrolmentStatus.WITHDRAWN}


def test_what_somebody_needs_is_read_by_the_trainer_and_not_by_the_next_employer(client: FlaskClient) -> None:
    program, vendor, following = make_program(), make_vendor(), make_vendor()
    person = people(vendor, 1)[0]
    room = session(course(program))
    enrol(room, person, vendor=vendor)
    sign_in(client, make_user(Role.VENDOR_HR, vendor))
    needs = f"/training/enrolments/{place(room, person).id}/needs"
    send(client, needs, interpreter="es", accommodation="A seat near the door")
    participants = f"/training/sessions/{room.id}/participants"
    assert "A seat near the door" in fetched(client, participants)

    moved(person, to=following.id)
    assert client.get(needs).status_code == 404
    sign_in(client, make_user(Role.VENDOR_HR, following))
    page = fetched(client, participants)
    assert person.name in page
    assert "door" not in page
    assert client.get(needs).status_code == 404
    sign_in(client, make_user(Role.AUDITOR))
    assert "door" not in fetched(client, participants)
    sign_in(client, make_user(Role.TRAINING_PROVIDER, program))
    assert "Interpreter: Spanish. A seat near the door" in " ".join(
        fetched(client, participants).replace("<bdi>", "").replace("</bdi>", "").split()
    )


def test_the_link_to_join_is_shown_to_those_who_have_a_seat(client: FlaskClient) -> None:
    vendor = make_vendor()
    seated, waits = people(vendor, 2)
    room = session(course(), seats=1, link="https://meet.example.org/abc")
    enrol(room, seated, waits)
    for person, shown in ((seated, True), (waits, False)):
        sign_in(client, make_user(Role.COORDINATOR, person))
        assert ("https://meet.example.org/abc" in fetched(client, f"/training/sessions/{room.id}")) is shown


def test_a_course_keeps_its_code_to_itself_and_its_hours_in_quarters(client: FlaskClient) -> None:
    administrator(client)
    course(code="TAKEN")
    form = {
        "code": "taken", "title": "Other", "delivery": "in_person", "languages": "en", "offered_from": "2026-01-01",
        "hours_core": "1.5",
    }  # fmt: skip
    answer = send(client, "/training/courses/new", **form)
    assert "belongs to the course" in checked(answer)
    assert "in quarters" in checked(
        send(client, "/training/courses/new", **{**form, "code": "NEW", "hours_core": "1.1"})
    )
    made = send(client, "/training/courses/new", **{**form, "code": "new-1"})
    assert made.status_code == 302
    assert db.session.scalars(select(Course).where(Course.code == "NEW-1")).one().minutes == {"core": 90}


def test_courses_that_need_each_other_are_refused(client: FlaskClient) -> None:
    administrator(client)
    first = course(code="FIRST")
    second = course(code="SECOND", prerequisites=[first.id])
    answer = send(
        client, f"/training/courses/{first.id}/edit", code="FIRST", title="First", delivery="in_person",
        languages="en", offered_from="2020-01-01", hours_core="6", prerequisites=str(second.id),
    )  # fmt: skip
    assert "SECOND needs this course first" in checked(answer)


def test_the_catalogue_is_narrowed_and_starts_with_the_core_curriculum(client: FlaskClient) -> None:
    administrator(client)
    course(code="ZZ-OLD", offered_until=clock.today() - timedelta(days=1))
    page = fetched(client, "/training")
    assert [code for code in ("MA-SYSTEMS", "PCCC-M1", "PCCC-M5", "SCOPE") if code not in page] == []
    assert "ZZ-OLD" not in page
    assert "ZZ-OLD" in fetched(client, "/training?past=on")
    ethics = fetched(client, "/training?category=ethics_scope")
    assert "SCOPE" in ethics
    assert "PCCC-M1" not in ethics
    assert "No course fits" in fetched(client, "/training?q=100%25")


def test_the_number_in_line_is_told_to_who_waits(client: FlaskClient) -> None:
    vendor = make_vendor()
    crowd = people(vendor, 3)
    room = session(course(), seats=1)
    enrol(room, *crowd)
    for person, line in ((crowd[1], "number 1 in line"), (crowd[2], "number 2 in line"), (crowd[0], "seat 1.")):
        sign_in(client, make_user(Role.COORDINATOR, person))
        assert line in " ".join(fetched(client, f"/training/sessions/{room.id}").split())


def test_who_needs_a_session_is_proposed_with_what_it_adds_and_can_be_picked(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    person = people(vendor, 1)[0]
    make_coordinator("Elsewhere", vendor=make_vendor())
    room = session(course(hours={CORE: Decimal(6)}))
    address = f"/training/sessions/{room.id}/enrol?need=1"

    page = fetched(client, address)
    assert "6 of 40 hours to go for CC-02" in page
    assert "Elsewhere" not in page
    assert "On the waiting list" not in checked(send(client, address, people=str(person.id)))
    assert places(room) == {person.name: EnrolmentStatus.ENROLLED}
    assert "Is enrolled already." in fetched(client, address)
    everybody = f"/training/sessions/{room.id}/enrol"
    lacking = fetched(client, f"{everybody}?lacks=anything")
    assert person.name in lacking
    assert "CC-02: 40 hours, of them 2 on ethics" in lacking
    assert "Elsewhere" not in lacking
    assert "Nobody lacks this." in fetched(client, f"{everybody}?lacks={TrainingCategory.CULTURAL.value}")
    useless = session(course(code="OTHER", hours={TrainingCategory.GENERAL: Decimal(6)}), days=40)
    assert "helps nobody before" in fetched(client, f"/training/sessions/{useless.id}/enrol?need=1")


def test_the_trainer_sees_what_people_thought_drawn_and_in_numbers_from_the_third_form_on(client: FlaskClient) -> None:
    administrator(client)
    room = session(course())
    address = f"/training/sessions/{room.id}/evaluations"
    for number in range(3):
        assert "too few forms" in fetched(client, address)
        saved(
            SessionEvaluation(
                id=str(number), session_id=room.id, answers=dict.fromkeys(STATEMENTS, 4), comment=f"Word {number}"
            )
        )
    page = fetched(client, address)
    assert "<svg" in page
    assert "Would recommend it: 3" in page
    assert "Word 2" in page
