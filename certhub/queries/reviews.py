"""The review of an application: its stages, the recommendation that stands, and the thread of each requirement."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from certhub.database import db
from certhub.models.certification import Application, CredentialPeriod, Decision
from certhub.models.review import ApplicationStage, Recommendation
from certhub.queries import applications
from certhub.queries.evaluations import Judgement
from certhub.rules import overrides
from certhub.rules.vocabulary import ApplicationStatus, Verdict


def stages_of(application: Application) -> list[ApplicationStage]:
    """The stages that an application went through, in the order of time."""
    return list(
        db.session.scalars(
            select(ApplicationStage)
            .where(ApplicationStage.application_id == application.id)
            .options(joinedload(ApplicationStage.moved_by))
            .order_by(ApplicationStage.id)
        )
    )


def recommendation_of(application: Application) -> Recommendation | None:
    """The recommendation that waits for its decision; None where none does."""
    if application.status is not ApplicationStatus.RECOMMENDED:
        return None
    return db.session.scalars(
        select(Recommendation)
        .where(Recommendation.application_id == application.id)
        .order_by(Recommendation.id.desc())
        .limit(1)
    ).one()


def set_aside(application: Application, judgement: Judgement) -> tuple[overrides.Pair, ...]:
    """The critical requirements that an approval would set aside today."""
    latest: dict[str, Verdict] = {}
    for review in applications.reviews_of(application):  # newest first
        latest.setdefault(review.requirement_code, review.verdict)
    return overrides.set_aside(
        judgement.pairs(),
        unmet_critical=judgement.evaluation.unmet_critical,
        waived=[code for code, verdict in latest.items() if verdict is Verdict.WAIVED],
    )


def overridden(periods: Collection[CredentialPeriod]) -> dict[int, Recommendation]:
    """The periods that were granted although a critical requirement was set aside, each with the recommendation."""
    found = db.session.execute(
        select(CredentialPeriod.id, Recommendation)
        .join(Decision, Decision.application_id == CredentialPeriod.application_id)
        .join(Recommendation, Recommendation.id == Decision.recommendation_id)
        .where(CredentialPeriod.id.in_([period.id for period in periods]), Decision.overridden)
    )
    return {period: recommendation for period, recommendation in found}  # noqa: C416  (a Row is not a pair to mypy)
