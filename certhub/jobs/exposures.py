"""Tell of assignments that a broken link exposes."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.services import exposure_letters

_RECIPIENTS_AT_ONCE = 200


class _Previewed(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


@job("exposures", schedule="20 6 * * *")
def tell(occasion: Occasion) -> Counts:
    """Find the assignments that a broken link exposes, and put one letter per recipient into the outbox."""
    if not occasion.dry_run:
        with transaction():
            counts = exposure_letters.plan(occasion.day, at=clock.now())
        return {**counts, **_counted(_enqueued(occasion))}
    counts = {}
    try:
        with transaction():
            counts = exposure_letters.plan(occasion.day, at=clock.now())
            counts |= _counted(_enqueue(occasion, "", None)[0])
            raise _Previewed
    except _Previewed:
        return counts


def _enqueued(occasion: Occasion) -> int:
    """Enqueue some recipients per transaction: a crash leaves whole letters, and the next run writes the others."""
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
    recipients = exposure_letters.waiting_recipients(after, limit)
    if not recipients:
        return 0, None, 0
    new = exposure_letters.enqueue_letters(
        recipients, occasion.day, base_url=occasion.settings.base_url, at=clock.now()
    )
    return new, recipients[-1], len(recipients)


def _counted(messages: int) -> Counts:
    return {"messages": messages} if messages else {}
