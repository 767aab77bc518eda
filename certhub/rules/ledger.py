"""The double-entry ledger of the pooled fund.

Each posting debits one account and credits another with the same amount, so the ledger balances whatever is posted.
What happens outside is told as a *position*: the balance that each account ought to have for one payer's year, one
invoice or one movement of money. The ledger then posts the difference to the position before. So a reversal, a changed
assessment or a hold that is released needs no posting rule of its own, and nothing is posted twice.

Every balance is kept on the side that is natural for its account and is never below zero: what would be goes to the
account that means the opposite, such as a payer's credit or money that a vendor has to pay back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from certhub.rules.last_resort import Borne, Source
from certhub.rules.money import dollars
from certhub.rules.pooled_fund.invoices import outstanding
from certhub.rules.refusal import Refusal


class Account(StrEnum):
    """An account of the ledger."""

    CASH = "cash"
    RECEIVABLE = "receivable"
    RECOVERABLE = "recoverable"
    CREDITS = "credits"
    PAYABLE = "payable"
    ADVANCES = "advances"
    PRIVATE_MONEY = "private_money"
    FEDERAL_MONEY = "federal_money"
    MATCH_MONEY = "match_money"
    OTHER_MONEY = "other_money"
    STATE_MONEY = "state_money"
    COST_OPEN = "cost_open"
    COST_PRIVATE = "cost_private"
    COST_MEDICAID = "cost_medicaid"
    COST_OTHER = "cost_other"
    COST_STATE = "cost_state"
    ADMINISTRATION = "administration"
    GIVEN_BACK = "given_back"
    WRITTEN_OFF = "written_off"


class Side(StrEnum):
    """Which side an account's balance is on."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class AccountLabel:
    """What an account is called, what it holds, and its side."""

    label: str
    meaning: str
    side: Side


_D, _C = Side.DEBIT, Side.CREDIT
ACCOUNTS: dict[Account, AccountLabel] = {
    Account.CASH: AccountLabel("Money in the fund", "What has come in and not gone out.", _D),
    Account.RECEIVABLE: AccountLabel("Assessments to be paid", "What payers were billed and still owe.", _D),
    Account.RECOVERABLE: AccountLabel("To be paid back by vendors", "Paid, and not allowed any more.", _D),
    Account.CREDITS: AccountLabel("Credits of payers", "What the fund owes to payers.", _C),
    Account.PAYABLE: AccountLabel("To be paid to vendors", "Approved, and not paid yet.", _C),
    Account.ADVANCES: AccountLabel("Advances of the treasury", "Lent to the fund until money comes in.", _C),
    Account.PRIVATE_MONEY: AccountLabel("Private contributions", "What payers were billed.", _C),
    Account.FEDERAL_MONEY: AccountLabel("Medicaid, federal part", "What came in from the federal government.", _C),
    Account.MATCH_MONEY: AccountLabel("Medicaid, state match", "What the state matched.", _C),
    Account.OTHER_MONEY: AccountLabel("Other programs", "Grants, block grants and gifts that came in.", _C),
    Account.STATE_MONEY: AccountLabel("State appropriation", "What the state put in.", _C),
    Account.COST_OPEN: AccountLabel("Cost without a payer yet", "Approved; who bears it is not recorded.", _D),
    Account.COST_PRIVATE: AccountLabel("Cost borne by private payers", "Paid out of private contributions.", _D),
    Account.COST_MEDICAID: AccountLabel("Cost borne by Medicaid", "Claimed, and Medicaid pays it.", _D),
    Account.COST_OTHER: AccountLabel("Cost borne by other programs", "Another program pays it.", _D),
    Account.COST_STATE: AccountLabel("Cost borne by DPH", "Left after everybody else was asked.", _D),
    Account.ADMINISTRATION: AccountLabel("Administration", "What running the fund costs.", _D),
    Account.GIVEN_BACK: AccountLabel("Contributions given back", "Assessed below zero, such as a surplus.", _D),
    Account.WRITTEN_OFF: AccountLabel("Written off", "Billed, and not collected; the state bears it.", _D),
}

COST_OF = {
    Source.PRIVATE: Account.COST_PRIVATE,
    Source.MEDICAID: Account.COST_MEDICAID,
    Source.OTHER: Account.COST_OTHER,
    Source.DPH: Account.COST_STATE,
}

Position = Mapping[Account, int]
"""Balances in cents on each account's own side; an account that is left out has none."""


