"""The true-up of a year: worked out, recorded, and settled at once with payers that get no later notice."""

import json
from collections.abc import Mapping
from datetime import datetime

from certhub import clock
from certhub.database import canonical, db, locked
from certhub.models.accounts import User
from certhub.models.fund import FundTrueUp, FundYear
from certhub.models.fund_accounts import Assessment, TrueUpLine
from certhub.queries import fund, fund_accounts, fund_adjustments, fund_true_ups
from certhub.queries.fund_true_ups import Basis
from certhub.rules.audit_actions import AuditAction
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.pooled_fund import notices
from certhub.rules.pooled_fund.counts import require_gaps_explained
from certhub.rules.pooled_fund.records import plain
from certhub.rules.pooled_fund.true_up import Settlement, TrueUp, require_over, true_up
from certhub.rules.pooled_fund.year_state import require_true_up
from certhub.rules.refusal import Refusal, Stale
from certhub.services import audit, fund_assessments
from certhub.services.fund_assessments import Draft


def record_true_up(
    year: FundYear,
    cost_cents: int,
    earmarked_cents: int = 0,
    *,
    cost_source: str,
    seen: str,
    reason: str = "",
    gaps_reason: str = "",
    actor: User,
    at: datetime,
) -> FundTrueUp:
    """Record the true-up of a year as it was seen, and settle at once with payers that left. Raises `Refusal`."""
    locked(year)
    facts, before = fund.facts(year), fund.true_up(year)
    require_true_up(facts, is_stale=fund_true_ups.is_stale(actor, year, before), reason=reason)
    require_over(year.fiscal_year, clock.civil_date(at))
    basis = fund_true_ups.basis(actor, year, cost_cents, earmarked_cents)
    if seen != basis.fingerprint:
        raise Stale("What the true-up rests on has changed since you opened this page. Look at the numbers again.")
    require_gaps_explained(basis.gaps, gaps_reason)
    outcome = _outcome(year, basis)
    made = FundTrueUp(
        fund_year_id=year.id,
        mode=outcome.mode,
        cost_cents=cost_cents,
        earmarked_cents=earmarked_cents,
        carried_cents=basis.actual.carried_cents,
        cost_source=cost_source,
        inputs=json.loads(canonical(plain(basis.rests_on))),
        fingerprint=basis.fingerprint,
        steps=[step.plain() for step in outcome.steps],
        private_cents=outcome.private_cents,
        medicaid_cents=outcome.medicaid_cents,
        state_cents=outcome.state_cents,
        carry_cents=outcome.carry_cents,
        recorded_on=clock.civil_date(at),
        gaps=list(basis.gaps),
        gaps_reason=gaps_reason if basis.gaps else "",
        reason=reason,
        supersedes_id=before.id if before else None,
        recorded_by_id=actor.id,
        recorded_at=at,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        TrueUpLine(
            true_up_id=made.id, payer_id=one.payer_id, assessed_cents=one.assessed_cents,
            actual_cents=one.actual_cents, delta_cents=one.cents, settlement=one.settlement,
        )
        for one in outcome.differences
    )  # fmt: skip
    db.session.flush()
    audit.record(actor, AuditAction.FUND_YEAR_TRUED_UP, made, at=at)
    now = {one.payer_id for one in outcome.differences if one.settlement is Settlement.NOW}
    _settle(year, {one: cents for one, cents in fund_adjustments.open_of(year).items() if one in now}, actor, at)
    return made


def worked_out(actor: User, year: FundYear, cost_cents: int, earmarked_cents: int = 0) -> tuple[TrueUp, Basis]:
    """The true-up from what is on file now, and all that it rests on. Raises `Refusal`."""
    basis = fund_true_ups.basis(actor, year, cost_cents, earmarked_cents)
    return _outcome(year, basis), basis


def settle(year: FundYear, payer_id: int, *, actor: User, at: datetime) -> Assessment:
    """Settle a difference with a payer that left before a notice could take it along. Raises `Refusal`.

    Also in a closed year: the true-up decided it, and its shares and carry stay as they are.
    """
    locked(year)
    cents = fund_adjustments.open_of(year).get(payer_id, 0)
    if not cents:
        raise Refusal("Nothing of this true-up is open for the payer. Open the true-up again to see what was done.")
    if payer_id not in fund_true_ups.gone(actor, year):
        following = named(fund.next_year(year))
        raise Refusal(f"The payer is still in the market. Its difference goes with its notice of {following}.")
    (made,) = _settle(year, {payer_id: cents}, actor, at)
    return made


def _outcome(year: FundYear, basis: Basis) -> TrueUp:
    return true_up(basis.rests_on, basis.actual, basis.assessed, next_year=fund.next_year(year))


def _settle(year: FundYear, now: Mapping[int, int], actor: User, at: datetime) -> list[Assessment]:
    """Assessments that take the year's own differences along, each in one instalment or as a credit, with a notice."""
    adopted = fund.allocation(year)
    if not now or adopted is None:
        return []
    standing = {one.payer_id: one for one in fund_accounts.standing_assessments(year)}
    rows = fund_adjustments.rows_of(year)
    drafts = []
    for payer_id, cents in sorted(now.items()):
        before = standing.get(payer_id)
        took = dict(rows.get(before.id, {})) if before else {}
        took[(year.id, payer_id)] = took.get((year.id, payer_id), 0) + cents
        drafts.append(
            Draft(
                payer_id, before.share_cents if before else 0, {key: cents for key, cents in took.items() if cents},
                before.note if before else "", before, is_decided=before is not None and before.is_decided,
                in_one=True, reasons=(notices.settled_words(year.fiscal_year, cents),),
            )
        )  # fmt: skip
    made = fund_assessments.make(year, adopted, drafts, actor=actor, at=at)
    for one in made:
        audit.record(actor, AuditAction.FUND_DIFFERENCE_SETTLED, one, at=at)
    return made
