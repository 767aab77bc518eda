"""The pages of an amendment: its record and its draft."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.contracts import bp
from certhub.blueprints.contracts.drafting import paper_of
from certhub.blueprints.contracts.forms import AmendmentForm
from certhub.blueprints.contracts.words import WORDS
from certhub.database import transaction
from certhub.queries import contract_budgets, contract_readiness, contracts, files
from certhub.rules.contract_amendments import changes_of
from certhub.rules.contracts import BEFORE_EXECUTION, CHANGEABLE
from certhub.rules.permissions import Permission
from certhub.services import contract_amendments as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on


@bp.route("/amendments/<int:amendment_id>")
@requires(Permission.CONTRACT_READ)
def show_amendment(amendment_id: int) -> ResponseReturnValue:
    amendment = contracts.amendment(viewer(), amendment_id)
    paper = paper_of(None, amendment_id)
    stage = paper.stage
    steps = [step for step in contracts.steps_of(amendment.contract) if step.amendment_id == amendment.id]
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
        next_steps=paper.next_steps,
        is_draft=stage in BEFORE_EXECUTION,
        missing=contract_readiness.missing(amendment.contract, clock.today(), amendment),
        steps=steps,
        readable=files.readable(viewer(), [step.file_id for step in steps]),
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
            ends_on=contracts.last_day_agreed(contract),
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
