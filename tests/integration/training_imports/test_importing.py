"""Completions from files: checked first, imported whole or not at all, and undone whole."""

from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.training import TrainingCompletion
from certhub.rules.audit_actions import AuditAction
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import entries, fetched, send, vendor_hr
from tests.integration.training_imports.files import checked_file, imported, line, lines, upload


def completions() -> list[TrainingCompletion]:
    db.session.expire_all()
    return list(db.session.scalars(select(TrainingCompletion).order_by(TrainingCompletion.id)))


def test_a_file_is_checked_imported_and_undone(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator("Ana Ferreira", vendor=vendor, email="ana@example.org")
    vendor_hr(client, vendor)
    columns = upload(client, lines(line(email="ana@example.org"))).headers["Location"]
    assert "What do the columns hold?" in fetched(client, columns)
    address = checked_file(
        client, lines(line(email="ana@example.org"), line(email="ana@example.org", title="Ethics", category="ethics"))
    )
    page = fetched(client, address)
    assert "Import 2 rows" in page
    assert completions() == []
    assert imported(client, address).status_code == 302
    assert "2 rows are on file for 1 person" in fetched(client, address)
    first, second = completions()
    assert (first.coordinator_id, first.title, first.minutes, first.vendor_id) == (ana.id, "Care plans", 90, vendor.id)
    assert second.category == "ethics_scope"
    assert len(entries(AuditAction.TRAINING_RECORDED)) == 2
    assert "2 training entries of 1 person" in fetched(client, f"{address}/undo")
    send(client, f"{address}/undo", reason="Wrong file")
    assert "This import was undone: Wrong file" in fetched(client, address)
    assert [row.superseded_at is not None for row in completions()] == [True, True, False, False]
    assert [row.withdrawn for row in completions()] == [False, False, True, True]
