"""What DPH noted of a vendor under contract, and how it is put right."""

import io
import re
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from certhub.database import transaction
from certhub.models.contract_oversight import CorrectiveAnswer
from certhub.queries import contract_oversight, contracts
from certhub.rules.contracts import Compensation, ContractStage, StepKind
from certhub.rules.refusal import Refusal
from certhub.services import contract_money
from certhub.services import contract_oversight as service
from tests import factories
from tests.factories import WHEN, placement, saved
from tests.integration.contracts.arranging import AT, SIGNATURES, amended, checked, drafted, executed, step
from tests.integration.parties.browsing import administrator, fetched, send, vendor_hr

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

YEAR_ENDED = date(2025, 6, 30)


def on(day: date) -> datetime:
    return datetime.combine(day, AT.timetz())


def test_a_filing_day_that_was_typed_wrongly_is_corrected_and_both_stay_on_file(client: FlaskClient) -> None:
    office = drafted()
    administrator(client)
    address = f"/contracts/{office.contract.id}"
    sent = send(client, f"{address}/financial-reports/new", year_ended_on=YEAR_ENDED.isoformat(), filed_on="2025-12-01")
    assert sent.status_code == 302
    (report,) = contract_oversight.on_file(office.contract).reports
    assert "Late" in fetched(client, address)
    correcting = f"{address}/financial-reports/{report.id}/correct"
    assert "after its fiscal year has ended" in send(client, correcting, filed_on="2025-06-30", reason="Slip").text
    assert send(client, correcting, filed_on="2025-11-12", reason="The stamp says 12").status_code == 302
    page = fetched(client, address)
    assert "corrected from December 1, 2025: The stamp says 12" in page
    assert "Late" not in page
    (corrected,) = contract_oversight.on_file(office.contract).reports
    assert (corrected.filed_on, corrected.supersedes_id) == (date(2025, 11, 12), report.id)


def test_only_the_newest_word_on_a_report_is_corrected(app: Flask) -> None:
    office = drafted()
    admin = office.administrator
    with transaction():
        report = service.record_financial_report(
            office.contract, year_ended_on=YEAR_ENDED, filed_on=date(2025, 12, 1), actor=admin, at=AT
        )
        service.correct_financial_report(
            office.contract, report, filed_on=date(2025, 11, 12), reason="Slip", actor=admin, at=AT
        )
    with pytest.raises(Refusal, match="Somebody else corrected this report"), transaction():
        service.correct_financial_report(
            office.contract, report, filed_on=date(2025, 11, 13), reason="Slip", actor=admin, at=AT
        )
    with pytest.raises(Refusal, match="is on file"), transaction():
        service.record_financial_report(
            office.contract, year_ended_on=YEAR_ENDED, filed_on=date(2025, 12, 1), actor=admin, at=AT
        )


def test_a_further_answer_to_a_corrective_action_leaves_the_first_and_its_day_alone(client: FlaskClient) -> None:
    office = executed()
    opened = date(2026, 8, 3)
    with transaction():
        plan = service.open_plan(
            office.contract, finding="No notes", opened_on=opened, actor=office.administrator, at=on(opened)
        )
    address = f"/contracts/corrective-actions/{plan.id}"
    for day, words in ((date(2026, 8, 20), "We note each session."), (date(2026, 10, 1), "HR looks each month.")):
        with time_machine.travel(on(day), tick=False):
            vendor_hr(client, office.vendor)
            assert send(client, f"{address}/answer", response=words).status_code == 302
            page = fetched(client, address)
    for words in ("We note each session.", "HR looks each month.", "on August 20, 2026", "Added on October 1, 2026"):
        assert words in page
    assert "after September 2, 2026" not in page
    with pytest.raises(DatabaseError, match="never changed"), transaction() as session:
        session.execute(update(CorrectiveAnswer).values(response="Another one"))


def test_what_is_missing_before_the_signatures_is_told_while_the_draft_is_written(client: FlaskClient) -> None:
    office = drafted({2027: 1_00})
    with time_machine.travel(AT, tick=False):
        administrator(client)
        address = f"/contracts/{office.contract.id}"
        page = fetched(client, address)
        for words in (
            "No debarment check is on file", "No provider qualification is on file", "insurance is on file",
            "The budget has no money for FY2028",
        ):  # fmt: skip
            assert words in page
            assert words in fetched(client, f"{address}/steps/new")
        checked(office)
        with transaction():
            contract_money.add_line(
                office.contract, fiscal_year=2028, object_code="MM3", purpose="Work", amount_cents=1_00,
                actor=office.administrator, at=AT,
            )  # fmt: skip
        assert "Nothing is missing" in fetched(client, address)
        vendor_hr(client, office.vendor)
        step(office, StepKind.NEGOTIATED, 1)
        step(office, StepKind.SENT_FOR_SIGNATURE, 2)
        assert "Before it can be signed" not in fetched(client, address)


