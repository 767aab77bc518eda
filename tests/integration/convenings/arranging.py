"""Meetings for tests, planned by the same service that the pages use."""

from dataclasses import replace
from datetime import timedelta

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.convenings import Convening
from certhub.models.parties import Coordinator
from certhub.queries import convenings
from certhub.rules.convenings import MeetingFacts
from certhub.services import convening_records
from certhub.services import convenings as service
from tests.factories import WHEN

FACTS = MeetingFacts("Spring meeting", WHEN, WHEN, "250 Washington Street, Boston", "", None, ("Welcome", "Equipment"))


def planned(by: User, *, days: int = 30, **facts: object) -> Convening:
    """A meeting so many days from now; one of the past was planned before it."""
    at = clock.now().replace(microsecond=0)
    starts_at = at + timedelta(days=days)
    typed = replace(FACTS, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))
    typed = replace(typed, **facts)  # type: ignore[arg-type]  # facts are named by the tests
    with transaction():
        return service.plan(typed, actor=by, at=min(at, starts_at) - timedelta(days=1))


def answered(meeting: Convening, person: Coordinator, by: User, *, is_coming: bool = True) -> None:
    """Somebody says whether they come, a minute before the meeting begins."""
    with transaction():
        service.answer(meeting, {person: is_coming}, actor=by, at=meeting.starts_at - timedelta(minutes=1))


def attended(meeting: Convening, person: Coordinator, by: User, *, was_there: bool = True) -> None:
    """DPH records whether somebody was there."""
    with transaction():
        convening_records.record_attendance(meeting, {person: was_there}, actor=by, at=meeting.ends_at)


def changed(meeting: Convening, by: User, **facts: object) -> int:
    """DPH changes a meeting; how many people hear of it."""
    at = clock.now()
    with transaction():
        typed = replace(convenings.facts_of(meeting), **facts)  # type: ignore[arg-type]  # as above
        told = service.change(
            meeting, typed, shown=meeting.sequence, base_url="https://certhub.example", actor=by, at=at
        )
    db.session.refresh(meeting)
    return told
