"""Close requests for a change of employer that nobody answered."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.queries import employer_changes
from certhub.services import employer_changes as service
from certhub.services.audit import SystemActor

_AT_ONCE = 100
_ACTOR = SystemActor("employer-changes")


@job("employer-changes", schedule="30 0 * * *")
def expire(occasion: Occasion) -> Counts:
    """Tell employers once that nobody answered their request to join them."""
    if occasion.dry_run:
        found = len(employer_changes.expired_untold(occasion.until(), limit=1_000_000))
        return {"would expire": found} if found else {}
    expired = 0
    while not occasion.stopping():
        with transaction():
            over = employer_changes.expired_untold(occasion.until(), limit=_AT_ONCE)
            for change in over:
                expired += service.expire(change, base_url=occasion.settings.base_url, actor=_ACTOR, at=clock.now())
            occasion.progress(expired, None)
        if len(over) < _AT_ONCE:
            break
    return {"expired": expired} if expired else {}
