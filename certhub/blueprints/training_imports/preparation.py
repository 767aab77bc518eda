"""Before an import: the file, what its columns hold, what its words stand for, and who its people are."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.training_imports import bp
from certhub.blueprints.training_imports.forms import (
    UploadForm,
    answers,
    columns_form,
    meanings,
    people_form,
    words_form,
)
from certhub.database import transaction
from certhub.models.parties import VendorOrganization
from certhub.models.training_imports import ImportWork, TrainingImport, TrainingImportStatus
from certhub.queries import parties
from certhub.queries import training_imports as imports
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.training_columns import Known, Proposal, layout_of, propose
from certhub.services import training_import_check, training_imports, training_mappings
from certhub.services.training_import_check import Glance
from certhub.web import submissions
from certhub.web.context import file_store
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.uploads import read_spreadsheet

BEGINS = "The check begins within a minute. You can leave the page; it goes on without you."


@bp.route("", methods=["GET", "POST"])
@requires(Permission.TRAINING_IMPORT)
def index() -> ResponseReturnValue:
    form = UploadForm()
    if form.validate_on_submit():
        with refusals_shown_on(form):
            return redirect(_uploaded(form))
    return (
        render_template(
            "training_imports/index.html",
            form=form,
            page=imports.page(viewer(), cursor=request.args.get("cursor")),
            of_dph=not is_employer(viewer()),
        ),
        form.http_status,
    )


@bp.route("/<int:upload_id>/columns", methods=["GET", "POST"])
@requires(Permission.TRAINING_IMPORT, lists=True)
def columns(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    glance = training_import_check.glance(file_store().get(found.sha256), found.media_type)
    proposal = _proposal(found, glance)
    form = columns_form(glance, proposal)
    if form.validate_on_submit():
        address = url_for(".show", upload_id=upload_id)
        layout = form.layout([one for one in glance.headings if not one.added], proposal.layout)
        save_as, at = form.save_as.data or "", clock.now()
        with refusals_shown_on(form), transaction():
            training_imports.lay_out(found, layout, glance.headings, save_as=save_as, actor=actor(), at=at)
            _check(found)
            submissions.remember(address)
        if not form.refused:
            return redirect(address)
        found = imports.one(viewer(), upload_id)
    readings.listed(training_import=upload_id, rows=len(glance.samples))
    return (
        render_template("training_imports/columns.html", found=found, form=form, proposal=proposal, glance=glance),
        form.http_status,
    )


@bp.route("/<int:upload_id>/words", methods=["GET", "POST"])
@requires(Permission.TRAINING_IMPORT)
def words(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    unknown = imports.unknown_words(found) if _is_open(found) else []
    form = words_form(unknown)
    if form.validate_on_submit():
        address = url_for(".show", upload_id=upload_id)
        with refusals_shown_on(form), transaction():
            training_imports.name_words(found, meanings(form, unknown), actor=actor(), at=clock.now())
            _check(found)
            submissions.remember(address)
        if not form.refused:
            return redirect(address)
        found = imports.one(viewer(), upload_id)
    return render_template("training_imports/words.html", found=found, form=form, words=unknown), form.http_status


@bp.route("/<int:upload_id>/people", methods=["GET", "POST"])
@requires(Permission.TRAINING_IMPORT, lists=True)
def people(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    page = imports.doubts(viewer(), found, cursor=request.args.get("cursor"))
    form = people_form(page.rows)
    if form.validate_on_submit():
        address = url_for(".show", upload_id=upload_id)
        if page.next:
            address = url_for(".people", upload_id=upload_id, cursor=page.next)
        with refusals_shown_on(form), transaction():
            training_imports.confirm(found, answers(form, page.rows), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            return redirect(address)
        found = imports.one(viewer(), upload_id)
    readings.listed(training_import=upload_id, rows=len(page.rows))
    return (
        render_template("training_imports/people.html", found=found, form=form, page=page, is_open=_is_open(found)),
        form.http_status,
    )


@bp.route("/saved-columns")
@requires(Permission.TRAINING_IMPORT)
def saved() -> ResponseReturnValue:
    return render_template(
        "training_imports/saved.html", page=imports.saved(viewer(), cursor=request.args.get("cursor"))
    )


@bp.route("/saved-columns/<int:mapping_id>/delete", methods=["POST"])
@requires(Permission.TRAINING_IMPORT)
def delete_saved(mapping_id: int) -> ResponseReturnValue:
    mapping, form = imports.mapping(viewer(), mapping_id), CertHubForm()
    name, address = mapping.name, url_for(".saved")
    if form.validate_on_submit():
        with transaction():
            training_mappings.delete(mapping_id, actor=actor(), at=clock.now())
            submissions.remember(address)
        flash(f"“{name}” is deleted. Files that were read by it stay as they are.")
    return redirect(address)


def _is_open(found: TrainingImport) -> bool:
    """Whether there is something to say of a file: it is checked, and neither imported nor worked on."""
    return found.status is TrainingImportStatus.CHECKED and found.work is None


def _uploaded(form: UploadForm) -> str:
    """Keep the uploaded file; where its columns are named. Raises `Refusal`."""
    upload = read_spreadsheet(form.file.data)
    glance = training_import_check.glance(upload.data, upload.media_type)
    with transaction():
        vendor = None
        if is_employer(viewer()):
            vendor = parties.one_of(viewer(), VendorOrganization, viewer().party_id or 0)
        found = training_imports.upload(
            vendor,
            glance,
            sha256=file_store().put(upload.data),
            media_type=upload.media_type,
            name=upload.name,
            actor=actor(),
            at=clock.now(),
        )
        address = url_for(".columns", upload_id=found.id)
        submissions.remember(address)
    return address


def _proposal(found: TrainingImport, glance: Glance) -> Proposal:
    """How a file is to be read: as it was said before, or as the headings propose."""
    if found.layout is not None:
        return Proposal(layout_of(found.layout), "those that you chose before")
    saved = [
        Known(one.name, layout_of(one.layout), frozenset(one.headings)) for one in imports.mappings_of(found.vendor_id)
    ]
    return propose(glance.headings, saved, glance.samples)


def _check(found: TrainingImport) -> None:
    """Check a short file at once, and have the worker check a long one."""
    if found.is_long:
        training_imports.ask(found, ImportWork.CHECK, actor=actor(), at=clock.now())
        flash(BEGINS)
    else:
        training_import_check.whole(found, file_store().get(found.sha256), actor=actor(), at=clock.now())
