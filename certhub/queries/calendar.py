"""What is in somebody's calendar. Each kind of event has a source, so that another kind is one more line."""

from collections.abc import Callable, Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from certhub import clock
from certhub.database import db
from certhub.documents.calendar import Event, Standing
from certhub.models.accounts import User
from certhub.models.calendars import CalendarFeed
from certhub.models.convenings import Convening
from certhub.models.parties import Party
from certhub.queries import convening_answers
from certhub.queries.convening_answers import Said
from certhub.queries.due_calendar import PageOf, deadlines
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


def events_of(viewer: Viewer, *, base_url: str, link: PageOf | None = None) -> list[Event]:
    """Everything in the viewer's calendar, of all kinds; `link` knows where somebody acts on what is due."""
    since = clock.today() - LOOKS_BACK
    held = [event for source in SOURCES for event in source(viewer, since, base_url)]
    return held + deadlines(viewer, since, link or (lambda _item: f"{base_url}/"))


def event_of(meeting: Convening, *, base_url: str, said: Said | None = None) -> Event:
    """A state meeting as the calendar of one person knows it, who `said` something or nothing.

    It is off where the meeting is cancelled and where the person does not come. Its number rises with each change of
    the meeting and with each answer, so that a calendar follows somebody who says no and then yes again. The numbers
    are even: an odd one between them is free for `taken_off`.
    """
    cancelled = meeting.cancelled_at is not None
    declined = said is not None and not said.is_coming
    page = f"{base_url}/convenings/{meeting.id}"
    told = [f"For: {for_whom(meeting.region)}"]
    if cancelled:
        told.append(f"Cancelled: {meeting.cancelled_because}")
    elif declined:
        told.append("You said that you cannot come.")
    if meeting.link:
        told.append(f"Join online: {meeting.link}")
    if meeting.topics:
        told.append("Agenda:\n" + "\n".join(f"{topic.position}. {topic.title}" for topic in meeting.topics))
    return Event(
        uid=f"{meeting.calendar_uid}@certhub",
        sequence=2 * (meeting.sequence + (said.times if said else 0)),
        when=(meeting.starts_at, meeting.ends_at),
        summary=meeting.title,
        changed_at=max(meeting.changed_at, said.recorded_at) if said else meeting.changed_at,
        place=meeting.place or meeting.link,
        description="\n".join([*told, page]),
        link=page,
        standing=Standing.CANCELLED if cancelled or declined else Standing.CONFIRMED,
    )


def state_meetings(viewer: Viewer, since: date, base_url: str) -> list[Event]:
    """The meetings that concern the viewer: a coordinator's are those of the region, and those that they come to.

    Whoever said that they cannot come has a meeting in the calendar only where it is cancelled for everybody.
    """
    if not may(viewer, Permission.CONVENING_READ):
        return []
    found = db.session.scalars(
        select(Convening)
        .where(Convening.held_on >= since, _concerns(viewer))
        .order_by(Convening.held_on, Convening.id)
        .options(selectinload(Convening.topics))
    ).all()
    said = _said_by(viewer, [meeting.id for meeting in found])
    return [event_of(meeting, base_url=base_url, said=said.get(meeting.id)) for meeting in found]


def _said_by(viewer: Viewer, meetings: Collection[int]) -> dict[int, Said]:
    if viewer.party_id is None or not may(viewer, Permission.CONVENING_ANSWER):
        return {}
    return convening_answers.said_to(meetings, person_id=viewer.party_id)


def _concerns(viewer: Viewer) -> ColumnElement[bool]:
    if not may(viewer, Permission.CONVENING_ANSWER):
        return Convening.id.is_not(None)
    mine = convening_answers.standing(convening_answers.of_people([viewer.party_id or 0])).c
    home = select(Party.region).where(Party.id == viewer.party_id).scalar_subquery()
    comes = Convening.id.in_(select(mine.convening_id).where(mine.is_coming))
    stays_away = Convening.id.in_(select(mine.convening_id).where(mine.is_coming.is_(False)))
    nearby = or_(Convening.region.is_(None), Convening.region == home)
    return or_(comes, nearby & (~stays_away | Convening.cancelled_at.is_not(None)))


SOURCES: tuple[Source, ...] = (state_meetings, training_sessions)
"""Whose events a calendar is made of."""
