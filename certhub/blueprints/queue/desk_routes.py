"""What reviewers hand to one another: applications and recommendations."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.queue import bp
from certhub.blueprints.queue.forms import AssignForm, RecommendationForm
from certhub.database import transaction
from certhub.queries import applications, evaluations, reviews
from certhub.rules import overrides
from certhub.rules.permissions import ROLE_LABELS, Permission
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome
from certhub.services import recommendations, review_desk
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import options, refusals_shown_on


@bp.route("/applications/<int:application_id>/recommendation", methods=["GET", "POST"])
@requires(Permission.APPLICATION_REVIEW)
def recommend(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    address = url_for("applications.show", application_id=application.id)
    if application.status is not ApplicationStatus.UNDER_REVIEW and request.method == "GET":
        return redirect(address)
    form = RecommendationForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            recommendations.recommend(
                application, DecisionOutcome(form.outcome.data), form.reason.data or "",
                form.override_reason.data or "", actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("Your recommendation is recorded. Another person at DPH makes the decision.")
            return redirect(address)
    judgement = evaluations.judge(application, as_of=clock.today())
    aside = reviews.set_aside(application, judgement)
    return render_template(
        "queue/recommend.html",
        application=application,
        judgement=judgement,
        aside=aside,
        fixed=overrides.fixed(aside),
        form=form,
    ), form.http_status


@bp.route("/applications/<int:application_id>/reviewer", methods=["GET", "POST"])
@requires(Permission.APPLICATION_REVIEW)
def assign(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    people = {str(person.id): person for person in reviews.reviewers()}
    form = AssignForm()
    names = [(number, f"{person.name}, {ROLE_LABELS[person.role]}") for number, person in people.items()]
    form.reviewer.choices = options([("", "Choose…"), *names])
    if form.validate_on_submit():
        address = url_for("applications.show", application_id=application.id)
        reviewer = people[form.reviewer.data]
        with refusals_shown_on(form), transaction():
            review_desk.assign(application, reviewer, base_url=settings().base_url, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"{reviewer.name} reviews this application now.")
            return redirect(address)
    return render_template("queue/assign.html", application=application, form=form), form.http_status
