"""What waits for DPH: applications with a service goal, and papers that were handed in between applications."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, and_, exists, literal, select
from sqlalchemy.orm import aliased

from certhub.models.certification import Application
from certhub.models.messages import Obligation
from certhub.models.standards import StandardSet
from certhub.models.submittals import Submittal
from certhub.queries import submittals
from certhub.queries.obligation_sources.source import Falling, Source, falling, of_subject, reasons
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.service_goals import WITH_DEPARTMENT
from certhub.rules.vocabulary import SubjectType


def _applications(_day: date, floor: date) -> Falling:
    return falling(Application.id, Application.party_id, Application.due_on).where(
        Application.status.in_(WITH_DEPARTMENT), Application.due_on >= floor
    )


def _application_settled(_day: date) -> ColumnElement[str | None]:
    row = aliased(Application)
    its = row.id == Obligation.subject_id
    with_department = row.status.in_(WITH_DEPARTMENT)
    return reasons(
        (exists().where(its, row.closed_on.is_not(None)), "it was decided or closed"),
        (exists().where(its, ~with_department), "it is with the applicant"),
        (exists().where(its, row.due_on != Obligation.due_on), "it came a step further"),
    )


def _application() -> SQLColumnExpression[Any]:
    return (
        select(literal("under ", String) + StandardSet.code)
        .join(Application, Application.standard_id == StandardSet.id)
        .where(Application.id == Obligation.subject_id)
        .correlate(Obligation)
        .scalar_subquery()
    )


def _papers(_day: date, floor: date) -> Falling:
    return falling(Submittal.id, Submittal.party_id, Submittal.due_on).where(
        Submittal.due_on >= floor, submittals.is_waiting(Submittal)
    )


def _paper_settled(_day: date) -> ColumnElement[str | None]:
    row = aliased(Submittal)
    waits = exists().where(and_(row.id == Obligation.subject_id, submittals.is_waiting(row)))
    return reasons((~waits, "DPH looked at it, or it was taken back"))


SOURCES = (
    Source(
        kind=ObligationKind.APPLICATION_GOAL,
        falls_due=_applications,
        settled=_application_settled,
        what=_application,
        words=DueWords(
            noun="application",
            ahead="Take the next step of the review by this day.",
            past="The day for the next step has passed. Take it now, or write down what is missing.",
            for_office="See who has the application, and what keeps it.",
        ),
        page=lambda item: ("applications.show", {"application_id": item.subject_id}),
        office=lambda: of_subject(Application.reviewer_id, Application.id),
        concerns=frozenset({Audience.REVIEWER, Audience.DPH}),
        holders=frozenset(SubjectType),
        stops_when_left=False,
    ),
    Source(
        kind=ObligationKind.PAPER_GOAL,
        falls_due=_papers,
        settled=_paper_settled,
        what=lambda: of_subject(Submittal.requirement_code, Submittal.id),
        words=DueWords(
            noun="paper that was handed in for",
            ahead="Look at it by this day.",
            past="Look at it now. The day for it has passed.",
            for_office="Look at it, or ask a reviewer to.",
        ),
        page=lambda item: ("queue.look_at_paper", {"submittal_id": item.subject_id}),
        concerns=frozenset({Audience.DPH}),
        holders=frozenset(SubjectType),
        stops_when_left=False,
    ),
)
