"""Contracts of a vendor with everything that can belong to one."""

from datetime import date

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.contract_oversight import (
    CorrectiveActionPlan,
    CorrectiveAnswer,
    CorrectiveMilestone,
    DebarmentCheck,
    FinancialReport,
    InsurancePolicy,
    SiteVisit,
)
from certhub.models.contracts import BudgetLine, Contract, ContractAmendment, ContractRate, ContractStep
from certhub.models.parties import VendorOrganization
from certhub.models.vendor_invoices import PaymentHold, VendorInvoice, VendorInvoiceLine, VendorPayment
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contract_oversight import InsuranceKind, VisitDepth, VisitResult
from certhub.rules.contracts import Compensation, ProcurementType, StartRule, StepKind, Terms
from certhub.services import audit
from tests import factories
from tests.factories import ARRANGING, WHEN, saved

_ENDS_ON = date(2040, 6, 30)


def contracted(vendor: VendorOrganization, administrator: User) -> dict[str, list[int | str]]:
    """An executed contract with an amendment that waits, and a draft that is out to be signed."""
    contract_id = factories.contract_of(vendor.id)
    amendment = saved(
        ContractAmendment(
            contract_id=contract_id, number=1, kind=AmendmentKind.STANDARD, reason="One more coordinator",
            start_rule=StartRule.SIGNATURES, ends_before_on=_ENDS_ON, drafted_by_id=administrator.id, drafted_at=WHEN,
        )
    )  # fmt: skip
    draft = drafted(vendor, administrator)
    line = saved(
        BudgetLine(
            contract_id=draft.id, fiscal_year=2027, object_code="MM3", purpose="Coordinators", amount_cents=100_00
        )
    )
    rate = saved(ContractRate(contract_id=draft.id, service="Coordination", unit="a month", rate_cents=100_00))
    for contract, changed in ((contract_id, amendment.id), (draft.id, None)):
        saved(
            ContractStep(
                contract_id=contract, amendment_id=changed, kind=StepKind.SENT_FOR_SIGNATURE,
                happened_on=date(2026, 3, 2), recorded_by_id=administrator.id, recorded_at=WHEN,
            )
        )  # fmt: skip
    policy = saved(
        InsurancePolicy(
            vendor_id=vendor.id, kind=InsuranceKind.GENERAL_LIABILITY, insurer="Mutual", policy_number="GL-1",
            limit_cents=1_000_000_00, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
            recorded_by_id=administrator.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    saved(
        SiteVisit(
            contract_id=contract_id, visited_on=date(2026, 2, 2), depth=VisitDepth.DESK,
            result=VisitResult.MINOR_FINDINGS, findings="One file is late.", visitors="Daniel Achebe",
            recorded_by_id=administrator.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    plan = saved(
        CorrectiveActionPlan(
            contract_id=contract_id, finding="Supervision is not noted", opened_on=date(2026, 2, 2),
            response_due_on=date(2026, 3, 4), opened_by_id=administrator.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    saved(
        CorrectiveAnswer(
            plan_id=plan.id, response="Supervisors note each session", answered_on=date(2026, 2, 20),
            answered_by_id=administrator.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    milestone = saved(
        CorrectiveMilestone(plan_id=plan.id, title="Notes are kept", due_on=date(2026, 4, 1), recorded_at=WHEN)
    )
    invoice, hold = invoiced(contract_id, administrator)
    payment = saved(
        VendorPayment(
            invoice_id=invoice.id, paid_on=date(2026, 2, 20), amount_cents=29_00, reference="EFT1",
            recorded_by_id=administrator.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    report = saved(
        FinancialReport(
            vendor_id=vendor.id, year_ended_on=date(2025, 6, 30), due_on=date(2025, 11, 15),
            filed_on=date(2025, 11, 14), recorded_by_id=administrator.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    return {
        "invoice_id": [invoice.id],
        "hold_id": [hold.id],
        "vendor_payment_id": [payment.id],
        "financial_report_id": [report.id],
        "contract_id": [contract_id, draft.id], "amendment_id": [amendment.id], "line_id": [line.id],
        "rate_id": [rate.id], "policy_id": [policy.id], "plan_id": [plan.id], "milestone_id": [milestone.id],
    }  # fmt: skip


def invoiced(contract_id: int, user: User, number: int = 0) -> tuple[VendorInvoice, PaymentHold]:
    """An invoice with a line, some days of which are held back."""
    month = date(2026, 1, 1), date(2026, 1, 31)
    invoice = saved(
        VendorInvoice(
            contract_id=contract_id, number=f"INV-{number}", fiscal_year=2026, starts_on=month[0], ends_on=month[1],
            filed_by_id=user.id, filed_at=WHEN,
        )
    )  # fmt: skip
    line = saved(
        VendorInvoiceLine(
            invoice_id=invoice.id, description="Supervision", starts_on=month[0], ends_on=month[1], amount_cents=31_00
        )
    )
    hold = saved(
        PaymentHold(
            line_id=line.id, starts_on=month[0], ends_on=date(2026, 1, 2), held_cents=2_00, because="A test",
            recorded_at=WHEN,
        )
    )  # fmt: skip
    return invoice, hold


def drafted(vendor: VendorOrganization, administrator: User, number: str | None = None) -> Contract:
    """A contract that is not executed yet."""
    return saved(
        Contract(
            vendor_id=vendor.id, number=number or f"DRAFT{vendor.id}", title="Rural pilot", scope="Coordination",
            procurement_id="BD-26-1", procurement_type=ProcurementType.DEPARTMENT_PROCUREMENT,
            compensation=Compensation.RATE, terms=Terms.HUMAN_AND_SOCIAL_SERVICES, start_rule=StartRule.SIGNATURES,
            ends_on=date(2028, 6, 30), legal_name=vendor.name, legal_address="1 Main Street",
            contractor_manager="Ruth Kowalski", contractor_email="ruth@example.org", department_manager="Rosemary Tan",
            department_email="fund@example.org", drafted_by_id=administrator.id, drafted_at=WHEN,
        )
    )  # fmt: skip


def more_contracts(vendor: VendorOrganization, administrator: User, number: int) -> None:
    """One more contract with an amendment and a step, and more of everything that the page of a contract lists."""
    contract = factories.make_contract(vendor, f"GROWN{vendor.id:06d}{number:05d}")
    other = factories.contract_of(vendor.id)
    rows = [
        *(
            ContractAmendment(
                contract_id=one, number=number + 10, kind=AmendmentKind.STANDARD, reason="More", executed_at=WHEN,
                effective_on=date(2026, 3, 2), effective_because="a test", start_rule=StartRule.SIGNATURES,
                ends_before_on=_ENDS_ON, drafted_by_id=administrator.id, drafted_at=WHEN,
            )
            for one in (contract.id, other)
        ),
        *(
            ContractStep(
                contract_id=one, kind=StepKind.NEGOTIATED, happened_on=date(2026, 3, 2),
                recorded_by_id=administrator.id, recorded_at=WHEN,
            )
            for one in (contract.id, other)
        ),
        DebarmentCheck(
            vendor_id=vendor.id, contract_id=other, source="OSD", checked_on=date(2026, 3, 2), listed=False,
            recorded_by_id=administrator.id, recorded_at=WHEN,
        ),
        CorrectiveActionPlan(
            contract_id=other, finding="One more", opened_on=date(2026, 2, 2), response_due_on=date(2026, 3, 4),
            opened_by_id=administrator.id, recorded_at=WHEN,
        ),
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    invoice = VendorInvoice(
        contract_id=other, number=f"MORE-{number}", fiscal_year=2026, starts_on=date(2026, 2, 1),
        ends_on=date(2026, 2, 28), filed_by_id=administrator.id, filed_at=WHEN,
    )  # fmt: skip
    db.session.add(invoice)
    db.session.flush()
    line = VendorInvoiceLine(
        invoice_id=invoice.id, description="Supervision", starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 28),
        amount_cents=28_00,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    for row in (*rows, invoice, line):
        audit.record(ARRANGING, AuditAction.CONTRACT_DRAFTED, row, at=WHEN)
