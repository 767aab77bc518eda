"""The months: all vendors of one, all months of a vendor, one report, its blank form on paper and its template."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import requires, viewer
from certhub.blueprints.caseload import bp
from certhub.blueprints.caseload.forms import MonthForm
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.queries import caseload_questions, caseload_reports
from certhub.rules.caseload_checks import CHECK_LABELS, MOVE_LABELS, STATE_LABELS, STATE_TONES
from certhub.rules.caseload_report import (
    CHILDREN,
    ENCOUNTERS,
    FIELDS,
    PARTS,
    TITLES,
    TOTALS,
    WHOLE,
    Breakdown,
    due_on,
    latest_month,
    month_in_words,
    month_number,
    month_of,
    sum_of,
)
from certhub.rules.caseload_sheet import HEADINGS
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.terms import add_months
from certhub.services import caseload_reports as service
from certhub.web import charts

_MONTHS_OFFERED = 24
_WITH_PARTS = tuple(Breakdown)
_FIRST_YEAR = 2000


@bp.app_context_processor
def _words() -> dict[str, object]:
    """The words for caseloads."""
    return {
        "month_in_words": month_in_words,
        "month_number": month_number,
        "check_labels": CHECK_LABELS,
        "question_states": STATE_LABELS,
        "question_tones": STATE_TONES,
        "move_labels": MOVE_LABELS,
    }


@bp.route("")
@requires(Permission.CASELOAD_READ)
def index() -> ResponseReturnValue:
    if is_employer(viewer()):
        return redirect(url_for(".vendor", party_id=viewer().party_id))
    today = clock.today()
    latest = latest_month(today)
    form = MonthForm(request.args)
    offered = [add_months(latest, -back) for back in range(_MONTHS_OFFERED)]
    form.offer((month_number(one), month_in_words(one)) for one in offered)
    asked = month_of(form.month.data) if form.validate() and form.month.data else None
    month = asked or latest
    form.month.data = month_number(month)
    totals = caseload_reports.totals(viewer(), month)
    return render_template(
        "caseload/index.html",
        form=form,
        month=month,
        due=due_on(month),
        today=today,
        page=caseload_reports.vendors(viewer(), month, cursor=request.args.get("cursor")),
        parts=[(TITLES[one], one.value, charts.bar_chart(TITLES[one], rows), rows) for one, rows in totals.items()],
        any_reported=any(number for rows in totals.values() for _, number in rows),
    )


@bp.route("/vendors/<int:party_id>")
@requires(Permission.CASELOAD_READ)
def vendor(party_id: int) -> ResponseReturnValue:
    found, today = caseload_reports.vendor(viewer(), party_id), clock.today()
    latest = latest_month(today)
    year = _year(request.args.get("year", ""), latest.year)
    return render_template(
        "caseload/vendor.html",
        vendor=found,
        year=year,
        latest_year=latest.year,
        first_year=_FIRST_YEAR,
        today=today,
        rows=caseload_reports.months(viewer(), party_id, year, today),
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>")
@requires(Permission.CASELOAD_READ, lists=True)
def report(party_id: int, month: int) -> ResponseReturnValue:
    found, month_from = caseload_reports.vendor(viewer(), party_id), caseload_reports.month(month)
    places = caseload_reports.places(viewer(), party_id, month_from)
    versions = caseload_reports.versions(party_id, month_from)
    standing = next((one for one in versions if one.superseded_at is None), None)
    filed = caseload_reports.lines_of(standing.id if standing else None)
    drafts = caseload_reports.drafts_of(viewer(), party_id, month_from)
    readings.listed(caseload_of=month_in_words(month_from), vendor=found.name, rows=len(places))
    total = sum_of(filed.values())
    return render_template(
        "caseload/report.html",
        vendor=found,
        month=month_from,
        today=clock.today(),
        due=due_on(month_from),
        is_over=latest_month(clock.today()) >= month_from,
        places=places,
        standing=standing,
        versions=versions,
        filed=filed,
        drafts=drafts,
        total=total,
        totals=TOTALS,
        parts=[(TITLES[one], one.value, _numbers_of(one, total)) for one in _WITH_PARTS],
        charts={one.value: charts.bar_chart(TITLES[one], _numbers_of(one, total)) for one in WHOLE},
        questions=caseload_questions.of_month(viewer(), party_id, month_from),
        keys=(CHILDREN, ENCOUNTERS),
        is_employer=is_employer(viewer()),
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>/blank-form")
@requires(Permission.CASELOAD_READ, lists=True)
def blank(party_id: int, month: int) -> ResponseReturnValue:
    found, month_from = caseload_reports.vendor(viewer(), party_id), caseload_reports.month(month)
    places = caseload_reports.places(viewer(), party_id, month_from)
    readings.listed(caseload_of=month_in_words(month_from), vendor=found.name, rows=len(places))
    return render_template(
        "caseload/blank.html",
        vendor=found,
        month=month_from,
        due=due_on(month_from),
        places=places,
        totals=TOTALS,
        parts=[(TITLES[one], PARTS[one]) for one in _WITH_PARTS],
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>/template.csv")
@requires(Permission.CASELOAD_READ, lists=True)
def template(party_id: int, month: int) -> ResponseReturnValue:
    caseload_reports.vendor(viewer(), party_id)
    month_from = caseload_reports.month(month)
    places = caseload_reports.places(viewer(), party_id, month_from)
    lines, _ = service.preview(viewer(), party_id, month_from, places)
    readings.listed(caseload_of=month_in_words(month_from), rows=len(places))
    rows = (
        [place.coordinator, place.email, place.practice, *(lines.get(place.pair, {}).get(key, "") for key in FIELDS)]
        for place in places
    )
    return Response(
        BYTE_ORDER_MARK + "".join(csv_text(list(HEADINGS.values()), rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=caseload-{month}.csv"},
    )


def _numbers_of(one: Breakdown, total: dict[str, int]) -> list[tuple[str, int]]:
    return [(part.label, total.get(part.key, 0)) for part in PARTS[one]]


def _year(typed: str, latest: int) -> int:
    """The year of the page's address, the latest one where it names none that can have a report."""
    if typed.isascii() and typed.isdigit() and _FIRST_YEAR <= int(typed[:9]) <= latest:
        return int(typed)
    return latest
