"""Lists of what payers owe the pooled fund: instalments with their status, and the report of a year.

The status of an instalment is said twice: in `rules.pooled_fund.invoices` for one account, and here as SQL for lists. A
property test holds both equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, Subquery, and_, case, cast, exists, func, or_, select

from certhub.database import db, stream
from certhub.models.fund import FundYear, Payer
from certhub.models.fund_accounts import Assessment, FundNotice, FundPayment, FundReferral, FundWriteOff, Instalment
from certhub.queries import fund
from certhub.queries.fund import stands
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import sees_everything
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.invoices import DUE_SOON_DAYS, InvoiceStatus, outstanding

HEADING = ("payer", "share", "adjustment", "assessed", "paid", "written_off", "outstanding", "overdue")


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An instalment in a list."""

    payer_id: int
    payer: str
    number: int
    cents: int
    due_on: date
    paid_cents: int
    open_cents: int
    status: InvoiceStatus


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A payer's year in the report."""

    payer_id: int
    payer: str
    share_cents: int
    adjustment_cents: int
    total_cents: int
    paid_cents: int
    written_off_cents: int
    overdue_cents: int

    @property
    def outstanding_cents(self) -> int:
        """What is still to come; below zero the payer has a credit."""
        return outstanding(self.total_cents, paid_cents=self.paid_cents, written_off_cents=self.written_off_cents)


@dataclass(frozen=True, slots=True)
class Totals:
    """The report of a year in one line."""

    payers: int
    total_cents: int
    paid_cents: int
    written_off_cents: int

    @property
    def outstanding_cents(self) -> int:
        """What is still to come."""
        return self.total_cents - self.paid_cents - self.written_off_cents


def invoices(
    viewer: Viewer, year: FundYear, *, status: InvoiceStatus | None = None, cursor: str | None = None, today: date
) -> Page[InvoiceRow]:
    """The instalments of a year, payer by payer; for DPH."""
    derived = _derived(year.id, today)
    statement = (
        select(
            Payer.id, Payer.name, derived.c.number, derived.c.cents, derived.c.due_on, derived.c.paid,
            derived.c.covered, derived.c.status,
        )
        .select_from(Instalment)
        .join(derived, derived.c.id == Instalment.id)
        .join(Payer, Payer.id == derived.c.payer_id)
    )  # fmt: skip
    if status is not None:
        statement = statement.where(derived.c.status == status.value)
    if not sees_everything(viewer):
        statement = statement.where(Instalment.id.is_(None))
    return paged(statement, [Payer.sort_name, Payer.id, Instalment.id], _invoice, cursor=cursor)


def accounts(viewer: Viewer, year: FundYear, *, cursor: str | None = None, today: date) -> Page[AccountRow]:
    """The report of a year: each payer's assessment, payments and what is open, in the order of names; for DPH."""
    return paged(_accounts(viewer, year, today), [Payer.sort_name, Payer.id], _account, cursor=cursor)


def merged_into(viewer: Viewer, year: FundYear, payer_id: int, *, today: date) -> list[AccountRow]:
    """The accounts of those who merged into a payer by today, however many steps it took."""
    into = fund.mergers(through=today)
    found: set[int] = set()
    while more := {one for one, to in into.items() if to in {payer_id, *found} and one not in {payer_id, *found}}:
        found |= more
    if not found:
        return []
    statement = _accounts(viewer, year, today).where(Payer.id.in_(found)).order_by(Payer.sort_name, Payer.id)
    return [_account(row) for row in db.session.execute(statement)]


def whole(viewer: Viewer, year: FundYear, *, today: date) -> Iterator[AccountRow]:
    """All of the report, streamed."""
    statement = _accounts(viewer, year, today).order_by(Payer.sort_name, Payer.id)
    return (_account(row) for row in stream(statement))


def totals(year: FundYear) -> Totals:
    """The report of a year in one line."""
    payers, total = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Assessment.total_cents), 0)).where(
            Assessment.fund_year_id == year.id, stands()
        )
    ).one()
    paid = select(func.coalesce(func.sum(FundPayment.cents), 0)).where(FundPayment.fund_year_id == year.id)
    off = select(func.coalesce(func.sum(FundWriteOff.cents), 0)).where(FundWriteOff.fund_year_id == year.id)
    sums = db.session.execute(select(paid.scalar_subquery(), off.scalar_subquery())).one()
    return Totals(int(payers), int(total), int(sums[0]), int(sums[1]))


def late_cents(year: FundYear) -> int:
    """What came in since the year was closed, less what went out: it is in the accounts and in no true-up."""
    closed_at = fund.closed_at(year)
    if closed_at is None:
        return 0
    moved = select(func.coalesce(func.sum(FundPayment.cents), 0)).where(
        FundPayment.fund_year_id == year.id, FundPayment.recorded_at > closed_at
    )
    return int(db.session.scalar(moved) or 0)


