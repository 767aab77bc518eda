"""The pages of the invoices and of the drawdown."""

from dataclasses import replace
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.invoices import bp
from certhub.blueprints.invoices.forms import (
    RELEASE,
    HoldForm,
    PaymentForm,
    ReturnForm,
    ReversalForm,
    field_of,
    field_of_more,
    for_people,
    require_offered,
    typed,
)
from certhub.database import db, transaction
from certhub.models.parties import Coordinator
from certhub.models.vendor_invoices import PaymentHold
from certhub.queries import contracts, payer_answers, vendor_invoices
from certhub.rules.fiscal_years import fiscal_year_in_words, fiscal_year_of
from certhub.rules.independence import Span
from certhub.rules.money import dollars
from certhub.rules.payment_holds import STATE_LABELS, require_nothing_new
from certhub.rules.permissions import Permission
from certhub.rules.terms import MONTHS
from certhub.services import vendor_invoices as service
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on

_YEARS_SHOWN = 5


@bp.route("")
@requires(Permission.VENDOR_INVOICE_READ)
def index() -> ResponseReturnValue:
    page = vendor_invoices.page(viewer(), cursor=request.args.get("cursor"))
    return render_template("invoices/index.html", page=page, states=STATE_LABELS, dollars=dollars)


@bp.route("/drawdown")
@requires(Permission.VENDOR_INVOICE_READ)
def drawdown() -> ResponseReturnValue:
    this_year = fiscal_year_of(clock.today())
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == len(str(this_year)) else this_year
    rows = vendor_invoices.drawdown(viewer(), year)
    return render_template(
        "invoices/drawdown.html", rows=rows, year=year, years=range(this_year + 1, this_year - _YEARS_SHOWN, -1),
        in_words=fiscal_year_in_words, dollars=dollars,
    )  # fmt: skip


@bp.route("/<int:invoice_id>")
@requires(Permission.VENDOR_INVOICE_READ, lists=True)
def show(invoice_id: int) -> ResponseReturnValue:
    invoice = vendor_invoices.one(viewer(), invoice_id)
    readings.listed(invoice=invoice.number, rows=len(invoice.lines))
    return render_template(
        "invoices/show.html", invoice=invoice, contract=invoice.contract, amounts=vendor_invoices.amounts(invoice),
        state=STATE_LABELS[vendor_invoices.state(invoice)], dollars=dollars, settled=payer_answers.settled(invoice),
        supplements=vendor_invoices.supplements_of(invoice), reversed_ids={one.reverses_id for one in invoice.payments},
    )  # fmt: skip


