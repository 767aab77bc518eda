"""Child-months with Medicaid as their first cover that were reported and not claimed, with the federal money they cost.

The State Auditor found $49,588 of federal match missed at a sister fund; this report names such units while there is
still time to claim them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, case, cast, func, select

from certhub.database import db, stream
from certhub.models.caseload import CaseloadCount, CaseloadLine, CaseloadReport
from certhub.models.contracts import Contract
from certhub.models.fund import FundYear
from certhub.models.parties import Party
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine
from certhub.queries import fund
from certhub.queries.caseload_reports import person_of
from certhub.queries.fund_sources import allowed_cents, standing_answer
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import sees_everything
from certhub.rules.caseload import MODEL, Tier
from certhub.rules.caseload_report import Breakdown
from certhub.rules.last_resort import Outcome, Source, claim_until, federal_part
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.configuration import federal_share_on
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day

_vendor = Party.__table__.alias("vendor")
_ORDER = [CaseloadReport.month_from, CaseloadReport.id, Party.id]
_TIERS = {Tier.T1: CaseloadLine.tier_1, Tier.T2: CaseloadLine.tier_2, Tier.T3: CaseloadLine.tier_3}


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A coordinator's month with units of Medicaid that were not claimed; units in hundredths."""

    vendor: str
    coordinator: str
    month_from: date
    eligible_units: int
    claimed_units: int
    invoice_id: int | None
    outcome: Outcome | None
    federal_cents: int
    claim_until: date

    @property
    def missed_units(self) -> int:
        """What was not claimed."""
        return self.eligible_units - self.claimed_units


@dataclass(frozen=True, slots=True)
class Missed:
    """All of a year together, beside the number of months that vendors reported at all."""

    reports: int
    rows: int
    units: int
    claimable_cents: int
    lost_cents: int


def page(viewer: Viewer, year: FundYear, *, cursor: str | None = None) -> Page[MissedRow]:
    """The months of a year with missed units, the first months first; for DPH."""
    return paged(_missed(viewer, year), _ORDER, _reader(year), cursor=cursor)


def whole(viewer: Viewer, year: FundYear) -> Iterator[MissedRow]:
    """All of the report, streamed."""
    read = _reader(year)
    return (read(row) for row in stream(_missed(viewer, year).order_by(*_ORDER)))


def totals(viewer: Viewer, year: FundYear, today: date) -> Missed:
    """How much was missed in a year, and how much federal money of it can still be claimed."""
    rows = list(whole(viewer, year))
    reports = db.session.scalar(select(func.count()).select_from(CaseloadReport).where(*_standing(year))) or 0
    claimable = sum(one.federal_cents for one in rows if today <= one.claim_until)
    return Missed(
        reports if sees_everything(viewer) else 0,
        len(rows),
        sum(one.missed_units for one in rows),
        claimable_cents=claimable,
        lost_cents=sum(one.federal_cents for one in rows) - claimable,
    )


def _standing(year: FundYear) -> tuple[ColumnElement[bool], ...]:
    """The reports of a year that count."""
    return (
        CaseloadReport.superseded_at.is_(None),
        CaseloadReport.month_from.between(first_day(year.fiscal_year), last_day(year.fiscal_year)),
    )


