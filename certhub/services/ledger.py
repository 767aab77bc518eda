"""Posting to the ledger of the pooled fund: the difference between what is posted and what the records say now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.fund import FundYear
from certhub.models.ledger import FundMovement, LedgerEntry, LedgerHead, LedgerPosting
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import ledger, vendor_invoices
from certhub.rules.ledger import Cause, Position, cash_change, movement_position, require_money, transfers


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an entry is about: a payer's year, an invoice under a contract, or a movement of money."""

    fiscal_year: int
    payer_id: int | None = None
    contract_id: int | None = None
    invoice_id: int | None = None
    movement_id: int | None = None


def post_payers(
    year: FundYear, payer_ids: Collection[int], cause: Cause, *, on: date, actor: User, at: datetime
) -> None:
    """Bring the ledger to what payers' accounts say now. Raises `Refusal` where the fund has too little money."""
    head = locked_head()
    before = ledger.payers_posted(year.fiscal_year, payer_ids)
    changes = {
        _Subject(year.fiscal_year, payer_id=payer_id): (before.get(payer_id, {}), after)
        for payer_id, after in ledger.payers_now(year, payer_ids).items()
    }
    _post(head, changes, cause, on=on, actor=actor, at=at)


def post_invoice(invoice: VendorInvoice, cause: Cause, *, on: date, actor: User, at: datetime) -> None:
    """Bring the ledger to what an invoice says now. Raises `Refusal` where the fund has too little money."""
    head = locked_head()
    subject = _Subject(invoice.fiscal_year, contract_id=invoice.contract_id, invoice_id=invoice.id)
    now = ledger.invoice_now(vendor_invoices.as_it_is(invoice))
    change = (ledger.invoice_posted(invoice.id), now)
    _post(head, {subject: change}, cause, on=on, actor=actor, at=at)


def post_movement(
    year: FundYear, movement: FundMovement, cause: Cause, *, of: FundMovement, actor: User, at: datetime
) -> None:
    """Post money that moved; `of` is the movement itself, or the one that it takes back.

    Raises `Refusal` where the fund has too little money.
    """
    head = locked_head()
    position = movement_position(of.kind, of.cents)
    change: tuple[Position, Position] = ({}, position) if movement is of else (position, {})
    subject = _Subject(year.fiscal_year, movement_id=movement.id)
    _post(head, {subject: change}, cause, on=movement.happened_on, actor=actor, at=at)


def _post(
    head: LedgerHead,
    changes: Mapping[_Subject, tuple[Position, Position]],
    cause: Cause,
    *,
    on: date,
    actor: User,
    at: datetime,
) -> None:
    made = []
    for subject, (before, after) in changes.items():
        posted = transfers(before, after)
        if not posted:
            continue
        change = cash_change(posted)
        require_money(change, in_fund_cents=head.cash_cents)
        head.last_number += 1
        head.cash_cents += change
        made.append(
            LedgerEntry(
                number=head.last_number, fiscal_year=subject.fiscal_year, cause=cause, happened_on=on,
                cash_after_cents=head.cash_cents, payer_id=subject.payer_id, contract_id=subject.contract_id,
                invoice_id=subject.invoice_id, movement_id=subject.movement_id, posted_by_id=actor.id, posted_at=at,
                postings=[LedgerPosting(debit=one.debit, credit=one.credit, cents=one.cents) for one in posted],
            )
        )  # fmt: skip
    db.session.add_all(made)
    db.session.flush()


def locked_head() -> LedgerHead:
    """The head, locked until the transaction ends: whoever looks at balances and posts comes one after the other."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    db.session.flush()
    db.session.execute(dialect.insert(LedgerHead).values(id=1, last_number=0, cash_cents=0).on_conflict_do_nothing())
    return db.session.scalars(select(LedgerHead).with_for_update().execution_options(populate_existing=True)).one()
