"""The attendance sheet: who comes, who was there, and the sheet that is signed at the door."""

from collections.abc import Sequence
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
from certhub.models.parties import Coordinator
from certhub.queries import convening_sheets as sheets
from certhub.queries import convenings
from certhub.queries.paging import PAGE_SIZE
from certhub.rules.convenings import MeetingState, state_of
from certhub.rules.permissions import Permission, is_employer, may
from certhub.rules.refusal import Refusal
from certhub.services import convening_records
from certhub.services import convenings as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.formats import count
from certhub.web.forms import refusals_shown_on

_LARGEST_KEY = 2**31 - 1
_COMING = {"yes": True, "no": False, "": None}
_MOST_NAMED = 5
"""People whom a line above the page names; the rest it counts."""


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
            numbers = _numbers("shown")
            people = sheets.people(viewer(), numbers)
            answered = service.answer(
                meeting,
                {people[number]: _said("answer", number) for number in numbers},
                shown={number: _said("was", number) for number in numbers},
                base_url=settings().base_url,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash(f"Saved: {count(answered.noted, 'answer')} changed.")
            if answered.kept:
                flash(_kept(answered.kept), "warning")
            return redirect(address)
    return _sheet(meeting, form), form.http_status


@bp.route("/<int:convening_id>/sign-in-sheet")
@requires(Permission.CONVENING_SHEET_READ, lists=True)
def sign_in_sheet(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    number = request.args.get("sheet", "")
    sheet = sheets.signing(viewer(), meeting, number=int(number) if _is_key(number) else 1)
    readings.listed(list="sign-in sheet", meeting=meeting.id, sheet=sheet.number, rows=len(sheet.rows))
    return render_template("convenings/sign_in_sheet.html", meeting=meeting, sheet=sheet)


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
        has_begun=state in (MeetingState.UNDER_WAY, MeetingState.OVER),
    )


def _said(name: str, number: int) -> bool | None:
    """What a field of the sheet says of a person. Raises `Refusal` for what no sheet sends."""
    typed = request.form.get(f"{name}-{number}")
    if typed is None or typed not in _COMING:
        raise Refusal("This form is not in order. Load the page again.")
    return _COMING[typed]


def _kept(kept: Sequence[tuple[Coordinator, bool]]) -> str:
    """Whose answer changed after the page was opened, and what it is."""
    told = [f"{person.name} ({'comes' if is_coming else 'cannot come'})" for person, is_coming in kept[:_MOST_NAMED]]
    if len(kept) > _MOST_NAMED:
        told.append(count(len(kept) - _MOST_NAMED, "other person", "other people"))
    return f"Answered after you opened this page, and kept as answered: {', '.join(told)}."


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
