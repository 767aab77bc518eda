"""Adopting the shares of a year, issuing their notices, and the true-up. What is adopted is frozen with its inputs."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert

from certhub import clock
from certhub.database import canonical, db, locked
from certhub.models.accounts import User
from certhub.models.fund import FundAllocation, FundTrueUp, FundYear
from certhub.models.fund_accounts import Assessment, FundNotice, Instalment, TrueUpLine
from certhub.queries import fund, fund_accounts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.ledger import Cause
from certhub.rules.pooled_fund.configuration import Knowledge
from certhub.rules.pooled_fund.invoices import appeal_until, earliest_due_on, instalments
from certhub.rules.pooled_fund.records import plain
from certhub.rules.pooled_fund.shares import Private, allocation
from certhub.rules.pooled_fund.true_up import Actual, Assessed, TrueUp, require_over, true_up
from certhub.rules.pooled_fund.year_state import require_changeable, require_open
from certhub.rules.refusal import Refusal, Stale
from certhub.services import audit, ledger


def adopt(year: FundYear, *, seen: str, reason: str = "", actor: User, at: datetime) -> FundAllocation:
    """Adopt the shares as they were seen, and assess each payer.

    In a year that was opened again a new allocation supersedes the old one, and so does each assessment that changes.
    Raises `Refusal`.
    """
    locked(year)
    require_changeable(fund.facts(year))
    before = fund.allocation(year)
    if before is not None and not reason.strip():
        raise Refusal("Say why the shares are adopted anew.", field="reason")
    rests_on = fund.inputs(actor, year, Knowledge.ESTIMATE)
    fingerprint = fund.fingerprint(rests_on, adjustments=_plain(fund_accounts.adjustments(year)))
    if seen != fingerprint:
        raise Stale("What the shares rest on has changed since you opened this page. Look at the numbers again.")
    found = allocation(rests_on)
    made = FundAllocation(
        fund_year_id=year.id,
        inputs=_kept(plain(rests_on)),
        fingerprint=fingerprint,
        steps=[step.plain() for step in found.steps],
        need_cents=found.need_cents,
        private_cents=found.private.assessed_cents,
        federal_cents=found.medicaid.federal_cents,
        match_cents=found.medicaid.match_cents,
        state_cents=found.state_cents,
        adopted_on=clock.civil_date(at),
        reason=reason,
        supersedes_id=before.id if before else None,
        adopted_by_id=actor.id,
        adopted_at=at,
    )
    db.session.add(made)
    db.session.flush()
    changed = _assess(year, made, found.private, actor=actor, at=at)
    audit.record(actor, AuditAction.FUND_SHARES_ADOPTED, made, at=at, assessments=changed)
    return made


def adoption_fingerprint(actor: User, year: FundYear) -> str:
    """What `adopt` has to be shown."""
    rests_on = fund.inputs(actor, year, Knowledge.ESTIMATE)
    return fund.fingerprint(rests_on, adjustments=_plain(fund_accounts.adjustments(year)))


def issue_notices(year: FundYear, *, actor: User, at: datetime) -> int:
    """Issue the notice of each assessment that has none; how many. Raises `Refusal`."""
    locked(year)
    facts = fund.facts(year)
    require_open(facts)
    if not facts.is_adopted:
        raise Refusal("The shares are not adopted yet. Adopt them before you issue notices.")
    waiting = fund_accounts.unnoticed(year)
    if not waiting:
        raise Refusal("All notices have gone out already.")
    today = clock.civil_date(at)
    for assessment in waiting:
        notice(assessment, year, earliest=None, actor=actor, at=at)
    audit.record_plain(
        actor, AuditAction.FUND_NOTICES_ISSUED, "fund_year", year.id, at=at,
        told={"issued_on": today, "notices": len(waiting)},
    )  # fmt: skip
    ledger.post_payers(year, [one.payer_id for one in waiting], Cause.BILLED, on=today, actor=actor, at=at)
    return len(waiting)


def notice(
    assessment: Assessment, year: FundYear, *, earliest: FundNotice | None, actor: User, at: datetime
) -> FundNotice:
    """The notice of one assessment; one that replaces an earlier notice keeps its due days."""
    today = clock.civil_date(at)
    made = FundNotice(
        assessment_id=assessment.id,
        issued_on=today,
        earliest_due_on=earliest.earliest_due_on if earliest else earliest_due_on(today, year.notice_days),
        appeal_until=appeal_until(today, year.appeal_days),
        issued_by_id=actor.id,
        recorded_at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def assess(
    year: FundYear,
    allocated: FundAllocation,
    payer_id: int,
    *,
    share_cents: int,
    adjustment_cents: int,
    note: str,
    before: Assessment | None,
    actor: User,
    at: datetime,
) -> Assessment:
    """One assessment with its instalments."""
    made = Assessment(
        fund_year_id=year.id,
        payer_id=payer_id,
        allocation_id=allocated.id,
        share_cents=share_cents,
        adjustment_cents=adjustment_cents,
        total_cents=share_cents + adjustment_cents,
        note=note,
        supersedes_id=before.id if before else None,
        recorded_by_id=actor.id,
        recorded_at=at,
    )
    db.session.add(made)
    db.session.flush()
    divide(year, [made])
    return made


def divide(year: FundYear, assessments: list[Assessment]) -> None:
    """The instalments of assessments, all in one statement."""
    rows = [
        {"assessment_id": one.id, "number": part.number, "cents": part.cents, "planned_on": part.planned_on}
        for one in assessments
        for part in instalments(one.total_cents, year.instalments, year.fiscal_year)
    ]
    if rows:
        db.session.execute(insert(Instalment), rows)


def record_true_up(
    year: FundYear,
    cost_cents: int,
    earmarked_cents: int = 0,
    *,
    cost_source: str,
    seen: str,
    reason: str = "",
    actor: User,
    at: datetime,
) -> FundTrueUp:
    """Record the true-up of a year as it was seen. Raises `Refusal`."""
    locked(year)
    facts = fund.facts(year)
    require_open(facts)
    today = clock.civil_date(at)
    require_over(year.fiscal_year, today)
    before = fund.true_up(year)
    if before is not None and facts.last_event is None:
        raise Refusal(f"The true-up of {named(year.fiscal_year)} is recorded. Close the year, or open it again first.")
    if before is not None and not reason.strip():
        raise Refusal("Say why the true-up is recorded anew.", field="reason")
    outcome, fingerprint = worked_out(actor, year, cost_cents, earmarked_cents)
    if seen != fingerprint:
        raise Stale("What the true-up rests on has changed since you opened this page. Look at the numbers again.")
    made = FundTrueUp(
        fund_year_id=year.id,
        mode=outcome.mode,
        cost_cents=cost_cents,
        earmarked_cents=earmarked_cents,
        carried_cents=outcome.actual.carried_cents,
        cost_source=cost_source,
        inputs=_kept(plain(fund.inputs(actor, year, Knowledge.ACTUAL))),
        fingerprint=fingerprint,
        steps=[step.plain() for step in outcome.steps],
        private_cents=outcome.private_cents,
        medicaid_cents=outcome.medicaid_cents,
        state_cents=outcome.state_cents,
        carry_cents=outcome.carry_cents,
        recorded_on=today,
        reason=reason,
        supersedes_id=before.id if before else None,
        recorded_by_id=actor.id,
        recorded_at=at,
    )
    db.session.add(made)
    db.session.flush()
    for one in outcome.differences:
        db.session.add(
            TrueUpLine(
                true_up_id=made.id, payer_id=one.payer_id, assessed_cents=one.assessed_cents,
                actual_cents=one.actual_cents, delta_cents=one.cents, settlement=one.settlement,
            )
        )  # fmt: skip
    db.session.flush()
    audit.record(actor, AuditAction.FUND_YEAR_TRUED_UP, made, at=at)
    return made


def worked_out(actor: User, year: FundYear, cost_cents: int, earmarked_cents: int = 0) -> tuple[TrueUp, str]:
    """The true-up from what is on file now, and the fingerprint of all that it rests on. Raises `Refusal`."""
    if not 0 <= earmarked_cents <= cost_cents:
        raise Refusal("Earmarked money cannot be more than the cost, or below zero.", field="earmarked")
    adopted = fund.allocation(year)
    if adopted is None:
        raise Refusal(f"The shares of {named(year.fiscal_year)} were never adopted, so there is nothing to true up.")
    rests_on = fund.inputs(actor, year, Knowledge.ACTUAL)
    by_payer = {one.payer_id: one.share_cents for one in fund_accounts.standing_assessments(year)}
    assessed = Assessed(by_payer, adopted.federal_cents + adopted.match_cents, adopted.state_cents)
    actual = Actual(cost_cents, earmarked_cents, fund.carried_into(year))
    fingerprint = fund.fingerprint(rests_on, actual=asdict(actual), assessed=_plain(by_payer))
    return true_up(rests_on, actual, assessed), fingerprint


def _assess(year: FundYear, made: FundAllocation, private: Private, *, actor: User, at: datetime) -> int:
    """Assess everybody anew whose amount is new; how many."""
    standing = {one.payer_id: one for one in fund_accounts.standing_assessments(year)}
    adjusted = fund_accounts.adjustments(year)
    stands_for = {absorbed: one.id for one in private.payers for absorbed in one.absorbed}
    charged: dict[int, int] = {}
    for payer_id, cents in adjusted.items():
        now = stands_for.get(payer_id, payer_id)
        charged[now] = charged.get(now, 0) + cents
    notes = {one.id: one.merged for one in private.payers}
    new = []
    for payer_id in sorted({*private.assessed, *charged, *standing}):
        share, charge = private.assessed.get(payer_id, 0), charged.get(payer_id, 0)
        before = standing.get(payer_id)
        if before is not None and (before.share_cents, before.adjustment_cents) == (share, charge):
            continue
        new.append(
            Assessment(
                fund_year_id=year.id, payer_id=payer_id, allocation_id=made.id, share_cents=share,
                adjustment_cents=charge, total_cents=share + charge, note=notes.get(payer_id, ""),
                supersedes_id=before.id if before else None, recorded_by_id=actor.id, recorded_at=at,
            )
        )  # fmt: skip
    db.session.add_all(new)
    db.session.flush()
    divide(year, new)
    return len(new)


def _plain(by_payer: dict[int, int]) -> dict[str, int]:
    return {str(payer_id): cents for payer_id, cents in sorted(by_payer.items())}


def _kept(rests_on: dict[str, object]) -> dict[str, object]:
    """Dates and words as the JSON of the database keeps them."""
    return json.loads(canonical(rests_on))  # type: ignore[no-any-return]  # an object, as it went in
