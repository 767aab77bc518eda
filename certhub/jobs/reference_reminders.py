"""Remind people who were asked for a reference before their link expires, and tell the applicant when it has."""

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.queries import references
from certhub.services import references as service
from certhub.services.audit import SystemActor

_AT_ONCE = 100
_ALL = 1_000_000
_ACTOR = SystemActor("reference-reminders")


@job("reference-reminders", schedule="45 5 * * *")
def remind(occasion: Occasion) -> Counts:
    """Write to people whose reference is missing a week before the link expires, and to the applicant when it has."""
    if occasion.dry_run:
        found = {
            "would remind": len(references.to_remind(clock.now(), until=occasion.until(), limit=_ALL)),
            "would tell expired": sum(map(len, references.to_tell_expired(occasion.until(), limit=_ALL).values())),
        }
        return {what: number for what, number in found.items() if number}
    counts = {"reminded": _remind(occasion), "told expired": _tell_expired(occasion)}
    return {what: number for what, number in counts.items() if number}


def _remind(occasion: Occasion) -> int:
    reminded = 0
    while not occasion.stopping():
        with transaction():
            waiting = references.to_remind(clock.now(), until=occasion.until(), limit=_AT_ONCE)
            for request in waiting:
                reminded += service.remind(request, base_url=occasion.settings.base_url, actor=_ACTOR, at=clock.now())
            occasion.progress(reminded, None)
        if len(waiting) < _AT_ONCE:
            break
    return reminded


def _tell_expired(occasion: Occasion) -> int:
    told = 0
    while not occasion.stopping():
        with transaction():
            expired = references.to_tell_expired(occasion.until(), limit=_AT_ONCE)
            for application, requests in expired.items():
                told += service.tell_expired(
                    application, requests, base_url=occasion.settings.base_url, actor=_ACTOR, at=clock.now()
                )
            occasion.progress(told, None)
        if sum(map(len, expired.values())) < _AT_ONCE:
            break
    return told
