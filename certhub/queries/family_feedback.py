"""Rounds of family feedback of a practice."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.certification import Application, Evidence
from certhub.models.medical_home import FamilyFeedback
from certhub.queries.evaluations import Judgement
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.family_feedback import DOCUMENT_TYPES
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.permissions import Viewer
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import FeedbackMethod, RequirementKind, SubjectType

_Later = aliased(FamilyFeedback)
_STANDS = ~select(_Later.id).where(_Later.supersedes_id == FamilyFeedback.id).exists()


def one(viewer: Viewer, feedback_id: int) -> FamilyFeedback:
    """A round of a practice that the viewer may see, corrected or not. Raises `NotVisible`."""
    found = db.session.scalar(
        select(FamilyFeedback).where(
            FamilyFeedback.id == feedback_id, party_visible(viewer, FamilyFeedback.__table__.c.party_id)
        )
    )
    if found is None:
        raise NotVisible(feedback_id)
    return found


def corrected_by(feedback: FamilyFeedback) -> FamilyFeedback | None:
    """The round that took this one's place."""
    return db.session.scalar(select(FamilyFeedback).where(FamilyFeedback.supersedes_id == feedback.id))


def of_practice(viewer: Viewer, party_id: int) -> list[FamilyFeedback]:
    """The rounds that stand, newest first."""
    return list(
        db.session.scalars(
            select(FamilyFeedback)
            .where(
                FamilyFeedback.party_id == party_id,
                party_visible(viewer, FamilyFeedback.__table__.c.party_id),
                _STANDS,
            )
            .order_by(FamilyFeedback.ends_on.desc(), FamilyFeedback.id.desc())
        )
    )


def asking_for(judgement: Judgement, method: FeedbackMethod) -> Requirement | None:
    """The requirement of an application that a round with this method speaks to, where there is one."""
    return next((one for one, _ in judgement.pairs() if _takes(one, method)), None)


def offered(
    application: Application, judgement: Judgement | None, given: list[Evidence]
) -> Mapping[str, FamilyFeedback | None]:
    """For each requirement that asks for feedback, the latest round that stands and is not handed in yet."""
    if (
        judgement is None
        or application.status not in WITH_APPLICANT
        or application.party.kind is not SubjectType.PRACTICE
    ):
        return {}
    used = {item.value.get("family_feedback_id") for item in given}
    rounds = db.session.scalars(
        select(FamilyFeedback)
        .where(FamilyFeedback.party_id == application.party_id, _STANDS)
        .order_by(FamilyFeedback.ends_on.desc(), FamilyFeedback.id.desc())
    ).all()
    return {
        requirement.code: next((one for one in rounds if one.id not in used and _takes(requirement, one.method)), None)
        for requirement, _ in judgement.pairs()
        if any(_takes(requirement, method) for method in FeedbackMethod)
    }


def _takes(requirement: Requirement, method: FeedbackMethod) -> bool:
    """Whether a round counts for a requirement: counts are no document, so one that needs a file does not take them."""
    return (
        requirement.kind is RequirementKind.DOCUMENT
        and DOCUMENT_TYPES[method] in requirement.params["types"]
        and not requirement.params.get("needs_file", True)
    )
