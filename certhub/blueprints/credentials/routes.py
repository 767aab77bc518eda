"""The pages of a credential and its certificates."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.credentials import bp
from certhub.blueprints.credentials.forms import LiftForm, ReissueForm, StatusForm
from certhub.database import transaction
from certhub.documents.twin import certificate_body
from certhub.queries import (
    applications,
    audit_trail,
    certification,
    credentials,
    drifts,
    evaluations,
    files,
    orders,
    reviews,
    submittals,
)
from certhub.queries import notices as notices_given
from certhub.queries.visibility import NotVisible
from certhub.rules.due_process import ACTIONS, allows_practice, practice_words
from certhub.rules.hearings import OUTCOME_LABELS, STEP_LABELS
from certhub.rules.permissions import Permission, may, works_for_dph
from certhub.rules.status import has_ended
from certhub.rules.submittals import STATE_LABELS
from certhub.rules.vocabulary import StatusEventKind
from certhub.services import certificates, notices, status_events
from certhub.web import submissions
from certhub.web.context import file_store, press, settings
from certhub.web.forms import refusals_shown_on


@bp.route("/credentials/<int:credential_id>")
@requires(Permission.CREDENTIAL_READ)
def show(credential_id: int) -> ResponseReturnValue:
    credential = credentials.one(viewer(), credential_id)
    view = credentials.view(credential, on=clock.today())
    outlook = evaluations.renewal_outlook(view, as_of=clock.today())
    under_way = certification.open_one(applications.of_party(viewer(), credential.party_id))
    applying = None if under_way else certification.applying_for(viewer(), credential.party, on=clock.today())
    reads = may(viewer(), Permission.APPLICATION_READ)
    given = notices_given.of_credential(viewer(), credential) if reads else []
    papers = submittals.of_credential(credential) if reads else None
    return render_template(
        "credentials/show.html",
        view=view,
        moved_since=credentials.moved_since(view.certificates[0]) if view.certificates else None,
        orders=orders.of_periods([period.id for period in view.periods]),
        overridden=reviews.overridden(view.periods) if works_for_dph(viewer()) else {},
        notices=given,
        hearings=notices_given.hearings_of(given),
        step_labels=STEP_LABELS,
        outcome_labels=OUTCOME_LABELS,
        practice_words=practice_words,
        outlook=outlook,
        papers=papers,
        paper_labels=STATE_LABELS,
        readable=files.readable(viewer(), [one.submittal.evidence.file_id for one in papers or []]),
        too_late_since=view.periods[0].reinstatement_until
        if view.periods and outlook is None and not has_ended(view.status)
        else None,
        under_way=under_way,
        applying=applying,
        drifts=drifts.of_party(credential.party_id),
        history=audit_trail.history_of(viewer(), credential.party_id),
    )


@bp.route("/certificates/<int:certificate_id>")
@requires(Permission.CERTIFICATE_READ)
def certificate(certificate_id: int) -> ResponseReturnValue:
    """The HTML twin: the same words as the PDF, for those who would rather read than look."""
    found = credentials.certificate(viewer(), certificate_id)
    return render_template(
        "credentials/certificate.html",
        certificate=found,
        body=certificate_body(credentials.facts_of(found)),
    )


@bp.route("/certificates/<int:certificate_id>/pdf")
@requires(Permission.CERTIFICATE_READ)
def download(certificate_id: int) -> ResponseReturnValue:
    found = credentials.certificate(viewer(), certificate_id)
    name = f"{found.facts['credential_number']}.pdf"
    return Response(
        file_store().get(found.sha256),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.route("/certificates/<int:certificate_id>/reissue", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_REISSUE)
def reissue(certificate_id: int) -> ResponseReturnValue:
    found = credentials.certificate(viewer(), certificate_id)
    form = ReissueForm()
    if form.validate_on_submit():
        address = url_for(".show", credential_id=found.credential_id)
        with refusals_shown_on(form), transaction():
            certificates.reissue(found, form.reason.data, press=press(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The new certificate is issued. The old one can still be verified and is shown as superseded.")
            return redirect(address)
    return render_template(
        "credentials/reissue.html", certificate=found, newer=credentials.replacement_of(found), form=form
    ), form.http_status


@bp.route("/credentials/<int:credential_id>/status-events/new", methods=["GET", "POST"])
@requires(Permission.CREDENTIAL_CHANGE_STATUS)
def change_status(credential_id: int) -> ResponseReturnValue:
    credential = credentials.one(viewer(), credential_id)
    form = StatusForm()
    drafting = request.form.get("do") == "draft"
    sent = form.validate_on_submit()
    if sent and drafting:
        form.notice.data = notices.draft(
            credential, StatusEventKind(form.kind.data), effective_on=form.effective_on.data,
            ends_on=form.ends_on.data, reason=form.reason.data, citation=form.citation.data or "", on=clock.today(),
        )  # fmt: skip
    elif sent:
        address = url_for(".show", credential_id=credential.id)
        with refusals_shown_on(form), transaction():
            event = status_events.record(
                credential, StatusEventKind(form.kind.data),
                effective_on=form.effective_on.data, ends_on=form.ends_on.data,
                reason=form.reason.data, citation=form.citation.data or "", actor=actor(), at=clock.now(),
            )  # fmt: skip
            notices.serve(event, form.notice.data or "", base_url=settings().base_url, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The status is recorded.")
            return redirect(address)
    return render_template(
        "credentials/status.html",
        credential=credential,
        actions=[(kind, kind in ACTIONS and ACTIONS[kind], allows_practice(kind)) for kind in StatusEventKind],
        drafted=drafting and not form.refused,
        form=form,
    ), form.http_status


@bp.route("/credentials/<int:credential_id>/status-events/<int:event_id>/lift", methods=["GET", "POST"])
@requires(Permission.CREDENTIAL_CHANGE_STATUS)
def lift_status(credential_id: int, event_id: int) -> ResponseReturnValue:
    credential = credentials.one(viewer(), credential_id)
    events = credentials.view(credential, on=clock.today()).events
    event = next((event for event in events if event.id == event_id), None)
    if event is None:
        raise NotVisible(event_id)
    form = LiftForm()
    if form.validate_on_submit():
        address = url_for(".show", credential_id=credential.id)
        with refusals_shown_on(form), transaction():
            notices.end(
                event, last_day=form.last_day.data, reason=form.reason.data, base_url=settings().base_url,
                actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The status ends on that day. The holder and the employer get a notice.")
            return redirect(address)
    return render_template("credentials/lift.html", credential=credential, event=event, form=form), form.http_status
