"""Whoever was drawn for an audit of continuing education is reminded until the proofs are there."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.ce_audits import CeProof, CeSelection
from certhub.models.files import StoredFile
from certhub.models.messages import MessageStatus, Obligation
from certhub.models.parties import VendorOrganization
from certhub.queries import obligations
from certhub.rules.ce_audit import CeOutcome
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Role
from certhub.services import ce_audits
from certhub.web.addresses import due_link
from tests.factories import WHEN, make_coordinator, make_user, make_vendor, saved
from tests.integration.ce_audits.arranging import drawn, renewed
from tests.integration.reminders.arranging import instant, messages, notices, open_obligations, run_on, watch_from

DRAWN, DUE = date(2026, 7, 1), date(2026, 7, 31)


@pytest.fixture
def vendor(app: Flask) -> VendorOrganization:
    return make_vendor()


@pytest.fixture
def hr(vendor: VendorOrganization) -> User:
    return make_user(Role.VENDOR_HR, vendor, email="hr@example.org")


@pytest.fixture
def selection(vendor: VendorOrganization, hr: User) -> CeSelection:
    person = make_coordinator("Ana Ferreira", email="ana@example.org", vendor=vendor)
    renewed(person)
    watch_from(DRAWN)
    drawn(due_on=DUE, at=instant(DRAWN))
    run_on(DRAWN)
    return db.session.scalars(select(CeSelection)).one()


def due() -> list[date]:
    return [one.due_on for one in open_obligations() if one.kind is ObligationKind.CE_PROOF]


def told(recipient: str) -> list[str]:
    return [one.body_text for one in messages(MessageStatus.QUEUED) if one.recipient == recipient]


def closed_because() -> list[str | None]:
    rows = db.session.scalars(select(Obligation).where(Obligation.kind == ObligationKind.CE_PROOF))
    return [one.closed_because for one in rows]


@pytest.mark.parametrize("days_before", [14, 7, 0])
def test_the_holder_and_hr_are_reminded_of_the_proofs(selection: CeSelection, days_before: int) -> None:
    assert due() == [DUE]
    run_on(DUE - timedelta(days=days_before))
    for recipient in ("ana@example.org", "hr@example.org"):
        (body,) = told(recipient)
        assert f"proof of training for {selection.credential.number}" in body
        assert "hand in the certificates of completion" in body
        assert "It is due" in body
    assert told("dph@example.org") == []


def test_the_reminder_leads_to_the_request_where_the_proof_is_handed_in(app: Flask, selection: CeSelection) -> None:
    run_on(DUE)
    ids = [one.id for one in notices()]
    items = [one for one in obligations.digest_items(ids) if one.kind is ObligationKind.CE_PROOF]
    assert items
    address = due_link(app)(items[0])
    assert address == f"{app.extensions['certhub'].settings.base_url}/ce-requests/{selection.id}"
    assert app.url_map.bind("h").match(f"/ce-requests/{selection.id}")


def test_dph_hears_a_week_after_the_date_that_nothing_came_in(selection: CeSelection) -> None:
    make_user(Role.DPH_ADMINISTRATOR, email="dph@example.org")
    run_on(DUE)
    assert told("dph@example.org") == []
    run_on(DUE + timedelta(days=10))
    (body,) = told("dph@example.org")
    assert "It was due on July 31, 2026, 10 days ago." in body


def test_a_proof_ends_the_reminders(selection: CeSelection, hr: User) -> None:
    file = saved(
        StoredFile(
            owner_id=hr.party_id, party_id=selection.party_id, sha256="0" * 64, size=9, media_type="application/pdf",
            original_name="ethics.pdf", uploaded_by_id=hr.id, uploaded_at=WHEN,
        )
    )  # fmt: skip
    saved(CeProof(selection_id=selection.id, file_id=file.id, note="", provided_by_id=hr.id, provided_at=WHEN))
    run_on(DUE)
    assert (due(), closed_because(), messages()) == ([], ["proofs were handed in"], [])


def test_an_outcome_ends_the_reminders(selection: CeSelection, hr: User) -> None:
    with transaction():
        ce_audits.record_result(
            selection, CeOutcome.EXCUSED, reason="A long illness.", shown=None, actor=hr, at=instant(DRAWN)
        )
    run_on(DUE)
    assert (due(), closed_because(), messages()) == ([], ["the audit has ended"], [])
