"""Who bears the lines of a vendor's invoice: what each payer said, what is open, and what the month's coverage is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload

from certhub.database import db
from certhub.models.caseload import CaseloadCount, CaseloadLine, CaseloadReport
from certhub.models.ledger import PayerAnswer
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine
from certhub.rules.caseload import Tier
from certhub.rules.caseload_report import Breakdown
from certhub.rules.last_resort import Answer, Borne, Coverage, Source, borne, coverage_of
from certhub.rules.payment_holds import amounts_of


@dataclass(frozen=True, slots=True)
class LineShares:
    """A line: what is allowed of it, what each payer said, and the coverage of the month's children."""

    line: VendorInvoiceLine
    allowed_cents: int
    answers: Mapping[Source, PayerAnswer]
    coverage: Coverage | None

    @property
    def said(self) -> dict[Source, Answer]:
        """The answers as the rule takes them."""
        return {source: Answer(one.outcome, one.cents, one.of_cents) for source, one in self.answers.items()}

    @property
    def borne(self) -> Borne:
        """Who bears the line."""
        return borne(self.allowed_cents, self.said)

    def left_for(self, source: Source) -> int:
        """What the others leave for a payer."""
        return self.allowed_cents - sum(
            one.cents for other, one in self.answers.items() if other is not source and one.cents
        )


def shares(invoice: VendorInvoice) -> list[LineShares]:
    """The lines of an invoice with who bears them, in their order."""
    answers = _standing([line.id for line in invoice.lines])
    covered = _coverage(invoice)
    return [
        LineShares(
            line, allowed(line), answers.get(line.id, {}),
            covered.get(line.coordinator_id) if line.coordinator_id is not None else None,
        )
        for line in invoice.lines
    ]  # fmt: skip


def settled(invoice: VendorInvoice) -> int:
    """What of an invoice has a payer, in cents."""
    return sum(one.borne.settled_cents for one in shares(invoice))


def allowed(line: VendorInvoiceLine) -> int:
    """What may be paid of a line: without what is held back or denied."""
    found = amounts_of(
        [line.amount_cents],
        [(hold.held_cents, hold.decision.released if hold.decision else None) for hold in line.holds],
        [],
    )
    return found.payable


def _standing(line_ids: Sequence[int]) -> dict[int, dict[Source, PayerAnswer]]:
    later = aliased(PayerAnswer)
    rows = db.session.scalars(
        select(PayerAnswer)
        .options(joinedload(PayerAnswer.recorded_by))
        .where(PayerAnswer.line_id.in_(line_ids), ~exists().where(later.supersedes_id == PayerAnswer.id))
        .order_by(PayerAnswer.id)
    )
    found: dict[int, dict[Source, PayerAnswer]] = {}
    for row in rows:
        found.setdefault(row.line_id, {})[row.source] = row
    return found


def _coverage(invoice: VendorInvoice) -> dict[int, Coverage]:
    """What the vendor reported of the coordinators in the month of the invoice, over all their practices."""
    lines = (
        select(CaseloadLine)
        .join(CaseloadReport, CaseloadReport.id == CaseloadLine.report_id)
        .where(
            CaseloadReport.vendor_id == invoice.contract.vendor_id,
            CaseloadReport.month_from == invoice.starts_on.replace(day=1),
            CaseloadReport.superseded_at.is_(None),
        )
    )
    tiers = lines.with_only_columns(
        CaseloadLine.coordinator_id,
        func.sum(CaseloadLine.tier_1),
        func.sum(CaseloadLine.tier_2),
        func.sum(CaseloadLine.tier_3),
    ).group_by(CaseloadLine.coordinator_id)
    counts = (
        lines.join(CaseloadCount, CaseloadCount.line_id == CaseloadLine.id)
        .where(CaseloadCount.breakdown == Breakdown.COVERAGE)
        .with_only_columns(CaseloadLine.coordinator_id, CaseloadCount.code, func.sum(CaseloadCount.number))
        .group_by(CaseloadLine.coordinator_id, CaseloadCount.code)
    )
    by_code: dict[int, dict[str, int]] = {}
    for coordinator_id, code, number in db.session.execute(counts):
        by_code.setdefault(coordinator_id, {})[code] = int(number)
    return {
        coordinator_id: coverage_of(
            by_code.get(coordinator_id, {}), dict(zip(Tier, (int(one) for one in numbers), strict=True))
        )
        for coordinator_id, *numbers in db.session.execute(tiers)
    }
