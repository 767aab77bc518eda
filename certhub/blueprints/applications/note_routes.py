"""The thread of a requirement: what the applicant and DPH write to each other."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.applications import bp
from certhub.blueprints.applications.forms import NoteForm
from certhub.database import transaction
from certhub.queries import applications, evaluations, reviews
from certhub.queries.visibility import NotVisible
from certhub.rules.lifecycle import is_open
from certhub.rules.permissions import Permission, works_for_dph
from certhub.services import review_desk
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on


@bp.route("/applications/<int:application_id>/requirements/<string:code>/notes/new", methods=["GET", "POST"])
@requires(Permission.APPLICATION_NOTE)
def write_note(application_id: int, code: str) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    requirement = evaluations.judge(application, as_of=clock.today()).requirement(code)
    if requirement is None:
        raise NotVisible(code)
    address = url_for(".show", application_id=application.id, _anchor=code)
    if not is_open(application.status) and request.method == "GET":
        return redirect(address)
    form = NoteForm()
    if not works_for_dph(viewer()):
        del form.internal
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            review_desk.write_note(
                application, requirement, form.text.data, internal="internal" in form and form.internal.data,
                base_url=settings().base_url, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("Your note is in the thread.")
            return redirect(address)
    threads = reviews.threads_of(viewer(), application, applications.reviews_of(application))
    return render_template(
        "applications/note.html",
        application=application,
        requirement=requirement,
        entries=threads.get(code, []),
        form=form,
    ), form.http_status
