"""The true-up: worked out and looked at, recorded, and settled at once with payers that left."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp, places
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import ConfirmForm, CostForm, typed, year_name
from certhub.database import transaction
from certhub.models.fund import FundYear
from certhub.queries import fund, fund_accounts, fund_adjustments, fund_reports, fund_true_ups, ledger
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.money import dollars
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.fiscal_year import TRUE_UP_DAYS, true_up_due_on
from certhub.rules.pooled_fund.steps import kept
from certhub.rules.pooled_fund.true_up import SETTLEMENT_LABELS, TrueUp, late_words
from certhub.services import fund_true_ups as services
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on


@bp.route("/<int:fund_year_id>/true-up")
@requires(Permission.FUND_READ)
def true_up(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    recorded = fund.true_up(year)
    facts = fund.facts(year)
    is_stale = fund_true_ups.is_stale(viewer(), year, recorded)
    return render_template(
        "fund/true_up.html",
        year=year,
        facts=facts,
        recorded=recorded,
        is_stale=is_stale,
        can_record=not facts.is_closed and (recorded is None or facts.is_reopened or is_stale),
        steps=[kept(one) for one in recorded.steps] if recorded else [],
        lines=fund_accounts.differences(recorded) if recorded else [],
        settlements=SETTLEMENT_LABELS,
        taken=_taken(year),
        gone=fund_true_ups.gone(viewer(), year) if recorded else frozenset(),
        open_cents=fund_adjustments.open_of(year),
        due=true_up_due_on(year.fiscal_year),
        late=late_words(year.fiscal_year, clock.today()),
        days=TRUE_UP_DAYS,
        late_cents=fund_reports.late_cents(year),
    )


@bp.route("/<int:fund_year_id>/true-up/record", methods=["GET", "POST"])
@requires(Permission.FUND_ADOPT)
def record_true_up(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    posted = ledger.cost(viewer(), year)
    form = CostForm(
        earmarked=typed(fund.earmarked(year)),
        cost=typed(posted) if posted else "",
        cost_source=f"Ledger of {named(year.fiscal_year)}" if posted else "",
    )
    outcome: TrueUp | None = None
    gaps: tuple[str, ...] = ()
    if form.validate_on_submit():
        address = url_for(".true_up", fund_year_id=year.id)
        with refusals_shown_on(form):
            outcome, basis = services.worked_out(actor(), year, form.cents(), form.earmarked_cents())
            gaps = basis.gaps
            is_seen = form.seen.data == basis.fingerprint
            form.seen.data = basis.fingerprint
            if is_seen:
                with transaction():
                    services.record_true_up(
                        year, form.cents(), form.earmarked_cents(), cost_source=form.cost_source.data,
                        seen=basis.fingerprint, reason=form.reason.data or "",
                        gaps_reason=form.gaps_reason.data or "", actor=actor(), at=clock.now(),
                    )  # fmt: skip
                    submissions.remember(address)
                flash("The true-up is on record.")
                return redirect(address)
    return (
        render_template(
            "fund/record_true_up.html",
            year=year,
            form=form,
            outcome=outcome,
            gaps=gaps,
            recorded=fund.true_up(year),
            late=late_words(year.fiscal_year, clock.today()),
        ),
        form.http_status,
    )


@bp.route("/<int:fund_year_id>/true-up/payers/<int:payer_id>/settle", methods=["GET", "POST"])
@requires(Permission.FUND_ADOPT)
def settle(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    payer = fund.payer(viewer(), payer_id)
    cents = fund_adjustments.open_of(year).get(payer_id, 0)
    return entry(
        ConfirmForm(),
        lambda: services.settle(year, payer_id, actor=actor(), at=clock.now()),
        title=f"Settle with {payer.name} now",
        lead=(
            f"The true-up of {year_name(year)} {'charges' if cents > 0 else 'credits'} {dollars(abs(cents))}. The "
            "payer gets a notice dated today that replaces its last one of this year"
            + (", with what is charged as one more instalment." if cents > 0 else ".")
        ),
        trail=[*places.of_year(year), ("True-up", url_for(".true_up", fund_year_id=year.id))],
        button="Settle it now",
        told="The difference is settled. Print the notice from the payer’s account.",
    )


def _taken(year: FundYear) -> dict[int, str]:
    """By payer which notices took its difference along."""
    return {
        payer_id: ", ".join(
            dollars(cents)
            + (" at once" if fiscal_year == year.fiscal_year else f" with the notice of {named(fiscal_year)}")
            for fiscal_year, cents in taken
        )
        for payer_id, taken in fund_adjustments.taken_of(year).items()
    }
