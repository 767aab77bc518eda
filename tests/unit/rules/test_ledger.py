"""The ledger balances whatever is posted, and no balance is ever below zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certhub.rules.last_resort import Borne, Source
from certhub.rules.ledger import (
    ACCOUNTS,
    Account,
    MovementKind,
    Position,
    Side,
    Transfer,
    balances,
    cash_change,
    invoice_position,
    movement_position,
    payer_position,
    require_money,
    require_movement,
    transfers,
)
from certhub.rules.refusal import Refusal

A = Account


@pytest.mark.parametrize(
    ("owed", "paid", "off", "position"),
    [
        (0, 0, 0, {}),
        (100, 0, 0, {A.RECEIVABLE: 100, A.PRIVATE_MONEY: 100}),
        (100, 40, 0, {A.CASH: 40, A.RECEIVABLE: 60, A.PRIVATE_MONEY: 100}),
        (100, 100, 0, {A.CASH: 100, A.PRIVATE_MONEY: 100}),
        (100, 130, 0, {A.CASH: 130, A.CREDITS: 30, A.PRIVATE_MONEY: 100}),
        (100, 40, 60, {A.CASH: 40, A.WRITTEN_OFF: 60, A.PRIVATE_MONEY: 100}),
        (100, 40, 25, {A.CASH: 40, A.RECEIVABLE: 35, A.WRITTEN_OFF: 25, A.PRIVATE_MONEY: 100}),
        (100, 70, 60, {A.CASH: 70, A.WRITTEN_OFF: 30, A.PRIVATE_MONEY: 100}),  # paid what was written off
        (-80, 0, 0, {A.CREDITS: 80, A.GIVEN_BACK: 80}),
        (-80, -80, 0, {A.CASH: -80, A.GIVEN_BACK: 80}),
    ],
)
def test_what_a_payers_year_looks_like(owed: int, paid: int, off: int, position: Position) -> None:
    assert payer_position(owed, paid_cents=paid, written_off_cents=off) == position


def line(private: int = 0, medicaid: int = 0, other: int = 0, dph: int = 0, left: int = 0) -> Borne:
    return Borne(dict(zip(Source, (private, medicaid, other, dph), strict=True)), left)


@pytest.mark.parametrize(
    ("lines", "paid", "position"),
    [
        ([], 0, {}),
        ([line(left=500)], 0, {A.COST_OPEN: 500, A.PAYABLE: 500}),
        (
            [line(260, 205, 0, 35), line(left=100)], 0,
            {A.COST_OPEN: 100, A.COST_PRIVATE: 260, A.COST_MEDICAID: 205, A.COST_STATE: 35, A.PAYABLE: 600},
        ),
        (
            [line(260, 205, 10, 25)], 500,
            {A.COST_PRIVATE: 260, A.COST_MEDICAID: 205, A.COST_OTHER: 10, A.COST_STATE: 25, A.CASH: -500},
        ),
        ([line(260)], 300, {A.COST_PRIVATE: 260, A.RECOVERABLE: 40, A.CASH: -300}),
    ],
)  # fmt: skip
def test_what_an_invoice_looks_like(lines: list[Borne], paid: int, position: Position) -> None:
    assert invoice_position(lines, paid_cents=paid) == position


@pytest.mark.parametrize(
    ("kind", "posted"),
    [
        (MovementKind.FEDERAL, Transfer(A.CASH, A.FEDERAL_MONEY, 7)),
        (MovementKind.MATCH, Transfer(A.CASH, A.MATCH_MONEY, 7)),
        (MovementKind.STATE, Transfer(A.CASH, A.STATE_MONEY, 7)),
        (MovementKind.OTHER, Transfer(A.CASH, A.OTHER_MONEY, 7)),
        (MovementKind.ADVANCE, Transfer(A.CASH, A.ADVANCES, 7)),
        (MovementKind.REPAYMENT, Transfer(A.ADVANCES, A.CASH, 7)),
        (MovementKind.ADMINISTRATION, Transfer(A.ADMINISTRATION, A.CASH, 7)),
    ],
)
def test_what_a_movement_posts_and_how_it_is_taken_back(kind: MovementKind, posted: Transfer) -> None:
    there = movement_position(kind, 7)
    assert transfers({}, there) == (posted,)
    assert transfers(there, {}) == (Transfer(posted.credit, posted.debit, 7),)


def test_a_changed_assessment_posts_the_difference_only() -> None:
    before = payer_position(100, paid_cents=100, written_off_cents=0)
    after = payer_position(70, paid_cents=100, written_off_cents=0)
    assert transfers(before, after) == (Transfer(A.PRIVATE_MONEY, A.CREDITS, 30),)
    assert transfers(after, after) == ()


cents = st.integers(0, 1_000_000)
bearing = st.builds(line, cents, cents, cents, cents, cents)
positions = st.one_of(
    st.builds(
        lambda owed, paid, off: payer_position(owed, paid_cents=paid, written_off_cents=off),
        st.integers(-1_000_000, 1_000_000), cents, cents,
    ),
    st.builds(lambda lines, paid: invoice_position(lines, paid_cents=paid), st.lists(bearing, max_size=4), cents),
    st.builds(movement_position, st.sampled_from(MovementKind), cents),
)  # fmt: skip


@given(st.lists(positions, min_size=1, max_size=8))
def test_whatever_happens_the_ledger_balances_and_arrives_at_the_last_position(path: list[Position]) -> None:
    posted: list[Transfer] = []
    before: Position = {}
    for after in path:
        posted += transfers(before, after)
        before = dict(after)
    assert all(one.cents > 0 and one.debit is not one.credit for one in posted)
    found = balances(posted)
    assert {account: amount for account, amount in found.items() if amount} == path[-1]
    by_side = {side: sum(found[one] for one in Account if ACCOUNTS[one].side is side) for side in Side}
    assert by_side[Side.DEBIT] == by_side[Side.CREDIT]
    assert cash_change(posted) == path[-1].get(A.CASH, 0)


@given(st.one_of(
    st.builds(
        lambda owed, paid, off: payer_position(owed, paid_cents=paid, written_off_cents=off), cents, cents, cents
    ),
    st.builds(lambda lines, paid: invoice_position(lines, paid_cents=paid), st.lists(bearing, max_size=4), cents),
))  # fmt: skip
def test_no_balance_but_the_money_of_one_subject_is_below_zero(position: Position) -> None:
    assert all(amount > 0 for account, amount in position.items() if account is not A.CASH)


def test_no_more_goes_out_than_is_in_the_fund() -> None:
    with pytest.raises(Refusal, match=r"The fund holds \$5.00, and this takes \$5.01 out of it"):
        require_money(-501, in_fund_cents=500)
    require_money(-500, in_fund_cents=500)
    require_money(10, in_fund_cents=0)


@pytest.mark.parametrize(
    ("kind", "amount", "message"),
    [
        (MovementKind.STATE, 0, "Type an amount above zero"),
        (MovementKind.ADVANCE, 601, r"Payers owe \$10.00, and \$4.00 is advanced already"),
        (MovementKind.REPAYMENT, 401, r"\$4.00 is advanced"),
    ],
)
def test_a_movement_that_cannot_be(kind: MovementKind, amount: int, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        require_movement(kind, amount, advanced_cents=400, receivable_cents=1_000)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [(MovementKind.STATE, 1), (MovementKind.ADVANCE, 600), (MovementKind.REPAYMENT, 400)],
)
def test_a_movement_within_its_limit(kind: MovementKind, amount: int) -> None:
    require_movement(kind, amount, advanced_cents=400, receivable_cents=1_000)
