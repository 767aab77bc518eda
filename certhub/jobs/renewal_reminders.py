"""Remind people of what falls due."""

from certhub import clock
from certhub.jobs.letters import written
from certhub.jobs.registry import Counts, Occasion, job
from certhub.services import digests, obligations, reminder_channels, reminder_policies, reminders
from certhub.services.audit import SystemActor

_JOB = SystemActor("renewal-reminders")


@job("renewal-reminders", schedule="0 6 * * *")
def remind(occasion: Occasion) -> Counts:
    """Find what falls due, enter the reminders of the day, and put one message per person into the outbox."""
    policies = reminder_policies.in_force(occasion.day)

    def plan() -> Counts:
        at = clock.now()
        reminder_policies.adopt_shipped(_JOB, at=at)  # those of kinds that an upgrade has brought
        derived = obligations.derive(occasion.day, policies=policies, at=at)
        return {**derived, **reminders.plan(occasion.day, policies=policies, at=at)}

    def write(after: str, limit: int | None) -> tuple[int, str | None, int]:
        recipients = digests.waiting_recipients(after, limit)
        if not recipients:
            return 0, None, 0
        new = reminder_channels.write(recipients, occasion.day, policies=policies, link=occasion.link, at=clock.now())
        return new, recipients[-1], len(recipients)

    return written(occasion, plan, write)
