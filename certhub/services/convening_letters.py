"""Letters about state meetings, each with a calendar file: invitations, news, and what became of somebody's answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from certhub import clock
from certhub.database import db, locked
from certhub.documents import calendar as calendar_files
from certhub.models.accounts import User
from certhub.models.announcements import Announcement
from certhub.models.convenings import Convening, ConveningAnswer, ConveningInvitation
from certhub.models.parties import Coordinator
from certhub.queries import calendar, convening_invitations, convenings
from certhub.queries.convening_answers import Said
from certhub.queries.convening_invitations import Reader
from certhub.rules.convenings import MeetingFacts, MeetingNews, changes_in_words, for_whom
from certhub.rules.local_times import span_in_words
from certhub.services import outbox

_KINDS: Mapping[MeetingNews, str] = {
    MeetingNews.INVITATION: "convening-invitation",
    MeetingNews.OTHER_REGION: "convening-other-region",
    MeetingNews.CHANGE: "convening-changed",
    MeetingNews.CANCELLATION: "convening-cancelled",
}


def kept(facts: MeetingFacts) -> dict[str, str]:
    """When and where a meeting is, as letters about a change keep it until they are written."""
    return {
        "starts_at": facts.starts_at.isoformat(),
        "ends_at": facts.ends_at.isoformat(),
        "place": facts.place,
        "link": facts.link,
    }


def write(
    asked: Announcement, news: MeetingNews, limit: int | None, base_url: str, at: datetime
) -> tuple[int, str | None, int]:
    """Write the next letters that somebody asked for: how many are new, the last recipient, and how many there were.

    The meeting is locked: whoever is invited in this moment hears of what is changed in the next one.
    """
    meeting = locked(db.session.get_one(Convening, asked.convening_id))
    told = _told(asked, meeting, at=at)
    if told is None:
        return 0, None, 0
    people = _next(asked, meeting, limit=limit)
    leaving = news is MeetingNews.OTHER_REGION
    letters = _Letters(meeting, base_url, at, take_off=leaving)
    # Of two changes that are told as one nobody hears twice.
    key = f"{meeting.id}:{meeting.sequence}" if news is MeetingNews.CHANGE else str(asked.id)
    new = sum(letters.send(_KINDS[news], reader, told, key=key) for reader in people)
    if people and (leaving or news is MeetingNews.INVITATION):
        db.session.execute(
            insert(ConveningInvitation),
            [
                {
                    "convening_id": meeting.id, "coordinator_id": reader.party_id, "sequence": meeting.sequence,
                    "taken_back": leaving, "recorded_at": at,
                }
                for reader in people
            ],
        )  # fmt: skip
    return new, people[-1].email if people else None, len(people)


def tell_of_answer(
    meeting: Convening, person: Coordinator, given: ConveningAnswer, said: Said, *, base_url: str, actor: User
) -> None:
    """Tell somebody whose answer takes the meeting off the calendar, or puts it there again, and who gave it."""
    if person.email is None:
        return
    own = actor.party_id == person.id
    context = {
        "is_coming": given.is_coming, "own": own, "by": "" if own or actor.party is None else actor.party.name,
        "place": meeting.place, "join": meeting.link,
    }  # fmt: skip
    reader = Reader(person.email, person.name, person.id, said)
    _Letters(meeting, base_url, given.recorded_at).send("convening-answer", reader, context, key=str(given.id))


class _Letters:
    """Letters about one meeting; people who have heard as much of it get the same calendar file."""

    def __init__(self, meeting: Convening, base_url: str, at: datetime, *, take_off: bool = False) -> None:
        self.meeting, self.base_url, self.at, self.take_off = meeting, base_url, at, take_off
        self._files: dict[Said | None, bytes] = {}

    def send(self, kind: str, reader: Reader, told: Mapping[str, Any], *, key: str) -> bool:
        """Enqueue a letter, once for each key and reader; whether it is new."""
        message = outbox.enqueue(
            kind,
            recipient=reader.email,
            recipient_name=reader.name,
            dedupe_key=f"{kind}:{key}:{reader.email}",
            context={
                "link": f"{self.base_url}/convenings/{self.meeting.id}",
                "title": self.meeting.title,
                "when": span_in_words(self.meeting.starts_at, self.meeting.ends_at),
                "said_yes": reader.said is not None,
                **told,
            },
            party_id=reader.party_id,
            calendar=self._file(reader.said),
            at=self.at,
        )
        return message is not None

    def _file(self, said: Said | None) -> bytes:
        if said not in self._files:
            event = calendar.event_of(self.meeting, base_url=self.base_url, said=said)
            if self.take_off:
                event = calendar_files.taken_off(
                    event, at=self.at, because="This meeting is not for your region any more."
                )
            self._files[said] = calendar_files.feed([event], title=self.meeting.title)
        return self._files[said]


def _told(asked: Announcement, meeting: Convening, *, at: datetime) -> dict[str, Any] | None:
    """What the letters say besides the title and the time; None where there is nothing left to tell."""
    if asked.news is MeetingNews.CANCELLATION:
        return {"reason": meeting.cancelled_because}
    if meeting.cancelled_at is not None or meeting.starts_at <= at:
        return None
    if asked.news is MeetingNews.CHANGE:
        changes = changes_in_words(_before(asked, convenings.facts_of(meeting)), convenings.facts_of(meeting))
        return {"changes": changes} if changes else None
    if asked.news is MeetingNews.OTHER_REGION:
        return {"for_whom": for_whom(meeting.region)}
    return {
        "place": meeting.place,
        "join": meeting.link,
        "for_whom": for_whom(meeting.region),
        "agenda": [topic.title for topic in meeting.topics],
    }


def _before(asked: Announcement, now: MeetingFacts) -> MeetingFacts:
    was = asked.before or {}
    return replace(
        now,
        starts_at=datetime.fromisoformat(was["starts_at"]),
        ends_at=datetime.fromisoformat(was["ends_at"]),
        place=was["place"],
        link=was["link"],
    )


def _next(asked: Announcement, meeting: Convening, *, limit: int | None) -> list[Reader]:
    after = asked.last_recipient
    if asked.news is MeetingNews.INVITATION:
        on = clock.civil_date(asked.asked_at)
        return convening_invitations.next_to_invite(meeting, on=on, after=after, limit=limit)
    if asked.news is MeetingNews.OTHER_REGION:
        return convening_invitations.next_not_meant(meeting, after=after, limit=limit)
    return convening_invitations.next_to_tell(meeting, after=after, limit=limit)
