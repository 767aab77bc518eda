"""A payer's account for a year: its notice, payments, write-offs, referrals and appeals."""

from flask import render_template
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp, places
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import (
    AppealForm,
    DecisionForm,
    PaymentForm,
    ReasonForm,
    ReferralForm,
    RefundForm,
    WriteOffForm,
    typed,
)
from certhub.models.fund import FundYear
from certhub.queries import fund, fund_accounts, fund_reports
from certhub.queries.fund_accounts import Account
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.money import dollars
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.invoices import (
    OUTCOME_LABELS,
    PAYMENT_LABELS,
    STATUS_LABELS,
    AppealOutcome,
    InvoiceStatus,
    PaymentKind,
)
from certhub.services import fund_accounts as services


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>")
@requires(Permission.FUND_READ)
def account(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    closed_at = fund.closed_at(year)
    return render_template(
        "fund/account.html",
        year=year,
        owed=found,
        payer=found.assessment.payer,
        name=named(year.fiscal_year),
        labels=STATUS_LABELS,
        payment_labels=PAYMENT_LABELS,
        outcome_labels=OUTCOME_LABELS,
        is_late=any(one.status is InvoiceStatus.OVERDUE for one in found.standing),
        can_appeal=_can_appeal(found),
        merged=fund_reports.merged_into(viewer(), year, payer_id, today=clock.today()),
        is_closed=closed_at is not None,
        late={one.id for one in found.payments if closed_at and one.recorded_at > closed_at},
    )


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/payments/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def record_payment(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    form = PaymentForm(data={"received_on": clock.today()})
    return entry(
        form,
        lambda: services.record_payment(
            year, payer_id, form.cents(), received_on=form.received_on.data, reference=form.reference.data or "",
            actor=actor(), at=clock.now(),
        ),
        title="Record a payment",
        lead=(
            f"{found.assessment.payer.name} has {dollars(max(found.outstanding_cents, 0))} to pay. A payment goes to "
            "the oldest open instalment first."
        ),
        trail=_trail(year, found),
        button="Record the payment",
        told="The payment is on record.",
    )  # fmt: skip


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/payments/<int:payment_id>/reverse", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def reverse_payment(fund_year_id: int, payer_id: int, payment_id: int) -> ResponseReturnValue:
    """The same page for a payment and for money that was paid back."""
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    payment = fund_accounts.payment(year, payer_id, payment_id)
    is_refund = payment.kind is PaymentKind.REFUND
    reverse = services.reverse_refund if is_refund else services.reverse_payment
    what = "refund" if is_refund else "payment"
    form = ReasonForm()
    return entry(
        form,
        lambda: reverse(year, payment, reason=form.reason.data, actor=actor(), at=clock.now()),
        title=f"Reverse the {what} of {dollars(abs(payment.cents))}",
        lead=f"The {what} stays on record. A row of its own takes it back, such as for a returned cheque.",
        trail=_trail(year, found),
        button="Reverse it",
        told=f"The {what} is reversed.",
    )


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/write-offs/<int:write_off_id>/reverse", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def reverse_write_off(fund_year_id: int, payer_id: int, write_off_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    written_off = fund_accounts.write_off(year, payer_id, write_off_id)
    form = ReasonForm()
    return entry(
        form,
        lambda: services.reverse_write_off(year, written_off, reason=form.reason.data, actor=actor(), at=clock.now()),
        title=f"Reverse the write-off of {dollars(written_off.cents)}",
        lead="The write-off stays on record. A row of its own takes it back, and the amount is to be paid again.",
        trail=_trail(year, found),
        button="Reverse it",
        told="The write-off is reversed.",
    )


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/refunds/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def pay_back(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    credit = max(-found.outstanding_cents, 0)
    form = RefundForm(data={"received_on": clock.today(), "amount": typed(credit)})
    return entry(
        form,
        lambda: services.pay_back(
            year, payer_id, form.cents(), paid_on=form.received_on.data, reference=form.reference.data or "",
            reason=form.reason.data, actor=actor(), at=clock.now(),
        ),
        title="Record money that was paid back",
        lead=f"{found.assessment.payer.name} has {dollars(credit)} in credit.",
        trail=_trail(year, found),
        button="Record it",
        told="The money that was paid back is on record.",
    )  # fmt: skip


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/write-offs/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def write_off(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    form = WriteOffForm(data={"written_off_on": clock.today()})
    return entry(
        form,
        lambda: services.write_off(
            year, payer_id, form.cents(), on=form.written_off_on.data, reason=form.reason.data, actor=actor(),
            at=clock.now(),
        ),
        title="Write off what will not be paid",
        lead=f"Open are {dollars(max(found.outstanding_cents, 0))}. The state bears what is written off.",
        trail=_trail(year, found),
        button="Write it off",
        told="It is written off.",
    )  # fmt: skip


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/referrals/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def refer(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    form = ReferralForm(data={"referred_on": clock.today()})
    form.number.choices = [(one.number, f"{one.number}: {dollars(one.open_cents)} open") for one in found.standing]
    return entry(
        form,
        lambda: services.refer(
            year, payer_id, form.number.data, on=form.referred_on.data, to=form.referred_to.data,
            reason=form.reason.data or "", actor=actor(), at=clock.now(),
        ),
        title="Refer an overdue instalment",
        trail=_trail(year, found),
        button="Refer it",
        told="The instalment is referred.",
    )  # fmt: skip


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/appeals/new", methods=["GET", "POST"])
@requires(Permission.APPEAL_DECIDE)
def file_appeal(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    form = AppealForm(data={"filed_on": clock.today()})
    return entry(
        form,
        lambda: services.file_appeal(
            year, payer_id, filed_on=form.filed_on.data, grounds=form.grounds.data, actor=actor(), at=clock.now()
        ),
        title="Record an appeal",
        trail=_trail(year, found),
        button="Record the appeal",
        told="The appeal is on record.",
    )


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/appeals/<int:appeal_id>/decide", methods=["GET", "POST"])
@requires(Permission.APPEAL_DECIDE)
def decide_appeal(fund_year_id: int, payer_id: int, appeal_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = _account(year, payer_id)
    appeal = fund_accounts.appeal(year, payer_id, appeal_id)
    form = DecisionForm()
    return entry(
        form,
        lambda: services.decide_appeal(
            year, appeal, AppealOutcome(form.outcome.data), reason=form.reason.data,
            changed_cents=form.changed_cents(), actor=actor(), at=clock.now(),
        ),
        title="Decide the appeal",
        lead=f"The payer says: {appeal.grounds} Assessed are {dollars(appeal.assessment.share_cents)}.",
        trail=_trail(year, found),
        button="Record the decision",
        told="The decision is on record.",
    )  # fmt: skip


def _account(year: FundYear, payer_id: int) -> Account:
    return fund_accounts.account(viewer(), year, payer_id, today=clock.today())


def _trail(year: FundYear, found: Account) -> places.Trail:
    return places.of_account(year, found.assessment.payer_id, found.assessment.payer.name)


def _can_appeal(found: Account) -> bool:
    return (
        found.notice is not None
        and clock.today() <= found.notice.appeal_until
        and all(one.assessment_id != found.assessment.id for one in found.appeals)
    )
