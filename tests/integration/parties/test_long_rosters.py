"""Long rosters: the worker checks and imports them, shows how far it is, and whoever asked may end it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs import roster_imports as job
from certhub.jobs.registry import Counts, Occasion
from certhub.models.accounts import User
from certhub.models.imports import ImportStatus, RosterImport
from certhub.models.parties import Coordinator
from certhub.rules.audit_actions import AuditAction
from certhub.rules.job_retries import BEGINNINGS_BORNE
from certhub.rules.refusal import Refusal
from certhub.services import roster_import, roster_work
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import entries, fetched, send, vendor_hr
from tests.integration.parties.test_roster_import import ANA, HEADING, carry_out, lines, people, upload

LONG = 2_500
ROWS = [f"Person {number},person{number}@example.org,Nurse,2026-03-02" for number in range(LONG)]


@pytest.fixture
def address(client: FlaskClient) -> str:
    """The page of a roster that is too long to be checked while somebody waits."""
    vendor_hr(client, make_vendor())
    return upload(client, lines(HEADING, *ROWS)).headers["Location"]


def work(app: Flask, **changes: Any) -> Counts:
    occasion = Occasion(clock.today(), app.extensions["certhub"].settings, lambda _item: "", **changes)
    return job.work_off(occasion)


def the_roster() -> RosterImport:
    db.session.expire_all()
    return db.session.scalars(select(RosterImport).order_by(RosterImport.id.desc()).limit(1)).one()


def stopping_after(times: int) -> Callable[[], bool]:
    left = iter([False] * times)
    return lambda: next(left, True)


def doing_once(after: int, what: Callable[[], Any]) -> Callable[[], bool]:
    """Something that another process does while the worker, which is never to stop, is at it."""
    turns = iter(range(1_000))

    def stopping() -> bool:
        if next(turns) == after:
            what()
        return False

    return stopping


def whoever_asked() -> User:
    return db.session.get_one(User, the_roster().created_by_id)


def end_it() -> None:
    with transaction():
        roster_work.end(the_roster(), actor=whoever_asked(), at=clock.now())


def test_the_worker_checks_and_imports_a_long_roster_in_the_name_of_whoever_asked(
    app: Flask, client: FlaskClient, address: str
) -> None:
    page = fetched(client, address)
    assert "The work on it begins within a minute." in page
    assert "Being checked" in fetched(client, "/roster-imports")
    assert work(app, dry_run=True) == {"would work on": 1}
    told: list[tuple[int, int | None]] = []
    assert work(app, progress=lambda done, total: told.append((done, total))) == {"worked on": 1}
    assert told == [(0, LONG), (1_000, LONG), (2_000, LONG), (LONG, LONG), (LONG, LONG)]
    assert f"Import {LONG:,} coordinators" in fetched(client, address)
    assert people() == []

    carry_out(client, address)
    assert people() == [], "the worker imports it"
    assert "Being imported" in fetched(client, "/roster-imports")
    assert work(app) == {"worked on": 1}
    assert f"{LONG:,} coordinators were added" in fetched(client, address)
    assert len(people()) == LONG
    imported = entries(AuditAction.ROSTER_IMPORTED)
    assert [one.actor_id for one in imported] == [the_roster().created_by_id]
    assert work(app) == {}


def test_a_short_roster_is_still_checked_and_imported_at_once(app: Flask, client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    address = upload(client, lines(HEADING, ANA)).headers["Location"]
    carry_out(client, address)
    assert len(people()) == 1
    assert work(app) == {}


def test_the_page_tells_how_far_it_is_and_a_worker_that_was_stopped_begins_anew(
    app: Flask, client: FlaskClient, address: str
) -> None:
    assert work(app, stopping=stopping_after(2)) == {}
    answer = client.get(address)
    assert f"1,000 of {LONG:,} rows read" in answer.get_data(as_text=True)
    assert answer.headers["Refresh"] == "15"
    assert work(app) == {"worked on": 1}
    assert f"Import {LONG:,} coordinators" in fetched(client, address)


@pytest.mark.parametrize("under_way", [False, True])
def test_whoever_may_ask_ends_a_check_and_the_file_is_discarded(
    app: Flask, client: FlaskClient, address: str, *, under_way: bool
) -> None:
    if under_way:
        work(app, stopping=stopping_after(2))
    send(client, f"{address}/end", page=address)
    page = fetched(client, address)
    assert roster_work.ENDED in page
    assert "Upload another file" in page
    assert the_roster().status is ImportStatus.DISCARDED
    assert work(app) == {}
    assert len(entries(AuditAction.ROSTER_ENDED)) == 1
    send(client, f"{address}/end", page="/roster-imports")
    assert "The work on this file has ended already." in fetched(client, address)


def test_an_import_that_is_ended_leaves_the_file_as_it_was_checked(
    app: Flask, client: FlaskClient, address: str
) -> None:
    work(app)
    carry_out(client, address)
    with pytest.raises(Refusal, match="End the work on it first"), transaction():
        roster_import.discard(the_roster(), actor=whoever_asked(), at=clock.now())

    assert work(app, stopping=doing_once(2, end_it)) == {"worked on": 1}
    assert people() == []
    assert (the_roster().status, the_roster().work) == (ImportStatus.CHECKED, None)
    page = fetched(client, address)
    assert roster_work.ENDED in page
    assert f"Import {LONG:,} coordinators" in page, "it can be asked for again"


def test_a_run_that_a_person_ended_gives_the_work_up(app: Flask, client: FlaskClient, address: str) -> None:
    assert work(app, stopping=stopping_after(2), cancelled=lambda: True) == {}
    assert roster_work.ENDED in fetched(client, address)
    assert work(app) == {}


def test_a_roster_at_which_workers_died_is_given_up_and_the_next_one_is_worked_on(
    app: Flask, client: FlaskClient, address: str
) -> None:
    work(app, stopping=stopping_after(2), deaths=BEGINNINGS_BORNE - 1)
    second = upload(client, lines(HEADING, *ROWS)).headers["Location"]
    assert work(app, deaths=BEGINNINGS_BORNE) == {"worked on": 2}
    assert job.DIED in fetched(client, address)
    assert f"Import {LONG:,} coordinators" in fetched(client, second)


def test_what_breaks_is_told_on_the_page_and_changes_nothing(
    app: Flask, client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(app)
    carry_out(client, address)
    with monkeypatch.context() as broken:
        broken.setattr(roster_import, "carry_out", lambda *_arguments, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work(app)
    assert job.FAILED in fetched(client, address)
    assert people() == []
    carry_out(client, address)
    work(app)
    assert len(people()) == LONG


def test_a_record_that_changed_since_the_check_stops_the_import_with_its_row(
    app: Flask, client: FlaskClient, address: str
) -> None:
    work(app)
    make_coordinator("Somebody Else", email="person7@example.org", vendor=make_vendor())
    carry_out(client, address)
    assert work(app) == {"worked on": 1}
    assert "Nothing was imported. Row 9, email" in fetched(client, address)
    assert len(db.session.scalars(select(Coordinator)).all()) == 1


def test_a_long_file_that_is_no_roster_is_refused_beside_its_field(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    answer = upload(client, lines("colour,size", *ROWS))
    assert answer.status_code == 422
    assert db.session.scalars(select(RosterImport)).all() == []


def test_two_workers_at_one_roster_do_its_work_once(app: Flask, client: FlaskClient, address: str) -> None:
    """The second takes it up while the first reads; the first finds that and leaves it."""
    second: list[Counts] = []
    work(app, stopping=doing_once(2, lambda: second.append(work(app))))
    assert second == [{"worked on": 1}]
    assert len(entries(AuditAction.ROSTER_CHECKED)) == 1
    assert the_roster().status is ImportStatus.CHECKED
