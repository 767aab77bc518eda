"""What a merge of two records would do, row by row, and what stands in its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from certhub import clock
from certhub.database import db
from certhub.models.certification import Application, Credential
from certhub.models.course_sessions import Enrolment
from certhub.models.parties import Assignment, Coordinator, Employment, ExternalLicence
from certhub.models.training import TrainingCompletion
from certhub.queries import credential_status, record_merges
from certhub.rules.enrolment import LIVE, OPEN
from certhub.rules.independence import Span
from certhub.rules.licences import licence_name
from certhub.rules.record_merge import licence_mark, obstacles, told_already
from certhub.rules.refusal import Refusal
from certhub.rules.status import is_authorized, status_on
from certhub.rules.terms import written
from certhub.rules.training_entry import marks_of

_FACTS: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    ("Employment", Employment, (joinedload(Employment.employer),)),
    ("Assignment", Assignment, (joinedload(Assignment.practice),)),
    ("Training", TrainingCompletion, ()),
    ("Licence", ExternalLicence, ()),
)


@dataclass(frozen=True, slots=True)
class MovingRow:
    """A row of the record that would be absorbed, and what becomes of it."""

    kind: str
    what: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do, and what has to be put right before it."""

    rows: tuple[MovingRow, ...]
    obstacles: tuple[str, ...]


def plan(kept: Coordinator, absorbed: Coordinator, *, on: date) -> Plan:
    """What hangs on the record that would be absorbed, and what stands in the way of the merge."""
    applying = record_merges.open_applications(kept.id, absorbed.id)
    mine = {one.standard_id: one for one in record_merges.credentials_of(kept.id)}
    in_force = ""
    rows: list[MovingRow] = []
    for credential in record_merges.credentials_of(absorbed.id):
        own = mine.get(credential.standard_id)
        if own is not None and _authorized(credential, on) and not _authorized(own, on):
            in_force = credential.number
        outcome = f"Becomes void, {own.number} counts" if own else "Moves"
        rows.append(MovingRow("Credential", credential.number, outcome))
    in_the_way = obstacles(
        same=kept.id == absorbed.id,
        merged_before=kept.merged_into_id is not None or absorbed.merged_into_id is not None,
        told_apart=record_merges.apart(kept.id, absorbed.id) is not None,
        has_absorbed=bool(record_merges.of_record(absorbed.id)),
        both_apply=bool(applying.get(kept.id)) and bool(applying.get(absorbed.id)),
        held_in_force_elsewhere=in_force,
    )
    if kept.id == absorbed.id or kept.merged_into_id or absorbed.merged_into_id:
        return Plan((), in_the_way)
    contradictions: list[str] = []
    for kind, model, along in _FACTS:
        standing = _standing(model, kept.id, along)
        for row in _standing(model, absorbed.id, along):
            try:
                outcome = "Set aside, the other record tells it" if told_by(row, standing) else "Moves"
            except Refusal as refusal:
                contradictions.append(str(refusal))
                outcome = "Stands in the way"
            rows.append(MovingRow(kind, _in_words(row), outcome))
    applications = select(Application).where(Application.party_id == absorbed.id).order_by(Application.id)
    rows += [
        MovingRow(
            "Application", f"{one.kind.value.capitalize()}, opened {written(clock.civil_date(one.opened_at))}", "Moves"
        )
        for one in db.session.scalars(applications)
    ]
    seated = sessions_of(kept.id)
    for place in db.session.scalars(select(Enrolment).where(Enrolment.coordinator_id == absorbed.id)):
        twice = place.session_id in seated and place.status in LIVE
        if twice and place.status in OPEN:
            to_come = place.session.places_until > clock.now()
            what = "Give one of them up first." if to_come else "Wait until the session is closed."
            contradictions.append(f"Both records have a place in {_session_in_words(place)}. {what}")
        outcome = "Stays, the other record has a place in it, too" if twice else "Moves"
        rows.append(MovingRow("Training session", _session_in_words(place), outcome))
    return Plan(tuple(rows), (*in_the_way, *contradictions))


def sessions_of(coordinator_id: int) -> set[int]:
    """The sessions in which a record has a place that it did not give up."""
    return set(
        db.session.scalars(
            select(Enrolment.session_id).where(Enrolment.coordinator_id == coordinator_id, Enrolment.status.in_(LIVE))
        )
    )


def _session_in_words(place: Enrolment) -> str:
    return f"{place.session.course.title}, {written(clock.civil_date(place.session.starts_at))}"


def told_by(row: Any, mine: Sequence[Any]) -> bool:
    """Whether the facts that stand on the kept record tell a fact of the absorbed one already.

    Raises `Refusal` where they contradict it.
    """
    if isinstance(row, Employment):
        same = [Span(one.starts_on, one.ends_on) for one in mine if one.employer_id == row.employer_id]
        return told_already(Span(row.starts_on, row.ends_on), same, where=row.employer.name)
    if isinstance(row, Assignment):
        same = [Span(one.starts_on, one.ends_on) for one in mine if one.practice_id == row.practice_id]
        return told_already(Span(row.starts_on, row.ends_on), same, where=row.practice.name)
    if isinstance(row, ExternalLicence):
        return licence_mark(row.kind, row.number) in {licence_mark(one.kind, one.number) for one in mine}
    return any(not one.withdrawn and _marks(row) & _marks(one) for one in mine)


def _standing(model: Any, party_id: int, along: tuple[Any, ...]) -> list[Any]:
    found = select(model).where(model.coordinator_id == party_id, model.superseded_at.is_(None)).order_by(model.id)
    return list(db.session.scalars(found.options(*along)))


def _authorized(credential: Credential, on: date) -> bool:
    return is_authorized(status_on(credential_status.history_of(credential.id), on))


def _marks(row: TrainingCompletion) -> frozenset[tuple[object, ...]]:
    return marks_of(row.title, row.provider, row.course_code, row.completed_on, row.category)


def _in_words(row: Any) -> str:
    if isinstance(row, ExternalLicence):
        return f"{licence_name(row.kind)}, {row.number}"
    if isinstance(row, TrainingCompletion):
        return f"{row.title}, {written(row.completed_on)}"
    where = row.employer.name if isinstance(row, Employment) else row.practice.name
    until = f"through {written(row.ends_on)}" if row.ends_on else "on"
    return f"{where}, {written(row.starts_on)} {until}"
