"""A payer's appeal against its assessment, and how it ended."""

from datetime import date, datetime

from certhub import clock
from certhub.database import locked
from certhub.models.accounts import User
from certhub.models.fund import FundYear
from certhub.models.fund_accounts import FundAppeal, FundAppealDecision
from certhub.queries import fund, fund_accounts
from certhub.queries.fund_accounts import Account
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ledger import Cause
from certhub.rules.pooled_fund.invoices import AppealOutcome, require_appeal, require_outcome
from certhub.rules.pooled_fund.year_state import require_open
from certhub.rules.refusal import Refusal
from certhub.services import fund_shares, ledger
from certhub.services.fund_accounts import recorded


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
    recorded(made, AuditAction.FUND_APPEAL_DECIDED, actor=actor, at=at)
    ledger.post_payers(year, [assessment.payer_id], Cause.BILLED, on=made.decided_on, actor=actor, at=at)
    return made


def _opened(year: FundYear, payer_id: int, *, actor: User, at: datetime) -> Account:
    """The account as it stands, while nobody else changes the year. Raises `Refusal` where the year is closed."""
    locked(year)
    require_open(fund.facts(year))
    return fund_accounts.account(actor, year, payer_id, today=clock.civil_date(at))