def test_a_standard_amendment_does_not_pass_the_end_of_the_procurement(app: Flask) -> None:
    office = executed()
    with pytest.raises(Refusal, match="the procurement ends on June 30, 2029") as refused:
        amended(office, new_ends_on=date(2029, 7, 31), lines={2029: 1_00, 2030: 1_00})
    assert refused.value.field == "new_ends_on"


def test_the_signed_page_is_kept_with_its_step_and_read_by_both_sides(client: FlaskClient) -> None:
    office = drafted()
    step(office, StepKind.NEGOTIATED, 1)
    step(office, StepKind.SENT_FOR_SIGNATURE, 2)
    administrator(client)
    address = f"/contracts/{office.contract.id}"
    signed: dict[str, Any] = {
        "kind": "contractor_signed", "happened_on": "2026-06-08", "person": "Ruth Kowalski",
        "file": (io.BytesIO(PDF), "signed.pdf"),
    }  # fmt: skip
    assert send(client, f"{address}/steps/new", **signed).status_code == 302
    read = []
    for somebody in (None, office.vendor):
        if somebody is not None:
            vendor_hr(client, somebody)
        (link,) = re.findall(r'href="(/files/\d+)">Signed page', fetched(client, address))
        read.append(client.get(link).data)
    assert read == [PDF, PDF]
    vendor_hr(client, factories.make_vendor())
    assert client.get(link).status_code == 404


def test_a_step_with_a_file_that_cannot_be_taken_is_refused_and_nothing_is_kept(client: FlaskClient) -> None:
    office = drafted()
    administrator(client)
    sent: dict[str, Any] = {
        "kind": "negotiated", "happened_on": "2026-06-01", "file": (io.BytesIO(b"MZ not a page"), "signed.exe")
    }  # fmt: skip
    assert send(client, f"/contracts/{office.contract.id}/steps/new", **sent).status_code == 422
    assert contracts.stage(office.contract, date(2026, 6, 15)) is ContractStage.DRAFT


def test_a_draft_that_is_taken_back_is_not_shown_to_the_vendor_until_it_is_sent_again(client: FlaskClient) -> None:
    office = drafted()
    vendor_hr(client, office.vendor)
    address = f"/contracts/{office.contract.id}"
    for kind, day, status in (
        (StepKind.NEGOTIATED, 1, 404), (StepKind.SENT_FOR_SIGNATURE, 2, 200), (StepKind.RECALLED, 3, 404),
        (StepKind.SENT_FOR_SIGNATURE, 4, 200),
    ):  # fmt: skip
        step(office, kind, day)
        assert client.get(address).status_code == status


def test_a_rate_is_shown_with_its_days_until_the_amendment_that_changes_it(client: FlaskClient) -> None:
    office = drafted(compensation=Compensation.RATE)
    admin = office.administrator
    given: dict[str, Any] = {"service": "Coordination", "unit": "a month", "actor": admin}
    with transaction():
        contract_money.add_rate(office.contract, rate_cents=9_000_00, at=AT, **given)
    checked(office)
    for kind, day in SIGNATURES:
        step(office, kind, day)
    amended(office, rate_cents=9_500_00)
    administrator(client)
    page = fetched(client, f"/contracts/{office.contract.id}")
    assert "$9,000.00 for a month, from July 1, 2026 through May 3, 2027" in page
    assert "$9,500.00 for a month, from May 4, 2027" in page


def test_the_work_under_a_contract_goes_on_page_by_page(client: FlaskClient) -> None:
    vendor = factories.make_vendor("Harbor Family Network")
    practice = factories.make_practice()
    for number in range(55):
        person = factories.make_coordinator(f"Person {number:02d}", vendor=vendor)
        saved(
            placement(
                coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 3, 3),
                recorded_at=WHEN,
            )
        )  # fmt: skip
    contract_id = factories.contract_of(vendor.id)
    administrator(client)
    page = fetched(client, f"/contracts/{contract_id}")
    assert page.count("Person ") == 20
    page = fetched(client, f"/contracts/{contract_id}/work")
    assert page.count("Person ") == 50
    following = re.search(r'href="([^"]+cursor=[^"]+)"', page)
    assert following is not None
    assert fetched(client, unescape(following[1])).count("Person ") == 5
