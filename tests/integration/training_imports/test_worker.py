"""Long files: the worker checks, imports and undoes them, shows how far it is, and begins anew where it was stopped."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db
from certhub.jobs import training_imports as job
from certhub.jobs.registry import Counts, Occasion
from certhub.models.training_imports import TrainingImport, TrainingImportRow, TrainingImportStatus
from certhub.rules.audit_actions import AuditAction
from certhub.services import training_import_check, training_imports
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import entries, fetched, send, vendor_hr
from tests.integration.training_imports.files import checked_file, completions, import_it, line, lines

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


def kept_rows() -> int:
    return db.session.scalar(select(func.count()).select_from(TrainingImportRow)) or 0


def test_the_worker_checks_imports_and_undoes_a_long_file(app: Flask, client: FlaskClient, address: str) -> None:
    assert "It begins within a minute." in fetched(client, address)
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
    assert "This import was undone: Wrong file" in fetched(client, address)
    assert len(completions()) == 10
    assert work(app) == {}


def test_a_page_tells_how_far_the_check_is_and_a_check_that_was_stopped_begins_anew(
    app: Flask, client: FlaskClient, address: str
) -> None:
    asked = iter([False, False, True])
    assert work(app, stopping=lambda: next(asked, True)) == {}
    assert kept_rows() == 2
    assert "Being checked: 2 of about 5 rows are read." in fetched(client, address)
    work(app)
    assert kept_rows() == 5
    assert "All rows can be imported." in fetched(client, address)


def test_an_import_that_dies_in_the_middle_leaves_nothing_says_so_and_can_be_asked_for_again(
    app: Flask, client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    assert "The worker is busy with this file." in fetched(client, address)
    assert import_it(client, address).status_code == 422
