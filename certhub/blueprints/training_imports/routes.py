"""The report of a file of training, the import itself, its undoing, and the files to download."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.training_imports import bp
from certhub.blueprints.training_imports.forms import ImportForm, UndoForm
from certhub.database import transaction
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.models.training_imports import TrainingImport, TrainingImportStatus
from certhub.queries import training_imports as imports
from certhub.rules.permissions import Permission
from certhub.rules.training_columns import ADDED_COLUMN, CERTHUB_HEADINGS, Field
from certhub.rules.training_import import OUTCOME_LABELS, STANDS_IN_THE_WAY, Outcome
from certhub.services import training_import_check, training_imports
from certhub.web import submissions
from certhub.web.context import file_store
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.refreshing import LOGGED_SECONDS, looks_again

_READY_LABELS = {TrainingImportStatus.APPLIED: "Imported", TrainingImportStatus.UNDONE: "Taken back"}
_EXAMPLE = {
    Field.EMAIL: "ana.ferreira@example.org",
    Field.NAME: "Ana Ferreira",
    Field.TITLE: "Care plans that families use",
    Field.PROVIDER: "New England Care Coordination Institute",
    Field.COMPLETED_ON: "2026-03-31",
    Field.HOURS: "1.5",
    Field.CATEGORY: "core",
    Field.COURSE_CODE: "PCCC-M1",
    Field.SCORE: "90",
    Field.APPROVED: "yes",
}


@bp.route("/<int:upload_id>")
@requires(Permission.TRAINING_IMPORT, lists=True)
def show(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    return _shown(found, ImportForm())


@bp.route("/<int:upload_id>/carry-out", methods=["POST"])
@requires(Permission.TRAINING_IMPORT)
def carry_out(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    form = ImportForm()
    if form.validate_on_submit():
        address = url_for(".show", upload_id=upload_id)
        with refusals_shown_on(form), transaction():
            _import(found, leave_out=form.leave_out.data)
            submissions.remember(address)
        if not form.refused:
            return redirect(address)
    return _shown(imports.one(viewer(), upload_id), form)


@bp.route("/<int:upload_id>/discard", methods=["POST"])
@requires(Permission.TRAINING_IMPORT)
def discard(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".index")
        with refusals_shown_on(form), transaction():
            training_imports.discard(found, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The file is discarded. Nothing was imported.")
            return redirect(address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(url_for(".show", upload_id=upload_id))


@bp.route("/<int:upload_id>/end", methods=["POST"])
@requires(Permission.TRAINING_IMPORT)
def end(upload_id: int) -> ResponseReturnValue:
    found, address = imports.one(viewer(), upload_id), url_for(".show", upload_id=upload_id)
    form = CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            training_imports.end_work(found, actor=actor(), at=clock.now())
            submissions.remember(address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)


@bp.route("/<int:upload_id>/undo", methods=["GET", "POST"])
@requires(Permission.TRAINING_IMPORT, lists=True)
def undo(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    form = UndoForm()
    if form.validate_on_submit():
        address = url_for(".show", upload_id=upload_id)
        with refusals_shown_on(form), transaction():
            _undo(found, reason=form.reason.data, seen=form.seen.data or "")
            submissions.remember(address)
        if not form.refused:
            return redirect(address)
        found = imports.one(viewer(), upload_id)
    plan = (
        imports.undo_plan(viewer(), found) if found.status is TrainingImportStatus.APPLIED and not found.work else None
    )
    form.seen.data = plan.fingerprint if plan else ""
    corrected = imports.corrected(viewer(), found) if plan and plan.corrected else []
    readings.listed(training_import=upload_id, rows=len(corrected))
    return (
        render_template("training_imports/undo.html", found=found, form=form, plan=plan, corrected=corrected),
        form.http_status,
    )


@bp.route("/<int:upload_id>/report.csv")
@requires(Permission.TRAINING_IMPORT, lists=True)
def report(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    readings.listed(training_import=upload_id, rows=found.row_count)

    def rows() -> Iterator[Sequence[object]]:
        for number, wrong in imports.problems(upload_id):
            for column, value, message in wrong:
                yield number, OUTCOME_LABELS[Outcome.REFUSED], column, value, message
        for number, outcome, note, who in imports.others(upload_id):
            yield number, OUTCOME_LABELS[outcome], "", who, note or "Say who this is, on the page of the file."

    return _csv(["Row", "State", "Column", "What is there", ADDED_COLUMN], rows(), f"training-report-{upload_id}.csv")


@bp.route("/<int:upload_id>/refused.csv")
@requires(Permission.TRAINING_IMPORT, lists=True)
def refused(upload_id: int) -> ResponseReturnValue:
    found = imports.one(viewer(), upload_id)
    readings.listed(training_import=upload_id, rows=found.counts.get(Outcome.REFUSED, 0))
    data = file_store().get(found.sha256)
    heading, rows = training_import_check.given_back(data, found.media_type, imports.problems(upload_id))
    return _csv(heading, rows, f"training-to-correct-{upload_id}.csv")


@bp.route("/template.csv")
@requires(Permission.TRAINING_IMPORT)
def template() -> ResponseReturnValue:
    example = [_EXAMPLE.get(one, "") for one in CERTHUB_HEADINGS]
    return _csv(list(CERTHUB_HEADINGS.values()), [example], "training-template.csv")


def _import(found: TrainingImport, *, leave_out: bool) -> None:
    """Import a short file at once, and have the worker import a long one."""
    if found.is_long:
        training_imports.choose(found, leave_out=leave_out, actor=actor(), at=clock.now())
        flash("The import begins within a minute. You can leave the page; it goes on without you.")
    else:
        training_imports.carry_out(found, leave_out=leave_out, actor=actor(), at=clock.now())


def _undo(found: TrainingImport, *, reason: str, seen: str) -> None:
    """Undo a short file at once, and have the worker undo a long one."""
    if found.is_long:
        training_imports.choose_undo(found, reason=reason, seen=seen, actor=actor(), at=clock.now())
        flash("This begins within a minute. You can leave the page; it goes on without you.")
    else:
        training_imports.undo_as_shown(found, reason=reason, seen=seen, actor=actor(), at=clock.now())
        flash("The import is undone. What it brought stays in the history of each person.")


def _shown(found: TrainingImport, form: ImportForm) -> ResponseReturnValue:
    """The page of a file, with the rows of one kind."""
    if found.status is TrainingImportStatus.UPLOADED and not found.work and not found.problem:
        readings.listed(training_import=found.id, rows=0)
        return redirect(url_for(".columns", upload_id=found.id))
    counts = {outcome: found.counts.get(outcome, 0) for outcome in OUTCOME_LABELS}
    there = [outcome for outcome, count in counts.items() if count]
    chosen = next((one for one in there if one == request.args.get("rows")), _first(there))
    page = imports.rows(viewer(), found, [chosen] if chosen else [], cursor=request.args.get("cursor"))
    readings.listed(training_import=found.id, rows=len(page.rows))
    return (
        render_template(
            "training_imports/show.html",
            found=found,
            refreshes=looks_again(under_way=found.work is not None, seconds=LOGGED_SECONDS),
            form=form,
            counts=counts,
            labels={**OUTCOME_LABELS, Outcome.READY: _READY_LABELS.get(found.status, OUTCOME_LABELS[Outcome.READY])},
            there=there,
            chosen=chosen,
            page=page,
            in_the_way=sum(counts[outcome] for outcome in STANDS_IN_THE_WAY),
            first_in_the_way=imports.in_the_way(found),
            unconfirmed=found.counts.get("unconfirmed", 0),
            words=imports.unknown_words(found),
        ),
        form.http_status,
    )


def _first(there: Sequence[Outcome]) -> Outcome | None:
    """The rows that are shown first: those that somebody has to do something about."""
    return next((one for one in (*STANDS_IN_THE_WAY, *there) if one in there), None)


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    """A file that is sent piece by piece; `rows` are read in a session of their own and must rest on no object."""

    def text() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        yield from csv_text(heading, rows)

    answer = Response(stream_with_context(text()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
