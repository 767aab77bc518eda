"""Who bears the lines of a vendor's invoice: what each payer said, what is open, and what the month's coverage is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload

from certhub.database import db
from certhub.models.caseload import CaseloadCount, CaseloadLine, CaseloadReport
from certhub.models.contracts import Contract
from certhub.models.ledger import PayerAnswer
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine
from certhub.queries.caseload_reports import person_of
from certhub.rules.caseload import Tier
from certhub.rules.caseload_report import Breakdown
from certhub.rules.last_resort import Answer, Borne, Coverage, Source, arrives, borne, coverage_of
from certhub.rules.payment_holds import amounts_of


@dataclass(frozen=True, slots=True)
class LineShares:
    """A line: what is allowed of it, and what each payer said."""

    line: VendorInvoiceLine
    allowed_cents: int
    answers: Mapping[Source, PayerAnswer]

    @property
    def person_id(self) -> int | None:
        """Whose work it is: the record that was kept where two of one person were merged."""
        whose = self.line.coordinator
        return None if whose is None else whose.merged_into_id or whose.id

    @property
    def claimed_units(self) -> int:
        """What is claimed of Medicaid, in hundredths of a unit."""
        answer = self.answers.get(Source.MEDICAID)
        return (answer.units_hundredths or 0) if answer is not None else 0

    @property
    def said(self) -> dict[Source, Answer]:
        """The answers as the rule takes them."""
        return {source: Answer(one.outcome, one.cents, one.of_cents) for source, one in self.answers.items()}

    @property
    def borne(self) -> Borne:
        """Who bears the line."""
        return borne(self.allowed_cents, self.said)

    def left_for(self, source: Source) -> int:
        """What the payers ahead leave for a payer."""
        return arrives(source, self.allowed_cents, self.said)

    def stands(self, source: Source) -> bool:
        """Whether a payer was asked about all that is left for it."""
        return source in self.answers and self.answers[source].of_cents >= self.left_for(source)


@dataclass(frozen=True, slots=True)
class Reported:
    """What the vendor reported of a coordinator's month, and the units that other lines claim of it."""

    coverage: Coverage
    claimed_elsewhere: int

    @property
    def units_left(self) -> int:
        """What can still be claimed of Medicaid, in hundredths of a unit."""
        return max(self.coverage.medicaid_units - self.claimed_elsewhere, 0)


def shares(invoice: VendorInvoice) -> list[LineShares]:
    """The lines of an invoice with who bears them, in their order."""
    answers = _standing([line.id for line in invoice.lines])
    return [LineShares(line, allowed(line), answers.get(line.id, {})) for line in invoice.lines]


def reported(invoice: VendorInvoice) -> dict[int, Reported]:
    """What was reported of the month for the lines that have a coordinator, by the line's id."""
    covered, claims = _coverage(invoice), _claims(invoice)
    found = {}
    for one in shares(invoice):
        if one.person_id is not None and one.person_id in covered:
            others = sum(units for line_id, whose, units in claims if whose == one.person_id and line_id != one.line.id)
            found[one.line.id] = Reported(covered[one.person_id], others)
    return found


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


def _claims(invoice: VendorInvoice) -> list[tuple[int, int, int]]:
    """Line, coordinator and units of each claim of Medicaid for the vendor's work in the month of the invoice."""
    later = aliased(PayerAnswer)
    rows = db.session.execute(
        select(VendorInvoiceLine.id, person_of(VendorInvoiceLine.coordinator_id), PayerAnswer.units_hundredths)
        .join(VendorInvoice, VendorInvoice.id == VendorInvoiceLine.invoice_id)
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .join(PayerAnswer, PayerAnswer.line_id == VendorInvoiceLine.id)
        .where(
            Contract.vendor_id == invoice.contract.vendor_id,
            VendorInvoice.starts_on == invoice.starts_on,
            VendorInvoice.returned_at.is_(None),
            VendorInvoiceLine.coordinator_id.is_not(None),
            PayerAnswer.units_hundredths.is_not(None),
            ~exists().where(later.supersedes_id == PayerAnswer.id),
        )
    )
    return [(line_id, whose or 0, units or 0) for line_id, whose, units in rows]


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
    person = person_of(CaseloadLine.coordinator_id).label("person")
    tiers = lines.with_only_columns(
        person, func.sum(CaseloadLine.tier_1), func.sum(CaseloadLine.tier_2), func.sum(CaseloadLine.tier_3)
    ).group_by("person")
    counts = (
        lines.join(CaseloadCount, CaseloadCount.line_id == CaseloadLine.id)
        .where(CaseloadCount.breakdown == Breakdown.COVERAGE)
        .with_only_columns(person, CaseloadCount.code, func.sum(CaseloadCount.number))
        .group_by("person", CaseloadCount.code)
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
