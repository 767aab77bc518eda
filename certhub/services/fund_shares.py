"""Adopting the shares of a year and issuing their notices. What is adopted is frozen with its inputs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certhub import clock
from certhub.database import canonical, db, locked
from certhub.models.accounts import User
from certhub.models.fund import FundAllocation, FundYear
from certhub.models.fund_accounts import Assessment
from certhub.queries import fund, fund_accounts, fund_adjustments
from certhub.queries.fund_adjustments import Open
from certhub.rules.audit_actions import AuditAction
from certhub.rules.pooled_fund import notices
from certhub.rules.pooled_fund.payers import Billed, absorbed_by, keeps_decision
from certhub.rules.pooled_fund.records import plain
from certhub.rules.pooled_fund.shares import Inputs, Private, allocation
from certhub.rules.pooled_fund.year_state import require_changeable, require_corrected, require_open
from certhub.rules.refusal import Refusal, Stale
from certhub.services import audit, fund_assessments
from certhub.services import fund_accounts as accounts
from certhub.services.fund_assessments import Draft, Taken


@dataclass(frozen=True, slots=True)
class Decided:
    """A share that was decided on appeal, beside what it would be worked out anew."""

    payer: str
    decided_cents: int
    computed_cents: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What an adoption does besides the shares, to be looked at before it, and the hash of all of it."""

    decided: tuple[Decided, ...]
    adjustments: tuple[tuple[str, int, int], ...]
    """Payer, fiscal year of the true-up, cents."""
    fingerprint: str


