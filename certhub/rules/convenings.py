"""State meetings of care coordinators: what can be planned, changed, answered and recorded, and when.

Source: the final report of the Massachusetts Consortium for Children with Special Health Care Needs (2006), after which
coordinators come together at a state level to identify systemic problems.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certhub.rules.local_times import span_in_words
from certhub.rules.refusal import Refusal
from certhub.rules.regions import REGION_LABELS
from certhub.rules.terms import written_at
from certhub.rules.training_categories import NCCS_DOMAINS
from certhub.rules.vocabulary import Region

MOST_TOPICS = 30
LONGEST_TOPIC = 200
STATEWIDE = "The whole state"


class MeetingState(StrEnum):
    """Where a meeting stands; derived from its times, never kept."""

    TO_COME = "to_come"
    UNDER_WAY = "under_way"
    OVER = "over"
    CANCELLED = "cancelled"


class MeetingNews(StrEnum):
    """What letters about a meeting tell; one kind after the other, in the order in which they were asked for."""

    INVITATION = "invitation"
    OTHER_REGION = "other_region"
    CHANGE = "change"
    CANCELLATION = "cancellation"


NEWS_LABELS: Mapping[MeetingNews, str] = {
    MeetingNews.INVITATION: "of invitation",
    MeetingNews.OTHER_REGION: "to people of other regions",
    MeetingNews.CHANGE: "about the change",
    MeetingNews.CANCELLATION: "about the cancellation",
}
"""What stands behind the word "letters" on pages."""

STATE_LABELS: Mapping[MeetingState, str] = {
    MeetingState.TO_COME: "To come",
    MeetingState.UNDER_WAY: "Under way",
    MeetingState.OVER: "Over",
    MeetingState.CANCELLED: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What DPH says of a meeting."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    region: Region | None
    agenda: tuple[str, ...]

    @property
    def when(self) -> tuple[datetime, datetime]:
        """Its first and last instant."""
        return self.starts_at, self.ends_at

    @property
    def when_in_words(self) -> str:
        """Its day and times as a person writes them."""
        return span_in_words(self.starts_at, self.ends_at)


def state_of(starts_at: datetime, ends_at: datetime, cancelled_at: datetime | None, *, at: datetime) -> MeetingState:
    """Where a meeting stands at an instant; its last minute still belongs to it.

    Cancelled is cancelled, whenever that was: whoever acts at the same moment may have looked at the clock before.
    """
    if cancelled_at is not None:
        return MeetingState.CANCELLED
    if at < starts_at:
        return MeetingState.TO_COME
    return MeetingState.UNDER_WAY if at <= ends_at else MeetingState.OVER


def require_plan(facts: MeetingFacts, *, at: datetime) -> None:
    """Refuse a meeting that nobody could go to."""
    require_span(facts)
    if facts.starts_at <= at:
        raise Refusal(
            f"{written_at(facts.starts_at)} has passed. Plan a meeting that is still to come.", field="held_on"
        )


def require_span(facts: MeetingFacts) -> None:
    """Refuse a meeting that ends before it begins, or that has no place and no link."""
    if facts.ends_at <= facts.starts_at:
        raise Refusal("The meeting ends before it begins. Type a later time.", field="ends")
    if not facts.place and not facts.link:
        raise Refusal("Say where people meet: a place, a link to join online, or both.", field="place")


def require_change(before: MeetingFacts, after: MeetingFacts, state: MeetingState, *, at: datetime) -> None:
    """Refuse to change what is cancelled, and to move what has begun: attendance counts on the day that was kept."""
    if state is MeetingState.CANCELLED:
        raise Refusal("This meeting is cancelled. Plan a new one instead.")
    if state is MeetingState.TO_COME:
        require_plan(after, at=at)
        return
    require_span(after)
    if before.when != after.when:
        raise Refusal("This meeting has begun, so its day and times stay as they are.", field="held_on")


def require_cancel(state: MeetingState, reason: str) -> None:
    """Refuse to cancel what has begun or is cancelled already, and a cancellation without a reason."""
    if state is MeetingState.CANCELLED:
        raise Refusal("This meeting is cancelled already.")
    if state is not MeetingState.TO_COME:
        raise Refusal("This meeting has begun and can no longer be cancelled.")
    if not reason.strip():
        raise Refusal(
            "Say why the meeting is cancelled. Everybody who said they come, or was invited, reads it.", field="reason"
        )


def require_open(state: MeetingState) -> None:
    """Refuse invitations and answers for a meeting that is not to come."""
    if state is MeetingState.CANCELLED:
        raise Refusal("This meeting is cancelled.")
    if state is not MeetingState.TO_COME:
        raise Refusal("This meeting has begun. Who was there is recorded by DPH.")


def require_begun(state: MeetingState) -> None:
    """Refuse to record who was at a meeting, and what was said there, before it begins."""
    if state is MeetingState.CANCELLED:
        raise Refusal("This meeting was cancelled, so nothing can be recorded of it.")
    if state is MeetingState.TO_COME:
        raise Refusal("This meeting has not begun. Come back on its day.")


def agenda_of(typed: str) -> tuple[str, ...]:
    """The topics of an agenda that was typed with one topic on each line.

    Raises `Refusal` for more topics, or longer ones, than an agenda holds.
    """
    topics = tuple(line.strip() for line in typed.splitlines() if line.strip())
    if len(topics) > MOST_TOPICS:
        raise Refusal(f"An agenda has at most {MOST_TOPICS} topics. This one has {len(topics)}.", field="agenda")
    for place, topic in enumerate(topics, start=1):
        if len(topic) > LONGEST_TOPIC:
            raise Refusal(
                f"Topic {place} is too long: {len(topic)} characters. Use at most {LONGEST_TOPIC}.", field="agenda"
            )
    return topics


def tells_calendars(before: MeetingFacts, after: MeetingFacts) -> bool:
    """Whether those who said they come must hear of a change: another time, another place or another link."""
    return (before.when, before.place, before.link) != (after.when, after.place, after.link)


def moves_calendar(*, before: bool | None, is_coming: bool, is_invited: bool | None) -> bool:
    """Whether an answer takes a meeting off the calendar of somebody who has it, or puts it back.

    Whoever said yes, or was invited and said nothing `before`, was given the meeting for the calendar. It was taken off
    for whoever said no, or whose invitation was taken back: `is_invited` is then False, and None without an invitation.
    """
    had_it = is_invited if before is None else before
    return had_it is not None and had_it is not is_coming


def changes_in_words(before: MeetingFacts, after: MeetingFacts) -> tuple[str, ...]:
    """What changed for those who come, one sentence each."""
    told = []
    if before.when != after.when:
        told.append(f"New time: {after.when_in_words} (it was {before.when_in_words}).")
    if before.place != after.place:
        told.append(f"New place: {after.place}." if after.place else "The meeting is now online only.")
    if before.link != after.link:
        told.append(f"New link to join: {after.link}" if after.link else "There is no link to join online any more.")
    return tuple(told)


def for_whom(region: Region | None) -> str:
    """Whom a meeting is for, or where a problem is, in words."""
    return STATEWIDE if region is None else REGION_LABELS[region]


@dataclass(frozen=True, slots=True)
class Raised:
    """One theme as it is counted."""

    domain: str
    region: Region | None
    people: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was raised: themes, and the people who raised them."""

    label: str
    themes: int
    people: int


def by_domain(themes: Iterable[Raised]) -> tuple[Tally, ...]:
    """Every domain of the national standards with what was raised in it, in their order; also where it is nothing."""
    found = list(themes)
    return tuple(
        _tally(f"{code} {title}", [one for one in found if one.domain == code]) for code, title in NCCS_DOMAINS.items()
    )


def by_region(themes: Iterable[Raised]) -> tuple[Tally, ...]:
    """Every region with what was raised there, and what concerns the whole state; also where it is nothing."""
    found = list(themes)
    places: tuple[Region | None, ...] = (None, *REGION_LABELS)
    return tuple(_tally(for_whom(place), [one for one in found if one.region is place]) for place in places)


def _tally(label: str, themes: list[Raised]) -> Tally:
    return Tally(label, len(themes), sum(one.people for one in themes))
