"""Why somebody did or did not get a reminder: the ledger as its reader may see it, and what comes next.

Whoever sees a record reads of it what they are told themselves: a coordinator what goes to the coordinator, an employer
also what goes to its own accounts, never what goes to DPH or to another employer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)  # fmt: skip

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.fund import Payer
from certhub.models.messages import Message, Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.models.parties import Employment, Party
from certhub.queries import obligations
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.name_order import folded
from certhub.rules.permissions import Permission, Viewer, is_coordinator, is_employer, may, works_for_dph
from certhub.rules.reminder_policies import Audience, DayCount, ObligationKind, Policies, Policy
from certhub.rules.reminder_reasons import UNASSIGNED, in_words
from certhub.rules.reminders import Step, dues_of, steps_of
from certhub.rules.vocabulary import SubjectType

MOST_COMING = 40
_NOT_ABOUT = {True: {Audience.ORGANIZATION}, False: {Audience.HOLDER, Audience.EMPLOYER}}
"""Who hears nothing of the dates of a person, and who of those of an organization: some kinds concern both."""
MOST_SETTLED = 40
_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line of the ledger: a step, for one reader or for nobody."""

    kind: ObligationKind | None
    name: str
    party_id: int | None
    what: str
    due_on: date | None
    step: int | None
    send_on: date | None
    status: ReminderStatus
    reason: str | None
    audience: Audience | None
    recipient: str | None
    message_id: int | None
    sent_at: datetime | None
    lines: int
    """How many notices the same message told of."""

    @property
    def because(self) -> str:
        """Why it was not sent, as a sentence; empty where it was, or may be."""
        return in_words(self.reason) if self.reason else ""


@dataclass(frozen=True, slots=True)
class Coming:
    """An open date with the reminder that comes next, or why none does."""

    kind: ObligationKind
    what: str
    due_on: date
    next: Step | None
    audiences: tuple[Audience, ...]
    why_not: str
    counted_in: DayCount


@dataclass(frozen=True, slots=True)
class Settled:
    """A date that needs nobody any more, with the reminders that were not sent because of it."""

    kind: ObligationKind
    what: str
    due_on: date
    settled_on: date
    because: str
    spared: tuple[Step, ...]
    counted_in: DayCount


@dataclass(frozen=True, slots=True)
class Dates:
    """What is ahead of a record, and what was settled."""

    coming: list[Coming]
    settled: list[Settled]


def hears(
    audience: Audience, kind: SQLColumnExpression[Any], step: SQLColumnExpression[Any], policies: Policies
) -> ColumnElement[bool]:
    """Whether `audience` hears of a step of that kind."""
    steps = (
        and_(kind == each, step.in_(policy.recipients[audience]))
        for each, policy in policies.items()
        if audience in policy.recipients
    )
    return or_(false(), *steps)


def audiences_seen(viewer: Viewer) -> tuple[Audience, ...]:
    """In which roles people are told of what the viewer may read."""
    if works_for_dph(viewer):
        return tuple(Audience)
    if is_coordinator(viewer):
        return (Audience.HOLDER,)
    if is_employer(viewer):
        return (Audience.HOLDER, Audience.EMPLOYER, Audience.ORGANIZATION)
    return (Audience.ORGANIZATION,)


def party(viewer: Viewer, party_id: int) -> tuple[Party, bool]:
    """The party whose ledger is asked for, and whether an employer was told that the person left.

    Raises `NotVisible`.
    """
    if not may(viewer, Permission.REMINDER_READ):
        raise NotVisible(party_id)
    left = exists().where(ReminderNotice.employment_id == Employment.id, Employment.coordinator_id == party_id)
    found = db.session.execute(select(Party, left).where(Party.id == party_id, party_visible(viewer))).one_or_none()
    if found is None:
        raise NotVisible(party_id)
    return found[0], found[1]


