"""The ledger of reminders: each step of each due date once, none skipped, and a reason for each that was not sent.

A reminder is entered when its day has come, by set-based SQL for all obligations at once. After an outage only the
nearest step is sent; those that were missed are entered as suppressed. What should have been told before the first
day on which CertHub planned reminders of a kind is never told, so that an upgrade or a first load mails nobody.
`rules.reminders.reminder_due` says the same for one obligation; a test holds the two equal.
"""

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
    column,
    exists,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
    update,
    values,
)
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.base import UtcDateTime
from certhub.models.messages import Obligation, Reminder, ReminderNotice, ReminderStart, ReminderStatus
from certhub.queries import obligations
from certhub.rules.business_days import is_business_day, next_business_day
from certhub.rules.reminder_policies import Policies
from certhub.rules.terms import ONE_DAY
from certhub.services import reminder_recipients
from certhub.services.bulk_changes import insert_new, rows_changed


def plan(day: date, *, policies: Policies, at: datetime) -> dict[str, int]:
    """Enter into the ledger every step whose day has come, and whom it is to be told."""
    _begin_watching(day, policies)
    entered = _enter_reached_steps(day, policies, at)
    _drop_what_nobody_needs(day, policies, at)
    notices = reminder_recipients.name(day, policies=policies, at=at)
    return {"entered": entered, "notices": notices}


def _begin_watching(day: date, policies: Policies) -> None:
    for kind in policies:
        statement = insert_new(ReminderStart, ["kind"]).values(kind=kind, watched_from=day)
        db.session.execute(statement)


def _enter_reached_steps(day: date, policies: Policies, at: datetime) -> int:
    """Enter the reached steps of all open obligations: the nearest is planned, those before it were missed."""
    steps, closed = _steps_reached(day, policies), _closed_days(day, policies)
    raw = _days_before(Obligation.due_on, steps.c.step)
    send_on = func.coalesce(closed.c.opens, raw, type_=Date())
    entered = aliased(Reminder)
    why = case(
        (send_on < ReminderStart.watched_from, literal(obligations.NOT_WATCHED, String)),
        (Obligation.due_on <= steps.c.next_reach, literal(obligations.NEARER, String)),
        else_=obligations.paused_because(day),
    ).label("why")
    reached = (
        select(Obligation.id, Obligation.due_on, steps.c.step, send_on.label("send_on"), why)
        .join(steps, and_(cast(Obligation.kind, String) == steps.c.kind, Obligation.due_on <= steps.c.reach))
        .join(ReminderStart, ReminderStart.kind == Obligation.kind)
        .outerjoin(closed, and_(steps.c.shifts == 1, closed.c.day == raw))
        .where(
            Obligation.closed_at.is_(None),
            ~exists().where(
                entered.obligation_id == Obligation.id,
                entered.due_on == Obligation.due_on,
                entered.step <= steps.c.step,
            ),
        )
        .subquery()
    )
    planned = reached.c.why.is_(None)
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
            ).where(true()),  # SQLite cannot tell ON CONFLICT from a join's ON without it
        )
    )


def _steps_reached(day: date, policies: Policies) -> CTE:
    """Each step with the latest due date for which it is reached on `day`, and that of the step after it."""
    rows = []
    for kind, policy in policies.items():
        today = _last_business_day(day) if policy.business_days else day
        reach = [today + timedelta(days=offset) for offset in policy.offsets]
        following = [*reach[1:], date.min]
        rows += [
            (kind.value, *each, int(policy.business_days))
            for each in zip(policy.offsets, reach, following, strict=True)
        ]
    return (
        values(
            column("kind", String),
            column("step", Integer),
            column("reach", Date),
            column("next_reach", Date),
            column("shifts", Integer),
            name="steps",
        )
        .data(rows)
        .cte("steps")
    )


def _closed_days(day: date, policies: Policies) -> CTE:
    """The days without office hours that a step could fall on, with the business day that takes their place."""
    first = day - timedelta(days=max(policy.open_days + policy.offsets[0] for policy in policies.values()))
    days = (first + timedelta(days=number) for number in range((day - first).days + 1))
    rows = [(each, next_business_day(each)) for each in days if not is_business_day(each)]
    return values(column("day", Date), column("opens", Date), name="closed_days").data(rows).cte("closed_days")


def _last_business_day(day: date) -> date:
    while not is_business_day(day):
        day -= ONE_DAY
    return day


def _days_before(due_on: Any, step: Any) -> ColumnElement[date]:
    if db.engine.dialect.name == "postgresql":
        return cast(due_on - step, Date)
    return type_coerce(func.date(due_on, cast(-step, String) + literal(" days", String)), Date)


def _drop_what_nobody_needs(day: date, policies: Policies, at: datetime) -> None:
    """Suppress what was planned earlier, never left, and is needed no more."""
    why = select(obligations.why_not(day, policies)).where(Obligation.id == Reminder.obligation_id).scalar_subquery()
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
