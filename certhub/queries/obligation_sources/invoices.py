"""Invoices of vendors: those that wait for DPH, and those that DPH returned."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from certhub.models.contracts import Contract
from certhub.models.messages import Obligation
from certhub.models.vendor_invoices import HoldDecision, PaymentHold, VendorInvoice, VendorInvoiceLine, VendorPayment
from certhub.queries.contracts import taken
from certhub.queries.obligation_sources.days import civil_days, falls_on
from certhub.queries.obligation_sources.source import Address, DueItem, Falling, Source, falling, reasons
from certhub.rules.contracts import StepKind
from certhub.rules.due_words import DueWords
from certhub.rules.prompt_payment import CORRECTION_DAYS, PAYMENT_DAYS, to_be_filed_again_by, to_be_paid_by
from certhub.rules.reminder_policies import Audience, ObligationKind

Row = type[VendorInvoice]


def _waiting(_day: date, floor: date) -> Falling:
    days = civil_days("filing_days", floor - timedelta(days=PAYMENT_DAYS), _day, due=to_be_paid_by)
    return (
        falling(VendorInvoice.id, Contract.vendor_id, days.c.due_on)
        .select_from(VendorInvoice)
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .join(days, falls_on(VendorInvoice.filed_at, days))
        .where(VendorInvoice.returned_at.is_(None), ~_paid(VendorInvoice))
    )


def _paid(invoice: Row) -> ColumnElement[bool]:
    """Whether an invoice is approved, and nothing of it is left to pay."""
    line, hold, decision, payment = (
        aliased(VendorInvoiceLine), aliased(PaymentHold), aliased(HoldDecision), aliased(VendorPayment)
    )  # fmt: skip

    def total(cents: SQLColumnExpression[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.coalesce(select(func.sum(cents)).where(*where).correlate(invoice).scalar_subquery(), 0)

    asked = total(line.amount_cents, line.invoice_id == invoice.id)
    released = exists().where(decision.hold_id == hold.id, decision.released.is_(True))
    held = total(hold.held_cents, hold.line_id == line.id, line.invoice_id == invoice.id, ~released)
    paid = total(payment.amount_cents, payment.invoice_id == invoice.id)
    return and_(invoice.approved_at.is_not(None), paid >= asked - held)


def _settled(_day: date) -> ColumnElement[str | None]:
    row = aliased(VendorInvoice)
    its = row.id == Obligation.subject_id
    return reasons(
        (exists().where(its, row.returned_at.is_not(None)), "it went back to the vendor"),
        (exists().where(its, _paid(row)), "it was paid"),
    )


def _returned(_day: date, floor: date) -> Falling:
    days = civil_days("return_days", floor - timedelta(days=CORRECTION_DAYS), _day, due=to_be_filed_again_by)
    return (
        falling(VendorInvoice.id, Contract.vendor_id, days.c.due_on)
        .select_from(VendorInvoice)
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .join(days, falls_on(VendorInvoice.returned_at, days))
        .where(~_filed_again(VendorInvoice), ~taken(StepKind.CLOSED_OUT))
    )


def _filed_again(invoice: Row) -> ColumnElement[bool]:
    """Whether the vendor filed another invoice for days of the same span since."""
    later = aliased(VendorInvoice)
    return exists().where(
        later.contract_id == invoice.contract_id,
        later.id > invoice.id,
        later.starts_on <= invoice.ends_on,
        later.ends_on >= invoice.starts_on,
        or_(later.supplements_id.is_(None), later.supplements_id != invoice.id),
    )


def _corrected(_day: date) -> ColumnElement[str | None]:
    row = aliased(VendorInvoice)
    its = row.id == Obligation.subject_id
    closed = (
        select(Contract.id)
        .join(row, row.contract_id == Contract.id)
        .where(its, taken(StepKind.CLOSED_OUT))
        .correlate(Obligation)
        .exists()
    )
    return reasons(
        (exists().where(its, _filed_again(row)), "another invoice came in"), (closed, "the contract was closed out")
    )


def _what() -> SQLColumnExpression[Any]:
    return (
        select(VendorInvoice.number + literal(" under ", String) + Contract.number)
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .where(VendorInvoice.id == Obligation.subject_id)
        .correlate(Obligation)
        .scalar_subquery()
    )


def _page(item: DueItem) -> Address:
    return "invoices.show", {"invoice_id": item.subject_id}


SOURCES = (
    Source(
        kind=ObligationKind.VENDOR_INVOICE,
        falls_due=_waiting,
        rests_on=VendorInvoice,
        settled=_settled,
        what=_what,
        words=DueWords(
            noun="invoice",
            ahead="Decide on the invoice, and have it paid by this day.",
            past="Decide on the invoice, and have it paid now. The days for it have passed.",
            for_office="See why the invoice was neither paid nor returned.",
            fund_acts=True,
        ),
        page=_page,
        concerns=frozenset({Audience.FUND, Audience.DPH}),
    ),
    Source(
        kind=ObligationKind.INVOICE_RETURNED,
        falls_due=_returned,
        rests_on=VendorInvoice,
        settled=_corrected,
        what=_what,
        words=DueWords(
            noun="returned invoice",
            ahead="Correct what DPH asks for, and file the invoice again.",
            past="File the corrected invoice now, or tell DPH that there will be none.",
        ),
        page=_page,
        concerns=frozenset({Audience.ORGANIZATION, Audience.FUND, Audience.DPH}),
    ),
)
