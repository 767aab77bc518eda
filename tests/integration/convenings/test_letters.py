"""Who hears what about a state meeting, and what the calendar file of each letter does."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.announcements import Announcement
from certhub.models.convenings import Convening
from certhub.models.parties import VendorOrganization
from certhub.queries import calendar, convening_invitations
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Region, Role
from certhub.services import announcements, record_merges
from certhub.services import convenings as service
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.convenings.arranging import (
    URL,
    answered,
    cancelled,
    changed,
    invited,
    letters_written,
    mails,
    planned,
    told,
)
from tests.integration.parties.browsing import administrator, fetched, send, vendor_hr

HOUR = timedelta(hours=1)


@pytest.fixture
def vendor(client: FlaskClient) -> VendorOrganization:
    return make_vendor()


@pytest.fixture
def admin(client: FlaskClient) -> User:
    return administrator(client)


def test_whoever_was_invited_and_said_nothing_hears_of_a_move_and_of_the_cancellation_and_who_declined_does_not(
    admin: User, vendor: VendorOrganization
) -> None:
    silent, comes, declined = (make_coordinator(vendor=vendor) for _ in range(3))
    meeting = planned(admin)
    assert invited(meeting, admin) == 3
    answered(meeting, comes, admin)
    answered(meeting, declined, admin, is_coming=False)

    assert changed(meeting, admin, ends_at=meeting.ends_at + HOUR) == 2
    letters_written()
    assert cancelled(meeting, admin) == 2

    assert told(meeting, silent) == [
        ("invitation", "CONFIRMED", 0), ("changed", "CONFIRMED", 2), ("cancelled", "CANCELLED", 4)
    ]  # fmt: skip
    assert told(meeting, comes)[1:] == [("changed", "CONFIRMED", 4), ("cancelled", "CANCELLED", 6)]
    assert told(meeting, declined)[1:] == [("answer", "CANCELLED", 2)]
    words = {letter.recipient: letter.body_text for letter in mails("convening-changed")}
    assert 'You were invited to "Spring meeting"' in words[silent.email or ""]
    assert 'You said that you come to "Spring meeting"' in words[comes.email or ""]


def test_new_people_are_invited_after_a_count_and_nobody_twice(
    client: FlaskClient, admin: User, vendor: VendorOrganization
) -> None:
    first, declined = make_coordinator(vendor=vendor), make_coordinator(vendor=vendor)
    meeting = planned(admin)
    address = f"/convenings/{meeting.id}"
    assert "2 coordinators are not invited yet." in fetched(client, address)
    answered(meeting, declined, admin, is_coming=False)
    assert invited(meeting, admin) == 1
    page = fetched(client, address)
    assert ("not invited yet" in page, "1 letter written by" in page) == (False, True)
    assert "There is nobody left to invite" in fetched(client, f"{address}/invite")
    assert "There is nobody left to invite" in send(client, f"{address}/invite").text

    new = make_coordinator(vendor=vendor)
    assert "Invite those who are not invited yet" in fetched(client, address)
    assert "1 invitation will be written" in fetched(client, f"{address}/invite").replace("</strong>", "")
    assert send(client, f"{address}/invite").status_code == 302
    letters_written()
    assert [letter.recipient for letter in mails("convening-invitation")] == sorted(
        [first.email or "", new.email or ""]
    )


def test_a_double_click_asks_for_the_invitations_once(admin: User, vendor: VendorOrganization) -> None:
    make_coordinator(vendor=vendor)
    meeting = planned(admin)
    with transaction():
        service.invite(meeting, actor=admin, at=clock.now())
    with pytest.raises(Refusal, match="being written"), transaction():
        service.invite(meeting, actor=admin, at=clock.now())
    assert db.session.scalar(select(func.count(Announcement.id))) == 1


def test_another_region_takes_the_meeting_off_the_calendars_elsewhere_and_invites_anew_where_it_comes_back(
    client: FlaskClient, admin: User, vendor: VendorOrganization
) -> None:
    here = make_coordinator(vendor=vendor, region=Region.BOSTON)
    elsewhere, comes = (make_coordinator(vendor=vendor, region=Region.WESTERN) for _ in range(2))
    meeting = planned(admin)
    invited(meeting, admin)
    answered(meeting, comes, admin)

    assert changed(meeting, admin, region=Region.BOSTON, ends_at=meeting.ends_at + HOUR) == 3
    letters_written()
    assert told(meeting, elsewhere)[1:] == [("other-region", "CANCELLED", 3)]
    assert "It is now for: Boston." in mails("convening-other-region")[0].body_text
    assert [told(meeting, one)[1:] for one in (here, comes)] == [
        [("changed", "CONFIRMED", 2)], [("changed", "CONFIRMED", 4)]
    ]  # fmt: skip
    assert changed(meeting, admin, ends_at=meeting.ends_at + HOUR) == 2
    letters_written()
    assert len(told(meeting, elsewhere)) == 2

    assert changed(meeting, admin, region=None) == 0
    assert "1 coordinator is not invited yet, because the region changed" in fetched(
        client, f"/convenings/{meeting.id}"
    )
    assert invited(meeting, admin) == 1
    assert told(meeting, elsewhere)[2:] == [("invitation", "CONFIRMED", 6)]


def test_whoever_is_not_meant_any_more_and_comes_all_the_same_gets_the_meeting_back(
    client: FlaskClient, admin: User, vendor: VendorOrganization
) -> None:
    elsewhere = make_coordinator(vendor=vendor, region=Region.WESTERN)
    meeting = planned(admin)
    invited(meeting, admin)
    changed(meeting, admin, region=Region.BOSTON)
    letters_written()
    user = make_user(Role.COORDINATOR, elsewhere)
    assert calendar.events_of(user, base_url=URL) == []

    sign_in(client, user)
    address = f"/convenings/{meeting.id}"
    send(client, f"{address}/answer", page=address, coming="yes")

    (event,) = calendar.events_of(user, base_url=URL)
    assert (event.standing.value, event.sequence) == ("CONFIRMED", 4)
    assert told(meeting, elsewhere)[1:] == [("other-region", "CANCELLED", 3), ("answer", "CONFIRMED", 4)]


def test_several_changes_before_the_worker_comes_are_one_letter(admin: User, vendor: VendorOrganization) -> None:
    silent = make_coordinator(vendor=vendor)
    meeting = planned(admin, place="Boston")
    invited(meeting, admin)
    assert changed(meeting, admin, place="Lowell") == changed(meeting, admin, place="Worcester") == 1
    letters_written()
    (letter,) = mails("convening-changed")
    assert ("Worcester" in letter.body_text, "Lowell" in letter.body_text) == (True, False)
    assert told(meeting, silent)[1:] == [("changed", "CONFIRMED", 4)]

    changed(meeting, admin, place="Springfield")
    changed(meeting, admin, place="Worcester")
    letters_written()
    assert len(mails("convening-changed")) == 1


def test_whoever_is_invited_with_the_news_does_not_hear_it_again(admin: User, vendor: VendorOrganization) -> None:
    before = make_coordinator(vendor=vendor)
    meeting = planned(admin)
    invited(meeting, admin)
    after = make_coordinator(vendor=vendor)
    with transaction():
        service.invite(meeting, actor=admin, at=clock.now())
    changed(meeting, admin, place="Lowell")
    letters_written()

    assert [kind for kind, _, _ in told(meeting, before)] == ["invitation", "changed"]
    assert [kind for kind, _, _ in told(meeting, after)] == ["invitation"]
    assert "Lowell" in mails("convening-invitation")[-1].body_text


def test_an_answer_that_takes_the_meeting_off_a_calendar_or_puts_it_back_is_told_with_the_file(
    client: FlaskClient, admin: User, vendor: VendorOrganization
) -> None:
    person = make_coordinator(vendor=vendor)
    meeting = planned(admin)
    user = make_user(Role.COORDINATOR, person)
    sign_in(client, user)
    address = f"/convenings/{meeting.id}"
    for coming in ("yes", "no", "yes"):
        send(client, f"{address}/answer", page=address, coming=coming)

    assert told(meeting, person) == [("answer", "CANCELLED", 4), ("answer", "CONFIRMED", 6)]
    (event,) = calendar.events_of(user, base_url=URL)
    assert (event.sequence, event.changed_at > meeting.changed_at) == (6, True)
    no, yes = sorted(mails("convening-answer"), key=lambda one: one.id)
    assert ("You said that you cannot come" in no.body_text, "puts the meeting back" in yes.body_text) == (True, True)

    vendor_hr(client, vendor)
    sheet = f"{address}/attendance"
    said = {f"answer-{person.id}": "no", f"was-{person.id}": "yes"}
    send(client, f"{address}/answers", page=sheet, shown=[person.id], **said)
    last = max(mails("convening-answer"), key=lambda one: one.id)
    assert f"{vendor.name} said for you that you cannot come" in last.body_text


def test_the_calendar_file_of_somebody_who_declined_takes_the_meeting_off(
    client: FlaskClient, admin: User, vendor: VendorOrganization
) -> None:
    person = make_coordinator(vendor=vendor)
    meeting = planned(admin)
    answered(meeting, person, admin, is_coming=False)
    sign_in(client, make_user(Role.COORDINATOR, person))
    address = f"/convenings/{meeting.id}"

    body = client.get(f"{address}/calendar.ics").text
    assert ("METHOD:CANCEL" in body, "STATUS:CANCELLED" in body, "SEQUENCE:2" in body) == (True, True, True)
    assert "that takes it off" in fetched(client, address)


def test_a_meeting_that_was_answered_on_two_records_of_a_person_is_one_meeting_with_the_latest_answer(
    client: FlaskClient, admin: User, vendor: VendorOrganization
) -> None:
    kept, absorbed = make_coordinator(vendor=vendor), make_coordinator()
    meeting = planned(admin)
    answered(meeting, absorbed, admin)
    answered(meeting, kept, admin)
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=admin, at=clock.now())

    listed = fetched(client, "/convenings")
    assert '<td data-label="Say they come">1</td>' in listed
    answered(meeting, kept, admin, is_coming=False)
    assert '<td data-label="Say they come">0</td>' in fetched(client, "/convenings")
    assert changed(meeting, admin, place="Lowell") == 0


def test_whoever_was_invited_on_a_record_that_another_one_absorbed_is_not_invited_again_and_hears_the_news(
    admin: User, vendor: VendorOrganization
) -> None:
    absorbed = make_coordinator(vendor=vendor)
    meeting = planned(admin)
    invited(meeting, admin)
    kept = make_coordinator()
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=admin, at=clock.now())

    assert convening_invitations.number_to_invite(meeting, on=clock.today()) == 0
    changed(meeting, admin, place="Lowell")
    letters_written()
    assert [letter.recipient for letter in mails("convening-changed")] == [kept.email]


@pytest.mark.parametrize("first", ["invite", "cancel"])
def test_whoever_is_invited_in_the_moment_of_a_cancellation_hears_of_it(committed_app: Flask, first: str) -> None:
    """Whichever is second waits: the cancellation for the letters, or the letters for the cancellation."""
    admin, person = make_user(Role.DPH_ADMINISTRATOR), make_coordinator(vendor=make_vendor())
    meeting = planned(admin)
    with transaction():
        asked = service.invite(meeting, actor=admin, at=clock.now()).id
    number, admin_id, acted, done = meeting.id, admin.id, Event(), Event()

    def act(what: str) -> None:
        with committed_app.app_context():
            assert what == first or acted.wait(10)
            with transaction():
                if what == "invite":
                    announcements.write(asked, limit=None, base_url=URL, at=clock.now())
                else:
                    found, by = db.session.get_one(Convening, number), db.session.get_one(User, admin_id)
                    service.cancel(found, "Snow", actor=by, at=clock.now())
                acted.set()
                if what == first:
                    done.wait(0.5)  # time enough for whoever does not wait
            done.set()
            db.session.remove()

    threads = [Thread(target=act, args=(what,)) for what in ("invite", "cancel")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    letters_written()
    heard = [kind for kind, _, _ in told(meeting, person)]
    assert heard == (["invitation", "cancelled"] if first == "invite" else [])