def found(viewer: Viewer, typed: str, *, cursor: str | None) -> Page[Party]:
    """The records whose name has all that was typed, or to whose address a reminder went."""
    if not may(viewer, Permission.REMINDER_SEARCH):
        raise NotVisible("reminders")
    words = typed[:_LONGEST_SEARCH]
    at_address = ReminderNotice.recipient == words.lower()
    of_dates = exists().where(
        at_address,
        Reminder.id == ReminderNotice.reminder_id,
        Obligation.id == Reminder.obligation_id,
        Obligation.party_id == Party.id,
    )
    of_leaving = exists().where(
        at_address, Employment.id == ReminderNotice.employment_id, Employment.coordinator_id == Party.id
    )
    told = or_(of_dates, of_leaving)
    named = and_(*(Party.sort_name.contains(one, autoescape=True) for one in folded(words).split()))
    return paged(
        select(Party).where(party_visible(viewer), told if "@" in words else named),
        [Party.sort_name, Party.id],
        lambda row: row[0],
        cursor=cursor,
    )


def payer(viewer: Viewer, payer_id: int) -> Payer:
    """The payer whose ledger is asked for; for DPH. Raises `NotVisible`."""
    found = db.session.get(Payer, payer_id) if may(viewer, Permission.REMINDER_SEARCH) else None
    if found is None:
        raise NotVisible(payer_id)
    return found


def dates_of(record: Party | Payer) -> ColumnElement[bool]:
    """Condition on obligations: those of a record."""
    return Obligation.payer_id == record.id if isinstance(record, Payer) else dates_of_party(record.id)


def dates_of_party(party_id: int) -> ColumnElement[bool]:
    """Condition on obligations: those of a party."""
    return Obligation.party_id == party_id


def of_record(
    viewer: Viewer, whose: ColumnElement[bool], *, policies: Policies, on: date | None = None, cursor: str | None
) -> Page[LedgerRow]:
    """Each step of a record's dates, and who of those that the viewer may know was told; newest first."""
    seen = audiences_seen(viewer)
    shown = and_(ReminderNotice.reminder_id == Reminder.id, _readable(viewer, seen))
    for_nobody = and_(
        ~exists().where(ReminderNotice.reminder_id == Reminder.id).correlate(Reminder),
        true()
        if works_for_dph(viewer)
        else or_(*(hears(one, Obligation.kind, Reminder.step, policies) for one in seen)),
    )
    statement = (
        select(*_columns(), Reminder.status.label("step_status"), Reminder.reason.label("step_reason"))
        .select_from(Reminder)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .outerjoin(ReminderNotice, shown)
        .outerjoin(Message, Message.id == ReminderNotice.message_id)
        .outerjoin(Party, Party.id == Obligation.party_id)
        .outerjoin(Payer, Payer.id == Obligation.payer_id)
        .where(whose, or_(ReminderNotice.id.is_not(None), for_nobody))
    )
    if on is not None:
        statement = statement.where(Reminder.send_on == on)
    notice: Any = func.coalesce(ReminderNotice.id, 0)
    return paged(statement, [Reminder.id, notice], _row, cursor=cursor, newest_first=True)


def told(viewer: Viewer, *, cursor: str | None) -> Page[LedgerRow]:
    """What the viewer's own address was told or was to be told, newest first."""
    own = select(User.email).where(User.id == viewer.id).scalar_subquery()
    statement = _notices().where(ReminderNotice.recipient == own)
    return paged(statement, [ReminderNotice.id], _row, cursor=cursor, newest_first=True)


def departures(viewer: Viewer, person: Party) -> list[LedgerRow]:
    """Who at former employers of a person was told that its reminders have stopped, as far as the viewer may know."""
    statement = _notices().where(
        ReminderNotice.employment_id.is_not(None),
        Employment.coordinator_id == person.id,
        _readable(viewer, audiences_seen(viewer)),
    )
    found = db.session.execute(statement.order_by(ReminderNotice.id.desc()).limit(MOST_SETTLED))
    return [_row(row) for row in found]