def _missed(viewer: Viewer, year: FundYear) -> Select[*tuple[Any, ...]]:
    """Each coordinator's month with what was reported and what was claimed; the rule is `Coverage.medicaid_units`."""
    key = (CaseloadLine.report_id, person_of(CaseloadLine.coordinator_id).label("person_id"))
    weight = sum(int(MODEL.hours[tier] * 100) * column for tier, column in _TIERS.items())
    weights = (
        select(*key, cast(func.sum(weight), BigInteger).label("weight"))
        .join(CaseloadReport, CaseloadReport.id == CaseloadLine.report_id)
        .where(*_standing(year))
        .group_by(CaseloadLine.report_id, "person_id")
        .subquery("weights")
    )
    on_medicaid = case((CaseloadCount.code == "coverage_medicaid", CaseloadCount.number), else_=0)
    covered = (
        select(
            *key,
            cast(func.sum(on_medicaid), BigInteger).label("medicaid"),
            cast(func.sum(CaseloadCount.number), BigInteger).label("children"),
        )
        .join(CaseloadReport, CaseloadReport.id == CaseloadLine.report_id)
        .join(CaseloadCount, CaseloadCount.line_id == CaseloadLine.id)
        .where(*_standing(year), CaseloadCount.breakdown == Breakdown.COVERAGE)
        .group_by(CaseloadLine.report_id, "person_id")
        .subquery("covered")
    )
    claims = _claims(year).subquery("claims")
    eligible = weights.c.weight * covered.c.medicaid // covered.c.children
    claimed = func.coalesce(claims.c.units, 0)
    statement = (
        select(
            _vendor.c.name.label("vendor"), Party.name.label("person"), CaseloadReport.month_from.label("month"),
            cast(eligible, BigInteger).label("eligible"), cast(claimed, BigInteger).label("claimed"),
            claims.c.invoice_id, claims.c.outcome,
        )
        .select_from(CaseloadReport)
        .join(weights, weights.c.report_id == CaseloadReport.id)
        .join(
            covered,
            and_(covered.c.report_id == weights.c.report_id, covered.c.person_id == weights.c.person_id),
        )
        .join(Party, Party.id == weights.c.person_id)
        .join(_vendor, _vendor.c.id == CaseloadReport.vendor_id)
        .outerjoin(
            claims,
            and_(
                claims.c.vendor_id == CaseloadReport.vendor_id, claims.c.month_from == CaseloadReport.month_from,
                claims.c.person_id == weights.c.person_id,
            ),
        )
        .where(*_standing(year), eligible > claimed)
    )  # fmt: skip
    return statement if sees_everything(viewer) else statement.where(CaseloadReport.id.is_(None))


def _claims(year: FundYear) -> Select[*tuple[Any, ...]]:
    """What was claimed of each coordinator's month, and the latest invoice that has it."""
    answer, standing = standing_answer(Source.MEDICAID)
    stands = and_(answer.outcome == Outcome.PAID, allowed_cents() > 0)  # a line that is denied whole claims nothing
    paid = case((stands, func.coalesce(answer.units_hundredths, 0)), else_=0)
    month = VendorInvoice.starts_on
    return (
        select(
            Contract.vendor_id, person_of(VendorInvoiceLine.coordinator_id).label("person_id"),
            month.label("month_from"),
            func.sum(paid).label("units"), func.max(VendorInvoice.id).label("invoice_id"),
            func.max(answer.outcome).label("outcome"),
        )
        .select_from(VendorInvoiceLine)
        .join(VendorInvoice, VendorInvoice.id == VendorInvoiceLine.invoice_id)
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .outerjoin(answer, standing)
        .where(VendorInvoice.fiscal_year == year.fiscal_year, VendorInvoice.returned_at.is_(None))
        .group_by(Contract.vendor_id, "person_id", month)
    )  # fmt: skip


def _reader(year: FundYear) -> Callable[[Row[*tuple[Any, ...]]], MissedRow]:
    def read(row: Row[*tuple[Any, ...]]) -> MissedRow:
        missed = int(row[3]) - int(row[4])
        return MissedRow(
            row[0], row[1], row[2], int(row[3]), int(row[4]), row[5], Outcome(row[6]) if row[6] else None,
            _federal(year, row[2], missed), claim_until(row[2]),
        )  # fmt: skip

    return read


def _federal(year: FundYear, month: date, units: int) -> int:
    share = federal_share_on(fund.configuration(year).federal_shares, month)
    return federal_part(units, year.medicaid_rate_cents, share.hundredths)
