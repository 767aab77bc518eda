"""Planning state meetings, changing and cancelling them, and answering whether somebody comes."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certhub import clock
from certhub.database import db, locked
from certhub.documents import calendar as calendar_files
from certhub.models.accounts import User
from certhub.models.announcements import Announcement
from certhub.models.convenings import Convening, ConveningAnswer, ConveningTopic
from certhub.models.parties import Coordinator
from certhub.queries import calendar, convenings
from certhub.rules.audit_actions import AuditAction
from certhub.rules.convenings import (
    MeetingFacts,
    changes_in_words,
    require_cancel,
    require_change,
    require_open,
    require_plan,
    state_of,
    tells_calendars,
)
from certhub.rules.local_times import span_in_words
from certhub.rules.refusal import Refusal
from certhub.services import announcements, audit, outbox


def plan(facts: MeetingFacts, *, actor: User, at: datetime) -> Convening:
    """Plan a meeting; nobody is written to before somebody asks for the invitations."""
    require_plan(facts, at=at)
    meeting = Convening(
        title=facts.title, starts_at=facts.starts_at, ends_at=facts.ends_at,
        held_on=clock.civil_date(facts.starts_at), place=facts.place, link=facts.link, region=facts.region,
        planned_by_id=actor.id, planned_at=at, changed_at=at, calendar_uid=f"convening-{secrets.token_hex(16)}",
        sequence=0, topics=_topics(facts.agenda),
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    audit.record(actor, AuditAction.CONVENING_PLANNED, meeting, at=at, agenda=list(facts.agenda))
    return meeting


def change(
    meeting: Convening, facts: MeetingFacts, *, shown: int | None, base_url: str, actor: User, at: datetime
) -> int:
    """Change a meeting and write to those who said they come where it concerns them; how many were written to.

    `shown` is the sequence number that stood on the form: of two people who change at once, the second one is refused.
    """
    locked(meeting)
    if shown != meeting.sequence:
        raise Refusal("Somebody has changed this meeting meanwhile. Look at it again, then make your change.")
    before = convenings.facts_of(meeting)
    require_change(before, facts, _state(meeting, at), at=at)
    if before == facts:
        return 0
    meeting.title, meeting.place, meeting.link, meeting.region = facts.title, facts.place, facts.link, facts.region
    meeting.starts_at, meeting.ends_at = facts.starts_at, facts.ends_at
    meeting.held_on = clock.civil_date(facts.starts_at)
    told: dict[str, Any] = {}
    if before.agenda != facts.agenda:
        meeting.topics.clear()
        db.session.flush()
        meeting.topics = _topics(facts.agenda)
        told["agenda"] = [list(before.agenda), list(facts.agenda)]
    _count_up(meeting, at)
    db.session.flush()
    audit.record(actor, AuditAction.CONVENING_CHANGED, meeting, at=at, **told)
    if not tells_calendars(before, facts):
        return 0
    return _tell(meeting, "convening-changed", base_url=base_url, at=at, changes=changes_in_words(before, facts))


def cancel(meeting: Convening, reason: str, *, base_url: str, actor: User, at: datetime) -> int:
    """Cancel a meeting and write to those who said they come; how many were written to."""
    locked(meeting)
    require_cancel(_state(meeting, at), reason)
    meeting.cancelled_at, meeting.cancelled_because = at, reason.strip()
    _count_up(meeting, at)
    audit.record(actor, AuditAction.CONVENING_CANCELLED, meeting, at=at)
    return _tell(meeting, "convening-cancelled", base_url=base_url, at=at, reason=reason.strip())


def invite(meeting: Convening, *, actor: User, at: datetime) -> Announcement:
    """Have everybody written to who may come; the worker writes the letters. Once for each meeting."""
    locked(meeting)
    require_open(_state(meeting, at))
    if convenings.invitations(meeting) is not None:
        raise Refusal("The invitations to this meeting were asked for already.")
    if not convenings.number_to_invite(meeting, on=clock.civil_date(at)):
        raise Refusal("There is nobody to invite: no coordinator of this region works for a vendor and has an e-mail.")
    return announcements.ask_about_convening(meeting, actor=actor, at=at)


def answer(meeting: Convening, answers: Mapping[Coordinator, bool], *, actor: User, at: datetime) -> int:
    """Note who comes and who does not; how many answers are new. What was said before stays on file."""
    locked(meeting)
    require_open(_state(meeting, at))
    standing = convenings.answers_of(meeting.id, [person.id for person in answers])
    new = 0
    for person, is_coming in answers.items():
        if standing.get(person.id) is is_coming:
            continue
        given = ConveningAnswer(
            convening_id=meeting.id, coordinator_id=person.id, is_coming=is_coming, given_by_id=actor.id, recorded_at=at
        )
        db.session.add(given)
        db.session.flush()
        audit.record(actor, AuditAction.CONVENING_ANSWERED, given, at=at, party_id=person.id)
        new += 1
    return new


def _state(meeting: Convening, at: datetime) -> Any:
    return state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=at)


def _topics(agenda: tuple[str, ...]) -> list[ConveningTopic]:
    return [ConveningTopic(position=place, title=title) for place, title in enumerate(agenda, start=1)]


def _count_up(meeting: Convening, at: datetime) -> None:
    """Calendars take what has a higher number for the same event, changed."""
    meeting.sequence += 1
    meeting.changed_at = at


def _tell(meeting: Convening, kind: str, *, base_url: str, at: datetime, **context: object) -> int:
    """Write to everybody who said they come, once for each number that calendars know the change by."""
    file = calendar_files.feed([calendar.event_of(meeting, base_url=base_url)], title=meeting.title)
    new = 0
    for email, name, party_id in convenings.addresses_of_coming(meeting.id):
        message = outbox.enqueue(
            kind,
            recipient=email,
            recipient_name=name,
            dedupe_key=f"{kind}:{meeting.id}:{meeting.sequence}:{email}",
            context={
                "link": f"{base_url}/convenings/{meeting.id}",
                "title": meeting.title,
                "when": span_in_words(meeting.starts_at, meeting.ends_at),
                **context,
            },
            party_id=party_id,
            calendar=file,
            at=at,
        )
        new += message is not None
    return new
