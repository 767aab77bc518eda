"""The pages of an amendment: its draft, its budget and its steps."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.contracts import bp
from certhub.blueprints.contracts.forms import AmendmentForm, LineForm, RateForm, StepForm
from certhub.blueprints.contracts.words import WORDS
from certhub.database import transaction
from certhub.models.contracts import ContractAmendment
from certhub.queries import contract_budgets, contracts
from certhub.rules.contract_amendments import changes_of
from certhub.rules.contracts import CHANGEABLE, IN_FORCE, STEP_LABELS, ContractStage, StepKind, next_steps
from certhub.rules.permissions import Permission
from certhub.services import contract_amendments as service
from certhub.services import contracts as contracts_service
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on

_SETTLED = IN_FORCE | {ContractStage.EXECUTED, ContractStage.WITHDRAWN}


@bp.route("/amendments/<int:amendment_id>")
@requires(Permission.CONTRACT_READ)
def show_amendment(amendment_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    stage = contracts.stage_of_amendment(amendment, clock.today())
    lines, rates = (
        contract_budgets.lines(amendment.contract, amendment),
        contract_budgets.rates(amendment.contract, amendment),
    )
    return render_template(
        "contracts/amendment.html",
        contract=amendment.contract,
        amendment=amendment,
        stage=stage,
        words=WORDS,
        lines=lines,
        rates=rates,
        changes=changes_of(
            scope=amendment.scope,
            new_ends_on=amendment.new_ends_on,
            lines=contract_budgets.as_money(lines),
            rates=len(rates),
        ),
        changeable=stage in CHANGEABLE,
        next_steps=() if stage in _SETTLED else next_steps(stage),
        steps=[step for step in contracts.steps_of(amendment.contract) if step.amendment_id == amendment.id],
    )


@bp.route("/<int:contract_id>/amendments/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def draft_amendment(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = AmendmentForm()
    if form.validate_on_submit():
        address = ""
        with refusals_shown_on(form), transaction():
            amendment = service.draft(contract, form.typed(), actor=actor(), at=clock.now())
            address = url_for(".show_amendment", amendment_id=amendment.id)
            submissions.remember(address)
        if not form.refused:
            flash("The draft is saved. Add what changes in the budget, then send it to be signed.")
            return redirect(address)
    return (
        render_template(
            "contracts/amendment_form.html", form=form, contract=contract, amendment=None,
            options_left=contract.option_count - contracts.options_used(contract),
            ends_on=contracts_service.last_day_agreed(contract),
        ),
        form.http_status,
    )  # fmt: skip


@bp.route("/amendments/<int:amendment_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def edit_amendment(amendment_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    contract = amendment.contract
    address = url_for(".show_amendment", amendment_id=amendment_id)
    if contracts.stage_of_amendment(amendment, clock.today()) not in CHANGEABLE and request.method == "GET":
        return redirect(address)
    form = AmendmentForm(amendment=amendment)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.change(amendment, form.typed(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The draft is saved.")
            return redirect(address)
    return (
        render_template(
            "contracts/amendment_form.html", form=form, contract=contract, amendment=amendment,
            options_left=contract.option_count - contracts.options_used(contract), ends_on=amendment.ends_before_on,
        ),
        form.http_status,
    )  # fmt: skip


@bp.route("/amendments/<int:amendment_id>/budget", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def amendment_budget(amendment_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    form = LineForm()
    if form.validate_on_submit():
        address = url_for(".amendment_budget", amendment_id=amendment_id)
        with refusals_shown_on(form), transaction():
            service.add_line(
                amendment, fiscal_year=form.fiscal_year.data, object_code=form.object_code.data,
                purpose=form.purpose.data, amount_cents=form.amount.data, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The change of the budget is saved.")
            return redirect(address)
    return _budget_page(amendment_id, form)


@bp.route("/amendments/<int:amendment_id>/budget/<int:line_id>/remove", methods=["POST"])
@requires(Permission.CONTRACT_MANAGE)
def remove_amendment_line(amendment_id: int, line_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".amendment_budget", amendment_id=amendment_id)
        with refusals_shown_on(form), transaction():
            line = contract_budgets.line(amendment.contract, line_id, amendment)
            service.remove_line(amendment, line, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The amount is taken out.")
            return redirect(address)
    return _budget_page(amendment_id, form)


@bp.route("/amendments/<int:amendment_id>/rates", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def amendment_rates(amendment_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    form = RateForm()
    if form.validate_on_submit():
        address = url_for(".amendment_rates", amendment_id=amendment_id)
        with refusals_shown_on(form), transaction():
            service.add_rate(
                amendment, service=form.service.data, unit=form.unit.data, rate_cents=form.rate.data, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The rate is in the amendment.")
            return redirect(address)
    return _rates_page(amendment_id, form)


@bp.route("/amendments/<int:amendment_id>/rates/<int:rate_id>/remove", methods=["POST"])
@requires(Permission.CONTRACT_MANAGE)
def remove_amendment_rate(amendment_id: int, rate_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".amendment_rates", amendment_id=amendment_id)
        with refusals_shown_on(form), transaction():
            rate = contract_budgets.rate(amendment.contract, rate_id, amendment)
            service.remove_rate(amendment, rate, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The rate is taken out.")
            return redirect(address)
    return _rates_page(amendment_id, form)


@bp.route("/amendments/<int:amendment_id>/steps/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def record_amendment_step(amendment_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    stage = contracts.stage_of_amendment(amendment, clock.today())
    address = url_for(".show_amendment", amendment_id=amendment_id)
    if stage in _SETTLED and request.method == "GET":
        return redirect(address)
    form = StepForm(happened_on=clock.today())
    form.offer(next_steps(stage))
    if form.validate_on_submit():
        kind = StepKind(form.kind.data)
        with refusals_shown_on(form), transaction():
            service.record_step(amendment, kind, **form.particulars(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"On file: {STEP_LABELS[kind].lower()}.")
            return redirect(address)
    return (
        render_template(
            "contracts/step.html", contract=amendment.contract, amendment=amendment, stage=stage, form=form, words=WORDS
        ),
        form.http_status,
    )


def _changeable(amendment: ContractAmendment) -> bool:
    return contracts.stage_of_amendment(amendment, clock.today()) in CHANGEABLE


def _budget_page(amendment_id: int, form: CertHubForm) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    shown = form if isinstance(form, LineForm) else LineForm(formdata=None)
    shown.form_errors.extend(form.form_errors if shown is not form else [])
    return (
        render_template(
            "contracts/budget.html", contract=amendment.contract, amendment=amendment, form=shown, words=WORDS,
            lines=contract_budgets.lines(amendment.contract, amendment), changeable=_changeable(amendment),
            button=CertHubForm(formdata=None),
        ),
        form.http_status,
    )  # fmt: skip


def _rates_page(amendment_id: int, form: CertHubForm) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    shown = form if isinstance(form, RateForm) else RateForm(formdata=None)
    shown.form_errors.extend(form.form_errors if shown is not form else [])
    return (
        render_template(
            "contracts/rates.html", contract=amendment.contract, amendment=amendment, form=shown, words=WORDS,
            rates=contract_budgets.rates(amendment.contract, amendment), changeable=_changeable(amendment),
            button=CertHubForm(formdata=None),
        ),
        form.http_status,
    )  # fmt: skip
