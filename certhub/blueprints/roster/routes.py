"""Roster imports, step by step: nothing is imported before the report was seen."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.roster import bp
from certhub.blueprints.roster.forms import UploadForm
from certhub.database import transaction
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.models.imports import ImportStatus, RosterImport
from certhub.models.parties import VendorOrganization
from certhub.queries import organizations, parties, roster_imports
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.roster import Column
from certhub.services import files, roster_import, roster_work
from certhub.services.roster_plan import MOST_PROBLEMS_KEPT, plan_for
from certhub.web import submissions
from certhub.web.context import file_store
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.particulars import numbered
from certhub.web.refreshing import LOGGED_SECONDS, looks_again
from certhub.web.uploads import read_spreadsheet

_EXAMPLE = {
    Column.NAME: "Ana Ferreira",
    Column.EMAIL: "ana.ferreira@example.org",
    Column.DISCIPLINE: "Social worker",
    Column.EMPLOYMENT_START: "2026-03-02",
    Column.PHONE: "617-555-0123",
    Column.LANGUAGES: "English, Portuguese",
    Column.MUNICIPALITY: "Worcester",
    Column.JOB_TITLE: "Care coordinator",
    Column.EMPLOYED_AS: "employee",
    Column.LICENCE_KIND: "LICSW",
    Column.LICENCE_NUMBER: "123456",
    Column.LICENCE_EXPIRES: "2027-05-31",
}


@bp.route("", methods=["GET", "POST"])
@requires(Permission.ROSTER_IMPORT)
def index() -> ResponseReturnValue:
    form = UploadForm()
    if is_employer(viewer()):
        del form.vendor_id
    else:
        form.vendor_id.choices = numbered(organizations.vendor_choices())
    if form.validate_on_submit():
        with refusals_shown_on(form):
            return redirect(_checked(form))
    return (
        render_template(
            "roster/index.html", form=form, page=roster_imports.page(viewer(), cursor=request.args.get("cursor"))
        ),
        form.http_status,
    )


@bp.route("/<int:import_id>")
@requires(Permission.ROSTER_IMPORT, lists=True)
def show(import_id: int) -> ResponseReturnValue:
    roster = roster_imports.one(viewer(), import_id)
    readings.listed(roster_import=roster.id, rows=roster.row_count)
    return render_template(
        "roster/show.html",
        roster=roster,
        report=roster.report,
        form=CertHubForm(),
        refreshes=looks_again(under_way=roster.work is not None, seconds=LOGGED_SECONDS),
        waiting=roster.status is ImportStatus.CHECKED,
        applied=roster.status is ImportStatus.APPLIED,
        most_kept=MOST_PROBLEMS_KEPT,
    )


@bp.route("/<int:import_id>/carry-out", methods=["POST"])
@requires(Permission.ROSTER_IMPORT)
def carry_out(import_id: int) -> ResponseReturnValue:
    roster = roster_imports.one(viewer(), import_id)
    address = url_for(".show", import_id=import_id)
    form = CertHubForm()
    if form.validate_on_submit() and roster.status is ImportStatus.CHECKED:
        with refusals_shown_on(form):
            if roster.row_count > roster_work.AT_ONCE:
                _left_to_the_worker(roster, address)
            else:
                _carried_out(roster, address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)


@bp.route("/<int:import_id>/end", methods=["POST"])
@requires(Permission.ROSTER_IMPORT)
def end(import_id: int) -> ResponseReturnValue:
    roster = roster_imports.one(viewer(), import_id)
    address, form = url_for(".show", import_id=import_id), CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            roster_work.end(roster, actor=actor(), at=clock.now())
            submissions.remember(address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)


@bp.route("/<int:import_id>/discard", methods=["POST"])
@requires(Permission.ROSTER_IMPORT)
def discard(import_id: int) -> ResponseReturnValue:
    roster = roster_imports.one(viewer(), import_id)
    address, form = url_for(".index"), CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            roster_import.discard(roster, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The file is discarded. Nothing was imported.")
            return redirect(address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(url_for(".show", import_id=import_id))


@bp.route("/<int:import_id>/report.csv")
@requires(Permission.ROSTER_IMPORT, lists=True)
def report(import_id: int) -> ResponseReturnValue:
    roster = roster_imports.one(viewer(), import_id)
    readings.listed(roster_import=roster.id, rows=roster.row_count)
    rows = [*roster.report.get("problems", ()), *roster.report.get("notices", ())]
    return _csv(["row", "column", "what is there", "what to do"], rows, f"roster-report-{roster.id}.csv")


@bp.route("/template.csv")
@requires(Permission.ROSTER_IMPORT)
def template() -> ResponseReturnValue:
    example = [_EXAMPLE.get(column, "") for column in Column]
    return _csv([column.value for column in Column], [example], "roster-template.csv")


def _checked(form: UploadForm) -> str:
    """Check the uploaded file, or have the worker check it; where the report is to be seen. Raises `Refusal`."""
    upload = read_spreadsheet(form.file.data)
    employs = is_employer(viewer())
    vendor_id = viewer().party_id or 0 if employs else form.vendor_id.data
    long, at = roster_work.is_long(upload.data, upload.media_type), clock.now()
    plan = None if long else plan_for(vendor_id, roster_import.read(upload.data, upload.media_type, at=at))
    with transaction():
        vendor = parties.one_of(viewer(), VendorOrganization, vendor_id)
        file = files.keep(
            upload.data,
            media_type=upload.media_type,
            name=upload.name,
            owner_id=vendor.id,
            party_id=vendor.id,
            store=file_store(),
            actor=actor(),
            at=at,
        )
        if plan is None:
            roster = roster_work.upload(vendor, file, upload.data, actor=actor(), at=at)
        else:
            roster = roster_import.check(vendor, file, plan, actor=actor(), at=at)
        address = url_for(".show", import_id=roster.id)
        submissions.remember(address)
    return address


def _carried_out(roster: RosterImport, address: str) -> None:
    checked = roster_import.read(file_store().get(roster.file.sha256), roster.file.media_type, at=clock.now())
    with transaction():
        roster_import.carry_out(roster, checked, actor=actor(), at=clock.now())
        submissions.remember(address)


def _left_to_the_worker(roster: RosterImport, address: str) -> None:
    with transaction():
        roster_work.choose(roster, actor=actor(), at=clock.now())
        submissions.remember(address)


def _csv(heading: Sequence[str], rows: Sequence[Sequence[object]], name: str) -> Response:
    return Response(
        BYTE_ORDER_MARK + "".join(csv_text(heading, rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )
