"""What payers owe the pooled fund: their assessments, and the account of one payer for a year."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload

from certhub.database import db
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
from certhub.queries import fund_adjustments
from certhub.queries.fund import mergers, stands
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.invoices import REVERSIBLE, Planned, Standing, outstanding, standing


@dataclass(frozen=True, slots=True)
class Account:
    """One payer's year with everything that happened in it."""

    assessment: Assessment
    notice: FundNotice | None
    notices: Sequence[FundNotice]
    """All of the year, the latest first."""
    standing: list[Standing]
    payments: Sequence[FundPayment]
    write_offs: Sequence[FundWriteOff]
    referrals: Sequence[FundReferral]
    appeals: Sequence[FundAppeal]
    earlier: Sequence[Assessment]
    adjustments: Sequence[tuple[int, int]]
    """Fiscal years with the cents of their true-ups that the assessment takes along."""

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
    def outstanding_cents(self) -> int:
        """What is still to come; below zero the payer has a credit."""
        owed = self.assessment.total_cents
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
    notices = db.session.scalars(
        select(FundNotice)
        .join(Assessment, Assessment.id == FundNotice.assessment_id)
        .where(Assessment.fund_year_id == year.id, Assessment.payer_id == payer_id)
        .order_by(FundNotice.id.desc())
    ).all()
    notice = next((one for one in notices if one.assessment_id == found.id), None)
    return Account(
        assessment=found,
        notice=notice,
        notices=notices,
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
        adjustments=fund_adjustments.told([found.id]).get(found.id, []),
    )


def planned(assessed: Assessment) -> list[Planned]:
    """The instalments of an assessment."""
    return plans([assessed.id]).get(assessed.id, [])


def plans(assessment_ids: Collection[int]) -> dict[int, list[Planned]]:
    """The instalments of assessments."""
    found: dict[int, list[Planned]] = {}
    rows = db.session.scalars(
        select(Instalment)
        .where(Instalment.assessment_id.in_(assessment_ids))
        .order_by(Instalment.assessment_id, Instalment.number)
    )
    for row in rows:
        found.setdefault(row.assessment_id, []).append(Planned(row.number, row.cents, row.planned_on))
    return found


def notices_of(assessment_ids: Collection[int]) -> dict[int, FundNotice]:
    """The notices of assessments that have one."""
    rows = db.session.scalars(select(FundNotice).where(FundNotice.assessment_id.in_(assessment_ids)))
    return {row.assessment_id: row for row in rows}


def decided(year: FundYear) -> Sequence[Assessment]:
    """The assessments whose share was decided on appeal: shares that are adopted anew leave them."""
    return db.session.scalars(
        select(Assessment)
        .options(joinedload(Assessment.payer))
        .where(Assessment.fund_year_id == year.id, Assessment.is_decided, stands())
        .order_by(Assessment.id)
    ).all()


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


def paid(year: FundYear, payer_id: int) -> int:
    """What a payer paid for a year, less what was reversed and paid back."""
    found = select(func.coalesce(func.sum(FundPayment.cents), 0)).where(
        FundPayment.fund_year_id == year.id, FundPayment.payer_id == payer_id
    )
    return int(db.session.scalar(found) or 0)


def moved_to(year: FundYear, payer_id: int) -> int | None:
    """To whose account the money of a payer goes since it merged and its assessment moved; None before that."""
    standing = {one.payer_id: one for one in standing_assessments(year)}
    own = standing.get(payer_id)
    if own is None or own.share_cents or own.supersedes_id is None:
        return None
    into = mergers()
    seen, now = {payer_id}, into.get(payer_id)
    while now is not None and now not in seen:
        if now in standing:
            return now
        seen.add(now)
        now = into.get(now)
    return None


def collectable(year: FundYear, payer_id: int) -> Sequence[FundWriteOff]:
    """The write-offs of an account that were not reversed."""
    later = aliased(FundWriteOff)
    return db.session.scalars(
        select(FundWriteOff)
        .where(
            FundWriteOff.fund_year_id == year.id,
            FundWriteOff.payer_id == payer_id,
            FundWriteOff.reverses_id.is_(None),
            ~exists().where(later.reverses_id == FundWriteOff.id),
        )
        .order_by(FundWriteOff.id)
    ).all()


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
