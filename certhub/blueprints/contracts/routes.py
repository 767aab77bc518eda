"""The pages of a contract: the list, the record, its draft, its budget and its steps."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.contracts import bp
from certhub.blueprints.contracts.forms import ContractForm, DocumentIdForm, LineForm, RateForm, StepForm
from certhub.blueprints.contracts.words import WORDS, years_of
from certhub.database import transaction
from certhub.models.contracts import ContractAmendment
from certhub.models.parties import VendorOrganization
from certhub.queries import (
    contract_budgets,
    contract_oversight,
    contract_spending,
    contract_work,
    contracts,
    organizations,
)
from certhub.queries.contracts import STANDING_LABELS, Filters, Standing
from certhub.queries.visibility import NotVisible
from certhub.rules.contracts import CHANGEABLE, STEP_LABELS, StepKind, next_steps, option_deadline
from certhub.rules.permissions import Permission
from certhub.services import contracts as service
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on


@bp.route("")
@requires(Permission.CONTRACT_READ)
def index() -> ResponseReturnValue:
    asked = request.args.get("standing", "")
    standing = Standing(asked) if asked in set(Standing) else None
    vendor = request.args.get("vendor", "")[:200]
    page = contracts.page(viewer(), clock.today(), Filters(standing, vendor), cursor=request.args.get("cursor"))
    return render_template(
        "contracts/index.html", page=page, standing=standing, standings=STANDING_LABELS, vendor=vendor, words=WORDS
    )


@bp.route("/<int:contract_id>")
@requires(Permission.CONTRACT_READ, lists=True)
def show(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    today = clock.today()
    stage = contracts.stage(contract, today)
    left = contract.option_count - contracts.options_used(contract)
    amendments = contracts.amendments(viewer(), contract)
    ends_on = service.last_day_agreed(contract)
    working = contract_work.placements(contract, today)
    readings.listed(contract=contract.number, rows=len(working))
    return render_template(
        "contracts/show.html",
        contract=contract,
        stage=stage,
        words=WORDS,
        changeable=stage in CHANGEABLE,
        next_steps=next_steps(stage),
        periods=contracts.periods(contract),
        ends_on=ends_on,
        options_left=left,
        option_deadline=option_deadline(ends_on) if left else None,
        years=years_of(
            contract_budgets.maxima([contract.id]), contract_spending.drawn_by_contract([contract.id]), contract
        ),
        lines=contract_budgets.lines_in_force(contract) or contract_budgets.lines(contract),
        rates=contract_budgets.rates_in_force(contract) or contract_budgets.rates(contract),
        amendments=[(one, contracts.stage_of_amendment(one, today)) for one in amendments],
        steps=[step for step in contracts.steps_of(contract) if _may_see(step.amendment_id, amendments)],
        on_file=contract_oversight.on_file(contract),
        placements=working,
    )


def _may_see(amendment_id: int | None, amendments: list[ContractAmendment]) -> bool:
    return amendment_id is None or amendment_id in {one.id for one in amendments}


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def draft() -> ResponseReturnValue:
    form = ContractForm()
    if form.validate_on_submit():
        address = ""
        with refusals_shown_on(form), transaction():
            vendor = organizations.chosen(form.vendor_id.data)
            if not isinstance(vendor, VendorOrganization):
                raise NotVisible(form.vendor_id.data)
            contract = service.draft(vendor, form.typed(), actor=actor(), at=clock.now())
            address = url_for(".budget", contract_id=contract.id)
            submissions.remember(address)
        if not form.refused:
            flash("The draft is saved. Add the budget of each fiscal year.")
            return redirect(address)
    return render_template("contracts/form.html", form=form, contract=None), form.http_status


@bp.route("/<int:contract_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def edit(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    address = url_for(".show", contract_id=contract_id)
    if contracts.stage(contract, clock.today()) not in CHANGEABLE and request.method == "GET":
        return redirect(address)
    form = ContractForm(contract=contract)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.change(contract, form.typed(contract), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The draft is saved.")
            return redirect(address)
    return render_template("contracts/form.html", form=form, contract=contract), form.http_status


@bp.route("/<int:contract_id>/budget", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def budget(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = LineForm()
    if form.validate_on_submit():
        address = url_for(".budget", contract_id=contract_id)
        with refusals_shown_on(form), transaction():
            service.add_line(
                contract, fiscal_year=form.fiscal_year.data, object_code=form.object_code.data,
                purpose=form.purpose.data, amount_cents=form.amount.data, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The amount is in the budget.")
            return redirect(address)
    return _budget_page(contract_id, form)


@bp.route("/<int:contract_id>/budget/<int:line_id>/remove", methods=["POST"])
@requires(Permission.CONTRACT_MANAGE)
def remove_line(contract_id: int, line_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".budget", contract_id=contract_id)
        with refusals_shown_on(form), transaction():
            line = contract_budgets.line(contract, line_id)
            service.remove_line(contract, line, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The amount is taken out.")
            return redirect(address)
    return _budget_page(contract_id, form)


@bp.route("/<int:contract_id>/rates", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def rates(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = RateForm()
    if form.validate_on_submit():
        address = url_for(".rates", contract_id=contract_id)
        with refusals_shown_on(form), transaction():
            service.add_rate(
                contract, service=form.service.data, unit=form.unit.data, rate_cents=form.rate.data, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The rate is in the contract.")
            return redirect(address)
    return _rates_page(contract_id, form)


@bp.route("/<int:contract_id>/rates/<int:rate_id>/remove", methods=["POST"])
@requires(Permission.CONTRACT_MANAGE)
def remove_rate(contract_id: int, rate_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".rates", contract_id=contract_id)
        with refusals_shown_on(form), transaction():
            service.remove_rate(contract, contract_budgets.rate(contract, rate_id), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The rate is taken out.")
            return redirect(address)
    return _rates_page(contract_id, form)


@bp.route("/<int:contract_id>/document-numbers", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def document_numbers(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = DocumentIdForm()
    if form.validate_on_submit():
        address = url_for(".show", contract_id=contract_id)
        with refusals_shown_on(form), transaction():
            service.add_document_id(contract, form.document_number.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The document number is on file.")
            return redirect(address)
    return render_template("contracts/document_number.html", contract=contract, form=form), form.http_status


@bp.route("/<int:contract_id>/steps/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def record_step(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    stage = contracts.stage(contract, clock.today())
    form = StepForm(happened_on=clock.today())
    form.offer(next_steps(stage))
    if form.validate_on_submit():
        kind = StepKind(form.kind.data)
        address = url_for(".show", contract_id=contract_id)
        with refusals_shown_on(form), transaction():
            service.record_step(contract, kind, **form.particulars(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"On file: {STEP_LABELS[kind].lower()}.")
            return redirect(address)
    return (
        render_template("contracts/step.html", contract=contract, amendment=None, stage=stage, form=form, words=WORDS),
        form.http_status,
    )


def _budget_page(contract_id: int, form: CertHubForm) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    shown = form if isinstance(form, LineForm) else LineForm(formdata=None)
    shown.form_errors.extend(form.form_errors if shown is not form else [])
    lines = contract_budgets.lines(contract)
    return (
        render_template(
            "contracts/budget.html", contract=contract, amendment=None, form=shown, lines=lines, words=WORDS,
            changeable=contracts.stage(contract, clock.today()) in CHANGEABLE, button=CertHubForm(formdata=None),
        ),
        form.http_status,
    )  # fmt: skip


def _rates_page(contract_id: int, form: CertHubForm) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    shown = form if isinstance(form, RateForm) else RateForm(formdata=None)
    shown.form_errors.extend(form.form_errors if shown is not form else [])
    return (
        render_template(
            "contracts/rates.html", contract=contract, amendment=None, form=shown,
            rates=contract_budgets.rates(contract), words=WORDS,
            changeable=contracts.stage(contract, clock.today()) in CHANGEABLE,
            button=CertHubForm(formdata=None),
        ),
        form.http_status,
    )  # fmt: skip
