"""Digests: the notices of one person and day make one message, and what became of it is entered in the ledger.

The records are read again when the message is about to leave, because it may have waited.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    Table,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from certhub import clock
from certhub.database import db
from certhub.models.messages import Message, MessageStatus, Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.notifications import digest, rendering
from certhub.notifications.letters import SECRET_KINDS
from certhub.queries import obligations
from certhub.queries.obligation_sources import SOURCES
from certhub.queries.obligation_sources.source import DueItem
from certhub.rules.reminder_policies import Bundling, Channel, ObligationKind, Policies
from certhub.rules.reminder_reasons import NO_ADDRESS, NOT_THEIRS
from certhub.services import opt_outs, outbox
from certhub.services.digest_readings import Notice, ReadingAgain

DIGEST = "deadlines"
"""The message that tells a person of all that is due, once a day."""

_BEFORE = {
    ReminderStatus.PLANNED: (ReminderStatus.FAILED, ReminderStatus.BOUNCED),
    ReminderStatus.SENT: (ReminderStatus.PLANNED,),
    ReminderStatus.FAILED: (ReminderStatus.PLANNED,),
    ReminderStatus.BOUNCED: (ReminderStatus.PLANNED, ReminderStatus.SENT),
}
"""From which status a notice moves on to another when its message does."""

_NOTICES = cast("Table", ReminderNotice.__table__)
_REMINDERS = cast("Table", Reminder.__table__)

Link = Callable[[DueItem | None], str]
"""The whole address of the page where a reader acts on what is due; of the start page for None."""


def digest_for(day: date, recipient: str) -> str:
    """The key under which a person's digest of one day is told once."""
    return f"{DIGEST}:{day}:{hashlib.sha256(recipient.encode()).hexdigest()[:32]}"


def waiting_recipients(after: str, limit: int | None, *, channels: Collection[Channel] = (Channel.MAIL,)) -> list[str]:
    """The next people for whom notices of these channels wait, in the order of their addresses."""
    return list(
        db.session.scalars(
            select(ReminderNotice.recipient)
            .where(
                ReminderNotice.status == ReminderStatus.PLANNED,
                ReminderNotice.message_id.is_(None),
                ReminderNotice.channel.in_(channels),
                ReminderNotice.recipient > after,
            )
            .distinct()
            .order_by(ReminderNotice.recipient)
            .limit(limit)
        )
    )


def enqueue_digests(recipients: Sequence[str], day: date, *, policies: Policies, link: Link, at: datetime) -> int:
    """Put one message into the outbox for each of `recipients`, and one for each notice that goes alone; how many.

    Who had a digest on this day already gets what is new with that of the next day. What readers may opt out of, and do
    not want, is left out.
    """
    optional = opt_outs.optional(policies)
    opt_outs.suppress(recipients, optional, at=at)
    waiting = db.session.execute(
        select(
            ReminderNotice.recipient,
            ReminderNotice.recipient_name,
            ReminderNotice.id,
            ReminderNotice.bundling,
            Obligation.kind,
        )
        .outerjoin(Reminder, Reminder.id == ReminderNotice.reminder_id)
        .outerjoin(Obligation, Obligation.id == Reminder.obligation_id)
        .where(
            ReminderNotice.status == ReminderStatus.PLANNED,
            ReminderNotice.message_id.is_(None),
            ReminderNotice.channel == Channel.MAIL,
            ReminderNotice.recipient.in_(recipients),
        )
        .order_by(ReminderNotice.recipient, ReminderNotice.bundling, ReminderNotice.id)
    ).all()
    lines = _lines([row.id for row in waiting], day, policies, link)
    told: list[dict[str, int]] = []
    new = 0
    for (recipient, alone), rows in groupby(waiting, key=_letter_of):
        notices = list(rows)
        message = outbox.enqueue(
            DIGEST,
            recipient=recipient,
            recipient_name=notices[0].recipient_name,
            dedupe_key=f"{DIGEST}:notice:{alone}" if alone else digest_for(day, recipient),
            context={"lines": _in_order(lines, [row.id for row in notices]), "written_on": clock.civil_date(at)},
            at=at,
            opt_out=" ".join(sorted({row.kind.value for row in notices if row.kind in optional})),
        )
        if message is not None:
            new += 1
            told += [{"notice": row.id, "message": message.id} for row in notices]
    if told:
        db.session.connection().execute(
            update(_NOTICES).where(_NOTICES.c.id == bindparam("notice")).values(message_id=bindparam("message")),
            told,
        )
    return new


