"""The pages on which DPH notes what it checked of a vendor under contract, and follows corrective action."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.contracts import bp
from certhub.blueprints.contracts.words import WORDS
from certhub.database import transaction
from certhub.models.contracts import Contract
from certhub.queries import contract_oversight, contracts
from certhub.rules.contract_oversight import (
    DEPTH_LABELS,
    INSURANCE_LABELS,
    QUALIFICATION_LABELS,
    RESULT_LABELS,
    InsuranceKind,
    QualificationStatus,
    VisitDepth,
    VisitResult,
)
from certhub.rules.permissions import Permission
from certhub.rules.terms import written
from certhub.services import contract_oversight as service
from certhub.services.contract_oversight import PolicyText
from certhub.web import submissions
from certhub.web.dollars import Dollars
from certhub.web.forms import CertHubForm, Day, Line, Text, options, refusals_shown_on

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class DebarmentForm(CertHubForm):
    """A look at a list of debarred contractors."""

    source = Line("List that you searched", [InputRequired("Name the list.")], longest=200)
    checked_on = Day("Searched on", [InputRequired("Enter the day.")])
    listed = BooleanField("The vendor is on the list")
    note = Line("What was found", [Optional()], longest=500, description="Needed if the vendor is on the list.")


class QualificationForm(CertHubForm):
    """The yearly decision of EOHHS."""

    fiscal_year = IntegerField(
        "Fiscal year",
        [InputRequired("Enter the fiscal year."), NumberRange(_FIRST_YEAR, _LAST_YEAR, "Type a year, such as 2027.")],
    )
    status = SelectField("Status", choices=options(QUALIFICATION_LABELS.items()))
    decided_on = Day("Date of the letter", [InputRequired("Enter the date of the letter.")])
    note = Line("Note", [Optional()], longest=500)


class ReportForm(CertHubForm):
    """A Uniform Financial Report that was filed."""

    year_ended_on = Day(
        "Last day of the vendor's fiscal year", [InputRequired("Enter the last day of the fiscal year.")]
    )
    filed_on = Day("Filed on", [InputRequired("Enter the day.")])


class ReportCorrectionForm(CertHubForm):
    """The right day of filing."""

    filed_on = Day("Filed on", [InputRequired("Enter the day.")])
    reason = Line("What was wrong", [InputRequired("Say what was wrong.")], longest=500)


class PolicyForm(CertHubForm):
    """An insurance of the vendor."""

    kind = SelectField("Kind", choices=options(INSURANCE_LABELS.items()))
    insurer = Line("Insurer", [InputRequired("Name the insurer.")], longest=200)
    policy_number = Line("Policy number", [InputRequired("Enter the policy number.")], longest=60)
    limit = Dollars("Limit for each occurrence", [InputRequired("Enter an amount.")])
    starts_on = Day("First day", [InputRequired("Enter the first day.")])
    ends_on = Day("Last day", [InputRequired("Enter the last day.")])

    def typed(self) -> PolicyText:
        """What was typed, as the service takes it."""
        return PolicyText(
            InsuranceKind(self.kind.data), self.insurer.data, self.policy_number.data, self.limit.data,
            self.starts_on.data, self.ends_on.data,
        )  # fmt: skip


class VisitForm(CertHubForm):
    """A site visit."""

    visited_on = Day("Visited on", [InputRequired("Enter the day.")])
    depth = RadioField("Depth", [InputRequired("Choose one.")], choices=options(DEPTH_LABELS.items()))
    visitors = Line("Who visited", [InputRequired("Name who visited.")], longest=300)
    result = RadioField("Result", [InputRequired("Choose one.")], choices=options(RESULT_LABELS.items()))
    findings = Text(
        "Findings", [Optional()], render_kw={"rows": 4}, description="No names of children or families, please."
    )


class PlanForm(CertHubForm):
    """A corrective action that is asked for."""

    finding = Text("What must be put right", [InputRequired("Say what must be put right.")], render_kw={"rows": 4})
    opened_on = Day("Asked for on", [InputRequired("Enter the day.")])


class ResponseForm(CertHubForm):
    """The vendor's plan."""

    response = Text("What you will do", [InputRequired("Say what you will do.")], render_kw={"rows": 5})


