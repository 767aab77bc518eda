"""The pages of a contract: the list, the record, its draft, the work under it and its close-out."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.contracts import bp
from certhub.blueprints.contracts.drafting import paper_of
from certhub.blueprints.contracts.forms import ContractForm, DocumentIdForm, close_out_form
from certhub.blueprints.contracts.words import WORDS, years_of
from certhub.database import transaction
from certhub.models.contracts import ContractAmendment
from certhub.models.parties import VendorOrganization
from certhub.queries import (
    contract_budgets,
    contract_close_out,
    contract_oversight,
    contract_readiness,
    contract_spending,
    contract_work,
    contracts,
    files,
    organizations,
)
from certhub.queries.contracts import STANDING_LABELS, Filters, Standing
from certhub.queries.visibility import NotVisible
from certhub.rules.contracts import (
    BEFORE_EXECUTION,
    CHANGEABLE,
    ENDED,
    ContractStage,
    StepKind,
    next_steps,
    option_deadline,
    stage_on,
)
from certhub.rules.permissions import Permission
from certhub.services import contract_steps
from certhub.services import contracts as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on

WORK_SHOWN = 20
"""How many assignments the page of a contract shows before it leads to the list of all."""


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
    paper = paper_of(contract_id, None)
    contract, today = paper.contract, clock.today()
    life = contracts.life(contract)
    stage = stage_on(life, today)
    amendments = contracts.amendments(viewer(), contract)
    ends_on, agreed_to_on = contracts.last_day(contract, life), contracts.last_day_agreed(contract)
    left = 0 if stage in ENDED or life.termination else contract.option_count - contracts.options_used(contract)
    working = contract_work.placements(contract, today, lately=True, size=WORK_SHOWN)
    readings.listed(contract=contract.number, rows=len(working.rows))
    steps = [step for step in contracts.steps_of(contract) if _may_see(step.amendment_id, amendments)]
    return render_template(
        "contracts/show.html",
        contract=contract,
        stage=stage,
        words=WORDS,
        changeable=stage in CHANGEABLE,
        next_steps=paper.next_steps,
        may_close_out=StepKind.CLOSED_OUT in next_steps(stage),
        may_invoice=contract.executed_at is not None and stage is not ContractStage.CLOSED_OUT,
        may_amend=contract.executed_at is not None and stage not in ENDED,
        is_draft=stage in BEFORE_EXECUTION,
        missing=contract_readiness.missing(contract, today),
        periods=contracts.periods(contract),
        ends_on=ends_on,
        agreed_to_on=agreed_to_on,
        termination=life.termination,
        options_left=left,
        option_deadline=option_deadline(ends_on) if left else None,
        renewed_by=contracts.renewed_by(viewer(), contract),
        records=contract_close_out.records_kept(contract) if stage in ENDED else None,
        settled=contract_close_out.settled_with_reasons(contract),
        years=years_of(
            contract_budgets.maxima([contract.id]), contract_spending.drawn_by_contract([contract.id]), contract
        ),
        lines=contract_budgets.lines_in_force(contract) or contract_budgets.lines(contract),
        rates=contract_budgets.rates_by_day(contract),
        amendments=[(one, contracts.stage_of_amendment(one, today)) for one in amendments],
        steps=steps,
        readable=files.readable(viewer(), [step.file_id for step in steps]),
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
            service.change(contract, form.typed(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The draft is saved.")
            return redirect(address)
    return render_template("contracts/form.html", form=form, contract=contract), form.http_status


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


@bp.route("/<int:contract_id>/work")
@requires(Permission.CONTRACT_READ, lists=True)
def work(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    page = contract_work.placements(contract, clock.today(), cursor=request.args.get("cursor"))
    readings.listed(contract=contract.number, rows=len(page.rows))
    return render_template("contracts/work.html", contract=contract, page=page)


@bp.route("/<int:contract_id>/close-out", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def close_out(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    address = url_for(".show", contract_id=contract_id)
    stage = contracts.stage(contract, clock.today())
    if StepKind.CLOSED_OUT not in next_steps(stage) and request.method == "GET":
        return redirect(address)
    items = contract_close_out.open_items(contract)
    form = close_out_form(items)(happened_on=clock.today())
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            contract_steps.record(
                contract, StepKind.CLOSED_OUT, happened_on=form.happened_on.data, note=form.note.data or None,
                reasons={item.key: form[item.key].data or "" for item in items}, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The contract is closed out.")
            return redirect(address)
    return (
        render_template(
            "contracts/close_out.html", contract=contract, form=form, items=items,
            records=contract_close_out.records_kept(contract),
        ),
        form.http_status,
    )  # fmt: skip
