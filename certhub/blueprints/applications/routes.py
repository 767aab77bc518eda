"""The applicant's pages."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.applications import bp
from certhub.blueprints.applications.forms import (
    CloseForm,
    SubmitForm,
    document_with,
    evidence_form,
    given_with,
    sections,
)
from certhub.database import transaction
from certhub.queries import (
    applications,
    drifts,
    evaluations,
    family_feedback,
    files,
    independence,
    notices,
    parties,
    references,
    reviews,
    self_assessments,
    signatures,
    signed_texts,
)
from certhub.queries.sites import open_sites
from certhub.queries.visibility import kinds_seen
from certhub.rules.evidence_forms import (
    done_by_department,
    is_computed,
    may_be_searched_again,
    text_to_sign,
)
from certhub.rules.lifecycle import ENTERED_BY_DEPARTMENT, MOVES, WITH_APPLICANT, is_open
from certhub.rules.permissions import Permission, works_for_dph
from certhub.rules.references import STATE_LABELS
from certhub.rules.refusal import Refusal
from certhub.rules.service_goals import StageEntry, goal_for
from certhub.rules.terms import closes_on
from certhub.rules.vocabulary import ApplicationStatus, SubjectType
from certhub.services import applications as service
from certhub.services import evidence as evidence_service
from certhub.services import handovers
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.listing import chosen


@bp.route("/applications")
@requires(Permission.APPLICATION_READ)
def index() -> ResponseReturnValue:
    status = chosen(ApplicationStatus, "status")
    subjects = kinds_seen(viewer())
    subject = chosen(SubjectType, "subject", subjects)
    page = applications.page(viewer(), status=status, subject=subject, cursor=request.args.get("cursor"))
    return render_template(
        "applications/index.html",
        page=page,
        status=status,
        subject=subject,
        statuses=ApplicationStatus,
        subjects=subjects,
    )


@bp.route("/parties/<int:party_id>/applications/new", methods=["GET", "POST"])
@requires(Permission.APPLICATION_OPEN)
def open_(party_id: int) -> ResponseReturnValue:
    party = parties.one(viewer(), party_id)
    existing = applications.open_for(viewer(), party.id)
    if existing is not None:
        return redirect(url_for(".show", application_id=existing.id))
    form = CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            application = service.open_(party, base_url=settings().base_url, actor=actor(), at=clock.now())
            address = url_for(".show", application_id=application.id)
            submissions.remember(address)
        if not form.refused:
            flash("The application is open. Go through the list below; you can stop and come back at any time.")
            return redirect(address)
    kind, takes_over = None, any(applications.left_behind(on=clock.today(), party_id=party.id))
    if not takes_over and not form.refused:
        with refusals_shown_on(form):
            if applications.open_elsewhere(viewer(), party.id):
                raise Refusal(handovers.why_not_open(actor(), party))
            kind = service.kind_for(party, on=clock.today())
    return render_template(
        "applications/open.html",
        party=party,
        kind=kind,
        ahead=evaluations.outlook_of(party, as_of=clock.today()) if kind else None,
        takes_over=takes_over,
        existing=applications.open_for(viewer(), party.id),
        form=form,
    ), form.http_status


@bp.route("/applications/<int:application_id>")
@requires(Permission.APPLICATION_READ)
def show(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    judgement = evaluations.judge(application, as_of=clock.today()) if is_open(application.status) else None
    report = judgement.report if judgement else evaluations.as_closed(application) or evaluations.unjudged(application)
    evidence = applications.evidence_of(application)
    breaches = independence.breaches_of(application.party, clock.today()) if judgement else []
    since = application.with_applicant_from
    stages = reviews.stages_of(application)
    decided = applications.decision_of(application)
    return render_template(
        "applications/show.html",
        application=application,
        report=report,
        term=judgement.term if judgement else None,
        occasion=judgement.occasion if judgement else None,
        closes_on=closes_on(report.standard.terms, since) if since else None,
        evidence=evidence,
        offered_assessments=self_assessments.offered(application, judgement, evidence),
        offered_feedback=family_feedback.offered(application, judgement, evidence),
        readable=files.readable(viewer(), [item.file_id for item in evidence]),
        signed=signatures.readable(viewer(), [item.id for item in evidence]),
        seen=parties.seen_of(viewer(), {application.party_id, *(breach.coordinator_id for breach in breaches)}),
        handler=applications.handler(application, on=clock.today()),
        closing=stages[-1] if application.status is ApplicationStatus.WITHDRAWN and stages[-1].reason else None,
        breaches=breaches[: independence.MOST_TOLD],
        threads=reviews.threads_of(viewer(), application, applications.reviews_of(application)),
        returned=judgement.evaluation.returned if judgement else (),
        drifts=drifts.of_party(application.party_id) if judgement else [],
        references=references.of_application(application, at=clock.now()),
        reference_labels=STATE_LABELS,
        unseen=applications.unseen_items(application),
        decided=decided,
        notices=notices.of_application(application),
        standing=reviews.recommendation_of(application),
        stages=stages,
        goal=goal_for([StageEntry(stage.status, stage.entered_on) for stage in stages]),
        today=clock.today(),
        with_applicant=application.status in WITH_APPLICANT,
        can_withdraw=ApplicationStatus.WITHDRAWN in MOVES[application.status],
        is_computed=is_computed,
        text_to_sign=text_to_sign,
        done_by_department=done_by_department,
        may_be_searched_again=may_be_searched_again,
        dph_enters=application.status in ENTERED_BY_DEPARTMENT,
        entered_by_department=applications.entered_by_department(application),
        reviews_here=works_for_dph(viewer()),
    )


@bp.route("/applications/<int:application_id>/requirements/<string:code>/evidence/new", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def provide(application_id: int, code: str) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    requirement = evaluations.judge(application, as_of=clock.today()).requirement(code)
    if requirement is None or is_computed(requirement):
        abort(404)
    if request.method == "GET":
        evidence_service.require_open(application, requirement, actor())  # before anybody fills in a form for nothing
    sites = open_sites(application.party_id, clock.today())
    form = evidence_form(requirement, sites)
    if form.validate_on_submit():
        back = url_for(".show", application_id=application.id, _anchor=code)
        with refusals_shown_on(form), transaction():
            given = given_with(form, requirement, sites)
            handler = applications.handler(application, on=clock.today()) or application.party
            file = document_with(owner_id=handler.id, party_id=application.party_id)
            evidence_service.provide(application, requirement, given, file=file, actor=actor(), at=clock.now())
            submissions.remember(back)
        if not form.refused:
            flash(f"Saved for {requirement.code} {requirement.title}.")
            return redirect(back)
    to_sign = text_to_sign(requirement)
    return render_template(
        "applications/provide.html",
        party=application.party,
        back=url_for(".show", application_id=application.id, _anchor=requirement.code),
        requirement=requirement,
        form=form,
        sections=sections(requirement, form),
        text=signed_texts.signed_text(*to_sign) if to_sign else None,
        alone=None,
    ), form.http_status


@bp.route("/applications/<int:application_id>/evidence/<int:evidence_id>/take-back", methods=["POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def take_back(application_id: int, evidence_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    evidence = applications.evidence_given(application, evidence_id)
    address = url_for(".show", application_id=application.id, _anchor=evidence.requirement_code)
    with transaction():
        evidence_service.take_back(application, evidence, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash("Taken back. It stays in the history and no longer counts.")
    return redirect(address)


@bp.route("/applications/<int:application_id>/submit", methods=["GET", "POST"])
@requires(Permission.APPLICATION_SUBMIT)
def submit(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    if request.method == "GET" and not is_open(application.status):
        return redirect(url_for(".show", application_id=application.id))
    form = SubmitForm()
    if form.validate_on_submit():
        address = url_for(".show", application_id=application.id)
        with refusals_shown_on(form), transaction():
            service.submit(application, base_url=settings().base_url, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The application is with DPH. You will hear by e-mail.")
            return redirect(address)
    judgement = evaluations.judge(application, as_of=clock.today())
    return render_template(
        "applications/submit.html", application=application, judgement=judgement, form=form
    ), form.http_status


@bp.route("/applications/<int:application_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.APPLICATION_SUBMIT)
def withdraw(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".show", application_id=application.id)
        with refusals_shown_on(form), transaction():
            service.withdraw(application, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The application is withdrawn. What you entered stays on file.")
            return redirect(address)
    return render_template("applications/withdraw.html", application=application, form=form), form.http_status


@bp.route("/applications/<int:application_id>/close", methods=["GET", "POST"])
@requires(Permission.APPLICATION_DECIDE)
def close(application_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    form = CloseForm()
    if form.validate_on_submit():
        address = url_for(".show", application_id=application.id)
        with refusals_shown_on(form), transaction():
            service.close(application, form.reason.data, base_url=settings().base_url, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The application is closed and the applicant is told.")
            return redirect(address)
    return render_template("applications/close.html", application=application, form=form), form.http_status
