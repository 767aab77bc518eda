"""Papers between applications, as the reviewers look at them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.queue import bp
from certhub.blueprints.queue.forms import PaperForm
from certhub.database import transaction
from certhub.queries import files, submittals
from certhub.rules.permissions import Permission
from certhub.rules.submittals import STATE_LABELS, SubmittalState
from certhub.rules.vocabulary import Verdict
from certhub.services import submittals as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on


@bp.route("/papers")
@requires(Permission.APPLICATION_REVIEW, lists=True)
def papers() -> ResponseReturnValue:
    page = submittals.page(viewer(), cursor=request.args.get("cursor"))
    readings.listed(list="papers", rows=len(page.rows))
    return render_template("queue/papers.html", page=page)


@bp.route("/papers/<int:submittal_id>", methods=["GET", "POST"])
@requires(Permission.APPLICATION_REVIEW)
def look_at_paper(submittal_id: int) -> ResponseReturnValue:
    paper = submittals.one(viewer(), submittal_id)
    form = PaperForm()
    if form.validate_on_submit():
        address = url_for(".papers")
        with refusals_shown_on(form), transaction():
            service.look_at(
                paper.submittal,
                Verdict(form.verdict.data),
                reason=form.reason.data or "",
                shown=form.shown.number,
                base_url=settings().base_url,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("Your word is on record, and whoever handed it in gets an e-mail.")
            return redirect(address)
        paper = submittals.as_it_stands(paper.submittal)
    form.shown.data = str(paper.word.id) if paper.word else ""
    return render_template(
        "queue/paper.html",
        paper=paper,
        state_labels=STATE_LABELS,
        taken_back=paper.state is SubmittalState.TAKEN_BACK,
        readable=files.readable(viewer(), [paper.submittal.evidence.file_id]),
        form=form,
    ), form.http_status
