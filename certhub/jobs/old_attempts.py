"""Forget old failed attempts."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.services import throttle


@job("old-attempts", schedule="15 5 * * *")
def forget(occasion: Occasion) -> Counts:
    """Remove the counters of failed attempts that no longer count."""
    if occasion.dry_run:
        old = throttle.old(at=clock.now())
        return {"forgotten": old} if old else {}
    with transaction():
        gone = throttle.forget_old(at=clock.now())
    return {"forgotten": gone} if gone else {}
