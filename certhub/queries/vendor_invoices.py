"""Invoices of vendors: who can be invoiced for a month, what was filed, held back and paid, and what is drawn down."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from certhub.database import db
from certhub.models.contracts import BudgetLine, Contract, ContractPeriod
from certhub.models.parties import Assignment, Party
from certhub.models.vendor_invoices import PaymentHold, VendorInvoice, VendorInvoiceLine, VendorPayment
from certhub.queries import contract_spending, contracts
from certhub.queries.caseload_reports import person_of
from certhub.queries.knowledge import known
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.exposure import Link
from certhub.rules.independence import Span
from certhub.rules.invoice_days import days_of_cost, stretches
from certhub.rules.payment_holds import Amounts, HeldDays, InvoiceState, amounts_of, state_of
from certhub.rules.permissions import Viewer
from certhub.rules.terms import ONE_DAY

_MONTHS_OFFERED = 18

_party = Party.__table__


@dataclass(frozen=True, slots=True)
class Worked:
    """Somebody who worked under a contract in a month, and the days of one stretch of that work."""

    coordinator_id: int
    name: str
    days: Span


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list."""

    id: int
    number: str
    contract: str
    vendor: str
    starts_on: date
    ends_on: date
    amounts: Amounts
    state: InvoiceState
    is_supplement: bool


@dataclass(frozen=True, slots=True)
class DrawdownRow:
    """A contract's fiscal year: what may be drawn and what is."""

    contract_id: int
    contract: str
    vendor: str
    maximum: int
    drawn: int
    paid: int

    @property
    def left(self) -> int:
        """What can still be invoiced."""
        return self.maximum - self.drawn

    @property
    def share(self) -> float:
        """How much is drawn, for the bar beside the numbers."""
        return self.drawn / self.maximum if self.maximum else 0.0


def one(viewer: Viewer, invoice_id: int) -> VendorInvoice:
    """An invoice that the viewer may read. Raises `NotVisible`."""
    found = db.session.scalar(
        _whole()
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .where(VendorInvoice.id == invoice_id, _visible_to(viewer))
    )
    if found is None:
        raise NotVisible(invoice_id)
    return found


def as_it_is(invoice: VendorInvoice) -> VendorInvoice:
    """An invoice read anew with its lines, holds, decisions and payments."""
    return db.session.scalars(
        _whole().where(VendorInvoice.id == invoice.id).execution_options(populate_existing=True)
    ).one()


def hold(viewer: Viewer, hold_id: int) -> PaymentHold:
    """Days that are held back, of an invoice that the viewer may read. Raises `NotVisible`."""
    found = db.session.get(PaymentHold, hold_id)
    if found is None:
        raise NotVisible(hold_id)
    one(viewer, found.line.invoice_id)
    return found


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[InvoiceRow]:
    """Invoices that the viewer may read, the newest first."""
    statement = (
        _whole()
        .add_columns(Contract.number.label("contract"), _party.c.name.label("vendor"))
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(_visible_to(viewer))
    )
    found = paged(statement, [VendorInvoice.id], lambda row: row, cursor=cursor, newest_first=True)
    return Page([_row(row[0], row.contract, row.vendor) for row in found.rows], found.next, found.previous)


def of_contract(contract: Contract) -> list[VendorInvoice]:
    """Every invoice under a contract, the newest first."""
    return list(
        db.session.scalars(_whole().where(VendorInvoice.contract_id == contract.id).order_by(VendorInvoice.id.desc()))
    )


def amounts(invoice: VendorInvoice) -> Amounts:
    """What an invoice comes to."""
    holds = [held for line in invoice.lines for held in line.holds]
    return amounts_of(
        [line.amount_cents for line in invoice.lines],
        [(held.held_cents, held.decision.released if held.decision else None) for held in holds],
        [payment.amount_cents for payment in invoice.payments],
    )


def held(one_hold: PaymentHold) -> HeldDays:
    """Days that are held back, as the rules see them."""
    links = frozenset(Link(link) for link in one_hold.links.split())
    released = one_hold.decision is not None and one_hold.decision.released
    return HeldDays(
        one_hold.starts_on, one_hold.ends_on, one_hold.held_cents, one_hold.because, links, released=released
    )


