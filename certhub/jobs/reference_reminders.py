"""Remind people who were asked for a reference before their link expires."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.queries import references
from certhub.services import references as service
from certhub.services.audit import SystemActor

_AT_ONCE = 100
_ACTOR = SystemActor("reference-reminders")


@job("reference-reminders", schedule="45 5 * * *")
def remind(occasion: Occasion) -> Counts:
    """Write once more to people whose reference is still missing a week before the link expires."""
    if occasion.dry_run:
        found = len(references.to_remind(clock.now(), limit=1_000_000))
        return {"would remind": found} if found else {}
    reminded = 0
    while not occasion.stopping():
        with transaction():
            waiting = references.to_remind(clock.now(), limit=_AT_ONCE)
            for request in waiting:
                reminded += service.remind(request, base_url=occasion.settings.base_url, actor=_ACTOR, at=clock.now())
            occasion.progress(reminded, None)
        if len(waiting) < _AT_ONCE:
            break
    return {"reminded": reminded} if reminded else {}
