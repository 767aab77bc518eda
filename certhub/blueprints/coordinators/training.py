"""Training hours: entered for a coordinator, listed for a vendor, taken back with a reason."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.coordinators import bp
from certhub.blueprints.coordinators.forms import TrainingForm, WithdrawForm
from certhub.database import transaction
from certhub.models.parties import Coordinator
from certhub.queries import coordinators, organizations, training_corrections
from certhub.queries import training as completions
from certhub.rules.file_types import DOCX, JPEG, PDF, PNG, TIFF
from certhub.rules.permissions import Permission, is_employer
from certhub.services import training
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.uploads import given, keep_upload

_CERTIFICATES = frozenset({PDF, PNG, JPEG, TIFF, DOCX})


@bp.route("/training")
@requires(Permission.TRAINING_RECORD)
def latest_training() -> ResponseReturnValue:
    page = completions.latest(viewer(), cursor=request.args.get("cursor"))
    return render_template("coordinators/latest_training.html", page=page)


@bp.route("/<int:party_id>/training/new", methods=["GET", "POST"])
@requires(Permission.TRAINING_RECORD)
def record_training(party_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    form = TrainingForm()
    if form.validate_on_submit():
        address = url_for(".show", party_id=person.id, _anchor="training")
        with refusals_shown_on(form), transaction():
            _record(form, person)
            submissions.remember(address)
        if not form.refused:
            flash("The training is on file.")
            return redirect(address)
    return (
        render_template(
            "coordinators/training.html",
            person=coordinators.one(viewer(), party_id),
            form=form,
            programs=organizations.program_names(),
        ),
        form.http_status,
    )


@bp.route("/<int:party_id>/training/<int:completion_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.TRAINING_RECORD)
def withdraw_training(party_id: int, completion_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    completion = completions.one(viewer(), party_id, completion_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        address = url_for(".show", party_id=party_id, _anchor="training")
        with refusals_shown_on(form), transaction():
            training.withdraw_as_shown(
                completion, reason=form.reason.data, seen=form.seen.data or "", actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash("The hours are taken back. They stay in the history.")
            return redirect(address)
    on_file = completion.superseded_at is None and not completion.withdrawn
    plan = training_corrections.plan(actor(), completion, on=clock.today()) if on_file else None
    form.seen.data = plan.fingerprint if plan else ""
    return (
        render_template(
            "coordinators/withdraw_training.html", person=person, completion=completion, form=form, plan=plan
        ),
        form.http_status,
    )


def _record(form: TrainingForm, person: Coordinator) -> None:
    vendor_id = viewer().party_id if is_employer(viewer()) else None
    at = clock.now()
    file = None
    if given(form.file.data):
        file = keep_upload(
            form.file.data,
            owner_id=vendor_id or person.id,
            party_id=person.id,
            actor=actor(),
            at=at,
            allowed=_CERTIFICATES,
        )
    training.record(
        person,
        vendor_id=vendor_id,
        title=form.title.data,
        provider=form.provider.data,
        provider_approved=form.provider_approved.data,
        course_code=form.course_code.data or "",
        completed_on=form.completed_on.data,
        hours=form.hours(),
        score=form.score.data,
        file=file,
        actor=actor(),
        at=at,
    )
