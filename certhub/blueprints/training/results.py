"""What became of a session: the sheet to sign, attendance, hours, corrections, and what participants thought of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.training import bp, sheet
from certhub.blueprints.training.forms import CheckInForm, EvaluationForm, WalkInForm
from certhub.blueprints.training.sheet import CorrectResultForm, SheetForm
from certhub.database import transaction
from certhub.models.course_sessions import CourseSession
from certhub.queries import completion_certificates, course_sessions, enrolments, session_evaluations
from certhub.queries.enrolments import EnrolmentRow
from certhub.rules.courses import Delivery
from certhub.rules.enrolment import HOLDING_A_SEAT, EnrolmentStatus
from certhub.rules.evaluation_form import SCALE
from certhub.rules.findings import counted
from certhub.rules.name_order import folded
from certhub.rules.permissions import Permission
from certhub.services import session_results as service
from certhub.services import walk_ins
from certhub.services.session_results import Marked
from certhub.web import submissions
from certhub.web.charts import bar_chart
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on
from certhub.web.printing import download_of


@bp.route("/sessions/<int:own_session_id>/sign-in-sheet")
@requires(Permission.SESSION_RUN, lists=True)
def sign_in_sheet(own_session_id: int) -> ResponseReturnValue:
    session = course_sessions.managed(viewer(), own_session_id)
    seated = _seated(session)
    readings.listed(course_session=session.id, rows=len(seated))
    return render_template("training/sign_in_sheet.html", session=session, course=session.course, places=seated)


@bp.route("/sessions/<int:own_session_id>/attendance", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN, lists=True)
def attendance(own_session_id: int) -> ResponseReturnValue:
    session = course_sessions.managed(viewer(), own_session_id)
    form = SheetForm(session, {one.id: one.name for one in _seated(session)})
    if form.validate_on_submit():
        address = url_for(".attendance", own_session_id=own_session_id)
        said = ""
        with refusals_shown_on(form), transaction():
            kept = service.mark(session, form.marked(), actor=actor(), at=clock.now())
            if kept:
                said = "The sheet is saved, and no hours are entered yet."
            elif "close" in request.form:
                earned = service.settle(session, actor=actor(), at=clock.now())
                said = f"The session is closed. People who earned hours: {earned}."
                address = url_for(".session", course_session_id=own_session_id)
            elif "finished" in request.form:
                entered = service.enter_finished(session, actor=actor(), at=clock.now())
                said = f"The sheet is saved. People whose hours are on file now: {entered}."
            submissions.remember(address)
        if not form.refused:
            flash(said or "The sheet is saved.")
            if kept:
                flash(
                    f"{counted(kept, 'entry', 'entries')} had changed since you opened the page, for example because "
                    "somebody checked in by the code. The newer ones stay. Look at the sheet.",
                    "warning",
                )
            return redirect(address)
    session = course_sessions.managed(viewer(), own_session_id)
    seated = _seated(session)
    readings.listed(course_session=session.id, rows=len(seated))
    marked = service.on_file(session, {one.id: one.score for one in seated})
    return (
        render_template(
            "training/attendance.html",
            form=form,
            session=session,
            course=session.course,
            places=seated,
            marked=marked,
            results={one.id: service.preview(session, marked[one.id]) for one in seated},
            **_sheet_words(session),
        ),
        form.http_status,
    )


@bp.route("/sessions/<int:own_session_id>/walk-ins", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def walk_in(own_session_id: int) -> ResponseReturnValue:
    session = course_sessions.managed(viewer(), own_session_id)
    form = WalkInForm()
    if form.validate_on_submit():
        address = url_for(".attendance", own_session_id=own_session_id)
        with refusals_shown_on(form), transaction():
            place = walk_ins.add(
                session, name=form.name.data, key=form.key.data, base_url=settings().base_url, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            name = place.coordinator.name
            submissions.remember(address)
        if not form.refused:
            flash(f"{name} has a seat now. Note on the sheet how long the person was there.")
            return redirect(address)
        if form.key.errors:
            with transaction():
                walk_ins.count_in_vain(session, at=clock.now())
    session = course_sessions.managed(viewer(), own_session_id)
    return (
        render_template("training/walk_in.html", form=form, session=session, course=session.course),
        form.http_status,
    )


@bp.route("/enrolments/<int:enrolment_id>/correct", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def correct_result(enrolment_id: int) -> ResponseReturnValue:
    place = enrolments.one(viewer(), enrolment_id)
    session = course_sessions.managed(viewer(), place.session_id)
    form = CorrectResultForm(session, {place.id: place.coordinator.name})
    if form.validate_on_submit():
        address = url_for(".session", course_session_id=session.id)
        with refusals_shown_on(form), transaction():
            marked = form.marked().get(enrolment_id) or Marked({})
            result = service.correct(place, marked, reason=form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"Corrected. {result.because}")
            return redirect(address)
    place = enrolments.one(viewer(), enrolment_id)
    session = course_sessions.managed(viewer(), place.session_id)
    return (
        render_template(
            "training/correct_result.html",
            form=form,
            place=place,
            session=session,
            course=session.course,
            marked=service.on_file(session, {place.id: place.score}),
            **_sheet_words(session),
        ),
        form.http_status,
    )


@bp.route("/enrolments/<int:enrolment_id>/check-in", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_REQUEST_OWN)
def check_in(enrolment_id: int) -> ResponseReturnValue:
    place = enrolments.one(viewer(), enrolment_id)
    form = CheckInForm()
    if form.validate_on_submit():
        address = url_for(".session", course_session_id=place.session_id)
        with refusals_shown_on(form), transaction():
            service.check_in(place, code=form.code.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("You are marked as there.")
            return redirect(address)
    return (
        render_template("training/check_in.html", form=form, place=enrolments.one(viewer(), enrolment_id)),
        form.http_status,
    )


@bp.route("/enrolments/<int:enrolment_id>/certificate")
@requires(Permission.ENROLMENT_READ)
def certificate(enrolment_id: int) -> ResponseReturnValue:
    found = completion_certificates.one(viewer(), enrolment_id)
    letter = completion_certificates.printed_words(found, base_url=settings().base_url)
    return download_of(letter, found.number, page=url_for(".session", course_session_id=found.enrolment.session_id))


@bp.route("/enrolments/<int:enrolment_id>/evaluation", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_REQUEST_OWN)
def evaluate(enrolment_id: int) -> ResponseReturnValue:
    place = enrolments.one(viewer(), enrolment_id)
    form = EvaluationForm()
    if form.validate_on_submit():
        address = url_for(".session", course_session_id=place.session_id)
        with refusals_shown_on(form), transaction():
            service.evaluate(
                place, answers=form.answers(), comment=form.comment.data or "", actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash("Thank you. Your answers are kept without your name.")
            return redirect(address)
    return (
        render_template("training/evaluate.html", form=form, place=enrolments.one(viewer(), enrolment_id)),
        form.http_status,
    )


@bp.route("/sessions/<int:own_session_id>/evaluations")
@requires(Permission.SESSION_RUN)
def evaluations(own_session_id: int) -> ResponseReturnValue:
    session = course_sessions.managed(viewer(), own_session_id)
    summary = session_evaluations.summary(session)
    return render_template(
        "training/evaluations.html", session=session, course=session.course, summary=summary, scale=SCALE,
        chart=bar_chart("Who agrees mostly or fully", [(one.in_short, one.agree) for one in summary.statements]),
    )  # fmt: skip


def _seated(session: CourseSession) -> list[EnrolmentRow]:
    """Who has a seat, in the order of names, as the sheet lists them."""
    rows = [one for one in enrolments.of_session(viewer(), session) if one.status in HOLDING_A_SEAT]
    return sorted(rows, key=lambda one: (folded(one.name), one.id))


def _sheet_words(session: CourseSession) -> dict[str, Any]:
    """What the fields of a sheet need: their names, and how long each meeting lasted."""
    return {
        "sheet": sheet,
        "lasted": {one.id: service.lasted(one, session) for one in session.meetings},
        "terms": course_sessions.terms_of(session),
        "own_pace": session.course.delivery is Delivery.SELF_PACED,
        "still_open": EnrolmentStatus.ENROLLED,
        "now": clock.now(),
    }
