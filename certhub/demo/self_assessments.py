"""Practices of the demo state that rate themselves, and ask their families."""

from collections.abc import Mapping
from datetime import date, timedelta

from certhub.demo.lifecycle import Desk
from certhub.demo.timeline import Story, moment
from certhub.models.certification import Application
from certhub.models.medical_home import SelfAssessment
from certhub.models.parties import Practice
from certhub.rules.family_feedback import QUESTION_GROUPS, FeedbackRound
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.vocabulary import FeedbackMethod, RespondentRole
from certhub.services import audit, family_feedback, self_assessments

FULL = INSTRUMENTS["MHI-FV"]

_PEOPLE = (
    ("Dr. Anita Rao", RespondentRole.PHYSICIAN, "physician"),
    ("Denise Fournier", RespondentRole.NURSE, "nurse"),
    ("Family advisor 1", RespondentRole.FAMILY_ADVISOR, ""),
)
_BY_LINK = audit.SystemActor("person by a personal link")


def profile(level: int, raised: Mapping[str, int]) -> dict[str, int]:
    """A score for each theme: `level`, but for those that are raised."""
    return dict.fromkeys(FULL.themes, level) | dict(raised)


def begun(practice: Practice, desk: Desk, scores: Mapping[str, int], *, on: date) -> Story[SelfAssessment]:
    """Opened, and answered by three people around what they will agree on; the nurse and the advisor differ from it."""
    at = moment(on, 5)
    yield at
    assessment = self_assessments.open_(
        practice, instrument_id=FULL.id, licensed_copy="Binder in the conference room", actor=desk.applicant, at=at
    )
    for place, (name, role, mailbox) in enumerate(_PEOPLE):
        somebody = self_assessments.add_respondent(
            assessment, name=name, role=role, email=f"{mailbox}{practice.id}@example.org" if mailbox else "",
            link=lambda token: f"{desk.press.base_url}/self-assessment-answers/{token}", actor=desk.applicant, at=at,
        )  # fmt: skip
        answers: dict[str, int | None] = {
            theme: max(FULL.low, min(FULL.high, score + (0, 1, -1)[place] - 2 * (theme == "3.2" and place == 2)))  # noqa: PLR2004  (the third person)
            for theme, score in scores.items()
        }
        by = _BY_LINK if mailbox else desk.applicant
        self_assessments.save_answers(somebody, answers, actor=by, at=at)
    return assessment


def closed(assessment: SelfAssessment, desk: Desk, scores: Mapping[str, int], *, on: date) -> Story[None]:
    """The meeting agrees, and the practice closes it: it goes with the application that is open."""
    at = moment(on, 20)
    yield at
    self_assessments.record_consensus(assessment, dict(scores), actor=desk.applicant, at=at)
    self_assessments.close(assessment, held_on=on, actor=desk.applicant, at=at)


def families_asked(practice: Practice, application: Application, desk: Desk, good: int, *, on: date) -> Story[None]:
    """A survey of more than 1 in 10 families, handed in with the application."""
    at = moment(on, 30)
    yield at
    found = FeedbackRound(
        FeedbackMethod.SAMPLE_SURVEY, on - timedelta(days=40), on - timedelta(days=5), families=310, asked=60,
        answered=26, favourable={group: good + 3 * place for place, group in enumerate(QUESTION_GROUPS)},
    )  # fmt: skip
    feedback = family_feedback.record(practice, found, actor=desk.applicant, at=at)
    family_feedback.hand_in(feedback, application, actor=desk.applicant, at=at)
