"""Spreadsheets of a month: upload, report by row and column, and then all lines are taken over at once."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.caseload import bp
from certhub.blueprints.caseload.forms import SheetForm
from certhub.database import transaction
from certhub.models.caseload import SheetStatus
from certhub.queries import caseload_questions, caseload_reports
from certhub.rules.caseload_report import CHILDREN, ENCOUNTERS, month_in_words
from certhub.rules.permissions import Permission
from certhub.services import caseload_sheets
from certhub.services.caseload_sheets import MOST_PROBLEMS_KEPT
from certhub.web import submissions
from certhub.web.context import file_store
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.uploads import read_spreadsheet


@bp.route("/vendors/<int:party_id>/months/<int:month>/spreadsheets", methods=["GET", "POST"])
@requires(Permission.CASELOAD_REPORT)
def sheets(party_id: int, month: int) -> ResponseReturnValue:
    vendor, month_from = caseload_reports.vendor(viewer(), party_id), caseload_reports.month(month)
    form = SheetForm()
    if form.validate_on_submit():
        with refusals_shown_on(form):
            upload = read_spreadsheet(form.file.data)
            checked = caseload_sheets.read(
                upload.data, upload.media_type, caseload_reports.all_places(viewer(), party_id, month_from)
            )
            with transaction():
                found = caseload_sheets.check(
                    vendor, month_from, checked, sha256=file_store().put(upload.data), file_name=upload.name,
                    actor=actor(), at=clock.now(),
                )  # fmt: skip
                address = url_for(".sheet", party_id=party_id, month=month, sheet_id=found.id)
                submissions.remember(address)
            return redirect(address)
    return (
        render_template(
            "caseload/sheets.html",
            vendor=vendor,
            month=month_from,
            form=form,
            page=caseload_questions.sheets(viewer(), party_id, month_from, cursor=request.args.get("cursor")),
        ),
        form.http_status,
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>/spreadsheets/<int:sheet_id>", methods=["GET", "POST"])
@requires(Permission.CASELOAD_REPORT, lists=True)
def sheet(party_id: int, month: int, sheet_id: int) -> ResponseReturnValue:
    vendor, month_from = caseload_reports.vendor(viewer(), party_id), caseload_reports.month(month)
    found = caseload_questions.sheet(viewer(), party_id, month_from, sheet_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".file", party_id=party_id, month=month)
        with refusals_shown_on(form), transaction():
            caseload_sheets.take_over(found, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The lines of the file are taken over. Look at them, and file the month.")
            return redirect(address)
        found = caseload_questions.sheet(viewer(), party_id, month_from, sheet_id)
    lines = caseload_sheets.lines_of(found)
    named = {place.pair: place for place in caseload_reports.all_places(viewer(), party_id, month_from)}
    readings.listed(caseload_of=month_in_words(month_from), vendor=vendor.name, rows=len(lines))
    return (
        render_template(
            "caseload/sheet.html",
            vendor=vendor,
            month=month_from,
            sheet=found,
            form=form,
            waiting=found.status is SheetStatus.CHECKED,
            report=found.report,
            rows=[(named[pair], line) for pair, line in lines.items() if pair in named],
            most_kept=MOST_PROBLEMS_KEPT,
            keys=(CHILDREN, ENCOUNTERS),
        ),
        form.http_status,
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>/spreadsheets/<int:sheet_id>/discard", methods=["POST"])
@requires(Permission.CASELOAD_REPORT)
def discard_sheet(party_id: int, month: int, sheet_id: int) -> ResponseReturnValue:
    month_from = caseload_reports.month(month)
    found = caseload_questions.sheet(viewer(), party_id, month_from, sheet_id)
    address = url_for(".sheets", party_id=party_id, month=month)
    form = CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            caseload_sheets.discard(found, actor=actor(), at=clock.now())
            submissions.remember(address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)
