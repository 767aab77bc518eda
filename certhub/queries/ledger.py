"""The ledger: balances, the journal, and the position of payers and invoices as the records have it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from certhub.database import db
from certhub.models.fund import FundYear
from certhub.models.fund_accounts import Assessment, FundNotice, FundPayment, FundWriteOff
from certhub.models.ledger import FundMovement, LedgerEntry, LedgerHead, LedgerPosting
from certhub.models.vendor_invoices import VendorInvoice, VendorPayment
from certhub.queries import payer_answers
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.ledger import (
    ACCOUNTS,
    COST_OF,
    OUTGOING,
    Account,
    MovementKind,
    Position,
    Side,
    invoice_position,
    payer_position,
)
from certhub.rules.permissions import Viewer

_entry = LedgerEntry.__table__


@dataclass(frozen=True, slots=True)
class Balance:
    """An account with its balance, on its own side."""

    account: Account
    cents: int


@dataclass(frozen=True, slots=True)
class Money:
    """What is in the fund, over all years, and the last number of its ledger."""

    cash_cents: int
    last_number: int


def money() -> Money:
    """What is in the fund."""
    head = db.session.get(LedgerHead, 1)
    return Money(head.cash_cents, head.last_number) if head is not None else Money(0, 0)


def trial_balance(viewer: Viewer, fiscal_year: int | None = None) -> list[Balance]:
    """The balance of each account of a year (of all years), in the order of the accounts; for DPH."""
    if not sees_everything(viewer):
        return []
    where = [] if fiscal_year is None else [LedgerEntry.fiscal_year == fiscal_year]
    found = _balances(literal(0), where).get(0, {})
    return [Balance(account, found[account]) for account in Account if found.get(account)]


def cost(viewer: Viewer, year: FundYear) -> int:
    """What a year has cost so far: the work of vendors, whoever bears it, and administration; for DPH."""
    counted = {*COST_OF.values(), Account.COST_OPEN, Account.ADMINISTRATION}
    return sum(one.cents for one in trial_balance(viewer, year.fiscal_year) if one.account in counted)


def journal(
    viewer: Viewer, year: FundYear, *, account: Account | None = None, payer_id: int | None = None,
    contract_id: int | None = None, cursor: str | None = None,
) -> Page[LedgerEntry]:  # fmt: skip
    """The entries of a year with their postings, the latest first; for DPH."""
    statement = (
        select(LedgerEntry)
        .options(
            selectinload(LedgerEntry.postings),
            joinedload(LedgerEntry.payer),
            joinedload(LedgerEntry.contract),
            joinedload(LedgerEntry.invoice),
            joinedload(LedgerEntry.movement),
        )
        .where(LedgerEntry.fiscal_year == year.fiscal_year)
    )
    if not sees_everything(viewer):
        statement = statement.where(LedgerEntry.id.is_(None))
    if account is not None:
        statement = statement.where(
            LedgerEntry.postings.any(or_(LedgerPosting.debit == account, LedgerPosting.credit == account))
        )
    if payer_id is not None:
        statement = statement.where(LedgerEntry.payer_id == payer_id)
    if contract_id is not None:
        statement = statement.where(LedgerEntry.contract_id == contract_id)
    return paged(statement, [LedgerEntry.number], lambda row: row[0], cursor=cursor, newest_first=True)


def payers_posted(fiscal_year: int, payer_ids: Collection[int] | None = None) -> Mapping[int, Position]:
    """The posted balances of payers (of all payers) in a year."""
    asked = LedgerEntry.payer_id.is_not(None) if payer_ids is None else LedgerEntry.payer_id.in_(payer_ids)
    return _balances(_entry.c.payer_id, [LedgerEntry.fiscal_year == fiscal_year, asked])


def contracts_posted(fiscal_year: int) -> Mapping[int, Position]:
    """The posted balances of each contract in a year."""
    return _balances(
        _entry.c.contract_id, [LedgerEntry.fiscal_year == fiscal_year, LedgerEntry.contract_id.is_not(None)]
    )


def movements_posted(fiscal_year: int) -> Position:
    """The posted balances of all movements of a year."""
    where = [LedgerEntry.fiscal_year == fiscal_year, LedgerEntry.movement_id.is_not(None)]
    return _balances(literal(0), where).get(0, {})


def invoice_posted(invoice_id: int) -> Position:
    """The posted balances of an invoice."""
    return _balances(_entry.c.invoice_id, [LedgerEntry.invoice_id == invoice_id]).get(invoice_id, {})


def payers_now(year: FundYear, payer_ids: Collection[int]) -> dict[int, Position]:
    """The positions of payers in a year as the records have them: billed by the latest notice, paid, written off."""
    noticed = (
        select(Assessment.payer_id, func.max(Assessment.id).label("id"))
        .join(FundNotice, FundNotice.assessment_id == Assessment.id)
        .where(Assessment.fund_year_id == year.id)
        .group_by(Assessment.payer_id)
        .subquery()
    )
    owed = _by_payer(select(Assessment.payer_id, Assessment.total_cents).join(noticed, noticed.c.id == Assessment.id))
    paid, off = (
        _by_payer(
            select(model.payer_id, func.sum(model.cents)).where(model.fund_year_id == year.id).group_by(model.payer_id)
        )
        for model in (FundPayment, FundWriteOff)
    )
    return {
        one: payer_position(owed.get(one, 0), paid_cents=paid.get(one, 0), written_off_cents=off.get(one, 0))
        for one in sorted(payer_ids)
    }


def invoice_now(invoice: VendorInvoice) -> Position:
    """The position of an invoice as the records have it; nothing before it is approved."""
    if invoice.approved_at is None:
        return {}
    lines = (one.borne for one in payer_answers.shares(invoice))
    return invoice_position(lines, paid_cents=sum(one.amount_cents for one in invoice.payments))


def cash_by_records() -> int:
    """What is in the fund over all years by the records alone: what came in, less what went out."""
    paid_in = select(func.coalesce(func.sum(FundPayment.cents), 0))
    paid_out = select(func.coalesce(func.sum(VendorPayment.amount_cents), 0))
    signed = case((FundMovement.kind.in_(OUTGOING), -FundMovement.cents), else_=FundMovement.cents)
    back = case((FundMovement.reverses_id.is_not(None), -signed), else_=signed)
    moved = select(func.coalesce(func.sum(back), 0))
    sums = db.session.execute(select(*(one.scalar_subquery() for one in (paid_in, paid_out, moved)))).one()
    return int(sums[0]) - int(sums[1]) + int(sums[2])


def entry_count() -> int:
    """How many entries there are."""
    return db.session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def movement(viewer: Viewer, year: FundYear, movement_id: int) -> FundMovement:
    """One movement of money in a year; for DPH. Raises `NotVisible`."""
    found = db.session.get(FundMovement, movement_id)
    if found is None or found.fund_year_id != year.id or not sees_everything(viewer):
        raise NotVisible(movement_id)
    return found


def movements(viewer: Viewer, year: FundYear, *, cursor: str | None = None) -> Page[FundMovement]:
    """The movements of a year, the latest first; for DPH."""
    statement = (
        select(FundMovement).options(joinedload(FundMovement.recorded_by)).where(FundMovement.fund_year_id == year.id)
    )
    if not sees_everything(viewer):
        statement = statement.where(FundMovement.id.is_(None))
    return paged(statement, [FundMovement.id], lambda row: row[0], cursor=cursor, newest_first=True)


def reversed_movements(year: FundYear) -> set[int]:
    """The movements of a year that were taken back."""
    rows = db.session.scalars(
        select(FundMovement.reverses_id).where(
            FundMovement.fund_year_id == year.id, FundMovement.reverses_id.is_not(None)
        )
    )
    return {one for one in rows if one is not None}


def moved(year: FundYear) -> dict[MovementKind, int]:
    """What was moved in a year by kind, without what was taken back."""
    back = reversed_movements(year)
    rows = db.session.execute(
        select(FundMovement.kind, func.sum(FundMovement.cents))
        .where(FundMovement.fund_year_id == year.id, FundMovement.reverses_id.is_(None), FundMovement.id.not_in(back))
        .group_by(FundMovement.kind)
    )
    return {kind: int(cents) for kind, cents in rows}


def _by_payer(statement: Select[*tuple[int, int]]) -> dict[int, int]:
    return {payer_id: int(cents) for payer_id, cents in db.session.execute(statement)}


def _balances(key: ColumnElement[Any], where: Iterable[ColumnElement[bool]]) -> dict[int, dict[Account, int]]:
    """Balances on each account's own side, by a key of the entry."""
    sides = [
        select(key.label("key"), account.label("account"), func.sum(sign * LedgerPosting.cents).label("cents"))
        .select_from(LedgerEntry)
        .join(LedgerPosting, LedgerPosting.entry_id == LedgerEntry.id)
        .where(*where)
        .group_by(key, account)
        for account, sign in ((LedgerPosting.debit, 1), (LedgerPosting.credit, -1))
    ]
    found: dict[int, dict[Account, int]] = {}
    for row in db.session.execute(union_all(*sides)):
        account = Account(row.account)
        own = int(row.cents) if ACCOUNTS[account].side is Side.DEBIT else -int(row.cents)
        of_key = found.setdefault(row.key, {})
        of_key[account] = of_key.get(account, 0) + own
    return found
