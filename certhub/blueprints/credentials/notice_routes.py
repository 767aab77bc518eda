"""A notice as its reader sees it, and the record of its hearing."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.credentials import bp
from certhub.blueprints.credentials.forms import HearingForm
from certhub.database import transaction
from certhub.models.due_process import ActionNotice, HearingEntry
from certhub.queries import files, letters, notices
from certhub.rules.due_process import practice_words
from certhub.rules.hearings import OUTCOME_LABELS, STEP_LABELS, StepTaken, next_steps
from certhub.rules.permissions import Permission
from certhub.rules.vocabulary import HearingOutcome, HearingStep
from certhub.services import notices as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import options, refusals_shown_on
from certhub.web.printing import download_of
from certhub.web.uploads import given, keep_upload


@bp.route("/notices/<int:notice_id>")
@requires(Permission.APPLICATION_READ)
def notice(notice_id: int) -> ResponseReturnValue:
    found = notices.one(viewer(), notice_id)
    hearing = notices.hearing_of(found)
    return render_template(
        "credentials/notice.html",
        notice=found,
        application_id=notices.application_of(found),
        practice_words=practice_words,
        hearing=hearing,
        steps=_steps(found, hearing),
        readable=files.readable(viewer(), [entry.file_id for entry in hearing]),
        step_labels=STEP_LABELS,
        outcome_labels=OUTCOME_LABELS,
    )


@bp.route("/notices/<int:notice_id>/pdf")
@requires(Permission.APPLICATION_READ)
def notice_pdf(notice_id: int) -> ResponseReturnValue:
    found = notices.one(viewer(), notice_id)
    letter = letters.of_notice(found, base_url=settings().base_url)
    return download_of(letter, found.number, page=url_for(".notice", notice_id=found.id))


@bp.route("/notices/<int:notice_id>/hearing/new", methods=["GET", "POST"])
@requires(Permission.CREDENTIAL_CHANGE_STATUS)
def record_hearing(notice_id: int) -> ResponseReturnValue:
    found = notices.one(viewer(), notice_id)
    address = url_for(".notice", notice_id=found.id)
    steps = _steps(found, notices.hearing_of(found))
    if not steps and request.method == "GET":
        return redirect(address)
    form = HearingForm()
    form.step.choices = options([(step.value, STEP_LABELS[step]) for step in steps])
    form.outcome.choices = options([(outcome.value, label) for outcome, label in OUTCOME_LABELS.items()])
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            file = None
            if given(form.file.data):
                file = keep_upload(
                    form.file.data, owner_id=found.party_id, party_id=found.party_id, actor=actor(), at=clock.now()
                )
            service.record_step(
                found, HearingStep(form.step.data), on=form.on.data, asked_by=form.asked_by.data or "",
                outcome=HearingOutcome(form.outcome.data) if form.outcome.data else None, last_day=form.last_day.data,
                from_first_day=form.from_first_day.data, note=form.note.data or "", file=file,
                base_url=settings().base_url, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("The hearing record has this step now.")
            return redirect(address)
    return render_template(
        "credentials/hearing.html", notice=found, decides=HearingStep.DECIDED in steps, form=form
    ), form.http_status


def _steps(found: ActionNotice, hearing: list[HearingEntry]) -> tuple[HearingStep, ...]:
    if found.appeal_until is None:
        return ()
    return next_steps([StepTaken(entry.step, entry.happened_on) for entry in hearing])