class MovementKind(StrEnum):
    """Money that moves besides what payers pay in and vendors are paid."""

    FEDERAL = "federal"
    MATCH = "match"
    STATE = "state"
    OTHER = "other"
    ADVANCE = "advance"
    REPAYMENT = "repayment"
    ADMINISTRATION = "administration"


MOVEMENT_LABELS = {
    MovementKind.FEDERAL: "From Medicaid: federal part",
    MovementKind.MATCH: "From Medicaid: state match",
    MovementKind.STATE: "From the state's appropriation",
    MovementKind.OTHER: "From another program, a grant or a gift",
    MovementKind.ADVANCE: "Advance of the treasury",
    MovementKind.REPAYMENT: "Advance paid back",
    MovementKind.ADMINISTRATION: "Administration paid",
}

OUTGOING = frozenset({MovementKind.REPAYMENT, MovementKind.ADMINISTRATION})
"""The movements by which money leaves the fund."""

_MONEY = {
    MovementKind.FEDERAL: Account.FEDERAL_MONEY,
    MovementKind.MATCH: Account.MATCH_MONEY,
    MovementKind.STATE: Account.STATE_MONEY,
    MovementKind.OTHER: Account.OTHER_MONEY,
    MovementKind.ADVANCE: Account.ADVANCES,
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """The same amount on two accounts; `cents` is above zero."""

    debit: Account
    credit: Account
    cents: int


class Cause(StrEnum):
    """Why something is posted."""

    BILLED = "billed"
    PAYER_PAID = "payer_paid"
    PAYER_REVERSED = "payer_reversed"
    PAID_BACK = "paid_back"
    WRITTEN_OFF = "written_off"
    TRANSFERRED = "transferred"
    APPROVED = "approved"
    HOLD_DECIDED = "hold_decided"
    PAYER_RECORDED = "payer_recorded"
    HELD = "held"
    VENDOR_PAID = "vendor_paid"
    VENDOR_REVERSED = "vendor_reversed"
    MOVED = "moved"
    MOVE_REVERSED = "move_reversed"


CAUSE_LABELS = {
    Cause.BILLED: "Assessment billed",
    Cause.PAYER_PAID: "Payment of a payer",
    Cause.PAYER_REVERSED: "Reversal on a payer's account",
    Cause.PAID_BACK: "Money paid back to a payer",
    Cause.WRITTEN_OFF: "Write-off",
    Cause.TRANSFERRED: "Transfer after a merger",
    Cause.APPROVED: "Invoice of a vendor approved",
    Cause.HOLD_DECIDED: "Days that were held back",
    Cause.PAYER_RECORDED: "Who bears the cost",
    Cause.HELD: "Days held back after the approval",
    Cause.VENDOR_PAID: "Payment to a vendor",
    Cause.VENDOR_REVERSED: "Reversal of a payment to a vendor",
    Cause.MOVED: "Other money",
    Cause.MOVE_REVERSED: "Reversal of other money",
}


def payer_position(owed_cents: int, *, paid_cents: int, written_off_cents: int) -> Position:
    """A payer's year: billed in all (below zero it gets money back), paid less paid back, and written off."""
    open_cents = outstanding(owed_cents, paid_cents=paid_cents, written_off_cents=written_off_cents)
    receivable = max(open_cents, 0)
    return _without_nothing(
        {
            Account.CASH: paid_cents,
            Account.RECEIVABLE: receivable,
            Account.CREDITS: max(-open_cents, 0),
            Account.WRITTEN_OFF: max(owed_cents - paid_cents, 0) - receivable,
            Account.PRIVATE_MONEY: max(owed_cents, 0),
            Account.GIVEN_BACK: max(-owed_cents, 0),
        }
    )


def invoice_position(lines: Iterable[Borne], *, paid_cents: int) -> Position:
    """An approved invoice: who bears what is allowed of its lines, and what of it is paid."""
    borne = list(lines)
    allowed = sum(one.settled_cents + one.open_cents for one in borne)
    costs = {COST_OF[source]: sum(one.by[source] for one in borne) for source in Source}
    return _without_nothing(
        costs
        | {
            Account.COST_OPEN: sum(one.open_cents for one in borne),
            Account.PAYABLE: max(allowed - paid_cents, 0),
            Account.RECOVERABLE: max(paid_cents - allowed, 0),
            Account.CASH: -paid_cents,
        }
    )


def movement_position(kind: MovementKind, cents: int) -> Position:
    """Money that came in from a source, or went out; nothing where it was reversed."""
    if kind is MovementKind.ADMINISTRATION:
        return _without_nothing({Account.ADMINISTRATION: cents, Account.CASH: -cents})
    if kind is MovementKind.REPAYMENT:
        return _without_nothing({Account.ADVANCES: -cents, Account.CASH: -cents})
    return _without_nothing({Account.CASH: cents, _MONEY[kind]: cents})


def transfers(before: Position, after: Position) -> tuple[Transfer, ...]:
    """What has to be posted so that the balances are those of `after`; in the order of the accounts."""
    change = {one: _debit(one, after.get(one, 0) - before.get(one, 0)) for one in Account}
    assert sum(change.values()) == 0, "a position balances"  # noqa: S101  (the functions above make only such)
    credited = [(one, -cents) for one, cents in change.items() if cents < 0]
    found = []
    for debit, amount in change.items():
        left = amount
        while left > 0:
            credit, open_cents = credited.pop(0)
            cents = min(left, open_cents)
            found.append(Transfer(debit, credit, cents))
            left -= cents
            if open_cents > cents:
                credited.insert(0, (credit, open_cents - cents))
    return tuple(found)


def balances(posted: Sequence[Transfer]) -> dict[Account, int]:
    """The balance of each account on its own side, after these transfers."""
    found: dict[Account, int] = dict.fromkeys(Account, 0)
    for one in posted:
        found[one.debit] += _debit(one.debit, one.cents)
        found[one.credit] -= _debit(one.credit, one.cents)
    return found


def cash_change(posted: Iterable[Transfer]) -> int:
    """What comes into the fund (below zero: goes out) with these transfers."""
    return sum(
        one.cents * ((one.debit is Account.CASH) - (one.credit is Account.CASH)) for one in posted
    )  # fmt: skip


def require_money(change_cents: int, *, in_fund_cents: int) -> None:
    """Refuse to take more out of the fund than is in it. Raises `Refusal`."""
    if change_cents < 0 and in_fund_cents + change_cents < 0:
        raise Refusal(
            f"The fund holds {dollars(in_fund_cents)}, and this takes {dollars(-change_cents)} out of it. Record the "
            "money that has come in meanwhile, or an advance of the treasury."
        )


def require_movement(kind: MovementKind, cents: int, *, advanced_cents: int, billed_cents: int) -> None:
    """Refuse a movement of nothing, an advance above what is billed, or a repayment above what is advanced.

    The fund may spend in anticipation of certified receipts, and no more (compare the trust fund of House 1, FY2016).
    Both amounts are of the year of the movement. What is paid counts as well: the bank can take a cheque back after the
    money is spent, and then only an advance covers it. Raises `Refusal`.
    """
    if cents <= 0:
        raise Refusal("Type an amount above zero. To take a movement back, reverse it.", field="amount")
    if kind is MovementKind.ADVANCE and advanced_cents + cents > billed_cents:
        raise Refusal(
            f"Payers were billed {dollars(billed_cents)} for the year, and {dollars(advanced_cents)} is advanced "
            "already. An advance is only for money that is billed.",
            field="amount",
        )
    if kind is MovementKind.REPAYMENT and cents > advanced_cents:
        raise Refusal(
            f"{dollars(advanced_cents)} of the year is advanced. No more than that can be paid back.", field="amount"
        )


def require_reversal(kind: MovementKind, cents: int, *, advanced_cents: int) -> None:
    """Refuse to take an advance back that was paid back already. Raises `Refusal`."""
    if kind is MovementKind.ADVANCE and cents > advanced_cents:
        raise Refusal("This advance was paid back, at least in part. Take the repayment back first.")


def require_repaid(advanced_cents: int, *, year: str) -> None:
    """Refuse to close a year that owes the treasury: the fund is not in deficit at its end. Raises `Refusal`."""
    if advanced_cents:
        raise Refusal(f"An advance of {dollars(advanced_cents)} is not paid back. Record that before you close {year}.")


def _debit(account: Account, cents: int) -> int:
    """An amount on the account's own side, as a debit (below zero: a credit)."""
    return cents if ACCOUNTS[account].side is Side.DEBIT else -cents


def _without_nothing(position: Mapping[Account, int]) -> Position:
    return {account: cents for account, cents in position.items() if cents}
