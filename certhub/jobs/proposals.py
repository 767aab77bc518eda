"""Compute the proposals of assignments that somebody asked for, and accept their open lines where somebody asked it."""

from sqlalchemy import or_, select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.jobs.registry import Counts, EndedMeanwhile, Occasion, job
from certhub.models.accounts import User
from certhub.models.proposals import Proposal, ProposalLine
from certhub.queries import placement
from certhub.rules.independence import Span
from certhub.rules.placement import costs, explanation, search
from certhub.rules.proposals import Effort, LineDecision
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


@job("proposals", schedule="* * * * *")
def work_off(occasion: Occasion) -> Counts:
    """Compute the proposals that somebody asked for, and accept all their lines where somebody asked it."""
    done = 0
    while not occasion.stopping() and (proposal := _next_one()) is not None:
        if occasion.dry_run:
            return {"would work on": 1}
        number, accepting, begun = proposal.id, proposal.finished_at is not None, proposal.started_at is not None
        try:
            if begun and occasion.gives_up(done):
                _give_up(number, DIED, DIED_ACCEPTING)
            elif not (_accept_all(number, occasion) if accepting else _compute(number, occasion)):
                if occasion.cancelled():
                    _give_up(number, proposals.ENDED_PLAN, proposals.ENDED_ACCEPTANCE)
                break
        except EndedMeanwhile:
            pass
        except Exception:
            _give_up(number)
            raise
        done += 1
        occasion.progress(done, None)
    return {"worked on": done} if done else {}


def _next_one() -> Proposal | None:
    """The proposal that was asked for first; one that an earlier worker left in the middle is begun anew."""
    waiting = or_(Proposal.finished_at.is_(None), Proposal.accept_asked_at.is_not(None))
    return db.session.scalar(select(Proposal).where(waiting).order_by(Proposal.id).limit(1))


def _compute(number: int, occasion: Occasion) -> bool:
    with transaction():
        _unfinished(number)
        proposals.begin(number, at=clock.now())
    asked = db.session.get_one(Proposal, number)
    found = placement.gathered(
        [Region(one) for one in asked.regions],
        Span(asked.starts_on, asked.ends_on),
        vendor_id=asked.vendor_id,
        most_miles=asked.most_miles,
        on=clock.today(),
    )
    effort = asked.effort
    if not _told(number, 1, occasion):
        return False
    priced = costs.priced(found.problem)
    if not _told(number, 2, occasion):
        return False
    plan = search.plan(priced, steps=_SEARCH[effort])
    if not _told(number, 3, occasion):
        return False
    lines = explanation.explained(priced, plan)
    bound = placement_bound.lower_bound(priced) if placement_bound.available() and priced.demands else None
    if not _told(number, 4, occasion):
        return False
    with transaction():
        proposals.keep(_unfinished(number), found, plan, lines, bound=bound, actor=_WORKER, at=clock.now())
    return True


def _accept_all(number: int, occasion: Occasion) -> bool:
    """Accept one line after the other in the name of whoever asked, each saved by itself."""
    last = 0
    while True:
        if occasion.stopping():
            return False
        with transaction() as session:
            proposal = locked(session.get_one(Proposal, number))
            if proposal.accept_asked_at is None:
                raise EndedMeanwhile
            actor = session.get_one(User, proposal.accept_by_id)
            statement = select(ProposalLine).where(
                ProposalLine.proposal_id == number,
                ProposalLine.decision == LineDecision.OPEN,
                ProposalLine.id > last,
            )
            if proposal.accept_region is not None:
                statement = statement.where(ProposalLine.region == proposal.accept_region)
            line = session.scalars(statement.order_by(ProposalLine.id).limit(1)).one_or_none()
            if line is None:
                proposals.end_acceptance(proposal, actor=actor, at=clock.now())
                return True
            last = line.id
            proposals.accept([line], actor=actor, at=clock.now())


def _told(number: int, done: int, occasion: Occasion) -> bool:
    """Tell how far the plan is; False where the worker has to stop here."""
    with transaction():
        _unfinished(number)
        proposals.progress(number, done)
    return not occasion.stopping()


def _unfinished(number: int) -> Proposal:
    """The proposal, locked, while it is still to be computed. Raises `EndedMeanwhile`."""
    proposal = locked(db.session.get_one(Proposal, number))
    if proposal.finished_at is not None:
        raise EndedMeanwhile
    return proposal


def _give_up(number: int, plan: str = FAILED, lines: str = STOPPED) -> None:
    with transaction() as session:
        proposal = session.get_one(Proposal, number)
        sentence = plan if proposal.finished_at is None else lines
        proposals.give_up(proposal, sentence, actor=_WORKER, at=clock.now())
