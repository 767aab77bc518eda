"""Questions about caseload reports: the vendor answers, DPH accepts or asks again."""

from datetime import datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.caseload import CaseloadQuestion, CaseloadQuestionMove
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload_checks import Move, require_words, state_after
from certhub.services import audit

_TOLD = {
    Move.ANSWERED: AuditAction.CASELOAD_QUESTION_ANSWERED,
    Move.ASKED_AGAIN: AuditAction.CASELOAD_QUESTION_ASKED_AGAIN,
    Move.ACCEPTED: AuditAction.CASELOAD_QUESTION_ACCEPTED,
}


def answer(question: CaseloadQuestion, words: str, *, actor: User, at: datetime) -> None:
    """Answer for the vendor."""
    _move(question, Move.ANSWERED, require_words(words), actor=actor, at=at)


def ask_again(question: CaseloadQuestion, words: str, *, actor: User, at: datetime) -> None:
    """Send a question back to the vendor, with what is still open."""
    _move(question, Move.ASKED_AGAIN, require_words(words), actor=actor, at=at)


def accept(question: CaseloadQuestion, words: str, *, actor: User, at: datetime) -> None:
    """Settle a question for DPH; words are welcome and not needed."""
    _move(question, Move.ACCEPTED, words.strip(), actor=actor, at=at)


def _move(question: CaseloadQuestion, move: Move, words: str, *, actor: User, at: datetime) -> None:
    locked(question)
    question.state = state_after(question.state, move)
    db.session.flush()
    db.session.add(
        CaseloadQuestionMove(question_id=question.id, move=move, words=words, by_id=actor.id, recorded_at=at)
    )
    db.session.flush()
    audit.record(actor, _TOLD[move], question, at=at, party_id=question.vendor_id, words=words)