def _letter_of(notice: Row[str, str, int, Bundling, ObligationKind]) -> tuple[str, int]:
    """What makes notices one message: the reader; a notice that goes alone is one by itself."""
    return notice.recipient, notice.id if notice.bundling is Bundling.SINGLE else 0


def read_again(
    message_id: int, reading: ReadingAgain, *, link: Link, at: datetime, following: Sequence[int] = ()
) -> rendering.Rendered | None:
    """What a digest that is about to leave has to say now; None where nothing is left to tell.

    A digest can wait for days while the mail server is down, and people renew meanwhile. The messages that are to leave
    next are read along with it.
    """
    rows = reading.of(message_id, following, at)
    for row in rows:
        if row.why is not None:
            db.session.execute(
                update(ReminderNotice)
                .where(ReminderNotice.id == row.id)
                .values(status=ReminderStatus.SUPPRESSED, reason=row.why)
            )
    kept = [row for row in rows if row.why is None]
    if len(kept) < len(rows):
        _follow_notices(message_id, at)
    if not kept:
        return None
    context = {
        "recipient_name": kept[0].recipient_name,
        "lines": _each_once(_line_of(row, reading, link) for row in kept),
        "written_on": clock.civil_date(kept[0].created_at),
    }
    return rendering.render(DIGEST, context)


def _line_of(row: Notice, reading: ReadingAgain, link: Link) -> digest.Line:
    """The words of a notice that was read again."""
    if row.kind is None:
        return digest.departure(name=row.name, ended_on=row.due_on, address=link(None))
    item = replace(obligations.item_of(row, notice_id=row.id), bundling=row.bundling)
    return _line(item, reading.day, reading.policies, link)


def readdress(message_id: int, address: str) -> None:
    """Let the ledger name the address to which a digest now goes."""
    _readdress(address, ReminderNotice.message_id == message_id)


def _readdress(address: str, *which: ColumnElement[bool]) -> None:
    """Let notices name another address; who was told there of the same already stays so."""
    told = aliased(ReminderNotice)
    same = or_(
        and_(told.reminder_id == ReminderNotice.reminder_id, told.audience == ReminderNotice.audience),
        told.employment_id == ReminderNotice.employment_id,
    )
    db.session.execute(
        update(ReminderNotice)
        .where(*which, ~exists().where(told.recipient == address, same))
        .values(recipient=address)
        .execution_options(synchronize_session=False)
    )


