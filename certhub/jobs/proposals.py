"""Compute the proposals of assignments that somebody asked for, and accept their open lines where somebody asked it.

The token of an acceptance is when it was asked for: what it accepted before stays accepted, and is not begun anew.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.jobs.asked_work import EndedMeanwhile, Endings, Hold, Pieces, TakenOver, work_off_asked
from certhub.jobs.registry import Counts, Occasion, job
from certhub.models.accounts import User
from certhub.models.proposals import Proposal, ProposalLine
from certhub.queries import placement
from certhub.rules.independence import Span
from certhub.rules.placement import costs, explanation, search
from certhub.rules.proposals import STEPS, Effort, LineDecision
from certhub.rules.vocabulary import Region
from certhub.services import placement_bound, proposals
from certhub.services.audit import SystemActor

FAILED = "The plan could not be made, and nothing was changed. Ask for a new one; if it fails again, tell DPH."
STOPPED = (
    "Accepting all lines stopped in the middle because something failed. What was accepted stays accepted; ask for the "
    "rest again, and tell DPH if it fails again."
)
DIED = (
    "The worker ended several times while it made this plan, so it was given up, and nothing was changed. Tell DPH "
    "before you ask for it again."
)
DIED_ACCEPTING = (
    "Accepting all lines was given up, because the worker ended several times in the middle of it. What was accepted "
    "stays accepted. Tell DPH before you ask for the rest again."
)
_WORKER = SystemActor("proposals")
_SEARCH = {Effort.CLOSE: search.CLOSE_STEPS, Effort.CLOSER: search.CLOSER_STEPS}


_ENDINGS = Endings(died=DIED, ended=proposals.ENDED_PLAN, failed=FAILED)
_ENDINGS_OF_ACCEPTANCE = Endings(died=DIED_ACCEPTING, ended=proposals.ENDED_ACCEPTANCE, failed=STOPPED)


@dataclass(slots=True)
class _Hold(Hold):
    """A plan to compute, or its lines to accept."""

    accepting: bool


@job("proposals", schedule="* * * * *")
def work_off(occasion: Occasion) -> Counts:
    """Compute the proposals that somebody asked for, and accept all their lines where somebody asked it."""

    def do(hold: _Hold, pieces: Pieces) -> None:
        (_accept_all if hold.accepting else _compute)(hold, pieces)

    return work_off_asked(occasion, next_one=_next_one, do=do, give_up=_give_up)


def _next_one(overtaken: Collection[int]) -> _Hold | None:
    """The proposal that was asked for first; one that an earlier worker left in the middle is begun anew."""
    waiting = or_(Proposal.finished_at.is_(None), Proposal.accept_asked_at.is_not(None))
    found = db.session.scalar(
        select(Proposal).where(waiting, Proposal.id.not_in(overtaken)).order_by(Proposal.id).limit(1)
    )
    if found is None:
        return None
    if found.finished_at is None:
        return _Hold(found.id, found.started_at, _ENDINGS, accepting=False)
    return _Hold(found.id, found.accept_asked_at, _ENDINGS_OF_ACCEPTANCE, accepting=True)


def _compute(hold: _Hold, pieces: Pieces) -> None:
    number = hold.number
    with transaction():
        _held(hold)
        since = clock.now()
        proposals.begin(number, at=since)
        pieces.tell(0, STEPS)
    hold.since = since
    asked = db.session.get_one(Proposal, number)
    found = placement.gathered(
        [Region(one) for one in asked.regions],
        Span(asked.starts_on, asked.ends_on),
        vendor_id=asked.vendor_id,
        most_miles=asked.most_miles,
        on=clock.today(),
    )
    effort = asked.effort
    _tell(hold, 1, pieces)
    priced = costs.priced(found.problem)
    _tell(hold, 2, pieces)
    plan = search.plan(priced, steps=_SEARCH[effort])
    _tell(hold, 3, pieces)
    lines = explanation.explained(priced, plan)
    bound = placement_bound.lower_bound(priced) if placement_bound.available() and priced.demands else None
    _tell(hold, 4, pieces)
    with transaction():
        proposals.keep(_held(hold), found, plan, lines, bound=bound, actor=_WORKER, at=clock.now())
        pieces.tell(STEPS, STEPS)


def _accept_all(hold: _Hold, pieces: Pieces) -> None:
    """Accept one line after the other in the name of whoever asked, each saved by itself."""
    last = done = 0
    total: int | None = None
    while True:
        pieces.go_on()
        with transaction() as session:
            proposal = _held(hold)
            actor = session.get_one(User, proposal.accept_by_id)
            wanted = [
                ProposalLine.proposal_id == hold.number,
                ProposalLine.decision == LineDecision.OPEN,
                ProposalLine.id > last,
            ]
            if proposal.accept_region is not None:
                wanted.append(ProposalLine.region == proposal.accept_region)
            if total is None:
                total = session.scalar(select(func.count()).select_from(ProposalLine).where(*wanted)) or 0
            line = session.scalars(select(ProposalLine).where(*wanted).order_by(ProposalLine.id).limit(1)).one_or_none()
            if line is None:
                proposals.end_acceptance(proposal, actor=actor, at=clock.now())
                return
            last = line.id
            proposals.accept([line], actor=actor, at=clock.now())
            done += 1
            pieces.tell(done, max(done, total))


def _tell(hold: _Hold, done: int, pieces: Pieces) -> None:
    """Tell how far the plan is, where it can be left."""
    with transaction():
        _held(hold)
        proposals.progress(hold.number, done)
        pieces.tell(done, STEPS)
    pieces.go_on()


def _held(hold: _Hold) -> Proposal:
    """The proposal, locked, while this is still to be done with it, by this run. Raises `EndedMeanwhile`."""
    proposal = locked(db.session.get_one(Proposal, hold.number))
    if _is_held(hold, proposal):
        return proposal
    if hold.accepting or proposal.finished_at is not None:
        raise EndedMeanwhile
    raise TakenOver


def _is_held(hold: _Hold, proposal: Proposal) -> bool:
    if hold.accepting:
        return proposal.accept_asked_at is not None and proposal.accept_asked_at == hold.since
    return proposal.finished_at is None and proposal.started_at == hold.since


def _give_up(hold: _Hold, sentence: str) -> None:
    """End the work with a sentence, unless it is another run's by now, or somebody has ended it already."""
    with transaction() as session:
        proposal = locked(session.get_one(Proposal, hold.number))
        if _is_held(hold, proposal):
            proposals.give_up(proposal, sentence, actor=_WORKER, at=clock.now())
