"""What a reminder policy would send in the next days, counted and not written: by day, and by who is told.

It counts the open dates that CertHub knows of since the last run of the reminder job, those that a policy which waits
longer opens again, and the records as they are today. Whoever is told in two roles counts once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import CTE, ColumnElement, Date, Integer, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.messages import Obligation, Reminder, ReminderStatus
from certhub.queries import obligations
from certhub.queries.given_rows import given_rows
from certhub.rules.policy_versions import PolicyVersion, in_force
from certhub.rules.reminder_policies import Audience, Policy
from certhub.rules.reminders import latest_due_on, step_day
from certhub.rules.terms import ONE_DAY
from certhub.services.reminder_recipients import RANK, rank, whom

DAYS_AHEAD = 30


@dataclass(frozen=True, slots=True)
class Preview:
    """How many reminders go out on each day, and to whom."""

    first: date
    last: date
    counts: Counter[tuple[date, Audience]]

    @property
    def in_all(self) -> int:
        """All of them."""
        return self.counts.total()

    def on(self, day: date) -> int:
        """Those of one day."""
        return sum(number for (each, _), number in self.counts.items() if each == day)

    def to(self, audience: Audience) -> int:
        """Those to one audience."""
        return sum(number for (_, each), number in self.counts.items() if each is audience)


def counted(versions: Sequence[PolicyVersion], *, today: date) -> Preview:
    """What the versions of one policy send from tomorrow on. At most one statement for each that is in force then."""
    first, last = today + ONE_DAY, today + timedelta(days=DAYS_AHEAD)
    counts: Counter[tuple[date, Audience]] = Counter()
    for policy, days in _stretches(versions, first, last):
        rows = [row for day in days for row in _due_on(policy, day)] if policy.is_on else []
        if rows:
            counts.update(_told(policy, rows, today))
    return Preview(first, last, counts)


def _stretches(versions: Sequence[PolicyVersion], first: date, last: date) -> Iterator[tuple[Policy, list[date]]]:
    """Each policy in force between two days, with its days."""
    found: list[tuple[Policy, list[date]]] = []
    day = first
    while day <= last:
        policy = in_force(versions, day)
        if policy is not None and found and found[-1][0] == policy:
            found[-1][1].append(day)
        elif policy is not None:
            found.append((policy, [day]))
        day += ONE_DAY
    yield from found


def _due_on(policy: Policy, day: date) -> Iterator[tuple[str, int, date, date]]:
    """The steps that go out on a day, with the due dates that they belong to; of two on one day only the nearer."""
    shape = {"on_business_days": policy.business_days, "counted_in": policy.counted_in}
    told: set[date] = set()
    for offset in reversed(policy.offsets):
        since = policy.since.get(offset)
        if since is not None and day < since.day:
            continue
        due_on = latest_due_on(day, offset, **shape)  # type: ignore[arg-type]  # the two words are typed in the policy
        while step_day(due_on, offset, **shape) == day:  # type: ignore[arg-type]  # as above
            if due_on not in told:
                told.add(due_on)
                yield policy.kind.value, offset, day, due_on
            due_on -= ONE_DAY


def _told(policy: Policy, rows: list[tuple[str, int, date, date]], today: date) -> Counter[tuple[date, Audience]]:
    steps = _steps(policy, rows, today)
    told = whom(steps, today, {policy.kind: policy}).subquery()
    once = (
        select(steps.c.day, steps.c.id, steps.c.step, told.c.recipient, func.min(rank(told.c.audience)).label("place"))
        .join(told, and_(told.c.id == steps.c.id, told.c.step == steps.c.step))
        .group_by(steps.c.day, steps.c.id, steps.c.step, told.c.recipient)
        .subquery()
    )
    found = db.session.execute(select(once.c.day, once.c.place, func.count()).group_by(once.c.day, once.c.place))
    return Counter({(day, RANK[place]): number for day, place, number in found})


def _opens_again(policy: Policy, today: date) -> ColumnElement[bool]:
    """Whether a date that was closed because it passed too long ago is open under a policy that waits longer."""
    settled = obligations.settled_because(today, {policy.kind: policy}, [policy.kind])
    return and_(Obligation.closed_because == obligations.TOO_LONG_AGO, settled.is_(None))


def _steps(policy: Policy, rows: list[tuple[str, int, date, date]], today: date) -> CTE:
    """The steps of the open dates, without those that were entered or overtaken."""
    ahead = given_rows("ahead", {"kind": String(), "step": Integer(), "day": Date(), "due_on": Date()}, rows)
    entered = aliased(Reminder)
    over = exists().where(
        entered.obligation_id == Obligation.id,
        entered.due_on == Obligation.due_on,
        or_(
            entered.step == ahead.c.step,
            and_(
                entered.step < ahead.c.step,
                entered.status.in_((ReminderStatus.PLANNED, ReminderStatus.SENT)),
            ),
        ),
    )
    return (
        select(
            Obligation.id,
            Obligation.kind,
            ahead.c.step,
            Obligation.party_id,
            Obligation.payer_id,
            Obligation.id.label("obligation_id"),
            ahead.c.day,
        )
        .join(ahead, and_(cast(Obligation.kind, String) == ahead.c.kind, Obligation.due_on == ahead.c.due_on))
        .where(
            Obligation.kind == policy.kind,
            or_(Obligation.closed_at.is_(None), _opens_again(policy, today)),
            obligations.paused_because(today).is_(None),
            ~over,
        )
        .cte("steps_ahead")
    )
