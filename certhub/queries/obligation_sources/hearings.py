"""Due process: until when a hearing can be asked for, and when it is held."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, cast, exists, literal
from sqlalchemy.orm import aliased

from certhub.models.certification import Decision, StatusEvent
from certhub.models.due_process import ActionNotice, HearingEntry
from certhub.models.messages import Obligation
from certhub.queries.obligation_sources.source import Address, DueItem, Falling, Source, falling, of_subject, reasons
from certhub.rules.due_process import notice_number
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import HearingStep, SubjectType


def _windows(_day: date, floor: date) -> Falling:
    return falling(ActionNotice.id, ActionNotice.party_id, ActionNotice.appeal_until).where(
        ActionNotice.appeal_until >= floor, ~_asked_for(ActionNotice.id), ~_set_aside(ActionNotice)
    )


def _asked_for(notice_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return exists().where(HearingEntry.notice_id == notice_id)


def _set_aside(notice: type[ActionNotice]) -> ColumnElement[bool]:
    """Whether the action is no more: its event was replaced or ended, or a later decision took the denial's place."""
    event, decision = aliased(StatusEvent), aliased(Decision)
    return exists().where(event.id == notice.status_event_id, event.superseded_at.is_not(None)) | exists().where(
        decision.supersedes_id == notice.decision_id
    )


def _window_settled(_day: date) -> ColumnElement[str | None]:
    row = aliased(ActionNotice)
    its = row.id == Obligation.subject_id
    return reasons(
        (_asked_for(Obligation.subject_id), "a hearing was asked for"),
        (exists().where(its, _set_aside(row)), "the action was set aside or changed"),
    )


def _hearings(_day: date, floor: date) -> Falling:
    return (
        falling(ActionNotice.id, ActionNotice.party_id, HearingEntry.happened_on)
        .select_from(ActionNotice)
        .join(HearingEntry, HearingEntry.notice_id == ActionNotice.id)
        .where(HearingEntry.step == HearingStep.SCHEDULED, ~_followed(HearingEntry), HearingEntry.happened_on >= floor)
    )


def _followed(entry: type[HearingEntry]) -> ColumnElement[bool]:
    """Whether another step of the same hearing was recorded after this one."""
    later = aliased(HearingEntry)
    return exists().where(later.notice_id == entry.notice_id, later.id > entry.id)


def _hearing_settled(_day: date) -> ColumnElement[str | None]:
    entry, last = aliased(HearingEntry), aliased(HearingEntry)
    stands = exists().where(
        entry.notice_id == Obligation.subject_id,
        entry.step == HearingStep.SCHEDULED,
        entry.happened_on == Obligation.due_on,
        ~_followed(entry),
    )
    over = exists().where(
        last.notice_id == Obligation.subject_id, last.step.in_((HearingStep.HELD, HearingStep.DECIDED))
    )
    return reasons((over, "the hearing was held"), (~stands, "the hearing was put on another day"))


def _page(item: DueItem) -> Address:
    """Where the notice is read; its party may read it, and so may DPH."""
    return "credentials.notice", {"notice_id": item.subject_id}


def _notice() -> SQLColumnExpression[Any]:
    place = cast(ActionNotice.issued_on, String) + literal(" ", String) + cast(ActionNotice.id, String)
    return of_subject(place, ActionNotice.id)


def _number(place: str) -> str:
    issued_on, number = place.split()
    return f"about notice {notice_number(date.fromisoformat(issued_on), int(number))}"


SOURCES = (
    Source(
        kind=ObligationKind.HEARING_REQUEST,
        falls_due=_windows,
        settled=_window_settled,
        thing=_notice,
        thing_in_words=_number,
        words=DueWords(
            noun="request for a hearing, if you want one,",
            ahead="If you do not agree with the notice, ask for a hearing in writing by this day. The notice says how. "
            "If you agree, you need do nothing.",
            past="The time to ask for a hearing is over.",
            for_office="Nobody has asked for a hearing yet.",
        ),
        page=_page,
        concerns=frozenset({Audience.HOLDER, Audience.ORGANIZATION, Audience.DPH}),
        holders=frozenset(SubjectType),
        stops_when_left=False,
    ),
    Source(
        kind=ObligationKind.HEARING,
        falls_due=_hearings,
        settled=_hearing_settled,
        thing=_notice,
        thing_in_words=_number,
        words=DueWords(
            noun="hearing",
            ahead="Come to the hearing. The letter about it says where and when. If you cannot, tell DPH before.",
            past="The day of the hearing has passed.",
            for_office="Have the record ready. After the hearing record that it was held, or its new day.",
            happens=True,
        ),
        page=_page,
        concerns=frozenset({Audience.HOLDER, Audience.ORGANIZATION, Audience.DPH}),
        holders=frozenset(SubjectType),
        stops_when_left=False,
    ),
)