def adopt(year: FundYear, *, seen: str, reason: str = "", actor: User, at: datetime) -> FundAllocation:
    """Adopt the shares as they were seen, and assess each payer.

    Where shares were adopted before, the new ones supersede them, and so does each assessment that changes; a share
    that was decided on appeal stays. Raises `Refusal`.
    """
    locked(year)
    require_changeable(fund.facts(year))
    before = fund.allocation(year)
    if before is not None and not reason.strip():
        raise Refusal("Say why the shares are adopted anew.", field="reason")
    rests_on = fund.inputs(actor, year)
    taken, standing = fund_adjustments.open_before(year), fund_accounts.standing_assessments(year)
    fingerprint = _fingerprint(rests_on, taken, standing)
    if seen != fingerprint:
        raise Stale("What the shares rest on has changed since you opened this page. Look at the numbers again.")
    found = allocation(rests_on)
    made = FundAllocation(
        fund_year_id=year.id,
        inputs=json.loads(canonical(plain(rests_on))),
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
    drafts = _drafts(year, found.private, standing, taken, reason)
    fund_assessments.make(year, made, drafts, actor=actor, at=at)
    audit.record(actor, AuditAction.FUND_SHARES_ADOPTED, made, at=at, assessments=len(drafts))
    _move_money(year, found.private, standing, actor=actor, at=at)
    return made


def adoption_fingerprint(actor: User, year: FundYear) -> str:
    """What `adopt` has to be shown."""
    standing = fund_accounts.standing_assessments(year)
    return _fingerprint(fund.inputs(actor, year), fund_adjustments.open_before(year), standing)


def preview(year: FundYear, rests_on: Inputs) -> Preview:
    """What stays of appeals and what of earlier true-ups goes with the notices. Raises `Refusal`."""
    private = allocation(rests_on).private
    taken, standing = fund_adjustments.open_before(year), fund_accounts.standing_assessments(year)
    names = {one.id: one.name for one in rests_on.payers}
    merged, shares = absorbed_by(private.payers), {one.payer_id: one.share_cents for one in standing}
    decided = tuple(
        Decided(
            names[one.payer_id], one.share_cents, private.assessed.get(one.payer_id, 0),
            keeps_decision(one.payer_id, merged, shares),
        )
        for one in standing
        if one.is_decided
    )  # fmt: skip
    here = {one.id for one in private.payers}
    adjustments = tuple(
        (names[one.payer_id], one.fiscal_year, one.cents)
        for one in taken
        if merged.get(one.payer_id, one.payer_id) in here
    )
    return Preview(decided, adjustments, _fingerprint(rests_on, taken, standing))


def issue_notices(year: FundYear, *, actor: User, at: datetime) -> int:
    """Issue the notice of each assessment that has none; how many. Raises `Refusal`."""
    locked(year)
    facts = fund.facts(year)
    require_open(facts)
    require_corrected(facts)
    if not facts.is_adopted:
        raise Refusal("The shares are not adopted yet. Adopt them before you issue notices.")
    waiting = fund_accounts.unnoticed(year)
    if not waiting:
        raise Refusal("All notices have gone out already.")
    made = fund_assessments.issue(year, waiting, reasons={}, earliest={}, actor=actor, at=at)
    audit.record_plain(
        actor, AuditAction.FUND_NOTICES_ISSUED, "fund_year", year.id, at=at,
        told={"issued_on": clock.civil_date(at), "notices": len(made)},
    )  # fmt: skip
    return len(made)


def _drafts(
    year: FundYear, private: Private, standing: Sequence[Assessment], taken: Sequence[Open], reason: str
) -> list[Draft]:
    """Everybody whose assessment is new."""
    before = {one.payer_id: one for one in standing}
    shares = {payer_id: one.share_cents for payer_id, one in before.items()}
    merged, here = absorbed_by(private.payers), {one.id: one for one in private.payers}
    rows = fund_adjustments.rows_of(year)
    takes = _taken(year, private, standing, taken, rows)
    found = []
    moved = {merged[payer_id] for payer_id in before if payer_id in merged}  # they get its money, and need an account
    for payer_id in sorted({*private.assessed, *takes, *before, *moved}):
        old, took = before.get(payer_id), takes.get(payer_id, {})
        is_decided = old is not None and old.is_decided and keeps_decision(payer_id, merged, shares)
        share = shares[payer_id] if is_decided else private.assessed.get(payer_id, 0)
        if old is not None and old.share_cents == share and rows.get(old.id, {}) == took:
            continue
        absorbed = tuple(
            before[other] for other in (here[payer_id].absorbed if payer_id in here else ()) if other in before
        )
        found.append(
            Draft(
                payer_id, share, took, here[payer_id].merged if payer_id in here else "", old, absorbed, is_decided,
                reasons=(reason, notices.KEPT_ON_APPEAL if is_decided else "", _moved(payer_id, merged, here)),
            )
        )  # fmt: skip
    return found


def _taken(
    year: FundYear, private: Private, standing: Sequence[Assessment], taken: Sequence[Open], rows: Mapping[int, Taken]
) -> dict[int, dict[tuple[int, int], int]]:
    """By payer what its assessment takes along: of earlier years, and what was settled at once of its own."""
    merged, here = absorbed_by(private.payers), {one.id for one in private.payers}
    found: dict[int, dict[tuple[int, int], int]] = {}
    for one in taken:
        now = merged.get(one.payer_id, one.payer_id)
        if now in here:
            found.setdefault(now, {})[(one.from_year_id, one.payer_id)] = one.cents
    for assessment in standing:
        now = merged.get(assessment.payer_id, assessment.payer_id)
        for key, cents in rows.get(assessment.id, {}).items():
            if key[0] == year.id:
                found.setdefault(now, {})[key] = cents
    return found


def _moved(payer_id: int, merged: Mapping[int, int], here: Mapping[int, Billed]) -> str:
    """That what a payer was assessed is assessed to whoever it merged into."""
    if payer_id not in merged:
        return ""
    return f"What was assessed to it is assessed to {here[merged[payer_id]].name} now, with what it paid."


def _move_money(year: FundYear, private: Private, standing: Sequence[Assessment], *, actor: User, at: datetime) -> None:
    """What a merged payer paid goes with its assessment to whoever it merged into."""
    assessed = {one.payer_id for one in standing}
    for payer_id, to in sorted(absorbed_by(private.payers).items()):
        if payer_id in assessed:
            accounts.transfer(year, payer_id, to, actor=actor, at=at)


def _fingerprint(rests_on: Inputs, taken: Sequence[Open], standing: Sequence[Assessment]) -> str:
    return fund.fingerprint(
        plain(rests_on)
        | {
            "adjustments": [[one.from_year_id, one.payer_id, one.cents] for one in taken],
            "decided": [[one.payer_id, one.share_cents] for one in standing if one.is_decided],
        }
    )
