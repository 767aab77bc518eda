"""What payers owe the pooled fund: instalments with their status, accounts, and the report of a year.

The status of an instalment is said twice: in `rules.pooled_fund.invoices` for one account, and here as SQL for lists. A
property test holds both equal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, Subquery, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload

from certhub.database import db, stream
from certhub.models.fund import FundTrueUp, FundYear, Payer
from certhub.models.fund_accounts import (
    Assessment,
    FundAppeal,
    FundNotice,
    FundPayment,
    FundReferral,
    FundWriteOff,
    Instalment,
    TrueUpLine,
)
from certhub.queries import fund
from certhub.queries.fund import stands
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.invoices import (
    DUE_SOON_DAYS,
    REVERSIBLE,
    InvoiceStatus,
    Planned,
    Standing,
    outstanding,
    standing,
)
from certhub.rules.pooled_fund.true_up import Settlement

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


@dataclass(frozen=True, slots=True)
class Account:
    """One payer's year with everything that happened in it."""

    assessment: Assessment
    notice: FundNotice | None
    standing: list[Standing]
    payments: Sequence[FundPayment]
    write_offs: Sequence[FundWriteOff]
    referrals: Sequence[FundReferral]
    appeals: Sequence[FundAppeal]
    earlier: Sequence[Assessment]
    difference: TrueUpLine | None

    @property
    def paid_cents(self) -> int:
        """What was paid in, less what was reversed and paid back."""
        return sum(one.cents for one in self.payments)

    @property
    def written_off_cents(self) -> int:
        """What will not be collected."""
        return sum(one.cents for one in self.write_offs)

    @property
    def reversible(self) -> frozenset[int]:
        """The payments and refunds that were not reversed."""
        reversed_ids = {one.reverses_id for one in self.payments}
        return frozenset(one.id for one in self.payments if one.kind in REVERSIBLE and one.id not in reversed_ids)

    @property
    def collectable(self) -> frozenset[int]:
        """The write-offs that were not reversed."""
        reversed_ids = {one.reverses_id for one in self.write_offs}
        return frozenset(one.id for one in self.write_offs if one.reverses_id is None and one.id not in reversed_ids)

    @property
    def settled_now_cents(self) -> int:
        """What the true-up charges (or gives back) at once."""
        line = self.difference
        return line.delta_cents if line is not None and line.settlement is Settlement.NOW else 0

    @property
    def outstanding_cents(self) -> int:
        """What is still to come; below zero the payer has a credit."""
        owed = self.assessment.total_cents + self.settled_now_cents
        return outstanding(owed, paid_cents=self.paid_cents, written_off_cents=self.written_off_cents)

    @property
    def open_appeal(self) -> FundAppeal | None:
        """The appeal that nobody has decided yet."""
        return next((one for one in self.appeals if one.decision is None), None)


def assessment(viewer: Viewer, year: FundYear, payer_id: int) -> Assessment:
    """A payer's assessment of the year that counts. Raises `NotVisible`."""
    found = db.session.scalars(
        select(Assessment)
        .options(joinedload(Assessment.payer).joinedload(Payer.successor), joinedload(Assessment.allocation))
        .where(Assessment.fund_year_id == year.id, Assessment.payer_id == payer_id, stands())
    ).first()
    if found is None or not sees_everything(viewer):
        raise NotVisible(payer_id)
    return found


def standing_assessments(year: FundYear) -> Sequence[Assessment]:
    """All assessments of a year that count."""
    return db.session.scalars(
        select(Assessment).where(Assessment.fund_year_id == year.id, stands()).order_by(Assessment.id)
    ).all()


def unnoticed(year: FundYear) -> Sequence[Assessment]:
    """The assessments whose notice has not gone out."""
    return db.session.scalars(
        select(Assessment)
        .options(joinedload(Assessment.payer))
        .outerjoin(FundNotice, FundNotice.assessment_id == Assessment.id)
        .where(Assessment.fund_year_id == year.id, FundNotice.id.is_(None), stands())
        .order_by(Assessment.id)
    ).all()