@bp.route("/contracts/<int:contract_id>/new", methods=["GET", "POST"])
@requires(Permission.VENDOR_INVOICE_FILE, lists=True)
def file(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    months = vendor_invoices.months(contract, clock.today())
    month = next((one for one in months if _key(one) == request.args.get("month", "")), None)
    if month is None and months:  # the address names the month, so that a form is never sent for another one
        return redirect(url_for(".file", contract_id=contract_id, month=_key(months[0])))
    people = vendor_invoices.worked(contract, month) if month else []
    lines = vendor_invoices.lines_to_add_to(contract.id, month) if month else []
    readings.listed(contract=contract.number, rows=len(people) + len(lines))
    form = for_people(people, lines)()
    if month is not None and form.validate_on_submit():
        address = ""
        with refusals_shown_on(form), transaction():
            require_offered(request.form, people, lines)
            asked = typed(form, people, lines, partial(vendor_invoices.days_of_other_cost, contract, month))
            invoice = service.file(
                contract, number=form.number.data, month=month, actor=actor(), at=clock.now(),
                lines=[
                    replace(line, coordinator=db.session.get_one(Coordinator, whose) if whose else None)
                    for whose, line in asked
                ],
            )  # fmt: skip
            address = url_for(".show", invoice_id=invoice.id)
            submissions.remember(address)
        if not form.refused:
            flash("The invoice is with DPH.")
            return redirect(address)
    return (
        render_template(
            "invoices/file.html", contract=contract, form=form, month=month, months=months, people=people,
            name_of_month=_in_words, key_of=_key, field_of=field_of, field_of_more=field_of_more, lines=lines,
            standing=vendor_invoices.standing_in(contract.id, month) if month else [],
        ),
        form.http_status,
    )  # fmt: skip


@bp.route("/<int:invoice_id>/return", methods=["GET", "POST"])
@requires(Permission.VENDOR_INVOICE_DECIDE)
def return_to_vendor(invoice_id: int) -> ResponseReturnValue:
    invoice = vendor_invoices.one(viewer(), invoice_id)
    form = ReturnForm()
    if form.validate_on_submit():
        address = url_for(".show", invoice_id=invoice_id)
        with refusals_shown_on(form), transaction():
            service.return_to_vendor(invoice, reason=form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The invoice goes back to the vendor.")
            return redirect(address)
    return _page("Return the invoice", invoice_id, form)


@bp.route("/<int:invoice_id>/approve", methods=["GET", "POST"])
@requires(Permission.VENDOR_INVOICE_DECIDE)
def approve(invoice_id: int) -> ResponseReturnValue:
    invoice = vendor_invoices.one(viewer(), invoice_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".show", invoice_id=invoice_id)
        with refusals_shown_on(form), transaction():
            service.approve(invoice, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The invoice is approved.")
            return redirect(address)
    return _page("Approve the invoice", invoice_id, form)


@bp.route("/<int:invoice_id>/payments/new", methods=["GET", "POST"])
@requires(Permission.VENDOR_INVOICE_DECIDE)
def pay(invoice_id: int) -> ResponseReturnValue:
    invoice = vendor_invoices.one(viewer(), invoice_id)
    amounts = vendor_invoices.amounts(invoice)
    ready = max(min(amounts.payable, payer_answers.settled(invoice) - amounts.paid), 0)
    form = PaymentForm(paid_on=clock.today(), amount=ready)
    if form.validate_on_submit():
        address = url_for(".show", invoice_id=invoice_id)
        held: list[PaymentHold] = []
        # Of its own: what is held back now stays held back, although the payment is refused for it.
        with refusals_shown_on(form), transaction():
            held = service.look_again(invoice, actor=actor(), at=clock.now())
        if form.refused:
            return _page("Record a payment", invoice_id, form)
        with refusals_shown_on(form), transaction():
            require_nothing_new([vendor_invoices.held(one) for one in held])
            service.pay(
                invoice, paid_on=form.paid_on.data, amount_cents=form.amount.data, reference=form.reference.data,
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The payment is on file.")
            return redirect(address)
    return _page("Record a payment", invoice_id, form)


@bp.route("/payments/<int:vendor_payment_id>/reverse", methods=["GET", "POST"])
@requires(Permission.VENDOR_INVOICE_DECIDE)
def reverse_payment(vendor_payment_id: int) -> ResponseReturnValue:
    invoice, payment = vendor_invoices.payment(viewer(), vendor_payment_id)
    form = ReversalForm(reversed_on=clock.today())
    if form.validate_on_submit():
        address = url_for(".show", invoice_id=invoice.id)
        with refusals_shown_on(form), transaction():
            service.reverse(
                invoice, payment, reversed_on=form.reversed_on.data, reason=form.reason.data, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The payment is reversed. It stays on file, and its amount can be paid again.")
            return redirect(address)
    return _page(f"Reverse the payment of {dollars(payment.amount_cents)}", invoice.id, form)


@bp.route("/holds/<int:hold_id>", methods=["GET", "POST"])
@requires(Permission.VENDOR_INVOICE_DECIDE)
def decide_hold(hold_id: int) -> ResponseReturnValue:
    hold = vendor_invoices.hold(viewer(), hold_id)
    form = HoldForm()
    if form.validate_on_submit():
        address = url_for(".show", invoice_id=hold.line.invoice_id)
        with refusals_shown_on(form), transaction():
            service.decide_hold(
                hold, released=form.outcome.data == RELEASE, reason=form.reason.data, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash("The decision is on file.")
            return redirect(address)
    return (
        render_template("invoices/hold.html", hold=hold, invoice=hold.line.invoice, form=form, dollars=dollars),
        form.http_status,
    )


def _page(heading: str, invoice_id: int, form: CertHubForm) -> ResponseReturnValue:
    invoice = vendor_invoices.one(viewer(), invoice_id)
    return (
        render_template(
            "invoices/decide.html", heading=heading, invoice=invoice, form=form,
            amounts=vendor_invoices.amounts(invoice), dollars=dollars,
        ),
        form.http_status,
    )  # fmt: skip


def _key(month: Span) -> str:
    return f"{month.from_on:%Y-%m}"


def _in_words(month: Span) -> str:
    return f"{MONTHS[month.from_on.month - 1]} {month.from_on.year}"