def move(former: str, name: str, address: str) -> None:
    """Let what waits for the reader `name` at `former` go to `address`, and the ledger say so.

    A letter with a personal link is for the one address that it was written to.
    """
    moved = db.session.execute(
        update(Message)
        .where(
            func.lower(Message.recipient) == former,
            Message.recipient_name == name,
            Message.status == MessageStatus.QUEUED,
            Message.kind.not_in(SECRET_KINDS),
        )
        .values(recipient=address)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    in_them = ReminderNotice.message_id.in_(moved.scalars().all())
    unsent = and_(ReminderNotice.message_id.is_(None), ReminderNotice.status == ReminderStatus.PLANNED)
    _readdress(
        address, ReminderNotice.recipient == former, or_(in_them, and_(unsent, ReminderNotice.recipient_name == name))
    )


def record_outcome(message_id: int, status: ReminderStatus, *, at: datetime, reason: str | None = None) -> None:
    """Enter into the ledger what became of a digest: sent, failed, come back, or planned again when it is retried."""
    db.session.connection().execute(_moving_on(status), {"told_by": message_id, "why": reason})
    if status is ReminderStatus.SENT:
        db.session.connection().execute(_told(), {"message": message_id, "now": at})
    else:
        _follow_notices(message_id, at)


@cache
def _moving_on(status: ReminderStatus) -> Update:
    """Built once, because each digest that leaves runs it."""
    column = _NOTICES.c
    return (
        update(_NOTICES)
        .where(column.message_id == bindparam("told_by"), column.status.in_(_BEFORE[status]))
        .values(status=status, reason=bindparam("why", type_=column.reason.type))
    )


@cache
def _told() -> Update:
    """The reminders of which one person was told by a message: what became of the others who wait changes nothing."""
    notice = _NOTICES.c
    sent = select(notice.reminder_id).where(
        notice.message_id == bindparam("message"), notice.status == ReminderStatus.SENT
    )
    return (
        update(_REMINDERS)
        .where(_REMINDERS.c.id.in_(sent))
        .values(
            status=ReminderStatus.SENT,
            reason=null(),
            decided_at=bindparam("now", type_=_REMINDERS.c.decided_at.type),
        )
    )


def _follow_notices(message_id: int, at: datetime) -> None:
    """A reminder was sent when one person got it; otherwise it waits for those who have not, failed, or fell away."""
    db.session.connection().execute(_following(), {"message": message_id, "now": at})


@cache
def _following() -> Update:
    """Built once, as well."""
    column, notice = _REMINDERS.c, _NOTICES.c
    theirs = notice.reminder_id == column.id

    def some(status: ReminderStatus) -> ColumnElement[bool]:
        return exists().where(theirs, notice.status == status)

    concerned = select(notice.reminder_id).where(notice.message_id == bindparam("message"))
    status = case(
        *(
            (some(one), literal(one.value, String))
            for one in (ReminderStatus.SENT, ReminderStatus.PLANNED, ReminderStatus.FAILED, ReminderStatus.BOUNCED)
        ),
        else_=literal(ReminderStatus.SUPPRESSED.value, String),
    )
    reasons = select(func.max(notice.reason)).where(theirs, notice.reason != NO_ADDRESS)  # said where others are told
    passed_on = exists().where(theirs, notice.reason == NOT_THEIRS)
    reason = case((passed_on, literal(NOT_THEIRS, String)), else_=reasons.scalar_subquery())
    return (
        update(_REMINDERS)
        .where(column.id.in_(concerned))
        .values(
            status=status,
            reason=case((some(ReminderStatus.SENT), null()), (some(ReminderStatus.PLANNED), null()), else_=reason),
            decided_at=bindparam("now", type_=column.decided_at.type),
        )
    )


def _lines(notice_ids: Sequence[int], day: date, policies: Policies, link: Link) -> dict[int, tuple[int, digest.Line]]:
    """The words of each notice with its place in the order of due dates; departures come last."""
    told = {item.notice_id: _line(item, day, policies, link) for item in obligations.digest_items(notice_ids)}
    of_departures = [notice_id for notice_id in notice_ids if notice_id not in told]
    for left in obligations.departures(of_departures) if of_departures else ():
        told[left.notice_id] = digest.departure(name=left.name, ended_on=left.ended_on, address=link(None))
    return {notice_id: (place, line) for place, (notice_id, line) in enumerate(told.items())}


def _line(item: DueItem, day: date, policies: Policies, link: Link) -> digest.Line:
    return digest.line(
        words=SOURCES[item.kind].words,
        name=item.party_name,
        what=item.what,
        due_on=item.due_on,
        audience=item.audience,
        stays_in_force=item.stays_in_force,
        today=day,
        address=link(item),
        note=policies[item.kind].text,
        alone=item.bundling is Bundling.SINGLE,
    )


def _in_order(lines: dict[int, tuple[int, digest.Line]], notice_ids: Collection[int]) -> list[digest.Line]:
    """The lines of a message in the order of their dates."""
    told = sorted((lines[notice_id] for notice_id in notice_ids), key=lambda each: each[0])
    return _each_once(line for _, line in told)


def _each_once(lines: Iterable[digest.Line]) -> list[digest.Line]:
    """Without what would be said again in the same words."""
    return list(dict.fromkeys(lines))
