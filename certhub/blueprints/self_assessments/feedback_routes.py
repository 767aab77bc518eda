"""Rounds of family feedback: counts only."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.self_assessments import bp
from certhub.blueprints.self_assessments.forms import feedback_form
from certhub.database import transaction
from certhub.models.parties import Practice
from certhub.queries import applications, family_feedback, parties
from certhub.rules.permissions import Permission
from certhub.services import family_feedback as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on


@bp.route("/practices/<int:party_id>/family-feedback/new", methods=["GET", "POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def record_feedback(party_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    form = feedback_form()
    if form.validate_on_submit():
        address = url_for(".index", party_id=practice.id, _anchor="feedback-title")
        with refusals_shown_on(form), transaction():
            service.record(practice, form.round(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The round is on file. Hand it in from your application.")
            return redirect(address)
    return render_template(
        "self_assessments/feedback.html", practice=practice, corrected=None, form=form
    ), form.http_status


@bp.route("/family-feedback/<int:feedback_id>/correct", methods=["GET", "POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def correct_feedback(feedback_id: int) -> ResponseReturnValue:
    feedback = family_feedback.one(viewer(), feedback_id)
    practice = parties.one_of(viewer(), Practice, feedback.party_id)
    form = feedback_form(feedback)
    if form.validate_on_submit():
        address = url_for(".index", party_id=practice.id, _anchor="feedback-title")
        with refusals_shown_on(form), transaction():
            service.correct(feedback, form.round(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("Corrected. The earlier entry stays in the history.")
            return redirect(address)
    return render_template(
        "self_assessments/feedback.html", practice=practice, corrected=feedback, form=form
    ), form.http_status


@bp.route("/applications/<int:application_id>/family-feedback/<int:feedback_id>/hand-in", methods=["POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def hand_in_feedback(application_id: int, feedback_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    feedback = family_feedback.one(viewer(), feedback_id)
    with transaction():
        evidence = service.hand_in(feedback, application, actor=actor(), at=clock.now())
        address = url_for("applications.show", application_id=application.id, _anchor=evidence.requirement_code)
        submissions.remember(address)
    flash("The family feedback is handed in.")
    return redirect(address)
