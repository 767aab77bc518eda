"""The pages of DPH and of auditors: draws, one draw, and the draw repeated."""

from collections.abc import Iterator

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.ce_audits import bp
from certhub.blueprints.ce_audits.forms import DrawForm, PopulationForm
from certhub.database import transaction
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.queries import ce_audits as audits
from certhub.rules import ce_audit
from certhub.rules.permissions import Permission
from certhub.rules.refusal import Refusal
from certhub.services import ce_audits
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on


@bp.route("/ce-audits")
@requires(Permission.CE_AUDIT_READ)
def index() -> ResponseReturnValue:
    return render_template("ce_audits/index.html", page=audits.page(viewer(), cursor=request.args.get("cursor")))


@bp.route("/ce-audits/new", methods=["GET", "POST"])
@requires(Permission.CE_AUDIT_DRAW)
def draw() -> ResponseReturnValue:
    standards = audits.standards()
    choices = [(one.id, one.code) for one in standards]
    form = DrawForm(due_on=ce_audit.due_on(clock.today())) if request.method == "POST" else None
    asked = PopulationForm(request.args if form is None else request.form)
    asked.standard.choices = choices
    if form is not None:
        form.standard.choices = choices
        if form.validate_on_submit():
            standard = next(one for one in standards if one.id == form.standard.data)
            with refusals_shown_on(form), transaction():
                made = ce_audits.draw(
                    standard,
                    decided_from=form.decided_from.data,
                    decided_to=form.decided_to.data,
                    number=form.size.data,
                    seed=form.seed.data or "",
                    due_on=form.due_on.data,
                    base_url=settings().base_url,
                    actor=actor(),
                    at=clock.now(),
                )
                address = url_for(".show", ce_audit_id=made.id)
                submissions.remember(address)
            if not form.refused:
                flash("The sample is drawn, and everybody who was drawn is written to.")
                return redirect(address)
    counted = _counted(asked) if form is not None or "decided_from" in request.args else None
    if form is None and counted is not None:
        form = DrawForm(formdata=None, data={**asked.data, "due_on": ce_audit.due_on(clock.today())})
        form.standard.choices = choices
    refused = form.refused if form is not None else bool(asked.errors)
    return (
        render_template(
            "ce_audits/draw.html", asked=asked, form=form, counted_number=counted, percent=ce_audit.PERCENT
        ),
        422 if refused or asked.errors else 200,
    )


@bp.route("/ce-audits/<int:ce_audit_id>")
@requires(Permission.CE_AUDIT_READ, lists=True)
def show(ce_audit_id: int) -> ResponseReturnValue:
    found = audits.one(viewer(), ce_audit_id)
    rows = audits.selected(viewer(), found)
    readings.listed(list="ce audit", ce_audit=found.id, rows=len(rows))
    return render_template(
        "ce_audits/show.html",
        audit=found,
        rows=rows,
        outcome_labels=ce_audit.OUTCOME_LABELS,
        summary=ce_audit.summary([row.outcome for row in rows]),
        answered=sum(row.proofs > 0 for row in rows),
        recipe=ce_audit.RECIPE,
    )


@bp.route("/ce-audits/<int:ce_audit_id>/again")
@requires(Permission.CE_AUDIT_READ, lists=True)
def again(ce_audit_id: int) -> ResponseReturnValue:
    found = audits.one(viewer(), ce_audit_id)
    drawn = audits.again(found)
    readings.listed(list="ce audit drawn again", ce_audit=found.id, rows=len(drawn.sample))
    return render_template("ce_audits/again.html", audit=found, again=drawn)


@bp.route("/ce-audits/<int:ce_audit_id>/population")
@requires(Permission.CE_AUDIT_READ, lists=True)
def population(ce_audit_id: int) -> ResponseReturnValue:
    found = audits.one(viewer(), ce_audit_id)
    readings.listed(list="ce audit population", ce_audit=found.id, rows=found.population_count)

    numbers = list(found.population)  # the record is given up when the reading is logged, before the answer is sent

    def text() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        yield from csv_text(("number",), ((number,) for number in numbers))

    answer = Response(text(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="ce-audit-{found.id}-population.csv"'
    answer.headers["X-CertHub-Population-SHA256"] = found.population_hash
    return answer


def _counted(asked: PopulationForm) -> int | None:
    """How many renewals the draw would be from; None where the days cannot be drawn from."""
    if not asked.validate():
        return None
    first, last = asked.decided_from.data, asked.decided_to.data
    try:
        ce_audit.require_range(first, last, today=clock.today())
        ce_audit.require_undrawn(audits.drawn_before(asked.standard.data, first, last))
        number = len(audits.population(asked.standard.data, first, last, known_at=clock.now()))
        ce_audit.sample_size(number, None)
    except Refusal as refusal:
        asked[refusal.field or "decided_to"].errors = [refusal.message]
        return None
    return number
