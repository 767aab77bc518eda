"""Self-assessments of practices: the one under way, those that were closed, and how a practice moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import joinedload, selectinload

from certhub.database import db
from certhub.models.certification import Application, Evidence
from certhub.models.medical_home import SelfAssessment, SelfAssessmentRespondent, SelfAssessmentResult
from certhub.models.parties import Party
from certhub.queries.evaluations import Judgement
from certhub.queries.municipalities import municipality_name
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.permissions import Viewer
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, scored
from certhub.rules.self_assessment import RESPONDENT_LABELS, Answered, Comparison, Profile, compared
from certhub.rules.standard import Requirement
from certhub.rules.terms import add_months
from certhub.rules.tokens import token_hash
from certhub.rules.vocabulary import Region, RequirementKind, RespondentRole, SubjectType

_party = Party.__table__.c
_assessment = SelfAssessment.__table__.c
_WHOLE = (
    selectinload(SelfAssessment.respondents),
    joinedload(SelfAssessment.result),
    joinedload(SelfAssessment.practice),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a practice stands in the list that DPH reads."""

    id: int
    name: str
    region: Region | None
    municipality: str | None
    assessment_id: int | None
    instrument: str | None
    held_on: date | None
    percent: Decimal | None
    coordination: Decimal | None


def one(viewer: Viewer, assessment_id: int) -> SelfAssessment:
    """A self-assessment of a practice that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(
        select(SelfAssessment)
        .where(SelfAssessment.id == assessment_id, party_visible(viewer, _assessment.party_id))
        .options(*_WHOLE)
    )
    if found is None:
        raise NotVisible(assessment_id)
    return found


def respondent(assessment: SelfAssessment, respondent_id: int) -> SelfAssessmentRespondent:
    """Somebody who answers in a self-assessment. Raises `NotVisible`."""
    found = next((one for one in taking_part(assessment) if one.id == respondent_id), None)
    if found is None:
        raise NotVisible(respondent_id)
    return found


def respondent_by_token(token: str) -> SelfAssessmentRespondent | None:
    """Whoever was sent the link with this secret."""
    return db.session.scalar(
        select(SelfAssessmentRespondent)
        .where(SelfAssessmentRespondent.token_hash == token_hash(token))
        .options(joinedload(SelfAssessmentRespondent.assessment).joinedload(SelfAssessment.practice))
    )


def taking_part(assessment: SelfAssessment) -> list[SelfAssessmentRespondent]:
    """Those who answer, without those who were removed."""
    return [one for one in assessment.respondents if one.removed_at is None]


def answered(assessment: SelfAssessment) -> list[Answered]:
    """Everybody's answers: by name while the work goes on, by role alone once it is closed."""
    if assessment.result is None:
        return [
            Answered(f"{one.name}, {RESPONDENT_LABELS[one.role].lower()}", one.role, one.answers)
            for one in taking_part(assessment)
        ]
    return [
        Answered(RESPONDENT_LABELS[RespondentRole(one["role"])], RespondentRole(one["role"]), one["scores"])
        for one in assessment.result.answers
    ]


def of_practice(viewer: Viewer, party_id: int) -> list[SelfAssessment]:
    """A practice's self-assessments that were closed or are under way, newest first; not those that were given up."""
    found = db.session.scalars(
        select(SelfAssessment)
        .where(SelfAssessment.party_id == party_id, party_visible(viewer, _assessment.party_id))
        .options(*_WHOLE)
        .order_by(SelfAssessment.id.desc())
    )
    return [one for one in found if one.result is not None or one.ended_at is None]


def profile_of(result: SelfAssessmentResult, instrument_id: str) -> Profile:
    """A result with its means, as the rules compare it."""
    return Profile(result.held_on, result.scores, scored(INSTRUMENTS[instrument_id], result.scores))


def comparison_of(assessment: SelfAssessment) -> Comparison:
    """A closed self-assessment beside the one before it with the same instrument."""
    result = assessment.result
    if result is None:
        raise NotVisible(assessment.id)
    before = db.session.scalar(
        select(SelfAssessmentResult)
        .join(SelfAssessment)
        .where(
            SelfAssessmentResult.party_id == assessment.party_id,
            SelfAssessment.instrument == assessment.instrument,
            SelfAssessmentResult.id < result.id,
        )
        .order_by(SelfAssessmentResult.id.desc())
        .limit(1)
    )
    instrument = INSTRUMENTS[assessment.instrument]
    return compared(
        instrument,
        profile_of(result, instrument.id),
        profile_of(before, instrument.id) if before is not None else None,
    )


