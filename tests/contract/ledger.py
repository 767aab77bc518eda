"""The ledger of a fund year with what its pages list: movements, entries, lines that DPH pays, missed units."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.caseload import CaseloadCount, CaseloadLine, CaseloadReport, ReportSource
from certhub.models.fund import FundYear
from certhub.models.ledger import FundMovement, LedgerEntry, LedgerPosting, PayerAnswer
from certhub.models.parties import Party, VendorOrganization
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload_report import Breakdown
from certhub.rules.last_resort import EARLIER, Outcome
from certhub.rules.ledger import Account, Cause, MovementKind
from certhub.services import audit
from tests import factories
from tests.contract.caseload import NUMBERS
from tests.factories import ARRANGING, WHEN


def more_entries(vendor: VendorOrganization, others: Sequence[Party], person: Party, by: User, number: int) -> None:
    """One more movement with its entry, line that DPH pays, and missed month, inside a transaction."""
    year = db.session.scalars(select(FundYear).order_by(FundYear.id).limit(1)).one()
    moved = FundMovement(
        fund_year_id=year.id, kind=MovementKind.STATE, cents=100, happened_on=WHEN.date(), reference="Transfer",
        recorded_by_id=by.id, recorded_at=WHEN,
    )  # fmt: skip
    db.session.add(moved)
    db.session.flush()
    audit.record(ARRANGING, AuditAction.FUND_MOVEMENT_RECORDED, moved, at=WHEN)
    db.session.add(
        LedgerEntry(
            number=100_000 + number, fiscal_year=year.fiscal_year, cause=Cause.MOVED, happened_on=WHEN.date(),
            cash_after_cents=0, movement_id=moved.id, posted_by_id=by.id, posted_at=WHEN,
            postings=[LedgerPosting(debit=Account.CASH, credit=Account.STATE_MONEY, cents=100)],
        )
    )  # fmt: skip
    _borne_by_dph(year, vendor, by, number)
    _missed(year, others, person, by)


def _borne_by_dph(year: FundYear, vendor: VendorOrganization, by: User, number: int) -> None:
    month = date(year.fiscal_year, 1, 1), date(year.fiscal_year, 1, 31)
    invoice = VendorInvoice(
        contract_id=factories.contract_of(vendor.id), number=f"BORNE-{number}", fiscal_year=year.fiscal_year,
        starts_on=month[0], ends_on=month[1], filed_by_id=by.id, filed_at=WHEN, approved_at=WHEN, approved_by_id=by.id,
    )  # fmt: skip
    db.session.add(invoice)
    db.session.flush()
    line = VendorInvoiceLine(
        invoice_id=invoice.id, description="Supervision", starts_on=month[0], ends_on=month[1], amount_cents=31_00
    )
    db.session.add(line)
    db.session.flush()
    answers = [
        PayerAnswer(
            line_id=line.id, source=source, outcome=Outcome.DENIED, cents=0, of_cents=31_00, evidence="Denial 7",
            evidence_on=WHEN.date(), recorded_by_id=by.id, recorded_at=WHEN,
        )
        for source in EARLIER
    ]  # fmt: skip
    db.session.add_all(answers)
    db.session.flush()
    for row in (invoice, line, *answers):
        audit.record(ARRANGING, AuditAction.PAYER_ANSWER_RECORDED, row, at=WHEN)


def _missed(year: FundYear, others: Sequence[Party], person: Party, by: User) -> None:
    vendor, practice = others[0], others[1]
    month = date(year.fiscal_year, 1, 1)
    report = CaseloadReport(
        first_filed_on=WHEN.date(), vendor_id=vendor.id, month_from=month, due_on=month, filed_on=WHEN.date(),
        source=ReportSource.FORM, children=6, line_count=1, filed_by_id=by.id, recorded_at=WHEN,
    )  # fmt: skip
    db.session.add(report)
    db.session.flush()
    audit.record(ARRANGING, AuditAction.CASELOAD_REPORT_FILED, report, at=WHEN)
    line = CaseloadLine(report_id=report.id, coordinator_id=person.id, practice_id=practice.id, **NUMBERS)
    db.session.add(line)
    db.session.flush()
    db.session.add(CaseloadCount(line_id=line.id, code="coverage_medicaid", breakdown=Breakdown.COVERAGE, number=6))
