"""Hand open applications to the present employers of the people whom they are about."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.queries import applications
from certhub.services import handovers
from certhub.services.audit import SystemActor

_ACTOR = SystemActor("application-handovers")


@job("application-handovers", schedule="15 0 * * *")
def hand_over(occasion: Occasion) -> Counts:
    """Hand over open applications whose employer's last day has passed, and tell both employers."""
    if occasion.dry_run:
        found = len(applications.left_behind(on=occasion.day, limit=1_000_000))
        return {"would hand over": found} if found else {}
    done = 0
    while not occasion.stopping():
        with transaction():
            # Whatever day it is run for: an employer of an earlier day may have left the person, too.
            new = handovers.follow_all(base_url=occasion.settings.base_url, actor=_ACTOR, at=clock.now())
            done += new
            occasion.progress(done, None)
        if not new:
            break
    return {"handed over": done} if done else {}
