"""Private calendars: one address for each account, shown once, revoked at any time."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.calendars import CalendarFeed
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Region, Role
from certhub.services import accounts, calendar_feeds
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.convenings.arranging import answered, cancelled, changed, planned
from tests.integration.parties.browsing import entries, fetched, send


def new_address(client: FlaskClient) -> str:
    """Make one's calendar address; its path."""
    answer = send(client, "/account/calendar")
    found = re.search(r"(/calendars/[\w-]+/certhub\.ics)", answer.text)
    assert found, answer.text
    return found[1]


def events(client: FlaskClient, path: str) -> dict[str, dict[str, str]]:
    """The events of a calendar by title."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    text = answer.text.replace("\r\n ", "")
    blocks = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.S)
    found = [dict(line.split(":", 1) for line in block.split("\r\n") if line) for block in blocks]
    return {one["SUMMARY"]: one for one in found}


def coordinator(client: FlaskClient) -> User:
    user = make_user(Role.COORDINATOR, make_coordinator(vendor=make_vendor()))
    sign_in(client, user)
    return user


def test_an_address_is_shown_once_and_its_secret_is_neither_in_the_database_nor_in_the_trail(
    client: FlaskClient,
) -> None:
    coordinator(client)
    path = new_address(client)
    token = path.split("/")[2]

    page = fetched(client, "/account/calendar")
    assert token not in page
    assert "can join online where there is a link" in page
    assert page.count("agenda and the link to join online.") == 1
    feed = db.session.scalars(select(CalendarFeed)).one()
    assert token != feed.token_hash
    told = db.session.scalars(select(AuditEntry.changes).where(AuditEntry.subject_type == "calendar_feed")).all()
    assert told
    assert not any(token in one or feed.token_hash in one for one in told)


def test_a_calendar_is_read_without_signing_in_and_changes_the_event_that_it_has(client: FlaskClient) -> None:
    coordinator(client)
    admin = make_user(Role.DPH_ADMINISTRATOR)
    meeting = planned(admin)
    path = new_address(client)
    reader = client.application.test_client()
    before = events(reader, path)["Spring meeting"]
    tag = reader.get(path).headers["ETag"]

    assert reader.get(path, headers={"If-None-Match": tag}).status_code == 304
    changed(meeting, admin, ends_at=meeting.ends_at + timedelta(hours=1))
    after = events(reader, path)["Spring meeting"]
    cancelled(meeting, admin)
    gone = events(reader, path)["Spring meeting"]

    assert before["UID"] == after["UID"] == gone["UID"]
    assert int(before["SEQUENCE"]) < int(after["SEQUENCE"]) < int(gone["SEQUENCE"])
    assert before["DTEND"] < after["DTEND"]
    assert [one["STATUS"] for one in (before, after, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    answer = reader.get(path, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]


def test_an_address_that_was_revoked_or_replaced_or_never_given_out_is_not_found(client: FlaskClient) -> None:
    coordinator(client)
    first = new_address(client)
    second = new_address(client)
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]

    send(client, "/account/calendar/revoke", page="/account/calendar")
    send(client, "/account/calendar/revoke", page="/account/calendar")
    assert [client.get(path).status_code for path in (second, "/calendars/guessed/certhub.ics")] == [404, 404]
    assert "You have no calendar address." in fetched(client, "/account/calendar")
    assert (len(entries(AuditAction.CALENDAR_FEED_OPENED)), len(entries(AuditAction.CALENDAR_FEED_REVOKED))) == (2, 2)
    assert db.session.scalar(select(func.count(CalendarFeed.id)).where(CalendarFeed.revoked_at.is_(None))) == 0


def test_the_calendar_of_a_closed_account_is_revoked_with_it_and_does_not_come_back(client: FlaskClient) -> None:
    user = coordinator(client)
    path, admin = new_address(client), make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        accounts.deactivate(user, actor=admin, at=clock.now())
    assert client.get(path).status_code == 404
    (revoked,) = entries(AuditAction.CALENDAR_FEED_REVOKED)
    assert revoked.actor_id == admin.id

    with transaction():
        accounts.reactivate(user, actor=admin, at=clock.now())
    assert client.get(path).status_code == 404
    with transaction():
        accounts.deactivate(user, actor=admin, at=clock.now())
    with pytest.raises(Refusal, match="closed in the meantime"), transaction():
        calendar_feeds.open_feed(actor=user, at=clock.now())


def test_whoever_guesses_addresses_has_to_wait_and_whoever_has_one_does_not(client: FlaskClient) -> None:
    coordinator(client)
    path = new_address(client)
    guesses = [client.get(f"/calendars/guess-{number}/certhub.ics").status_code for number in range(33)]
    assert (guesses[0], guesses[-1]) == (404, 429)
    assert client.get(path).status_code == 200


def test_each_calendar_has_the_meetings_of_its_own_person(client: FlaskClient) -> None:
    admin = make_user(Role.DPH_ADMINISTRATOR)
    user = coordinator(client)
    other = make_coordinator(vendor=make_vendor())
    me = user.party
    assert me is not None
    planned(admin, title="Everybody")
    planned(admin, title="My region", region=me.region)
    planned(admin, title="Far away", region=Region.BOSTON)
    visited, declined, off = (
        planned(admin, title=title, region=region)
        for title, region in (("Visited", Region.BOSTON), ("Declined", None), ("Off", None))
    )
    answered(visited, me, admin)  # type: ignore[arg-type]  # the party of a coordinator is one
    answered(visited, other, admin, is_coming=False)
    for meeting in (declined, off):
        answered(meeting, me, admin, is_coming=False)  # type: ignore[arg-type]  # as above
    answered(declined, other, admin)
    cancelled(off, admin)

    assert set(events(client, new_address(client))) == {"Everybody", "My region", "Visited", "Off"}
    sign_in(client, make_user(Role.VENDOR_HR, make_vendor()))
    assert len(events(client, new_address(client))) == 6
    sign_in(client, make_user(Role.PRACTICE_MANAGER, make_vendor()))
    assert events(client, new_address(client)) == {}


def test_the_file_of_one_meeting_invites_and_takes_off(client: FlaskClient) -> None:
    admin = make_user(Role.DPH_ADMINISTRATOR)
    meeting = planned(admin)
    user = coordinator(client)
    path = f"/convenings/{meeting.id}/calendar.ics"
    before = client.get(path)
    cancelled(meeting, admin)
    after = client.get(path)

    assert ("METHOD:REQUEST" in before.text, "METHOD:CANCEL" in after.text) == (True, True)
    assert f"mailto:{user.email}" in before.text.replace("\r\n ", "")
    assert before.mimetype == "text/calendar"
