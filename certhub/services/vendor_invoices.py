"""Invoices of vendors: filed month by month, held to certified days, decided, approved and paid.

Holds are looked for three times: when an invoice is filed, when it is approved, and again before each payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import Contract
from certhub.models.parties import Coordinator, Party
from certhub.models.vendor_invoices import HoldDecision, PaymentHold, VendorInvoice, VendorInvoiceLine, VendorPayment
from certhub.queries import (
    contract_budgets,
    contract_spending,
    contracts,
    exposure,
    fund,
    payer_answers,
    vendor_invoices,
)
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contracts import ContractStage
from certhub.rules.exposure import breaks_of
from certhub.rules.fiscal_years import fiscal_year_in_words, fiscal_year_of
from certhub.rules.independence import Span
from certhub.rules.last_resort import require_settled
from certhub.rules.ledger import Cause
from certhub.rules.payment_holds import (
    LINKS_OF_COST,
    LINKS_OF_WORK,
    HeldDays,
    InvoiceState,
    held_days,
    require_nothing_new,
    require_own_days,
    require_payment,
    require_reversal,
    require_room,
)
from certhub.rules.pooled_fund.year_state import require_open
from certhub.rules.refusal import Refusal
from certhub.services import audit, ledger


@dataclass(frozen=True, slots=True)
class LineText:
    """One line, as it was typed: the work of somebody, or another cost where nobody is named."""

    coordinator: Coordinator | None
    description: str
    days: Span
    amount_cents: int
    adds_to: VendorInvoiceLine | None = None


def file(
    contract: Contract, *, number: str, month: Span, lines: Sequence[LineText], actor: User, at: datetime
) -> VendorInvoice:
    """Ask to be paid for a month; days on which something did not hold are held back.

    A further invoice of the month is a supplement to the first. Raises `Refusal`.
    """
    locked(contract, with_key=False)
    assert month.to_on is not None  # noqa: S101  (a month has a last day)
    _require_open(contract, month, on=clock.civil_date(at))
    if not lines:
        raise Refusal("Type at least one amount.")
    if vendor_invoices.number_taken(contract.id, number):
        raise Refusal("An invoice with this number is on file for this contract.", field="number")
    year = fiscal_year_of(month.from_on)
    require_room(
        maximum=contract_budgets.maxima([contract.id]).get(contract.id, {}).get(year, 0),
        drawn=contract_spending.drawn_by_year(contract.id).get(year, 0),
        asked=sum(line.amount_cents for line in lines),
        year=fiscal_year_in_words(year),
    )
    first = next(iter(vendor_invoices.standing_in(contract.id, month)), None)
    invoice = VendorInvoice(
        contract_id=contract.id, number=number, fiscal_year=year, starts_on=month.from_on, ends_on=month.to_on,
        supplements_id=first.id if first else None, filed_by_id=actor.id, filed_at=at,
    )  # fmt: skip
    db.session.add(invoice)
    db.session.flush()
    for line in lines:
        _add(invoice, contract, line)
    db.session.refresh(invoice)
    audit.record(
        actor, AuditAction.VENDOR_INVOICE_FILED, invoice, at=at, party_id=contract.vendor_id,
        lines=[_told(row) for row in invoice.lines], supplements=first.number if first else None,
    )  # fmt: skip
    _hold_back(invoice, actor=actor, at=at)
    return invoice


def return_to_vendor(invoice: VendorInvoice, *, reason: str, actor: User, at: datetime) -> None:
    """Send an invoice back; it draws nothing down any more. Raises `Refusal`."""
    _require(locked(invoice), InvoiceState.FILED, "It was returned or approved meanwhile. Open the invoice and look.")
    invoice.returned_at, invoice.return_reason = at, reason
    db.session.flush()
    audit.record(actor, AuditAction.VENDOR_INVOICE_RETURNED, invoice, at=at, party_id=invoice.contract.vendor_id)


def approve(invoice: VendorInvoice, *, actor: User, at: datetime) -> None:
    """Let an invoice be paid, without what is held back; what has become known since it was filed is held, too.

    Raises `Refusal`.
    """
    _require(locked(invoice), InvoiceState.FILED, "It was returned or approved meanwhile. Open the invoice and look.")
    if invoice.filed_by_id == actor.id:
        raise Refusal("You filed this invoice, so another person approves it.")
    _require_year_open(invoice)
    _hold_back(invoice, actor=actor, at=at)
    invoice.approved_at, invoice.approved_by_id = at, actor.id
    db.session.flush()
    db.session.refresh(invoice)
    audit.record(actor, AuditAction.VENDOR_INVOICE_APPROVED, invoice, at=at, party_id=invoice.contract.vendor_id)
    ledger.post_invoice(invoice, Cause.APPROVED, on=clock.civil_date(at), actor=actor, at=at)


def decide_hold(hold: PaymentHold, *, released: bool, reason: str, actor: User, at: datetime) -> HoldDecision:
    """Pay days that were held back, or deny them for good, with the reason. Raises `Refusal`."""
    invoice = locked(hold.line.invoice)
    if hold.decision is not None:
        raise Refusal("Somebody decided this meanwhile. Open the invoice and look.")
    if invoice.returned_at is not None:
        raise Refusal("This invoice was returned to the vendor. There is nothing to decide.")
    if not reason.strip():
        raise Refusal("Say why.", field="reason")
    if invoice.approved_at is not None:
        _require_year_open(invoice)
    decision = HoldDecision(
        hold_id=hold.id, released=released, reason=reason.strip(), decided_by_id=actor.id, decided_at=at
    )
    db.session.add(decision)
    db.session.flush()
    action = AuditAction.HOLD_RELEASED if released else AuditAction.HOLD_DENIED
    audit.record(actor, action, decision, at=at, party_id=invoice.contract.vendor_id, reason=reason.strip())
    db.session.refresh(hold)
    ledger.post_invoice(invoice, Cause.HOLD_DECIDED, on=clock.civil_date(at), actor=actor, at=at)
    return decision


def look_again(invoice: VendorInvoice, *, actor: User, at: datetime) -> list[PaymentHold]:
    """Hold back what has become known since an invoice was approved; call it in a transaction before each payment.

    The holds are kept although the payment is refused for them.
    """
    locked(invoice)
    if invoice.approved_at is None:
        return []
    held = _hold_back(invoice, actor=actor, at=at)
    if held:
        _require_year_open(invoice)
        ledger.post_invoice(invoice, Cause.HELD, on=clock.civil_date(at), actor=actor, at=at)
    return held


def pay(
    invoice: VendorInvoice, *, paid_on: date, amount_cents: int, reference: str, actor: User, at: datetime
) -> VendorPayment:
    """Note a payment for an approved invoice; what is held back, or must be held back first, is never paid.

    Raises `Refusal`.
    """
    locked(invoice)
    if invoice.approved_at is None:
        raise Refusal("This invoice is not approved. Approve it before it is paid.")
    if paid_on > clock.civil_date(at):
        raise Refusal("This day is still to come. Type today or an earlier day.", field="paid_on")
    now = vendor_invoices.as_it_is(invoice)
    require_nothing_new([held for line in now.lines for held in _newly_held(line)])
    amounts = vendor_invoices.amounts(now)
    require_payment(amount_cents, amounts)
    require_settled(amount_cents, settled_cents=payer_answers.settled(invoice), paid_cents=amounts.paid)
    payment = VendorPayment(
        invoice_id=invoice.id, paid_on=paid_on, amount_cents=amount_cents, reference=reference,
        recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(payment)
    db.session.flush()
    audit.record(actor, AuditAction.VENDOR_PAYMENT_RECORDED, payment, at=at, party_id=invoice.contract.vendor_id)
    ledger.post_invoice(invoice, Cause.VENDOR_PAID, on=paid_on, actor=actor, at=at)
    return payment


def reverse(
    invoice: VendorInvoice, payment: VendorPayment, *, reversed_on: date, reason: str, actor: User, at: datetime
) -> VendorPayment:
    """Take a payment back by a row of its own, such as a returned cheque or a wrong amount. Raises `Refusal`."""
    locked(invoice)
    require_reversal(
        is_reversal=payment.reverses_id is not None,
        is_reversed=any(one.reverses_id == payment.id for one in vendor_invoices.as_it_is(invoice).payments),
        paid_on=payment.paid_on, reversed_on=reversed_on, reason=reason, today=clock.civil_date(at),
    )  # fmt: skip
    reversal = VendorPayment(
        invoice_id=invoice.id, paid_on=reversed_on, amount_cents=-payment.amount_cents, reference=payment.reference,
        reverses_id=payment.id, reason=reason.strip(), recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip
    db.session.add(reversal)
    db.session.flush()
    audit.record(
        actor, AuditAction.VENDOR_PAYMENT_REVERSED, reversal, at=at, party_id=invoice.contract.vendor_id,
        reason=reason.strip(),
    )  # fmt: skip
    ledger.post_invoice(invoice, Cause.VENDOR_REVERSED, on=reversed_on, actor=actor, at=at)
    return reversal


def _require_year_open(invoice: VendorInvoice) -> None:
    """Refuse to change the cost of a fund year that is closed. Raises `Refusal`."""
    year = fund.of_fiscal_year(invoice.fiscal_year)
    if year is not None:
        require_open(fund.facts(locked(year)))


def _require_open(contract: Contract, month: Span, *, on: date) -> None:
    if contract.executed_at is None:
        raise Refusal("This contract is not executed yet. Nothing can be invoiced under it.")
    if contracts.stage(contract, on) is ContractStage.CLOSED_OUT:
        raise Refusal("This contract is closed out. Nothing more can be invoiced under it.")
    if month.to_on is None or month.to_on >= on:
        raise Refusal("This month is not over yet. Invoice it when it is.")


def _add(invoice: VendorInvoice, contract: Contract, line: LineText) -> VendorInvoiceLine:
    if line.amount_cents <= 0:
        raise Refusal("Type an amount above zero, or leave it empty.")
    if line.adds_to is not None:
        _require_can_be_added_to(line.adds_to, invoice)
    elif line.coordinator is not None:
        already = vendor_invoices.days_invoiced(contract.id, line.coordinator.id)
        require_own_days(line.days, already, whose=line.coordinator.name)
    row = VendorInvoiceLine(
        invoice_id=invoice.id, coordinator_id=line.coordinator.id if line.coordinator else None,
        description=line.description, starts_on=line.days.from_on, ends_on=line.days.to_on,
        amount_cents=line.amount_cents, adds_to_id=line.adds_to.id if line.adds_to else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _require_can_be_added_to(line: VendorInvoiceLine, invoice: VendorInvoice) -> None:
    of = line.invoice
    same = of.contract_id == invoice.contract_id and of.starts_on == invoice.starts_on
    if not same or of.approved_at is None or line.adds_to_id is not None:
        raise Refusal("More can be asked for only on a line of an approved invoice of this month. Look at it again.")


def _told(line: VendorInvoiceLine) -> dict[str, object]:
    """A line as the audit trail tells of it."""
    return {
        "line": line.id, "coordinator_id": line.coordinator_id, "description": line.description,
        "starts_on": line.starts_on, "ends_on": line.ends_on, "amount_cents": line.amount_cents,
        "adds_to_id": line.adds_to_id,
    }  # fmt: skip


def _hold_back(invoice: VendorInvoice, *, actor: User, at: datetime) -> list[PaymentHold]:
    """Hold back the days on which something did not hold, as it is known now; one event tells of all of them."""
    made = [
        PaymentHold(
            line_id=line.id, starts_on=held.starts_on, ends_on=held.ends_on, held_cents=held.cents,
            because=held.because, links=" ".join(sorted(held.links)), recorded_at=at,
        )
        for line in vendor_invoices.as_it_is(invoice).lines
        for held in _newly_held(line)
    ]  # fmt: skip
    if not made:
        return made
    db.session.add_all(made)
    db.session.flush()
    audit.record(
        actor, AuditAction.PAYMENT_HELD, invoice, at=at, party_id=invoice.contract.vendor_id,
        held=[
            {
                "hold": one.id, "line": one.line_id, "starts_on": one.starts_on, "ends_on": one.ends_on,
                "held_cents": one.held_cents, "because": one.because,
            }
            for one in made
        ],
    )  # fmt: skip
    vendor_invoices.as_it_is(invoice)
    return made


def _newly_held(line: VendorInvoiceLine) -> tuple[HeldDays, ...]:
    """The days of a line on which something did not hold, as it is known now, without those held already."""
    contract = line.invoice.contract
    whose: Party = line.coordinator or contract.vendor
    days = Span(line.starts_on, line.ends_on)
    chain = exposure.chain_of(whose, contract.vendor, contract.vendor, contract.id, days)
    links = LINKS_OF_WORK if line.coordinator else LINKS_OF_COST
    return held_days(
        days, line.amount_cents, breaks_of(chain, links), held=[vendor_invoices.held(one) for one in line.holds]
    )


def _require(invoice: VendorInvoice, state: InvoiceState, sentence: str) -> None:
    if vendor_invoices.state(invoice) is not state:
        raise Refusal(sentence)
