"""A database that somebody else keeps busy: the reader hears it in plain words, and no reading goes unlogged."""

import errno
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from certhub.services import audit, parties
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import tokens_of, vendor_hr

PERSON = {
    "name": "Ana Ferreira", "email": "ana@example.org", "discipline": "nurse", "starts_on": "2025-03-03",
    "kind": "employee",
}  # fmt: skip


def test_a_record_is_not_shown_where_its_reading_cannot_be_written_down(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    person = make_coordinator("Ana Ferreira", vendor=vendor)

    def busy(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(audit, "record_read", busy)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get(f"/coordinators/{person.id}")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "wait a minute and try again" in text
    assert person.name not in text


def test_a_person_whose_form_met_a_database_that_is_gone_hears_that_sending_it_again_is_safe(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    form = tokens_of(client.get("/coordinators/new"))

    def gone(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("the connection is closed"))

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(parties, "register_coordinator", gone)
    answer = client.post("/coordinators/new", data={**form, **PERSON})

    assert answer.status_code == 503
    assert "may not have been saved" in answer.text
    assert "it is not done twice" in answer.text


@pytest.mark.parametrize(
    "problem",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError("INSERT", {}, Exception("database or disk is full")),
        OperationalError("INSERT", {}, Exception('could not extend file "base/1": No space left on device')),
    ],
)
def test_a_full_disk_is_told_as_such_and_with_the_number_to_tell_dph(
    problem: Exception, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor_hr(client, make_vendor())
    form = tokens_of(client.get("/coordinators/new"))

    def full(*_arguments: Any, **_named: Any) -> None:
        raise problem

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(parties, "register_coordinator", full)
    answer = client.post("/coordinators/new", data={**form, **PERSON})

    assert answer.status_code == 507
    assert "CertHub has no room left" in answer.text
    assert "Number of this request" in answer.text