def by_status(year: FundYear, *, today: date) -> dict[InvoiceStatus, tuple[int, int]]:
    """How many instalments there are of each status, and how much of them is open."""
    derived = _derived(year.id, today)
    rows = db.session.execute(
        select(derived.c.status, func.count(), func.sum(derived.c.cents - derived.c.covered)).group_by(derived.c.status)
    )
    found = {InvoiceStatus(status): (int(number), int(cents)) for status, number, cents in rows}
    return {one: found[one] for one in InvoiceStatus if one in found}


def _sum_of(column: Any, table: type[FundPayment | FundWriteOff]) -> ColumnElement[int]:
    found = (
        select(func.sum(column))
        .where(table.fund_year_id == Assessment.fund_year_id, table.payer_id == Assessment.payer_id)
        .scalar_subquery()
    )
    return cast(func.coalesce(found, 0), BigInteger)


def _derived(year_id: int, today: date) -> Subquery:
    """Each instalment of a year with its due day, what is paid and covered of it, and its status on a day."""
    before = func.coalesce(
        func.sum(Instalment.cents).over(
            partition_by=Instalment.assessment_id, order_by=Instalment.number, rows=(None, -1)
        ),
        0,
    )
    referred = exists().where(
        FundReferral.fund_year_id == Assessment.fund_year_id,
        FundReferral.payer_id == Assessment.payer_id,
        FundReferral.number == Instalment.number,
    )
    later = and_(FundNotice.earliest_due_on.is_not(None), FundNotice.earliest_due_on > Instalment.planned_on)
    counted = (
        select(
            Instalment.id,
            Assessment.payer_id,
            Instalment.number,
            Instalment.cents,
            case((later, FundNotice.earliest_due_on), else_=Instalment.planned_on).label("due_on"),
            FundNotice.id.label("notice_id"),
            case((referred, 1), else_=0).label("referred"),
            cast(before, BigInteger).label("before"),
            _sum_of(FundPayment.cents, FundPayment).label("all_paid"),
            _sum_of(FundWriteOff.cents, FundWriteOff).label("all_written_off"),
        )
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .outerjoin(FundNotice, FundNotice.assessment_id == Assessment.id)
        .where(Assessment.fund_year_id == year_id, stands())
        .subquery()
    )
    paid = _within(counted.c.all_paid - counted.c.before, counted.c.cents)
    covered = _within(counted.c.all_paid + counted.c.all_written_off - counted.c.before, counted.c.cents)
    parts = select(counted, paid.label("paid"), covered.label("covered")).subquery()
    status = case(
        (and_(parts.c.covered >= parts.c.cents, parts.c.paid >= parts.c.cents), InvoiceStatus.PAID.value),
        (parts.c.covered >= parts.c.cents, InvoiceStatus.WRITTEN_OFF.value),
        (parts.c.notice_id.is_(None), InvoiceStatus.DRAFT.value),
        (parts.c.referred == 1, InvoiceStatus.REFERRED.value),
        (parts.c.due_on < today, InvoiceStatus.OVERDUE.value),
        (parts.c.paid > 0, InvoiceStatus.PARTIAL.value),
        (parts.c.due_on <= today + timedelta(days=DUE_SOON_DAYS), InvoiceStatus.DUE.value),
        else_=InvoiceStatus.NOTICED.value,
    )
    return select(parts, status.label("status")).subquery()


def _within(amount: ColumnElement[int], most: ColumnElement[int]) -> ColumnElement[int]:
    return case((amount <= 0, 0), (amount >= most, most), else_=amount)


def _accounts(viewer: Viewer, year: FundYear, today: date) -> Select[*tuple[Any, ...]]:
    derived = _derived(year.id, today)
    is_late = or_(
        derived.c.status == InvoiceStatus.OVERDUE.value,
        and_(derived.c.status == InvoiceStatus.REFERRED.value, derived.c.due_on < today),
    )
    overdue = (
        select(derived.c.payer_id, func.sum(derived.c.cents - derived.c.covered).label("cents"))
        .where(is_late)
        .group_by(derived.c.payer_id)
        .subquery()
    )
    statement = (
        select(
            Payer.id, Payer.name, Assessment.share_cents, Assessment.adjustment_cents, Assessment.total_cents,
            _sum_of(FundPayment.cents, FundPayment), _sum_of(FundWriteOff.cents, FundWriteOff),
            cast(func.coalesce(overdue.c.cents, 0), BigInteger),
        )
        .select_from(Assessment)
        .join(Payer, Payer.id == Assessment.payer_id)
        .outerjoin(overdue, overdue.c.payer_id == Assessment.payer_id)
        .where(Assessment.fund_year_id == year.id, stands())
    )  # fmt: skip
    return statement if sees_everything(viewer) else statement.where(Assessment.id.is_(None))


def _invoice(row: Row[*tuple[Any, ...]]) -> InvoiceRow:
    payer_id, name, number, cents, due_on, paid, covered, status = row[:8]
    due = due_on if isinstance(due_on, date) else date.fromisoformat(due_on)
    return InvoiceRow(payer_id, name, number, cents, due, int(paid), int(cents - covered), InvoiceStatus(status))


def _account(row: Row[*tuple[Any, ...]]) -> AccountRow:
    return AccountRow(*row[:8])
