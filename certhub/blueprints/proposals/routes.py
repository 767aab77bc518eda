"""The pages of proposals: the list, a new one, how far it is, its lines, and what stays unmet."""

from collections.abc import Iterator
from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.proposals import bp
from certhub.blueprints.proposals.forms import AcceptAllForm, AcceptForm, AskForm, LinesForm, RegionForm
from certhub.database import transaction
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.models.proposals import Proposal
from certhub.queries import proposals as queries
from certhub.queries.proposals import Filters
from certhub.rules.languages import LANGUAGES
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.placement.shortfall import positions
from certhub.rules.proposals import DECISION_LABELS, EFFORT_LABELS, STEPS, Effort, LineDecision
from certhub.rules.regions import REGION_LABELS
from certhub.rules.terms import add_months
from certhub.rules.vocabulary import SUBJECT_LABELS, Region
from certhub.services import proposals
from certhub.web import region_drawing, submissions
from certhub.web.forms import LONGEST_KEY, CertHubForm, refusals_shown_on
from certhub.web.refreshing import LOGGED_SECONDS, looks_again

_MARKED = 100
"""Lines that one form can mark: twice as many as a page shows."""


@bp.route("/proposals")
@requires(Permission.PROPOSAL_READ)
def index() -> ResponseReturnValue:
    page = queries.page(viewer(), cursor=request.args.get("cursor"))
    return render_template("proposals/index.html", page=page, region_labels=REGION_LABELS)


@bp.route("/proposals/new", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_MAKE)
def ask() -> ResponseReturnValue:
    begins = clock.today() + timedelta(days=1)
    form = AskForm(starts_on=begins, ends_on=add_months(begins, 6), regions=[one.value for one in Region])
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            made = proposals.ask(
                [Region(one) for one in form.regions.data],
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                effort=Effort(form.effort.data),
                most_miles=form.most_miles.data,
                vendor_id=viewer().party_id if is_employer(viewer()) else None,
                actor=actor(),
                at=clock.now(),
            )
            address = url_for(".show", proposal_id=made.id)
            submissions.remember(address)
        if not form.refused:
            flash("The proposal begins within a minute. You can leave the page; it goes on without you.")
            return redirect(address)
    return render_template("proposals/ask.html", form=form), form.http_status


@bp.route("/proposals/<int:proposal_id>")
@requires(Permission.PROPOSAL_READ, lists=True)
def show(proposal_id: int) -> ResponseReturnValue:
    return _shown(queries.one(viewer(), proposal_id), AcceptForm())


@bp.route("/proposals/<int:proposal_id>/accept", methods=["POST"])
@requires(Permission.PROPOSAL_MAKE)
def accept(proposal_id: int) -> ResponseReturnValue:
    found, form = queries.one(viewer(), proposal_id), AcceptForm()
    if form.validate_on_submit():
        numbers = [
            int(one) for one in form.line.data or () if one.isascii() and one.isdigit() and len(one) <= LONGEST_KEY
        ][:_MARKED]
        if not numbers:
            form.form_errors.append("Mark at least one line that you accept.")
        else:
            address = url_for(".show", proposal_id=proposal_id)
            with transaction():
                accepted, refused = proposals.accept(queries.chosen(found, numbers), actor=actor(), at=clock.now())
                submissions.remember(address)
            _told(accepted, refused)
            return redirect(address)
    return _shown(queries.one(viewer(), proposal_id), form)


