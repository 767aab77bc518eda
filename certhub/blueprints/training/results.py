"""What became of a session: the sheet to sign, attendance, hours, corrections, and what participants thought of it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.training import bp
from certhub.blueprints.training.forms import (
    CheckInForm,
    CorrectResultForm,
    EvaluationForm,
    minutes_field,
    score_field,
    there_field,
)
from certhub.database import transaction
from certhub.models.course_sessions import CourseSession
from certhub.queries import completion_certificates, course_sessions, enrolments, session_evaluations
from certhub.queries.enrolments import EnrolmentRow
from certhub.rules.enrolment import HOLDING_A_SEAT
from certhub.rules.evaluation_form import SCALE
from certhub.rules.permissions import Permission
from certhub.rules.refusal import Refusal
from certhub.services import session_results as service
from certhub.services.session_results import Marked
from certhub.web import submissions
from certhub.web.charts import bar_chart
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, refusals_shown_on
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
    form = CertHubForm()
    typed: dict[int, Marked] = {}
    if form.validate_on_submit():
        address = url_for(".attendance", own_session_id=own_session_id)
        with refusals_shown_on(form), transaction():
            typed = _sheet(session)
            service.mark(session, typed, actor=actor(), at=clock.now())
            if "close" in request.form:
                earned = service.settle(session, actor=actor(), at=clock.now())
                address = url_for(".session", course_session_id=own_session_id)
            submissions.remember(address)
        if not form.refused:
            closed = "close" in request.form
            flash(f"The session is closed. People who earned hours: {earned}." if closed else "The sheet is saved.")
            return redirect(address)
    session = course_sessions.managed(viewer(), own_session_id)
    seated = _seated(session)
    readings.listed(course_session=session.id, rows=len(seated))
    marked = {**_on_file(session, seated), **typed}
    return (
        render_template(
            "training/attendance.html",
            form=form,
            session=session,
            course=session.course,
            places=seated,
            marked=marked,
            results={one.id: service.preview(session, marked[one.id]) for one in seated},
            lasted={one.id: service.lasted(one, session) for one in session.meetings},
            minutes_field=minutes_field,
            score_field=score_field,
            there_field=there_field,
            now=clock.now(),
        ),
        form.http_status,
    )


@bp.route("/enrolments/<int:enrolment_id>/correct", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def correct_result(enrolment_id: int) -> ResponseReturnValue:
    place = enrolments.one(viewer(), enrolment_id)
    session = course_sessions.managed(viewer(), place.session_id)
    form = CorrectResultForm()
    if form.validate_on_submit():
        address = url_for(".session", course_session_id=session.id)
        with refusals_shown_on(form), transaction():
            result = service.correct(
                place, _marked(session, place.id), reason=form.reason.data, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash(f"Corrected. {result.because}")
            return redirect(address)
    place = enrolments.one(viewer(), enrolment_id)
    session = course_sessions.managed(viewer(), place.session_id)
    marked = _known(session, [place.id], {place.id: place.score})[place.id]
    return (
        render_template(
            "training/correct_result.html", form=form, place=place, session=session, course=session.course,
            marked=marked, lasted={one.id: service.lasted(one, session) for one in session.meetings},
            minutes_field=minutes_field, score_field=score_field, there_field=there_field,
        ),
        form.http_status,
    )  # fmt: skip


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
    return sorted(rows, key=lambda one: (one.name.casefold(), one.id))


def _on_file(session: CourseSession, seated: list[EnrolmentRow]) -> dict[int, Marked]:
    return _known(session, [one.id for one in seated], {one.id: one.score for one in seated})


def _known(session: CourseSession, ids: list[int], scores: dict[int, int | None]) -> dict[int, Marked]:
    present = enrolments.attendance_of(ids)
    return {
        number: Marked(
            {one.id: present[number, one.id].minutes if (number, one.id) in present else 0 for one in session.meetings},
            scores[number],
        )
        for number in ids
    }


def _sheet(session: CourseSession) -> dict[int, Marked]:
    """What was typed of everybody who is on the page."""
    return {one.id: _marked(session, one.id) for one in _seated(session) if f"on_page_{one.id}" in request.form}


def _marked(session: CourseSession, enrolment_id: int) -> Marked:
    """What was typed of one participant: a box for the whole meeting, or the minutes of a part.

    Raises `Refusal` for what is no whole number.
    """
    minutes = {}
    for one in session.meetings:
        part = _number(minutes_field(enrolment_id, one.id))
        whole = there_field(enrolment_id, one.id) in request.form
        minutes[one.id] = part if part is not None else service.lasted(one, session) if whole else 0
    return Marked(minutes, _number(score_field(enrolment_id)))


def _number(field: str) -> int | None:
    typed = request.form.get(field, "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):  # noqa: PLR2004  (more than any course has minutes)
        raise Refusal(f'"{typed[:20]}" is no whole number. Type minutes or percent without letters.', field=field)
    return int(typed)
