"""The records behind digests that are about to leave, read again: what is still due, and whose it still is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
)

from certhub.database import db, repeat_plans
from certhub.models.fund import Payer
from certhub.models.messages import Message, Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.models.parties import Employment, Party
from certhub.queries import obligations
from certhub.rules.reminder_policies import ObligationKind, Policies
from certhub.rules.reminder_reasons import NOT_THEIRS, OPTED_OUT
from certhub.services import opt_outs
from certhub.services.reminder_recipients import still_hr, still_told

GOOD_FOR = timedelta(seconds=1)
"""How long what was read may be told: about as long as a letter is on its way to the server."""

MOST_AT_ONCE = 32
"""A power of two, for each number of messages makes a statement of its own, which the database is to know again."""

Notice = Row[*tuple[Any, ...]]


class ReadingAgain:
    """How the digests of a day are read again, as many together as leave before what was read is too old.

    One is read at first, then twice as many each time; as soon as some had to be read once more, half as many. There is
    one statement for each kind of due date, built when it is first met: one for all kinds is so long that a database
    takes ten times as long to prepare as to run it.
    """

    def __init__(self, day: date, policies: Policies) -> None:
        self.day, self.policies = day, policies
        self._built: dict[ObligationKind | None, Select[*tuple[Any, ...]]] = {}
        self._ahead: dict[int, list[Notice]] = {}
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._together = 1

    def of(self, message_id: int, following: Sequence[int], at: datetime) -> list[Notice]:
        """The notices that one message is to tell, with why each is not told any more, in the order of their dates.

        Those of people who left come last, and have no kind. The first of the messages that follow are read along.
        """
        if message_id not in self._ahead:
            self._read([message_id, *following], at)
        elif not timedelta(0) <= at - self._read_at <= GOOD_FOR:
            self._together = max(1, self._together // 4)
            self._read([message_id, *following], at)
        return self._ahead.pop(message_id)

    def _read(self, message_ids: Sequence[int], at: datetime) -> None:
        asked = list(message_ids[: self._together])
        self._ahead, self._together = {}, 1  # what cannot be read with others is next tried alone
        padded = asked + asked[-1:] * ((1 << (len(asked) - 1).bit_length()) - len(asked))
        found: dict[int, list[Notice]] = {message_id: [] for message_id in asked}
        repeat_plans()  # to plan what reads digests again takes longer than to run it
        for kind in kinds_told(padded):
            if kind not in self._built:
                self._built[kind] = self._about(kind) if kind else self._about_leaving()
            for row in db.session.execute(self._built[kind], {"messages": padded, "kind": kind}):
                found[row.message_id].append(row)
        for notices in found.values():
            notices.sort(key=_place)
        self._ahead, self._read_at, self._together = found, at, min(2 * len(padded), MOST_AT_ONCE)

    def _about(self, kind: ObligationKind) -> Select[*tuple[Any, ...]]:
        unwanted = opt_outs.opted_out(opt_outs.optional(self.policies))
        why_not = obligations.why_not(self.day, self.policies, [kind])
        told = still_told(self.day, [kind])
        why = case((unwanted, literal(OPTED_OUT, String)), else_=func.coalesce(why_not, _not_theirs(~told)))
        sort_name = func.coalesce(Party.sort_name, Payer.sort_name)
        return (
            _told_by_messages(why, sort_name, *obligations.item_columns([kind]))
            .join(Reminder, Reminder.id == ReminderNotice.reminder_id)
            .join(Obligation, Obligation.id == Reminder.obligation_id)
            .outerjoin(Party, Party.id == Obligation.party_id)
            .outerjoin(Payer, Payer.id == Obligation.payer_id)
            .where(Obligation.kind == bindparam("kind"))
        )

    def _about_leaving(self) -> Select[*tuple[Any, ...]]:
        why = func.coalesce(obligations.works_again(self.day), _not_theirs(~still_hr()))
        left = null().label("kind"), Party.name.label("name"), Employment.ends_on.label("due_on")
        return (
            _told_by_messages(why, Party.sort_name, *left)
            .join(Employment, Employment.id == ReminderNotice.employment_id)
            .join(Party, Party.id == Employment.coordinator_id)
        )


def _place(row: Notice) -> tuple[bool, date, str, int]:
    return row.kind is None, row.due_on if row.kind else date.min, row.sort_name, row.id


def _told_by_messages(
    why: ColumnElement[Any], sort_name: SQLColumnExpression[Any], *columns: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ReminderNotice.id,
            ReminderNotice.message_id,
            ReminderNotice.recipient_name,
            ReminderNotice.audience,
            ReminderNotice.bundling,
            Message.created_at,
            why.label("why"),
            sort_name.label("sort_name"),
            *columns,
        )
        .select_from(ReminderNotice)
        .join(Message, Message.id == ReminderNotice.message_id)
        .where(*_to_be_told())
    )


def _to_be_told() -> tuple[ColumnElement[bool], ...]:
    together = ReminderNotice.message_id.in_(bindparam("messages", expanding=True))
    return together, ReminderNotice.status == ReminderStatus.PLANNED


def kinds_told(message_ids: Sequence[int]) -> list[ObligationKind | None]:
    """The kinds of due dates that messages are to tell of; None for somebody who left."""
    return list(db.session.scalars(_kinds_told(), {"messages": message_ids}))


@cache
def _kinds_told() -> Select[*tuple[Any, ...]]:
    return (
        select(Obligation.kind)
        .select_from(ReminderNotice)
        .outerjoin(Reminder, Reminder.id == ReminderNotice.reminder_id)
        .outerjoin(Obligation, Obligation.id == Reminder.obligation_id)
        .where(*_to_be_told())
        .distinct()
    )


def _not_theirs(is_so: ColumnElement[bool]) -> ColumnElement[str | None]:
    return case((is_so, literal(NOT_THEIRS, String)), else_=null())