def account(viewer: Viewer, year: FundYear, payer_id: int, *, today: date) -> Account:
    """A payer's account for a year. Raises `NotVisible`."""
    found = assessment(viewer, year, payer_id)
    of_payer = (FundPayment.fund_year_id == year.id, FundPayment.payer_id == payer_id)
    payments = db.session.scalars(
        select(FundPayment).options(joinedload(FundPayment.recorded_by)).where(*of_payer).order_by(FundPayment.id)
    ).all()
    write_offs = db.session.scalars(
        select(FundWriteOff)
        .options(joinedload(FundWriteOff.recorded_by))
        .where(FundWriteOff.fund_year_id == year.id, FundWriteOff.payer_id == payer_id)
        .order_by(FundWriteOff.id)
    ).all()
    referrals = db.session.scalars(
        select(FundReferral)
        .options(joinedload(FundReferral.recorded_by))
        .where(FundReferral.fund_year_id == year.id, FundReferral.payer_id == payer_id)
        .order_by(FundReferral.id)
    ).all()
    appeals = db.session.scalars(
        select(FundAppeal)
        .join(Assessment, Assessment.id == FundAppeal.assessment_id)
        .options(joinedload(FundAppeal.recorded_by), joinedload(FundAppeal.assessment))
        .where(Assessment.fund_year_id == year.id, Assessment.payer_id == payer_id)
        .order_by(FundAppeal.id)
    ).all()
    replaced = db.session.scalars(
        select(Assessment)
        .where(Assessment.fund_year_id == year.id, Assessment.payer_id == payer_id, Assessment.id != found.id)
        .order_by(Assessment.id)
    ).all()
    notice = db.session.scalars(
        select(FundNotice).options(joinedload(FundNotice.issued_by)).where(FundNotice.assessment_id == found.id)
    ).first()
    return Account(
        assessment=found,
        notice=notice,
        standing=standing(
            planned(found),
            today=today,
            earliest=notice.earliest_due_on if notice else None,
            paid_cents=sum(one.cents for one in payments),
            written_off_cents=sum(one.cents for one in write_offs),
            referred=frozenset(one.number for one in referrals),
        ),
        payments=payments,
        write_offs=write_offs,
        referrals=referrals,
        appeals=appeals,
        earlier=replaced,
        difference=_difference(year, payer_id),
    )


def planned(assessed: Assessment) -> list[Planned]:
    """The instalments of an assessment."""
    rows = db.session.scalars(
        select(Instalment).where(Instalment.assessment_id == assessed.id).order_by(Instalment.number)
    )
    return [Planned(row.number, row.cents, row.planned_on) for row in rows]


def adjustments(year: FundYear) -> dict[int, int]:
    """What the true-up of the year before charges or credits each payer with this year's notice."""
    rows = db.session.execute(
        select(TrueUpLine.payer_id, TrueUpLine.delta_cents)
        .join(FundTrueUp, FundTrueUp.id == TrueUpLine.true_up_id)
        .join(FundYear, FundYear.id == FundTrueUp.fund_year_id)
        .where(
            FundYear.fiscal_year == year.fiscal_year - 1,
            TrueUpLine.settlement == Settlement.NEXT_NOTICE,
            _counts(),
        )
    )
    return {payer_id: cents for payer_id, cents in rows}  # noqa: C416  (rows are no pairs to the type checker)


def differences(true_up: FundTrueUp) -> Sequence[TrueUpLine]:
    """The differences of a true-up, in the order of names."""
    return db.session.scalars(
        select(TrueUpLine)
        .join(Payer, Payer.id == TrueUpLine.payer_id)
        .options(joinedload(TrueUpLine.payer))
        .where(TrueUpLine.true_up_id == true_up.id)
        .order_by(Payer.sort_name, Payer.id)
    ).all()


def payment(year: FundYear, payer_id: int, payment_id: int) -> FundPayment:
    """One payment of an account. Raises `NotVisible`."""
    found = db.session.get(FundPayment, payment_id)
    if found is None or found.fund_year_id != year.id or found.payer_id != payer_id:
        raise NotVisible(payment_id)
    return found


def write_off(year: FundYear, payer_id: int, write_off_id: int) -> FundWriteOff:
    """One write-off of an account that is no reversal. Raises `NotVisible`."""
    found = db.session.get(FundWriteOff, write_off_id)
    if found is None or found.reverses_id is not None or (found.fund_year_id, found.payer_id) != (year.id, payer_id):
        raise NotVisible(write_off_id)
    return found


def is_reversed(payment: FundPayment) -> bool:
    """Whether a payment or a refund was reversed."""
    return bool(db.session.scalar(select(exists().where(FundPayment.reverses_id == payment.id))))


def is_taken_back(written_off: FundWriteOff) -> bool:
    """Whether a write-off was reversed."""
    return bool(db.session.scalar(select(exists().where(FundWriteOff.reverses_id == written_off.id))))


def appeal(year: FundYear, payer_id: int, appeal_id: int) -> FundAppeal:
    """One appeal of an account. Raises `NotVisible`."""
    found = db.session.get(FundAppeal, appeal_id, options=[joinedload(FundAppeal.assessment)])
    if found is None or (found.assessment.fund_year_id, found.assessment.payer_id) != (year.id, payer_id):
        raise NotVisible(appeal_id)
    return found


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


def _counts() -> ColumnElement[bool]:
    later = FundTrueUp.__table__.alias("later")
    return ~exists().where(later.c.supersedes_id == FundTrueUp.id)


def _difference(year: FundYear, payer_id: int) -> TrueUpLine | None:
    return db.session.scalars(
        select(TrueUpLine)
        .join(FundTrueUp, FundTrueUp.id == TrueUpLine.true_up_id)
        .where(FundTrueUp.fund_year_id == year.id, TrueUpLine.payer_id == payer_id, _counts())
    ).first()


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
