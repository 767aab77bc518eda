"""What is in somebody's calendar. Each kind of event has a source, so that another kind is one more line."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import selectinload

from certhub import clock
from certhub.database import db
from certhub.documents.calendar import Event, Standing
from certhub.models.accounts import User
from certhub.models.calendars import CalendarFeed
from certhub.models.convenings import Convening, ConveningAnswer
from certhub.models.parties import Party
from certhub.queries import convenings
from certhub.queries.session_calendar import training_sessions
from certhub.rules.convenings import for_whom
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.tokens import token_hash

LOOKS_BACK = timedelta(days=365)
"""How long an event stays in a feed after its day."""

Source = Callable[[Viewer, date, str], list[Event]]
"""The events of one kind from a day on that belong into a viewer's calendar; the text begins addresses of pages."""


def feed_of(user: User) -> CalendarFeed | None:
    """The feed of an account that counts."""
    return db.session.scalar(
        select(CalendarFeed).where(CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None))
    )


def reader_of(token: str) -> User | None:
    """Whose calendar the secret of an address opens; None where it was revoked, or the account is closed."""
    return db.session.scalar(
        select(User)
        .join(CalendarFeed, CalendarFeed.user_id == User.id)
        .where(
            CalendarFeed.token_hash == token_hash(token),
            CalendarFeed.revoked_at.is_(None),
            User.deactivated_at.is_(None),
        )
    )


def events_of(viewer: Viewer, *, base_url: str) -> list[Event]:
    """Everything in the viewer's calendar, of all kinds."""
    since = clock.today() - LOOKS_BACK
    return [event for source in SOURCES for event in source(viewer, since, base_url)]


def event_of(meeting: Convening, *, base_url: str) -> Event:
    """A state meeting as calendars know it."""
    cancelled = meeting.cancelled_at is not None
    page = f"{base_url}/convenings/{meeting.id}"
    told = [f"For: {for_whom(meeting.region)}"]
    if cancelled:
        told.append(f"Cancelled: {meeting.cancelled_because}")
    if meeting.link:
        told.append(f"Join online: {meeting.link}")
    if meeting.topics:
        told.append("Agenda:\n" + "\n".join(f"{topic.position}. {topic.title}" for topic in meeting.topics))
    return Event(
        uid=f"{meeting.calendar_uid}@certhub",
        sequence=meeting.sequence,
        when=(meeting.starts_at, meeting.ends_at),
        summary=meeting.title,
        changed_at=meeting.changed_at,
        place=meeting.place or meeting.link,
        description="\n".join([*told, page]),
        link=page,
        standing=Standing.CANCELLED if cancelled else Standing.CONFIRMED,
    )


def state_meetings(viewer: Viewer, since: date, base_url: str) -> list[Event]:
    """The meetings that concern the viewer: a coordinator's are those of the region, and those that they come to.

    Whoever said that they cannot come has a meeting in the calendar only where it is cancelled for everybody.
    """
    if not may(viewer, Permission.CONVENING_READ):
        return []
    rows = db.session.scalars(
        select(Convening)
        .where(Convening.held_on >= since, _concerns(viewer))
        .order_by(Convening.held_on, Convening.id)
        .options(selectinload(Convening.topics))
    )
    return [event_of(meeting, base_url=base_url) for meeting in rows]


def _concerns(viewer: Viewer) -> ColumnElement[bool]:
    if not may(viewer, Permission.CONVENING_ANSWER):
        return Convening.id.is_not(None)
    mine = (
        ConveningAnswer.convening_id == Convening.id,
        ConveningAnswer.coordinator_id == viewer.party_id,
        convenings.is_latest(),
    )
    home = select(Party.region).where(Party.id == viewer.party_id).scalar_subquery()
    comes = exists(select(ConveningAnswer.id).where(*mine, ConveningAnswer.is_coming))
    stays_away = exists(select(ConveningAnswer.id).where(*mine, ConveningAnswer.is_coming.is_(False)))
    nearby = or_(Convening.region.is_(None), Convening.region == home)
    return or_(comes, nearby & (~stays_away | Convening.cancelled_at.is_not(None)))


SOURCES: tuple[Source, ...] = (state_meetings, training_sessions)
"""Whose events a calendar is made of."""
