"""What happens to a payer's account: payments and their reversal, refunds, write-offs, referrals, and appeals."""

from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.fund import FundYear
from certhub.models.fund_accounts import (
    FundAppeal,
    FundAppealDecision,
    FundPayment,
    FundReferral,
    FundWriteOff,
)
from certhub.queries import fund, fund_accounts
from certhub.queries.fund_accounts import Account
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ledger import Cause
from certhub.rules.pooled_fund.invoices import (
    AppealOutcome,
    InvoiceStatus,
    PaymentKind,
    require_appeal,
    require_outcome,
    require_payment,
    require_referral,
    require_refund,
    require_write_off,
)
from certhub.rules.pooled_fund.year_state import require_open
from certhub.rules.refusal import Refusal
from certhub.services import audit, fund_shares, ledger


def record_payment(
    year: FundYear, payer_id: int, cents: int, *, received_on: date, reference: str, actor: User, at: datetime
) -> FundPayment:
    """Record money that came in; it goes to the oldest open instalment first. Raises `Refusal`."""
    _opened(year, payer_id, actor=actor, at=at)
    require_payment(cents, received_on=received_on, today=clock.civil_date(at))
    made = FundPayment(
        fund_year_id=year.id, payer_id=payer_id, kind=PaymentKind.PAYMENT, cents=cents, happened_on=received_on,
        reference=reference, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_PAYMENT_RECORDED, made, at=at)
    ledger.post_payers(year, [payer_id], Cause.PAYER_PAID, on=received_on, actor=actor, at=at)
    return made


def reverse_payment(year: FundYear, payment: FundPayment, *, reason: str, actor: User, at: datetime) -> FundPayment:
    """Take a payment back by a row of its own, such as for a cheque that was returned. Raises `Refusal`."""
    _opened(year, payment.payer_id, actor=actor, at=at)
    if payment.kind is not PaymentKind.PAYMENT:
        raise Refusal("Only a payment can be reversed.")
    if fund_accounts.is_reversed(payment.id):
        raise Refusal("This payment was reversed already.")
    made = FundPayment(
        fund_year_id=year.id, payer_id=payment.payer_id, kind=PaymentKind.REVERSAL, cents=-payment.cents,
        happened_on=clock.civil_date(at), reference=payment.reference, reason=reason, reverses_id=payment.id,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_PAYMENT_REVERSED, made, at=at)
    ledger.post_payers(year, [made.payer_id], Cause.PAYER_REVERSED, on=made.happened_on, actor=actor, at=at)
    return made


def pay_back(
    year: FundYear, payer_id: int, cents: int, *, paid_on: date, reference: str, reason: str, actor: User, at: datetime
) -> FundPayment:
    """Record money that went back to a payer that has a credit. Raises `Refusal`."""
    account = _opened(year, payer_id, actor=actor, at=at)
    require_refund(cents, paid_on=paid_on, today=clock.civil_date(at), credit_cents=max(-account.outstanding_cents, 0))
    made = FundPayment(
        fund_year_id=year.id, payer_id=payer_id, kind=PaymentKind.REFUND, cents=-cents, happened_on=paid_on,
        reference=reference, reason=reason, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_PAYMENT_REFUNDED, made, at=at)
    ledger.post_payers(year, [payer_id], Cause.PAID_BACK, on=paid_on, actor=actor, at=at)
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
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.ASSESSMENT_WRITTEN_OFF, made, at=at)
    ledger.post_payers(year, [payer_id], Cause.WRITTEN_OFF, on=on, actor=actor, at=at)
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
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.INSTALMENT_REFERRED, made, at=at)
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
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_APPEAL_FILED, made, at=at)
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
    if outcome is AppealOutcome.CHANGED and account.assessment.id != assessment.id:
        raise Refusal("The assessment was replaced since, so it cannot be changed. The payer can appeal the new one.")
    require_outcome(outcome, reason, changed_cents, assessment.share_cents)
    changed = None
    if outcome is AppealOutcome.CHANGED and changed_cents is not None:
        changed = fund_shares.assess(
            year, assessment.allocation, assessment.payer_id, share_cents=changed_cents,
            adjustment_cents=assessment.adjustment_cents, note=assessment.note, before=assessment, actor=actor, at=at,
        )  # fmt: skip
        fund_shares.notice(changed, year, earliest=account.notice, actor=actor, at=at)
    made = FundAppealDecision(
        appeal_id=appeal.id, outcome=outcome, decided_on=clock.civil_date(at), reason=reason,
        changed_to_id=changed.id if changed else None, decided_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_APPEAL_DECIDED, made, at=at)
    ledger.post_payers(year, [assessment.payer_id], Cause.BILLED, on=made.decided_on, actor=actor, at=at)
    return made


def _opened(year: FundYear, payer_id: int, *, actor: User, at: datetime) -> Account:
    """The account as it stands, while nobody else changes the year. Raises `Refusal` where the year is closed."""
    locked(year)
    require_open(fund.facts(year))
    return fund_accounts.account(actor, year, payer_id, today=clock.civil_date(at))
