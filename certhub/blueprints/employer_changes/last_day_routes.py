"""Another last day of work: proposed by the former employer, settled by the person or DPH."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.employer_changes import bp
from certhub.blueprints.employer_changes.forms import LastDayForm, SettleForm
from certhub.database import transaction
from certhub.queries import employer_changes
from certhub.rules.permissions import Permission
from certhub.rules.terms import written
from certhub.services import last_days
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import options, refusals_shown_on

_PROPOSED = "proposed"
_ON_FILE = "on-file"


@bp.route("/employer-changes/<int:change_id>/last-day", methods=["GET", "POST"])
@requires(Permission.LAST_DAY_PROPOSE)
def propose_last_day(change_id: int) -> ResponseReturnValue:
    row, effect = employer_changes.leaving_one(viewer(), change_id)
    form = LastDayForm()
    if form.validate_on_submit():
        address = url_for(".index")
        with refusals_shown_on(form), transaction():
            last_days.propose(
                effect, last_day=form.ends_on.data, reason=form.reason.data or "",
                base_url=settings().base_url, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The person and DPH are asked which day is right.")
            return redirect(address)
    return render_template("employer_changes/propose_last_day.html", row=row, form=form), form.http_status


@bp.route("/employer-changes/<int:change_id>/last-day/settle", methods=["GET", "POST"])
@requires(Permission.LAST_DAY_SETTLE)
def settle_last_day(change_id: int) -> ResponseReturnValue:
    proposal = employer_changes.open_proposal(viewer(), change_id)
    on_file = employer_changes.last_day_on_file(proposal)
    form = SettleForm()
    form.last_day.choices = options(
        [(_PROPOSED, f"{written(proposal.last_on)}, as proposed"), (_ON_FILE, f"{written(on_file)}, as on file")]
    )
    if form.validate_on_submit():
        address = url_for(".show", change_id=change_id)
        with refusals_shown_on(form), transaction():
            last_days.settle(
                proposal, accept=form.last_day.data == _PROPOSED,
                base_url=settings().base_url, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The last day of work is settled, and the employer is told.")
            return redirect(address)
    return render_template(
        "employer_changes/settle_last_day.html", proposal=proposal, change_id=change_id, form=form
    ), form.http_status
