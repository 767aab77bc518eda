"""State meetings: planned in local time, answered, changed and cancelled, with letters to those whom it concerns."""

import re
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.convenings import Convening, ConveningAnswer
from certhub.models.messages import Message
from certhub.queries import convening_answers
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Region, Role
from certhub.services import convenings as service
from tests.factories import make_coordinator, make_employment, make_practice, make_user, make_vendor, sign_in
from tests.integration.convenings.arranging import URL, answered, changed, letters_written, mails, planned
from tests.integration.parties.browsing import administrator, entries, fetched, send, tokens_of, vendor_hr

TYPED = {
    "title": "Spring meeting", "held_on": "2030-03-12", "begins": "09:30", "ends": "12:30",
    "place": "250 Washington Street, Boston", "link": "", "region": "", "agenda": "Welcome\nEquipment",
}  # fmt: skip


def plan_form(client: FlaskClient, **typed: str) -> Any:
    return send(client, "/convenings/new", **(TYPED | typed))


def test_a_meeting_is_planned_in_massachusetts_time_and_nobody_is_written_to(client: FlaskClient) -> None:
    administrator(client)
    page = fetched(client, plan_form(client).location)
    meeting = db.session.scalars(select(Convening)).one()

    assert meeting.starts_at == datetime(2030, 3, 12, 13, 30, tzinfo=UTC)
    assert "March 12, 2030, 9:30\u00a0AM to 12:30\u00a0PM" in page
    assert page.index("Welcome") < page.index("Equipment")
    assert db.session.scalar(select(func.count(Message.id))) == 0
    assert [entry.action for entry in entries(AuditAction.CONVENING_PLANNED)] == [AuditAction.CONVENING_PLANNED]


def test_a_time_that_daylight_saving_skips_is_refused_beside_its_field_and_what_was_typed_stays(
    client: FlaskClient,
) -> None:
    administrator(client)
    answer = plan_form(client, held_on="2030-03-10", begins="2:30 AM")

    assert answer.status_code == 422
    assert "There is no 2:30\u00a0AM on March 10, 2030" in answer.text.replace("&nbsp;", "\u00a0")
    assert 'id="begins-error"' in answer.text
    assert "250 Washington Street" in answer.text
    assert db.session.scalars(select(Convening)).first() is None


def test_of_a_time_that_comes_twice_the_first_is_taken_and_the_page_says_so(client: FlaskClient) -> None:
    administrator(client)
    page = fetched(client, plan_form(client, held_on="2030-11-03", begins="01:30", ends="04:00").location)

    assert db.session.scalars(select(Convening.starts_at)).one() == datetime(2030, 11, 3, 5, 30, tzinfo=UTC)
    assert "The clocks show this time twice that night." in page


def test_a_double_click_plans_one_meeting(client: FlaskClient) -> None:
    administrator(client)
    data = {**tokens_of(client.get("/convenings/new")), **TYPED}
    first, second = (client.post("/convenings/new", data=data) for _ in range(2))

    assert (first.status_code, second.location) == (302, first.location)
    assert db.session.scalar(select(func.count(Convening.id))) == 1


def test_a_coordinator_answers_and_may_think_again_and_every_answer_stays_on_file(client: FlaskClient) -> None:
    person = make_coordinator(vendor=make_vendor())
    meeting = planned(make_user(Role.DPH_ADMINISTRATOR))
    sign_in(client, make_user(Role.COORDINATOR, person))
    address = f"/convenings/{meeting.id}"
    for coming in ("yes", "yes", "no"):
        assert send(client, f"{address}/answer", page=address, coming=coming).status_code == 302

    said = db.session.scalars(select(ConveningAnswer.is_coming).order_by(ConveningAnswer.id)).all()
    assert said == [True, False]
    chosen = re.search(r'<input[^>]*value="no"[^>]*>', client.get(address).text)
    assert chosen
    assert "checked" in chosen[0]
    assert "Choose whether you come." in send(client, f"{address}/answer", page=address).text


def test_hr_answers_for_its_own_people_and_for_nobody_else(client: FlaskClient) -> None:
    vendor = make_vendor()
    mine, theirs = make_coordinator(vendor=vendor), make_coordinator(vendor=make_vendor())
    meeting = planned(make_user(Role.DPH_ADMINISTRATOR))
    vendor_hr(client, vendor)
    sheet, post = f"/convenings/{meeting.id}/attendance", f"/convenings/{meeting.id}/answers"
    page = fetched(client, sheet)
    assert (mine.name in page, theirs.name in page) == (True, False)

    for person, status in ((theirs, 404), (mine, 302)):
        said = {f"answer-{person.id}": "yes", f"was-{person.id}": ""}
        assert send(client, post, page=sheet, shown=[person.id], **said).status_code == status
    assert send(client, post, page=sheet, shown=["nobody"]).status_code == 422
    assert "Load the page again." in send(client, post, page=sheet, shown=[mine.id], **{f"answer-{mine.id}": "no"}).text
    assert db.session.scalars(select(ConveningAnswer.coordinator_id)).all() == [mine.id]
    assert "selected>Comes" in client.get(sheet).text


