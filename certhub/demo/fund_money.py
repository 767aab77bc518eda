"""The money of the demo state's pooled fund: who bears what vendors ask for, and what comes in besides assessments."""

from datetime import datetime

from certhub.models.accounts import User
from certhub.models.fund import FundYear
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import fund, payer_answers
from certhub.rules.last_resort import Coverage, Outcome, Source, proposed
from certhub.rules.ledger import MovementKind
from certhub.services import fund_movements
from certhub.services import payer_answers as service
from certhub.services.payer_answers import Said

_USUAL = Coverage(52, 41, 7, 100_00)
"""Where a month's caseload is not reported yet: the coverage of the worked example."""


def answered(invoice: VendorInvoice, by: User, at: datetime) -> None:
    """Everybody before DPH is asked about an invoice; Medicaid pays what it is claimed for a few days later."""
    month = f"{invoice.starts_on:%Y-%m}"
    day = at.date()
    year = fund.of_fiscal_year(invoice.fiscal_year)
    if year is None:
        return
    reported = payer_answers.reported(invoice)
    parts, units = {}, {}
    for one in payer_answers.shares(invoice):
        told = reported.get(one.line.id)
        coverage = told.coverage if told else _USUAL
        parts[one.line.id] = proposed(one.allowed_cents, coverage, rate_cents=year.medicaid_rate_cents)
        units[one.line.id] = told.units_left if told else coverage.medicaid_units
    for source, evidence in (
        (Source.PRIVATE, f"Assessments of the year, {month}"), (Source.MEDICAID, f"Remittance advice {month}-117"),
        (Source.OTHER, "Program rules: children with other cover only"),
    ):  # fmt: skip
        said = {
            line_id: Said(Outcome.PAID, part[source], units[line_id] if source is Source.MEDICAID else None)
            if part[source]
            else Said(Outcome.NOT_APPLICABLE)
            for line_id, part in parts.items()
        }
        service.record(invoice, source, said, evidence=evidence, evidence_on=day, actor=by, at=at)
    claimed = sum(part[Source.MEDICAID] for part in parts.values())
    if claimed > 1:
        received(year, MovementKind.FEDERAL, claimed // 2, f"MassHealth transfer {month}-{invoice.id}", by=by, at=at)
        received(year, MovementKind.MATCH, claimed - claimed // 2, f"State match {month}-{invoice.id}", by=by, at=at)


def received(year: FundYear, kind: MovementKind, cents: int, reference: str, *, by: User, at: datetime) -> None:
    """Money that comes in."""
    fund_movements.record(year, kind, cents, happened_on=at.date(), reference=reference, actor=by, at=at)
