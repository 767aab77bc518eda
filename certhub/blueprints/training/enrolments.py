"""Enrolments: many people at once, oneself, given up, moved, and what somebody needs to take part."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.training import bp
from certhub.blueprints.training.forms import MoveForm, NeedsForm, PickForm, ReasonForm
from certhub.database import transaction
from certhub.models.parties import VendorOrganization
from certhub.queries import course_sessions, courses, enrolment_candidates, parties, training_hours
from certhub.queries import enrolments as places
from certhub.queries.paging import Page
from certhub.rules.enrolment import EnrolmentStatus, is_open
from certhub.rules.permissions import Permission, is_coordinator, is_employer
from certhub.rules.training_categories import TrainingCategory
from certhub.services import enrolments as service
from certhub.services.enrolments import Outcome
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, options, refusals_shown_on


@bp.route("/enrolments")
@requires(Permission.ENROLMENT_READ, lists=True)
def index() -> ResponseReturnValue:
    page = places.page(viewer(), cursor=request.args.get("cursor"))
    readings.listed(list="enrolments", rows=len(page.rows))
    vendor = parties.one_of(viewer(), VendorOrganization, viewer().party_id or 0) if is_employer(viewer()) else None
    return render_template(
        "training/enrolments.html", page=page, vendor=vendor, person=is_coordinator(viewer()), today=clock.today()
    )


@bp.route("/sessions/<int:course_session_id>/enrol", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_REQUEST, lists=True)
def enrol(course_session_id: int) -> ResponseReturnValue:
    session = course_sessions.one(course_session_id)
    form = PickForm()
    outcomes: list[Outcome] = []
    picked = {number for number in form.people.data or () if number}
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            outcomes = service.enrol(
                session,
                picked,
                vendor_id=viewer().party_id if is_employer(viewer()) else None,
                base_url=settings().base_url,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(url_for(".session", course_session_id=course_session_id))
    q = request.args.get("q", "").strip()[:200]
    needed, cursor = "need" in request.args, request.args.get("cursor")
    lack = training_hours.lack_asked(request.args.get("lacks", ""))
    if needed:
        page = Page(enrolment_candidates.who_need(viewer(), session), None, None)
    elif lack:
        page = enrolment_candidates.who_lack(viewer(), session, lack, q=q, cursor=cursor)
    else:
        page = enrolment_candidates.candidates(viewer(), session, q=q, cursor=cursor)
    readings.listed(course_session=session.id, rows=len(page.rows))
    return (
        render_template(
            "training/enrol.html",
            form=form,
            session=session,
            course=session.course,
            page=page,
            q=q,
            needed=needed,
            lack=lack,
            lacks=request.args.get("lacks", "") if lack else "",
            categories=TrainingCategory,
            looked_through=training_hours.LOOKED_THROUGH,
            outcomes=outcomes,
            left_out=len(picked) - len(outcomes) if form.is_submitted() and not form.refused else 0,
            occupancy=course_sessions.occupancy(session),
            statuses=EnrolmentStatus,
            open=is_open(course_sessions.state_of(session), at=clock.now()),
            employs=is_employer(viewer()),
        ),
        form.http_status,
    )


@bp.route("/sessions/<int:course_session_id>/enrol-myself", methods=["POST"])
@requires(Permission.ENROLMENT_REQUEST_OWN)
def enrol_myself(course_session_id: int) -> ResponseReturnValue:
    session = course_sessions.one(course_session_id)
    address = url_for(".session", course_session_id=course_session_id)
    form = CertHubForm()
    outcomes: list[Outcome] = []
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            outcomes = service.enrol_oneself(session, base_url=settings().base_url, actor=actor(), at=clock.now())
            submissions.remember(address)
    for one in outcomes:
        if one.status is EnrolmentStatus.ENROLLED:
            flash("You have a seat.")
        elif one.status is EnrolmentStatus.WAITLISTED:
            flash("All seats are taken. You are on the waiting list and get a seat automatically when one comes free.")
        else:
            flash(one.reason, "danger")
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)


@bp.route("/enrolments/<int:enrolment_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_CHANGE)
def withdraw(enrolment_id: int) -> ResponseReturnValue:
    place = places.one(viewer(), enrolment_id)
    form = ReasonForm()
    runs = courses.is_managed(viewer(), place.session.course)
    if form.validate_on_submit():
        address = url_for(".session", course_session_id=place.session_id)
        with refusals_shown_on(form), transaction():
            service.withdraw(
                place, reason=form.reason.data, may_be_late=runs, base_url=settings().base_url, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The place was given up. If somebody waits, they have the seat now.")
            return redirect(address)
    return (
        render_template("training/withdraw.html", form=form, place=places.one(viewer(), enrolment_id)),
        form.http_status,
    )


@bp.route("/enrolments/<int:enrolment_id>/move", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_CHANGE)
def move(enrolment_id: int) -> ResponseReturnValue:
    place = places.one(viewer(), enrolment_id)
    others = course_sessions.others_of(place.session)
    runs = courses.is_managed(viewer(), place.session.course)
    form = MoveForm()
    form.session_id.choices = options(
        (
            str(one.id),
            f"{one.in_words} "
            f"({f'{one.free} of {one.seats} seats free' if one.free > 0 else f'full, {one.waiting} waiting'})",
        )
        for one in others
    )
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            new = service.move(
                place, course_sessions.one(form.session_id.data), may_be_late=runs, base_url=settings().base_url,
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            seated = new.status is EnrolmentStatus.ENROLLED
            address = url_for(".session", course_session_id=new.session_id)
            submissions.remember(address)
        if not form.refused:
            flash("Moved: there is a seat." if seated else "Moved: the other session is full, so on its waiting list.")
            return redirect(address)
    return (
        render_template("training/move.html", form=form, place=places.one(viewer(), enrolment_id), others=others),
        form.http_status,
    )


@bp.route("/enrolments/<int:enrolment_id>/needs", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_CHANGE)
def needs(enrolment_id: int) -> ResponseReturnValue:
    place = places.with_needs(viewer(), enrolment_id)
    form = NeedsForm(interpreter=place.interpreter, accommodation=place.accommodation)
    if form.validate_on_submit():
        address = url_for(".session", course_session_id=place.session_id)
        with refusals_shown_on(form), transaction():
            service.ask_for(
                place, interpreter=form.interpreter.data or "", accommodation=form.accommodation.data or "",
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The trainers can read what is needed.")
            return redirect(address)
    return (
        render_template("training/needs.html", form=form, place=places.with_needs(viewer(), enrolment_id)),
        form.http_status,
    )


@bp.route("/self-enrolment", methods=["POST"])
@requires(Permission.ENROLMENT_REQUEST)
def allow_self_enrolment() -> ResponseReturnValue:
    vendor = parties.one_of(viewer(), VendorOrganization, viewer().party_id or 0)
    address = url_for(".index")
    if CertHubForm().validate_on_submit():
        with transaction():
            service.allow_self_enrolment(
                vendor, allowed=request.form.get("allowed") == "yes", actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        words = "may enrol themselves now." if vendor.self_enrolment else "ask you to enrol them now."
        flash(f"Your coordinators {words}")
    return redirect(address)
