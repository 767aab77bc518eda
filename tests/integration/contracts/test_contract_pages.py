"""The pages of contracts: a draft by form, what a vendor sees of it, and the summary as a document."""

import io
from datetime import date

import pikepdf
import pytest
from flask.testing import FlaskClient

from certhub.queries import contract_oversight, contracts
from certhub.rules.contracts import StepKind
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import Role
from tests import factories
from tests.factories import sign_in
from tests.integration.contracts.arranging import amended, drafted, executed, step
from tests.integration.parties.browsing import administrator, fetched, send, vendor_hr

TYPED = {
    "number": "INTF3101202600007", "title": "Care coordination", "scope": "Coordinators in practices.",
    "legal_name": "Harbor", "legal_address": "1 Main Street", "contractor_manager": "Ruth Kowalski",
    "contractor_email": "ruth@example.org", "department_manager": "Rosemary Tan",
    "department_email": "fund@example.org",
    "procurement_id": "BD-26-1", "procurement_type": "department_procurement", "terms": "human_and_social_services",
    "compensation": "maximum_obligation", "start_rule": "later_date", "start_on": "2026-07-01",
    "ends_on": "2028-06-30", "option_count": "2", "option_months": "12", "discount_10_days": "1.50",
}  # fmt: skip


def test_a_contract_is_drafted_by_form_and_its_budget_line_by_line(client: FlaskClient) -> None:
    vendor = factories.make_vendor()
    administrator(client)
    answer = send(client, "/contracts/new", vendor_id=str(vendor.id), **TYPED)
    assert answer.status_code == 302
    (row,) = contracts.page(OPERATOR, date(2026, 6, 15)).rows
    budget = f"/contracts/{row.id}/budget"
    assert answer.location == budget
    line = {"fiscal_year": "2027", "object_code": "MM3", "purpose": "Coordinators", "amount": "200,000.00"}
    assert send(client, budget, **line).status_code == 302
    assert "$200,000.00" in fetched(client, f"/contracts/{row.id}")
    assert contracts.one(OPERATOR, row.id).discount_10_days == 150


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start_on": ""}, "Type the day on which it begins."),
        ({"start_rule": "signatures"}, "Choose another one, or leave the day empty."),
        ({"discount_10_days": "NaN"}, "Type a percentage from 0 to 100."),
        ({"ends_on": "2026-06-30"}, "The last day cannot be before the first day."),
        ({"option_months": "0"}, "Type both how many options there are and how long each is"),
        ({"address_code": "AD1"}, "Type AD and three digits"),
        ({"procurement_ends_on": "2028-06-29"}, "The procurement cannot end before the contract."),
    ],
)
def test_a_draft_that_cannot_be_right_is_refused_beside_its_field_and_keeps_what_was_typed(
    client: FlaskClient, changes: dict[str, str], words: str
) -> None:
    vendor = factories.make_vendor()
    administrator(client)
    answer = send(client, "/contracts/new", vendor_id=str(vendor.id), **TYPED | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "INTF3101202600007" in answer.text
    assert contracts.page(OPERATOR, date(2026, 6, 15)).rows == []


def test_a_vendor_reads_a_contract_once_it_is_sent_to_be_signed_and_only_its_own(client: FlaskClient) -> None:
    office = drafted()
    vendor_hr(client, office.vendor)
    address = f"/contracts/{office.contract.id}"
    assert client.get(address).status_code == 404
    step(office, StepKind.NEGOTIATED, 1)
    step(office, StepKind.SENT_FOR_SIGNATURE, 2)
    assert "Waits for the contractor" in fetched(client, address)
    sign_in(client, factories.make_user(Role.VENDOR_HR, factories.make_vendor()))
    assert client.get(address).status_code == 404
    assert client.get(f"{address}/summary.pdf").status_code == 404


def test_a_step_that_is_refused_says_why_beside_its_field(client: FlaskClient) -> None:
    office = drafted()
    for kind, day in ((StepKind.NEGOTIATED, 1), (StepKind.SENT_FOR_SIGNATURE, 2), (StepKind.CONTRACTOR_SIGNED, 8)):
        step(office, kind, day)
    administrator(client)
    address = f"/contracts/{office.contract.id}/steps/new"
    answer = send(client, address, kind="department_signed", happened_on="2026-06-10", person="Rosemary Tan")
    assert answer.status_code == 422
    assert "No debarment check is on file for the 30 days before this signature." in answer.text
    assert 'value="Rosemary Tan"' in answer.text


def test_the_summary_says_the_same_as_a_page_and_as_a_tagged_pdf(client: FlaskClient) -> None:
    office = executed()
    amended(office, lines={2027: 24_500_00})
    administrator(client)
    page = fetched(client, f"/contracts/{office.contract.id}/summary")
    for words in ("FY2027: $224,500.00", "Amendment 1: standard amendment", "July 1, 2026 through June 30, 2028"):
        assert words in page
    answer = client.get(f"/contracts/{office.contract.id}/summary.pdf")
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert "/StructTreeRoot" in pdf.Root


def test_findings_of_a_visit_open_a_corrective_action_that_the_vendor_answers(client: FlaskClient) -> None:
    office = executed()
    administrator(client)
    answer = send(
        client, f"/contracts/{office.contract.id}/visits/new", visited_on="2026-03-02", depth="focused",
        visitors="Daniel Achebe", result="corrective_action", findings="Supervision is not noted.",
    )  # fmt: skip
    assert answer.status_code == 302
    (plan,) = contract_oversight.on_file(office.contract).plans
    assert "Asked for on" in fetched(client, f"/contracts/{office.contract.id}")
    vendor_hr(client, office.vendor)
    address = f"/contracts/corrective-actions/{plan.id}"
    assert send(client, f"{address}/answer", response="We note each session.").status_code == 302
    assert "We note each session." in fetched(client, address)
    administrator(client)
    assert send(client, f"{address}/milestones/new", title="Training", due_on="2035-09-01").status_code == 302
    refused = send(client, f"{address}/close", closing_note="Done")
    assert "“Training” is not done yet." in refused.text
