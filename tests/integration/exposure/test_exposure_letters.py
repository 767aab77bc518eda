"""Telling of exposures: each recipient once, nothing missed after an outage, and once that it is over."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.jobs import runner
from certhub.jobs.catalog import find
from certhub.jobs.registry import Occasion
from certhub.models.exposures import ExposureNotice
from certhub.models.messages import Message, MessageStatus
from certhub.rules.vocabulary import Role
from certhub.services import exposure_letters
from tests.conftest import settings_for
from tests.factories import make_user, placement, saved
from tests.integration.exposure.arranging import changed, placed, suspended, termed
from tests.integration.parties.browsing import administrator, fetched

MAY_31, JUNE_1, JUNE_2 = date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2)
BASE = "https://certhub.example"


def run_on(day: date) -> int:
    """What the job does on a day; how many letters were new."""
    at = datetime.combine(day, time(11), UTC)
    with transaction():
        exposure_letters.plan(day, at=at)
        waiting = exposure_letters.waiting_recipients("", None)
        return exposure_letters.enqueue_letters(waiting, day, base_url=BASE, at=at) if waiting else 0


def letters() -> list[Message]:
    db.session.expire_all()
    found = select(Message).where(Message.kind == exposure_letters.LETTER).order_by(Message.id)
    return list(db.session.scalars(found))


def test_hr_the_practice_and_dph_are_told_once_each_by_a_letter_of_their_own(app: Flask) -> None:
    one = placed(credential_until=MAY_31)
    hr, boss = make_user(Role.VENDOR_HR, one.vendor), make_user(Role.DPH_ADMINISTRATOR)
    manager = make_user(Role.PRACTICE_MANAGER, one.practice)

    assert run_on(MAY_31) == 0
    assert run_on(JUNE_1) == 3
    told = {letter.recipient: letter.body_text for letter in letters()}
    assert set(told) == {hr.email, boss.email, manager.email}
    assert f"{BASE}/exposures/credential/{one.person.id}" in told[hr.email]
    assert "Ana Ferreira: coordinator credential" in told[boss.email]
    assert "Exposed: 1 coordinator at 1 practice." in told[boss.email]
    assert "Not cleared to work with you from June 1, 2026 on." in told[manager.email]
    assert "credential" not in told[manager.email].replace("a credential in force", "")
    assert [run_on(JUNE_1), run_on(JUNE_2)] == [0, 0]
    assert len(letters()) == 3


def test_days_on_which_nothing_ran_are_caught_up_by_one_letter(app: Flask) -> None:
    one = placed(credential_until=MAY_31)
    other = placed("Ben Walsh", vendor=one.vendor, practice=one.practice, credential_until=date(2026, 6, 9))
    hr = make_user(Role.VENDOR_HR, one.vendor)

    run_on(date(2026, 6, 20))
    (letter,) = [each for each in letters() if each.recipient == hr.email]
    assert "June 1, 2026" in letter.body_text
    assert "June 10, 2026" in letter.body_text
    assert other.person.name in letter.body_text


def test_a_repaired_link_is_told_as_over_once(app: Flask) -> None:
    one = placed(credential_until=MAY_31)
    hr = make_user(Role.VENDOR_HR, one.vendor)
    run_on(JUNE_1)
    termed(one.credential(one.person), JUNE_2, date(2028, 5, 31))

    run_on(JUNE_2)
    own = [letter for letter in letters() if letter.recipient == hr.email]
    assert len(own) == 2
    assert "In order again: found on June 2, 2026." in own[1].body_text
    assert run_on(date(2026, 6, 3)) == 0


def test_a_letter_whose_exposures_are_over_before_it_leaves_is_withdrawn(app: Flask) -> None:
    one = placed(credential_until=MAY_31)
    other = placed("Ben Walsh", vendor=one.vendor, practice=one.practice, credential_until=MAY_31)
    hr = make_user(Role.VENDOR_HR, one.vendor)
    run_on(JUNE_1)
    (letter,) = [each for each in letters() if each.recipient == hr.email]
    termed(one.credential(one.person), JUNE_1, date(2028, 5, 31))

    with transaction():
        told = exposure_letters.read_again(letter.id, JUNE_1, base_url=BASE)
    assert told is not None
    assert "Ben Walsh" in told.text
    assert "Ana Ferreira" not in told.text
    termed(other.credential(other.person), JUNE_1, date(2028, 5, 31))
    with transaction():
        assert exposure_letters.read_again(letter.id, JUNE_1, base_url=BASE) is None
    assert run_on(JUNE_2) in (1, 2)  # the practice and DPH, whose letters left before, hear that it is over
    assert [each.id for each in letters() if each.recipient == hr.email] == [letter.id]


def test_who_reads_for_an_organization_no_longer_is_told_neither_of_a_beginning_nor_of_an_end(app: Flask) -> None:
    one = placed(credential_until=MAY_31)
    gone, here = make_user(Role.VENDOR_HR, one.vendor), make_user(Role.VENDOR_HR, one.vendor)
    boss = make_user(Role.DPH_ADMINISTRATOR)
    run_on(JUNE_1)

    def reads(address: str, number: int = -1) -> bool:
        letter = [each for each in letters() if each.recipient == address][number]
        with transaction():
            return exposure_letters.read_again(letter.id, JUNE_1, base_url=BASE) is not None

    assert [reads(each.email) for each in (gone, here, boss)] == [True, True, True]
    for each in (gone, boss):
        changed(each, deactivated_at=datetime.combine(JUNE_1, time(12), UTC))
    assert [reads(each.email) for each in (gone, here, boss)] == [False, True, False]

    termed(one.credential(one.person), JUNE_2, date(2028, 5, 31))
    run_on(JUNE_2)
    told = [letter.recipient for letter in letters()]
    assert (told.count(here.email), told.count(gone.email), told.count(boss.email)) == (2, 1, 1)
    changed(here, deactivated_at=datetime.combine(JUNE_2, time(12), UTC))
    assert not reads(here.email)


def test_a_practice_is_not_told_again_of_somebody_when_a_second_link_breaks(app: Flask) -> None:
    one = placed(credential_until=MAY_31)
    manager = make_user(Role.PRACTICE_MANAGER, one.practice)
    run_on(JUNE_1)
    suspended(one.credential(one.vendor), JUNE_2)

    assert run_on(JUNE_2) == 1  # the vendor is
    assert len([each for each in letters() if each.recipient == manager.email]) == 1
    notices = db.session.scalars(select(ExposureNotice).where(ExposureNotice.recipient == manager.email)).all()
    assert len(notices) == 2
    assert len({notice.message_id for notice in notices} - {None}) == 1


def test_a_corrected_end_of_an_assignment_is_not_a_new_exposure(app: Flask) -> None:
    one = placed(credential_until=MAY_31)
    run_on(JUNE_1)
    before = len(letters())
    at = datetime(2026, 6, 1, 15, tzinfo=UTC)
    changed(one.assignment, superseded_at=at)
    saved(
        placement(
            coordinator_id=one.person.id, practice_id=one.practice.id, vendor_id=one.vendor.id,
            starts_on=one.assignment.starts_on, ends_on=date(2026, 8, 31), recorded_at=at,
            supersedes_id=one.assignment.id,
        )
    )  # fmt: skip
    assert run_on(JUNE_2) == 0
    assert len(letters()) == before


def test_the_page_of_the_link_says_who_was_told_and_how_the_message_stands(client: FlaskClient) -> None:
    one = placed(credential_until=MAY_31)
    hr = make_user(Role.VENDOR_HR, one.vendor, name="Rosa Lima")
    run_on(JUNE_1)
    letter = next(each for each in letters() if each.recipient == hr.email)
    with transaction():
        letter.status, letter.sent_at = MessageStatus.SENT, datetime(2026, 6, 1, 12, tzinfo=UTC)
    administrator(client)

    page = fetched(client, f"/exposures/credential/{one.person.id}?as_of=2026-06-15")
    assert "Rosa Lima" in page
    assert "Delivered June 1, 2026, 8:00\N{NO-BREAK SPACE}AM" in page
    assert "Waits to be sent" in page


def test_the_job_counts_in_a_dry_run_and_keeps_nothing(committed_app: Flask, tmp_path: Path) -> None:
    one = placed(credential_until=MAY_31)
    make_user(Role.VENDOR_HR, one.vendor)
    settings = settings_for(str(db.engine.url.render_as_string(hide_password=False)), tmp_path)

    def ran(*, dry_run: bool) -> dict[str, int]:
        row = runner.run(find("exposures"), Occasion(JUNE_1, settings, lambda _item: "https://h/", dry_run=dry_run))
        assert row.error is None
        return row.counts

    assert ran(dry_run=True) == {"new": 2, "messages": 2}
    assert letters() == []
    assert ran(dry_run=False) == {"new": 2, "messages": 2}
    assert ran(dry_run=False) == {}
