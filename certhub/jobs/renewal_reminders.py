"""Remind people of what falls due."""

from certhub import clock
from certhub.jobs.letters import written
from certhub.jobs.registry import Counts, Occasion, job
from certhub.services import digests, obligations, opt_outs, reminders


@job("renewal-reminders", schedule="0 6 * * *")
def remind(occasion: Occasion) -> Counts:
    """Find what falls due, enter the reminders of the day, and put one message per person into the outbox."""

    def plan() -> Counts:
        policies, at = obligations.shipped_policies(), clock.now()
        derived = obligations.derive(occasion.day, policies=policies, at=at)
        return {**derived, **reminders.plan(occasion.day, policies=policies, at=at)}

    def write(after: str, limit: int | None) -> tuple[int, str | None, int]:
        recipients = digests.waiting_recipients(after, limit)
        if not recipients:
            return 0, None, 0
        optional = opt_outs.optional(obligations.shipped_policies())
        new = digests.enqueue_digests(recipients, occasion.day, link=occasion.link, at=clock.now(), optional=optional)
        return new, recipients[-1], len(recipients)

    return written(occasion, plan, write)