def test_an_older_sheet_changes_no_answer_that_somebody_gave_meanwhile_and_the_page_names_them(
    client: FlaskClient,
) -> None:
    vendor = make_vendor()
    changed_mind, answered_first, same = (
        make_coordinator(name, vendor=vendor) for name in ("Rosa Lima", "Tam Nguyen", "Li Wei")
    )
    admin = make_user(Role.DPH_ADMINISTRATOR)
    meeting = planned(admin)
    answered(meeting, changed_mind, admin)
    vendor_hr(client, vendor)
    sheet, post = f"/convenings/{meeting.id}/attendance", f"/convenings/{meeting.id}/answers"
    opened = client.get(sheet)
    shown = dict(re.findall(r'name="(was-\d+)" value="(\w*)"', opened.text))
    assert shown == {f"was-{changed_mind.id}": "yes", f"was-{answered_first.id}": "", f"was-{same.id}": ""}
    answered(meeting, changed_mind, admin, is_coming=False)
    answered(meeting, answered_first, admin, is_coming=False)

    people = (changed_mind, answered_first, same)
    typed = {f"answer-{person.id}": "yes" for person in people}
    data = {**tokens_of(opened), **shown, **typed, "shown": [person.id for person in people]}
    assert client.post(post, data=data).status_code == 302

    page = fetched(client, sheet)
    assert "Saved: 1 answer changed." in page
    assert "kept as answered: Rosa Lima (cannot come), Tam Nguyen (cannot come)." in page
    said = convening_answers.said_by([person.id for person in people], convening_id=meeting.id)
    assert [said[person.id].is_coming for person in people] == [False, False, True]


def test_invitations_are_counted_before_and_go_once_to_those_of_the_region_who_work_for_a_vendor(
    client: FlaskClient,
) -> None:
    vendor = make_vendor()
    here = make_coordinator(vendor=vendor, email="here@example.org")
    make_coordinator(vendor=vendor, email="far@example.org", region=Region.BOSTON)
    make_coordinator(email="unemployed@example.org")
    make_employment(make_coordinator(email="practice@example.org"), make_practice())
    admin = administrator(client)
    meeting = planned(admin, region=here.region)
    address = f"/convenings/{meeting.id}/invite"
    assert "Send 1 invitation" in fetched(client, address)

    assert send(client, address).status_code == 302
    assert "are being written" in send(client, address).text
    for _ in range(2):
        letters_written()
    (letter,) = mails("convening-invitation")
    assert (letter.recipient, letter.party_id) == ("here@example.org", here.id)
    assert f"/convenings/{meeting.id}" in letter.body_text
    assert "- Equipment" in letter.body_text


def test_a_cancelled_meeting_invites_nobody_any_more(app: Flask) -> None:
    make_coordinator(vendor=make_vendor())
    admin = make_user(Role.DPH_ADMINISTRATOR)
    meeting = planned(admin)
    with transaction():
        service.invite(meeting, actor=admin, at=clock.now())
        service.cancel(meeting, "Snow", actor=admin, at=clock.now())
    letters_written()
    assert mails("convening-invitation") == []


def test_whoever_comes_hears_of_a_new_time_and_of_the_cancellation_and_the_number_rises(client: FlaskClient) -> None:
    vendor = make_vendor()
    comes, stays, silent = (make_coordinator(vendor=vendor) for _ in range(3))
    admin = administrator(client)
    meeting = planned(admin)
    uid, sequence = meeting.calendar_uid, meeting.sequence
    answered(meeting, comes, admin)
    answered(meeting, stays, admin)
    answered(meeting, stays, admin, is_coming=False)

    assert changed(meeting, admin, title="Spring meeting of 2030") == 0
    assert changed(meeting, admin) == 0
    assert (meeting.sequence, meeting.calendar_uid) == (sequence + 1, uid)
    assert changed(meeting, admin, ends_at=meeting.ends_at + timedelta(hours=1)) == 1
    letters_written()
    address = f"/convenings/{meeting.id}/cancel"
    assert "1 person hears of it by e-mail" in fetched(client, address)
    send(client, address, reason="Snow storm")
    letters_written()
    page = fetched(client, f"/convenings/{meeting.id}")

    db.session.refresh(meeting)
    assert (meeting.sequence, meeting.calendar_uid) == (sequence + 3, uid)
    assert "This meeting does not take place." in page
    for kind, says in (("convening-changed", "New time"), ("convening-cancelled", "Snow storm")):
        (letter,) = mails(kind)
        assert (letter.recipient, says in letter.body_text) == (comes.email, True)
    assert silent.email


def test_of_two_people_who_change_a_meeting_at_once_the_second_one_looks_again(client: FlaskClient) -> None:
    admin = administrator(client)
    meeting = planned(admin)
    address = f"/convenings/{meeting.id}/change"
    opened = client.get(address)
    changed(meeting, admin, place="Worcester")

    answer = client.post(address, data={**tokens_of(opened), **TYPED, "shown": "0"})

    assert answer.status_code == 422
    assert "Somebody has changed this meeting meanwhile." in answer.text
    db.session.refresh(meeting)
    assert meeting.place == "Worcester"


def test_an_answer_and_a_cancellation_at_once_leave_nobody_untold(committed_app: Flask) -> None:
    """Either the answer came first and the person is written to, or it came too late and is refused."""
    admin, person = make_user(Role.DPH_ADMINISTRATOR), make_coordinator(vendor=make_vendor())
    number, admin_id, person_id = planned(admin).id, admin.id, person.id
    both, refused = Barrier(2), []

    def act(what: str) -> None:
        with committed_app.app_context():
            meeting = db.session.get_one(Convening, number)
            by, who = db.session.get_one(type(admin), admin_id), db.session.get_one(type(person), person_id)
            both.wait()
            try:
                with transaction():
                    if what == "answer":
                        service.answer(meeting, {who: True}, base_url=URL, actor=by, at=clock.now())
                    else:
                        service.cancel(meeting, "Snow", actor=by, at=clock.now())
            except Refusal:
                refused.append(what)
            db.session.remove()

    threads = [Thread(target=act, args=(what,)) for what in ("answer", "cancel")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    letters_written()
    told = len(mails("convening-cancelled"))
    assert (told, refused) in [(1, []), (0, ["answer"])]
