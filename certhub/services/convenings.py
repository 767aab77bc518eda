"""Planning state meetings, changing and cancelling them, and answering whether somebody comes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.announcements import Announcement
from certhub.models.convenings import Convening, ConveningAnswer, ConveningTopic
from certhub.models.parties import Coordinator
from certhub.queries import convening_answers, convening_invitations, convenings
from certhub.queries.convening_answers import Said
from certhub.rules.audit_actions import AuditAction
from certhub.rules.convenings import (
    MeetingFacts,
    MeetingNews,
    moves_calendar,
    require_cancel,
    require_change,
    require_open,
    require_plan,
    state_of,
    tells_calendars,
)
from certhub.rules.refusal import Refusal
from certhub.services import announcements, audit, convening_letters


@dataclass(frozen=True, slots=True)
class Answered:
    """How many answers were noted, and whose newer answers were kept against an older sheet."""

    noted: int
    kept: tuple[tuple[Coordinator, bool], ...]


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


def change(meeting: Convening, facts: MeetingFacts, *, shown: int | None, actor: User, at: datetime) -> int:
    """Change a meeting and have those written to who come or were invited, where it concerns them; how many that are.

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
    return _tell_of_change(meeting, before, facts, actor=actor, at=at)


def cancel(meeting: Convening, reason: str, *, actor: User, at: datetime) -> int:
    """Cancel a meeting and have those written to who come or were invited; how many that are."""
    locked(meeting)
    require_cancel(_state(meeting, at), reason)
    meeting.cancelled_at, meeting.cancelled_because = at, reason.strip()
    _count_up(meeting, at)
    db.session.flush()
    audit.record(actor, AuditAction.CONVENING_CANCELLED, meeting, at=at)
    total = convening_invitations.number_to_tell(meeting)
    if total:
        announcements.ask_about_convening(meeting, MeetingNews.CANCELLATION, total=total, actor=actor, at=at)
    return total


def invite(meeting: Convening, *, actor: User, at: datetime) -> Announcement:
    """Have everybody written to who may come and was not invited before; the worker writes the letters."""
    locked(meeting)
    require_open(_state(meeting, at))
    if convening_invitations.is_inviting(meeting):
        raise Refusal("The invitations were asked for already and are being written. Wait until they are done.")
    total = convening_invitations.number_to_invite(meeting, on=clock.civil_date(at))
    if not total and convening_invitations.was_anybody_invited(meeting):
        raise Refusal("There is nobody left to invite: everybody whom this meeting is for was invited already.")
    if not total:
        raise Refusal("There is nobody to invite: no coordinator of this region works for a vendor and has an e-mail.")
    return announcements.ask_about_convening(meeting, MeetingNews.INVITATION, total=total, actor=actor, at=at)


def answer(
    meeting: Convening,
    answers: Mapping[Coordinator, bool | None],
    *,
    base_url: str,
    actor: User,
    at: datetime,
    shown: Mapping[int, bool | None] | None = None,
) -> Answered:
    """Note who comes and who does not; what was said before stays on file. None notes nothing.

    `shown` is what stood on a sheet, by person: an answer that is newer than the sheet is kept.
    """
    locked(meeting)
    require_open(_state(meeting, at))
    people = [person.id for person in answers]
    standing = convening_answers.said_by(people, convening_id=meeting.id)
    invited = convening_invitations.standing_of(people, convening_id=meeting.id)
    noted, kept = 0, []
    for person, is_coming in answers.items():
        said = standing.get(person.id)
        stands = said.is_coming if said else None
        if stands is is_coming:
            continue
        if shown is not None and stands is not shown.get(person.id):
            kept.append((person, said))
            continue
        if is_coming is None:
            continue
        given = ConveningAnswer(
            convening_id=meeting.id, coordinator_id=person.id, is_coming=is_coming, given_by_id=actor.id, recorded_at=at
        )
        db.session.add(given)
        db.session.flush()
        audit.record(actor, AuditAction.CONVENING_ANSWERED, given, at=at, party_id=person.id)
        if moves_calendar(before=stands, is_coming=is_coming, is_invited=invited.get(person.id)):
            now = Said(is_coming, (said.times if said else 0) + 1, at)
            convening_letters.tell_of_answer(meeting, person, given, now, base_url=base_url, actor=actor)
        noted += 1
    return Answered(noted, tuple((person, said.is_coming) for person, said in kept if said))


def _tell_of_change(meeting: Convening, before: MeetingFacts, after: MeetingFacts, *, actor: User, at: datetime) -> int:
    """Have those written to who are not meant any more, and then those for whom something changed; how many that are.

    The letters are written in this order. Whoever is not meant any more hears of nothing else.
    """
    leaving = convening_invitations.number_not_meant(meeting) if before.region is not after.region else 0
    if leaving:
        announcements.ask_about_convening(meeting, MeetingNews.OTHER_REGION, total=leaving, actor=actor, at=at)
    total = convening_invitations.number_to_tell(meeting) - leaving if tells_calendars(before, after) else 0
    # Letters that wait tell what is then new since the change before, and so this change, too.
    if total and not convening_invitations.is_change_waiting(meeting):
        announcements.ask_about_convening(
            meeting, MeetingNews.CHANGE, total=total, before=convening_letters.kept(before), actor=actor, at=at
        )
    return leaving + total


def _state(meeting: Convening, at: datetime) -> Any:
    return state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=at)


def _topics(agenda: tuple[str, ...]) -> list[ConveningTopic]:
    return [ConveningTopic(position=place, title=title) for place, title in enumerate(agenda, start=1)]


def _count_up(meeting: Convening, at: datetime) -> None:
    """Calendars take what has a higher number for the same event, changed."""
    meeting.sequence += 1
    meeting.changed_at = at
