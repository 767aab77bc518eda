"""The page of one line of a proposal, and the form that declines it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.proposals import bp
from certhub.blueprints.proposals.forms import DeclineForm
from certhub.database import transaction
from certhub.models.proposals import ProposalLine
from certhub.queries import proposals as queries
from certhub.rules.permissions import Permission, may_place
from certhub.rules.proposals import DECISION_LABELS, LineDecision
from certhub.rules.regions import REGION_LABELS
from certhub.services import proposals
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on


@bp.route("/proposals/lines/<int:proposal_line_id>")
@requires(Permission.PROPOSAL_READ)
def line(proposal_line_id: int) -> ResponseReturnValue:
    return _shown(queries.line(viewer(), proposal_line_id), CertHubForm())


@bp.route("/proposals/lines/<int:proposal_line_id>/accept", methods=["POST"])
@requires(Permission.PROPOSAL_MAKE)
def accept_line(proposal_line_id: int) -> ResponseReturnValue:
    found, form = queries.line(viewer(), proposal_line_id), CertHubForm()
    if form.validate_on_submit():
        address = url_for(".line", proposal_line_id=proposal_line_id)
        with transaction():
            accepted, _ = proposals.accept([found], actor=actor(), at=clock.now())
            submissions.remember(address)
        flash("The line is accepted: the assignment is on record.") if accepted else flash(
            "The line was not accepted. The page says why.", "warning"
        )
        return redirect(address)
    return _shown(found, form)


@bp.route("/proposals/lines/<int:proposal_line_id>/decline", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_MAKE)
def decline(proposal_line_id: int) -> ResponseReturnValue:
    found, form = queries.line(viewer(), proposal_line_id), DeclineForm()
    if form.validate_on_submit():
        address = url_for(".line", proposal_line_id=proposal_line_id)
        with refusals_shown_on(form), transaction():
            proposals.decline(found, reason=form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The line is declined. Plans keep the two apart until somebody lifts it.")
            return redirect(address)
        found = queries.line(viewer(), proposal_line_id)
    return render_template("proposals/decline.html", line=found, form=form), form.http_status


@bp.route("/proposals/declined")
@requires(Permission.PROPOSAL_READ, lists=True)
def declined() -> ResponseReturnValue:
    page = queries.declined(viewer(), cursor=request.args.get("cursor"))
    readings.listed(list="declined lines of proposals", rows=len(page.rows))
    return render_template("proposals/declined.html", page=page)


@bp.route("/proposals/lines/<int:proposal_line_id>/lift", methods=["POST"])
@requires(Permission.PROPOSAL_MAKE)
def lift(proposal_line_id: int) -> ResponseReturnValue:
    found, form = queries.line(viewer(), proposal_line_id), CertHubForm()
    if form.validate_on_submit():
        address = url_for(".line", proposal_line_id=proposal_line_id)
        with refusals_shown_on(form), transaction():
            proposals.lift(found, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The next plan can bring the two together again.")
            return redirect(address)
        found = queries.line(viewer(), proposal_line_id)
    return _shown(found, form)


def _shown(found: ProposalLine, form: CertHubForm) -> ResponseReturnValue:
    return render_template(
        "proposals/line.html",
        line=found,
        form=form,
        may_lift=may_place(viewer()) and found.decision is LineDecision.DECLINED and found.lifted_at is None,
        may_decide=queries.may_decide(viewer(), found.proposal, clock.today()),
        decision_labels=DECISION_LABELS,
        region_labels=REGION_LABELS,
    ), form.http_status
