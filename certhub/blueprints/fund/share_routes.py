"""Adopting the shares, issuing the notices, and the true-up: each is looked at before it is done."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp, places
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import AdoptAnewForm, AdoptForm, ConfirmForm, CostForm, typed, year_name
from certhub.database import transaction
from certhub.queries import fund, fund_accounts
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.configuration import Knowledge
from certhub.rules.pooled_fund.fiscal_year import TRUE_UP_DAYS, true_up_due_on
from certhub.rules.pooled_fund.shares import steps_so_far
from certhub.rules.pooled_fund.steps import kept
from certhub.rules.pooled_fund.true_up import SETTLEMENT_LABELS, TrueUp, late_words
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
            flash("The shares are adopted. Issue the notices next.")
            return redirect(address)
    steps, problem = steps_so_far(fund.inputs(viewer(), year, Knowledge.ESTIMATE))
    form.seen.data = fund_shares.adoption_fingerprint(actor(), year)
    return (
        render_template("fund/adopt.html", year=year, form=form, steps=steps, problem=problem, before=before),
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


@bp.route("/<int:fund_year_id>/true-up")
@requires(Permission.FUND_READ)
def true_up(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    recorded = fund.true_up(year)
    return render_template(
        "fund/true_up.html",
        year=year,
        facts=fund.facts(year),
        recorded=recorded,
        steps=[kept(one) for one in recorded.steps] if recorded else [],
        lines=fund_accounts.differences(recorded) if recorded else [],
        settlements=SETTLEMENT_LABELS,
        due=true_up_due_on(year.fiscal_year),
        late=late_words(year.fiscal_year, clock.today()),
        days=TRUE_UP_DAYS,
        late_cents=fund_accounts.late_cents(year),
    )


@bp.route("/<int:fund_year_id>/true-up/record", methods=["GET", "POST"])
@requires(Permission.FUND_ADOPT)
def record_true_up(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    form = CostForm(earmarked=typed(fund.earmarked(year)))
    outcome: TrueUp | None = None
    if form.validate_on_submit():
        address = url_for(".true_up", fund_year_id=year.id)
        with refusals_shown_on(form):
            outcome, fingerprint = fund_shares.worked_out(actor(), year, form.cents(), form.earmarked_cents())
            is_seen = form.seen.data == fingerprint
            if is_seen:
                with transaction():
                    fund_shares.record_true_up(
                        year, form.cents(), form.earmarked_cents(), cost_source=form.cost_source.data, seen=fingerprint,
                        reason=form.reason.data or "", actor=actor(), at=clock.now(),
                    )  # fmt: skip
                    submissions.remember(address)
                flash("The true-up is on record.")
                return redirect(address)
            form.seen.data = fingerprint
    return (
        render_template(
            "fund/record_true_up.html",
            year=year,
            form=form,
            outcome=outcome,
            recorded=fund.true_up(year),
            late=late_words(year.fiscal_year, clock.today()),
        ),
        form.http_status,
    )
