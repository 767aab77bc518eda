"""The history of a credential, as of any day and as known on any day, and the corrections of what was recorded."""

from datetime import date, datetime, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.credentials import bp
from certhub.blueprints.credentials.forms import EventCorrectionForm, HistoryForm, TermCorrectionForm
from certhub.database import transaction
from certhub.models.certification import Credential
from certhub.queries import corrections, credentials, orders
from certhub.queries.corrections import Plan
from certhub.rules.permissions import Permission
from certhub.rules.status import History, explain_status, is_authorized, status_on
from certhub.rules.terms import written, written_at
from certhub.services import corrections as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.timelines import timeline


@bp.route("/credentials/<int:credential_id>/history")
@requires(Permission.CREDENTIAL_READ)
def history(credential_id: int) -> ResponseReturnValue:
    """What was recorded of a credential at which time, and the status on any day as known on any day."""
    credential = credentials.one(viewer(), credential_id)
    form = HistoryForm(request.args)
    readable = form.validate()
    on, known_on = form.as_of.data or clock.today(), form.known_on.data
    known_at = _end_of(known_on) if known_on else None
    told = corrections.as_known(credential, known_at) if readable else None
    now = corrections.as_known(credential, None) if readable else None
    if form.as_of.data is None and not form.as_of.errors:
        form.as_of.data = on
    status, today = (status_on(one, on) if one else None for one in (told, now))
    terms, events = corrections.recorded_terms(credential), corrections.recorded_events(credential)
    changed_at = corrections.last_changed_at(terms, events)
    known = [("As known now", now)] if now else []
    if now and known_on:
        known.insert(0, (f"As known on {written(known_on)}", told or History()))
    elif now and changed_at:
        known.insert(0, (f"As known until {written_at(changed_at)}", _before(credential, changed_at)))
    return render_template(
        "credentials/history.html",
        credential=credential,
        form=form,
        readable=readable,
        on=on,
        known_on=known_on,
        status=status,
        because=explain_status(told, on) if told else "",
        practice=status is not None and is_authorized(status),
        otherwise=today if today != status else None,
        terms=terms,
        events=events,
        drawing=timeline(f"Terms and status events of {credential.number}", known, clock.today()) if known else None,
    ), 200 if readable else 422


@bp.route("/credentials/<int:credential_id>/terms/<int:term_id>/correct", methods=["GET", "POST"])
@requires(Permission.CREDENTIAL_CORRECT)
def correct_term(credential_id: int, term_id: int) -> ResponseReturnValue:
    """Days of a term that were recorded wrongly: typed, looked at with all that they change, and confirmed."""
    credential = credentials.one(viewer(), credential_id)
    period = corrections.term(credential, term_id)
    address = url_for(".history", credential_id=credential.id)
    if period.superseded_at is not None and request.method == "GET":
        return redirect(address)
    granted = orders.grant_of(period)
    form = TermCorrectionForm(data={"starts_on": granted.starts_on, "expires_on": granted.expires_on})
    plan: Plan | None = None
    if form.validate_on_submit():
        if request.form.get("do") == "correct":
            with refusals_shown_on(form), transaction():
                service.correct_term(
                    period, starts_on=form.starts_on.data, expires_on=form.expires_on.data, reason=form.reason.data,
                    citation=form.citation.data or "", seen=form.seen.data or "", actor=actor(), at=clock.now(),
                )  # fmt: skip
                submissions.remember(address)
            if not form.refused:
                flash("The term is corrected. What was known before stays in its history.")
                return redirect(address)
        if period.superseded_at is None and (not form.refused or form.form_errors):
            with refusals_shown_on(form):
                plan = corrections.plan_of_term(period, form.starts_on.data, form.expires_on.data, on=clock.today())
    form.seen.data = plan.fingerprint if plan else ""
    return render_template(
        "credentials/correct_term.html", credential=credential, period=period, granted=granted, plan=plan, form=form
    ), form.http_status


@bp.route("/credentials/<int:credential_id>/status-events/<int:event_id>/correct", methods=["GET", "POST"])
@requires(Permission.CREDENTIAL_CORRECT)
def correct_event(credential_id: int, event_id: int) -> ResponseReturnValue:
    """Days of a status event that were recorded wrongly."""
    credential = credentials.one(viewer(), credential_id)
    event = corrections.event(credential, event_id)
    address = url_for(".history", credential_id=credential.id)
    if event.superseded_at is not None and request.method == "GET":
        return redirect(address)
    form = EventCorrectionForm(data={"effective_on": event.effective_on, "ends_on": event.ends_on})
    plan: Plan | None = None
    if form.validate_on_submit():
        if request.form.get("do") == "correct":
            with refusals_shown_on(form), transaction():
                service.correct_event(
                    event, effective_on=form.effective_on.data, ends_on=form.ends_on.data, reason=form.reason.data,
                    citation=form.citation.data or "", seen=form.seen.data or "", actor=actor(), at=clock.now(),
                )  # fmt: skip
                submissions.remember(address)
            if not form.refused:
                flash("The status event is corrected. What was known before stays in its history.")
                return redirect(address)
        if event.superseded_at is None and (not form.refused or form.form_errors):
            with refusals_shown_on(form):
                plan = corrections.plan_of_event(event, form.effective_on.data, form.ends_on.data)
    form.seen.data = plan.fingerprint if plan else ""
    return render_template(
        "credentials/correct_event.html", credential=credential, event=event, plan=plan, form=form
    ), form.http_status


def _before(credential: Credential, changed_at: datetime) -> History:
    """What was known up to the instant of a change."""
    return corrections.as_known(credential, changed_at - timedelta(microseconds=1)) or History()


def _end_of(day: date) -> datetime:
    """The last instant of the agency's day: what was recorded on the day was known on it."""
    return datetime.combine(day, time.max, clock.AGENCY_ZONE)
