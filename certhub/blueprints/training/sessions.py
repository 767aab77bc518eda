"""Sessions: the list, one of them, planned, changed, cancelled."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.training import bp
from certhub.blueprints.training.forms import ReasonForm, asks_for_rows, session_form
from certhub.database import transaction
from certhub.documents import calendar
from certhub.queries import course_sessions, courses, enrolments
from certhub.queries.session_calendar import events_of_session, given_up_before
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import HOLDING_A_SEAT, EnrolmentStatus, is_open
from certhub.rules.findings import listed
from certhub.rules.languages import LANGUAGES
from certhub.rules.permissions import Permission, is_coordinator, is_employer, trains
from certhub.services import course_sessions as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on


@bp.route("/sessions")
@requires(Permission.COURSE_READ)
def sessions() -> ResponseReturnValue:
    past, own = "past" in request.args, "own" in request.args
    return render_template(
        "training/sessions.html",
        page=course_sessions.page(viewer(), past=past, own=own, cursor=request.args.get("cursor")),
        past=past,
        own=own,
        trains=trains(viewer()),
        today=clock.today(),
        languages=LANGUAGES,
    )


@bp.route("/sessions/<int:course_session_id>")
@requires(Permission.COURSE_READ)
def session(course_session_id: int) -> ResponseReturnValue:
    found = course_sessions.one(course_session_id)
    mine = enrolments.own(viewer(), found)
    runs = courses.is_managed(viewer(), found.course)
    return render_template(
        "training/session.html",
        session=found,
        course=found.course,
        occupancy=course_sessions.occupancy(found),
        mine=mine,
        line=enrolments.place_in_line(mine) if mine and mine.status is EnrolmentStatus.WAITLISTED else 0,
        runs=runs,
        open=is_open(course_sessions.state_of(found), at=clock.now()),
        approved=courses.is_approved(found.course.program_id, on=clock.today()),
        enrols_self=enrolments.may_enrol_self(viewer()),
        shows_link=runs or (mine is not None and mine.status in HOLDING_A_SEAT),
        person=is_coordinator(viewer()),
        own_pace=found.course.delivery is Delivery.SELF_PACED,
        now=clock.now(),
        languages=LANGUAGES,
    )


@bp.route("/sessions/<int:course_session_id>/calendar.ics")
@requires(Permission.COURSE_READ)
def ics(course_session_id: int) -> ResponseReturnValue:
    found = course_sessions.one(course_session_id)
    mine = enrolments.own(viewer(), found)
    joins = courses.is_managed(viewer(), found.course) or (mine is not None and mine.status in HOLDING_A_SEAT)
    given_up = given_up_before(mine) if mine is not None else 0
    events = events_of_session(found, joins=joins, base_url=settings().base_url, given_up=given_up)
    answer = Response(calendar.feed(events, title=found.course.title), mimetype=calendar.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="session-{found.id}.ics"'
    return answer


@bp.route("/sessions/<int:course_session_id>/participants")
@requires(Permission.ENROLMENT_READ, lists=True)
def participants(course_session_id: int) -> ResponseReturnValue:
    found = course_sessions.one(course_session_id)
    places = enrolments.of_session(viewer(), found)
    readings.listed(course_session=found.id, rows=len(places))
    runs = courses.is_managed(viewer(), found.course)
    return render_template(
        "training/participants.html",
        session=found,
        course=found.course,
        places=places,
        line={one.id: place for place, one in enumerate(enrolments.waiting(found.id), 1)},
        occupancy=course_sessions.occupancy(found),
        runs=runs,
        employs=is_employer(viewer()),
        statuses=EnrolmentStatus,
        has_begun=found.places_until <= clock.now(),
        languages=LANGUAGES,
    )


@bp.route("/courses/<int:own_course_id>/sessions/new", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def schedule(own_course_id: int) -> ResponseReturnValue:
    course = courses.managed(viewer(), own_course_id)
    form = session_form(course)
    if not asks_for_rows() and form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            made = service.schedule(course, form.facts(), actor=actor(), at=clock.now())
            address = url_for(".session", course_session_id=made.id)
            submissions.remember(address)
        if not form.refused:
            flash("The session is planned. People can enrol now.")
            return redirect(address)
    return (
        render_template(
            "training/edit_session.html", form=form, course=courses.managed(viewer(), own_course_id), session=None,
        ),
        form.http_status,
    )  # fmt: skip


@bp.route("/sessions/<int:own_session_id>/edit", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def change_session(own_session_id: int) -> ResponseReturnValue:
    found = course_sessions.managed(viewer(), own_session_id)
    form = session_form(found.course, session=found)
    if not asks_for_rows() and form.validate_on_submit():
        address = url_for(".session", course_session_id=found.id)
        with refusals_shown_on(form), transaction():
            changed = service.change(found, form.facts(), base_url=settings().base_url, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            moved_up = f" {changed.moved_up} moved up from the waiting list." if changed.moved_up else ""
            told = (
                f" Everybody who has a place was told of the new {listed(changed.told_of)}." if changed.told_of else ""
            )
            flash(f"The session is changed.{told}{moved_up}")
            return redirect(address)
    found = course_sessions.managed(viewer(), own_session_id)
    return (
        render_template(
            "training/edit_session.html", form=form, course=found.course, session=found,
        ),
        form.http_status,
    )  # fmt: skip


@bp.route("/sessions/<int:own_session_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def cancel_session(own_session_id: int) -> ResponseReturnValue:
    found = course_sessions.managed(viewer(), own_session_id)
    form = ReasonForm()
    if form.validate_on_submit():
        address = url_for(".session", course_session_id=found.id)
        told = 0
        with refusals_shown_on(form), transaction():
            told = service.cancel(
                found, reason=form.reason.data, base_url=settings().base_url, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash(f"The session is cancelled. People who were told: {told}.")
            return redirect(address)
    found = course_sessions.managed(viewer(), own_session_id)
    return (
        render_template(
            "training/cancel_session.html", form=form, session=found, course=found.course,
            people=course_sessions.people_to_tell(found),
        ),
        form.http_status,
    )  # fmt: skip
