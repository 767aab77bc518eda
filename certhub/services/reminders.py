"""The ledger of reminders: each step of each due date once, none skipped, and a reason for each that was not sent.

A reminder is entered when its day has come, by set-based SQL for all obligations at once. After an outage only the
nearest step is sent; those that were missed are entered as suppressed. What should have been told before the first
day on which CertHub planned reminders of a kind is never told, so that an upgrade or a first load mails nobody.
`rules.reminders.reminder_due` says the same for one obligation, and `reached_on` for all at once; tests hold the three
equal.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.orm import aliased

from certhub import clock
from certhub.database import db, look_at
from certhub.models.base import UtcDateTime
from certhub.models.messages import Obligation, Reminder, ReminderNotice, ReminderStart, ReminderStatus
from certhub.queries import obligations
from certhub.queries.given_rows import given_rows
from certhub.rules.business_days import is_business_day, next_business_day
from certhub.rules.reminder_policies import DayCount, ObligationKind, Policies
from certhub.rules.reminders import reached_on, step_day
from certhub.rules.terms import ONE_DAY
from certhub.services import reminder_recipients
from certhub.services.bulk_changes import insert_new, rows_changed

_Row = tuple[str, int, date, date, date | None, str | None, int]
_MANY = 1_000


def plan(day: date, *, policies: Policies, at: datetime) -> dict[str, int]:
    """Enter into the ledger every step whose day has come, and whom it is to be told."""
    watched = _begin_watching(clock.civil_date(at), policies)
    entered = _enter_reached_steps(day, policies, watched, at)
    if entered >= _MANY:
        look_at(Reminder.__tablename__)  # what follows in this transaction asks of them all
    reminder_recipients.take_up_again()
    _drop_what_nobody_needs(day, policies, at)
    notices = reminder_recipients.name(day, policies=policies, at=at)
    return {"entered": entered, "notices": notices}


def _begin_watching(today: date, policies: Policies) -> dict[ObligationKind, date]:
    """From which day on reminders of each kind are sent: a kind that is new begins today, whatever day is run."""
    rows = [{"kind": kind, "watched_from": today} for kind in policies]
    db.session.execute(insert_new(ReminderStart, ["kind"]).values(rows))
    return {row.kind: row.watched_from for row in db.session.scalars(select(ReminderStart))}


def _enter_reached_steps(day: date, policies: Policies, watched: Mapping[ObligationKind, date], at: datetime) -> int:
    """Enter the reached steps of all open obligations: the nearest is planned, those before it were missed."""
    steps, closed = _steps(list(_steps_reached(day, policies, watched))), _closed_days(day, policies)
    raw = _days_before(Obligation.due_on, steps.c.step)
    entered = aliased(Reminder)
    reached = (
        select(
            Obligation.id,
            Obligation.due_on,
            steps.c.step,
            func.coalesce(steps.c.send_on, closed.c.opens, raw, type_=Date()).label("send_on"),
            func.coalesce(steps.c.reason, obligations.paused_because(day)).label("why"),
        )
        .join(
            steps,
            and_(
                cast(Obligation.kind, String) == steps.c.kind,
                Obligation.due_on >= steps.c.due_from,
                Obligation.due_on <= steps.c.due_to,
            ),
        )
        .outerjoin(closed, and_(steps.c.shifts == 1, closed.c.day == raw))
        .where(
            Obligation.closed_at.is_(None),
            ~exists().where(
                entered.obligation_id == Obligation.id,
                entered.due_on == Obligation.due_on,
                entered.step == steps.c.step,
            ),
        )
        .subquery()
    )
    planned = reached.c.why.is_(None)
    # In order, so that all is worked out before the first row is entered: PostgreSQL, which takes a new ledger for
    # empty, would otherwise read through all that it has entered so far for each row.
    return rows_changed(
        insert_new(Reminder, ["obligation_id", "due_on", "step"]).from_select(
            ["obligation_id", "due_on", "step", "send_on", "status", "reason", "decided_at"],
            select(
                reached.c.id,
                reached.c.due_on,
                reached.c.step,
                reached.c.send_on,
                case((planned, literal("planned", String)), else_=literal("suppressed", String)),
                reached.c.why,
                case((planned, null()), else_=literal(at, UtcDateTime())),
            )
            .where(true())  # SQLite cannot tell ON CONFLICT from a join's ON without it
            .order_by(reached.c.id, reached.c.step),
        )
    )


def _steps_reached(day: date, policies: Policies, watched: Mapping[ObligationKind, date]) -> Iterator[_Row]:
    """Each step with the due dates for which it is reached on `day`, and why it is not sent, if it is not.

    Where business days count, each due date has a row of its own with the day of its step, because SQL cannot count
    them.
    """
    for kind, policy in policies.items():
        counted = policy.counted_in is DayCount.BUSINESS
        for span in reached_on(day, policy, watched[kind]):
            if not counted:
                shifts = int(policy.business_days)
                yield (kind.value, span.offset, span.due_from, span.due_to, None, span.reason or None, shifts)
                continue
            due_on = max(span.due_from, day - timedelta(days=policy.open_days))
            while due_on <= span.due_to:
                send_on = step_day(
                    due_on, span.offset, on_business_days=policy.business_days, counted_in=policy.counted_in
                )
                yield (kind.value, span.offset, due_on, due_on, send_on, span.reason or None, 0)
                due_on += ONE_DAY


def _steps(rows: Sequence[_Row]) -> CTE:
    return given_rows(
        "steps",
        {
            "kind": String(),
            "step": Integer(),
            "due_from": Date(),
            "due_to": Date(),
            "send_on": Date(),
            "reason": String(),
            "shifts": Integer(),
        },
        rows,
    )


def _closed_days(day: date, policies: Policies) -> CTE:
    """The days without office hours that a step could fall on, with the business day that takes their place."""
    first = day - timedelta(days=max(policy.open_days + policy.offsets[0] for policy in policies.values()))
    days = (first + timedelta(days=number) for number in range((day - first).days + 1))
    rows = [(each, next_business_day(each)) for each in days if not is_business_day(each)]
    return given_rows("closed_days", {"day": Date(), "opens": Date()}, rows)


def _days_before(due_on: Any, step: Any) -> ColumnElement[date]:
    if db.engine.dialect.name == "postgresql":
        return cast(due_on - step, Date)
    return type_coerce(func.date(due_on, cast(-step, String) + literal(" days", String)), Date)


def _drop_what_nobody_needs(day: date, policies: Policies, at: datetime) -> None:
    """Suppress what was planned earlier, never left, and is needed no more."""
    said = obligations.why_not(day, policies, obligations.planned_kinds())
    why = select(said).where(Obligation.id == Reminder.obligation_id).scalar_subquery()
    queued = exists().where(ReminderNotice.reminder_id == Reminder.id, ReminderNotice.message_id.is_not(None))
    db.session.execute(
        update(Reminder)
        .where(Reminder.status == ReminderStatus.PLANNED, ~queued, why.is_not(None))
        .values(status=ReminderStatus.SUPPRESSED, reason=why, decided_at=at)
    )
    reason = select(Reminder.reason).where(Reminder.id == ReminderNotice.reminder_id).scalar_subquery()
    dropped = exists().where(Reminder.id == ReminderNotice.reminder_id, Reminder.status == ReminderStatus.SUPPRESSED)
    db.session.execute(
        update(ReminderNotice)
        .where(ReminderNotice.status == ReminderStatus.PLANNED, ReminderNotice.message_id.is_(None), dropped)
        .values(status=ReminderStatus.SUPPRESSED, reason=reason)
    )
