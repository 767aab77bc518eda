"""A vendor's report: one line after another, and then the month is filed."""

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.caseload import bp
from certhub.blueprints.caseload.forms import FileForm, line_form
from certhub.database import transaction
from certhub.models.caseload import ReportSource
from certhub.queries import caseload_reports
from certhub.queries.caseload_reports import Place
from certhub.rules.caseload_checks import Finding, Pair
from certhub.rules.caseload_report import (
    PARTS,
    TITLES,
    TOTALS,
    Breakdown,
    Line,
    due_on,
    is_late,
    mistakes,
    month_in_words,
    month_number,
    sum_of,
)
from certhub.rules.permissions import Permission, is_employer
from certhub.services import caseload_reports as service
from certhub.web import submissions
from certhub.web.formats import count
from certhub.web.forms import CertHubForm, refusals_shown_on


@bp.route("/vendors/<int:party_id>/months/<int:month>/lines/<int:assignment_id>", methods=["GET", "POST"])
@requires(Permission.CASELOAD_REPORT, lists=True)
def type_line(party_id: int, month: int, assignment_id: int) -> ResponseReturnValue:
    vendor, month_from = caseload_reports.vendor(viewer(), party_id), caseload_reports.month(month)
    place = caseload_reports.place_of(viewer(), party_id, assignment_id, month_from)
    places = caseload_reports.places(viewer(), party_id, month_from)
    told, _ = service.preview(viewer(), party_id, month_from, places)
    form = line_form(told.get(place.pair, {}))
    if form.validate_on_submit():
        form.tell(mistakes(form.numbers()))
        if not form.refused:
            following = _next(places, place, told)
            address = (
                url_for(".type_line", party_id=party_id, month=month, assignment_id=following.assignment_id)
                if following
                else url_for(".report", party_id=party_id, month=month)
            )
            with refusals_shown_on(form), transaction():
                service.type_line(
                    vendor, month_from, place, form.numbers(), source=_source(), actor=actor(), at=clock.now()
                )
                submissions.remember(address)
            if not form.refused:
                flash(f"The line of {place.coordinator} at {place.practice} is kept.")
                return redirect(address)
    readings.listed(caseload_of=month_in_words(month_from), vendor=vendor.name, rows=1)
    return (
        render_template(
            "caseload/line.html",
            vendor=vendor,
            month=month_from,
            place=place,
            form=form,
            totals=list(TOTALS),
            parts={one.value: (TITLES[one], PARTS[one]) for one in Breakdown},
            number=next((place_no for place_no, one in enumerate(places, 1) if one.pair == place.pair), None),
            places=len(places),
        ),
        form.http_status,
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>/file", methods=["GET", "POST"])
@requires(Permission.CASELOAD_REPORT, lists=True)
def file(party_id: int, month: int) -> ResponseReturnValue:
    vendor, month_from = caseload_reports.vendor(viewer(), party_id), caseload_reports.month(month)
    places = caseload_reports.places(viewer(), party_id, month_from)
    standing = caseload_reports.standing(party_id, month_from)
    form = FileForm(seen=standing.id if standing else "")
    if is_employer(viewer()):
        del form.filed_on
    if form.validate_on_submit():
        address = url_for(".report", party_id=party_id, month=month)
        filed_on = clock.today() if is_employer(viewer()) else form.filed_on.data
        asked: list[Finding] = []
        with refusals_shown_on(form), transaction():
            _, asked = service.file(
                vendor, month_from, places, filed_on=filed_on, seen=form.seen.number, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash(_told(month_from, filed_on, len(asked)))
            return redirect(address)
        standing = caseload_reports.standing(party_id, month_from)
    lines, found = service.preview(viewer(), party_id, month_from, places)
    readings.listed(caseload_of=month_in_words(month_from), vendor=vendor.name, rows=len(lines))
    return (
        render_template(
            "caseload/file.html",
            vendor=vendor,
            month=month_from,
            form=form,
            standing=standing,
            due=due_on(month_from),
            lines=lines,
            missing=[place for place in places if place.in_month and place.pair not in lines],
            total=sum_of(lines.values()),
            totals=TOTALS,
            findings=found,
        ),
        form.http_status,
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>/forget", methods=["POST"])
@requires(Permission.CASELOAD_REPORT)
def forget(party_id: int, month: int) -> ResponseReturnValue:
    vendor, month_from = caseload_reports.vendor(viewer(), party_id), caseload_reports.month(month)
    address = url_for(".report", party_id=party_id, month=month_number(month_from))
    if CertHubForm().validate_on_submit():
        with transaction():
            service.discard_drafts(vendor, month_from, actor=actor())
            submissions.remember(address)
        flash("The lines that were not filed are deleted. What was filed stays.")
    return redirect(address)


def _source() -> ReportSource:
    """DPH types what came on paper."""
    return ReportSource.FORM if is_employer(viewer()) else ReportSource.PAPER


def _next(places: list[Place], here: Place, told: Mapping[Pair, Line]) -> Place | None:
    """The next line that nobody has typed yet: those behind this one first."""
    pairs = [place.pair for place in places]
    at = pairs.index(here.pair) + 1 if here.pair in pairs else 0
    ordered = [*places[at:], *places[:at]]
    return next((place for place in ordered if place.pair not in told and place.pair != here.pair), None)


def _told(month_from: date, filed_on: date, asked: int) -> str:
    late = f" It was due on {due_on(month_from):%B} {due_on(month_from).day}." if is_late(month_from, filed_on) else ""
    questions = f" There {'is' if asked == 1 else 'are'} {count(asked, 'question')} to answer." if asked else ""
    return f"{month_in_words(month_from)} is filed.{late}{questions}"
