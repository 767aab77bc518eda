"""The sheet of who was there: two people at once, what was typed, terms that stay, and courses at one's own pace."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.course_sessions import CompletionCertificate, CourseSession
from certhub.models.courses import Course
from certhub.models.messages import Message
from certhub.models.parties import Coordinator
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import completion_certificates
from certhub.rules import local_times
from certhub.rules.course_meetings import Meeting
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import EnrolmentStatus
from certhub.rules.refusal import Refusal
from certhub.rules.terms import add_months, written, written_at
from certhub.rules.vocabulary import Role
from certhub.services import course_sessions, courses, session_results
from certhub.services.courses import CourseFacts
from certhub.services.session_results import Marked
from tests.factories import ARRANGING, make_coordinator, make_user, make_vendor, saved, sign_in
from tests.integration.parties.browsing import administrator, checked, fetched, send
from tests.integration.training.arranging import (
    CORE,
    FIRST,
    URL,
    course,
    enrol,
    people,
    place,
    places,
    session,
    withdraw,
)
from tests.integration.training.test_results import after, close, hours, sheet, there


def on_page(client: FlaskClient, room: CourseSession) -> dict[str, str]:
    """The hidden fields of a sheet as it stands on a page that somebody has open."""
    page = client.get(f"/training/sessions/{room.id}/attendance").get_data(as_text=True)
    return dict(re.findall(r'name="((?:on_page|seen)_[0-9_a-z]+)" value="(\d*)"', page))


def redirected(client: FlaskClient, room: CourseSession, **data: Any) -> str:
    """The page after a sheet was saved."""
    answer = send(client, f"/training/sessions/{room.id}/attendance", **data)
    assert answer.status_code == 302
    return fetched(client, answer.location)


def with_seat(*, number: int = 1, of: Course | None = None, **values: Any) -> tuple[CourseSession, list[Coordinator]]:
    crowd = people(make_vendor(), number)
    room = session(of or course(), **values)
    enrol(room, *crowd)
    return room, crowd


def test_the_sign_in_sheet_has_a_column_to_sign_for_each_meeting_the_names_in_order_and_rows_to_spare(
    client: FlaskClient,
) -> None:
    vendor = make_vendor("Bridge Family Partners")
    names = ["Zoe Waits", "Emma Reyes", "Ángela Ruiz", "bruno Costa"]
    crowd = [make_coordinator(name, vendor=vendor) for name in names]
    room = session(course(), meetings=2, seats=3)
    enrol(room, *crowd, vendor=vendor)
    administrator(client)

    page = fetched(client, f"/training/sessions/{room.id}/sign-in-sheet")

    [head, *body] = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", page.partition('<table class="sheet">')[2])
    ]
    days = [written_at(one.starts_at) for one in room.meetings]
    assert head == ["No.", "Name", "Employer", *(f"Signature, {day}" for day in days)]
    assert len(set(days)) == 2
    assert body == [
        *(
            [str(number), name, vendor.name, "", ""]
            for number, name in enumerate(["Ángela Ruiz", "bruno Costa", "Emma Reyes"], 1)
        ),
        *([str(number), "", "", "", ""] for number in range(4, 8)),
    ]


def test_a_check_in_after_the_sheet_was_opened_stays_when_it_is_saved(client: FlaskClient) -> None:
    room, (late, other) = with_seat(number=2)
    with time_machine.travel(room.starts_at + timedelta(minutes=5), tick=False):
        administrator(client)
        stale = on_page(client, room)
        assert len(stale) == 4
        with transaction():
            session_results.check_in(place(room, late), code=room.meetings[0].code, actor=ARRANGING, at=clock.now())

        page = redirected(client, room, **stale, **{f"minutes_{place(room, other).id}_{room.meetings[0].id}": "90"})

    assert "1 entry had changed since you opened the page" in page
    noted = session_results.on_file(room, {place(room, one).id: None for one in (late, other)})
    assert [list(one.minutes.values()) for one in noted.values()] == [[360], [90]]


def test_what_was_typed_comes_back_beside_what_is_wrong_with_the_name(client: FlaskClient) -> None:
    room, (first, second) = with_seat(number=2, of=course(pass_mark=80))
    meeting = room.meetings[0].id
    one, two = place(room, first).id, place(room, second).id
    with after(room):
        administrator(client)
        typed = {
            **on_page(client, room), f"there_{one}_{meeting}": "1", f"minutes_{one}_{meeting}": "90",
            f"minutes_{two}_{meeting}": "3 hours", f"score_{two}": "85",
        }  # fmt: skip
        answer = send(client, f"/training/sessions/{room.id}/attendance", **typed)
        assert answer.status_code == 422
        page = checked(answer)
        assert f"{first.name}: You checked the box and typed minutes. Keep one of the two." in page
        assert f'{second.name}: "3 hours" is no whole number.' in page
        assert f'href="#minutes_{two}_{meeting}"' in page
        for kept in ('value="3 hours"', 'value="90"', 'value="85"'):
            assert kept in page
        assert re.search(rf'name="there_{one}_{meeting}" value="1" checked', page)
        too_high = send(
            client, f"/training/sessions/{room.id}/attendance", **on_page(client, room), **{f"score_{two}": "101"}
        )
        assert f"{second.name}: Type the score" in checked(too_high)
    assert hours(first) == {}


def test_a_stale_sheet_keeps_newer_scores_and_closes_nothing(client: FlaskClient) -> None:
    room, (person,) = with_seat(of=course(pass_mark=80))
    number, meeting = place(room, person).id, room.meetings[0].id
    address = f"/training/sessions/{room.id}/attendance"
    with after(room):
        administrator(client)
        stale = on_page(client, room)
        sheet(room, {number: there(room, 360, score=95)})
        page = redirected(client, room, **stale, close="1")
        assert "no hours are entered yet" in page
        assert "2 entries had changed" in page  # the attendance and the score
        assert 'value="95"' in page
        assert hours(person) == {}
        fresh = {**on_page(client, room), f"there_{number}_{meeting}": "1", f"score_{number}": "95"}
        assert send(client, address, **fresh, close="1").status_code == 302
        assert hours(person) == {"core": 360}


def test_a_code_does_not_overrule_the_sheet_and_keeps_what_the_course_gave(client: FlaskClient) -> None:
    of = course()
    room, (gone, there_all_day) = with_seat(number=2, of=of)
    code = room.meetings[0].code

    def check_in(person: Coordinator) -> None:
        with transaction():
            session_results.check_in(place(room, person), code=code, actor=ARRANGING, at=clock.now())

    with time_machine.travel(room.starts_at + timedelta(minutes=5), tick=False):
        check_in(gone)
        check_in(there_all_day)
        sheet(room, {place(room, gone).id: there(room, 0)})
        with pytest.raises(Refusal, match="Speak with the trainer"):
            check_in(gone)
        given: dict[str, Any] = {
            "code": of.code, "title": of.title, "delivery": of.delivery, "hours": {CORE: Decimal(2)},
            "offered_from": FIRST,
        }  # fmt: skip
        with transaction():
            courses.change(db.session.get_one(Course, of.id), CourseFacts(**given), actor=ARRANGING, at=clock.now())
    with after(room):
        close(room)
    assert (hours(gone), hours(there_all_day)) == ({}, {"core": 360})


def test_a_sheet_that_comes_after_the_session_was_closed_changes_nothing(client: FlaskClient) -> None:
    room, (person,) = with_seat()
    with after(room):
        administrator(client)
        stale = on_page(client, room)
        sheet(room, {place(room, person).id: there(room, 360)})
        close(room)
        answer = send(client, f"/training/sessions/{room.id}/attendance", **stale)
        assert "was closed before" in checked(answer)
    assert hours(person) == {"core": 360}


def test_a_course_that_changes_later_gives_what_it_gave_when_the_session_was_held(client: FlaskClient) -> None:
    of = course(partial_credit=True)
    room, (person,) = with_seat(of=of)

    def change(**values: Any) -> None:
        given = {
            "code": of.code, "title": of.title, "delivery": of.delivery, "hours": {CORE: Decimal(6)},
            "offered_from": FIRST, "partial_credit": True, **values,
        }  # fmt: skip
        with transaction():
            courses.change(db.session.get_one(Course, of.id), CourseFacts(**given), actor=ARRANGING, at=clock.now())

    with pytest.raises(Refusal, match="not closed yet"):
        change(delivery=Delivery.LIVE_ONLINE)
    with pytest.raises(Refusal, match="Add a second course"):
        change(delivery=Delivery.SELF_PACED)
    with after(room):
        sheet(room, {place(room, person).id: there(room, 360)})
        close(room)
        change(hours={CORE: Decimal(2)}, partial_credit=False, delivery=Delivery.LIVE_ONLINE)
        with pytest.raises(Refusal, match="planned under its code"):
            change(code="OTHER")
        with transaction():
            session_results.correct(
                place(room, person), there(room, 180), reason="Left at noon", actor=ARRANGING, at=clock.now()
            )
    assert hours(person) == {"core": 180}


def test_a_part_of_a_course_has_no_code_and_keeps_the_word_of_a_reviewer(client: FlaskClient) -> None:
    room, (person,) = with_seat(of=course(partial_credit=True))
    reviewer = make_user(Role.DPH_REVIEWER)
    with after(room):
        sheet(room, {place(room, person).id: there(room, 360)})
        close(room)
        whole = db.session.scalars(select(TrainingCompletion)).one()
        assert whole.course_code == "CARE-1"
        saved(
            TrainingApproval(
                completion_id=whole.id, approved=False, reason="Not about care", reviewer_id=reviewer.id,
                recorded_at=clock.now(),
            )
        )  # fmt: skip
        with transaction():
            session_results.correct(
                place(room, person), there(room, 180), reason="Left at noon", actor=ARRANGING, at=clock.now()
            )
    part = db.session.scalars(select(TrainingCompletion).where(TrainingCompletion.supersedes_id == whole.id)).one()
    assert (part.course_code, part.title) == (None, "Course CARE-1 (in part)")
    word = db.session.scalars(select(TrainingApproval).where(TrainingApproval.completion_id == part.id)).one()
    assert (word.approved, word.reason, word.reviewer_id) == (False, "Not about care", reviewer.id)
    assert places(room)[person.name] is EnrolmentStatus.IN_PART


def test_whoever_still_waits_when_a_session_is_closed_waits_no_more(client: FlaskClient) -> None:
    room, (seated, waiting) = with_seat(number=2, seats=1)
    with after(room):
        sheet(room, {place(room, seated).id: there(room, 360)})
        close(room)
    assert places(room) == {
        seated.name: EnrolmentStatus.COMPLETED, waiting.name: EnrolmentStatus.NOT_SEATED,
    }  # fmt: skip
    sign_in(client, make_user(Role.COORDINATOR, waiting))
    page = fetched(client, f"/training/sessions/{room.id}")
    assert "No seat came free" in page
    assert "in line" not in page


def test_two_people_who_correct_the_same_participant_do_not_undo_each_other(client: FlaskClient) -> None:
    room, (person,) = with_seat(of=course(partial_credit=True))
    with after(room):
        administrator(client)
        sheet(room, {place(room, person).id: there(room, 360)})
        close(room)
        number, meeting = place(room, person).id, room.meetings[0].id
        address = f"/training/enrolments/{number}/correct"
        seen = re.findall(rf'name="(seen_{number}_{meeting})" value="(\d+)"', fetched(client, address))
        with transaction():
            session_results.correct(
                place(room, person), there(room, 180), reason="Left at noon", actor=ARRANGING, at=clock.now()
            )
        typed = {f"on_page_{number}": "1", **dict(seen), f"minutes_{number}_{meeting}": "60", "reason": "Came at one"}
        answer = send(client, address, **typed)
        assert answer.status_code == 422
        page = checked(answer)
        assert "Somebody else corrected this participant since." in page
        assert "Came at one" in page
        assert f'name="minutes_{number}_{meeting}" inputmode="numeric" value="180"' in page
        assert hours(person) == {"core": 180}
        fresh = re.findall(rf'name="(seen_{number}_[a-z0-9]+)" value="(\d*)"', page)
        assert send(client, address, **{**typed, **dict(fresh)}).status_code == 302
        assert hours(person) == {"core": 60}
        assert send(client, address, **{f"on_page_{number}": "1", "reason": ""}).status_code == 422
        assert send(client, address, reason="No field at all").status_code == 422


def own_pace() -> tuple[CourseSession, list[Coordinator]]:
    """A period of sixty days that begins tomorrow, with two people in it."""
    first = clock.today() + timedelta(days=1)
    period = Meeting(
        local_times.first_moment(first), local_times.first_moment(first + timedelta(days=60)) - timedelta(minutes=1)
    )
    return with_seat(number=2, of=course(delivery=Delivery.SELF_PACED), held=[period])


def day_of(room: CourseSession, number: int) -> tuple[datetime, date]:
    """Noon of a day of the period."""
    moment = room.starts_at + timedelta(days=number, hours=12)
    return moment, clock.civil_date(moment)


def test_a_course_at_ones_own_pace_dates_the_hours_by_the_day_on_which_each_person_finished(
    client: FlaskClient,
) -> None:
    room, (early, late) = own_pace()
    meeting = room.meetings[0].id
    one, two = place(room, early).id, place(room, late).id
    address = f"/training/sessions/{room.id}/attendance"
    moment, tenth = day_of(room, 10)
    with time_machine.travel(moment, tick=False):
        administrator(client)
        typed = {**on_page(client, room), f"there_{one}_{meeting}": "1"}
        assert f"{early.name}: Enter the day on which the person finished." in checked(send(client, address, **typed))
        to_come = {**typed, f"finished_{one}": (tenth + timedelta(days=1)).isoformat()}
        assert f"{early.name}: Enter a day from" in checked(send(client, address, **to_come))
        assert f"{early.name}: Type a date that exists" in checked(
            send(client, address, **typed, **{f"finished_{one}": "2026-02-31"})
        )
        page = redirected(client, room, **typed, **{f"finished_{one}": tenth.isoformat()}, finished="1")
        assert "People whose hours are on file now: 1." in page
        assert f"on_page_{one}" not in page
        assert f"on_page_{two}" in page
    assert hours(early) == {"core": 360}
    assert hours(late) == {}
    row = db.session.scalars(select(TrainingCompletion)).one()
    assert row.completed_on == tenth
    with time_machine.travel(moment, tick=False):
        sign_in(client, make_user(Role.COORDINATOR, early))
        page = fetched(client, f"/training/sessions/{room.id}")
        assert "Certificate of completion" in page
        assert "Say what you thought of it" in page

    moment, fortieth = day_of(room, 40)
    with after(room):
        sheet(room, {two: Marked({meeting: 360}, finished_on=fortieth)})
        assert close(room) == 2
    assert hours(late) == {"core": 360}
    assert db.session.scalars(select(TrainingCompletion.completed_on).order_by(TrainingCompletion.id)).all() == [
        tenth, fortieth,
    ]  # fmt: skip


def test_what_somebody_finished_is_not_lost_with_the_place_or_the_session(client: FlaskClient) -> None:
    room, (person, other) = own_pace()
    moment, tenth = day_of(room, 10)
    number, meeting = place(room, person).id, room.meetings[0].id
    with time_machine.travel(moment, tick=False):
        sheet(room, {number: Marked({meeting: 360}, finished_on=tenth), place(room, other).id: Marked({meeting: 90})})
        with pytest.raises(Refusal, match="The place is kept"):
            withdraw(place(room, person), may_be_late=True)
        with pytest.raises(Refusal, match="Enter their hours first"), transaction():
            course_sessions.cancel(room, reason="Gone", base_url=URL, actor=ARRANGING, at=clock.now())
        with transaction():
            assert session_results.enter_finished(room, actor=ARRANGING, at=clock.now()) == 1
        with transaction():
            assert course_sessions.cancel(room, reason="Gone", base_url=URL, actor=ARRANGING, at=clock.now()) == 1
    assert hours(person) == {"core": 360}


def test_no_code_says_that_somebody_finished_a_course_at_their_own_pace(client: FlaskClient) -> None:
    room, (person, _) = own_pace()
    moment, _ = day_of(room, 2)
    with time_machine.travel(moment, tick=False), pytest.raises(Refusal, match="at your own pace"), transaction():
        session_results.check_in(place(room, person), code=room.meetings[0].code, actor=ARRANGING, at=clock.now())
    with time_machine.travel(moment, tick=False):
        administrator(client)
        assert room.meetings[0].code not in fetched(client, f"/training/sessions/{room.id}")


def test_hours_of_a_course_with_meetings_are_not_entered_before_its_end(client: FlaskClient) -> None:
    room, (person,) = with_seat()
    with time_machine.travel(room.starts_at + timedelta(hours=1), tick=False):
        sheet(room, {place(room, person).id: there(room, 360)})
        with pytest.raises(Refusal, match="when the last meeting is over"), transaction():
            session_results.enter_finished(room, actor=ARRANGING, at=clock.now())
    assert hours(person) == {}


def test_somebody_who_came_without_a_seat_is_added_by_name_and_key_and_by_nothing_less(client: FlaskClient) -> None:
    vendor = make_vendor()
    seated, waiting, stranger = people(vendor, 3)
    room = session(course(), seats=1)
    enrol(room, seated, waiting)
    address = f"/training/sessions/{room.id}/walk-ins"

    def add(name: str, key: str) -> str:
        answer = send(client, address, name=name, key=key)
        return checked(answer) if answer.status_code == 422 else fetched(client, answer.location)

    administrator(client)
    assert "when the session has begun" in add(stranger.name, str(stranger.email))
    with time_machine.travel(room.starts_at + timedelta(minutes=5), tick=False):
        administrator(client)
        assert "Add somebody who came" in fetched(client, f"/training/sessions/{room.id}/attendance")
        for name, key in (
            ("Somebody", str(stranger.email)),
            (stranger.name.split()[0], str(stranger.email)),
            (stranger.name, "nobody@example.org"),
            (",", "CC-1"),
        ):
            assert "No coordinator of this name has this e-mail or number." in add(name, key)
        refused = add(seated.name, str(seated.email))
        assert "Is enrolled already." in refused
        assert "has a seat now" in add(stranger.name.upper(), f" {str(stranger.email).upper()} ")
        assert "has a seat now" in add(waiting.name, str(waiting.email))
        assert "Is enrolled already." in add(waiting.name, str(waiting.email))
        db.session.expire_all()
        assert (room.seats, set(places(room).values())) == (3, {EnrolmentStatus.ENROLLED})
        told = db.session.scalars(select(Message.body_text).where(Message.recipient == stranger.email)).all()
        assert "You came to this training without a seat" in told[-1]
        for _ in range(7):
            add("Nobody Here", "nobody@example.org")
        assert "Too many people were looked up in vain." in add("Nobody Here", "nobody@example.org")
        sheet(room, {place(room, stranger).id: there(room, 360)})
    with after(room):
        close(room)
        assert hours(stranger) == {"core": 360}
        administrator(client)
        assert "until it is closed" in add("Anybody", "x@example.org")


def test_the_list_tells_sessions_under_way_from_those_that_wait_to_be_closed(client: FlaskClient) -> None:
    room, (person,) = with_seat(meetings=2)
    with time_machine.travel(room.starts_at + timedelta(hours=1), tick=False):
        administrator(client)
        assert "Under way" in fetched(client, "/training/sessions?past=1")
    with after(room):
        administrator(client)
        assert "Not closed yet" in fetched(client, "/training/sessions?past=1")
        sheet(room, {place(room, person).id: there(room, 180, 180)})
        close(room)
        assert "Held" in fetched(client, "/training/sessions?past=1")


def test_a_completion_that_ends_says_so_on_its_certificate(client: FlaskClient) -> None:
    room, (person,) = with_seat(of=course(valid_months=24))
    with after(room):
        sheet(room, {place(room, person).id: there(room, 360)})
        close(room)
        issued = db.session.scalars(select(CompletionCertificate)).one()
        ends = add_months(clock.civil_date(room.ends_at), 24)
        letter = completion_certificates.printed_words(issued, base_url="https://certhub.example.org")
    assert ("Valid through", written(ends)) in letter.facts
