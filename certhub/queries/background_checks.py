"""Background checks of coordinators: what is on file, which are asked for, and which are due again."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.certification import Evidence
from certhub.models.messages import Obligation
from certhub.models.parties import Party
from certhub.queries import standards
from certhub.queries.obligation_sources.papers import is_check, newer_document
from certhub.queries.visibility import party_visible
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import RequirementKind, SubjectType

MOST_TOLD = 20
_AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CheckOnFile:
    """The answer to one check; nothing of what a report says is kept."""

    check: str
    answered_on: date | None
    cleared: bool
    due_on: date | None
    source: str


@dataclass(frozen=True, slots=True)
class CheckDue:
    """A check that is to be done again."""

    coordinator_id: int
    coordinator: str
    check: str
    answered_on: date | None
    due_on: date


def of_coordinator(party_id: int) -> list[CheckOnFile]:
    """The checks of a person that stand, newest first."""
    later = aliased(Evidence)
    rows = db.session.execute(
        select(Evidence.value, Evidence.occurred_on, Evidence.expires_on)
        .where(
            Evidence.party_id == party_id,
            Evidence.withdrawn.is_(False),
            is_check(Evidence),
            ~select(later.id).where(later.supersedes_id == Evidence.id).exists(),
        )
        .order_by(Evidence.occurred_on.desc(), Evidence.id.desc())
    )
    return [
        CheckOnFile(value["check"], answered_on, value.get("cleared") is True, due_on, value.get("source", ""))
        for value, answered_on, due_on in rows
    ]


def asked_for(*, on: date) -> list[tuple[Requirement, str]]:
    """The checks that the standard for coordinators asks for on a day, each with its requirement."""
    standard = standards.for_subject(SubjectType.COORDINATOR)
    return [
        (requirement, check)
        for requirement in standards.definition_of(standards.in_force(standard.id, on)).requirements
        if requirement.kind is RequirementKind.BACKGROUND_CHECK
        for check in typed_parameters(requirement).checks
    ]


def due_again(viewer: Viewer, *, on: date) -> list[CheckDue]:
    """Checks that are overdue or due within 30 days, the longest overdue first, for those who record them."""
    if not may(viewer, Permission.BACKGROUND_CHECK_RECORD):
        return []
    party = Party.__table__.c
    rows = db.session.execute(
        select(party.id, party.name, Evidence.value, Evidence.occurred_on, Obligation.due_on)
        .select_from(Obligation)
        .join(Evidence, Evidence.id == Obligation.subject_id)
        .join(Party.__table__, party.id == Obligation.party_id)
        .where(
            Obligation.kind == ObligationKind.BACKGROUND_RECHECK,
            Obligation.closed_at.is_(None),
            Obligation.due_on <= on + _AHEAD,
            party.kind == SubjectType.COORDINATOR,
            ~newer_document(Evidence),  # recorded since the obligations were derived last
            party_visible(viewer),
        )
        .order_by(Obligation.due_on, Obligation.id)
        .limit(MOST_TOLD)
    )
    return [CheckDue(row[0], row[1], row[2]["check"], row[3], row[4]) for row in rows]
