"""Remind people of what falls due."""

from datetime import date

from certhub import clock
from certhub.jobs.letters import written
from certhub.jobs.registry import Counts, Occasion, job
from certhub.rules.terms import ONE_DAY
from certhub.services import obligations, reminder_channels, reminder_policies, reminders
from certhub.services.audit import SystemActor

_JOB = SystemActor("renewal-reminders")


@job("renewal-reminders", schedule="0 6 * * *")
def remind(occasion: Occasion) -> Counts:
    """Find what falls due, enter the reminders of the day, and put one message per person into the outbox.

    The count for a day to come is what that day adds, provided that the job runs on the days until then.
    """

    def plan() -> Counts:
        if occasion.dry_run and occasion.day > clock.today():
            _plan(occasion.day - ONE_DAY)
            _write(occasion, occasion.day - ONE_DAY, "", None)
        return _plan(occasion.day)

    def write(after: str, limit: int | None) -> tuple[int, str | None, int]:
        return _write(occasion, occasion.day, after, limit)

    return written(occasion, plan, write)


def _plan(day: date) -> Counts:
    policies, at = reminder_policies.in_force(day), clock.now()
    reminder_policies.adopt_shipped(_JOB, at=at)  # those of kinds that an upgrade has brought
    derived = obligations.derive(day, policies=policies, at=at)
    return {**derived, **reminders.plan(day, policies=policies, at=at)}


def _write(occasion: Occasion, day: date, after: str, limit: int | None) -> tuple[int, str | None, int]:
    recipients = reminder_channels.waiting_recipients(after, limit)
    if not recipients:
        return 0, None, 0
    policies, at = reminder_policies.in_force(day), clock.now()
    new = reminder_channels.write(recipients, day, policies=policies, link=occasion.link, at=at)
    return new, recipients[-1], len(recipients)