@bp.route("/proposals/<int:proposal_id>/accept-all", methods=["POST"])
@requires(Permission.PROPOSAL_MAKE)
def accept_all(proposal_id: int) -> ResponseReturnValue:
    found, form = queries.one(viewer(), proposal_id), AcceptAllForm()
    if form.validate_on_submit():
        address = url_for(".show", proposal_id=proposal_id)
        region = Region(form.region.data) if form.region.data else None
        with refusals_shown_on(form), transaction():
            proposals.ask_to_accept(found, region, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(
                "The open lines are accepted within a minute. Each is checked again; what no longer holds stays open."
            )
            return redirect(address)
    shown = AcceptForm(formdata=None)
    shown.form_errors.extend(form.form_errors)
    return _shown(queries.one(viewer(), proposal_id), shown)


@bp.route("/proposals/<int:proposal_id>/end", methods=["POST"])
@requires(Permission.PROPOSAL_MAKE)
def end(proposal_id: int) -> ResponseReturnValue:
    found, address = queries.one(viewer(), proposal_id), url_for(".show", proposal_id=proposal_id)
    form = CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            proposals.end_work(found, actor=actor(), at=clock.now())
            submissions.remember(address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)


@bp.route("/proposals/<int:proposal_id>/unmet")
@requires(Permission.PROPOSAL_READ)
def unmet(proposal_id: int) -> ResponseReturnValue:
    found, form = queries.one(viewer(), proposal_id), RegionForm(request.args)
    region = Region(form.region.data) if form.validate() and form.region.data else None
    return render_template(
        "proposals/unmet.html",
        proposal=found,
        form=form,
        page=queries.unmet(found, region, cursor=request.args.get("cursor")),
        region_labels=REGION_LABELS,
        languages=LANGUAGES,
        positions=positions,
    )


@bp.route("/proposals/<int:proposal_id>/left-out")
@requires(Permission.PROPOSAL_READ, lists=True)
def left_out(proposal_id: int) -> ResponseReturnValue:
    found = queries.one(viewer(), proposal_id)
    page = queries.left_out(found, cursor=request.args.get("cursor"))
    readings.listed(proposal=proposal_id, rows=len(page.rows))
    return render_template(
        "proposals/left_out.html",
        proposal=found,
        page=page,
        region_labels=REGION_LABELS,
        kind_labels=SUBJECT_LABELS,
    )


@bp.route("/proposals/<int:proposal_id>/lines.csv")
@requires(Permission.PROPOSAL_READ, lists=True)
def export(proposal_id: int) -> ResponseReturnValue:
    found, form = queries.one(viewer(), proposal_id), LinesForm(request.args)
    filters = _filters(form)
    number = sum(
        count
        for region, by_decision in queries.counts(found).items()
        for decision, count in by_decision.items()
        if filters.region in (None, region) and filters.decision in (None, decision)
    )
    readings.listed(proposal=proposal_id, rows=number)

    def text() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        yield from csv_text(queries.HEADING, (queries.cells(row) for row in queries.whole(proposal_id, filters)))

    answer = Response(stream_with_context(text()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="proposal-{proposal_id}.csv"'
    return answer


def _shown(found: Proposal, form: AcceptForm) -> ResponseReturnValue:
    asked = LinesForm(request.args)
    page = queries.lines(found, _filters(asked), cursor=request.args.get("cursor"))
    readings.listed(proposal=found.id, rows=len(page.rows))
    counts = queries.counts(found)
    total = {one: sum(each.get(one, 0) for each in counts.values()) for one in LineDecision}
    return render_template(
        "proposals/show.html",
        proposal=found,
        refreshes=looks_again(
            under_way=found.finished_at is None or found.accept_asked_at is not None, seconds=LOGGED_SECONDS
        ),
        asked=asked,
        form=form,
        page=page,
        counts=counts,
        total=total,
        steps=STEPS,
        drawing=region_drawing.of(found.regions_found) if found.regions_found else None,
        may_decide=queries.may_decide(viewer(), found, clock.today()),
        is_past=found.starts_on < clock.today(),
        region_labels=REGION_LABELS,
        decision_labels=DECISION_LABELS,
        effort_labels=EFFORT_LABELS,
        languages=LANGUAGES,
        positions=positions,
        above=_above(found),
    ), form.http_status


def _above(found: Proposal) -> str | None:
    """By how many percent the plan is above what no plan can go below, with one decimal; None where it is not known."""
    if found.cost is None or not found.bound or found.bound <= 0:
        return None
    return f"{(found.cost - found.bound) * 1000 // found.bound / 10:.1f}"


def _filters(form: LinesForm) -> Filters:
    if not form.validate():
        return Filters()
    return Filters(
        Region(form.region.data) if form.region.data else None,
        LineDecision(form.decision.data) if form.decision.data else None,
    )


def _told(accepted: int, refused: int) -> None:
    if accepted:
        flash(f"{accepted} {'line is' if accepted == 1 else 'lines are'} accepted: the assignments are on record.")
    if refused:
        lines = "line was" if refused == 1 else "lines were"
        flash(f"{refused} {lines} not accepted. Each says why, below.", "warning")
