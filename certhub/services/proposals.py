"""Proposals: asked for by a person, computed by the worker, and accepted line by line; nothing is changed before."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import Contract
from certhub.models.parties import Coordinator, Practice
from certhub.models.proposals import PracticeNeed, Proposal, ProposalLeftOut, ProposalLine, ProposalUnmet
from certhub.queries import placement
from certhub.queries.placement import Gathered
from certhub.rules.assignment import Load
from certhub.rules.audit_actions import AuditAction
from certhub.rules.independence import Span
from certhub.rules.placement.explanation import Line, one_after_the_other
from certhub.rules.placement.problem import Plan
from certhub.rules.placement.shortfall import by_practice, by_region, languages_of, more_people
from certhub.rules.proposals import (
    Effort,
    LineDecision,
    require_ahead,
    require_asked,
    require_declined,
    require_need,
    require_open,
    require_still_needed,
)
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Region
from certhub.services import assignments, audit
from certhub.services.assignments import Wanted
from certhub.services.audit import Actor
from certhub.services.bulk_changes import rows_changed

AT_ONCE = 50
ENDED_PLAN = "Somebody ended the work on this plan, and nothing was changed. Ask for a new one when you want it."
ENDED_ACCEPTANCE = (
    "Somebody ended accepting all lines. What was accepted stays accepted; ask for the rest when you want it."
)
"""Lines that are accepted while somebody waits for the page; more are left to the worker."""


def record_need(
    practice: Practice,
    *,
    tiers: tuple[int, int, int],
    languages: Mapping[str, int],
    seen: int | None,
    reported_month_from: date | None = None,
    actor: User,
    at: datetime,
) -> PracticeNeed:
    """Record what a practice needs; `seen` is the record that was shown, so that nobody overwrites what is newer.

    Raises `Refusal`.
    """
    require_need(dict(zip(("tier_1", "tier_2", "tier_3"), tiers, strict=True)), languages)
    locked(practice)
    before = standing_need(practice.id)
    if before is None and not any(tiers):
        raise Refusal("Type at least one child. A practice without a need is left out as it is.", field="tier_1")
    if (before.id if before else None) != seen:
        raise Refusal("Somebody else changed this need meanwhile. Look at it again before you change it.")
    if before is not None:
        before.superseded_at = at
        db.session.flush()
    tier_1, tier_2, tier_3 = tiers
    need = PracticeNeed(
        practice_id=practice.id,
        tier_1=tier_1,
        tier_2=tier_2,
        tier_3=tier_3,
        languages=languages_of(languages),
        reported_month_from=reported_month_from,
        recorded_by_id=actor.id,
        recorded_at=at,
        supersedes_id=before.id if before else None,
    )
    db.session.add(need)
    db.session.flush()
    if before is not None:
        audit.record(actor, AuditAction.PRACTICE_NEED_RECORDED, before, at=at, party_id=practice.id)
    audit.record(actor, AuditAction.PRACTICE_NEED_RECORDED, need, at=at, party_id=practice.id)
    return need


def standing_need(practice_id: int) -> PracticeNeed | None:
    """What a practice needs by what is known now."""
    return db.session.scalar(
        select(PracticeNeed).where(PracticeNeed.practice_id == practice_id, PracticeNeed.superseded_at.is_(None))
    )


def ask(
    regions: Collection[Region],
    *,
    starts_on: date,
    ends_on: date,
    effort: Effort,
    most_miles: int,
    vendor_id: int | None,
    actor: User,
    at: datetime,
) -> Proposal:
    """Ask for a proposal, which the worker computes; `vendor_id` limits it to a vendor's people. Raises `Refusal`."""
    require_asked(regions, starts_on, ends_on, most_miles, today=clock.civil_date(at))
    proposal = Proposal(
        vendor_id=vendor_id,
        regions=[region.value for region in Region if region in regions],
        starts_on=starts_on,
        ends_on=ends_on,
        effort=effort,
        most_miles=most_miles,
        asked_by_id=actor.id,
        asked_at=at,
    )
    db.session.add(proposal)
    db.session.flush()
    audit.record(actor, AuditAction.PROPOSAL_ASKED, proposal, at=at, party_id=vendor_id)
    return proposal


def begin(proposal_id: int, *, at: datetime) -> None:
    """Note that the worker computes a proposal; what an earlier one left in the middle is begun anew."""
    for rows in (ProposalLine, ProposalUnmet, ProposalLeftOut):
        rows_changed(delete(rows).where(rows.proposal_id == proposal_id))
    rows_changed(update(Proposal).where(Proposal.id == proposal_id).values(started_at=at, done=0))


