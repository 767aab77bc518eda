"""Remind people of what falls due."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.services import digests, obligations, reminders

_RECIPIENTS_AT_ONCE = 200


class _Previewed(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


@job("renewal-reminders", schedule="0 6 * * *")
def remind(occasion: Occasion) -> Counts:
    """Find what falls due, enter the reminders of the day, and put one message per person into the outbox."""
    if not occasion.dry_run:
        counts = _planned(occasion)
        return {**counts, "messages": _enqueued(occasion)}
    counts = {}
    try:
        with transaction():
            counts = _plan(occasion)
            counts["messages"] = _enqueue(occasion, "", None)[0]
            raise _Previewed
    except _Previewed:
        return counts


def _planned(occasion: Occasion) -> Counts:
    with transaction():
        return _plan(occasion)


def _plan(occasion: Occasion) -> Counts:
    policies, at = obligations.shipped_policies(), clock.now()
    derived = obligations.derive(occasion.day, policies=policies, at=at)
    return {**derived, **reminders.plan(occasion.day, policies=policies, at=at)}


def _enqueued(occasion: Occasion) -> int:
    """Enqueue some recipients per transaction: a crash leaves whole digests, and the next run writes the others."""
    new, done, after = 0, 0, ""
    while not occasion.stopping():
        with transaction():
            added, last, seen = _enqueue(occasion, after, _RECIPIENTS_AT_ONCE)
            done += seen
            occasion.progress(done, None)
        if last is None:
            break
        new, after = new + added, last
    return new


def _enqueue(occasion: Occasion, after: str, limit: int | None) -> tuple[int, str | None, int]:
    recipients = digests.waiting_recipients(after, limit)
    if not recipients:
        return 0, None, 0
    new = digests.enqueue_digests(recipients, occasion.day, link=occasion.link, at=clock.now())
    return new, recipients[-1], len(recipients)