def _notices() -> Select[*tuple[Any, ...]]:
    """What readers were told, of dates and of people who left."""
    person = select(Party.name).where(Party.id == Employment.coordinator_id).correlate(Employment).scalar_subquery()
    return (
        select(
            *_columns(),
            ReminderNotice.status.label("step_status"),
            ReminderNotice.reason.label("step_reason"),
            person.label("left_name"),
            Employment.ends_on.label("left_on"),
        )
        .select_from(ReminderNotice)
        .outerjoin(Reminder, Reminder.id == ReminderNotice.reminder_id)
        .outerjoin(Obligation, Obligation.id == Reminder.obligation_id)
        .outerjoin(Message, Message.id == ReminderNotice.message_id)
        .outerjoin(Employment, Employment.id == ReminderNotice.employment_id)
        .outerjoin(Party, Party.id == Obligation.party_id)
        .outerjoin(Payer, Payer.id == Obligation.payer_id)
    )


def dates(
    viewer: Viewer, whose: ColumnElement[bool], *, policies: Policies, today: date, on: date | None = None
) -> Dates:
    """The dates of a record of which the viewer may know, in one statement: what is ahead, and what was settled.

    Open dates come the nearest first. Of those that need nobody any more, the newest first, only those count whose
    reminders were not all due by then; where a day is asked for, only those of which a reminder would have gone out
    on it.
    """
    seen = audiences_seen(viewer)
    own = select(Obligation.id).where(whose, _concerns(seen, policies))
    open_ones = own.where(Obligation.closed_at.is_(None)).order_by(Obligation.due_on, Obligation.id)
    closed_ones = own.where(
        Obligation.closed_at.is_not(None), true() if on is None else _steps_on(on, policies)
    ).order_by(Obligation.closed_at.desc(), Obligation.id.desc())
    entered = func.aggregate_strings(cast(Reminder.step, String), ",")
    rows = db.session.execute(
        select(
            Obligation.id,
            Obligation.closed_at,
            Obligation.closed_because,
            *obligations.item_columns(),
            literal(Audience.HOLDER.value).label("audience"),
            obligations.paused_because(today).label("why"),
            obligations.settled_because(today, policies).label("settled"),
            obligations.office().label("office_id"),
            exists().where(Reminder.obligation_id == Obligation.id, Reminder.send_on == today).label("entered_today"),
            select(entered).where(Reminder.obligation_id == Obligation.id).scalar_subquery().label("entered"),
        )
        .outerjoin(Party, Party.id == Obligation.party_id)
        .outerjoin(Payer, Payer.id == Obligation.payer_id)
        .where(
            or_(
                Obligation.id.in_(open_ones.limit(MOST_COMING).subquery().select()),
                Obligation.id.in_(closed_ones.limit(MOST_SETTLED).subquery().select()),
            )
        )
        .order_by(Obligation.due_on, Obligation.id)
    ).all()
    closed = sorted((row for row in rows if row.closed_at), key=lambda row: (row.closed_at, row.id), reverse=True)
    return Dates(
        coming=[_coming(row, policies[row.kind], seen, today) for row in rows if not row.closed_at],
        settled=[one for row in closed if (one := _settled(row, policies[row.kind], seen, on)).spared],
    )


def _concerns(seen: Sequence[Audience], policies: Policies) -> ColumnElement[bool]:
    """Condition on obligations: of a kind of which one of these audiences hears."""
    kinds = [kind for kind, policy in policies.items() if any(one in policy.recipients for one in seen)]
    return Obligation.kind.in_(kinds)


def _steps_on(day: date, policies: Policies) -> ColumnElement[bool]:
    """Condition on obligations: a step of theirs falls on a day."""
    return or_(
        false(),
        *(
            and_(Obligation.kind == kind, Obligation.due_on.in_(sorted(dues_of(day, policy))))
            for kind, policy in policies.items()
        ),
    )