def progress(proposal_id: int, done: int) -> None:
    """Note how far the computation is."""
    rows_changed(update(Proposal).where(Proposal.id == proposal_id).values(done=done))


def keep(
    proposal: Proposal,
    found: Gathered,
    plan: Plan,
    lines: Iterable[Line],
    *,
    bound: int | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep what was computed: each line with its reasons, what stays unmet, and who was left out."""
    demands = {one.id: one for one in found.problem.demands}
    whole = Span(proposal.starts_on, proposal.ends_on)
    rows = [
        {
            "proposal_id": proposal.id, "coordinator_id": line.candidate_id, "practice_id": line.practice_id,
            "contract_id": found.contracts[line.candidate_id], "region": demands[line.demand_id].place.region,
            "starts_on": (line.days or whole).from_on, "ends_on": (line.days or whole).to_on,
            "share_percent": line.share, "miles": line.miles, "points": line.points, "why": line.why,
            "next_best": line.next_best, "next_best_id": line.next_best_id, "next_best_points": line.next_best_points,
        }
        for line in one_after_the_other(lines)
    ]  # fmt: skip
    practices = by_practice(found.problem, plan)
    unmet = [
        {
            "proposal_id": proposal.id, "practice_id": one.practice_id, "region": one.region, "need": one.need,
            "unmet": one.unmet, "languages": dict(one.languages),
        }
        for one in practices
        if one.unmet
    ]  # fmt: skip
    without = [{"proposal_id": proposal.id, "party_id": one.party_id, "because": one.because} for one in found.left_out]
    for model, kept in ((ProposalLine, rows), (ProposalUnmet, unmet), (ProposalLeftOut, without)):
        if kept:
            db.session.execute(insert(model), kept)
    proposal.fingerprint = found.fingerprint
    proposal.cost, proposal.bound, proposal.finished_at = plan.cost, bound, at
    proposal.inputs = {
        "coordinators": len(found.problem.candidates),
        "practices": len(practices),
        "lines": len(rows),
        "weights": asdict(found.problem.weights),
        "limits": asdict(found.problem.limits),
    }
    regions = by_region(found.problem, plan)
    people = more_people(regions)
    proposal.regions_found = [
        {
            "region": one.region.value, "need": one.need, "room": one.room, "placed": one.placed, "unmet": one.unmet,
            "practices": one.practices_unmet, "coordinators": people.get(one.region, 0),
            "languages": list(one.languages),
        }
        for one in regions
        if one.need or one.region.value in proposal.regions
    ]  # fmt: skip
    audit.record(actor, AuditAction.PROPOSAL_COMPUTED, proposal, at=at, party_id=proposal.vendor_id)


def end_work(proposal: Proposal, *, actor: User, at: datetime) -> None:
    """End a computation, or an acceptance of everything, because somebody does not want it any more.

    Raises `Refusal` where neither waits nor runs.
    """
    if locked(proposal).finished_at is not None and proposal.accept_asked_at is None:
        raise Refusal("The work on this proposal has ended already.")
    computing = proposal.finished_at is None
    _leave(proposal, ENDED_PLAN if computing else ENDED_ACCEPTANCE, at)
    audit.record(actor, AuditAction.PROPOSAL_ENDED, proposal, at=at, party_id=proposal.vendor_id)


def give_up(proposal: Proposal, sentence: str, *, actor: Actor, at: datetime) -> None:
    """End a computation, or an acceptance of everything, that could not be done.

    Lines that were accepted already stay so, and the others can still be decided.
    """
    _leave(proposal, sentence, at)
    audit.record(actor, AuditAction.PROPOSAL_FAILED, proposal, at=at, party_id=proposal.vendor_id)


def _leave(proposal: Proposal, sentence: str, at: datetime) -> None:
    if proposal.finished_at is None:
        proposal.started_at = proposal.started_at or at
        proposal.finished_at = at
        proposal.error = sentence
    else:
        proposal.accept_problem = sentence
    proposal.accept_by_id = proposal.accept_asked_at = proposal.accept_region = None


def accept(lines: Collection[ProposalLine], *, actor: User, at: datetime) -> tuple[int, int]:
    """Record the assignments of some lines, each checked again as the records are now; how many, and how many not.

    A line that no longer holds stays open and says why.
    """
    accepted = refused = 0
    for line in lines:
        locked(line)
        try:
            _accept(line, actor=actor, at=at)
            accepted += 1
        except Refusal as refusal:
            refused += 1
            if line.decision is LineDecision.OPEN:
                line.problem = refusal.message
                audit.record(
                    actor, AuditAction.PROPOSAL_LINE_REFUSED, line, at=at, party_id=line.coordinator_id,
                    because=refusal.message,
                )  # fmt: skip
    return accepted, refused


def decline(line: ProposalLine, *, reason: str, actor: User, at: datetime) -> None:
    """Say no to a line, with the reason. Raises `Refusal`."""
    locked(line)
    require_open(line.decision)
    if not reason.strip():
        raise Refusal("Say why this line is declined.", field="reason")
    _decide(line, LineDecision.DECLINED, reason=reason.strip(), actor=actor, at=at)
    audit.record(actor, AuditAction.PROPOSAL_LINE_DECLINED, line, at=at, party_id=line.coordinator_id)


def lift(line: ProposalLine, *, actor: User, at: datetime) -> None:
    """Let plans bring a coordinator and a practice together again that somebody declined. Raises `Refusal`."""
    locked(line)
    require_declined(line.decision, lifted=line.lifted_at is not None)
    same = select(ProposalLine).where(
        ProposalLine.coordinator_id == line.coordinator_id,
        ProposalLine.practice_id == line.practice_id,
        ProposalLine.decision == LineDecision.DECLINED,
        ProposalLine.lifted_at.is_(None),
    )
    by = actor.id
    for one in db.session.scalars(same.order_by(ProposalLine.id)).all():
        one.lifted_by_id, one.lifted_at = by, at
        audit.record(actor, AuditAction.PROPOSAL_LINE_LIFTED, one, at=at, party_id=one.coordinator_id)


def ask_to_accept(proposal: Proposal, region: Region | None, *, actor: User, at: datetime) -> None:
    """Have the worker accept every open line, or those of a region. Raises `Refusal`."""
    locked(proposal)
    if proposal.accept_asked_at is not None:
        raise Refusal("Somebody asked for this already; the lines are being accepted.")
    if proposal.finished_at is None or proposal.error:
        raise Refusal("There is nothing to accept yet.")
    require_ahead(proposal.starts_on, today=clock.civil_date(at))
    proposal.accept_by_id, proposal.accept_asked_at, proposal.accept_region = actor.id, at, region
    proposal.accept_problem = None
    audit.record(actor, AuditAction.PROPOSAL_ACCEPTANCE_ASKED, proposal, at=at, party_id=proposal.vendor_id)


def end_acceptance(proposal: Proposal, *, actor: User, at: datetime) -> None:
    """Note that the worker is through with the open lines."""
    proposal.accept_by_id = proposal.accept_asked_at = proposal.accept_region = None
    audit.record(actor, AuditAction.PROPOSAL_ACCEPTANCE_ENDED, proposal, at=at, party_id=proposal.vendor_id)


def _accept(line: ProposalLine, *, actor: User, at: datetime) -> None:
    require_open(line.decision)
    proposal = line.proposal
    require_ahead(proposal.starts_on, today=clock.civil_date(at))
    days = Span(line.starts_on, line.ends_on)
    practice = locked(db.session.get_one(Practice, line.practice_id))
    require_still_needed(line.share_percent, placement.need_left(practice.id, days), practice.name)
    wanted = Wanted(
        locked(db.session.get_one(Coordinator, line.coordinator_id)),
        practice,
        db.session.get_one(Contract, line.contract_id),
        Load(share_percent=line.share_percent),
        days,
    )
    assignment, _ = assignments.record(wanted, actor=actor, at=at)
    _decide(line, LineDecision.ACCEPTED, assignment_id=assignment.id, actor=actor, at=at)
    audit.record(actor, AuditAction.PROPOSAL_LINE_ACCEPTED, line, at=at, party_id=line.coordinator_id)


def _decide(
    line: ProposalLine,
    decision: LineDecision,
    *,
    reason: str = "",
    assignment_id: int | None = None,
    actor: User,
    at: datetime,
) -> None:
    """Note a decision as a whole: reading anything in between would save a half of it, which the table refuses."""
    decided_by_id = actor.id
    line.decision, line.reason, line.assignment_id, line.problem = decision, reason, assignment_id, ""
    line.decided_by_id, line.decided_at = decided_by_id, at
