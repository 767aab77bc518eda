"""What happens to a payer's account: payments, refunds, write-offs, the reversal of each, referrals, and appeals.

Money that moved is recorded in a closed year too: it came in or went out, whatever state the year is in. What is
decided, such as a write-off, needs an open one.
"""

from datetime import date, datetime
from typing import TypeVar

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.base import Base
from certhub.models.fund import FundYear
from certhub.models.fund_accounts import (
    FundAppeal,
    FundAppealDecision,
    FundPayment,
    FundReferral,
    FundWriteOff,
)
from certhub.queries import fund, fund_accounts, fund_adjustments
from certhub.queries.fund_accounts import Account
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ledger import Cause
from certhub.rules.pooled_fund import notices
from certhub.rules.pooled_fund.invoices import (
    AppealOutcome,
    InvoiceStatus,
    PaymentKind,
    require_appeal,
    require_outcome,
    require_payment,
    require_referral,
    require_refund,
    require_reversible,
    require_write_off,
)
from certhub.rules.pooled_fund.year_state import require_open
from certhub.rules.refusal import Refusal
from certhub.services import audit, fund_assessments, ledger
from certhub.services.fund_assessments import Draft

Made = TypeVar("Made", bound=Base)


def record_payment(
    year: FundYear, payer_id: int, cents: int, *, received_on: date, reference: str, actor: User, at: datetime
) -> FundPayment:
    """Record money that came in; it goes to the oldest open instalment first. Raises `Refusal`."""
    _account(year, payer_id, actor=actor, at=at)
    require_payment(cents, received_on=received_on, today=clock.civil_date(at))
    made = FundPayment(
        fund_year_id=year.id, payer_id=payer_id, kind=PaymentKind.PAYMENT, cents=cents, happened_on=received_on,
        reference=reference, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    recorded(made, AuditAction.FUND_PAYMENT_RECORDED, actor=actor, at=at)
    ledger.post_payers(year, [payer_id], Cause.PAYER_PAID, on=received_on, actor=actor, at=at)
    _follow(year, payer_id, actor=actor, at=at)
    return made


def reverse_payment(year: FundYear, payment: FundPayment, *, reason: str, actor: User, at: datetime) -> FundPayment:
    """Take a payment back by a row of its own, such as for a cheque that was returned. Raises `Refusal`."""
    _account(year, payment.payer_id, actor=actor, at=at)
    is_reversed = fund_accounts.is_reversed(payment)
    require_reversible(can_be=payment.kind is PaymentKind.PAYMENT, is_reversed=is_reversed)
    made = _reversal(payment, reason, actor=actor, at=at)
    recorded(made, AuditAction.FUND_PAYMENT_REVERSED, actor=actor, at=at)
    ledger.post_payers(year, [made.payer_id], Cause.PAYER_REVERSED, on=made.happened_on, actor=actor, at=at)
    _follow(year, payment.payer_id, actor=actor, at=at)
    return made


def pay_back(
    year: FundYear, payer_id: int, cents: int, *, paid_on: date, reference: str, reason: str, actor: User, at: datetime
) -> FundPayment:
    """Record money that went back to a payer that has a credit. Raises `Refusal`."""
    account = _account(year, payer_id, actor=actor, at=at)
    require_refund(cents, paid_on=paid_on, today=clock.civil_date(at), credit_cents=max(-account.outstanding_cents, 0))
    made = FundPayment(
        fund_year_id=year.id, payer_id=payer_id, kind=PaymentKind.REFUND, cents=-cents, happened_on=paid_on,
        reference=reference, reason=reason, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    recorded(made, AuditAction.FUND_PAYMENT_REFUNDED, actor=actor, at=at)
    ledger.post_payers(year, [payer_id], Cause.PAID_BACK, on=paid_on, actor=actor, at=at)
    return made


def reverse_refund(year: FundYear, refund: FundPayment, *, reason: str, actor: User, at: datetime) -> FundPayment:
    """Say by a row of its own that money which was paid back came to us again. Raises `Refusal`."""
    _account(year, refund.payer_id, actor=actor, at=at)
    is_reversed = fund_accounts.is_reversed(refund)
    require_reversible(can_be=refund.kind is PaymentKind.REFUND, is_reversed=is_reversed)
    made = _reversal(refund, reason, actor=actor, at=at)
    recorded(made, AuditAction.FUND_REFUND_REVERSED, actor=actor, at=at)
    ledger.post_payers(year, [made.payer_id], Cause.PAYER_REVERSED, on=made.happened_on, actor=actor, at=at)
    _follow(year, refund.payer_id, actor=actor, at=at)
    return made


def write_off(
    year: FundYear, payer_id: int, cents: int, *, on: date, reason: str, actor: User, at: datetime
) -> FundWriteOff:
    """Give up what will not be collected; the state bears it. Raises `Refusal`."""
    account = _opened(year, payer_id, actor=actor, at=at)
    require_write_off(cents, open_cents=max(account.outstanding_cents, 0), on=on, today=clock.civil_date(at))
    made = FundWriteOff(
        fund_year_id=year.id, payer_id=payer_id, cents=cents, happened_on=on, reason=reason, recorded_by_id=actor.id,
        recorded_at=at,
    )  # fmt: skip
    recorded(made, AuditAction.ASSESSMENT_WRITTEN_OFF, actor=actor, at=at)
    ledger.post_payers(year, [payer_id], Cause.WRITTEN_OFF, on=on, actor=actor, at=at)
    return made


def reverse_write_off(
    year: FundYear, written_off: FundWriteOff, *, reason: str, actor: User, at: datetime
) -> FundWriteOff:
    """Collect after all what was written off, by a row of its own. Raises `Refusal`."""
    _opened(year, written_off.payer_id, actor=actor, at=at)
    is_reversed = fund_accounts.is_taken_back(written_off)
    require_reversible(can_be=written_off.reverses_id is None, is_reversed=is_reversed)
    made = FundWriteOff(
        fund_year_id=year.id, payer_id=written_off.payer_id, cents=-written_off.cents,
        happened_on=clock.civil_date(at), reason=reason, reverses_id=written_off.id, recorded_by_id=actor.id,
        recorded_at=at,
    )  # fmt: skip
    recorded(made, AuditAction.FUND_WRITE_OFF_REVERSED, actor=actor, at=at)
    ledger.post_payers(year, [made.payer_id], Cause.PAYER_REVERSED, on=made.happened_on, actor=actor, at=at)
    return made


def refer(
    year: FundYear, payer_id: int, number: int, *, on: date, to: str, reason: str, actor: User, at: datetime
) -> FundReferral:
    """Hand an overdue instalment to whoever collects it. Raises `Refusal`."""
    account = _opened(year, payer_id, actor=actor, at=at)
    status = next((one.status for one in account.standing if one.number == number), InvoiceStatus.DRAFT)
    require_referral(status, on=on, today=clock.civil_date(at))
    made = FundReferral(
        fund_year_id=year.id, payer_id=payer_id, number=number, referred_on=on, referred_to=to, reason=reason,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    recorded(made, AuditAction.INSTALMENT_REFERRED, actor=actor, at=at)
    return made


def file_appeal(
    year: FundYear, payer_id: int, *, filed_on: date, grounds: str, actor: User, at: datetime
) -> FundAppeal:
    """Record a payer's appeal against its assessment. Raises `Refusal`."""
    account = _opened(year, payer_id, actor=actor, at=at)
    if any(one.assessment_id == account.assessment.id for one in account.appeals):
        raise Refusal("An appeal against this assessment is on record already.")
    require_appeal(
        filed_on=filed_on,
        noticed_on=account.notice.issued_on if account.notice else None,
        until=account.notice.appeal_until if account.notice else None,
        today=clock.civil_date(at),
    )
    made = FundAppeal(
        assessment_id=account.assessment.id, filed_on=filed_on, grounds=grounds, recorded_by_id=actor.id,
        recorded_at=at,
    )  # fmt: skip
    recorded(made, AuditAction.FUND_APPEAL_FILED, actor=actor, at=at)
    return made


def decide_appeal(
    year: FundYear,
    appeal: FundAppeal,
    outcome: AppealOutcome,
    *,
    reason: str,
    changed_cents: int | None,
    actor: User,
    at: datetime,
) -> FundAppealDecision:
    """Say how an appeal ended; a change is a new assessment with a notice of its own. Raises `Refusal`."""
    assessment = appeal.assessment
    account = _opened(year, assessment.payer_id, actor=actor, at=at)
    if appeal.decision is not None:
        raise Refusal("This appeal is decided already.")
    standing = account.assessment
    if outcome is AppealOutcome.CHANGED and standing.share_cents != assessment.share_cents:
        raise Refusal("The assessment was replaced since, so it cannot be changed. The payer can appeal the new one.")
    require_outcome(outcome, reason, changed_cents, assessment.share_cents)
    changed = None
    if outcome is AppealOutcome.CHANGED and changed_cents is not None:
        taken = fund_adjustments.rows_of(year).get(standing.id, {})
        draft = Draft(
            standing.payer_id, changed_cents, taken, standing.note, standing, is_decided=True,
            reasons=(notices.appeal_words(reason),),
        )  # fmt: skip
        (changed,) = fund_assessments.make(year, standing.allocation, [draft], actor=actor, at=at)
    made = FundAppealDecision(
        appeal_id=appeal.id, outcome=outcome, decided_on=clock.civil_date(at), reason=reason,
        changed_to_id=changed.id if changed else None, decided_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    recorded(made, AuditAction.FUND_APPEAL_DECIDED, actor=actor, at=at)
    return made


def transfer(year: FundYear, payer_id: int, to_id: int, *, actor: User, at: datetime) -> list[FundPayment]:
    """Take what a payer paid, and what was written off for it, along to whoever it merged into: rows on both sides."""
    moved = []
    on = clock.civil_date(at)
    if paid := fund_accounts.paid(year, payer_id):
        moved = [
            FundPayment(
                fund_year_id=year.id, payer_id=one, other_payer_id=other, kind=PaymentKind.TRANSFER, cents=cents,
                happened_on=on, recorded_by_id=actor.id, recorded_at=at,
            )
            for one, other, cents in ((payer_id, to_id, -paid), (to_id, payer_id, paid))
        ]  # fmt: skip
    for one in moved:
        recorded(one, AuditAction.FUND_MONEY_TRANSFERRED, actor=actor, at=at)
    for gone in fund_accounts.collectable(year, payer_id):
        written_off = {
            "fund_year_id": year.id, "happened_on": on, "reason": gone.reason, "recorded_by_id": actor.id,
            "recorded_at": at,
        }  # fmt: skip
        for row in (
            FundWriteOff(payer_id=payer_id, cents=-gone.cents, reverses_id=gone.id, **written_off),
            FundWriteOff(payer_id=to_id, cents=gone.cents, **written_off),
        ):
            recorded(row, AuditAction.FUND_MONEY_TRANSFERRED, actor=actor, at=at)
    for number in (to_id, payer_id) if paid > 0 else (payer_id, to_id):  # who gains comes first: cash is never below 0
        ledger.post_payers(year, [number], Cause.TRANSFERRED, on=on, actor=actor, at=at)
    return moved


def recorded(made: Made, action: AuditAction, *, actor: User, at: datetime) -> Made:
    """A row that is saved and told to the audit trail."""
    db.session.add(made)
    db.session.flush()
    audit.record(actor, action, made, at=at)
    return made


def _reversal(of: FundPayment, reason: str, *, actor: User, at: datetime) -> FundPayment:
    return FundPayment(
        fund_year_id=of.fund_year_id, payer_id=of.payer_id, kind=PaymentKind.REVERSAL, cents=-of.cents,
        happened_on=clock.civil_date(at), reference=of.reference, reason=reason, reverses_id=of.id,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip


def _follow(year: FundYear, payer_id: int, *, actor: User, at: datetime) -> None:
    """Let money that moves on the account of a merged payer follow what was taken along before."""
    while (to_id := fund_accounts.moved_to(year, payer_id)) is not None:
        transfer(year, payer_id, to_id, actor=actor, at=at)
        payer_id = to_id


def _account(year: FundYear, payer_id: int, *, actor: User, at: datetime) -> Account:
    """The account as it stands, while nobody else changes the year."""
    locked(year)
    return fund_accounts.account(actor, year, payer_id, today=clock.civil_date(at))


def _opened(year: FundYear, payer_id: int, *, actor: User, at: datetime) -> Account:
    """The same. Raises `Refusal` where the year is closed."""
    account = _account(year, payer_id, actor=actor, at=at)
    require_open(fund.facts(year))
    return account