def _settled(row: Row[Any], policy: Policy, seen: Sequence[Audience], on: date | None) -> Settled:
    heard, entered = _heard(policy, seen), {int(step) for step in (row.entered or "").split(",") if step}
    spared = tuple(
        step
        for step in steps_of(policy, row.due_on)
        if step.offset in heard and step.offset not in entered and on in (None, step.on)
    )
    settled_on, because = clock.civil_date(row.closed_at), in_words(row.closed_because)
    return Settled(row.kind, obligations.what_in_words(row), row.due_on, settled_on, because, spared, policy.counted_in)


def _heard(policy: Policy, seen: Sequence[Audience]) -> set[int]:
    """The steps of which one of these audiences hears; who sees what every audience is told sees every step."""
    if set(seen) == set(Audience):
        return set(policy.offsets)
    return {step for audience in seen for step in policy.recipients.get(audience, ())}


def _coming(row: Row[Any], policy: Policy, seen: Sequence[Audience], today: date) -> Coming:
    strangers = _NOT_ABOUT[row.party_kind is SubjectType.COORDINATOR]
    seen = [one for one in seen if one not in strangers]
    heard = _heard(policy, seen)
    ahead = [
        step
        for step in steps_of(policy, row.due_on)
        if step.offset in heard and (step.on > today or (step.on == today and not row.entered_today))
    ]
    days = {step.on: step for step in ahead}  # of two steps on one day only the nearer is sent
    following = days[min(days)] if days and policy.is_on else None
    audiences = tuple(one for one in seen if following and following.offset in policy.recipients.get(one, ()))
    unassigned = audiences == (Audience.REVIEWER,) and row.office_id is None
    why_not = "" if following else "There are no more reminders for this date."
    if row.settled:
        following, audiences, why_not = None, (), f"It needs nobody any more: {row.settled}."
    elif not policy.is_on:
        why_not = "DPH has switched off reminders of this kind."
    elif following and (row.why or unassigned):
        why_not = f"As things stand it will not be sent: {row.why or UNASSIGNED}."
    return Coming(
        row.kind, obligations.what_in_words(row), row.due_on, following, audiences, why_not, policy.counted_in
    )  # fmt: skip


def _readable(viewer: Viewer, seen: Sequence[Audience]) -> ColumnElement[bool]:
    """Condition on notices: those that the viewer may read."""
    if works_for_dph(viewer):
        return true()
    accounts = select(func.lower(User.email)).where(User.party_id == viewer.party_id)
    office = select(func.lower(Party.email)).where(Party.id == viewer.party_id)
    ours = or_(ReminderNotice.recipient.in_(accounts), ReminderNotice.recipient.in_(office))
    return and_(ReminderNotice.audience.in_(seen), or_(ReminderNotice.audience != Audience.EMPLOYER, ours))


def _columns() -> tuple[ColumnElement[Any], ...]:
    same = (
        select(func.count())
        .where(_other.c.message_id == ReminderNotice.message_id)
        .correlate(ReminderNotice)
        .scalar_subquery()
    )
    return (
        *obligations.item_columns(),
        Reminder.step.label("step"),
        Reminder.send_on.label("send_on"),
        ReminderNotice.status.label("status"),
        ReminderNotice.reason.label("reason"),
        ReminderNotice.audience.label("audience"),
        ReminderNotice.recipient.label("recipient"),
        ReminderNotice.message_id.label("message_id"),
        Message.sent_at.label("sent_at"),
        same.label("lines"),
    )


_other = ReminderNotice.__table__.alias("other_notice")


def _row(row: Row[Any]) -> LedgerRow:
    told_of = row._mapping
    return LedgerRow(
        kind=row.kind,
        name=row.name or told_of.get("left_name") or "",
        party_id=row.party_id,
        what=obligations.what_in_words(row) if row.kind else "",
        due_on=row.due_on or told_of.get("left_on"),
        step=row.step,
        send_on=row.send_on,
        status=row.status or row.step_status,
        reason=row.reason if row.status else row.step_reason,
        audience=row.audience,
        recipient=row.recipient,
        message_id=row.message_id,
        sent_at=row.sent_at,
        lines=row.lines,
    )
