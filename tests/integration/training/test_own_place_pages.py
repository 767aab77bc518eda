"""What people do with their own place: move it, check in by the code, and say what they thought, each on its page."""

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.course_sessions import MeetingAttendance, SessionEvaluation
from certhub.rules.audit_actions import AuditAction
from certhub.rules.enrolment import EnrolmentStatus, MarkedBy
from certhub.rules.evaluation_form import STATEMENTS
from certhub.rules.vocabulary import Role
from certhub.services import enrolments
from tests.factories import ARRANGING, make_user, make_vendor, sign_in
from tests.integration.parties.browsing import checked, entries, fetched, send, tokens_of, vendor_hr
from tests.integration.training.arranging import course, enrol, people, place, places, session
from tests.integration.training.test_results import after

ENROLLED, WAITLISTED, MOVED = EnrolmentStatus.ENROLLED, EnrolmentStatus.WAITLISTED, EnrolmentStatus.MOVED
PLACES = "/training/enrolments"


def test_a_place_is_moved_on_its_page_to_a_session_with_seats_or_into_the_line_of_a_full_one(
    client: FlaskClient,
) -> None:
    vendor = make_vendor()
    person, next_in_line, elsewhere = people(vendor, 3)
    of = course()
    room, later, full = session(of, seats=1), session(of, days=40), session(of, days=50, seats=1)
    other = session(course(code="OTHER"), days=60)
    enrol(room, person, next_in_line)
    enrol(full, elsewhere)
    sign_in(client, make_user(Role.COORDINATOR, person))
    address = f"{PLACES}/{place(room, person).id}/move"

    page = fetched(client, address)
    assert "10 of 10 seats free" in page
    assert "full, 0 waiting" in page
    assert "Choose a session." in checked(send(client, address))
    assert send(client, address, session_id=str(other.id)).status_code == 422
    refused = send(client, address, session_id=str(later.id))
    assert refused.status_code == 422
    assert "Ask your employer to move you" in checked(refused)
    assert places(room) == {person.name: ENROLLED, next_in_line.name: WAITLISTED}

    with transaction():
        enrolments.allow_self_enrolment(vendor, allowed=True, actor=ARRANGING, at=clock.now())
    form = {**tokens_of(client.get(address)), "session_id": str(later.id)}
    for _ in range(2):  # a double click
        moved = client.post(address, data=form)
        assert (moved.status_code, moved.headers["Location"]) == (302, f"/training/sessions/{later.id}")
    assert "Moved: there is a seat." in fetched(client, moved.headers["Location"])
    assert places(room) == {person.name: MOVED, next_in_line.name: ENROLLED}
    assert places(later) == {person.name: ENROLLED}

    vendor_hr(client, vendor)
    moved = send(client, f"{PLACES}/{place(later, person).id}/move", session_id=str(full.id))
    assert "so on its waiting list" in fetched(client, moved.headers["Location"])
    assert places(full) == {elsewhere.name: ENROLLED, person.name: WAITLISTED}
    assert len(entries(AuditAction.ENROLMENT_MOVED)) == 2


def test_somebody_checks_in_by_the_code_and_says_what_they_thought_once_and_without_a_name(client: FlaskClient) -> None:
    person, colleague = people(make_vendor(), 2)
    user = make_user(Role.COORDINATOR, person)
    room = session(course(), meetings=2)
    enrol(room, person, colleague)
    own, foreign = (f"{PLACES}/{place(room, one).id}" for one in (person, colleague))
    code = room.meetings[0].code
    answers = {**dict.fromkeys(STATEMENTS, "4"), "comment": "More <b>examples</b>, please"}

    with time_machine.travel(room.starts_at, tick=False):
        sign_in(client, user)
        for wrong, says in (("", "Type the code"), ("NO-SUCH", "not the code of a meeting"),
                            (room.meetings[1].code, "half an hour before the meeting")):  # fmt: skip
            refused = send(client, f"{own}/check-in", code=wrong)
            assert refused.status_code == 422
            assert says in checked(refused)
            assert f'value="{wrong}"' in refused.text
        early = send(client, f"{own}/evaluation", **answers)
        assert early.status_code == 422
        assert "when the session is over" in checked(early)
        there = send(client, f"{own}/check-in", code=f" {code[:3].lower()} {code[3:]} ")
        assert "You are marked as there." in fetched(client, there.headers["Location"])
        assert client.post(f"{foreign}/check-in", data={"code": code}).status_code in (400, 404)
        assert client.get(f"{foreign}/check-in").status_code == 404
    noted = db.session.scalars(select(MeetingAttendance)).all()
    assert [(one.enrolment_id, one.meeting_id, one.minutes, one.marked_by) for one in noted] == [
        (place(room, person).id, room.meetings[0].id, 180, MarkedBy.CODE)
    ]

    with after(room):
        sign_in(client, user)
        short = send(client, f"{own}/evaluation", **{**answers, "clear": ""})
        assert short.status_code == 422
        page = checked(short)
        assert "Choose an answer." in page
        assert "More <b>examples</b>, please" in page
        assert db.session.scalars(select(SessionEvaluation)).all() == []
        thanks = send(client, f"{own}/evaluation", **answers)
        assert "kept without your name" in fetched(client, thanks.headers["Location"])
        again = send(client, f"{own}/evaluation", **answers)
        assert again.status_code == 422
        assert "was sent before" in checked(again)
        assert client.get(f"{foreign}/evaluation").status_code == 404
    (sent,) = db.session.scalars(select(SessionEvaluation)).all()
    assert (sent.session_id, sent.answers) == (room.id, dict.fromkeys(STATEMENTS, 4))
    assert sent.comment == "More <b>examples</b>, please"
    (told,) = entries(AuditAction.COURSE_SESSION_EVALUATED)
    assert "examples" not in str(told.changes)  # the trail says who sent a form, and not what it says
