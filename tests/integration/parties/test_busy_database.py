"""A database that somebody else keeps busy: the reader hears it in plain words, and no reading goes unlogged."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from certhub.services import audit
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import vendor_hr


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