def state(invoice: VendorInvoice) -> InvoiceState:
    """Where an invoice stands."""
    return state_of(
        amounts(invoice), returned=invoice.returned_at is not None, approved=invoice.approved_at is not None
    )


def month_of(year: int, month: int) -> Span:
    """The days of a calendar month."""
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def months(contract: Contract, today: date) -> list[Span]:
    """The months with a day of the contract that are over, the latest first; a year and a half at most."""
    rows = db.session.execute(
        select(ContractPeriod.starts_on, ContractPeriod.ends_on).where(
            ContractPeriod.contract_id == contract.id, known(ContractPeriod, None)
        )
    ).all()
    if not rows:
        return []
    first = min(row.starts_on for row in rows)
    last = min(today.replace(day=1) - ONE_DAY, max(row.ends_on for row in rows))
    found: list[Span] = []
    year, month = last.year, last.month
    while date(year, month, 1) >= first.replace(day=1) and len(found) < _MONTHS_OFFERED:
        found.append(month_of(year, month))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found


def worked(contract: Contract, month: Span) -> list[Worked]:
    """Who has an assignment under the contract in a month, in the order of names: one row for each stretch of days.

    Days that an invoice has already are left out.
    """
    rows = db.session.execute(
        select(Assignment.coordinator_id, _party.c.name, Assignment.starts_on, Assignment.ends_on)
        .join(_party, _party.c.id == Assignment.coordinator_id)
        .where(
            Assignment.contract_id == contract.id,
            Assignment.superseded_at.is_(None),
            Assignment.starts_on <= month.to_on,
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= month.from_on),
        )
        .order_by(_party.c.sort_name, Assignment.starts_on)
    )
    work: dict[tuple[int, str], list[Span]] = {}
    for row in rows:
        work.setdefault((row.coordinator_id, row.name), []).append(Span(row.starts_on, row.ends_on))
    taken = _days_taken(contract.id, {whose for whose, _ in work}, month)
    return [
        Worked(whose, name, days)
        for (whose, name), spans in work.items()
        for days in stretches(spans, month, taken=taken.get(whose, ()))
    ]


def _days_taken(contract_id: int, coordinator_ids: Collection[int], month: Span) -> dict[int, list[Span]]:
    """The days of some coordinators in a month that invoices under a contract have already."""
    whose = person_of(VendorInvoiceLine.coordinator_id)
    rows = db.session.execute(
        _lines_standing(contract_id)
        .with_only_columns(whose.label("coordinator_id"), VendorInvoiceLine.starts_on, VendorInvoiceLine.ends_on)
        .where(
            whose.in_(coordinator_ids),
            VendorInvoiceLine.starts_on <= month.to_on,
            VendorInvoiceLine.ends_on >= month.from_on,
        )
    )
    found: dict[int, list[Span]] = {}
    for row in rows:
        found.setdefault(row.coordinator_id, []).append(Span(row.starts_on, row.ends_on))
    return found


def days_of_other_cost(contract: Contract, month: Span) -> Span:
    """The days of another cost in a month: those on which the contract is in force. Raises `Refusal`."""
    return days_of_cost([Span(one.starts_on, one.ends_on) for one in contracts.periods(contract)], month)


def standing_in(contract_id: int, month: Span) -> list[VendorInvoice]:
    """The invoices of a month that were not returned, the first one first."""
    return list(
        db.session.scalars(
            select(VendorInvoice)
            .where(
                VendorInvoice.contract_id == contract_id,
                VendorInvoice.starts_on == month.from_on,
                VendorInvoice.returned_at.is_(None),
            )
            .order_by(VendorInvoice.id)
        )
    )


def lines_to_add_to(contract_id: int, month: Span) -> list[VendorInvoiceLine]:
    """The lines of approved invoices of a month whose amount a supplement can add to, by person and day."""
    return list(
        db.session.scalars(
            _lines_standing(contract_id)
            .options(joinedload(VendorInvoiceLine.coordinator), joinedload(VendorInvoiceLine.invoice))
            .where(
                VendorInvoice.starts_on == month.from_on,
                VendorInvoice.approved_at.is_not(None),
                VendorInvoiceLine.coordinator_id.is_not(None),
                VendorInvoiceLine.adds_to_id.is_(None),
            )
            .join(_party, _party.c.id == VendorInvoiceLine.coordinator_id)
            .order_by(_party.c.sort_name, VendorInvoiceLine.starts_on, VendorInvoiceLine.id)
        )
    )


