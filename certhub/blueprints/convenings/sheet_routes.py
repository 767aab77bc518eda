"""The attendance sheet: who comes, who was there, and the sheet that is signed at the door."""

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.convenings import bp
from certhub.blueprints.convenings.forms import SheetForm
from certhub.database import transaction
from certhub.models.convenings import Convening
from certhub.queries import convening_sheets as sheets
from certhub.queries import convenings
from certhub.queries.paging import PAGE_SIZE
from certhub.rules.convenings import MeetingState, state_of
from certhub.rules.permissions import Permission, is_employer, may
from certhub.rules.refusal import Refusal
from certhub.services import convening_records
from certhub.services import convenings as service
from certhub.web import submissions
from certhub.web.formats import count
from certhub.web.forms import refusals_shown_on

_LARGEST_KEY = 2**31 - 1
_COMING = {"yes": True, "no": False}


@bp.route("/<int:convening_id>/attendance")
@requires(Permission.CONVENING_SHEET_READ, lists=True)
def attendance(convening_id: int) -> ResponseReturnValue:
    return _sheet(convenings.one(viewer(), convening_id), SheetForm(formdata=None))


@bp.route("/<int:convening_id>/attendance/record", methods=["POST"])
@requires(Permission.CONVENING_PLAN, lists=True)
def record_attendance(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    form = SheetForm()
    if form.validate_on_submit():
        address = _back(convening_id)
        with refusals_shown_on(form), transaction():
            ticked, was = _numbers("there"), _numbers("was")
            changed = {
                number: number in ticked for number in _numbers("shown") if (number in ticked) != (number in was)
            }
            people = sheets.people(viewer(), changed)
            new, corrected = convening_records.record_attendance(
                meeting, {people[number]: there for number, there in changed.items()}, actor=actor(), at=clock.now()
            )
            submissions.remember(address)
        if not form.refused:
            flash(
                f"Saved: {count(new, 'person', 'people')} added" + (f", {corrected} corrected." if corrected else ".")
            )
            return redirect(address)
    return _sheet(meeting, form), form.http_status


@bp.route("/<int:convening_id>/answers", methods=["POST"])
@requires(Permission.CONVENING_SHEET_ANSWER, lists=True)
def answer_for(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    form = SheetForm()
    if form.validate_on_submit():
        address = _back(convening_id)
        with refusals_shown_on(form), transaction():
            said = {number: _COMING.get(request.form.get(f"answer-{number}", "")) for number in _numbers("shown")}
            people = sheets.people(viewer(), said)
            answers = {people[number]: one for number, one in said.items() if one is not None}
            new = service.answer(meeting, answers, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"Saved: {count(new, 'answer')} changed.")
            return redirect(address)
    return _sheet(meeting, form), form.http_status


@bp.route("/<int:convening_id>/sign-in-sheet")
@requires(Permission.CONVENING_SHEET_READ, lists=True)
def sign_in_sheet(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    rows = sheets.signing(viewer(), meeting)
    readings.listed(list="sign-in sheet", meeting=meeting.id, rows=len(rows))
    return render_template("convenings/sign_in_sheet.html", meeting=meeting, rows=rows, most=sheets.MOST_SIGNING)


def _sheet(meeting: Convening, form: SheetForm) -> str:
    vendor = request.args.get("vendor", "")
    filters = sheets.SheetFilters(
        q=request.args.get("q", "").strip()[:200],
        vendor_id=int(vendor) if _is_key(vendor) else None,
        coming="coming" in request.args,
    )
    page = sheets.sheet(viewer(), meeting, filters, cursor=request.args.get("cursor"))
    readings.listed(list="attendance", meeting=meeting.id, rows=len(page.rows))
    state = state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=clock.now())
    return render_template(
        "convenings/attendance.html",
        meeting=meeting,
        page=page,
        filters=filters,
        form=form,
        query=_query(),
        vendors=[] if is_employer(viewer()) else sheets.vendors(),
        employs=is_employer(viewer()),
        records=may(viewer(), Permission.CONVENING_PLAN) and state in (MeetingState.UNDER_WAY, MeetingState.OVER),
        answers=may(viewer(), Permission.CONVENING_SHEET_ANSWER) and state is MeetingState.TO_COME,
        is_to_come=state is MeetingState.TO_COME,
    )


def _back(convening_id: int) -> str:
    """The same part of the sheet."""
    return url_for(".attendance", convening_id=convening_id) + _query()


def _query() -> str:
    """The filters of this page, as they end its address."""
    return f"?{urlencode(request.args)}" if request.args else ""


def _numbers(name: str) -> list[int]:
    """The people that a field of the sheet names. Raises `Refusal` for what no sheet sends."""
    typed = request.form.getlist(name)
    if len(typed) > PAGE_SIZE or not all(_is_key(one) for one in typed):
        raise Refusal("This form is not in order. Load the page again.")
    return [int(one) for one in typed]


def _is_key(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and int(typed) <= _LARGEST_KEY
