"""Adopting the shares and issuing the notices: each is looked at before it is done."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp, places
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import AdoptAnewForm, AdoptForm, ConfirmForm, year_name
from certhub.database import transaction
from certhub.queries import fund, fund_accounts
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.shares import steps_so_far
from certhub.services import fund_shares
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on


@bp.route("/<int:fund_year_id>/adopt", methods=["GET", "POST"])
@requires(Permission.FUND_ADOPT)
def adopt(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    before = fund.allocation(year)
    form = AdoptAnewForm() if before else AdoptForm()
    if form.validate_on_submit():
        address = url_for(".show", fund_year_id=year.id)
        with refusals_shown_on(form), transaction():
            reason = form.reason.data if isinstance(form, AdoptAnewForm) else ""
            fund_shares.adopt(year, seen=form.seen.data or "", reason=reason, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The shares are adopted.")
            return redirect(address)
    rests_on = fund.inputs(viewer(), year)
    steps, problem = steps_so_far(rests_on)
    preview = None if problem else fund_shares.preview(year, rests_on)
    form.seen.data = preview.fingerprint if preview else ""
    return (
        render_template(
            "fund/adopt.html", year=year, form=form, steps=steps, problem=problem, before=before, preview=preview
        ),
        form.http_status,
    )


@bp.route("/<int:fund_year_id>/notices", methods=["GET", "POST"])
@requires(Permission.FUND_ADOPT)
def issue_notices(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    waiting = len(fund_accounts.unnoticed(year))
    return entry(
        ConfirmForm(),
        lambda: fund_shares.issue_notices(year, actor=actor(), at=clock.now()),
        title=f"Issue the notices of {year_name(year)}",
        lead=(
            f"{waiting} payers get a notice dated today. The time to appeal is {year.appeal_days} days from then, and "
            f"nothing is due in the first {year.notice_days} days."
        ),
        trail=places.of_year(year),
        to=url_for(".report", fund_year_id=year.id),
        button="Issue the notices",
        told="The notices are issued. Open an account to print its notice.",
    )
