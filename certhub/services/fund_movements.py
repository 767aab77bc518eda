"""Money that comes into the fund besides what payers pay, and goes out besides what vendors are paid."""

from datetime import date, datetime

from sqlalchemy import exists, select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.fund import FundYear
from certhub.models.ledger import FundMovement
from certhub.queries import fund
from certhub.queries import ledger as ledger_queries
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ledger import Account, Cause, MovementKind, require_movement, require_reversal
from certhub.rules.pooled_fund.year_state import require_open
from certhub.rules.refusal import Refusal
from certhub.services import audit, ledger


def record(
    year: FundYear, kind: MovementKind, cents: int, *, happened_on: date, reference: str, actor: User, at: datetime
) -> FundMovement:
    """Record money that came in or went out. Raises `Refusal`."""
    locked(year)
    require_open(fund.facts(year))
    if happened_on > clock.civil_date(at):
        raise Refusal("This day has not come yet. Type the day on which the money moved.", field="happened_on")
    if not reference.strip():
        raise Refusal("Type the number of the transfer, award or payment document.", field="reference")
    advanced, billed = _advanced(year, actor)
    require_movement(kind, cents, advanced_cents=advanced, billed_cents=billed)
    made = FundMovement(
        fund_year_id=year.id, kind=kind, cents=cents, happened_on=happened_on, reference=reference.strip(),
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_MOVEMENT_RECORDED, made, at=at)
    ledger.post_movement(year, made, Cause.MOVED, of=made, actor=actor, at=at)
    return made


def reverse(year: FundYear, movement: FundMovement, *, reason: str, actor: User, at: datetime) -> FundMovement:
    """Take a movement back by a row of its own, such as for a wrong amount. Raises `Refusal`."""
    locked(year)
    require_open(fund.facts(year))
    if movement.reverses_id is not None:
        raise Refusal("This row takes another one back already. Record the movement anew instead.")
    if db.session.scalar(select(exists().where(FundMovement.reverses_id == movement.id))):
        raise Refusal("This movement was taken back already.")
    if not reason.strip():
        raise Refusal("Say why.", field="reason")
    require_reversal(movement.kind, movement.cents, advanced_cents=_advanced(year, actor)[0])
    made = FundMovement(
        fund_year_id=year.id, kind=movement.kind, cents=movement.cents, happened_on=clock.civil_date(at),
        reference=movement.reference, reason=reason.strip(), reverses_id=movement.id, recorded_by_id=actor.id,
        recorded_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.FUND_MOVEMENT_REVERSED, made, at=at)
    ledger.post_movement(year, made, Cause.MOVE_REVERSED, of=movement, actor=actor, at=at)
    return made


def _advanced(year: FundYear, actor: User) -> tuple[int, int]:
    """What is advanced in a year and not paid back, and what its payers were billed; nobody else posts meanwhile."""
    ledger.locked_head()
    balances = {one.account: one.cents for one in ledger_queries.trial_balance(actor, year.fiscal_year)}
    return balances.get(Account.ADVANCES, 0), balances.get(Account.PRIVATE_MONEY, 0)
