"""What participants thought of a session, summed up."""

from dataclasses import dataclass

from sqlalchemy import select

from certhub.database import db
from certhub.models.course_sessions import CourseSession, SessionEvaluation
from certhub.rules.evaluation_form import LEAST_FORMS, Summary, summed_up


@dataclass(frozen=True, slots=True)
class Evaluations:
    """How many forms came back, and what they say; nothing while there are too few to hide who said what."""

    forms: int
    statements: tuple[Summary, ...]
    comments: tuple[str, ...]


def summary(session: CourseSession) -> Evaluations:
    """The forms of a session, in no order that tells who sent which; the caller has seen that the viewer runs it."""
    sent = db.session.scalars(
        select(SessionEvaluation).where(SessionEvaluation.session_id == session.id).order_by(SessionEvaluation.id)
    ).all()
    enough = len(sent) >= LEAST_FORMS
    return Evaluations(
        len(sent),
        summed_up(one.answers for one in sent),
        tuple(one.comment for one in sent if one.comment) if enough else (),
    )