def supplements_of(invoice: VendorInvoice) -> list[VendorInvoice]:
    """The invoices that ask for what this one left out, the first one first."""
    return list(
        db.session.scalars(
            select(VendorInvoice).where(VendorInvoice.supplements_id == invoice.id).order_by(VendorInvoice.id)
        )
    )


def payment(viewer: Viewer, payment_id: int) -> tuple[VendorInvoice, VendorPayment]:
    """A payment with its invoice, which the viewer may read. Raises `NotVisible`."""
    found = db.session.get(VendorPayment, payment_id)
    if found is None:
        raise NotVisible(payment_id)
    return one(viewer, found.invoice_id), found


def days_invoiced(contract_id: int, coordinator_id: int) -> list[Span]:
    """The days of a coordinator's work that invoices under a contract have, without those that were returned."""
    rows = db.session.execute(
        _lines_standing(contract_id)
        .with_only_columns(VendorInvoiceLine.starts_on, VendorInvoiceLine.ends_on)
        .where(person_of(VendorInvoiceLine.coordinator_id) == coordinator_id)
    )
    return [Span(row.starts_on, row.ends_on) for row in rows]


def _lines_standing(contract_id: int) -> Select[VendorInvoiceLine]:
    """The lines of the invoices under a contract that were not returned."""
    return (
        select(VendorInvoiceLine)
        .join(VendorInvoice, VendorInvoice.id == VendorInvoiceLine.invoice_id)
        .where(VendorInvoice.contract_id == contract_id, VendorInvoice.returned_at.is_(None))
    )


def number_taken(contract_id: int, number: str) -> bool:
    """Whether an invoice under the contract has this number; one that was returned may come again."""
    return (
        db.session.scalar(
            select(VendorInvoice.id).where(
                VendorInvoice.contract_id == contract_id,
                VendorInvoice.number == number,
                VendorInvoice.returned_at.is_(None),
            )
        )
        is not None
    )


def drawdown(viewer: Viewer, fiscal_year: int) -> list[DrawdownRow]:
    """What each contract may cost in a fiscal year and what is invoiced of it, by vendor."""
    rows = db.session.execute(
        select(Contract.id, Contract.number, _party.c.name, _maximum(fiscal_year).label("cents"))
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(Contract.executed_at.is_not(None), _visible_to(viewer), _maximum(fiscal_year) > 0)
        .order_by(_party.c.sort_name, Contract.number)
    ).all()
    ids = [row.id for row in rows]
    drawn, paid = contract_spending.drawn_by_contract(ids), contract_spending.paid_by_contract(ids, fiscal_year)
    return [
        DrawdownRow(
            row.id, row.number, row.name, int(row.cents), drawn.get(row.id, {}).get(fiscal_year, 0), paid.get(row.id, 0)
        )
        for row in rows
    ]


def _maximum(fiscal_year: int) -> ColumnElement[int]:
    return (
        select(func.coalesce(func.sum(BudgetLine.amount_cents), 0))
        .where(
            BudgetLine.contract_id == Contract.id,
            BudgetLine.fiscal_year == fiscal_year,
            BudgetLine.in_force_at.is_not(None),
        )
        .correlate(Contract)
        .scalar_subquery()
    )


def _row(invoice: VendorInvoice, contract: str, vendor: str) -> InvoiceRow:
    return InvoiceRow(
        invoice.id, invoice.number, contract, vendor, invoice.starts_on, invoice.ends_on, amounts(invoice),
        state(invoice), invoice.supplements_id is not None,
    )  # fmt: skip


def _whole() -> Select[VendorInvoice]:
    return select(VendorInvoice).options(
        selectinload(VendorInvoice.lines).selectinload(VendorInvoiceLine.holds).joinedload(PaymentHold.decision),
        selectinload(VendorInvoice.lines).joinedload(VendorInvoiceLine.coordinator),
        selectinload(VendorInvoice.payments),
        joinedload(VendorInvoice.filed_by),
        joinedload(VendorInvoice.supplements),
    )


def _visible_to(viewer: Viewer) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else Contract.vendor_id == (viewer.party_id or 0)
