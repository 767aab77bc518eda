"""Close applications that their applicants have left alone for too long."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.queries import idle_applications
from certhub.services import applications
from certhub.services.audit import SystemActor

_AT_ONCE = 100
_ACTOR = SystemActor("idle-applications")


@job("idle-applications", schedule="30 5 * * *")
def close(occasion: Occasion) -> Counts:
    """Close applications that were never completed, and tell the applicants."""
    if occasion.dry_run:
        found = idle_applications.count(occasion.day)
        return {"would close": found} if found else {}
    closed = 0
    while not occasion.stopping():
        with transaction():
            idle = idle_applications.left_alone(occasion.day, limit=_AT_ONCE)
            for application in idle:
                applications.expire(application, base_url=occasion.settings.base_url, actor=_ACTOR, at=clock.now())
            closed += len(idle)
            occasion.progress(closed, None)
        if len(idle) < _AT_ONCE:
            break
    return {"closed": closed} if closed else {}
