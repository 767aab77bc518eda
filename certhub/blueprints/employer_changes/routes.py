"""The list of changes of employer, a vendor's request, and taking one back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.employer_changes import bp
from certhub.blueprints.employer_changes.forms import EMPLOYED_AS, AskForm
from certhub.database import transaction
from certhub.models.parties import VendorOrganization
from certhub.queries import employer_changes, parties
from certhub.queries.visibility import sees_everything
from certhub.rules.employer_change import REQUEST_LASTS, STATE_LABELS, ChangeState, may_take_back
from certhub.rules.permissions import Permission, may
from certhub.services import employer_changes as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.listing import chosen


@bp.app_context_processor
def _words() -> dict[str, object]:
    """The words for what has become of a change."""
    return {"change_labels": STATE_LABELS}


@bp.route("/employer-changes")
@requires(Permission.EMPLOYER_CHANGE_READ, lists=True)
def index() -> ResponseReturnValue:
    state = chosen(ChangeState, "state")
    page = employer_changes.page(viewer(), state=state, at=clock.now(), cursor=request.args.get("cursor"))
    leaving = employer_changes.leaving(viewer())
    readings.listed(list="changes of employer", rows=len(page.rows) + len(leaving))
    return render_template(
        "employer_changes/index.html",
        page=page,
        leaving=leaving,
        state=state,
        states=list(ChangeState),
        asks=may(viewer(), Permission.EMPLOYER_CHANGE_REQUEST),
        answers=may(viewer(), Permission.EMPLOYER_CHANGE_ANSWER),
        today=clock.today(),
    )


@bp.route("/employer-changes/new", methods=["GET", "POST"])
@requires(Permission.EMPLOYER_CHANGE_REQUEST)
def ask() -> ResponseReturnValue:
    vendor = parties.one_of(viewer(), VendorOrganization, viewer().party_id or 0)
    form = AskForm()
    form.offer(employer_changes.served_practices(vendor.id))
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            change = service.ask(vendor, form.wanted(), base_url=settings().base_url, actor=actor(), at=clock.now())
            address = url_for(".show", change_id=change.id)
            submissions.remember(address)
        if not form.refused:
            flash("If there is such a record, the person gets a letter. You are told when there is an answer.")
            return redirect(address)
    return render_template("employer_changes/ask.html", form=form, days=REQUEST_LASTS.days), form.http_status


@bp.route("/employer-changes/<int:change_id>")
@requires(Permission.EMPLOYER_CHANGE_READ)
def show(change_id: int) -> ResponseReturnValue:
    change = employer_changes.one(viewer(), change_id)
    state = employer_changes.state(change, at=clock.now())
    whole = sees_everything(viewer()) or may(viewer(), Permission.EMPLOYER_CHANGE_ANSWER)
    readable = change.party_id is not None and change.consented_at is not None
    return render_template(
        "employer_changes/show.html",
        change=change,
        state=state,
        who=employer_changes.who(viewer(), change),
        employed_as=EMPLOYED_AS,
        practices=[] if may(viewer(), Permission.EMPLOYER_CHANGE_ANSWER) else employer_changes.practices_of(change),
        answer=employer_changes.answer_of(change) if whole else None,
        effects=employer_changes.effects(change) if whole else [],
        proposals=employer_changes.proposals(change) if whole else [],
        may_take_back=may_take_back(state, change.starts_on, today=clock.today()),
        may_withdraw=state is ChangeState.REQUESTED and may(viewer(), Permission.EMPLOYER_CHANGE_REQUEST),
        waits=state is ChangeState.REQUESTED and may(viewer(), Permission.EMPLOYER_CHANGE_ANSWER),
        opens=readable and change.party_id in parties.seen_of(viewer(), [change.party_id or 0]),
    )


@bp.route("/employer-changes/<int:change_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.EMPLOYER_CHANGE_CANCEL)
def withdraw(change_id: int) -> ResponseReturnValue:
    change = employer_changes.one(viewer(), change_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".show", change_id=change_id)
        with refusals_shown_on(form), transaction():
            service.withdraw(change, base_url=settings().base_url, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("It is taken back.")
            return redirect(address)
    return render_template(
        "employer_changes/withdraw.html",
        form=form,
        change=change,
        who=employer_changes.who(viewer(), change),
        consented=change.consented_at is not None,
    ), form.http_status
