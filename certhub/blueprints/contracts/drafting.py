"""The pages that a contract and its amendments share: the budget, the rates, and the steps with their signed pages."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.contracts import bp
from certhub.blueprints.contracts.forms import LineForm, RateForm, StepForm
from certhub.blueprints.contracts.words import WORDS
from certhub.database import transaction
from certhub.models.contracts import Contract, ContractAmendment
from certhub.queries import contract_budgets, contract_readiness, contracts
from certhub.rules.contracts import CHANGEABLE, ENDED, STEP_LABELS, ContractStage, StepKind, next_steps
from certhub.rules.permissions import Permission
from certhub.services import contract_money, contract_steps
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.uploads import given, keep_upload


@dataclass(frozen=True, slots=True)
class Paper:
    """What both sides sign: a contract, or one of its amendments."""

    contract: Contract
    amendment: ContractAmendment | None

    @property
    def of(self) -> dict[str, Any]:
        """What names it in an address."""
        return {"amendment_id": self.amendment.id} if self.amendment else {"contract_id": self.contract.id}

    @property
    def address(self) -> str:
        """Its own page."""
        return url_for(".show_amendment" if self.amendment else ".show", **self.of)

    @property
    def stage(self) -> ContractStage:
        """Where it stands today."""
        today = clock.today()
        if self.amendment is not None:
            return contracts.stage_of_amendment(self.amendment, today)
        return contracts.stage(self.contract, today)

    @property
    def next_steps(self) -> tuple[StepKind, ...]:
        """What can come next by the form for steps; a close-out has a page of its own."""
        stage = self.stage
        if self.amendment is not None:
            return () if self.amendment.executed_at is not None else next_steps(stage)
        ends_early = stage not in ENDED and contracts.life(self.contract).termination is not None
        return tuple(kind for kind in next_steps(stage, ends_early=ends_early) if kind is not StepKind.CLOSED_OUT)


def paper_of(contract_id: int | None, amendment_id: int | None) -> Paper:
    """The contract or the amendment that an address names, if the viewer may read it. Raises `NotVisible`."""
    if amendment_id is not None:
        amendment = contracts.amendment(viewer(), amendment_id)
        return Paper(amendment.contract, amendment)
    return Paper(contracts.one(viewer(), contract_id or 0), None)


@bp.route("/<int:contract_id>/budget", methods=["GET", "POST"])
@bp.route("/amendments/<int:amendment_id>/budget", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def budget(contract_id: int | None = None, amendment_id: int | None = None) -> ResponseReturnValue:
    paper = paper_of(contract_id, amendment_id)
    form = LineForm()
    if form.validate_on_submit():
        address = url_for(".budget", **paper.of)
        with refusals_shown_on(form), transaction():
            contract_money.add_line(
                paper.contract, amendment=paper.amendment, fiscal_year=form.fiscal_year.data,
                object_code=form.object_code.data, purpose=form.purpose.data, amount_cents=form.amount.data,
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The change of the budget is saved." if paper.amendment else "The amount is in the budget.")
            return redirect(address)
    return _budget_page(paper, form)


@bp.route("/<int:contract_id>/budget/<int:line_id>/remove", methods=["POST"])
@bp.route("/amendments/<int:amendment_id>/budget/<int:line_id>/remove", methods=["POST"])
@requires(Permission.CONTRACT_MANAGE)
def remove_line(line_id: int, contract_id: int | None = None, amendment_id: int | None = None) -> ResponseReturnValue:
    paper = paper_of(contract_id, amendment_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".budget", **paper.of)
        with refusals_shown_on(form), transaction():
            line = contract_budgets.line(paper.contract, line_id, paper.amendment)
            contract_money.remove_line(paper.contract, line, amendment=paper.amendment, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The amount is taken out.")
            return redirect(address)
    return _budget_page(paper, form)


@bp.route("/<int:contract_id>/rates", methods=["GET", "POST"])
@bp.route("/amendments/<int:amendment_id>/rates", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def rates(contract_id: int | None = None, amendment_id: int | None = None) -> ResponseReturnValue:
    paper = paper_of(contract_id, amendment_id)
    form = RateForm()
    if form.validate_on_submit():
        address = url_for(".rates", **paper.of)
        with refusals_shown_on(form), transaction():
            contract_money.add_rate(
                paper.contract, amendment=paper.amendment, service=form.service.data, unit=form.unit.data,
                rate_cents=form.rate.data, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The rate is in the amendment." if paper.amendment else "The rate is in the contract.")
            return redirect(address)
    return _rates_page(paper, form)


@bp.route("/<int:contract_id>/rates/<int:rate_id>/remove", methods=["POST"])
@bp.route("/amendments/<int:amendment_id>/rates/<int:rate_id>/remove", methods=["POST"])
@requires(Permission.CONTRACT_MANAGE)
def remove_rate(rate_id: int, contract_id: int | None = None, amendment_id: int | None = None) -> ResponseReturnValue:
    paper = paper_of(contract_id, amendment_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".rates", **paper.of)
        with refusals_shown_on(form), transaction():
            rate = contract_budgets.rate(paper.contract, rate_id, paper.amendment)
            contract_money.remove_rate(paper.contract, rate, amendment=paper.amendment, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The rate is taken out.")
            return redirect(address)
    return _rates_page(paper, form)


@bp.route("/<int:contract_id>/steps/new", methods=["GET", "POST"])
@bp.route("/amendments/<int:amendment_id>/steps/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def record_step(contract_id: int | None = None, amendment_id: int | None = None) -> ResponseReturnValue:
    paper = paper_of(contract_id, amendment_id)
    if not paper.next_steps and request.method == "GET":
        return redirect(paper.address)
    form = StepForm(happened_on=clock.today())
    form.offer(paper.next_steps)
    if form.validate_on_submit():
        kind = StepKind(form.kind.data)
        with refusals_shown_on(form), transaction():
            vendor_id = paper.contract.vendor_id
            file = (
                keep_upload(form.file.data, owner_id=vendor_id, party_id=vendor_id, actor=actor(), at=clock.now())
                if given(form.file.data)
                else None
            )
            contract_steps.record(
                paper.contract, kind, amendment=paper.amendment, **form.particulars(), file=file, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(paper.address)
        if not form.refused:
            flash(f"On file: {STEP_LABELS[kind].lower()}.")
            return redirect(paper.address)
    return (
        render_template(
            "contracts/step.html", contract=paper.contract, amendment=paper.amendment, stage=paper.stage, form=form,
            words=WORDS, missing=contract_readiness.missing(paper.contract, clock.today(), paper.amendment),
            back=paper.address,
        ),
        form.http_status,
    )  # fmt: skip


def _budget_page(paper: Paper, form: CertHubForm) -> ResponseReturnValue:
    shown = form if isinstance(form, LineForm) else LineForm(formdata=None)
    return _page("budget", paper, form, shown, lines=contract_budgets.lines(paper.contract, paper.amendment))


def _rates_page(paper: Paper, form: CertHubForm) -> ResponseReturnValue:
    shown = form if isinstance(form, RateForm) else RateForm(formdata=None)
    return _page("rates", paper, form, shown, rates=contract_budgets.rates(paper.contract, paper.amendment))


def _page(name: str, paper: Paper, form: CertHubForm, shown: CertHubForm, **more: object) -> ResponseReturnValue:
    """The page with its form, and what was refused by the form that took something out."""
    shown.form_errors.extend(form.form_errors if shown is not form else [])
    return (
        render_template(
            f"contracts/{name}.html", contract=paper.contract, amendment=paper.amendment, of=paper.of,
            back=paper.address, form=shown, words=WORDS, changeable=paper.stage in CHANGEABLE,
            button=CertHubForm(formdata=None), **more,
        ),
        form.http_status,
    )  # fmt: skip
