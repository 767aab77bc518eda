"""The review of an application: its stages, the recommendation that stands, and the thread of each requirement."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, CredentialPeriod, Decision, ItemReview
from certhub.models.review import ApplicationStage, Recommendation, RequirementNote
from certhub.queries import applications
from certhub.queries.evaluations import Judgement
from certhub.queries.visibility import sees_everything
from certhub.rules import overrides
from certhub.rules.permissions import GRANTS, Permission, Viewer
from certhub.rules.vocabulary import ApplicationStatus, Verdict


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """One thing that was said on a requirement: a reviewer's word, or a note (`verdict` is None)."""

    at: datetime
    by: User
    text: str
    verdict: Verdict | None = None
    internal: bool = False


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


def threads_of(viewer: Viewer, application: Application, words: Collection[ItemReview]) -> dict[str, list[ThreadEntry]]:
    """What was said on each requirement in the order of time; `words` are the reviewers' (`applications.reviews_of`).

    Notes that DPH wrote for itself are left out for everybody else.
    """
    statement = (
        select(RequirementNote)
        .where(RequirementNote.application_id == application.id)
        .options(joinedload(RequirementNote.written_by))
    )
    if not sees_everything(viewer):
        statement = statement.where(RequirementNote.internal.is_(False))
    threads: defaultdict[str, list[ThreadEntry]] = defaultdict(list)
    for word in words:
        threads[word.requirement_code].append(
            ThreadEntry(word.recorded_at, word.reviewer, word.reason, verdict=word.verdict)
        )
    for note in db.session.scalars(statement):
        threads[note.requirement_code].append(
            ThreadEntry(note.recorded_at, note.written_by, note.text, internal=note.internal)
        )
    return {code: sorted(entries, key=lambda entry: entry.at) for code, entries in threads.items()}


def reviewers() -> list[User]:
    """The accounts that can review applications, by name."""
    roles = [role for role, granted in GRANTS.items() if Permission.APPLICATION_REVIEW in granted]
    return list(
        db.session.scalars(
            select(User).where(User.role.in_(roles), User.deactivated_at.is_(None)).order_by(User.name, User.id)
        )
    )