class MilestoneForm(CertHubForm):
    """A step of the plan."""

    title = Line("Milestone", [InputRequired("Name the milestone.")], longest=300)
    due_on = Day("Due on", [InputRequired("Enter the day.")])


class DoneForm(CertHubForm):
    """A milestone that was reached."""

    done_on = Day("Done on", [InputRequired("Enter the day.")])
    note = Line("How DPH saw it", [InputRequired("Say how DPH saw it.")], longest=500)


class CloseForm(CertHubForm):
    """The end of a plan."""

    closing_note = Text("How it was resolved", [InputRequired("Say how it was resolved.")], render_kw={"rows": 3})


@bp.route("/<int:contract_id>/debarment-checks/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def check_debarment(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = DebarmentForm(checked_on=clock.today())
    if form.validate_on_submit():
        address = _address(contract)
        with refusals_shown_on(form), transaction():
            service.check_debarment(
                contract, source=form.source.data, checked_on=form.checked_on.data, listed=form.listed.data,
                note=form.note.data or None, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The debarment check is on file.")
            return redirect(address)
    return _page("Debarment check", contract, form)


@bp.route("/<int:contract_id>/qualifications/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def record_qualification(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = QualificationForm()
    if form.validate_on_submit():
        address = _address(contract)
        with refusals_shown_on(form), transaction():
            service.record_qualification(
                contract, fiscal_year=form.fiscal_year.data, status=QualificationStatus(form.status.data),
                decided_on=form.decided_on.data, note=form.note.data or None, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The qualification is on file.")
            return redirect(address)
    return _page("Provider qualification", contract, form)


@bp.route("/<int:contract_id>/financial-reports/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def record_financial_report(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = ReportForm()
    if form.validate_on_submit():
        address = _address(contract)
        with refusals_shown_on(form), transaction():
            service.record_financial_report(
                contract, year_ended_on=form.year_ended_on.data, filed_on=form.filed_on.data, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The financial report is on file.")
            return redirect(address)
    return _page("Uniform Financial Report", contract, form)


@bp.route("/<int:contract_id>/financial-reports/<int:financial_report_id>/correct", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def correct_financial_report(contract_id: int, financial_report_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    report = contract_oversight.report(viewer(), contract, financial_report_id)
    form = ReportCorrectionForm(filed_on=report.filed_on)
    if form.validate_on_submit():
        address = _address(contract)
        with refusals_shown_on(form), transaction():
            service.correct_financial_report(
                contract, report, filed_on=form.filed_on.data, reason=form.reason.data, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash("The filing day is corrected. What was recorded before stays on file.")
            return redirect(address)
    return _page(f"Correct the report of the year that ended {written(report.year_ended_on)}", contract, form)


@bp.route("/<int:contract_id>/insurance/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def record_policy(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = PolicyForm()
    if form.validate_on_submit():
        address = _address(contract)
        with refusals_shown_on(form), transaction():
            service.record_policy(contract, form.typed(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The insurance is on file.")
            return redirect(address)
    return _page("Insurance", contract, form)


@bp.route("/<int:contract_id>/insurance/<int:policy_id>/correct", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def correct_policy(contract_id: int, policy_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    policy = contract_oversight.policy(viewer(), contract, policy_id)
    form = PolicyForm(obj=policy, limit=policy.limit_cents)
    if form.validate_on_submit():
        address = _address(contract)
        with refusals_shown_on(form), transaction():
            service.correct_policy(contract, policy, form.typed(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The insurance is corrected. What was recorded before stays in the history.")
            return redirect(address)
    return _page("Correct an insurance", contract, form)


@bp.route("/<int:contract_id>/visits/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def record_visit(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = VisitForm()
    if form.validate_on_submit():
        address = _address(contract)
        with refusals_shown_on(form), transaction():
            service.record_visit(
                contract, visited_on=form.visited_on.data, depth=VisitDepth(form.depth.data),
                result=VisitResult(form.result.data), findings=form.findings.data or "", visitors=form.visitors.data,
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The visit is on file.")
            return redirect(address)
    return _page("Site visit", contract, form)


@bp.route("/<int:contract_id>/corrective-actions/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def open_plan(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    form = PlanForm(opened_on=clock.today())
    if form.validate_on_submit():
        address = ""
        with refusals_shown_on(form), transaction():
            plan = service.open_plan(
                contract, finding=form.finding.data, opened_on=form.opened_on.data, actor=actor(), at=clock.now()
            )
            address = url_for(".show_plan", plan_id=plan.id)
            submissions.remember(address)
        if not form.refused:
            flash("The vendor is asked for corrective action.")
            return redirect(address)
    return _page("Ask for corrective action", contract, form)


@bp.route("/corrective-actions/<int:plan_id>")
@requires(Permission.CONTRACT_READ)
def show_plan(plan_id: int) -> ResponseReturnValue:
    plan = contract_oversight.plan(viewer(), plan_id)
    return render_template("contracts/plan.html", plan=plan, contract=plan.contract, today=clock.today(), words=WORDS)


@bp.route("/corrective-actions/<int:plan_id>/answer", methods=["GET", "POST"])
@requires(Permission.CORRECTIVE_ACTION_ANSWER)
def answer_plan(plan_id: int) -> ResponseReturnValue:
    plan = contract_oversight.plan(viewer(), plan_id)
    form = ResponseForm()
    if form.validate_on_submit():
        address = url_for(".show_plan", plan_id=plan_id)
        with refusals_shown_on(form), transaction():
            service.answer_plan(plan, response=form.response.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("Your plan is with DPH.")
            return redirect(address)
    return _page("Add to our answer" if plan.answers else "Answer a corrective action", plan.contract, form)


@bp.route("/corrective-actions/<int:plan_id>/milestones/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def add_milestone(plan_id: int) -> ResponseReturnValue:
    plan = contract_oversight.plan(viewer(), plan_id)
    form = MilestoneForm()
    if form.validate_on_submit():
        address = url_for(".show_plan", plan_id=plan_id)
        with refusals_shown_on(form), transaction():
            service.add_milestone(plan, title=form.title.data, due_on=form.due_on.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The milestone is in the plan.")
            return redirect(address)
    return _page("Add a milestone", plan.contract, form)


@bp.route("/milestones/<int:milestone_id>/done", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def see_milestone_done(milestone_id: int) -> ResponseReturnValue:
    milestone = contract_oversight.milestone(viewer(), milestone_id)
    plan = contract_oversight.plan(viewer(), milestone.plan_id)
    form = DoneForm(done_on=clock.today())
    if form.validate_on_submit():
        address = url_for(".show_plan", plan_id=plan.id)
        with refusals_shown_on(form), transaction():
            service.see_milestone_done(
                plan, milestone, done_on=form.done_on.data, note=form.note.data, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash("The milestone is done.")
            return redirect(address)
    return _page(f"Milestone: {milestone.title}", plan.contract, form)


@bp.route("/corrective-actions/<int:plan_id>/close", methods=["GET", "POST"])
@requires(Permission.CONTRACT_MANAGE)
def close_plan(plan_id: int) -> ResponseReturnValue:
    plan = contract_oversight.plan(viewer(), plan_id)
    form = CloseForm()
    if form.validate_on_submit():
        address = url_for(".show_plan", plan_id=plan_id)
        with refusals_shown_on(form), transaction():
            service.close_plan(plan, closing_note=form.closing_note.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The corrective action is closed.")
            return redirect(address)
    return _page("Close a corrective action", plan.contract, form)


def _address(contract: Contract) -> str:
    return url_for(".show", contract_id=contract.id, _anchor="oversight-title")


def _page(heading: str, contract: Contract, form: CertHubForm) -> ResponseReturnValue:
    return render_template("contracts/note.html", heading=heading, contract=contract, form=form), form.http_status
