"""The last day of work after a change of employer: proposed by the former employer, settled by the person or DPH."""

from datetime import date, datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.employer_changes import EmployerChange, EmployerChangeEffect, LastDayProposal
from certhub.models.parties import Coordinator, Employment
from certhub.rules.audit_actions import AuditAction
from certhub.rules.employer_change import require_proposal
from certhub.rules.refusal import Refusal
from certhub.services import audit, employer_change_letters, employment

_SETTLED = "The last day of work was settled after a change of employer."


def propose(
    effect: EmployerChangeEffect, *, last_day: date, reason: str, base_url: str, actor: User, at: datetime
) -> LastDayProposal:
    """Say that the last day of work is another one than the change recorded; once for each change.

    Raises `Refusal` after five business days, for a change that was taken back, and for days that cannot be.
    """
    change = locked(db.session.get_one(EmployerChange, effect.change_id))
    spell = db.session.get_one(Employment, effect.employment_after_id)
    if change.taken_back_at is not None or change.consented_at is None or spell.ends_on is None:
        raise Refusal("This change was taken back. The employment goes on as before.")
    known = db.session.scalar(
        select(LastDayProposal.id).where(
            LastDayProposal.change_id == change.id, LastDayProposal.employer_id == effect.employer_id
        )
    )
    if known is not None:
        raise Refusal("You have proposed another last day already. The person or DPH settles it.")
    if not reason:
        raise Refusal("Say how you know that this was the last day.", field="reason")
    require_proposal(
        last_day, on_file=spell.ends_on, first_day=spell.starts_on, consented_on=clock.civil_date(change.consented_at),
        today=clock.civil_date(at),
    )  # fmt: skip
    proposal = LastDayProposal(
        change_id=change.id, employer_id=effect.employer_id, party_id=spell.coordinator_id, last_on=last_day,
        reason=reason, proposed_by_id=actor.id, proposed_at=at,
    )  # fmt: skip
    db.session.add(proposal)
    db.session.flush()
    # Of the employer and not of the person, whose timeline the next employer reads.
    audit.record(actor, AuditAction.LAST_DAY_PROPOSED, proposal, at=at, party_id=proposal.employer_id)
    employer_change_letters.tell_of_proposal(change, proposal, base_url=base_url, at=at)
    return proposal


def settle(proposal: LastDayProposal, *, accept: bool, base_url: str, actor: User, at: datetime) -> None:
    """Take a proposed last day over or leave the one on file; the same word twice is once.

    A later last day makes no assignment longer: the work in practices ended when the practices were told that it does.
    Raises `Refusal` where it was settled the other way, or where the employment was changed since.
    """
    locked(db.session.get_one(Coordinator, proposal.party_id), with_key=False)
    locked(proposal)
    if proposal.settled_at is not None:
        if proposal.accepted is not accept:
            raise Refusal("Somebody else has settled this. Look at the page again.")
        return
    change = db.session.get_one(EmployerChange, proposal.change_id)
    if accept:
        spell = locked(_ended(proposal))
        if spell.superseded_at is not None:
            raise Refusal("This employment was changed since. Ask DPH to look at the record.")
        employment.correct(
            spell, kind=spell.kind, job_title=spell.job_title or "", starts_on=spell.starts_on,
            ends_on=proposal.last_on, reason=_SETTLED, base_url=base_url, actor=actor, at=at,
        )  # fmt: skip
    proposal.accepted, proposal.settled_at = accept, at
    audit.record(actor, AuditAction.LAST_DAY_SETTLED, proposal, at=at, party_id=proposal.employer_id)
    employer_change_letters.tell_of_settlement(change, proposal, base_url=base_url, at=at)


def _ended(proposal: LastDayProposal) -> Employment:
    """The employment with the last day that the change recorded."""
    return db.session.scalars(
        select(Employment)
        .join(EmployerChangeEffect, EmployerChangeEffect.employment_after_id == Employment.id)
        .where(
            EmployerChangeEffect.change_id == proposal.change_id,
            EmployerChangeEffect.employer_id == proposal.employer_id,
            EmployerChangeEffect.employment_before_id.is_not(None),
        )
    ).one()
