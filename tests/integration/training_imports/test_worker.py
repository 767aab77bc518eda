"""Long files: the worker checks, imports and undoes them, shows how far it is, and begins anew where it was stopped."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs import training_imports as job
from certhub.jobs.registry import Counts, Occasion
from certhub.models.training_imports import (
    TrainingImport,
    TrainingImportDoubt,
    TrainingImportRow,
    TrainingImportStatus,
)
from certhub.queries import training_imports as imports
from certhub.rules.audit_actions import AuditAction
from certhub.rules.job_retries import BEGINNINGS_BORNE
from certhub.rules.refusal import Refusal
from certhub.services import training_doubles, training_import_check, training_imports
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import entries, fetched, send, vendor_hr
from tests.integration.training_imports.files import checked_file, chosen, completions, import_it, line, lines

ANA = "ana@example.org"


@pytest.fixture
def address(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """The report of a file that is too long to be checked while somebody waits."""
    monkeypatch.setattr(training_import_check, "AT_ONCE", 3)
    monkeypatch.setattr(training_import_check, "ROWS_IN_A_STEP", 2)
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    return checked_file(client, lines(*(line(email=ANA, title=f"Part {number}") for number in range(5))))


def work(app: Flask, **changes: Any) -> Counts:
    occasion = Occasion(clock.today(), app.extensions["certhub"].settings, lambda _item: "", **changes)
    return job.work_off(occasion)


def the_import() -> TrainingImport:
    db.session.expire_all()
    return db.session.scalars(select(TrainingImport).order_by(TrainingImport.id.desc()).limit(1)).one()


def kept_rows() -> int:
    return db.session.scalar(select(func.count()).select_from(TrainingImportRow)) or 0


def test_the_worker_checks_imports_and_undoes_a_long_file(app: Flask, client: FlaskClient, address: str) -> None:
    assert "The work on it begins within a minute." in fetched(client, address)
    assert work(app, dry_run=True) == {"would work on": 1}
    assert kept_rows() == 0
    assert work(app) == {"worked on": 1}
    assert "Import 5 rows" in fetched(client, address)
    import_it(client, address)
    assert completions() == []
    assert work(app) == {"worked on": 1}
    assert "5 rows are on file for 1 person" in fetched(client, address)
    assert len(completions()) == len(entries(AuditAction.TRAINING_RECORDED)) == 5
    send(client, f"{address}/undo", reason="Wrong file")
    assert "There is nothing to undo." in fetched(client, f"{address}/undo")
    work(app)
    assert "The reason: <bdi>Wrong file</bdi>" in fetched(client, address)
    assert len(completions()) == 10
    assert work(app) == {}


def test_a_page_tells_how_far_the_check_is_and_a_check_that_was_stopped_begins_anew(
    app: Flask, client: FlaskClient, address: str
) -> None:
    asked = iter([False, False, True])
    assert work(app, stopping=lambda: next(asked, True)) == {}
    assert kept_rows() == 2
    assert "2 of 5 rows read" in fetched(client, address)
    work(app)
    assert kept_rows() == 5
    assert "All rows can be imported." in fetched(client, address)


def test_a_check_that_a_person_ended_is_given_up_with_a_sentence_and_can_be_asked_for_again(
    app: Flask, client: FlaskClient, address: str
) -> None:
    asked = iter([False, False, True])
    assert work(app, stopping=lambda: next(asked, True), cancelled=lambda: True) == {}
    assert kept_rows() == 0
    assert training_imports.ENDED in fetched(client, address)
    assert (the_import().work, the_import().status) == (None, TrainingImportStatus.UPLOADED)
    assert work(app) == {}  # it waits for nobody any more
    columns = f"{address}/columns"
    send(client, columns, **chosen(client.get(columns)))
    assert work(app) == {"worked on": 1}
    assert "Import 5 rows" in fetched(client, address)


def test_a_check_at_which_workers_died_is_given_up_and_the_next_file_is_worked_on(
    app: Flask, client: FlaskClient, address: str
) -> None:
    asked = iter([False, False, True])
    assert work(app, stopping=lambda: next(asked, True), deaths=BEGINNINGS_BORNE - 1) == {}
    assert kept_rows() == 2, "it was begun anew"
    columns = checked_file(client, lines(*(line(email=ANA, title=f"Other {number}") for number in range(5))))
    assert work(app, deaths=BEGINNINGS_BORNE) == {"worked on": 2}
    assert job.DIED in fetched(client, address).replace("&#39;", "'")
    assert "Import 5 rows" in fetched(client, columns)


@pytest.mark.parametrize("ends", ["stopped", "broken"])
def test_a_file_that_was_right_once_cannot_be_imported_after_half_of_another_check(
    app: Flask, client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    work(app)
    assert "Import 5 rows" in fetched(client, address)
    columns = f"{address}/columns"
    send(client, columns, **chosen(client.get(columns)))
    if ends == "stopped":
        asked = iter([False, False, True])
        work(app, stopping=lambda: next(asked, True))
        assert kept_rows() == 2
    else:
        with monkeypatch.context() as broken:
            broken.setattr(training_doubles, "people_of", lambda _number: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                work(app)
        assert kept_rows() == 0
        page = fetched(client, address)
        assert "nothing was changed" in page
        assert "Import 5 rows" not in page
        assert "Download the report" not in page
    found = the_import()
    assert (found.status, found.counts, found.report) == (TrainingImportStatus.UPLOADED, {}, {})
    assert import_it(client, address).status_code == 422
    with pytest.raises(Refusal, match="not ready to be imported"), transaction():
        training_imports.carry_out(the_import(), leave_out=True, actor=the_import().uploaded_by, at=clock.now())
    assert completions() == []
    send(client, columns, **chosen(client.get(columns)))
    work(app)
    assert "Import 5 rows" in fetched(client, address)


def test_who_is_confirmed_outlives_a_check_that_was_stopped_in_the_middle(
    app: Flask, client: FlaskClient, address: str
) -> None:
    vendor = the_import().vendor
    assert vendor
    ana = make_coordinator("Zoe Alone", vendor=vendor)
    by_name = checked_file(client, lines(*(line(name="Zoe Alone", title=f"Part {number}") for number in range(5))))
    work(app)
    doubt = db.session.scalars(select(TrainingImportDoubt)).one()
    send(client, f"{by_name}/people", **{f"doubt_{doubt.id}": str(ana.id)})
    columns = f"{by_name}/columns"
    send(client, columns, **chosen(client.get(columns)))
    asked = iter([False, False, True])
    work(app, stopping=lambda: next(asked, True))
    work(app)
    assert "Import 5 rows" in fetched(client, by_name)


def test_an_import_that_dies_in_the_middle_leaves_nothing_says_so_and_can_be_asked_for_again(
    app: Flask, client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lesson 23."""
    work(app)
    import_it(client, address)
    with monkeypatch.context() as broken:
        broken.setattr(training_imports, "chain_so_far", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work(app)
    assert completions() == []
    assert "nothing was changed" in fetched(client, address)
    import_it(client, address)
    work(app)
    assert len(completions()) == 5


def test_a_refusal_of_the_worker_is_told_on_the_page(
    app: Flask, client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certhub.rules import spreadsheet

    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 4)
    work(app)
    assert "This file has more than 4 rows." in fetched(client, address)
    assert db.session.scalars(select(TrainingImport)).one().status is TrainingImportStatus.UPLOADED


def test_a_file_that_the_worker_is_busy_with_takes_no_other_choice(client: FlaskClient, address: str) -> None:
    answer = send(client, f"{address}/discard", page="/training-imports")
    assert answer.status_code == 302
    assert "CertHub is busy with this file." in fetched(client, address)
    assert import_it(client, address).status_code == 422


def test_one_choice_is_taken_and_the_next_is_refused_until_the_worker_is_done(
    app: Flask, client: FlaskClient, address: str
) -> None:
    def chosen_twice(first: Callable[[], object], second: Callable[[], object]) -> None:
        with transaction():
            first()
        with pytest.raises(Refusal, match="CertHub is busy with this file"), transaction():
            second()

    def choose(*, leave_out: bool) -> None:
        training_imports.choose(the_import(), leave_out=leave_out, actor=hr, at=clock.now())

    def choose_undo(reason: str) -> None:
        seen = imports.undo_plan(hr, the_import()).fingerprint
        training_imports.choose_undo(the_import(), reason=reason, seen=seen, actor=hr, at=clock.now())

    hr = the_import().uploaded_by
    work(app)
    chosen_twice(lambda: choose(leave_out=False), lambda: choose(leave_out=True))
    assert the_import().leave_out is False
    work(app)
    chosen_twice(lambda: choose_undo("Mine"), lambda: choose_undo("Another"))
    assert the_import().undo_reason == "Mine"
    assert len(entries(AuditAction.TRAINING_IMPORT_ASKED)) == 3


def test_whoever_looks_on_ends_a_check_on_its_page_while_the_worker_is_at_it(
    app: Flask, client: FlaskClient, address: str
) -> None:
    asked = iter(range(10))

    def ends_it_after_two_rows() -> bool:
        if next(asked) == 2:
            assert "End this work" in fetched(client, address)
            send(client, f"{address}/end", page=address)
        return False

    assert work(app, stopping=ends_it_after_two_rows) == {"worked on": 1}
    assert (kept_rows(), the_import().work, the_import().status) == (0, None, TrainingImportStatus.UPLOADED)
    assert training_imports.ENDED in fetched(client, address)
    assert [entry.action for entry in entries(AuditAction.TRAINING_IMPORT_ENDED)] == ["training_import.ended"]
    assert work(app) == {}


def test_a_check_that_is_ended_and_asked_for_anew_meanwhile_begins_anew_with_all_rows(
    app: Flask, client: FlaskClient, address: str
) -> None:
    asked = iter(range(20))

    def asks_anew_after_two_rows() -> bool:
        if next(asked) == 2:
            send(client, f"{address}/end", page=address)
            columns = f"{address}/columns"
            send(client, columns, **chosen(client.get(columns)))
        return False

    assert work(app, stopping=asks_anew_after_two_rows) == {"worked on": 2}
    assert kept_rows() == the_import().row_count == 5
    assert the_import().status is TrainingImportStatus.CHECKED


@pytest.mark.parametrize("ends", ["goes on", "is ended", "fails"])
def test_a_check_that_another_run_has_begun_since_is_left_to_that_run(app: Flask, address: str, ends: str) -> None:
    asked = iter(range(20))

    def another_run_begins_after_two_rows() -> bool:
        if next(asked) != 2:
            return False
        theirs = iter([False, False, True])
        assert work(app, stopping=lambda: next(theirs)) == {}
        if ends == "fails":
            raise ZeroDivisionError
        return ends == "is ended"

    if ends == "fails":
        with pytest.raises(ZeroDivisionError):
            work(app, stopping=another_run_begins_after_two_rows)
    else:
        assert work(app, stopping=another_run_begins_after_two_rows, cancelled=lambda: True) == {}
    assert (kept_rows(), the_import().done, the_import().problem) == (2, 2, ""), "as the other run has left it"
    assert the_import().status is TrainingImportStatus.UPLOADED
    assert work(app) == {"worked on": 1}
    assert kept_rows() == the_import().row_count == 5


@pytest.mark.parametrize("asks", [import_it, lambda client, page: send(client, f"{page}/undo", reason="Wrong file")])
def test_an_import_or_undoing_that_another_run_has_begun_since_is_left_to_that_run(
    app: Flask, client: FlaskClient, address: str, asks: Callable[..., object]
) -> None:
    work(app)
    if asks is not import_it:
        import_it(client, address)
        work(app)
    before = len(completions())
    asks(client, address)

    def another_run_takes_up_the_same(done: int, total: int | None) -> None:
        if (done, total) == (0, 5):
            training_import_check.take_up(the_import(), at=clock.now())

    assert work(app, progress=another_run_takes_up_the_same) == {}
    assert len(completions()) == before
    assert work(app) == {"worked on": 1}
    assert len(completions()) == before + 5


def test_the_database_keeps_each_row_of_a_file_once(app: Flask, address: str) -> None:
    work(app)
    again = [TrainingImportRow.__table__.c[name] for name in ("import_id", "row", "outcome", "note", "who", "title")]
    again += [TrainingImportRow.__table__.c[name] for name in ("provider", "provider_approved", "minutes")]
    twice = insert(TrainingImportRow).from_select([column.name for column in again], select(*again))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(twice)
    bring_up = importlib.import_module("migrations.versions.0002_release_0_2_0")
    with transaction() as session:
        session.connection().exec_driver_sql("DROP INDEX uq_training_import_row_number")
        session.execute(twice)
        assert kept_rows() == 10
        bring_up.fill(session.connection())
        assert kept_rows() == 5
        session.connection().exec_driver_sql(
            'CREATE UNIQUE INDEX uq_training_import_row_number ON training_import_row (import_id, "row")'
        )


def test_an_import_that_waits_can_be_ended_and_one_that_has_begun_cannot(
    app: Flask, client: FlaskClient, address: str
) -> None:
    work(app)
    import_it(client, address)
    assert "End this work" in fetched(client, address)
    send(client, f"{address}/end", page=address)
    assert "Import 5 rows" in fetched(client, address)
    import_it(client, address)
    with transaction():
        training_import_check.take_up(the_import(), at=clock.now())
    assert "End this work" not in fetched(client, address)
    with pytest.raises(Refusal, match="cannot be ended"), transaction():
        training_imports.end_work(the_import(), actor=the_import().uploaded_by, at=clock.now())
    assert work(app) == {"worked on": 1}
    assert len(completions()) == 5
    with pytest.raises(Refusal, match="has ended already"), transaction():
        training_imports.end_work(the_import(), actor=the_import().uploaded_by, at=clock.now())
