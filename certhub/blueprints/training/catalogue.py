"""The catalogue and its courses."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.training import bp
from certhub.blueprints.training.forms import CourseForm, programs_offered
from certhub.database import transaction
from certhub.models.courses import Course
from certhub.queries import course_sessions, courses
from certhub.queries.courses import CourseFilters
from certhub.rules.courses import DELIVERY_LABELS, TAGS, Delivery
from certhub.rules.enrolment import ENROLMENT_LABELS
from certhub.rules.languages import LANGUAGES
from certhub.rules.permissions import Permission, trains
from certhub.rules.training_categories import COMPETENCIES, NCCS_DOMAINS, TrainingCategory
from certhub.services import courses as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.listing import chosen
from certhub.web.particulars import numbered


@bp.app_context_processor
def _words() -> dict[str, object]:
    """The words for how courses are given and what places in sessions become."""
    return {
        "delivery_labels": DELIVERY_LABELS, "enrolment_labels": ENROLMENT_LABELS, "tag_labels": TAGS,
        "category_labels": {one: one.label for one in TrainingCategory},
    }  # fmt: skip


@bp.route("")
@requires(Permission.COURSE_READ)
def catalogue() -> ResponseReturnValue:
    tag, language = request.args.get("tag", ""), request.args.get("language", "")
    filters = CourseFilters(
        q=request.args.get("q", "").strip()[:200],
        category=chosen(TrainingCategory, "category"),
        delivery=chosen(Delivery, "delivery"),
        tag=tag if tag in TAGS else "",
        language=language if language in LANGUAGES else "",
        own="own" in request.args,
        past="past" in request.args,
    )
    return render_template(
        "training/catalogue.html",
        page=courses.page(viewer(), filters, cursor=request.args.get("cursor")),
        filters=filters,
        categories=TrainingCategory,
        deliveries=Delivery,
        competencies=COMPETENCIES,
        domains=NCCS_DOMAINS,
        languages=LANGUAGES,
        trains=trains(viewer()),
    )


@bp.route("/courses/<int:course_id>")
@requires(Permission.COURSE_READ)
def course(course_id: int) -> ResponseReturnValue:
    found = courses.one(course_id)
    return render_template(
        "training/course.html",
        course=found,
        sessions=course_sessions.of_course(found),
        runs=courses.is_managed(viewer(), found),
        approved=courses.is_approved(found.program_id, on=clock.today()),
        default_hours=courses.has_default_hours(found),
        now=clock.now(),
        today=clock.today(),
        languages=LANGUAGES,
    )


@bp.route("/courses/new", methods=["GET", "POST"])
@requires(Permission.COURSE_EDIT)
def add_course() -> ResponseReturnValue:
    form = _offering(CourseForm(offered_from=clock.today()), None)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            made = service.add(form.facts(_program_of(form)), actor=actor(), at=clock.now())
            address = url_for(".course", course_id=made.id)
            submissions.remember(address)
        if not form.refused:
            flash("The course is in the catalogue. Plan its first session.")
            return redirect(address)
    return render_template("training/edit_course.html", form=form, course=None), form.http_status


@bp.route("/courses/<int:own_course_id>/edit", methods=["GET", "POST"])
@requires(Permission.COURSE_EDIT)
def edit_course(own_course_id: int) -> ResponseReturnValue:
    found = courses.managed(viewer(), own_course_id)
    form = _offering(CourseForm(course=found), found)
    if form.validate_on_submit():
        address = url_for(".course", course_id=found.id)
        with refusals_shown_on(form), transaction():
            service.change(found, form.facts(found.program_id), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The course is changed. Hours that were earned before stay as they were.")
            return redirect(address)
    return (
        render_template("training/edit_course.html", form=form, course=courses.managed(viewer(), own_course_id)),
        form.http_status,
    )


def _offering(form: CourseForm, course: Course | None) -> CourseForm:
    """The form with its lists; a program adds courses in its own name, and a course stays with whoever gives it."""
    form.prerequisites.choices = numbered(courses.choices(but=course))[1:]
    if course is not None or trains(viewer()):
        del form.program_id
    else:
        programs_offered(form, courses.program_choices(viewer()))
    return form


def _program_of(form: CourseForm) -> int | None:
    if trains(viewer()):
        return viewer().party_id
    chosen_program: int | None = form.program_id.data
    return chosen_program
