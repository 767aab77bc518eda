"""The reviewers' pages."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.queue import bp
from certhub.blueprints.queue.forms import SEND_BACK, ApprovalForm, DecisionForm, ReviewItemForm
from certhub.database import transaction
from certhub.queries import (
    applications,
    credentials,
    evaluations,
    files,
    independence,
    notices,
    references,
    reviews,
    signatures,
    training,
)
from certhub.queries.visibility import NotVisible, kinds_seen
from certhub.rules import overrides
from certhub.rules.evidence_forms import done_by_department, may_be_searched_again
from certhub.rules.lifecycle import ENTERED_BY_DEPARTMENT, is_open
from certhub.rules.permissions import Permission
from certhub.rules.references import STATE_LABELS, asks_referees
from certhub.rules.requirement_kinds import counts_training
from certhub.rules.service_goals import is_with_department
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome, SubjectType, Verdict
from certhub.services import applications as service
from certhub.services import recommendations
from certhub.services import training as training_service
from certhub.web import submissions
from certhub.web.context import press, settings
from certhub.web.forms import options, refusals_shown_on
from certhub.web.listing import chosen

WAITING = (
    ApplicationStatus.SUBMITTED, ApplicationStatus.UNDER_REVIEW, ApplicationStatus.RECOMMENDED,
    ApplicationStatus.INCOMPLETE,
)  # fmt: skip


@bp.route("/work")
@requires(Permission.APPLICATION_REVIEW)
def index() -> ResponseReturnValue:
    status = chosen(ApplicationStatus, "status")
    status = status if status in WAITING else ApplicationStatus.SUBMITTED
    subjects = kinds_seen(viewer())
    subject = chosen(SubjectType, "subject", subjects)
    mine = request.args.get("mine") == "yes"
    overdue = request.args.get("overdue") == "yes" and is_with_department(status)
    page = applications.queue(
        viewer(), status=status, subject=subject, mine=mine, overdue_on=clock.today() if overdue else None,
        cursor=request.args.get("cursor"),
    )  # fmt: skip
    figures = applications.stage_figures(viewer(), on=clock.today())
    return render_template(
        "queue/index.html",
        page=page,
        status=status,
        subject=subject,
        subjects=subjects,
        mine=mine,
        statuses=WAITING,
        overdue=overdue,
        is_due=is_with_department(status),
        waiting=applications.waiting(viewer()),
        figures=figures,
        longest=max(one.waiting for one in figures) or 1,
        oldest_from=min((one.oldest_from for one in figures if one.oldest_from), default=None),
        today=clock.today(),
    )


@bp.route("/applications/<int:application_id>/take-up", methods=["POST"])
@requires(Permission.APPLICATION_REVIEW)
def take_up(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    address = url_for("applications.show", application_id=application.id)
    with transaction():
        service.take_up(application, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash("The application is yours to review.")
    return redirect(address)


@bp.route("/applications/<int:application_id>/requirements/<string:code>/review", methods=["GET", "POST"])
@requires(Permission.APPLICATION_REVIEW)
def review_item(application_id: int, code: str) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    judgement = evaluations.judge(application, as_of=clock.today())
    pair = next((pair for pair in judgement.pairs() if pair[0].code == code), None)
    if pair is None:
        raise NotVisible(code)
    requirement, finding = pair
    form = ReviewItemForm()
    if not requirement.waivable:
        form.verdict.choices = [choice for choice in form.verdict.choices if choice.value != Verdict.WAIVED.value]
    if form.validate_on_submit():
        address = url_for("applications.show", application_id=application.id, _anchor=requirement.code)
        with refusals_shown_on(form), transaction():
            service.review_item(
                application, requirement, Verdict(form.verdict.data), form.reason.data or "",
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            return redirect(address)
    evidence = [item for item in applications.evidence_of(application) if item.requirement_code == code]
    return render_template(
        "queue/review_item.html",
        application=application,
        requirement=requirement,
        finding=finding,
        evidence=evidence,
        readable=files.readable(viewer(), [item.file_id for item in evidence]),
        signed=signatures.readable(viewer(), [item.id for item in evidence]),
        training=training.of_coordinator(application.party_id) if counts_training(requirement) else None,
        references=references.of_application(application, at=clock.now()) if asks_referees(requirement) else (),
        reference_labels=STATE_LABELS,
        form=form,
    ), form.http_status


@bp.route(
    "/applications/<int:application_id>/requirements/<string:code>/training/<int:completion_id>",
    methods=["GET", "POST"],
)
@requires(Permission.APPLICATION_REVIEW)
def check_training(application_id: int, code: str, completion_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    requirement = evaluations.judge(application, as_of=clock.today()).requirement(code)
    if requirement is None or not counts_training(requirement):
        raise NotVisible(code)
    completion = training.one(viewer(), application.party_id, completion_id)
    form = ApprovalForm()
    if form.validate_on_submit():
        address = url_for(".review_item", application_id=application.id, code=code)
        with refusals_shown_on(form), transaction():
            training_service.rule_on_approval(
                completion, application, approved=form.approved.data == "yes", reason=form.reason.data or "",
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("Your finding on this training is recorded.")
            return redirect(address)
    return render_template(
        "queue/check_training.html", application=application, code=code, completion=completion, form=form
    ), form.http_status


@bp.route("/applications/<int:application_id>/return", methods=["POST"])
@requires(Permission.APPLICATION_REVIEW)
def return_for_correction(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    address = url_for("applications.show", application_id=application.id)
    with transaction():
        service.return_for_correction(application, base_url=settings().base_url, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash("The application is back with the applicant, who gets a list of what to correct.")
    return redirect(address)


@bp.route("/applications/<int:application_id>/decision", methods=["GET", "POST"])
@requires(Permission.APPLICATION_DECIDE)
def decide(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    address = url_for("applications.show", application_id=application.id)
    if not is_open(application.status) and request.method == "GET":
        return redirect(address)
    standing = reviews.recommendation_of(application)
    modified = notices.modification_of(application)
    form = DecisionForm(conditions=modified.note if modified else "")
    if standing is not None:
        may_decide = [] if standing.recommended_by_id == actor().id else form.outcome.choices
        form.outcome.choices = [*may_decide, *options([(SEND_BACK, "Take it back into review")])]
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            if form.outcome.data == SEND_BACK:
                recommendations.send_back(application, form.reason.data or "", actor=actor(), at=clock.now())
            elif form.outcome.data == DecisionOutcome.APPROVED.value:
                service.approve(
                    application, form.reason.data or "", conditions=form.conditions.data or "", press=press(),
                    actor=actor(), at=clock.now(),
                )  # fmt: skip
            else:
                service.deny(
                    application, form.reason.data or "", base_url=settings().base_url, actor=actor(), at=clock.now()
                )
            submissions.remember(address)
        if not form.refused:
            flash(
                "The application is under review again."
                if form.outcome.data == SEND_BACK
                else "The decision is recorded and the applicant is told."
            )
            return redirect(address)
    held = credentials.view(application.credential, on=clock.today()) if application.credential else None
    judgement = evaluations.judge(application, as_of=clock.today())
    aside = reviews.set_aside(application, judgement)
    return render_template(
        "queue/decide.html",
        application=application,
        judgement=judgement,
        standing=standing,
        own=standing is not None and standing.recommended_by_id == actor().id,
        aside=aside,
        fixed=overrides.fixed(aside),
        held=held,
        modified=modified,
        entered_here={
            requirement.code
            for requirement, _ in judgement.pairs()
            if application.status in ENTERED_BY_DEPARTMENT
            and (done_by_department(requirement) or may_be_searched_again(requirement))
        },
        breaches=independence.breaches_of(application.party, clock.today())[: independence.MOST_TOLD],
        form=form,
    ), form.http_status
