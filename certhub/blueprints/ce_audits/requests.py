"""The pages of one holder's audit: the request, the proofs, the outcome."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.ce_audits import bp
from certhub.blueprints.ce_audits.forms import ProofForm, ReviewForm
from certhub.database import transaction
from certhub.models.ce_audits import CeSelection
from certhub.queries import ce_audits as audits
from certhub.queries import files
from certhub.rules.ce_audit import OUTCOME_LABELS, CeOutcome
from certhub.rules.file_types import DOCX, JPEG, PDF, PNG, TIFF
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.refusal import Refusal
from certhub.services import ce_audits
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.uploads import given, keep_upload

_PROOFS = frozenset({PDF, PNG, JPEG, TIFF, DOCX})


@bp.route("/ce-requests")
@requires(Permission.CE_REQUEST_ANSWER, lists=True)
def requests() -> ResponseReturnValue:
    page = audits.requests(viewer(), cursor=request.args.get("cursor"))
    readings.listed(list="ce requests", rows=len(page.rows))
    return render_template("ce_audits/requests.html", page=page, outcome_labels=OUTCOME_LABELS)


@bp.route("/ce-requests/<int:selection_id>")
@requires(Permission.CE_REQUEST_READ)
def holder(selection_id: int) -> ResponseReturnValue:
    return render_template("ce_audits/holder.html", **_shown(audits.selection(viewer(), selection_id)))


@bp.route("/ce-requests/<int:selection_id>/proofs/new", methods=["GET", "POST"])
@requires(Permission.CE_REQUEST_ANSWER)
def answer(selection_id: int) -> ResponseReturnValue:
    selection = audits.selection(viewer(), selection_id)
    form = ProofForm()
    if form.validate_on_submit():
        address = url_for(".holder", selection_id=selection_id)
        with refusals_shown_on(form), transaction():
            _provide(form, selection)
            submissions.remember(address)
        if not form.refused:
            flash("DPH has the proof.")
            return redirect(address)
    return render_template("ce_audits/answer.html", selection=selection, form=form), form.http_status


@bp.route("/ce-requests/<int:selection_id>/outcome", methods=["GET", "POST"])
@requires(Permission.CE_AUDIT_REVIEW)
def review(selection_id: int) -> ResponseReturnValue:
    selection = audits.selection(viewer(), selection_id)
    form = ReviewForm()
    if form.validate_on_submit():
        address = url_for(".show", ce_audit_id=selection.ce_audit_id)
        with refusals_shown_on(form), transaction():
            ce_audits.record_result(
                selection,
                CeOutcome(form.outcome.data),
                reason=form.reason.data or "",
                shown=form.shown.number,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The outcome is on record.")
            return redirect(address)
    shown = _shown(audits.selection(viewer(), selection_id))
    if request.method == "GET":
        standing = next(iter(audits.results(selection)), None)
        form.shown.data = str(standing.id) if standing else ""
    return render_template("ce_audits/review.html", form=form, **shown), form.http_status


def _provide(form: ProofForm, selection: CeSelection) -> None:
    if not given(form.file.data):
        raise Refusal("Choose the file with the proof.", field="file")
    own = viewer().party_id if is_employer(viewer()) else None
    at = clock.now()
    file = keep_upload(
        form.file.data,
        owner_id=own or selection.party_id,
        party_id=selection.party_id,
        actor=actor(),
        at=at,
        allowed=_PROOFS,
    )
    ce_audits.provide_proof(selection, file, note=form.note.data or "", actor=actor(), at=at)


def _shown(selection: CeSelection) -> dict[str, object]:
    proofs = audits.proofs(selection)
    return {
        "selection": selection,
        "proofs": proofs,
        "results": audits.results(selection),
        "readable": files.readable(viewer(), [proof.file_id for proof in proofs]),
        "outcome_labels": OUTCOME_LABELS,
        "is_own": viewer().party_id == selection.party_id,
    }
