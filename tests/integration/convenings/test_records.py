"""What is recorded of a meeting: who was there, which counts towards a renewal, and what was raised."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.audit import AccessLog
from certhub.models.convenings import ConveningAttendance, ConveningTheme
from certhub.models.parties import Coordinator
from certhub.queries import convening_sheets, dossiers
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role
from certhub.services import record_merges
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.convenings.arranging import answered, attended, invited, planned
from tests.integration.parties.browsing import administrator, entries, fetched, send, vendor_hr

THEME = {
    "title": "Waiting for equipment", "said": "Families wait for months.", "domain": "NCCS-6", "region": "boston",
    "people": "7", "evidence": "",
}  # fmt: skip


@pytest.fixture
def admin(client: FlaskClient) -> User:
    return administrator(client)


def meetings_of(person: Coordinator) -> list[str]:
    found = dossiers.dossier_of(person, application=None, as_of=clock.today())
    return [one.title for one in found.participations]


def test_whoever_is_checked_on_the_sheet_was_there_and_a_check_taken_away_supersedes(
    client: FlaskClient, admin: User
) -> None:
    vendor = make_vendor()
    there, away = make_coordinator(vendor=vendor), make_coordinator(vendor=vendor)
    meeting = planned(admin, days=-2)
    sheet, post = f"/convenings/{meeting.id}/attendance", f"/convenings/{meeting.id}/attendance/record"
    shown = [there.id, away.id]

    assert send(client, post, page=sheet, shown=shown, there=[there.id]).status_code == 302
    assert (meetings_of(there), meetings_of(away)) == (["Spring meeting"], [])
    assert send(client, post, page=sheet, shown=shown, there=[there.id], was=[there.id]).status_code == 302
    assert send(client, post, page=sheet, shown=shown, there=[], was=[there.id]).status_code == 302

    rows = db.session.scalars(select(ConveningAttendance).order_by(ConveningAttendance.id)).all()
    assert [(row.coordinator_id, row.attended, row.supersedes_id) for row in rows] == [
        (there.id, True, None), (there.id, False, rows[0].id)
    ]  # fmt: skip
    assert meetings_of(there) == []
    assert [entry.party_id for entry in entries(AuditAction.CONVENING_ATTENDANCE_CORRECTED)] == [there.id]


def test_what_another_person_recorded_meanwhile_is_not_taken_back_by_an_older_page(
    client: FlaskClient, admin: User
) -> None:
    person = make_coordinator(vendor=make_vendor())
    meeting = planned(admin, days=-2)
    attended(meeting, person, admin)
    sheet, post = f"/convenings/{meeting.id}/attendance", f"/convenings/{meeting.id}/attendance/record"

    send(client, post, page=sheet, shown=[person.id], there=[])  # the page from before: not checked, and was not

    assert meetings_of(person) == ["Spring meeting"]


def test_nothing_is_recorded_before_a_meeting_begins(client: FlaskClient, admin: User) -> None:
    person = make_coordinator(vendor=make_vendor())
    meeting = planned(admin)
    address = f"/convenings/{meeting.id}"
    answer = send(
        client, f"{address}/attendance/record", page=f"{address}/cancel", shown=[person.id], there=[person.id]
    )
    theme = send(client, f"{address}/themes/new", **THEME)

    for one in (answer, theme):
        assert (one.status_code, "has not begun" in one.text) == (422, True)


def test_the_sheet_is_searched_in_everybody_and_narrowed_to_a_vendor_and_its_reading_is_told(
    client: FlaskClient, admin: User
) -> None:
    vendor = make_vendor()
    employed, alone = make_coordinator("Rosa Lima", vendor=vendor), make_coordinator("Nora Quinn")
    other = make_coordinator("Tam Nguyen", vendor=make_vendor())
    meeting = planned(admin, days=-2)
    answered(meeting, other, admin)
    sheet = f"/convenings/{meeting.id}/attendance"

    def named(query: str) -> set[str]:
        page = fetched(client, sheet + query)
        return {person.name for person in (employed, alone, other) if person.name in page}

    assert named("") == {employed.name, other.name}
    assert named("?q=quinn") == {alone.name}
    assert named(f"?vendor={vendor.id}") == {employed.name}
    assert named("?coming=1") == {other.name}
    assert "Nobody fits these filters." in fetched(client, f"{sheet}?q=nobody")
    told = db.session.scalars(select(AccessLog.listing).where(AccessLog.what == "convenings.attendance")).all()
    assert len(told) == 5
    assert f'"meeting":{meeting.id}' in told[0]


def test_an_employer_reads_its_own_people_on_both_sheets_and_records_nobody(client: FlaskClient) -> None:
    admin, vendor = make_user(Role.DPH_ADMINISTRATOR), make_vendor()
    mine, theirs = make_coordinator("Rosa Lima", vendor=vendor), make_coordinator("Tam Nguyen", vendor=make_vendor())
    meeting = planned(admin, days=-2)
    for person in (mine, theirs):
        answered(meeting, person, admin)
        attended(meeting, person, admin)
    vendor_hr(client, vendor)

    for page in ("attendance", "sign-in-sheet"):
        shown = fetched(client, f"/convenings/{meeting.id}/{page}")
        assert (mine.name in shown, theirs.name in shown, "Save this page" in shown) == (True, False, False)
    address = f"/convenings/{meeting.id}"
    post = f"{address}/attendance/record"
    assert send(client, post, page="/account", shown=[mine.id], there=[]).status_code == 403


def test_the_sign_in_sheet_has_everybody_in_the_order_of_last_names_on_as_many_sheets_as_it_takes(
    client: FlaskClient, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, vendor = planned(admin), make_vendor()
    for name in ("Zoe Abbot", "Ana Young", "Lee Brown, Jr.", "Kim de la Cruz", "Tam Nguyen"):
        answered(meeting, make_coordinator(name, vendor=vendor), admin)
    answered(meeting, make_coordinator("Not There", vendor=vendor), admin, is_coming=False)
    address = f"/convenings/{meeting.id}/sign-in-sheet"

    def listed(query: str = "") -> list[tuple[str, str]]:
        page = client.get(address + query).text
        return re.findall(r'<td class="number">(\d+)</td><th scope="row"><bdi>([^<]+)</bdi>', page)

    ordered = ["Zoe Abbot", "Lee Brown, Jr.", "Kim de la Cruz", "Tam Nguyen", "Ana Young"]
    assert listed() == [(str(place), name) for place, name in enumerate(ordered, 1)]
    monkeypatch.setattr(convening_sheets, "MOST_SIGNING", 2)
    page = fetched(client, address)
    assert ("Print all 3 sheets." in page, "from <bdi>Zoe Abbot</bdi> to <bdi>Lee Brown, Jr.</bdi>" in page) == (
        True,
        True,
    )
    assert page.count('class="blank"') == 0
    assert listed() + listed("?sheet=2") + listed("?sheet=99") == [
        (str(place), name) for place, name in enumerate(ordered, 1)
    ]
    assert fetched(client, f"{address}?sheet=3").count('class="blank"') == 10
    read = db.session.scalars(select(AccessLog.listing).where(AccessLog.what == "convenings.sign_in_sheet")).all()
    assert ['"rows":5' in read[0], '"sheet":3' in read[-1], '"rows":1' in read[-1]] == [True, True, True]


def test_what_a_merged_record_attended_counts_once_and_can_still_be_corrected(app: Flask) -> None:
    admin = make_user(Role.DPH_ADMINISTRATOR)
    kept, absorbed = make_coordinator(vendor=make_vendor()), make_coordinator()
    both, one = planned(admin, days=-9, title="Both"), planned(admin, days=-5, title="One")
    attended(both, kept, admin)
    attended(both, absorbed, admin)
    attended(one, absorbed, admin)
    with transaction():
        done = record_merges.merge(kept, absorbed, reason="One person", actor=admin, at=clock.now())
    assert meetings_of(kept) == ["Both", "One"]

    attended(one, kept, admin, was_there=False)
    assert meetings_of(kept) == ["Both"]
    with transaction():
        record_merges.undo(done, reason="Two people", actor=admin, at=clock.now())
    assert (meetings_of(kept), meetings_of(absorbed)) == (["Both"], ["Both"])


def test_somebody_who_was_checked_on_two_records_is_one_person_and_is_taken_back_on_both(
    client: FlaskClient, admin: User
) -> None:
    kept, absorbed = make_coordinator(vendor=make_vendor()), make_coordinator()
    meeting = planned(admin, days=-9)
    attended(meeting, kept, admin)
    attended(meeting, absorbed, admin)
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=admin, at=clock.now())
    sheet, post = f"/convenings/{meeting.id}/attendance", f"/convenings/{meeting.id}/attendance/record"
    assert '<td data-label="Were there">1</td>' in fetched(client, "/convenings")

    send(client, post, page=sheet, shown=[kept.id], there=[], was=[kept.id])
    assert "0 people added, 1 corrected." in fetched(client, sheet)
    assert meetings_of(kept) == []
    assert '<td data-label="Were there">0</td>' in fetched(client, "/convenings")
    assert f'value="{kept.id}" checked' not in client.get(sheet).text

    send(client, post, page=sheet, shown=[kept.id], there=[kept.id], was=[])
    assert meetings_of(kept) == ["Spring meeting"]
    assert '<td data-label="Were there">1</td>' in fetched(client, "/convenings")


def test_what_only_an_absorbed_record_attended_stands_on_the_sheet_of_the_person(
    client: FlaskClient, admin: User
) -> None:
    kept, absorbed = make_coordinator("Rosa Lima"), make_coordinator()
    meeting = planned(admin, days=-9)
    attended(meeting, absorbed, admin)
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=admin, at=clock.now())
    assert "Rosa Lima" in fetched(client, f"/convenings/{meeting.id}/attendance")


def test_a_coordinator_reads_their_own_attendance_and_of_nobody_else(client: FlaskClient) -> None:
    admin, vendor = make_user(Role.DPH_ADMINISTRATOR), make_vendor()
    me, colleague = make_coordinator(vendor=vendor), make_coordinator(vendor=vendor)
    mine, other = planned(admin, days=-5, title="Mine"), planned(admin, days=-3, title="Other")
    attended(mine, me, admin)
    attended(other, colleague, admin)
    sign_in(client, make_user(Role.COORDINATOR, me))

    assert "Yes, on record" in fetched(client, f"/convenings/{mine.id}")
    assert "Yes, on record" not in fetched(client, f"/convenings/{other.id}")
    assert colleague.name not in fetched(client, f"/convenings/{other.id}")
    assert client.get(f"/convenings/{other.id}/attendance").status_code == 403


def test_what_was_raised_is_counted_corrected_and_struck_and_its_words_stay_on_file(
    client: FlaskClient, admin: User
) -> None:
    meeting = planned(admin, days=-2)
    address = f"/convenings/{meeting.id}"
    assert "Nothing was raised yet." in fetched(client, "/convenings/raised")
    assert send(client, f"{address}/themes/new", **THEME).status_code == 302
    first = db.session.scalars(select(ConveningTheme)).one()
    assert "NCCS-6 Care Transitions: 1" in fetched(client, "/convenings/raised")

    correct = f"{address}/themes/{first.id}/correct"
    assert "Families wait for months." in fetched(client, correct)
    assert send(client, correct, **(THEME | {"domain": "NCCS-1"})).status_code == 302
    assert "corrected or struck meanwhile" in send(client, correct, **THEME).text
    page = fetched(client, "/convenings/raised")
    assert ("NCCS-6 Care Transitions: 0" in page, "Assessment: 1" in page) == (True, True)

    second = db.session.scalars(select(ConveningTheme).where(ConveningTheme.supersedes_id == first.id)).one()
    assert send(client, f"{address}/themes/{second.id}/strike").status_code == 302
    assert "Nothing was raised yet." in fetched(client, "/convenings/raised")
    assert len(db.session.scalars(select(ConveningTheme)).all()) == 3


def test_a_theme_of_another_meeting_is_not_found(client: FlaskClient, admin: User) -> None:
    here, elsewhere = planned(admin, days=-2), planned(admin, days=-3)
    send(client, f"/convenings/{here.id}/themes/new", **THEME)
    number = db.session.scalars(select(ConveningTheme.id)).one()
    assert client.get(f"/convenings/{elsewhere.id}/themes/{number}/correct").status_code == 404


@pytest.mark.parametrize("statement", ["UPDATE {} SET recorded_at = recorded_at", "DELETE FROM {}"])
@pytest.mark.parametrize(
    "table", ["convening_attendance", "convening_answer", "convening_invitation", "convening_theme"]
)
def test_the_database_itself_refuses_to_change_what_was_recorded(
    client: FlaskClient, admin: User, table: str, statement: str
) -> None:
    meeting, person = planned(admin, days=-2), make_coordinator(vendor=make_vendor())
    invited(planned(admin), admin)
    answered(meeting, person, admin)
    attended(meeting, person, admin)
    send(client, f"/convenings/{meeting.id}/themes/new", **THEME)
    with pytest.raises(DBAPIError, match="never changed or removed"):
        db.session.execute(text(statement.format(table)))