def comparisons(closed: list[SelfAssessment]) -> list[tuple[SelfAssessment, Comparison]]:
    """Each closed self-assessment of one practice beside the one before it, newest first as they are given."""
    found = []
    for place, one in enumerate(closed):
        if one.result is None:
            continue
        earlier = (other.result for other in closed[place + 1 :] if other.instrument == one.instrument and other.result)
        before = next(earlier, None)
        found.append(
            (
                one,
                compared(
                    INSTRUMENTS[one.instrument],
                    profile_of(one.result, one.instrument),
                    profile_of(before, one.instrument) if before is not None else None,
                ),
            )
        )
    return found


def page(viewer: Viewer, *, region: Region | None = None, cursor: str | None = None) -> Page[Standing]:
    """Practices by name, each with its latest self-assessment."""
    result = SelfAssessmentResult.__table__.c
    latest = SelfAssessmentResult.__table__.alias("latest").c
    newest = (
        select(latest.id)
        .where(latest.party_id == _party.id)
        .order_by(latest.held_on.desc(), latest.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(
            _party.id,
            _party.name,
            _party.region,
            municipality_name(_party.municipality_id),
            result.assessment_id,
            _assessment.instrument,
            result.held_on,
            result.percent_hundredths,
            result.coordination_hundredths,
        )
        .select_from(Party.__table__)
        .outerjoin(SelfAssessmentResult.__table__, result.id == newest)
        .outerjoin(SelfAssessment.__table__, _assessment.id == result.assessment_id)
        .where(_party.kind == SubjectType.PRACTICE, party_visible(viewer))
    )
    if region is not None:
        statement = statement.where(_party.region == region)
    return paged(
        statement,
        [Party.sort_name, Party.id],
        _standing,
        cursor=cursor,
    )


def asking_for(judgement: Judgement, instrument: str) -> Requirement | None:
    """The requirement of an application that a self-assessment with this instrument speaks to, where there is one."""
    for requirement, _ in judgement.pairs():
        if requirement.kind is RequirementKind.INSTRUMENT_SCORE and instrument in requirement.params["instruments"]:
            return requirement
    return None


def offered(
    application: Application, judgement: Judgement | None, given: list[Evidence]
) -> Mapping[str, SelfAssessment | None]:
    """For each requirement that asks for one, the latest self-assessment that would count and is not handed in yet."""
    if (
        judgement is None
        or application.status not in WITH_APPLICANT
        or application.party.kind is not SubjectType.PRACTICE
    ):
        return {}
    asking = [one for one, _ in judgement.pairs() if one.kind is RequirementKind.INSTRUMENT_SCORE]
    used = {item.value.get("self_assessment_id") for item in given}
    closed = db.session.scalars(
        select(SelfAssessment)
        .join(SelfAssessmentResult)
        .where(SelfAssessment.party_id == application.party_id)
        .options(joinedload(SelfAssessment.result))
        .order_by(SelfAssessment.id.desc())
    ).all()
    return {
        requirement.code: next(
            (
                one
                for one in closed
                if one.id not in used and _would_count(one, requirement, on=judgement.occasion.as_of)
            ),
            None,
        )
        for requirement in asking
    }


def _would_count(assessment: SelfAssessment, requirement: Requirement, *, on: date) -> bool:
    if assessment.result is None or assessment.instrument not in requirement.params["instruments"]:
        return False
    months = requirement.params.get("max_age_months")
    return months is None or add_months(assessment.result.held_on, months) >= on


def _standing(row: Row[*tuple[Any, ...]]) -> Standing:
    percent, coordination = (_hundredths(stored) for stored in row[7:9])
    number, name, region, municipality, assessment_id, instrument, held_on = row[:7]
    return Standing(number, name, region, municipality, assessment_id, instrument, held_on, percent, coordination)


def _hundredths(stored: Any) -> Decimal | None:
    return None if stored is None else Decimal(stored) / 100
